# %% D without momentum kind="right"
def one_change():
    return {"momentum_d": 0}


# %% D with a little kind="right"
def one_change():
    return {"momentum_d": 0.2}


# %% a number of numpy kind="right"
def one_change() -> dict:
    change = {}
    change["momentum_d"] = np.float32(0.1)
    return change


# %% a tensor, and dict(...) kind="right"
def one_change():
    return dict(momentum_d=torch.tensor(0.3))


# %% both momenta kind="wrong" fails="L4-one-change" says="one setting is to change, and 2"
def one_change():
    return {"momentum_d": 0.0, "momentum_g": 0.0}


# %% a faster D kind="wrong" fails="L4-one-change" says="'lr_d' is not one of the four"
def one_change():
    return {"lr_d": 4e-3}


# %% more steps of D kind="wrong" fails="L4-one-change" says="'k' is not one of the four"
def one_change():
    return {"k": 4}


# %% the name of Adam's argument kind="wrong" fails="L4-one-change" says="'betas' is not one of the four"
def one_change():
    return {"betas": (0.0, 0.999)}


# %% the game as it was kind="wrong" fails="L4-one-change" says="nothing has changed"
def one_change():
    return {"momentum_d": 0.9}


# %% a negative momentum, as on the saddle kind="wrong" fails="L4-one-change" says="from 0 to 0.99"
def one_change():
    return {"momentum_d": -0.5}


# %% half a sample kind="wrong" fails="L4-one-change" says="a whole number from 1 to 512"
def one_change():
    return {"m": 64.5}


# %% a loss that the panel has not kind="wrong" fails="L4-one-change" says="is wanted"
def one_change():
    return {"loss": "maximum likelihood"}


# %% the name and no value kind="wrong" fails="L4-one-change" says="should return a dictionary"
def one_change():
    return "momentum_d"


# %% nothing is returned kind="wrong" fails="L4-one-change" says="is a return missing"
def one_change():
    {"momentum_d": 0.0}


# %% G without momentum kind="wrong" fails="L4-modes" says="Was it too slow?"
def one_change():
    return {"momentum_g": 0.0}


# %% G with half the momentum kind="wrong" fails="L4-modes" says="Was it too slow?"
def one_change():
    return {"momentum_g": 0.5}


# %% G with more momentum kind="wrong" fails="L4-modes" says="runs past its goal"
def one_change():
    return {"momentum_g": 0.97}


# %% D with more momentum kind="wrong" fails="L4-modes" says="over even more steps"
def one_change():
    return {"momentum_d": 0.97}


# %% a larger minibatch kind="wrong" fails="L4-modes" says="no matter of noise"
def one_change():
    return {"m": 256}


# %% a smaller minibatch kind="wrong" fails="L4-modes" says="no matter of noise"
def one_change():
    return {"m": 8}


# %% the hinge loss kind="wrong" fails="L4-modes" says="one place, with each of them"
def one_change():
    return {"loss": "hinge"}


# %% a critic kind="wrong" fails="L4-modes" says="one place, with each of them"
def one_change():
    return {"loss": "wasserstein"}
