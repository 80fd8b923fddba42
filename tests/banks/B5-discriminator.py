# %% one line for each link of the chain, in a loop over pixels kind="right"
def discriminator_gradients(w, b, x, label):
    a = sum(weight * pixel for weight, pixel in zip(w, x)) + b
    error = float(sigmoid(a)) - label
    return [error * pixel for pixel in x], error


# %% a one appended to the image kind="right"
def discriminator_gradients(w, b, x, label):
    theta, x1 = np.append(w, b), np.append(x, 1)
    gradient = (sigmoid(theta @ x1) - label) * x1
    return gradient[:4], gradient[4]


# %% a branch for each label kind="right"
def discriminator_gradients(w, b, x, label):
    a = np.dot(w, x) + b
    if label == 1:
        db = -sigmoid(-a)
    else:
        db = sigmoid(a)
    return np.multiply(db, x), np.array(db)


# %% a sigmoid of its own, b as an array of one kind="right"
def discriminator_gradients(w, b, x, label):
    d = 0.5 + 0.5 * np.tanh(0.5 * (np.sum(w * x) + b))
    dw = d * x - label * x
    db = np.array([d - label])
    return np.array(dw), db


# %% label as a truth value kind="right"
def discriminator_gradients(w, b, x, label):
    residual = sigmoid(np.inner(x, w) + b) - (1.0 if label else 0.0)
    return tuple([residual * x, residual])


# %% labels swapped kind="wrong" fails="B5-discriminator-face" says="the label is ignored or swapped"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - (1 - label)
    return da * x, da


# %% the label ignored, all are fakes kind="wrong" fails="B5-discriminator-face" says="the label is ignored or swapped"
def discriminator_gradients(w, b, x, label):
    d = sigmoid(w @ x + b)
    return d * x, d


# %% the label ignored, all are faces kind="wrong" fails="B5-discriminator-fake" says="is the label used"
def discriminator_gradients(w, b, x, label):
    d = sigmoid(w @ x + b)
    return (d - 1) * x, d - 1


# %% the gradient of log D, for ascent kind="wrong" fails="B5-discriminator-face" says="the sign"
def discriminator_gradients(w, b, x, label):
    da = label - sigmoid(w @ x + b)
    return da * x, da


# %% the derivative of the sigmoid once more kind="wrong" fails="B5-discriminator-face" says="one D(1 - D) too many"
def discriminator_gradients(w, b, x, label):
    d = sigmoid(w @ x + b)
    da = (d - label) * d * (1 - d)
    return da * x, da


# %% without the derivative of the sigmoid kind="wrong" fails="B5-discriminator-face" says="the link from a to D"
def discriminator_gradients(w, b, x, label):
    d = sigmoid(w @ x + b)
    da = (d - label) / (d * (1 - d))
    return da * x, da


# %% the derivative of D alone kind="wrong" fails="B5-discriminator-face" says="the loss is missing"
def discriminator_gradients(w, b, x, label):
    d = sigmoid(w @ x + b)
    return d * (1 - d) * x, d * (1 - d)


# %% w in place of x kind="wrong" fails="B5-discriminator-face" says="in w is x, not w"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return da * w, da


# %% the logit in place of D kind="wrong" fails="B5-discriminator-face" says="not the logit"
def discriminator_gradients(w, b, x, label):
    da = w @ x + b - label
    return da * x, da


# %% the bias forgotten in the logit kind="wrong" fails="B5-discriminator-face" says="the bias b is missing"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x) - label
    return da * x, da


# %% x forgotten kind="wrong" fails="B5-discriminator-face" says="the factor x is missing"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return da * np.ones(4), da


# %% the mean over pixels kind="wrong" fails="B5-discriminator-face" says="there is no mean over them"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return da * x / len(x), da


# %% the factor one half of the lecture's loss kind="wrong" fails="B5-discriminator-face" says="is not halved"
def discriminator_gradients(w, b, x, label):
    da = (sigmoid(w @ x + b) - label) / 2
    return da * x, da


# %% summed over pixels kind="wrong" fails="B5-discriminator-face" says="should have shape (4,)"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return np.sum(da * x), da


# %% db a sum over pixels kind="wrong" fails="B5-discriminator-face" says="no pixel comes into it"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return da * x, np.sum(da * x)


# %% db for every pixel kind="wrong" fails="B5-discriminator-face" says="db on a face with D(x) = 3/4 should be one number"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return da * x, np.full(4, da)


# %% db with the wrong sign kind="wrong" fails="B5-discriminator-face" says="with y = 1 the error D - y is below 0"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return da * x, -da


# %% dw alone kind="wrong" fails="B5-discriminator-face" says="should be two things"
def discriminator_gradients(w, b, x, label):
    return (sigmoid(w @ x + b) - label) * x


# %% nothing returned kind="wrong" fails="B5-discriminator-face" says="is a return missing"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    dw, db = da * x, da


# %% the pair the other way round kind="wrong" fails="B5-discriminator-face" says="should have shape (4,)"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    return da, da * x


# %% a fake has no loss kind="wrong" fails="B5-discriminator-fake" says="a fake has a loss too"
def discriminator_gradients(w, b, x, label):
    da = label * (sigmoid(w @ x + b) - 1)
    return da * x, da


# %% the error D minus y, but on fakes 1 minus D kind="wrong" fails="B5-discriminator-fake" says="on a fake the error is D - 0"
def discriminator_gradients(w, b, x, label):
    d = sigmoid(w @ x + b)
    da = d - 1 if label == 1 else 1 - d
    return da * x, da


# %% quotients that do not cancel kind="wrong" fails="B5-discriminator-hidden-sure" says="They cancel on paper"
def discriminator_gradients(w, b, x, label):
    d = sigmoid(w @ x + b)
    da = (-label / d + (1 - label) / (1 - d)) * d * (1 - d)
    return da * x, da


# %% the image overwritten kind="wrong" fails="B5-discriminator-hidden-sure" says="has changed w or x"
def discriminator_gradients(w, b, x, label):
    da = sigmoid(w @ x + b) - label
    x *= da
    return x, da


# %% the sigmoid clipped away from its ends kind="wrong" fails="B5-discriminator-hidden-differences" says="by finite differences"
def discriminator_gradients(w, b, x, label):
    da = np.clip(sigmoid(w @ x + b), 0.1, 0.9) - label
    return da * x, da
