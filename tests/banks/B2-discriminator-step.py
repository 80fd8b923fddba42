# %% detach kind="right"
def discriminator_step(D, G, opt_d, x, z):
    opt_d.zero_grad()
    loss = discriminator_loss(D(x), D(G(z).detach()))
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% one concatenated batch, labels, a python float kind="right"
def discriminator_step(D, G, opt_d, x, z):
    with torch.inference_mode(False), torch.no_grad():
        x_fake = G(z)
    logits = D(torch.cat([x, x_fake]))
    labels = torch.cat([torch.ones(len(x)), torch.zeros(len(x_fake))]).to(logits)
    loss = 2 * nn.BCEWithLogitsLoss()(logits, labels)
    opt_d.zero_grad(set_to_none=False)
    loss.backward()
    opt_d.step()
    return loss.item()


# %% torch.autograd.grad, gradients put in by hand kind="right"
def discriminator_step(D, G, opt_d, x, z):
    parameters = list(D.parameters())
    loss = softplus(-D(x)).mean() + softplus(D(G(z))).mean()
    for p, g in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = g
    opt_d.step()
    return loss.detach()


# %% backward with inputs, zero_grad afterwards kind="right"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z)))
    loss.backward(inputs=list(D.parameters()))
    opt_d.step()
    opt_d.zero_grad()
    return loss.detach().double()


# %% two backwards, one for each term kind="right"
def discriminator_step(D, G, opt_d, x, z):
    D.zero_grad()
    on_data = -logsigmoid(D(x)).mean()
    on_data.backward()
    x_fake = G(z).detach()
    on_fakes = -logsigmoid(-D(x_fake)).mean()
    on_fakes.backward()
    opt_d.step()
    return (on_data + on_fakes).detach()


# %% a closure, and G frozen while D learns kind="right"
def discriminator_step(D, G, opt_d, x, z):
    for p in G.parameters():
        p.requires_grad_(False)

    def closure():
        opt_d.zero_grad()
        loss = discriminator_loss(D(x), D(G(z)))
        loss.backward()
        return loss

    loss = opt_d.step(closure)
    for p in G.parameters():
        p.requires_grad_(True)
    return loss.detach().numpy()


# %% maximize: ascend V kind="right"
def discriminator_step(D, G, opt_d, x, z):
    V = -discriminator_loss(D(x), D(G(z).detach()))
    opt_d.zero_grad()
    V.backward()
    for p in D.parameters():
        p.grad = -p.grad  # the optimizer descends: turn the gradient round
    opt_d.step()
    return -V.detach()


# %% no detach kind="wrong" fails="B2-discriminator-leaves-G" says="cut it with detach() or no_grad()"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z)))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% no detach, and G's gradients wiped kind="wrong" fails="B2-discriminator-leaves-G" says="wiped them"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z)))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    G.zero_grad()
    return loss.detach()


# %% G frozen for good kind="wrong" fails="B2-discriminator-leaves-G" says="frozen for good"
def discriminator_step(D, G, opt_d, x, z):
    for p in G.parameters():
        p.requires_grad_(False)
    loss = discriminator_loss(D(x), D(G(z)))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% descent on V kind="wrong" fails="B2-discriminator-ascends" says="where Algorithm 1 goes up"
def discriminator_step(D, G, opt_d, x, z):
    V = -discriminator_loss(D(x), D(G(z).detach()))
    opt_d.zero_grad()
    V.backward()
    opt_d.step()
    return -V.detach()


# %% labels swapped kind="wrong" fails="B2-discriminator-ascends" says="the labels are swapped"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(G(z).detach()), D(x))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% no step kind="wrong" fails="B2-discriminator-ascends" says="D has not moved"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z).detach()))
    opt_d.zero_grad()
    loss.backward()
    return loss.detach()


# %% zero_grad between backward and step kind="wrong" fails="B2-discriminator-ascends" says="D has not moved"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z).detach()))
    loss.backward()
    opt_d.zero_grad()
    opt_d.step()
    return loss.detach()


# %% all of it under no_grad kind="wrong" fails="B2-discriminator-ascends" says="under no_grad"
def discriminator_step(D, G, opt_d, x, z):
    with torch.no_grad():
        loss = discriminator_loss(D(x), D(G(z)))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% D's answers detached instead of G's fakes kind="wrong" fails="B2-discriminator-ascends" says="learns from the data alone"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z)).detach())
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% the sum over the minibatch kind="wrong" fails="B2-discriminator-ascends" says="m times too far"
def discriminator_step(D, G, opt_d, x, z):
    loss = softplus(-D(x)).sum() + softplus(D(G(z).detach())).sum()
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% probabilities given to a loss of logits kind="wrong" fails="B2-discriminator-ascends" says="not down the gradient"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(torch.sigmoid(D(x)), torch.sigmoid(D(G(z).detach())))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% the loss with its graph kind="wrong" fails="B2-discriminator-loss" says="still carries its graph"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z).detach()))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss


# %% nothing returned kind="wrong" fails="B2-discriminator-loss" says="is a return missing"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z).detach()))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()


# %% V returned kind="wrong" fails="B2-discriminator-loss" says="that is V"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z).detach()))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return -loss.detach()


# %% no zero_grad kind="wrong" fails="B2-discriminator-hidden-again" says="zero_grad"
def discriminator_step(D, G, opt_d, x, z):
    loss = discriminator_loss(D(x), D(G(z).detach()))
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% its own optimizer kind="wrong" fails="B2-discriminator-hidden-optimizer" says="opt_d has made 0 steps"
def discriminator_step(D, G, opt_d, x, z):
    opt_d = SGD(D.parameters(), lr=0.1)
    loss = discriminator_loss(D(x), D(G(z).detach()))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


# %% two updates, one for each term kind="wrong" fails="B2-discriminator-hidden-optimizer" says="opt_d has made 2 steps"
def discriminator_step(D, G, opt_d, x, z):
    total = 0.0
    for sign, batch in ((-1, x), (1, G(z).detach())):
        loss = softplus(sign * D(batch)).mean()
        opt_d.zero_grad()
        loss.backward()
        opt_d.step()
        total += loss.item()
    return total
