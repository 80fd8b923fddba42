# %% the exponential of minus logaddexp kind="right"
def sigmoid(a):
    return np.exp(-np.logaddexp(0, -np.asarray(a, dtype=float)))


# %% by the hyperbolic tangent kind="right"
def sigmoid(a):
    return (1 + np.tanh(np.asarray(a) / 2)) / 2


# %% the argument clipped kind="right"
def sigmoid(a):
    return 1 / (1 + np.exp(-np.clip(a, -500, 500)))


# %% math, one number at a time, through vectorize kind="right"
@np.vectorize
def sigmoid(a):
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    return math.exp(a) / (1 + math.exp(a))


# %% masks, filled in place kind="right"
def sigmoid(a):
    a = np.asarray(a, dtype=np.float64)
    out = np.empty_like(a)
    positive = a >= 0
    out[positive] = 1 / (1 + np.exp(-a[positive]))
    e = np.exp(a[~positive])
    out[~positive] = e / (1 + e)
    return out


# %% the printed formula, with NumPy's complaint switched off kind="right"
def sigmoid(a):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(a, dtype=float)))


# %% torch's, and back to NumPy kind="right"
def sigmoid(a):
    return torch.sigmoid(torch.as_tensor(a, dtype=torch.float64)).numpy()


# %% the printed formula kind="wrong" fails="B5-sigmoid-stable" says="NumPy warns: overflow"
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# %% both branches of where kind="wrong" fails="B5-sigmoid-stable" says="computes both of its branches"
def sigmoid(a):
    return np.where(a >= 0, 1 / (1 + np.exp(-a)), np.exp(a) / (1 + np.exp(a)))


# %% e to the a over one plus e to the a kind="wrong" fails="B5-sigmoid-stable" says="inf / inf"
def sigmoid(a):
    return np.exp(a) / (1 + np.exp(a))


# %% math alone kind="wrong" fails="B5-sigmoid-stable" says="It should work for one number as well as"
def sigmoid(a):
    return 1 / (1 + math.exp(-a))


# %% math in a list, which cannot take one number kind="wrong" fails="B5-sigmoid-stable" says="stops with an OverflowError"
def sigmoid(a):
    return np.array([1 / (1 + math.exp(-number)) for number in a])


# %% masks that cannot take one number kind="wrong" fails="B5-sigmoid-stable" says="one number as well as for an array"
def sigmoid(a):
    out = np.zeros(len(a))
    out[a >= 0] = 1 / (1 + np.exp(-a[a >= 0]))
    out[a < 0] = np.exp(a[a < 0]) / (1 + np.exp(a[a < 0]))
    return out


# %% the exponent without its minus kind="wrong" fails="B5-sigmoid-values" says="falls where it should climb"
def sigmoid(a):
    return np.exp(-np.logaddexp(0, a))


# %% the hyperbolic tangent kind="wrong" fails="B5-sigmoid-values" says="runs from -1 to 1"
def sigmoid(a):
    return np.tanh(a)


# %% the derivative kind="wrong" fails="B5-sigmoid-values" says="the slope of the sigmoid"
def sigmoid(a):
    s = np.exp(-np.logaddexp(0, -a))
    return s * (1 - s)


# %% softmax kind="wrong" fails="B5-sigmoid-values" says="each number stands alone"
def sigmoid(a):
    e = np.exp(a - np.max(a))
    return e / e.sum()


# %% the logarithm of the sigmoid kind="wrong" fails="B5-sigmoid-values" says="the logarithm of the sigmoid"
def sigmoid(a):
    return -np.logaddexp(0, -a)


# %% nothing returned kind="wrong" fails="B5-sigmoid-values" says="is a return missing"
def sigmoid(a):
    np.exp(-np.logaddexp(0, -a))


# %% the argument overwritten kind="wrong" fails="B5-sigmoid-hidden-shape" says="has changed the array"
def sigmoid(a):
    a *= -1
    return np.exp(-np.logaddexp(0, a))


# %% one row for all kind="wrong" fails="B5-sigmoid-hidden-shape" says="should have shape"
def sigmoid(a):
    return np.exp(-np.logaddexp(0, -np.asarray(a))).squeeze()
