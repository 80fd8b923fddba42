# %% a class, ReLU, squeeze of the last dimension kind="right"
class Judge(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(1, width), nn.Linear(width, width), nn.Linear(width, width)]
        )
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.last(x).squeeze(-1)


def make_discriminator():
    return Judge()


# %% ganlib's with three hidden layers kind="right"
def make_discriminator():
    return Discriminator(in_features=1, hidden=(32, 32, 32))


# %% tanh, narrow, in float32 whatever the default kind="right"
def make_discriminator():
    sizes, layers = [1, 16, 16, 16, 1], []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after, dtype=torch.float32), nn.Tanh()]
    return nn.Sequential(*layers[:-1], nn.Flatten(0))


# %% matrices by hand kind="right"
class ByHand(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [1, 24, 24, 24, 1]
        self.w = nn.ParameterList(
            [torch.randn(a, b) / math.sqrt(a) for a, b in zip(sizes, sizes[1:])]
        )
        self.b = nn.ParameterList([torch.zeros(b) for b in sizes[1:]])

    def forward(self, x):
        for w, b in zip(self.w[:-1], self.b[:-1]):
            x = nn.functional.elu(x @ w + b)
        return (x @ self.w[-1] + self.b[-1])[:, 0]


def make_discriminator():
    return ByHand()


# %% spectral norm and dropout kind="right"
def make_discriminator():
    norm = torch.nn.utils.parametrizations.spectral_norm
    return nn.Sequential(
        norm(nn.Linear(1, 64)),
        nn.LeakyReLU(0.2),
        nn.Dropout(0.2),
        norm(nn.Linear(64, 64)),
        nn.LeakyReLU(0.2),
        norm(nn.Linear(64, 64)),
        nn.LeakyReLU(0.2),
        nn.Linear(64, 1),
        nn.Flatten(0),
    )


# %% lazy layers and layer norm kind="right"
def make_discriminator():
    D = nn.Sequential(
        nn.LazyLinear(32),
        nn.GELU(),
        nn.LazyLinear(32),
        nn.LayerNorm(32),
        nn.GELU(),
        nn.LazyLinear(32),
        nn.GELU(),
        nn.LazyLinear(1),
        nn.Flatten(0),
    )
    D(torch.zeros(1, 1))
    return D


# %% a sigmoid at the end kind="wrong" fails="B4-discriminator-logits" says="look like probabilities"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2),
        nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.Sigmoid(), nn.Flatten(0),
    )  # fmt: skip


# %% a ReLU at the end kind="wrong" fails="B4-discriminator-logits" says="an activation after the last layer"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(),
        nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1), nn.ReLU(), nn.Flatten(0),
    )  # fmt: skip


# %% a tanh at the end kind="wrong" fails="B4-discriminator-logits" says="an activation after the last layer"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(),
        nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1), nn.Tanh(), nn.Flatten(0),
    )  # fmt: skip


# %% the log of a probability kind="wrong" fails="B4-discriminator-logits" says="an activation after the last layer"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2),
        nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.LogSigmoid(), nn.Flatten(0),
    )  # fmt: skip


# %% three layers kind="wrong" fails="B4-discriminator-layers" says="D has 3 layers"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2),
        nn.Linear(32, 1), nn.Flatten(0),
    )  # fmt: skip


# %% four hidden layers kind="wrong" fails="B4-discriminator-layers" says="D has 5 layers"
def make_discriminator():
    return Discriminator(1, hidden=(32, 32, 32, 32))


# %% one layer kind="wrong" fails="B4-discriminator-layers" says="D has 1 layers"
def make_discriminator():
    return nn.Sequential(nn.Linear(1, 1), nn.Flatten(0))


# %% no activations kind="wrong" fails="B4-discriminator-layers" says="are the activations between them missing"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.Linear(32, 32), nn.Linear(32, 32), nn.Linear(32, 1), nn.Flatten(0)
    )


# %% no activations, and data that is erased once it is judged kind="wrong" fails="B4-discriminator-layers" says="are the activations between them missing"
class Erasing(nn.Sequential):
    def forward(self, x):
        logits = super().forward(x)
        x.data[5:] = 0
        return logits


def make_discriminator():
    layers = [nn.Linear(a, b) for a, b in ((1, 32), (32, 32), (32, 32), (32, 1))]
    return Erasing(*layers, nn.Flatten(0))


# %% logits of shape (m, 1) kind="wrong" fails="B4-discriminator-shape" says="it should be (1,)"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2),
        nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1),
    )  # fmt: skip


# %% squeeze without a dimension kind="wrong" fails="B4-discriminator-shape" says="into logits of shape ()"
class Squeezed(Discriminator):
    def forward(self, x):
        return self.layers(x).squeeze()


def make_discriminator():
    return Squeezed(1, hidden=(32, 32, 32))


# %% two classes kind="wrong" fails="B4-discriminator-shape" says="into logits of shape (1, 2)"
def make_discriminator():
    return nn.Sequential(
        nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2),
        nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 2),
    )  # fmt: skip


# %% nothing returned kind="wrong" fails="B4-discriminator-shape" says="is a return missing"
def make_discriminator():
    Discriminator(1, hidden=(32, 32, 32))


# %% always the same network kind="wrong" fails="B4-discriminator-hidden-teaches" says="share their weights"
the_only_judge = Discriminator(1, hidden=(32, 32, 32))


def make_discriminator():
    return the_only_judge


# %% data detached inside D kind="wrong" fails="B4-discriminator-hidden-teaches" says="is x detached"
class Deaf(Discriminator):
    def forward(self, x):
        return super().forward(x.detach())


def make_discriminator():
    return Deaf(1, hidden=(32, 32, 32))


# %% data rounded inside D kind="wrong" fails="B4-discriminator-hidden-teaches" says="rounded inside D"
class Rounding(Discriminator):
    def forward(self, x):
        return super().forward(x.round())


def make_discriminator():
    return Rounding(1, hidden=(32, 32, 32))
