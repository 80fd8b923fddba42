# %% while loop, noise drawn first, variables for the minibatches kind="right"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    d_losses, g_losses = [], []
    while len(g_losses) < steps:
        j = 0
        while j < k:
            z = sample_noise(m)
            x = sample_data(m)
            d_loss = discriminator_step(D, G, opt_d, x, z)
            j += 1
        z = sample_noise(m)
        d_losses.append(d_loss.item())
        g_losses.append(generator_step(D, G, opt_g, z, saturating=False).item())
    return dict(d_loss=d_losses, g_loss=g_losses)


# %% tqdm, the printed loss for G, all of D's losses kind="right"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    from tqdm import trange

    history = {"d_loss": [], "g_loss": []}
    for step in trange(steps, desc="Algorithm 1"):
        history["d_loss"] += [
            float(discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m)))
            for _ in range(k)
        ]
        history["g_loss"].append(
            float(generator_step(D, G, opt_g, sample_noise(m), saturating=True))
        )
        if step % 100 == 0:
            print(step, history["g_loss"][-1])
    return history


# %% both steps written out, one concatenated batch for D, numpy arrays kind="right"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    losses = np.zeros((steps, 2))
    labels = torch.cat([torch.ones(m), torch.zeros(m)])
    for step in range(steps):
        for _ in range(k):
            x, x_fake = sample_data(m), G(sample_noise(m)).detach()
            d_loss = 2 * nn.functional.binary_cross_entropy_with_logits(
                D(torch.cat([x, x_fake])), labels
            )
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        # D's gradients from G's turn are wiped by opt_d.zero_grad() above
        g_loss = softplus(-D(G(sample_noise(m)))).mean()
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        losses[step] = d_loss.item(), g_loss.item()
    return {"d_loss": losses[:, 0], "g_loss": losses[:, 1]}


# %% closures, autograd.grad and a generator of minibatches kind="right"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    def minibatches():
        while True:
            yield sample_data(m), sample_noise(m)

    def descend(loss, network, optimizer):
        parameters = list(network.parameters())
        for p, g in zip(parameters, torch.autograd.grad(loss, parameters)):
            p.grad = g
        optimizer.step()
        return loss.item()

    stream = minibatches()
    history = {"d_loss": [], "g_loss": [], "k": k}
    for _ in range(steps):
        for x, z in (next(stream) for _ in range(k)):
            d_loss = descend(softplus(-D(x)).mean() + softplus(D(G(z))).mean(), D, opt_d)
        g_loss = descend(softplus(-D(G(sample_noise(m)))).mean(), G, opt_g)
        history["d_loss"].append(d_loss)
        history["g_loss"].append(g_loss)
    return history


# %% all minibatches of an iteration drawn at once, then split kind="right"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        xs, zs = sample_data(k * m).split(m), sample_noise((k + 1) * m).split(m)
        d_losses = [discriminator_step(D, G, opt_d, x, z) for x, z in zip(xs, zs)]
        g_loss = generator_step(D, G, opt_g, zs[-1])
        history["d_loss"].append(d_losses[-1])
        history["g_loss"].append(g_loss)
    return history


# %% one loop over all updates, losses measured once more after the step kind="right"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for update in range(steps * (k + 1)):
        z = sample_noise(m)
        if (update + 1) % (k + 1):
            x = sample_data(m)
            discriminator_step(D, G, opt_d, x, z)
        else:
            generator_step(D, G, opt_g, z)
            with torch.no_grad():
                real, fake = D(x), D.forward(G.forward(z))
            history["d_loss"].append(float(softplus(-real).mean() + softplus(fake).mean()))
            history["g_loss"].append(float(softplus(-fake).mean()))
    return history


# %% k ignored kind="wrong" fails="B3-order" says="k is ignored"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        history["d_loss"].append(
            float(discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m)))
        )
        history["g_loss"].append(float(generator_step(D, G, opt_g, sample_noise(m))))
    return history


# %% G moves after every step of D kind="wrong" fails="B3-order" says="G moves after every step of D"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
            g_loss = generator_step(D, G, opt_g, sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss))
    return history


# %% G moves k times as well kind="wrong" fails="B3-order" says="G moves k times as well"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        for _ in range(k):
            g_loss = generator_step(D, G, opt_g, sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss))
    return history


# %% G before D kind="wrong" fails="B3-order" says="G moves before D"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        g_loss = generator_step(D, G, opt_g, sample_noise(m))
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss))
    return history


# %% all of D first kind="wrong" fails="B3-order" says="should take turns"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    d_loss = [
        float(discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m)))
        for _ in range(steps * k)
    ]
    g_loss = [float(generator_step(D, G, opt_g, sample_noise(m))) for _ in range(steps)]
    return {"d_loss": d_loss, "g_loss": g_loss}


# %% return inside the loop kind="wrong" fails="B3-order" says="the game ends after one"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(generator_step(D, G, opt_g, sample_noise(m))))
        return history


# %% D's z once more for G kind="wrong" fails="B3-noise" says="used z again"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            z = sample_noise(m)
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), z)
        g_loss = generator_step(D, G, opt_g, z)
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss))
    return history


