# %% four numbers in z kind="right"
def make_straight_generator() -> nn.Module:
    return nn.Linear(4, 1)


# %% twelve, in a sequence kind="right"
def make_straight_generator() -> nn.Module:
    return nn.Sequential(nn.Linear(12, 1))


# %% two layers without an activation are one kind="right"
def make_straight_generator() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))


# %% one weight for the sum of three kind="right"
def make_straight_generator() -> nn.Module:
    class Sum(nn.Module):
        noise_dim = 3

        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(0.3 * torch.randn(1))
            self.c = nn.Parameter(torch.zeros(1))

        def forward(self, z):
            return self.w * z.sum(dim=1, keepdim=True) + self.c

    return Sum()


# %% sixty-four numbers in z kind="right"
def make_straight_generator():
    G = Generator(64, 1, ())
    return G


# %% one number in z kind="wrong" fails="L3-bell" says="p_g is a box"
def make_straight_generator():
    return make_generator()


# %% sixty-four units without an activation, and one number in z kind="wrong" fails="L3-bell" says="p_g is a box"
def make_straight_generator():
    return nn.Sequential(nn.Linear(1, 64), nn.Linear(64, 1))


# %% one number of noise, used three times kind="wrong" fails="L3-bell" says="p_g is a box"
def make_straight_generator():
    class Thrice(nn.Module):
        noise_dim = 1

        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 1)

        def forward(self, z):
            return self.layer(z.expand(-1, 3))

    return Thrice()


# %% no bias kind="wrong" fails="L3-bell" says="is the bias missing"
def make_straight_generator():
    return nn.Linear(4, 1, bias=False)


# %% a hidden layer kind="wrong" fails="L3-straight" says="Is there a hidden layer"
def make_straight_generator():
    return Generator(1, 1, hidden=(64,))


# %% a hidden layer, and four numbers in z kind="wrong" fails="L3-straight" says="Is there a hidden layer"
def make_straight_generator():
    return Generator(4, 1, hidden=(16,))


# %% an activation after the last layer kind="wrong" fails="L3-straight" says="one after the last layer"
def make_straight_generator():
    return nn.Sequential(nn.Linear(4, 1), nn.Softplus())


# %% an activation before it, in place kind="wrong" fails="L3-straight" says="G is not linear"
def make_straight_generator():
    return nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 1))


# %% the noise made a bell inside G kind="wrong" fails="L3-straight" says="not linear"
def make_straight_generator():
    class Bell(nn.Module):
        noise_dim = 1

        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(1, 1)

        def forward(self, z):
            return self.layer(torch.special.ndtri((z + 8.001) / 16.002))

    return Bell()


# %% G draws normal noise of its own kind="wrong" fails="L3-straight" says="random numbers of its own"
def make_straight_generator():
    class Noisy(nn.Linear):
        def forward(self, z):
            return super().forward(torch.randn_like(z))

    return Noisy(1, 1)


# %% two numbers come out kind="wrong" fails="L3-straight" says="should be"
def make_straight_generator():
    return nn.Linear(2, 2)


# %% the class and no network kind="wrong" fails="L3-bell" says="should return a network"
def make_straight_generator():
    return Generator


# %% no return kind="wrong" fails="L3-straight" says="is a return missing"
def make_straight_generator():
    Generator(2, 1, ())


# %% weights that cannot learn kind="wrong" fails="L3-bell" says="cannot"
def make_straight_generator():
    return nn.Linear(4, 1).requires_grad_(False)
