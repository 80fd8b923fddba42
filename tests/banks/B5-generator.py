# %% pixel by pixel kind="right"
def generator_gradients(v, c, w, b, z):
    g = [float(sigmoid(z * v[i] + c[i])) for i in range(4)]
    d = float(sigmoid(sum(w[i] * g[i] for i in range(4)) + b))
    dc = [(d - 1) * w[i] * g[i] * (1 - g[i]) for i in range(4)]
    return [z * slope for slope in dc], dc


# %% one link after the other, with a diagonal matrix kind="right"
def generator_gradients(v, c, w, b, z):
    u = z * v + c
    g = sigmoid(u)
    a = np.dot(w, g) + b
    dL_da = -sigmoid(-a)
    da_dg = w
    dg_du = np.diag(g * (1 - g))
    dL_du = dL_da * da_dg @ dg_du
    return dL_du * z, dL_du * 1


# %% both rows of one outer product kind="right"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(np.outer([z, 1], v)[0] + c)
    slope = -(1 - sigmoid(b + g @ w)) * w * (g - g**2)
    return np.outer([z, 1], slope)


# %% through the gradient of D with the label of data kind="right"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    _, da = discriminator_gradients(w, b, g, 1)
    dc = da * w * g * sigmoid(-(z * v + c))
    dv = dc * z
    return dv, dc


# %% D's answer from its loss kind="right"
def generator_gradients(v, c, w, b, z):
    g = 1 / (1 + np.exp(-(v * z + c)))
    not_d = np.exp(-np.logaddexp(0, w @ g + b))  # 1 - D
    dg = -not_d * w
    dc = dg * g * (1 - g)
    return np.array([z * dc, dc])


# %% ascent kind="wrong" fails="B5-generator-biases" says="G's loss falls when D(G(z)) rises"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = (1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    return z * dc, dc


# %% the label of a fake kind="wrong" fails="B5-generator-biases" says="with label 0"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = sigmoid(w @ g + b) * w * g * (1 - g)
    return z * dc, dc


# %% the saturating loss kind="wrong" fails="B5-generator-biases" says="the saturating loss"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -sigmoid(w @ g + b) * w * g * (1 - g)
    return z * dc, dc


# %% without the sigmoid of G kind="wrong" fails="B5-generator-biases" says="its derivative is G(1 - G)"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w
    return z * dc, dc


# %% G in place of its derivative kind="wrong" fails="B5-generator-biases" says="is G(1 - G), not G"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * g
    return z * dc, dc


# %% the derivative of tanh kind="wrong" fails="B5-generator-biases" says="the derivative of tanh"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * (1 - g**2)
    return z * dc, dc


# %% without the link through D kind="wrong" fails="B5-generator-biases" says="the link through D is missing"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * g * (1 - g)
    return z * dc, dc


# %% v in place of w kind="wrong" fails="B5-generator-biases" says="D's weight, not v_i"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * v * g * (1 - g)
    return z * dc, dc


# %% the derivative of D's sigmoid once more kind="wrong" fails="B5-generator-biases" says="one D(1 - D) too many"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    d = sigmoid(w @ g + b)
    dc = -(1 - d) * d * (1 - d) * w * g * (1 - g)
    return z * dc, dc


# %% without the derivative of D's sigmoid kind="wrong" fails="B5-generator-biases" says="the link from a to D"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -1 / sigmoid(w @ g + b) * w * g * (1 - g)
    return z * dc, dc


# %% w summed up kind="wrong" fails="B5-generator-biases" says="w is summed up"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * np.sum(w) * g * (1 - g)
    return z * dc, dc


# %% the dot product once more kind="wrong" fails="B5-generator-biases" says="w is summed up"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * (w @ g) * g * (1 - g)
    return z * dc, dc


# %% one number for all pixels kind="wrong" fails="B5-generator-biases" says="should have shape (4,)"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * np.sum(w * g * (1 - g))
    return z * dc, dc


# %% the pair swapped kind="wrong" fails="B5-generator-biases" says="are dv and dc swapped"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    return dc, z * dc


# %% dv alone kind="wrong" fails="B5-generator-biases" says="should be two things"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    return -z * (1 - sigmoid(w @ g + b)) * w * g * (1 - g)


# %% nothing returned kind="wrong" fails="B5-generator-biases" says="is a return missing"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    dv = z * dc


# %% z forgotten in dv kind="wrong" fails="B5-generator-weights" says="the factor z is missing"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    return dc, dc


# %% v in place of z kind="wrong" fails="B5-generator-weights" says="in v is z, not v"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    return v * dc, dc


# %% z twice kind="wrong" fails="B5-generator-weights" says="one factor z too many"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    return z * z * dc, dc


# %% D's bias forgotten kind="wrong" fails="B5-generator-hidden-differences" says="by finite differences"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g)) * w * g * (1 - g)
    return z * dc, dc


# %% G's bias forgotten kind="wrong" fails="B5-generator-hidden-differences" says="by finite differences"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v)
    dc = -(1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    return z * dc, dc


# %% noise of its own kind="wrong" fails="B5-generator-hidden-differences" says="by finite differences"
def generator_gradients(v, c, w, b, z):
    z = np.random.uniform()
    g = sigmoid(z * v + c)
    dc = -(1 - sigmoid(w @ g + b)) * w * g * (1 - g)
    return z * dc, dc


# %% w overwritten kind="wrong" fails="B5-generator-hidden-ends" says="has changed an array"
def generator_gradients(v, c, w, b, z):
    g = sigmoid(z * v + c)
    d = sigmoid(w @ g + b)
    w *= -(1 - d) * g * (1 - g)
    return z * w, w.copy()
