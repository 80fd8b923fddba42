# %% entropies kind="right"
def js_divergence(p, q, dx):
    entropy = torch.special.entr
    return (entropy((p + q) / 2) - entropy(p) / 2 - entropy(q) / 2).sum() * dx


# %% ratios under the logarithm, without the other function kind="right"
def js_divergence(p, q, dx):
    total = p + q
    total = torch.where(total == 0, 1.0, total)
    return 0.5 * dx * (torch.xlogy(p, 2 * p / total) + torch.xlogy(q, 2 * q / total)).sum()


# %% a loop and a Python float kind="right"
def js_divergence(p, q, dx):
    total = 0.0
    for p_x, q_x in zip(p.tolist(), q.tolist()):
        mean = (p_x + q_x) / 2
        total += sum(y * math.log(y / mean) for y in (p_x, q_x) if y > 0) / 2
    return total * dx


# %% scipy's distance, squared kind="right"
def js_divergence(p, q, dx):
    from scipy.spatial.distance import jensenshannon

    return jensenshannon(np.asarray(p), np.asarray(q)) ** 2


# %% numpy, through kl_divergence kind="right"
def js_divergence(p, q, dx):
    p, q = torch.as_tensor(np.asarray(p, dtype=float)), torch.as_tensor(np.asarray(q, dtype=float))
    m = 0.5 * (p + q)
    return np.mean([float(kl_divergence(p, m, dx)), float(kl_divergence(q, m, dx))])


# %% from the best D, as the game has it kind="right"
def js_divergence(p, q, dx):
    total = p + q
    d, not_d = p / total, q / total
    value = (torch.xlogy(p, d) + torch.xlogy(q, not_d)).nan_to_num(0.0).sum() * dx
    return (value + math.log(4)) / 2


# %% the sum of both kind="wrong" fails="A8-js-boxes" says="that is the sum of the two KL"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    return kl_divergence(p, mean, dx) + kl_divergence(q, mean, dx)


# %% only the first kind="wrong" fails="A8-js-boxes" says="only p is compared with M"
def js_divergence(p, q, dx):
    return kl_divergence(p, (p + q) / 2, dx)


# %% half of the first kind="wrong" fails="A8-js-boxes" says="half of what should be there"
def js_divergence(p, q, dx):
    return kl_divergence(p, (p + q) / 2, dx) / 2


# %% M is not halved kind="wrong" fails="A8-js-boxes" says="M is p + q there"
def js_divergence(p, q, dx):
    return (kl_divergence(p, p + q, dx) + kl_divergence(q, p + q, dx)) / 2


# %% M is not halved, with logarithms kind="wrong" fails="A8-js-ends" says="M is half of p + q"
def js_divergence(p, q, dx):
    total = torch.where(p + q == 0, 1.0, p + q)
    return (torch.xlogy(p, p / total) + torch.xlogy(q, q / total)).sum() * dx / 2


# %% p and q against each other kind="wrong" fails="A8-js-ends" says="compared with each other"
def js_divergence(p, q, dx):
    return (kl_divergence(p, q, dx) + kl_divergence(q, p, dx)) / 2


# %% M compared with p and q kind="wrong" fails="A8-js-boxes" says="compared with each other"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    return (kl_divergence(mean, p, dx) + kl_divergence(mean, q, dx)) / 2


# %% the Jensen-Shannon distance kind="wrong" fails="A8-js-boxes" says="the square root of JSD"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    return ((kl_divergence(p, mean, dx) + kl_divergence(q, mean, dx)) / 2) ** 0.5


# %% scipy's distance as it is kind="wrong" fails="A8-js-ends" says="the square root of JSD"
def js_divergence(p, q, dx):
    from scipy.spatial.distance import jensenshannon

    return jensenshannon(p.numpy(), q.numpy())


# %% bits kind="wrong" fails="A8-js-ends" says="in bits"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    return (kl_divergence(p, mean, dx) + kl_divergence(q, mean, dx)) / 2 / math.log(2)


# %% dx twice kind="wrong" fails="A8-js-boxes" says="and should be"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    return dx * (kl_divergence(p, mean, dx) + kl_divergence(q, mean, dx)) / 2


# %% dx is missing kind="wrong" fails="A8-js-boxes" says="multiply by dx"
def js_divergence(p, q, dx):
    total = torch.where(p + q == 0, 1.0, p + q)
    return (torch.xlogy(p, 2 * p / total) + torch.xlogy(q, 2 * q / total)).sum() / 2


# %% 0 times log 0 kind="wrong" fails="A8-js-ends" says="is nan"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    return (p * torch.log(p / mean) + q * torch.log(q / mean)).sum() * dx / 2


# %% only where both have density kind="wrong" fails="A8-js-ends" says="should be 0.6931"
def js_divergence(p, q, dx):
    both = (p > 0) & (q > 0)
    p, q = p[both], q[both]
    return (p * torch.log(2 * p / (p + q)) + q * torch.log(2 * q / (p + q))).sum() * dx / 2


# %% the sign is wrong kind="wrong" fails="A8-js-boxes" says="the sign is wrong"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    return -(kl_divergence(p, mean, dx) + kl_divergence(q, mean, dx)) / 2


# %% the second is weighed by p kind="wrong" fails="A8-js-hidden-symmetric" says="in either order"
def js_divergence(p, q, dx):
    mean = torch.where(p + q == 0, 1.0, (p + q) / 2)
    return (torch.xlogy(p, p / mean) + torch.xlogy(p, q / mean)).sum() * dx / 2


# %% nothing is returned kind="wrong" fails="A8-js-boxes" says="is a return missing?"
def js_divergence(p, q, dx):
    mean = (p + q) / 2
    (kl_divergence(p, mean, dx) + kl_divergence(q, mean, dx)) / 2
