# %% softplus kind="right"
def generator_loss(fake_logits, saturating=False):
    return -softplus(fake_logits).mean() if saturating else softplus(-fake_logits).mean()


# %% BCEWithLogitsLoss, with the labels that G wishes for kind="right"
def generator_loss(fake_logits, saturating=False):
    loss = nn.BCEWithLogitsLoss()
    if saturating:
        return -loss(fake_logits, torch.zeros_like(fake_logits))
    return loss(fake_logits, torch.ones_like(fake_logits))


# %% a loop in float64 kind="right"
def generator_loss(fake_logits, saturating=False):
    total = 0.0
    for a in fake_logits.double():
        total = total + (logsigmoid(-a) if saturating else -logsigmoid(a))
    return total / len(fake_logits)


# %% log D minus the logit for log(1 - D) kind="right"
def generator_loss(fake_logits, saturating=False):
    log_d = logsigmoid(fake_logits)
    return torch.mean(log_d - fake_logits) if saturating else torch.mean(-log_d)


# %% log(1 - D) from the stable formula by hand kind="right"
def generator_loss(fake_logits, saturating=False):
    def log_sigmoid(a):
        return torch.minimum(a, torch.zeros_like(a)) - torch.log1p(
            torch.exp(-torch.sqrt(a * a + 1e-12))
        )

    sign = -1 if saturating else 1
    return -sign * log_sigmoid(sign * fake_logits).mean()


# %% saturating by default kind="wrong" fails="B1-generator-default" says="the saturating loss"
def generator_loss(fake_logits, saturating=True):
    return logsigmoid(-fake_logits).mean() if saturating else -logsigmoid(fake_logits).mean()


# %% the flag the wrong way round kind="wrong" fails="B1-generator-saturating" says="still -log D(G(z))"
def generator_loss(fake_logits, saturating=False):
    return -logsigmoid(fake_logits).mean() if saturating else logsigmoid(-fake_logits).mean()


# %% the flag ignored kind="wrong" fails="B1-generator-saturating" says="changes nothing"
def generator_loss(fake_logits, saturating=False):
    return -logsigmoid(fake_logits).mean()


# %% no minus: G would climb kind="wrong" fails="B1-generator-default" says="the minus sign is missing"
def generator_loss(fake_logits, saturating=False):
    return logsigmoid(-fake_logits).mean() if saturating else logsigmoid(fake_logits).mean()


# %% the label of fakes kind="wrong" fails="B1-generator-default" says="D's own loss on fakes"
def generator_loss(fake_logits, saturating=False):
    if saturating:
        return logsigmoid(-fake_logits).mean()
    return nn.BCEWithLogitsLoss()(fake_logits, torch.zeros_like(fake_logits))


# %% a minus on the printed loss kind="wrong" fails="B1-generator-saturating" says="as it stands"
def generator_loss(fake_logits, saturating=False):
    return -logsigmoid(-fake_logits).mean() if saturating else -logsigmoid(fake_logits).mean()


# %% the sum over the minibatch kind="wrong" fails="B1-generator-default" says="the sum over the minibatch"
def generator_loss(fake_logits, saturating=False):
    return logsigmoid(-fake_logits).sum() if saturating else -logsigmoid(fake_logits).sum()


# %% log of the sigmoid kind="wrong" fails="B1-generator-hidden-extreme" says="rounded to 0 or 1"
def generator_loss(fake_logits, saturating=False):
    d = torch.sigmoid(fake_logits)
    return torch.log(1 - d).mean() if saturating else -torch.log(d).mean()


# %% a clamp before the log kind="wrong" fails="B1-generator-hidden-gradient" says="a sigmoid or a clamp"
def generator_loss(fake_logits, saturating=False):
    d = torch.sigmoid(fake_logits).clamp(1e-7, 1 - 1e-7)
    return torch.log(1 - d).mean() if saturating else -torch.log(d).mean()


# %% detached kind="wrong" fails="B1-generator-hidden-gradient" says="carries no gradient"
def generator_loss(fake_logits, saturating=False):
    a = fake_logits.detach()
    return logsigmoid(-a).mean() if saturating else -logsigmoid(a).mean()


# %% a return is missing kind="wrong" fails="B1-generator-hidden-extreme" says="is a return missing?"
def generator_loss(fake_logits, saturating=False):
    -logsigmoid(fake_logits).mean()
