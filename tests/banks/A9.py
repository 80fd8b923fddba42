# %% two KL and two log 2 kind="right"
def criterion(p_data, p_g, dx):
    mean = (p_data + p_g) / 2
    both = kl_divergence(p_data, mean, dx) + kl_divergence(p_g, mean, dx)
    return both - 2 * math.log(2)


# %% V at D*, with 1 - D* as a quotient kind="right"
def criterion(p_data, p_g, dx):
    total = p_data + p_g
    total = torch.where(total == 0, 1.0, total)
    d, not_d = p_data / total, p_g / total
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, not_d)).sum() * dx


# %% V at D*, through its logit kind="right"
def criterion(p_data, p_g, dx):
    log_p, log_q = p_data.log(), p_g.log()
    logit = torch.where((p_data == 0) & (p_g == 0), 0.0, log_p - log_q)
    on_data = torch.where(p_data > 0, p_data * logsigmoid(logit), 0.0)
    on_fakes = torch.where(p_g > 0, p_g * logsigmoid(-logit), 0.0)
    return (on_data + on_fakes).sum() * dx


# %% numpy and entropies kind="right"
def criterion(p_data, p_g, dx):
    def entropy(p):
        p = p[p > 0]
        return -np.sum(p * np.log(p)) * dx

    p, q = p_data.numpy(), p_g.numpy()
    jsd = entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2
    return -np.log(4) + 2 * jsd


# %% a loop and a Python float kind="right"
def criterion(p_data, p_g, dx):
    total = 0.0
    for p, q in zip(p_data.tolist(), p_g.tolist()):
        total += sum(y * math.log(y / (p + q)) for y in (p, q) if y > 0)
    return total * dx


# %% ganlib's kind="right"
def criterion(p_data, p_g, dx):
    from ganlib.value import criterion

    return criterion(p_data, p_g, dx)


# %% V at a rounded D* kind="wrong" fails="A9-hidden-far" says="D* is rounded to exactly 1"
def criterion(p_data, p_g, dx):
    return value_by_integral(optimal_discriminator(p_data, p_g), p_data, p_g, dx)


# %% JSD once kind="wrong" fails="A9-between" says="JSD is there once"
def criterion(p_data, p_g, dx):
    return js_divergence(p_data, p_g, dx) - math.log(4)


# %% JSD subtracted kind="wrong" fails="A9-between" says="not subtracted"
def criterion(p_data, p_g, dx):
    return -math.log(4) - 2 * js_divergence(p_data, p_g, dx)


# %% the divergence alone kind="wrong" fails="A9-minimum" says="that is the divergence"
def criterion(p_data, p_g, dx):
    return 2 * js_divergence(p_data, p_g, dx)


# %% log 2 for log 4 kind="wrong" fails="A9-minimum" says="one of the two terms"
def criterion(p_data, p_g, dx):
    return 2 * js_divergence(p_data, p_g, dx) - math.log(2)


# %% log 4 added kind="wrong" fails="A9-between" says="log 4 is added"
def criterion(p_data, p_g, dx):
    return 2 * js_divergence(p_data, p_g, dx) + math.log(4)


# %% the loss of D kind="wrong" fails="A9-between" says="the sign"
def criterion(p_data, p_g, dx):
    return math.log(4) - 2 * js_divergence(p_data, p_g, dx)


# %% KL instead of JSD kind="wrong" fails="A9-between" says="KL stands where JSD should"
def criterion(p_data, p_g, dx):
    return 2 * kl_divergence(p_data, p_g, dx) - math.log(4)


# %% the D that guesses kind="wrong" fails="A9-between" says="the best D does better"
def criterion(p_data, p_g, dx):
    return value_by_integral(torch.full_like(p_data, 0.5), p_data, p_g, dx)


# %% D* with its roles swapped kind="wrong" fails="A9-between" says="swapped"
def criterion(p_data, p_g, dx):
    return value_by_integral(optimal_discriminator(p_g, p_data), p_data, p_g, dx)


# %% log D on the fakes too kind="wrong" fails="A9-between" says="and should be"
def criterion(p_data, p_g, dx):
    d = optimal_discriminator(p_data, p_g)
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, d.clamp(min=1e-6))).sum() * dx


# %% dx is missing kind="wrong" fails="A9-minimum" says="multiply by dx"
def criterion(p_data, p_g, dx):
    total = torch.where(p_data + p_g == 0, 1.0, p_data + p_g)
    return (torch.xlogy(p_data, p_data / total) + torch.xlogy(p_g, p_g / total)).sum()


# %% bits kind="wrong" fails="A9-minimum" says="natural logarithm"
def criterion(p_data, p_g, dx):
    return 2 * js_divergence(p_data, p_g, dx) / math.log(2) - 2


# %% a D* kept away from 0 and 1 kind="wrong" fails="A9-hidden-far" says="should be 0"
def criterion(p_data, p_g, dx):
    d = optimal_discriminator(p_data, p_g).clamp(1e-5, 1 - 1e-5)
    return value_by_integral(d, p_data, p_g, dx)


# %% nothing is returned kind="wrong" fails="A9-minimum" says="is a return missing?"
def criterion(p_data, p_g, dx):
    2 * js_divergence(p_data, p_g, dx) - math.log(4)
