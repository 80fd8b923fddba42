# %% the context manager of ganlib kind="right"
def generator_step(D, G, opt_g, z, saturating=False):
    from ganlib.training import frozen

    opt_g.zero_grad()
    with frozen(D):
        loss = generator_loss(D(G(z)), saturating)
        loss.backward()
    opt_g.step()
    return loss.detach()


# %% backward with inputs kind="right"
def generator_step(D, G, opt_g, z, saturating=False):
    opt_g.zero_grad(set_to_none=False)
    loss = generator_loss(D(G(z)), saturating=saturating)
    loss.backward(inputs=list(G.parameters()))
    opt_g.step()
    return loss.item()


# %% torch.autograd.grad kind="right"
def generator_step(D, G, opt_g, z, saturating=False):
    theta_g = list(G.parameters())
    loss = generator_loss(D(G(z)), saturating)
    gradients = torch.autograd.grad(loss, theta_g)
    for p, g in zip(theta_g, gradients):
        p.grad = g.clone()
    opt_g.step()
    return loss.detach().double()


# %% the module's own requires_grad_, zero_grad afterwards kind="right"
def generator_step(D, G, opt_g, z, saturating=False):
    D.requires_grad_(False)
    try:
        loss = generator_loss(D(G(z)), saturating)
        loss.backward()
        opt_g.step()
        opt_g.zero_grad()
    finally:
        D.requires_grad_(True)
    return loss.detach()


# %% a frozen copy of D kind="right"
def generator_step(D, G, opt_g, z, saturating=False):
    import copy

    judge = copy.deepcopy(D)
    a = judge(G(z))
    loss = torch.mean(-softplus(a)) if saturating else torch.mean(softplus(-a))
    G.zero_grad()
    loss.backward()
    opt_g.step()
    return float(loss.detach())


# %% D called with detached parameters kind="right"
def generator_step(D, G, opt_g, z, saturating=False):
    fixed = {name: p.detach() for name, p in D.named_parameters()}
    loss = generator_loss(torch.func.functional_call(D, fixed, (G(z),)), saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    return loss.detach()


# %% D's gradients saved and put back kind="right"
def generator_step(D, G, opt_g, z, saturating=False):
    saved = [None if p.grad is None else p.grad.clone() for p in D.parameters()]
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    for p, g in zip(D.parameters(), saved):
        p.grad = g
    return loss.detach()


# %% D not frozen kind="wrong" fails="B2-generator-leaves-D" says="freeze D's parameters"
def generator_step(D, G, opt_g, z, saturating=False):
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    return loss.detach()


# %% eval mode taken for freezing kind="wrong" fails="B2-generator-leaves-D" says="D.eval() does not freeze"
def generator_step(D, G, opt_g, z, saturating=False):
    D.eval()
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    D.train()
    opt_g.step()
    return loss.detach()


# %% D's gradients wiped kind="wrong" fails="B2-generator-leaves-D" says="not G's to wipe"
def generator_step(D, G, opt_g, z, saturating=False):
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    D.zero_grad()
    return loss.detach()


# %% both networks moved kind="wrong" fails="B2-generator-leaves-D" says="has moved D"
def generator_step(D, G, opt_g, z, saturating=False):
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    D.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in D.parameters():
            p -= 0.1 * p.grad
    opt_g.step()
    return loss.detach()


# %% D left frozen kind="wrong" fails="B2-generator-thaws" says="still frozen"
def generator_step(D, G, opt_g, z, saturating=False):
    for p in D.parameters():
        p.requires_grad = False
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    return loss.detach()


# %% D left in eval mode kind="wrong" fails="B2-generator-thaws" says="eval mode"
def generator_step(D, G, opt_g, z, saturating=False):
    D.eval()
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward(inputs=list(G.parameters()))
    opt_g.step()
    return loss.detach()


# %% the fakes detached kind="wrong" fails="B2-generator-descends" says="no gradient reaches it"
def generator_step(D, G, opt_g, z, saturating=False):
    loss = generator_loss(D(G(z).detach()), saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    return loss.detach()


# %% D under no_grad kind="wrong" fails="B2-generator-descends" says="under no_grad"
def generator_step(D, G, opt_g, z, saturating=False):
    x_fake = G(z)
    with torch.no_grad():
        logits = D(x_fake)
    loss = generator_loss(logits, saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    return loss.detach()


# %% no step kind="wrong" fails="B2-generator-descends" says="G has not moved"
def generator_step(D, G, opt_g, z, saturating=False):
    D.requires_grad_(False)
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    D.requires_grad_(True)
    return loss.detach()


# %% ascent kind="wrong" fails="B2-generator-descends" says="G climbs its loss"
def generator_step(D, G, opt_g, z, saturating=False):
    D.requires_grad_(False)
    loss = -generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    D.requires_grad_(True)
    return -loss.detach()


# %% D's loss on fakes kind="wrong" fails="B2-generator-descends" says="D's own loss on fakes"
def generator_step(D, G, opt_g, z, saturating=False):
    D.requires_grad_(False)
    loss = softplus(D(G(z))).mean()
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    D.requires_grad_(True)
    return loss.detach()


# %% always the printed loss kind="wrong" fails="B2-generator-descends" says="follows the saturating loss"
def generator_step(D, G, opt_g, z, saturating=False):
    D.requires_grad_(False)
    loss = generator_loss(D(G(z)), saturating=True)
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    D.requires_grad_(True)
    return loss.detach()


# %% saturating not passed on kind="wrong" fails="B2-generator-saturating" says="is the argument passed on"
def generator_step(D, G, opt_g, z, saturating=False):
    D.requires_grad_(False)
    loss = generator_loss(D(G(z)))
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    D.requires_grad_(True)
    return loss.detach()


# %% the loss with its graph kind="wrong" fails="B2-generator-hidden-loss" says="still carries its graph"
def generator_step(D, G, opt_g, z, saturating=False):
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward(inputs=list(G.parameters()))
    opt_g.step()
    return loss


# %% one logit of the minibatch kind="wrong" fails="B2-generator-descends" says="not down the gradient"
def generator_step(D, G, opt_g, z, saturating=False):
    loss = generator_loss(D(G(z))[:1], saturating)
    opt_g.zero_grad()
    loss.backward(inputs=list(G.parameters()))
    opt_g.step()
    return loss.detach()


# %% no zero_grad kind="wrong" fails="B2-generator-hidden-again" says="zero_grad"
def generator_step(D, G, opt_g, z, saturating=False):
    loss = generator_loss(D(G(z)), saturating)
    loss.backward(inputs=list(G.parameters()))
    opt_g.step()
    return loss.detach()


# %% its own optimizer kind="wrong" fails="B2-generator-hidden-again" says="made 0 steps of opt_g"
def generator_step(D, G, opt_g, z, saturating=False):
    opt_g = SGD(G.parameters(), lr=0.1)
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward(inputs=list(G.parameters()))
    opt_g.step()
    return loss.detach()


# %% a return is missing kind="wrong" fails="B2-generator-hidden-loss" says="is a return missing?"
def generator_step(D, G, opt_g, z, saturating=False):
    for p in D.parameters():
        p.requires_grad_(False)
    loss = generator_loss(D(G(z)), saturating)
    opt_g.zero_grad()
    loss.backward()
    for p in D.parameters():
        p.requires_grad_(True)
    opt_g.step()
