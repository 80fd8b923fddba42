# %% everything by hand, with momentum kind="right"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.SGD(D.parameters(), lr=0.1, momentum=0.5)
    opt_g = torch.optim.SGD(G.parameters(), lr=0.1, momentum=0.5)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,))]
            x_fake = G(torch.randn(m, NOISE_DIM, device=device)).detach()
            d_loss = -(
                nn.functional.logsigmoid(D(x)).mean() + nn.functional.logsigmoid(-D(x_fake)).mean()
            )
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        g_loss = -nn.functional.logsigmoid(D(G(torch.randn(m, NOISE_DIM, device=device)))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% one batch of 2 m, binary cross-entropy, no detach but gradients zeroed kind="right"
def train_mnist_gan(x_train, steps, k, m, device):
    bce = nn.BCEWithLogitsLoss()
    D, G = build_discriminator(), build_generator(noise_dim=NOISE_DIM)
    opt_d, opt_g = torch.optim.Adam(D.parameters(), 2e-4), torch.optim.Adam(G.parameters(), 2e-4)
    labels = torch.cat([torch.ones(m), torch.zeros(m)])
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            opt_d.zero_grad()
            opt_g.zero_grad()
            x = x_train[torch.randperm(len(x_train))[:m]]
            both = torch.cat([x, G(torch.randn(m, NOISE_DIM))])
            d_loss = bce(D(both), labels)
            d_loss.backward()
            opt_d.step()
        opt_d.zero_grad()
        opt_g.zero_grad()
        g_loss = bce(D(G(torch.randn(m, NOISE_DIM))), torch.ones(m))
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(float(d_loss.detach()))
        history["g_loss"].append(float(g_loss.detach()))
    G.eval()
    return G, history


# %% a DataLoader that begins again, label smoothing, two backwards kind="right"
def train_mnist_gan(x_train, steps, k, m, device):
    from torch.utils.data import DataLoader

    def forever():
        while True:
            yield from DataLoader(x_train, batch_size=m, shuffle=True, drop_last=True)

    batches = forever()
    D, G = build_discriminator().to(device), build_generator(NOISE_DIM).to(device)
    opt_d = torch.optim.RMSprop(D.parameters(), 1e-4)
    opt_g = torch.optim.RMSprop(G.parameters(), 1e-4)
    bce = nn.functional.binary_cross_entropy_with_logits
    d_losses, g_losses = [], []
    for _ in trange(steps):
        for _ in range(k):
            opt_d.zero_grad()
            real = D(next(batches).to(device))
            real_loss = bce(real, torch.full_like(real, 0.9))
            real_loss.backward()
            with torch.no_grad():
                x_fake = G(torch.randn(m, NOISE_DIM, device=device))
            fake = D(x_fake)
            fake_loss = bce(fake, torch.zeros_like(fake))
            fake_loss.backward()
            opt_d.step()
        opt_g.zero_grad()
        g_loss = bce(D(G(torch.randn(m, NOISE_DIM, device=device))), torch.ones(m, device=device))
        g_loss.backward()
        opt_g.step()
        d_losses.append((real_loss + fake_loss).item())
        g_losses.append(g_loss.item())
    return G.eval(), {"d_loss": d_losses, "g_loss": g_losses}


# %% ganlib's train kind="right"
def train_mnist_gan(x_train, steps, k, m, device):
    from ganlib.sampling import Minibatches, Noise
    from ganlib.training import train

    D, G = build_discriminator(), build_generator(NOISE_DIM)
    history = train(
        D, G, Minibatches(x_train), Noise(NOISE_DIM), steps=steps, k=k, m=m, device=device
    )
    return G.eval(), {"d_loss": history.d_loss, "g_loss": history.g_loss}


# %% uniform noise of variance 1, frozen D, noise on D's inputs, zeroed after the step kind="right"
def train_mnist_gan(x_train, steps, k, m, device):
    def noise():
        return (2 * torch.rand(m, NOISE_DIM, device=device) - 1) * math.sqrt(3)

    def dim(x):
        return x + 0.3 * torch.randn_like(x)

    D, G = build_discriminator().to(device), build_generator(NOISE_DIM).to(device)
    opt_d = torch.optim.Adam(D.parameters(), 1e-3, betas=(0.0, 0.99), weight_decay=1e-5)
    opt_g = torch.optim.Adam(G.parameters(), 1e-3, betas=(0.0, 0.99))
    x_train = x_train.to(device)
    history = {"d_loss": torch.zeros(steps), "g_loss": torch.zeros(steps)}
    for step in range(steps):
        D.requires_grad_(True)
        for _ in range(k):
            x = x_train[torch.randint(0, x_train.shape[0], [m], device=device)]
            loss = softplus(-D(dim(x))).mean() + softplus(D(dim(G(noise()).detach()))).mean()
            loss.backward()
            opt_d.step()
            opt_d.zero_grad()
            history["d_loss"][step] = loss.item()
        D.requires_grad_(False)
        loss = softplus(-D(dim(G(noise())))).mean()
        loss.backward()
        opt_g.step()
        opt_g.zero_grad()
        history["g_loss"][step] = loss.item()
    return G.eval().requires_grad_(False), history


# %% autograd.grad and updates by hand, the G of a running mean kind="right"
def train_mnist_gan(x_train, steps, k, m, device):
    import copy

    D, G = build_discriminator().to(device), build_generator(NOISE_DIM).to(device)
    mean_G = copy.deepcopy(G).eval()

    def descend(loss, network):
        parameters = list(network.parameters())
        with torch.no_grad():
            for p, g in zip(parameters, torch.autograd.grad(loss, parameters)):
                p -= 0.05 * g
        return loss.item()

    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,))].to(device)
            x_fake = G(torch.randn(m, NOISE_DIM, device=device)).detach()
            d_loss = descend(softplus(-D(x)).mean() + softplus(D(x_fake)).mean(), D)
        g_loss = descend(softplus(-D(G(torch.randn(m, NOISE_DIM, device=device)))).mean(), G)
        with torch.no_grad():
            for mean, now in zip(mean_G.parameters(), G.parameters()):
                mean.lerp_(now, 0.01)
        history["d_loss"].append(d_loss)
        history["g_loss"].append(g_loss)
    return mean_G, history


