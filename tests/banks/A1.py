# %% the inverse through ndtri kind="right"
def transform_uniform(u, mean=0.0, std=1.0):
    return torch.special.ndtri(u) * std + mean


# %% a torch distribution knows its inverse kind="right"
def transform_uniform(u, mean=0.0, std=1.0):
    return torch.distributions.Normal(mean, std).icdf(u)


# %% numpy and scipy kind="right"
def transform_uniform(u, mean=0.0, std=1.0):
    from scipy.stats import norm

    return torch.as_tensor(norm.ppf(np.asarray(u), loc=mean, scale=std)).to(u.dtype)


# %% bisection on the distribution function, sample by sample kind="right"
def transform_uniform(u, mean=0.0, std=1.0):
    low, high = (
        torch.full_like(u, -40.0, dtype=torch.float64),
        torch.full_like(u, 40.0, dtype=torch.float64),
    )
    for _ in range(80):
        middle = (low + high) / 2
        below = torch.special.ndtr(middle) < u
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (mean + std * low).to(u.dtype)


# %% the variance instead of the standard deviation kind="wrong" fails="A1-scale" says="the scale is the variance"
def transform_uniform(u, mean=0.0, std=1.0):
    return mean + std**2 * math.sqrt(2) * torch.erfinv(2 * u - 1)


# %% the distribution function instead of its inverse kind="wrong" fails="A1-median" says="its inverse is wanted"
def transform_uniform(u, mean=0.0, std=1.0):
    return torch.distributions.Normal(mean, std).cdf(u)


# %% new randomness instead of the given noise kind="wrong" fails="A1-median" says="a generator is a function of its noise"
def transform_uniform(u, mean=0.0, std=1.0):
    return mean + std * torch.randn_like(u)


# %% the factor sqrt(2) is missing kind="wrong" fails="A1-scale" says="a factor sqrt(2) is missing"
def transform_uniform(u, mean=0.0, std=1.0):
    return mean + std * torch.erfinv(2 * u - 1)


# %% erfinv of u kind="wrong" fails="A1-median" says="2u - 1 and not u"
def transform_uniform(u, mean=0.0, std=1.0):
    return mean + std * math.sqrt(2) * torch.erfinv(u)


# %% a box with the right mean and standard deviation kind="wrong" fails="A1-scale" says="it is still a flat box"
def transform_uniform(u, mean=0.0, std=1.0):
    return mean + std * math.sqrt(12) * (u - 0.5)


# %% mean and std have changed places kind="wrong" fails="A1-median" says="have changed places"
def transform_uniform(u, mean=0.0, std=1.0):
    return std + mean * torch.special.ndtri(u)


# %% upside down kind="wrong" fails="A1-hidden-bell" says="A larger u must give a larger x"
def transform_uniform(u, mean=0.0, std=1.0):
    return mean - std * torch.special.ndtri(u)


# %% always a flat vector kind="wrong" fails="A1-hidden-shape" says="each u should give one x, in its place"
def transform_uniform(u, mean=0.0, std=1.0):
    return (mean + std * torch.special.ndtri(u)).reshape(-1)


# %% a return is missing kind="wrong" fails="A1-median" says="is a return missing?"
def transform_uniform(u, mean=0.0, std=1.0):
    mean + std * torch.special.ndtri(u)
