# %% slow, then fast kind="right"
def plan():
    return [(150, 1, 1e-3), (150, 5, 5e-3)]


# %% k stays, and the learning rate rises kind="right"
def plan():
    return [(150, 5, 2e-4), (150, 5, 5e-3)]


# %% tuples of numpy and tensors, with more steps in the end kind="right"
def plan():
    return ((torch.tensor(120), np.int64(1), np.float64(1e-3)), (180, 5.0, torch.tensor(0.005)))


# %% in three stretches kind="right"
def plan():
    return [[100, 1, 1e-3], [50, 2, 2e-3], [150, 5, 5e-3]]


# %% a slower start kind="right"
def plan():
    stretches = [(200, 1, 5e-4)]
    stretches.append((100, 5, 5e-3))
    return stretches


# %% the game as it was opened kind="wrong" fails="L2-arrives" says="is D sure of itself"
def plan():
    return [(300, 5, 5e-3)]


# %% a stronger D kind="wrong" fails="L2-arrives" says="is D sure of itself"
def plan():
    return [(150, 5, 5e-3), (150, 10, 5e-3)]


# %% strong first and weak later kind="wrong" fails="L2-arrives" says="is D sure of itself"
def plan():
    return [(150, 5, 5e-3), (150, 1, 1e-3)]


# %% a D that does not learn kind="wrong" fails="L2-arrives" says="not learn at all"
def plan():
    return [(300, 1, 0.0)]


# %% strong too early kind="wrong" fails="L2-arrives" says="is D sure of itself"
def plan():
    return [(10, 1, 1e-3), (290, 5, 5e-3)]


# %% weak to the end kind="wrong" fails="L2-stays" says="lets it run past"
def plan():
    return [(300, 1, 1e-3)]


# %% weak to the end, with many small steps kind="wrong" fails="L2-stays" says="lets it run past"
def plan():
    return [(300, 5, 2e-4)]


# %% a compromise all the way kind="wrong" fails="L2-stays" says="lets it run past"
def plan():
    return [(300, 2, 1e-3)]


# %% strong too late kind="wrong" fails="L2-stays" says="lets it run past"
def plan():
    return [(280, 1, 1e-3), (20, 5, 5e-3)]


# %% strong later, but with one step kind="wrong" fails="L2-hidden-seed" says="hang on one start"
def plan():
    return [(150, 1, 1e-3), (150, 1, 5e-3)]


# %% strong a little sooner, but with one step kind="wrong" fails="L2-hidden-seed" says="from another seed"
def plan():
    return [(140, 1, 1e-3), (160, 1, 5e-3)]


# %% more iterations than allowed kind="wrong" fails="L2-stays" says="should have 300"
def plan():
    return [(300, 1, 1e-3), (300, 5, 5e-3)]


# %% k and the learning rate have changed places kind="wrong" fails="L2-arrives" says="from 1 to 20"
def plan():
    return [(150, 1e-3, 1), (150, 5e-3, 5)]


# %% a dictionary of settings kind="wrong" fails="L2-arrives" says="list of triples"
def plan():
    return {"k": 1, "lr_d": 1e-3}


# %% nothing is returned kind="wrong" fails="L2-arrives" says="is a return missing"
def plan():
    [(150, 1, 1e-3), (150, 5, 5e-3)]