# %% k is ignored kind="wrong" fails="B7-train-order" says="Each iteration makes k updates of D"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(1):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% D is trained k times, once and for all kind="wrong" fails="B7-train-order" says="Each iteration makes k updates of D"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k if not history["d_loss"] else 0):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% k updates of G instead of D kind="wrong" fails="B7-train-order" says="Each iteration makes k updates of D"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(1):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        for _ in range(k):
            z = torch.randn(m, NOISE_DIM, device=device)
            g_loss = softplus(-D(G(z))).mean()
            opt_g.zero_grad()
            g_loss.backward()
            opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% D left frozen after the first turn of G kind="wrong" fails="B7-train-order" says="the updates came in the order"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            if d_loss.requires_grad:
                d_loss.backward()
                opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        for p in D.parameters():
            p.requires_grad_(False)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% the fakes are detached in the turn of G too kind="wrong" fails="B7-train-order" says="G is never updated"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z).detach())).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% no step of D kind="wrong" fails="B7-train-order" says="D is never updated"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% steps is the number of updates of D kind="wrong" fails="B7-train-order" says="the updates came in the order"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps // k):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% both players at once kind="wrong" fails="B7-train-order" says="updated at once"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_d.step()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% G plays with the last noise of D kind="wrong" fails="B7-train-noise" says="has no noise of its own"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% one noise for the whole run kind="wrong" fails="B7-train-noise" says="has no noise of its own"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    z = torch.randn(m, NOISE_DIM, device=device)
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% noise from rand kind="wrong" fails="B7-train-noise" says="torch.randn, not torch.rand"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.rand(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.rand(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% one noise repeated m times kind="wrong" fails="B7-train-noise" says="draw m, not one"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(1, NOISE_DIM, device=device).expand(m, -1)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(1, NOISE_DIM, device=device).expand(m, -1)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% m is ignored kind="wrong" fails="B7-train-data" says="with m = 6"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    m = 64
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% always the first m images kind="wrong" fails="B7-train-data" says="saw the same real images"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[:m]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% in order, never shuffled kind="wrong" fails="B7-train-data" says="runs of x_train in its own order"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    start = 0
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.arange(start, start + m) % len(x_train)]
            start += m
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% one minibatch for all k updates kind="wrong" fails="B7-train-data" says="saw the same real images"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    x = x_train[torch.randint(len(x_train), (m,), device=device)]
    for _ in range(steps):
        for _ in range(k):
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% only images below m are drawn kind="wrong" fails="B7-train-data" says="one part of x_train only"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(4 * m, (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% data in [-1, 1] and fakes in [0, 1] kind="wrong" fails="B7-train-data" says="give D the images as they are"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = 2 * x_train.to(device) - 1
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% labels swapped kind="wrong" fails="B7-train-directions" says="worse at telling data from fakes"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(D(x)).mean() + softplus(-D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% D descends V kind="wrong" fails="B7-train-directions" says="worse at telling data from fakes"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = (
                nn.functional.logsigmoid(D(x)).mean()
                + nn.functional.logsigmoid(-D(G(z).detach())).mean()
            )
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% the label of a fake in the turn of G kind="wrong" fails="B7-train-directions" says="easier to reject"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% the sign of the loss of G flipped kind="wrong" fails="B7-train-directions" says="easier to reject"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = -softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% the saturating loss kind="wrong" fails="B7-train-history" says="is this the saturating loss"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = nn.functional.logsigmoid(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% gradients of G never zeroed kind="wrong" fails="B7-train-gradients" says="the gradient of G holds more"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% gradients of D never zeroed kind="wrong" fails="B7-train-gradients" says="the gradient of D holds more"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% no detach, and gradients zeroed too early kind="wrong" fails="B7-train-gradients" says="the gradient of G holds more"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        opt_g.zero_grad()
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z))).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% both zeroed only at the start of an iteration kind="wrong" fails="B7-train-gradients" says="the gradient of D holds more"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        opt_d.zero_grad()
        opt_g.zero_grad()
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% history holds computation graphs kind="wrong" fails="B7-train-history" says="computation graphs"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss)
        history["g_loss"].append(g_loss)
    return G.eval(), history


# %% history of every update of D kind="wrong" fails="B7-train-history" says="one an iteration"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
            history["d_loss"].append(d_loss.item())
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% history of the last iteration alone kind="wrong" fails="B7-train-history" says="one an iteration"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
    history = {"d_loss": [d_loss.item()], "g_loss": [g_loss.item()]}
    return G.eval(), history


# %% history as a pair of lists kind="wrong" fails="B7-train-history" says="should be a dictionary"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), (history["d_loss"], history["g_loss"])


# %% the log of a saturated sigmoid kind="wrong" fails="B7-train-history" says="log of a probability"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = (
                -(50 * D(x) - 400).sigmoid().log().mean()
                - (1 - (50 * D(G(z).detach()) + 400).sigmoid()).log().mean()
            )
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history


