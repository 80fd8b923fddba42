# %% softplus by hand kind="right"
def discriminator_loss(real_logits, fake_logits):
    return softplus(-real_logits).mean() + softplus(fake_logits).mean()


# %% BCEWithLogitsLoss with labels kind="right"
def discriminator_loss(real_logits, fake_logits):
    loss = nn.BCEWithLogitsLoss()
    on_data = loss(real_logits, torch.ones_like(real_logits))
    on_fakes = loss(fake_logits, torch.zeros_like(fake_logits))
    return on_data + on_fakes


# %% one concatenated batch, summed and divided by m kind="right"
def discriminator_loss(real_logits, fake_logits):
    m = real_logits.shape[0]
    logits = torch.cat([real_logits, fake_logits])
    labels = torch.cat([torch.ones(m), torch.zeros(m)]).to(logits)
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / m


# %% one mean over pairs, in float64 kind="right"
def discriminator_loss(real_logits, fake_logits):
    zero = torch.zeros((), dtype=torch.float64)
    pairs = zip(real_logits.double(), fake_logits.double())
    return torch.stack(
        [torch.logaddexp(zero, -a) + torch.logaddexp(zero, b) for a, b in pairs]
    ).mean()


# %% in place, on a copy kind="right"
def discriminator_loss(real_logits, fake_logits):
    V = logsigmoid(real_logits).clone()
    V += logsigmoid(-fake_logits)
    return -V.sum() / V.numel()


# %% V itself kind="wrong" fails="B1-discriminator-value" says="optimizers descend"
def discriminator_loss(real_logits, fake_logits):
    return logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean()


# %% labels swapped kind="wrong" fails="B1-discriminator-value" says="the labels are swapped"
def discriminator_loss(real_logits, fake_logits):
    return softplus(real_logits).mean() + softplus(-fake_logits).mean()


# %% G's term instead of D's kind="wrong" fails="B1-discriminator-value" says="not -log D(G(z))"
def discriminator_loss(real_logits, fake_logits):
    return -logsigmoid(real_logits).mean() - logsigmoid(fake_logits).mean()


# %% the mean over one concatenated batch kind="wrong" fails="B1-discriminator-value" says="half of -V"
def discriminator_loss(real_logits, fake_logits):
    logits = torch.cat([real_logits, fake_logits])
    labels = torch.cat([torch.ones_like(real_logits), torch.zeros_like(fake_logits)])
    return nn.BCEWithLogitsLoss()(logits, labels)


# %% the sum over the minibatch kind="wrong" fails="B1-discriminator-value" says="the sum over the minibatch"
def discriminator_loss(real_logits, fake_logits):
    return -(logsigmoid(real_logits) + logsigmoid(-fake_logits)).sum()


# %% no mean at all kind="wrong" fails="B1-discriminator-value" says="mean over the minibatch missing"
def discriminator_loss(real_logits, fake_logits):
    return -(logsigmoid(real_logits) + logsigmoid(-fake_logits))


# %% no fakes kind="wrong" fails="B1-discriminator-value" says="the term of the fakes is missing"
def discriminator_loss(real_logits, fake_logits):
    return -logsigmoid(real_logits).mean()


# %% log of the sigmoid kind="wrong" fails="B1-discriminator-extreme" says="rounded to 0 or 1"
def discriminator_loss(real_logits, fake_logits):
    d_real, d_fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return -(torch.log(d_real).mean() + torch.log(1 - d_fake).mean())


# %% BCELoss of probabilities kind="wrong" fails="B1-discriminator-extreme" says="clamps each logarithm"
def discriminator_loss(real_logits, fake_logits):
    loss = nn.BCELoss()
    d_real, d_fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return loss(d_real, torch.ones_like(d_real)) + loss(d_fake, torch.zeros_like(d_fake))


# %% a python number kind="wrong" fails="B1-discriminator-hidden-gradient" says="carries no gradient"
def discriminator_loss(real_logits, fake_logits):
    return -(logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean()).item()


# %% fakes detached inside the loss kind="wrong" fails="B1-discriminator-hidden-gradient" says="is the batch detached"
def discriminator_loss(real_logits, fake_logits):
    return -(logsigmoid(real_logits).mean() + logsigmoid(-fake_logits.detach()).mean())


# %% a return is missing kind="wrong" fails="B1-discriminator-extreme" says="is a return missing?"
def discriminator_loss(real_logits, fake_logits):
    -(logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean())
