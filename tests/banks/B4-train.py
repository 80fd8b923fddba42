# %% ganlib's train, its loss halved, and schedulers kind="right"
def train_simple_gan(seed):
    from ganlib.sampling import Draws, Noise
    from ganlib.training import train

    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opts = [Adam(net.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True) for net in (D, G)]
    falling = [torch.optim.lr_scheduler.PolynomialLR(opt, total_iters=500) for opt in opts]
    means, stds = [], []

    def look(step, history):
        mean, std = moments(G)
        means.append(mean)
        stds.append(std)

    history = train(
        D, G, Draws(gaussian(5.0, 1.0)), Noise(1, "uniform", -8.0, 8.0), steps=500, m=128,
        opt_d=opts[0], opt_g=opts[1], schedulers=falling, every=1, callback=look, device="cpu",
    )  # fmt: skip
    halves = [loss / 2 for loss in history.d_loss]
    return G, {"d_loss": halves, "g_loss": history.g_loss, "mean": means, "std": stds}


# %% plain gradient steps, a fast D, no schedule kind="right"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    D, G = make_discriminator(), make_generator()
    opt_d, opt_g = SGD(D.parameters(), lr=0.2), SGD(G.parameters(), lr=0.02)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for _ in range(1000):
        x = torch.normal(5.0, 1.0, size=(128, 1))
        z = torch.empty(128, 1).uniform_(-8, 8)
        with torch.no_grad():
            x_fake = G(z)
        d_loss = 0.5 * (-logsigmoid(D(x)).mean() - logsigmoid(-D(x_fake)).mean())
        opt_d.zero_grad()
        d_loss.backward()
        opt_d.step()
        z = torch.empty(128, 1).uniform_(-8, 8)
        g_loss = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        g_loss.backward(inputs=list(G.parameters()))
        opt_g.step()
        mean, std = moments(G)
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
        history["mean"].append(mean)
        history["std"].append(std)
    return G, history


# %% cross-entropy of one batch of 2 m, no momentum, rates set by hand kind="right"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    bce, m = nn.BCEWithLogitsLoss(), 100
    D, G = make_discriminator(), make_generator()
    opt_d = Adam(D.parameters(), betas=(0.0, 0.9), fused=True)
    opt_g = Adam(G.parameters(), betas=(0.0, 0.9), fused=True)
    p_data, p_z = torch.distributions.Normal(5.0, 1.0), torch.distributions.Uniform(-8.0, 8.0)
    labels = torch.cat([torch.ones(m), torch.zeros(m)])
    rows = []
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        both = torch.cat([p_data.sample((m, 1)), G(p_z.sample((m, 1))).detach()])
        d_loss = bce(D(both), labels)
        opt_d.zero_grad()
        d_loss.backward()
        opt_d.step()
        g_loss = bce(D(G(p_z.sample((m, 1)))), torch.ones(m))
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        rows.append([d_loss.item(), g_loss.item(), *moments(G)])
    return G, dict(zip(("d_loss", "g_loss", "mean", "std"), np.array(rows).T))