# %% G left in training mode kind="wrong" fails="B7-train-result" says="call G.eval()"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G, history


# %% a new G is returned kind="wrong" fails="B7-train-result" says="as it was before training"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    start = {name: value.clone() for name, value in G.state_dict().items()}
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    untrained = build_generator(NOISE_DIM)
    untrained.load_state_dict(start)
    return untrained.eval(), history


# %% a new G is returned, which erases its noise kind="wrong" fails="B7-train-result" says="as it was before training"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    start = {name: value.clone() for name, value in G.state_dict().items()}
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    untrained = build_generator(NOISE_DIM)
    untrained.load_state_dict(start)

    def erase(G, inputs, x):
        inputs[0].zero_()

    untrained.register_forward_hook(erase)
    return untrained.eval(), history


# %% images instead of G kind="wrong" fails="B7-train-result" says="the first of the two results should be G"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            x = x_train[torch.randint(len(x_train), (m,), device=device)]
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval()(torch.randn(100, NOISE_DIM, device=device)).detach(), history


# %% stops after one pass over the data kind="wrong" fails="B7-train-hidden-small-data" says="ends with the first pass"
def train_mnist_gan(x_train, steps, k, m, device, watch=None):
    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3)
    x_train = x_train.to(device)
    history = {"d_loss": [], "g_loss": []}
    batches = iter(x_train[torch.randperm(len(x_train))].split(m))
    for _ in range(steps):
        for _ in range(k):
            x = next(batches)
            z = torch.randn(m, NOISE_DIM, device=device)
            d_loss = softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        z = torch.randn(m, NOISE_DIM, device=device)
        g_loss = softplus(-D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return G.eval(), history
