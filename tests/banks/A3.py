# %% minus two cross-entropies kind="right"
def value_function(d_real, d_fake):
    bce = torch.nn.functional.binary_cross_entropy
    return -(bce(d_real, torch.ones_like(d_real)) + bce(d_fake, torch.zeros_like(d_fake)))


# %% a loop and a Python float kind="right"
def value_function(d_real, d_fake):
    total = 0.0
    for d in d_real.tolist():
        total += math.log(d) / len(d_real)
    for d in d_fake.tolist():
        total += math.log(1 - d) / len(d_fake)
    return total


# %% numpy, log1p kind="right"
def value_function(d_real, d_fake):
    real, fake = d_real.numpy(), d_fake.numpy()
    return np.log(real).mean() + np.log1p(-fake).mean()


# %% ganlib's kind="right"
def value_function(d_real, d_fake):
    from ganlib.value import value_function

    return value_function(d_real, d_fake)


# %% the loss of D instead of V kind="wrong" fails="A3-guessing" says="V itself has no minus sign"
def value_function(d_real, d_fake):
    return -torch.log(d_real).mean() - torch.log(1 - d_fake).mean()


# %% log D on the fakes too kind="wrong" fails="A3-terms" says="a fake earns D log(1 - D(G(z)))"
def value_function(d_real, d_fake):
    return torch.log(d_real).mean() + torch.log(d_fake).mean()


# %% data and fakes swapped kind="wrong" fails="A3-terms" says="the roles of data and fakes are swapped"
def value_function(d_real, d_fake):
    return torch.log(d_fake).mean() + torch.log(1 - d_real).mean()


# %% the sum over the minibatch kind="wrong" fails="A3-average" says="this is the sum"
def value_function(d_real, d_fake):
    return torch.log(d_real).sum() + torch.log(1 - d_fake).sum()


# %% the log of the mean kind="wrong" fails="A3-average" says="the logarithm comes before the mean"
def value_function(d_real, d_fake):
    return torch.log(d_real.mean()) + torch.log((1 - d_fake).mean())


# %% one mean over both batches kind="wrong" fails="A3-average" says="both batches went into one mean"
def value_function(d_real, d_fake):
    return 2 * torch.cat([torch.log(d_real), torch.log(1 - d_fake)]).mean()


# %% a lost logarithm, as in the notes kind="wrong" fails="A3-terms" says="the log of D(x) is missing"
def value_function(d_real, d_fake):
    return d_real.mean() + torch.log(1 - d_fake).mean()


# %% the mean of the two terms kind="wrong" fails="A3-guessing" says="V is the sum of the two means"
def value_function(d_real, d_fake):
    return (torch.log(d_real).mean() + torch.log(1 - d_fake).mean()) / 2


# %% one number for each pair kind="wrong" fails="A3-hidden-sizes" says="is the mean over the minibatch missing?"
def value_function(d_real, d_fake):
    return torch.log(d_real)[:, None] + torch.log(1 - d_fake)


# %% clipped far from 0 kind="wrong" fails="A3-hidden-bounds" says="is something clipped?"
def value_function(d_real, d_fake):
    return torch.log(d_real.clamp(min=1e-3)).mean() + torch.log(1 - d_fake).mean()


# %% nothing is returned kind="wrong" fails="A3-guessing" says="is a return missing?"
def value_function(d_real, d_fake):
    torch.log(d_real).mean() + torch.log(1 - d_fake).mean()


# %% a little added inside the logarithms kind="right"
def value_function(d_real, d_fake):
    return torch.log(d_real + 1e-8).mean() + torch.log(1 - d_fake + 1e-8).mean()
