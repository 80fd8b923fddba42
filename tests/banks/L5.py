# %% probabilities, NumPy and twice the accuracy less one kind="right"
def proven_distance(engine, steps):
    import numpy as np

    for _ in range(steps):
        engine.step_d()
    n = 10_000
    engine.D.eval(), engine.G.eval()
    x = np.concatenate(
        [engine.problem.sample_data(n).numpy(), engine.G(engine.noise(n)).detach().numpy()]
    )
    said = torch.sigmoid(engine.D(torch.as_tensor(x))).detach().numpy() > 0.5
    accuracy = np.mean(said == (np.arange(2 * n) < n))
    engine.D.train(), engine.G.train()
    return 2 * accuracy - 1


# %% updates of D written out with Adam's cross entropy kind="right"
def proven_distance(engine, steps):
    bce = nn.BCEWithLogitsLoss()
    D, G, m = engine.D, engine.G, engine.m
    D.train()
    for _ in range(steps):
        x, z = engine.problem.sample_data(m), engine.noise(m)
        loss = bce(D(x), torch.ones(m)) + bce(D(G(z).detach()), torch.zeros(m))
        engine.opt_d.zero_grad()
        loss.backward()
        engine.opt_d.step()
    D.eval()
    real = D(engine.problem.sample_data(10_000))
    fake = D(G(engine.noise(10_000)))
    return (real > 0).double().mean() - (fake > 0).double().mean()


# %% larger minibatches and a loop over chunks kind="right"
def proven_distance(engine, steps):
    engine.set(m=256)
    for _ in range(steps):
        engine.step_d()
    real_called_real = fake_called_fake = 0
    with engine.looking():
        for _ in range(10):
            real_called_real += int((engine.D(engine.problem.sample_data(1000)) > 0).sum())
            fake_called_fake += int((engine.D(engine.G(engine.noise(1000))) < 0).sum())
    sensitivity, specificity = real_called_real / 10_000, fake_called_fake / 10_000
    return sensitivity + specificity - 1


# %% the quiz counts kind="right"
def proven_distance(engine, steps):
    from ganlib.live.quiz import Quiz

    for _ in range(steps):
        engine.step_d()
    quiz = Quiz.of(engine, seed=7)
    for _ in range(3000):
        quiz.answer(True)
    d = quiz.d()
    return d.sensitivity + d.specificity - 1


# %% both players move kind="wrong" fails="L5-only-d" says="updates both players"
def proven_distance(engine, steps):
    engine.step(steps)
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    return float(real.float().mean() - fake.float().mean())


# %% the accuracy kind="wrong" fails="L5-bells" says="that is the accuracy"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    return float(real.float().mean() + (~fake).float().mean()) / 2


# %% one is not subtracted kind="wrong" fails="L5-bells" says="subtract it"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) <= 0
    return float(real.float().mean() + fake.float().mean())


# %% sensitivity alone kind="wrong" fails="L5-bells" says="and should be 0.415"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        return float((engine.D(engine.problem.sample_data(10_000)) > 0).float().mean())


# %% real and fake exchanged kind="wrong" fails="L5-bells" says="the sign is turned"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) < 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    return float(real.float().mean() + fake.float().mean()) - 1


# %% D does not learn kind="wrong" fails="L5-bells" says="nothing is proved"
def proven_distance(engine, steps):
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    return float(real.float().mean() - fake.float().mean())


# %% a sigmoid, and still 0 for a threshold kind="wrong" fails="L5-bells" says="nothing is proved"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)).sigmoid() > 0
        fake = engine.D(engine.G(engine.noise(10_000))).sigmoid() > 0
    return float(real.float().mean() - fake.float().mean())


# %% means of D in place of shares kind="wrong" fails="L5-bells" says="should be"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)).sigmoid()
        fake = engine.D(engine.G(engine.noise(10_000))).sigmoid()
    return float(real.mean() - fake.mean())


# %% logits averaged before they are judged kind="wrong" fails="L5-bells" says="should be"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)).mean() > 0
        fake = engine.D(engine.G(engine.noise(10_000))).mean() > 0
    return float(real) - float(fake)


# %% a game begun anew kind="wrong" fails="L5-only-d" says="without a reset"
def proven_distance(engine, steps):
    engine.reset(seed=5)
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    return float(real.float().mean() - fake.float().mean())


# %% D judges in training mode kind="wrong" fails="L5-sees-clearly" says="in eval mode"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    return float(real.float().mean() - fake.float().mean())


# %% integrated from the density kind="wrong" fails="L5-hidden-no-density" says="density"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    assert engine.problem.density is not None, "there is no density to integrate"
    x = torch.linspace(-8, 8, 4001)
    with engine.looking(), torch.no_grad():
        says_real = engine.D(x[:, None]) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    p = engine.problem.density.log_prob(x).exp() * (x[1] - x[0])
    return float(p[says_real].sum() - fake.float().mean())


# %% the return is missing kind="wrong" fails="L5-bells" says="is a return missing"
def proven_distance(engine, steps):
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    print(float(real.float().mean() - fake.float().mean()))
