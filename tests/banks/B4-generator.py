# %% in a Sequential kind="right"
def make_generator():
    return nn.Sequential(nn.Linear(in_features=1, out_features=1))


# %% ganlib's with no hidden layer kind="right"
def make_generator():
    return Generator(noise_dim=1, out_features=1, hidden=())


# %% w and c as two parameters kind="right"
class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(()))
        self.c = nn.Parameter(torch.zeros(()))

    def forward(self, z):
        return self.w * z + self.c


def make_generator():
    return Line()


# %% weights drawn anew kind="right"
def make_generator():
    G = nn.Linear(1, 1)
    nn.init.normal_(G.weight, 0.0, 0.02)
    nn.init.zeros_(G.bias)
    return G


# %% a lazy layer kind="right"
def make_generator():
    G = nn.LazyLinear(1)
    G(torch.zeros(1, 1))
    return G


# %% noise scaled on its way in kind="right"
class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, z):
        return self.linear(z / 8)


def make_generator():
    return Scaled()


# %% a hidden layer kind="wrong" fails="B4-generator-linear" says="not a straight line"
def make_generator():
    return nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1))


# %% a hidden layer with tanh kind="wrong" fails="B4-generator-linear" says="no hidden layer"
def make_generator():
    return nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))


# %% two linear layers, one after the other kind="wrong" fails="B4-generator-linear" says="G has 31 parameters"
def make_generator():
    return nn.Sequential(nn.Linear(1, 10), nn.Linear(10, 1))


# %% no bias kind="wrong" fails="B4-generator-linear" says="Without the bias c"
def make_generator():
    return nn.Linear(1, 1, bias=False)


# %% a sigmoid after the layer kind="wrong" fails="B4-generator-linear" says="no activation after it"
def make_generator():
    return nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())


# %% a ReLU after the layer kind="wrong" fails="B4-generator-linear" says="no activation after it"
def make_generator():
    return nn.Sequential(nn.Linear(1, 1), nn.ReLU())


# %% a vector of noise kind="wrong" fails="B4-generator-shape" says="z is one number, not a vector"
def make_generator():
    return nn.Linear(8, 1)


# %% the minibatch taken for the features kind="wrong" fails="B4-generator-shape" says="z is one number, not a vector"
def make_generator():
    return nn.Linear(128, 128)


# %% two numbers out kind="wrong" fails="B4-generator-shape" says="it should be (1, 1)"
def make_generator():
    return nn.Linear(1, 2)


# %% the last dimension dropped, as in D kind="wrong" fails="B4-generator-shape" says="one row a sample"
def make_generator():
    return nn.Sequential(nn.Linear(1, 1), nn.Flatten(0))


# %% nothing returned kind="wrong" fails="B4-generator-shape" says="is a return missing"
def make_generator():
    nn.Linear(1, 1)


# %% the class and not a network kind="wrong" fails="B4-generator-shape" says="returned a type"
def make_generator():
    return nn.Linear


# %% always the same network kind="wrong" fails="B4-generator-hidden-new" says="share their weights"
the_only_one = nn.Linear(1, 1)


def make_generator():
    return the_only_one


# %% frozen kind="wrong" fails="B4-generator-linear" says="G has 0 parameters"
def make_generator():
    return nn.Linear(1, 1).requires_grad_(False)


# %% a detached output kind="wrong" fails="B4-generator-hidden-new" says="carries no gradient"
class Cut(nn.Linear):
    def forward(self, z):
        return super().forward(z).detach()


def make_generator():
    return Cut(1, 1)
