# %% view and flatten kind="right"
def pack(x, k):
    m, d = x.shape
    return x.reshape(m // k, k, d).flatten(1)


# %% every k-th sample, side by side kind="right"
def pack(x, k):
    return torch.cat([x[i::k] for i in range(k)], dim=1)


# %% chunks, side by side: other samples go together kind="right"
def pack(x, k):
    return torch.hstack(x.chunk(k))


# %% a list of rows, stacked kind="right"
def pack(x, k):
    rows = []
    for i in range(0, len(x), k):
        rows.append(torch.cat([x[i + j] for j in range(k)]))
    return torch.stack(rows)


# %% shuffled first kind="right"
def pack(x, k):
    order = torch.randperm(len(x))
    return x[order].reshape(-1, k * x.shape[1])


# %% unfold kind="right"
def pack(x, k):
    return x.unfold(0, k, k).transpose(1, 2).flatten(1)


# %% k rows instead of k samples in a row kind="wrong" fails="B6-pack-shape" says="not of rows"
def pack(x, k):
    return x.reshape(k, -1)


# %% packs of shape (k, d) kind="wrong" fails="B6-pack-shape" says="takes each pack as one vector"
def pack(x, k):
    return x.reshape(len(x) // k, k, -1)


# %% nothing packed kind="wrong" fails="B6-pack-shape" says="should have (3, 4)"
def pack(x, k):
    return x


# %% the mean of each pack kind="wrong" fails="B6-pack-shape" says="should have (3, 4)"
def pack(x, k):
    return x.reshape(len(x) // k, k, -1).mean(dim=1)


# %% each sample with itself kind="wrong" fails="B6-pack-samples" says="were lost or doubled"
def pack(x, k):
    return x.repeat(1, k)


# %% each sample with its neighbours, overlapping kind="wrong" fails="B6-pack-samples" says="were lost or doubled"
def pack(x, k):
    return torch.cat([x.roll(-i, 0) for i in range(k)], dim=1)


# %% a sample with itself, half of them lost kind="wrong" fails="B6-pack-samples" says="packed with itself"
def pack(x, k):
    return x[: len(x) // k].repeat(1, k)


# %% drawn with replacement kind="wrong" fails="B6-pack-samples" says="occurs more than once"
def pack(x, k):
    rows = torch.arange(len(x)) // 2
    return x[rows].reshape(len(x) // k, -1)


# %% transposed first kind="wrong" fails="B6-pack-samples" says="coordinates of different samples were mixed"
def pack(x, k):
    return x.T.reshape(len(x) // k, -1)


# %% coordinates first within a pack kind="wrong" fails="B6-pack-samples" says="coordinates of different samples were mixed"
def pack(x, k):
    return x.reshape(len(x) // k, k, -1).transpose(1, 2).flatten(1)


# %% detached kind="wrong" fails="B6-pack-hidden-gradient" says="cuts the graph"
def pack(x, k):
    return x.detach().reshape(len(x) // k, -1)


# %% by way of NumPy kind="wrong" fails="B6-pack-hidden-gradient" says="cuts the graph"
def pack(x, k):
    return torch.from_numpy(x.detach().numpy().reshape(len(x) // k, -1))


# %% only the first of each pack learns kind="wrong" fails="B6-pack-hidden-gradient" says="some are missing"
def pack(x, k):
    packs = x.reshape(len(x) // k, k, -1)
    return torch.cat([packs[:, :1], packs[:, 1:].detach()], dim=1).flatten(1)


# %% written into an empty tensor kind="wrong" fails="B6-pack-hidden-many" says="write into none"
def pack(x, k):
    out = torch.empty(len(x) // k, k * x.shape[1])
    for i in range(len(out)):
        out[i] = x[i * k : (i + 1) * k].flatten()
    return out


# %% a return is missing kind="wrong" fails="B6-pack-shape" says="is a return missing?"
def pack(x, k):
    packs = x.reshape(len(x) // k, -1)
