# %% one run after the other, by train kind="right"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    samples = []
    for _ in range(runs):
        D, G = make_discriminator(), make_generator()
        train(
            D,
            G,
            sample_data,
            sample_noise,
            steps=steps,
            m=m,
            opt_d=adam(D),
            opt_g=adam(G),
            device="cpu",
            progress=False,
        )
        with torch.no_grad():
            samples.append(G(sample_noise(2500)))
    return torch.stack(samples)


# %% a seed for each run, the steps of Algorithm 1 written out, a NumPy array kind="right"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    from ganlib.training import discriminator_step, generator_step

    samples = []
    for seed in range(runs):
        torch.manual_seed(seed)
        D, G = make_discriminator(), make_generator()
        opt_d, opt_g = adam(D), adam(G)
        for _ in range(steps):
            discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
            generator_step(D, G, opt_g, sample_noise(m))
        samples.append(G(sample_noise(2500)).detach().numpy())
    return np.array(samples)


# %% ensembles, a reshape, with the graph and the bar kind="right"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    G = Ensemble(make_generator, runs)
    D = Ensemble(make_discriminator, runs)
    opt_d, opt_g = adam(D), adam(G)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        k=1,
        m=m,
        opt_d=opt_d,
        opt_g=opt_g,
        device="cpu",
    )
    z = sample_noise(runs * 2500)
    return G(z.reshape(runs, 2500, z.shape[1]))


# %% ensembles, noise drawn before training and by the run kind="right"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    z = torch.stack([sample_noise(2500) for _ in range(runs)])
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.inference_mode():
        return G(z).clone()


# %% the same fresh noise for all runs, a list of samples kind="right"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    z = sample_noise(2500)
    return G(z.expand(runs, 2500, z.shape[1])).tolist()


# %% drawn before the training kind="wrong" fails="B6-runs-trained" says="drawn before the training"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    with torch.no_grad():
        samples = G(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    return samples


# %% drawn from a new ensemble kind="wrong" fails="B6-runs-trained" says="other networks than the trained ones"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return Ensemble(make_generator, runs)(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))


# %% one pair of networks for all runs kind="wrong" fails="B6-runs-apart" says="called once for each run"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = make_discriminator(), make_generator()
    train(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return torch.stack([G(sample_noise(2500)) for _ in range(runs)])


# %% the same pair trained on and on kind="wrong" fails="B6-runs-trained" says="one after the other"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = make_discriminator(), make_generator()
    samples = []
    for _ in range(runs):
        train(
            D,
            G,
            sample_data,
            sample_noise,
            steps=steps,
            m=m,
            opt_d=adam(D),
            opt_g=adam(G),
            device="cpu",
            progress=False,
        )
        with torch.no_grad():
            samples.append(G(sample_noise(2500)))
    return torch.stack(samples)


# %% one seed for all kind="wrong" fails="B6-runs-apart" says="one seed for all"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    samples = []
    for _ in range(runs):
        torch.manual_seed(0)
        D, G = make_discriminator(), make_generator()
        train(
            D,
            G,
            sample_data,
            sample_noise,
            steps=steps,
            m=m,
            opt_d=adam(D),
            opt_g=adam(G),
            device="cpu",
            progress=False,
        )
        with torch.no_grad():
            samples.append(G(sample_noise(2500)))
    return torch.stack(samples)


# %% all runs in one heap kind="wrong" fails="B6-runs-shape" says="2,500 samples of 4 numbers from each run"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return G(sample_noise(runs * 2500).unflatten(0, (runs, 2500))).flatten(0, 1)


# %% m samples instead of 2,500 kind="wrong" fails="B6-runs-shape" says="2,500 samples of 4 numbers from each run"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return G(sample_noise(runs * m).unflatten(0, (runs, m)))


# %% only the last run kind="wrong" fails="B6-runs-shape" says="returned shape (2500, 4)"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    for _ in range(runs):
        D, G = make_discriminator(), make_generator()
        train(
            D,
            G,
            sample_data,
            sample_noise,
            steps=steps,
            m=m,
            opt_d=adam(D),
            opt_g=adam(G),
            device="cpu",
            progress=False,
        )
    with torch.no_grad():
        return G(sample_noise(2500))


# %% reshaped the wrong way round kind="wrong" fails="B6-runs-apart" says="keep the runs apart"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        x = G(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))
    return x.transpose(0, 1).reshape(runs, 2500, -1)


# %% data returned kind="wrong" fails="B6-runs-shape" says="what comes back is data"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    return sample_data(runs * 2500).unflatten(0, (runs, 2500))


# %% steps ignored kind="wrong" fails="B6-runs-trained" says="should be 0.02"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=100,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return G(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))


# %% one step for each call of train kind="wrong" fails="B6-runs-trained" says="after a single step"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=1,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return G(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))


# %% m left to its default kind="wrong" fails="B6-runs-hidden-budget" says="the argument m is ignored"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return G(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))


# %% noise from elsewhere kind="wrong" fails="B6-runs-hidden-noise" says="does not come from sample_noise"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return G(torch.rand(runs, 2500, sample_noise(1).shape[1]))


# %% one noise 2,500 times kind="wrong" fails="B6-runs-hidden-noise" says="1 different noises"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    with torch.no_grad():
        return G(sample_noise(runs)[:, None].expand(-1, 2500, -1))


# %% a return is missing kind="wrong" fails="B6-runs-shape" says="is a return missing?"
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D,
        G,
        sample_data,
        sample_noise,
        steps=steps,
        m=m,
        opt_d=adam(D),
        opt_g=adam(G),
        device="cpu",
        progress=False,
    )
    samples = G(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))
