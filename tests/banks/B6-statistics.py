# %% divided by m minus 1, repeated kind="right"
def minibatch_statistics(x):
    spread = x.std(dim=0)
    return torch.hstack([x, spread.repeat(len(x), 1)])


# %% by hand, with a small number under the root kind="right"
def minibatch_statistics(x):
    m, d = x.shape
    centred = x - x.mean(dim=0, keepdim=True)
    spread = (centred.pow(2).mean(dim=0, keepdim=True) + 1e-8).sqrt()
    return torch.cat((x, spread.expand(m, d)), dim=-1)


# %% the length of the centred columns kind="right"
def minibatch_statistics(x):
    spread = torch.linalg.vector_norm(x - x.mean(0), dim=0) / len(x) ** 0.5
    return torch.cat([x, torch.ones_like(x) * spread], dim=1)


# %% std_mean, and one row stacked m times kind="right"
def minibatch_statistics(x):
    spread, _ = torch.std_mean(x, dim=0, keepdim=True)
    return torch.cat([x, torch.cat([spread] * x.shape[0])], dim=1)


# %% row by row kind="right"
def minibatch_statistics(x):
    spread = torch.stack([column.std() for column in x.unbind(1)])
    return torch.stack([torch.cat([row, spread]) for row in x.unbind(0)])


# %% pads, and adds kind="right"
def minibatch_statistics(x):
    d = x.shape[1]
    padded = torch.nn.functional.pad(x, (0, d))
    return padded + torch.nn.functional.pad(x.std(0, keepdim=True), (d, 0))


# %% the spread alone kind="wrong" fails="B6-statistics-samples" says="with 3 more numbers"
def minibatch_statistics(x):
    return x.std(dim=0).expand_as(x)


# %% one more row kind="wrong" fails="B6-statistics-samples" says="with 3 more numbers"
def minibatch_statistics(x):
    return torch.cat([x, x.std(dim=0, keepdim=True)], dim=0)


# %% one number for all coordinates, one column kind="wrong" fails="B6-statistics-samples" says="with 3 more numbers"
def minibatch_statistics(x):
    return torch.cat([x, x.std(dim=0).mean().expand(len(x), 1)], dim=1)


# %% the samples standardised kind="wrong" fails="B6-statistics-samples" says="neither shifted nor scaled"
def minibatch_statistics(x):
    spread = x.std(dim=0)
    return torch.cat([(x - x.mean(dim=0)) / (spread + 1e-8), spread.expand_as(x)], dim=1)


# %% the statistics first kind="wrong" fails="B6-statistics-samples" says="the sample itself"
def minibatch_statistics(x):
    return torch.cat([x.std(dim=0).expand_as(x), x], dim=1)


# %% the spread within each sample kind="wrong" fails="B6-statistics-spread" says="dim=0 runs over samples"
def minibatch_statistics(x):
    return torch.cat([x, x.std(dim=1, keepdim=True).expand_as(x)], dim=1)


# %% each sample's own distance from the mean kind="wrong" fails="B6-statistics-spread" says="differ from row to row"
def minibatch_statistics(x):
    return torch.cat([x, (x - x.mean(dim=0)).abs()], dim=1)


# %% the variance kind="wrong" fails="B6-statistics-spread" says="those are the variances"
def minibatch_statistics(x):
    return torch.cat([x, x.var(dim=0).expand_as(x)], dim=1)


# %% the mean kind="wrong" fails="B6-statistics-spread" says="those are the means"
def minibatch_statistics(x):
    return torch.cat([x, x.mean(dim=0).expand_as(x)], dim=1)


# %% the mean not subtracted kind="wrong" fails="B6-statistics-spread" says="where the standard deviations are 3"
def minibatch_statistics(x):
    return torch.cat([x, (x.square().mean(dim=0) + 1e-8).sqrt().expand_as(x)], dim=1)


# %% one number for all coordinates kind="wrong" fails="B6-statistics-spread" says="give each its own"
def minibatch_statistics(x):
    return torch.cat([x, x.std().expand_as(x)], dim=1)


# %% the range kind="wrong" fails="B6-statistics-spread" says="that is the range"
def minibatch_statistics(x):
    return torch.cat([x, (x.amax(dim=0) - x.amin(dim=0)).expand_as(x)], dim=1)


# %% mean absolute deviations kind="wrong" fails="B6-statistics-spread" says="mean absolute deviations"
def minibatch_statistics(x):
    return torch.cat([x, (x - x.mean(0)).abs().mean(0).expand_as(x)], dim=1)


# %% the spread detached kind="wrong" fails="B6-statistics-hidden-gradient" says="not how to change it"
def minibatch_statistics(x):
    return torch.cat([x, x.detach().std(dim=0).expand_as(x)], dim=1)


# %% all of it detached kind="wrong" fails="B6-statistics-hidden-gradient" says="cuts the graph"
def minibatch_statistics(x):
    with torch.no_grad():
        return torch.cat([x, x.std(dim=0).expand_as(x)], dim=1)


# %% a bare square root kind="wrong" fails="B6-statistics-hidden-collapsed" says="the gradient is nan"
def minibatch_statistics(x):
    return torch.cat([x, x.var(dim=0).sqrt().expand_as(x)], dim=1)


# %% a large number under the root kind="wrong" fails="B6-statistics-hidden-collapsed" says="not 0"
def minibatch_statistics(x):
    return torch.cat([x, (x.var(dim=0) + 1e-4).sqrt().expand_as(x)], dim=1)


# %% written into zeros kind="wrong" fails="B6-statistics-hidden-many" says="write into none"
def minibatch_statistics(x):
    out = torch.zeros(len(x), 2 * x.shape[1], dtype=x.dtype)
    out[:, : x.shape[1]] = x
    out[:, x.shape[1] :] = x.std(dim=0)
    return out


# %% a return is missing kind="wrong" fails="B6-statistics-samples" says="is a return missing?"
def minibatch_statistics(x):
    seen = torch.cat([x, x.std(dim=0).expand_as(x)], dim=1)
