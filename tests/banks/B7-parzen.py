# %% a loop over the points kind="right"
def parzen_log_likelihood(points, samples, sigma):
    constant = points.shape[1] / 2 * math.log(2 * math.pi * sigma**2)
    rows = []
    for x in points:
        exponent = -((x - samples) ** 2).sum(dim=1) / (2 * sigma**2)
        rows.append(torch.logsumexp(exponent, dim=0) - math.log(len(samples)) - constant)
    return torch.stack(rows)


# %% torch's own mixture of normals kind="right"
def parzen_log_likelihood(points, samples, sigma):
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

    window = MixtureSameFamily(
        Categorical(torch.ones(len(samples))), Independent(Normal(samples, sigma), 1)
    )
    return window.log_prob(points)


# %% NumPy and SciPy kind="right"
def parzen_log_likelihood(points, samples, sigma):
    from scipy.spatial.distance import cdist
    from scipy.special import logsumexp

    s, d = samples.shape
    squared = cdist(points.numpy(), samples.numpy(), "sqeuclidean")
    log_sum = logsumexp(-squared / (2 * sigma**2), axis=1)
    return log_sum - math.log(s) - d / 2 * math.log(2 * math.pi * sigma**2)


# %% the largest exponent taken out by hand, in float64 kind="right"
def parzen_log_likelihood(points, samples, sigma):
    points, samples = points.double(), samples.double()
    a = -((points[:, None] - samples) ** 2).sum(dim=2) / (2 * sigma**2)  # (n, s)
    largest = a.max(dim=1, keepdim=True).values
    log_mean = (a - largest).exp().mean(dim=1).log() + largest[:, 0]
    return log_mean - points.shape[1] * (math.log(sigma) + 0.5 * math.log(2 * math.pi))


# %% a list of numbers kind="right"
def parzen_log_likelihood(points, samples, sigma):
    import ganlib.evaluation

    return ganlib.evaluation.parzen_log_likelihood(points, samples, sigma).tolist()


# %% the sum over the samples kind="wrong" fails="B7-parzen-mean" says="take the mean over the samples"
def parzen_log_likelihood(points, samples, sigma):
    d = points.shape[1]
    a = -torch.cdist(points, samples).square() / (2 * sigma**2)
    return torch.logsumexp(a, dim=1) - d / 2 * math.log(2 * math.pi * sigma**2)


# %% no constant kind="wrong" fails="B7-parzen-one-sample" says="the constant of a Gaussian in d dimensions"
def parzen_log_likelihood(points, samples, sigma):
    a = -torch.cdist(points, samples).square() / (2 * sigma**2)
    return torch.logsumexp(a, dim=1) - math.log(len(samples))


# %% the constant of one dimension kind="wrong" fails="B7-parzen-one-sample" says="the constant of a Gaussian in d dimensions"
def parzen_log_likelihood(points, samples, sigma):
    a = -torch.cdist(points, samples).square() / (2 * sigma**2)
    constant = 0.5 * math.log(2 * math.pi * sigma**2)
    return torch.logsumexp(a, dim=1) - math.log(len(samples)) - constant


# %% sigma not squared in the exponent kind="wrong" fails="B7-parzen-one-sample" says="the exponent is"
def parzen_log_likelihood(points, samples, sigma):
    d = points.shape[1]
    a = -torch.cdist(points, samples).square() / (2 * sigma)
    constant = d / 2 * math.log(2 * math.pi * sigma**2)
    return torch.logsumexp(a, dim=1) - math.log(len(samples)) - constant


# %% the distance not squared kind="wrong" fails="B7-parzen-one-sample" says="with both squares and the 2"
def parzen_log_likelihood(points, samples, sigma):
    d = points.shape[1]
    a = -torch.cdist(points, samples) / (2 * sigma**2)
    constant = d / 2 * math.log(2 * math.pi * sigma**2)
    return torch.logsumexp(a, dim=1) - math.log(len(samples)) - constant


# %% the 2 is lost kind="wrong" fails="B7-parzen-one-sample" says="with both squares and the 2"
def parzen_log_likelihood(points, samples, sigma):
    d = points.shape[1]
    a = -torch.cdist(points, samples).square() / sigma**2
    constant = d / 2 * math.log(2 * math.pi * sigma**2)
    return torch.logsumexp(a, dim=1) - math.log(len(samples)) - constant


# %% the exponentials underflow kind="wrong" fails="B7-parzen-images" says="has underflowed to 0"
def parzen_log_likelihood(points, samples, sigma):
    d = points.shape[1]
    densities = torch.exp(-torch.cdist(points, samples).square() / (2 * sigma**2))
    return densities.mean(dim=1).log() - d / 2 * math.log(2 * math.pi * sigma**2)


# %% over the points instead of the samples kind="wrong" fails="B7-parzen-mean" says="over which axis is the sum"
def parzen_log_likelihood(points, samples, sigma):
    s, d = samples.shape
    a = -torch.cdist(points, samples).square() / (2 * sigma**2)
    return torch.logsumexp(a, dim=0) - math.log(s) - d / 2 * math.log(2 * math.pi * sigma**2)


# %% the mean of the logarithms kind="wrong" fails="B7-parzen-density" says="integrates to"
def parzen_log_likelihood(points, samples, sigma):
    d = points.shape[1]
    a = -torch.cdist(points, samples).square() / (2 * sigma**2)
    return a.mean(dim=1) - d / 2 * math.log(2 * math.pi * sigma**2)


# %% the nearest sample alone kind="wrong" fails="B7-parzen-density" says="integrates to"
def parzen_log_likelihood(points, samples, sigma):
    s, d = samples.shape
    a = -torch.cdist(points, samples).square().min(dim=1).values / (2 * sigma**2)
    return a - math.log(s) - d / 2 * math.log(2 * math.pi * sigma**2)


# %% one number for all points kind="wrong" fails="B7-parzen-one-sample" says="one number a point"
def parzen_log_likelihood(points, samples, sigma):
    s, d = samples.shape
    a = -torch.cdist(points, samples).square() / (2 * sigma**2)
    log_likelihood = torch.logsumexp(a, dim=1) - math.log(s)
    return (log_likelihood - d / 2 * math.log(2 * math.pi * sigma**2)).mean()


# %% a return is missing kind="wrong" fails="B7-parzen-density" says="is a return missing?"
def parzen_log_likelihood(points, samples, sigma):
    torch.cdist(points, samples)