# %% one z for the whole game kind="wrong" fails="B3-noise" says="has no noise of its own"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    z = sample_noise(m)
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), z)
        g_loss = generator_step(D, G, opt_g, z)
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss))
    return history


# %% one z for all k steps of D kind="wrong" fails="B3-noise" says="each of D's k steps"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        z = sample_noise(m)
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), z)
        g_loss = generator_step(D, G, opt_g, sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss))
    return history


# %% noise from elsewhere kind="wrong" fails="B3-noise" says="no noise from sample_noise"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    dim = sample_noise(1).shape[1]
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), torch.randn(m, dim))
        g_loss = generator_step(D, G, opt_g, torch.randn(m, dim))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss))
    return history


# %% data drawn once for all k steps kind="wrong" fails="B3-data" says="inside the loop over k"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        x = sample_data(m)
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, x, sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(generator_step(D, G, opt_g, sample_noise(m))))
    return history


# %% data drawn once for the whole game kind="wrong" fails="B3-data" says="saw the same data"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    x = sample_data(m)
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, x, sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(generator_step(D, G, opt_g, sample_noise(m))))
    return history


# %% m ignored kind="wrong" fails="B3-hidden-minibatch" says="used 100 fresh rows"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(100), sample_noise(100))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(generator_step(D, G, opt_g, sample_noise(100))))
    return history


# %% half a minibatch of each, which makes m together kind="wrong" fails="B3-hidden-minibatch" says="fresh rows of"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history, half = {"d_loss": [], "g_loss": []}, (m + 1) // 2
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(half), sample_noise(half))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(generator_step(D, G, opt_g, sample_noise(m))))
    return history


# %% only the last losses kind="wrong" fails="B3-history" says="one for each iteration is wanted"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        g_loss = generator_step(D, G, opt_g, sample_noise(m))
    return {"d_loss": [float(d_loss)], "g_loss": [float(g_loss)]}


# %% no history kind="wrong" fails="B3-history" says="should return the dictionary"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    for _ in range(steps):
        for _ in range(k):
            discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        generator_step(D, G, opt_g, sample_noise(m))


# %% both lists swapped kind="wrong" fails="B3-hidden-losses" says="of the other player"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        history["d_loss"].append(float(generator_step(D, G, opt_g, sample_noise(m))))
        history["g_loss"].append(float(d_loss))
    return history


# %% the sum over the k steps kind="wrong" fails="B3-hidden-losses" says="not a sum over several"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        total = sum(
            float(discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m)))
            for _ in range(k)
        )
        history["d_loss"].append(total)
        history["g_loss"].append(float(generator_step(D, G, opt_g, sample_noise(m))))
    return history


# %% losses kept with their graphs kind="wrong" fails="B3-history" says="with their graphs"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_loss(D(sample_data(m)), D(G(sample_noise(m)).detach()))
            opt_d.zero_grad()
            d_loss.backward()
            opt_d.step()
        g_loss = generator_loss(D(G(sample_noise(m))))
        opt_g.zero_grad()
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(d_loss)
        history["g_loss"].append(g_loss)
    return history


# %% both gradients first, then both steps kind="wrong" fails="B3-hidden-turns" says="G should answer the D"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k - 1):
            discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        opt_g.zero_grad()
        g_loss = generator_loss(D(G(sample_noise(m))))
        g_loss.backward()
        opt_d.zero_grad()
        d_loss = discriminator_loss(D(sample_data(m)), D(G(sample_noise(m)).detach()))
        d_loss.backward()
        opt_d.step()
        opt_g.step()
        history["d_loss"].append(float(d_loss.detach()))
        history["g_loss"].append(float(g_loss.detach()))
    return history


# %% written out without zero_grad kind="wrong" fails="B3-hidden-turns" says="older gradients still in .grad"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_loss(D(sample_data(m)), D(G(sample_noise(m)).detach()))
            d_loss.backward()
            opt_d.step()
        g_loss = generator_loss(D(G(sample_noise(m))))
        g_loss.backward()
        opt_g.step()
        history["d_loss"].append(float(d_loss.detach()))
        history["g_loss"].append(float(g_loss.detach()))
    return history


# %% G helps D: one loss for both kind="wrong" fails="B3-hidden-turns" says="goes up its own loss"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        g_loss = discriminator_loss(D(sample_data(m)), D(G(sample_noise(m))))
        opt_g.zero_grad()
        g_loss.backward(inputs=list(G.parameters()))
        opt_g.step()
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(g_loss.detach()))
    return history


# %% the arguments of the optimizers swapped kind="wrong" fails="B3-order" says="each iteration makes k updates of D"
def algorithm_1(D, G, opt_d, opt_g, sample_data, sample_noise, steps, k, m):
    history = {"d_loss": [], "g_loss": []}
    for _ in range(steps):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_g, sample_data(m), sample_noise(m))
        history["d_loss"].append(float(d_loss))
        history["g_loss"].append(float(generator_step(D, G, opt_d, sample_noise(m))))
    return history
