# %% the smallest that will do kind="right"
def build_discriminator():
    return nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1), nn.Flatten(0))


# %% a class that squeezes the last dimension kind="right"
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(784, 512), nn.Linear(512, 256), nn.Linear(256, 1)

    def forward(self, x):
        h = nn.functional.leaky_relu(self.a(x), 0.2)
        h = nn.functional.leaky_relu(self.b(h), 0.2)
        return self.c(h).squeeze(-1)


def build_discriminator():
    return Net()


# %% ganlib's own, with dropout kind="right"
def build_discriminator():
    from ganlib.networks import Discriminator

    return Discriminator(784, hidden=(512, 256), dropout=0.3)


# %% maxout and dropout as in the paper kind="right"
def build_discriminator():
    from ganlib.networks import Maxout

    return nn.Sequential(
        nn.Dropout(0.2),
        Maxout(784, units=240, pieces=5),
        nn.Dropout(0.5),
        Maxout(240, units=240, pieces=5),
        nn.Dropout(0.5),
        nn.Linear(240, 1),
        nn.Flatten(start_dim=0),
    )


# %% spectral norm and a first column kind="right"
class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        self.layers = nn.Sequential(
            nn.Flatten(), norm(nn.Linear(784, 256)), nn.ReLU(), norm(nn.Linear(256, 1))
        )

    def forward(self, x):
        return self.layers(x)[:, 0]


def build_discriminator():
    return Normed()


# %% logits of shape (m, 1) kind="wrong" fails="B7-discriminator-shape" says="broadcast to (m, m)"
def build_discriminator():
    return nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))


# %% one logit for the whole batch kind="wrong" fails="B7-discriminator-shape" says="not ()"
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))

    def forward(self, x):
        return self.layers(x).mean()


def build_discriminator():
    return Net()


# %% squeeze without a dimension kind="wrong" fails="B7-discriminator-shape" says="loses the one of m = 1"
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))

    def forward(self, x):
        return self.layers(x).squeeze()


def build_discriminator():
    return Net()


# %% a sigmoid at the end kind="wrong" fails="B7-discriminator-logits" says="without a sigmoid"
def build_discriminator():
    return nn.Sequential(
        nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1), nn.Sigmoid(), nn.Flatten(0)
    )


# %% the logarithm of the probability kind="wrong" fails="B7-discriminator-logits" says="below and above 0"
def build_discriminator():
    return nn.Sequential(
        nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1), nn.LogSigmoid(), nn.Flatten(0)
    )


# %% two classes instead of one logit kind="wrong" fails="B7-discriminator-shape" says="should give logits of shape (8,)"
def build_discriminator():
    return nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 2))


# %% the input is detached kind="wrong" fails="B7-discriminator-teaches" says="no gradient back to the image"
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))

    def forward(self, x):
        return self.layers(x.detach()).squeeze(1)


def build_discriminator():
    return Net()


# %% no hidden layer kind="wrong" fails="B7-discriminator-hidden-curved" says="one linear map of the pixels"
def build_discriminator():
    return nn.Sequential(nn.Linear(784, 1), nn.Flatten(0))


# %% no activation between the layers kind="wrong" fails="B7-discriminator-hidden-curved" says="one linear map of the pixels"
def build_discriminator():
    return nn.Sequential(nn.Linear(784, 128), nn.Linear(128, 1), nn.Flatten(0))


# %% no hidden layer, and images that are erased once they are judged kind="wrong" fails="B7-discriminator-hidden-curved" says="one linear map of the pixels"
class Erasing(nn.Sequential):
    def forward(self, x):
        logits = super().forward(x)
        x.data[5:] = 0
        return logits


def build_discriminator():
    return Erasing(nn.Linear(784, 1), nn.Flatten(0))


# %% compares an image with its batch kind="wrong" fails="B7-discriminator-hidden-curved" says="should judge each alone"
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))

    def forward(self, x):
        a = self.layers(x).squeeze(1)
        return a - a.mean() + 1e-3 * a


def build_discriminator():
    return Net()
