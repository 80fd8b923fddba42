# %% only where p has density kind="right"
def kl_divergence(p, q, dx):
    here = p > 0
    return (p[here] * torch.log(p[here] / q[here])).sum() * dx


# %% a loop and a Python float kind="right"
def kl_divergence(p, q, dx):
    total = 0.0
    for p_x, q_x in zip(p.tolist(), q.tolist()):
        if p_x > 0 and q_x == 0:
            return math.inf
        if p_x > 0:
            total += p_x * math.log(p_x / q_x)
    return total * dx


# %% scipy kind="right"
def kl_divergence(p, q, dx):
    from scipy.special import rel_entr

    return rel_entr(np.asarray(p), np.asarray(q)).sum() * dx


# %% numpy with where, and its warnings kind="right"
def kl_divergence(p, q, dx):
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    return np.sum(np.where(p > 0, p * (np.log(p) - np.log(q)), 0.0)) * dx


# %% the trapezium rule kind="right"
def kl_divergence(p, q, dx):
    return torch.trapezoid(torch.xlogy(p, p) - torch.xlogy(p, q), dx=dx)


# %% torch's kl_div, with its nan removed kind="right"
def kl_divergence(p, q, dx):
    terms = torch.nn.functional.kl_div(q.log(), p, reduction="none")
    return torch.where(p > 0, terms, 0.0).sum() * dx


# %% the entropy and the cross-entropy kind="right"
def kl_divergence(p, q, dx):
    return -(torch.special.entr(p) + torch.special.xlogy(p, q)).sum() * dx


# %% the densities have changed places kind="wrong" fails="A8-kl-bells" says="have changed places"
def kl_divergence(p, q, dx):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum() * dx


# %% the log of the wrong ratio kind="wrong" fails="A8-kl-bells" says="the sign is wrong"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p, q) - torch.xlogy(p, p)).sum() * dx


# %% dx is missing kind="wrong" fails="A8-kl-bells" says="multiply by dx"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


# %% the mean over the grid kind="wrong" fails="A8-kl-bells" says="this is a mean over the grid"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).mean()


# %% averaged over q kind="wrong" fails="A8-kl-bells" says="the average is over q"
def kl_divergence(p, q, dx):
    return (torch.xlogy(q, p) - torch.xlogy(q, q)).sum() * dx


# %% the cross-entropy kind="wrong" fails="A8-kl-bells" says="the term with log p is missing"
def kl_divergence(p, q, dx):
    return -torch.xlogy(p, q).sum() * dx


# %% both directions kind="wrong" fails="A8-kl-bells" says="both directions are added up"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p - q, p) - torch.xlogy(p - q, q)).sum() * dx


# %% bits kind="wrong" fails="A8-kl-bells" says="not log2"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum() * dx / math.log(2)


# %% 0 times log 0 kind="wrong" fails="A8-kl-empty" says="0 * log(0) must count as 0"
def kl_divergence(p, q, dx):
    return (p * torch.log(p / q)).sum() * dx


# %% torch's kl_div as it is kind="wrong" fails="A8-kl-empty" says="0 * log(0) must count as 0"
def kl_divergence(p, q, dx):
    return torch.nn.functional.kl_div(q.log(), p, reduction="sum") * dx


# %% infinite wherever q is 0 kind="wrong" fails="A8-kl-empty" says="where p is 0 the term is 0"
def kl_divergence(p, q, dx):
    if (q == 0).any() or (p == 0).any():
        return torch.tensor(math.inf)
    return (p * torch.log(p / q)).sum() * dx


# %% a small number added kind="wrong" fails="A8-kl-infinite" says="is something added or clamped"
def kl_divergence(p, q, dx):
    return (p * torch.log((p + 1e-12) / (q + 1e-12))).sum() * dx


# %% q is at least a small number kind="wrong" fails="A8-kl-hidden-tails" says="hides how thin"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p, p) - torch.xlogy(p, q.clamp(min=1e-12))).sum() * dx


# %% clamped, except where q is exactly 0 kind="wrong" fails="A8-kl-hidden-tails" says="hides how thin"
def kl_divergence(p, q, dx):
    if ((q == 0) & (p > 0)).any():
        return math.inf
    return (p * (p.clamp(min=1e-9).log() - q.clamp(min=1e-9).log())).sum() * dx


# %% points with q at 0 left out kind="wrong" fails="A8-kl-infinite" says="left out"
def kl_divergence(p, q, dx):
    both = (p > 0) & (q > 0)
    return (p[both] * torch.log(p[both] / q[both])).sum() * dx


# %% nan and inf replaced by 0 kind="wrong" fails="A8-kl-infinite" says="left out"
def kl_divergence(p, q, dx):
    return torch.nan_to_num(p * torch.log(p / q), posinf=0.0).sum() * dx


# %% the absolute value of each term kind="wrong" fails="A8-kl-bells" says="and should be"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).abs().sum() * dx


# %% densities normalised in place kind="wrong" fails="A8-kl-hidden-equal" says="in place"
def kl_divergence(p, q, dx):
    p *= dx
    return (torch.xlogy(p, p / dx) - torch.xlogy(p, q)).sum()


# %% one term for each point kind="wrong" fails="A8-kl-bells" says="should be one number"
def kl_divergence(p, q, dx):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)) * dx


# %% nothing is returned kind="wrong" fails="A8-kl-bells" says="is a return missing?"
def kl_divergence(p, q, dx):
    (torch.xlogy(p, p) - torch.xlogy(p, q)).sum() * dx
