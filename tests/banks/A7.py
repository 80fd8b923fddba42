# %% a safe denominator kind="right"
def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    empty = total == 0
    return torch.where(empty, 0.5, p_data / torch.where(empty, 1.0, total))


# %% the nan of 0 / 0 replaced kind="right"
def optimal_discriminator(p_data, p_g):
    return torch.nan_to_num(p_data / (p_data + p_g), nan=0.5)


# %% a loop and a list of Python floats kind="right"
def optimal_discriminator(p_data, p_g):
    d = []
    for p, q in zip(p_data.tolist(), p_g.tolist()):
        d.append(0.5 if p + q == 0 else p / (p + q))
    return d


# %% numpy, with its warnings kind="right"
def optimal_discriminator(p_data, p_g):
    p, q = np.asarray(p_data), np.asarray(p_g)
    d = p / (p + q)
    d[p + q == 0] = 0.5
    return d


# %% the sigmoid of the logit kind="right"
def optimal_discriminator(p_data, p_g):
    logit = torch.log(p_data) - torch.log(p_g)
    return torch.where((p_data == 0) & (p_g == 0), 0.5, torch.sigmoid(logit))


# %% one over one plus the ratio kind="right"
def optimal_discriminator(p_data, p_g):
    d = 1 / (1 + p_g / p_data)
    d[d.isnan()] = 0.5
    return d


# %% a softmax of both logarithms, in float64 kind="right"
def optimal_discriminator(p_data, p_g):
    both = torch.stack([p_data, p_g]).double().log()
    return torch.softmax(both, dim=0)[0].nan_to_num(0.5)


# %% the smallest positive float added kind="right"
def optimal_discriminator(p_data, p_g):
    tiny = torch.finfo(p_data.dtype).tiny
    return (p_data + tiny) / (p_data + p_g + 2 * tiny)


# %% ganlib's kind="right"
def optimal_discriminator(p_data, p_g):
    from ganlib.value import optimal_discriminator

    return optimal_discriminator(p_data, p_g)


# %% the probability of a fake kind="wrong" fails="A7-value" says="have changed places"
def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    return torch.where(total == 0, 0.5, p_g / total)


# %% the ratio of the densities kind="wrong" fails="A7-value" says="which is no probability"
def optimal_discriminator(p_data, p_g):
    return p_data / p_g


# %% the logit kind="wrong" fails="A7-value" says="that is the logit of D*"
def optimal_discriminator(p_data, p_g):
    return torch.log(p_data) - torch.log(p_g)


# %% a sigmoid of the difference kind="wrong" fails="A7-value" says="only their ratio counts"
def optimal_discriminator(p_data, p_g):
    return torch.sigmoid(p_data - p_g)


# %% a yes or a no kind="wrong" fails="A7-value" says="more than a yes or a no"
def optimal_discriminator(p_data, p_g):
    return (p_data > p_g).float()


# %% divided by a sum over the grid kind="wrong" fails="A7-value" says="not over the two at x"
def optimal_discriminator(p_data, p_g):
    return p_data / p_data.sum()


# %% the mean over the grid kind="wrong" fails="A7-value" says="one probability for each point"
def optimal_discriminator(p_data, p_g):
    return (p_data / (p_data + p_g)).mean()


# %% nothing about empty places kind="wrong" fails="A7-ends" says="0 / 0 is nan"
def optimal_discriminator(p_data, p_g):
    return p_data / (p_data + p_g)


# %% surely fake where nothing was seen kind="wrong" fails="A7-ends" says="0 would mean surely fake"
def optimal_discriminator(p_data, p_g):
    return torch.nan_to_num(p_data / (p_data + p_g))


# %% a small number in the denominator kind="wrong" fails="A7-hidden-tails" says="added to the denominator"
def optimal_discriminator(p_data, p_g):
    return p_data / (p_data + p_g + 1e-12)


# %% a denominator of at least a small number kind="wrong" fails="A7-ends" says="who has seen nothing is undecided"
def optimal_discriminator(p_data, p_g):
    return p_data / (p_data + p_g).clamp(min=1e-12)


# %% a small number added to both kind="wrong" fails="A7-hidden-tails" says="added to both densities"
def optimal_discriminator(p_data, p_g):
    return (p_data + 1e-12) / (p_data + p_g + 2e-12)


# %% small taken for empty kind="wrong" fails="A7-hidden-tails" says="a small density taken for 0"
def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    return torch.where(total < 1e-9, 0.5, p_data / total)


# %% kept away from 0 and 1 kind="wrong" fails="A7-ends" says="D* where only data falls"
def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    return torch.where(total == 0, 0.5, p_data / total).clamp(0.01, 0.99)


# %% the caller's density is overwritten kind="wrong" fails="A7-hidden-untouched" says="has changed the densities"
def optimal_discriminator(p_data, p_g):
    p_data /= p_data + p_g
    p_data[p_data.isnan()] = 0.5
    return p_data


# %% nothing is returned kind="wrong" fails="A7-value" says="is a return missing?"
def optimal_discriminator(p_data, p_g):
    p_data / (p_data + p_g)
