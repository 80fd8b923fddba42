# %% the smallest that will do kind="right"
def build_generator(noise_dim):
    return nn.Sequential(nn.Linear(noise_dim, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid())


# %% a class with batch norm and leaky units kind="right"
class Net(nn.Module):
    def __init__(self, noise_dim):
        super().__init__()
        self.hidden1 = nn.Linear(noise_dim, 256)
        self.norm1 = nn.BatchNorm1d(256)
        self.hidden2 = nn.Linear(256, 512)
        self.norm2 = nn.BatchNorm1d(512)
        self.out = nn.Linear(512, 784)

    def forward(self, z):
        h = nn.functional.leaky_relu(self.norm1(self.hidden1(z)), 0.2)
        h = nn.functional.leaky_relu(self.norm2(self.hidden2(h)), 0.2)
        return torch.sigmoid(self.out(h))


def build_generator(noise_dim):
    return Net(noise_dim)


# %% ganlib's own kind="right"
def build_generator(noise_dim):
    from ganlib.networks import Generator

    return Generator(noise_dim, 784, hidden=(1200, 1200), output=nn.Sigmoid())


# %% tanh moved into [0, 1] kind="right"
class HalfTanh(nn.Module):
    def forward(self, a):
        return (torch.tanh(a) + 1) / 2


def build_generator(noise_dim):
    layers, width = [], noise_dim
    for hidden in (128, 256, 512):
        layers += [nn.Linear(width, hidden), nn.LayerNorm(hidden), nn.GELU()]
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, 784), HalfTanh())


# %% with dropout kind="right"
def build_generator(noise_dim):
    return nn.Sequential(
        nn.Linear(noise_dim, 256),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(256, 784),
        nn.Sigmoid(),
    )


# %% no squashing kind="wrong" fails="B7-generator-range" says="pixels lie in [0, 1]"
def build_generator(noise_dim):
    return nn.Sequential(nn.Linear(noise_dim, 256), nn.ReLU(), nn.Linear(256, 784))


# %% the range of tanh kind="wrong" fails="B7-generator-range" says="tanh gives (-1, 1)"
def build_generator(noise_dim):
    return nn.Sequential(nn.Linear(noise_dim, 256), nn.ReLU(), nn.Linear(256, 784), nn.Tanh())


# %% a ReLU at the end bounds only one side kind="wrong" fails="B7-generator-range" says="which function squashes"
def build_generator(noise_dim):
    return nn.Sequential(nn.Linear(noise_dim, 256), nn.ReLU(), nn.Linear(256, 784), nn.ReLU())


# %% noise_dim is not used kind="wrong" fails="B7-generator-shape" says="is noise_dim used"
def build_generator(noise_dim):
    return nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid())


# %% images of 28 by 28 instead of rows kind="wrong" fails="B7-generator-shape" says="shape (8, 784)"
def build_generator(noise_dim):
    return nn.Sequential(
        nn.Linear(noise_dim, 256),
        nn.ReLU(),
        nn.Linear(256, 784),
        nn.Sigmoid(),
        nn.Unflatten(1, (28, 28)),
    )


# %% one pixel too few kind="wrong" fails="B7-generator-shape" says="shape (8, 784)"
def build_generator(noise_dim):
    return nn.Sequential(nn.Linear(noise_dim, 256), nn.ReLU(), nn.Linear(256, 783), nn.Sigmoid())


# %% the sigmoid twice kind="wrong" fails="B7-generator-learns" says="squash the pixels twice"
def build_generator(noise_dim):
    return nn.Sequential(
        nn.Linear(noise_dim, 256),
        nn.ReLU(),
        nn.Linear(256, 784),
        nn.Sigmoid(),
        nn.Sigmoid(),
    )


# %% softmax over the pixels kind="wrong" fails="B7-generator-learns" says="cannot paint black and white"
def build_generator(noise_dim):
    return nn.Sequential(
        nn.Linear(noise_dim, 256), nn.ReLU(), nn.Linear(256, 784), nn.Softmax(dim=1)
    )


# %% no activation between the layers kind="wrong" fails="B7-generator-hidden-curved" says="one linear map of z"
def build_generator(noise_dim):
    return nn.Sequential(nn.Linear(noise_dim, 256), nn.Linear(256, 784), nn.Sigmoid())


# %% the noise is thrown away kind="wrong" fails="B7-generator-hidden-curved" says="G ignores its noise"
class Painter(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Parameter(torch.zeros(784))

    def forward(self, z):
        return torch.sigmoid(self.image).expand(len(z), 784)


def build_generator(noise_dim):
    return Painter()


# %% rounded to black and white kind="wrong" fails="B7-generator-learns" says="no gradient passes"
class Rounded(nn.Module):
    def __init__(self, noise_dim):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(noise_dim, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()
        )

    def forward(self, z):
        return (self.layers(z) > 0.5).float()


def build_generator(noise_dim):
    return Rounded(noise_dim)


# %% the class instead of an instance kind="wrong" fails="B7-generator-shape" says="should return an nn.Module"
def build_generator(noise_dim):
    return nn.Sequential


# %% a return is missing kind="wrong" fails="B7-generator-shape" says="should return an nn.Module"
def build_generator(noise_dim):
    nn.Sequential(nn.Linear(noise_dim, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid())