# %% a constant rate, and the mean of G's parameters over the last half kind="right"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    D, G = make_discriminator(), make_generator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    mean_G = torch.optim.swa_utils.AveragedModel(G)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(800):
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        d_loss = (softplus(-D(x)).mean() + softplus(D(G(z).detach())).mean()) / 2
        opt_d.zero_grad()
        d_loss.backward()
        opt_d.step()
        g_loss = softplus(-D(G(16 * torch.rand(128, 1) - 8))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        if i < 400:
            mean, std = moments(G)
        else:
            mean_G.update_parameters(G)
            mean, std = moments(mean_G)
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
        history["mean"].append(mean)
        history["std"].append(std)
    return mean_G, history


softplus = nn.functional.softplus


# %% both from the same z, as the authors, on a data set drawn beforehand kind="right"
def train_simple_gan(seed, iterations=500, m=128):
    torch.manual_seed(seed)
    D, G = make_discriminator(), make_generator()
    data = torch.randn(10_000, 1) + 5
    opts = [Adam(net.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True) for net in (D, G)]
    rates = [torch.optim.lr_scheduler.LambdaLR(opt, lambda i: 1 - i / iterations) for opt in opts]
    losses, sizes = [], []
    for _ in range(iterations):
        x, x_fake = data[torch.randint(len(data), (m,))], G(16 * (torch.rand(m, 1) - 0.5))
        d_loss = -(logsigmoid(D(x)) + logsigmoid(-D(x_fake.detach()))).mean() / 2
        opts[0].zero_grad()
        d_loss.backward()
        opts[0].step()
        g_loss = -logsigmoid(D(x_fake)).mean()
        opts[1].zero_grad()
        g_loss.backward()
        opts[1].step()
        for rate in rates:
            rate.step()
        losses.append((float(d_loss.detach()), float(g_loss.detach())))
        sizes.append(moments(G))
    return G, {
        "d_loss": [d for d, _ in losses],
        "g_loss": [g for _, g in losses],
        "mean": [mean for mean, _ in sizes],
        "std": [std for _, std in sizes],
    }


# %% in float64, with numpy's random numbers, two steps of D kind="right"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    D, G = make_discriminator().double(), make_generator().double()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}

    def noise():
        return torch.from_numpy(rng.uniform(-8, 8, (64, 1)))

    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        for _ in range(2):
            x = torch.from_numpy(rng.normal(5, 1, (64, 1)))
            d_loss = -(logsigmoid(D(x)) + logsigmoid(-D(G(noise()).detach()))).mean() / 2
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        g_loss = -logsigmoid(D(G(noise()))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        mean, std = moments(G)
        for key, value in zip(history, (d_loss, g_loss, mean, std)):
            history[key].append(float(value))
    return G, history


# %% noise from N(0, 1) kind="wrong" fails="B4-train-noise" says="torch.randn is N(0, 1)"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), torch.randn(128, 1)
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = torch.randn(128, 1)
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% noise from U[0, 1] kind="wrong" fails="B4-train-noise" says="torch.rand is U[0, 1]"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), torch.rand(128, 1)
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = torch.rand(128, 1)
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% noise from U[0, 16] kind="wrong" fails="B4-train-noise" says="z ~ U[-8, 8]"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1)
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1)
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% data from N(1, 5) kind="wrong" fails="B4-train-moments" says="not the other way round"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 1 + 5 * torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% data from U[4, 6], no bell kind="wrong" fails="B4-train-moments" says="the std should be within 0.3 of 1"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 4 + 2 * torch.rand(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% labels of D swapped kind="wrong" fails="B4-train-directions" says="D says yes to data"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(-D(x)) - logsigmoid(D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% G climbs, the saturating loss with the wrong sign kind="wrong" fails="B4-train-directions" says="first moves G lowered its own loss only"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(-D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% G climbs its own loss kind="wrong" fails="B4-train-directions" says="first moves G lowered its own loss only"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% D descends V kind="wrong" fails="B4-train-directions" says="first moves D lowered its own loss only"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (logsigmoid(D(x)) + logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% the fake scored twice, as the slide has it kind="wrong" fails="B4-train-moments" says="the mean should be within"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(G(z).detach())) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% D never trained kind="wrong" fails="B4-train-moments" says="D has not moved"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% G never trained kind="wrong" fails="B4-train-moments" says="G has not moved"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% the fake detached in G's step kind="wrong" fails="B4-train-moments" says="G has not moved"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z)).detach()).mean()
        opt_g.zero_grad()
        L_G.requires_grad_().backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% nothing is cleared kind="wrong" fails="B4-train-moments" says="With seed 1, p_g has mean"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% G clears nothing, and D cuts nothing kind="wrong" fails="B4-train-moments" says="clears the old gradients"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z)))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% one optimizer for both networks kind="wrong" fails="B4-train-directions" says="D, while G moved, lowered"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam([*G.parameters(), *D.parameters()], lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% one optimizer for both, in D's step too, no detach kind="wrong" fails="B4-train-directions" says="G, while D moved, lowered"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam([*G.parameters(), *D.parameters()], lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z)))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% one minibatch of noise for the whole game kind="wrong" fails="B4-train-noise" says="draw a fresh minibatch"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    fixed = 16 * torch.rand(128, 1) - 8
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), fixed
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = fixed
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% seed forgotten kind="wrong" fails="B4-train-seed" says="plays two different games"
def train_simple_gan(seed):
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% always the same seed kind="wrong" fails="B4-train-seed" says="is the argument seed used"
def train_simple_gan(seed):
    torch.manual_seed(0)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% the seed after the networks kind="wrong" fails="B4-train-seed" says="before the networks are made"
def train_simple_gan(seed):
    G, D = make_generator(), make_discriminator()
    torch.manual_seed(seed)
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% data of numpy, which nobody seeded kind="wrong" fails="B4-train-seed" says="let all randomness come from it"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = (
            torch.from_numpy(np.random.normal(5, 1, (128, 1))).float(),
            16 * torch.rand(128, 1) - 8,
        )
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% an untrained G returned kind="wrong" fails="B4-train-moments" says="return the G that was trained"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return make_generator(), history


# %% only G returned kind="wrong" fails="B4-train-moments" says="should return the pair"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G


# %% nothing returned kind="wrong" fails="B4-train-moments" says="is a return missing"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)


# %% no networks of its own kind="wrong" fails="B4-train-moments" says="make its networks with make_generator"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = Generator(1, 1, hidden=()), Discriminator(1, hidden=(32, 32, 32))
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% L_D without the half in history kind="wrong" fails="B4-train-history" says="has the factor 1/2"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (2 * L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% the saturating loss of G kind="wrong" fails="B4-train-history" says="is ln(1 - o_f)"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = logsigmoid(-D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% only the last losses kind="wrong" fails="B4-train-history" says="one for each iteration is wanted"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, {key: values[-1:] for key, values in history.items()}


# %% losses with their graphs kind="wrong" fails="B4-train-history" says="with their graphs"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D, L_G, *moments(G))):
            history[key].append(value)
    return G, history


# %% no mean and no std kind="wrong" fails="B4-train-history" says="with the keys"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% mean and std swapped kind="wrong" fails="B4-train-history" says="but the G that was returned has"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G)[::-1])):
            history[key].append(value)
    return G, history


# %% a history of only now and then kind="wrong" fails="B4-train-history" says="should be equally long"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        if i % 100 == 99:
            history["mean"].append(0.0)
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% Adam as it comes kind="wrong" fails="B4-train-moments" says="it is on its way"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% a constant rate and momentum kind="wrong" fails="B4-train-moments" says="it swings"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.9, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.9, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% too few iterations kind="wrong" fails="B4-train-moments" says="it is on its way"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(50):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 50)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history


# %% probabilities given to losses of logits kind="wrong" fails="B4-train-moments" says="should be within 0.3"
def train_simple_gan(seed):
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for i in range(500):
        for opt in (opt_d, opt_g):
            opt.param_groups[0]["lr"] = 0.03 * (1 - i / 500)
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = (-logsigmoid(D(x).sigmoid()) - logsigmoid(-D(G(z).detach()).sigmoid())).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        z = 16 * torch.rand(128, 1) - 8
        L_G = -logsigmoid(D(G(z)).sigmoid()).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        for key, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[key].append(value)
    return G, history
