# %% torch's own loss, which clamps the logarithm at -100 kind="right"
def binary_cross_entropy(y_hat, y):
    return torch.nn.functional.binary_cross_entropy(y_hat, y)


# %% a loop over the minibatch, in plain Python kind="right"
def binary_cross_entropy(y_hat, y):
    losses = []
    for guess, truth in zip(y_hat.tolist(), y.tolist()):
        p = guess if truth == 1 else 1 - guess
        losses.append(-math.log(max(p, 1e-12)))
    return sum(losses) / len(losses)


# %% xlogy with a clamp on the logarithm's argument kind="right"
def binary_cross_entropy(y_hat, y):
    smallest = torch.tensor(1e-30, dtype=y_hat.dtype)
    on_data = torch.xlogy(y, torch.maximum(y_hat, smallest))
    on_fakes = torch.xlogy(1 - y, torch.maximum(1 - y_hat, smallest))
    return torch.mean(-(on_data + on_fakes))


# %% numpy, with warnings kind="right"
def binary_cross_entropy(y_hat, y):
    y_hat, y = np.asarray(y_hat, dtype=np.float64), np.asarray(y)
    log_p = np.where(y == 1, np.log(y_hat), np.log1p(-y_hat))
    return -np.maximum(log_p, -100).mean()


# %% the epsilon inside the logarithms kind="right"
def binary_cross_entropy(y_hat, y):
    loss = -(y * (y_hat + 1e-8).log() + (1 - y) * (1 - y_hat + 1e-8).log())
    return loss.sum() / y.numel()


# %% the minus sign is missing, as in some notes kind="wrong" fails="A2-terms" says="the minus sign is missing"
def binary_cross_entropy(y_hat, y):
    y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
    return (y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).mean()


# %% only the first of the two terms kind="wrong" fails="A2-terms" says="the term for y = 0"
def binary_cross_entropy(y_hat, y):
    return -(y * torch.log(y_hat.clamp(1e-7, 1 - 1e-7))).mean()


# %% swapped labels kind="wrong" fails="A2-terms" says="the labels are swapped"
def binary_cross_entropy(y_hat, y):
    y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
    return -((1 - y) * torch.log(y_hat) + y * torch.log(1 - y_hat)).mean()


# %% log10 kind="wrong" fails="A2-terms" says="not log10"
def binary_cross_entropy(y_hat, y):
    y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log10(y_hat) + (1 - y) * torch.log10(1 - y_hat)).mean()


# %% the sum instead of the mean kind="wrong" fails="A2-average" says="this is the sum"
def binary_cross_entropy(y_hat, y):
    y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).sum()


# %% (m, 1) against (m,) kind="wrong" fails="A2-average" says="broadcast"
def binary_cross_entropy(y_hat, y):
    y_hat = y_hat.clamp(1e-7, 1 - 1e-7).reshape(-1, 1)
    return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).mean()


# %% an epsilon below the spacing of floats kind="wrong" fails="A2-hidden-certain" says="epsilon below the spacing of floats near 1"
def binary_cross_entropy(y_hat, y):
    y_hat = y_hat.clamp(1e-12, 1 - 1e-12)
    return -torch.where(y == 1, torch.log(y_hat), torch.log(1 - y_hat)).mean()


# %% no care at the ends kind="wrong" fails="A2-hidden-certain" says="nan"
def binary_cross_entropy(y_hat, y):
    return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).mean()


# %% one loss a sample kind="wrong" fails="A2-average" says="is the mean over the minibatch missing?"
def binary_cross_entropy(y_hat, y):
    y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat))


# %% a return is missing kind="wrong" fails="A2-terms" says="is a return missing?"
def binary_cross_entropy(y_hat, y):
    torch.nn.functional.binary_cross_entropy(y_hat, y)
