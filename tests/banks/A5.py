# %% a loop over the grid kind="right"
def value_by_integral(d, p_data, p_g, dx):
    total = 0.0
    for d_x, p, q in zip(d.tolist(), p_data.tolist(), p_g.tolist()):
        if p > 0:
            total += p * math.log(d_x)
        if q > 0:
            total += q * math.log(1 - d_x)
    return total * dx


# %% the trapezium rule kind="right"
def value_by_integral(d, p_data, p_g, dx):
    integrand = torch.special.xlogy(p_data, d) + torch.special.xlog1py(p_g, -d)
    return torch.trapezoid(integrand, dx=dx)


# %% numpy with where, and its warnings kind="right"
def value_by_integral(d, p_data, p_g, dx):
    d, p_data, p_g = (np.asarray(t, dtype=np.float64) for t in (d, p_data, p_g))
    first = np.where(p_data > 0, p_data * np.log(d), 0.0)
    second = np.where(p_g > 0, p_g * np.log(1 - d), 0.0)
    return np.sum(first + second) * dx


# %% only where there is density kind="right"
def value_by_integral(d, p_data, p_g, dx):
    real, fake = p_data > 0, p_g > 0
    first = p_data[real] @ torch.log(d[real])
    second = p_g[fake] @ torch.log1p(-d[fake])
    return dx * (first + second)


# %% dx is missing kind="wrong" fails="A5-guessing" says="multiply by dx"
def value_by_integral(d, p_data, p_g, dx):
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)).sum()


# %% the mean over the grid kind="wrong" fails="A5-guessing" says="this is a mean over the grid"
def value_by_integral(d, p_data, p_g, dx):
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)).mean()


# %% 0 times log 0 kind="wrong" fails="A5-hidden-supports" says="0 * log(0) must count as 0"
def value_by_integral(d, p_data, p_g, dx):
    return (p_data * torch.log(d) + p_g * torch.log(1 - d)).sum() * dx


# %% the densities have changed places kind="wrong" fails="A5-densities" says="have changed places"
def value_by_integral(d, p_data, p_g, dx):
    return (torch.xlogy(p_g, d) + torch.xlogy(p_data, 1 - d)).sum() * dx


# %% p_data in both terms kind="wrong" fails="A5-densities" says="averaged over p_g, not over p_data"
def value_by_integral(d, p_data, p_g, dx):
    return (torch.xlogy(p_data, d) + torch.xlogy(p_data, 1 - d)).sum() * dx


# %% log D in both terms kind="wrong" fails="A5-densities" says="the second term is log(1 - D)"
def value_by_integral(d, p_data, p_g, dx):
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, d)).sum() * dx


# %% no densities kind="wrong" fails="A5-densities" says="the densities are missing"
def value_by_integral(d, p_data, p_g, dx):
    return (torch.log(d) + torch.log(1 - d)).sum() * dx


# %% nan replaced by 0, together with all that stood beside it kind="wrong" fails="A5-hidden-supports" says="V of a D that separates"
def value_by_integral(d, p_data, p_g, dx):
    d = d.clamp(0.01, 0.99)
    return (p_data * torch.log(d) + p_g * torch.log(1 - d)).sum() * dx


# %% the loss instead of the value kind="wrong" fails="A5-guessing" says="V has no minus sign"
def value_by_integral(d, p_data, p_g, dx):
    return -(torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)).sum() * dx


# %% a return is missing kind="wrong" fails="A5-hidden-supports" says="is a return missing?"
def value_by_integral(d, p_data, p_g, dx):
    (torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)).sum() * dx
