# %% softplus kind="right"
def value_from_logits(real_logits, fake_logits):
    softplus = torch.nn.functional.softplus
    return -softplus(-real_logits).mean() - softplus(fake_logits).mean()


# %% binary cross-entropy with logits kind="right"
def value_from_logits(real_logits, fake_logits):
    loss = torch.nn.BCEWithLogitsLoss()
    on_data = loss(real_logits, torch.ones_like(real_logits))
    on_fakes = loss(fake_logits, torch.zeros_like(fake_logits))
    return -(on_data + on_fakes)


# %% logaddexp kind="right"
def value_from_logits(real_logits, fake_logits):
    zero = torch.zeros((), dtype=real_logits.dtype)
    return -(torch.logaddexp(zero, -real_logits).mean() + torch.logaddexp(zero, fake_logits).mean())


# %% by hand, splitting at 0 kind="right"
def value_from_logits(real_logits, fake_logits):
    def log_sigmoid(a):
        return torch.minimum(a, torch.zeros_like(a)) - torch.log1p(torch.exp(-a.abs()))

    return sum(log_sigmoid(a).sum() / len(a) for a in (real_logits, -fake_logits))


# %% log of the sigmoid kind="wrong" fails="A4-extreme" says="V is not finite"
def value_from_logits(real_logits, fake_logits):
    d_real, d_fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    return torch.log(d_real).mean() + torch.log(1 - d_fake).mean()


# %% a clamp before the log kind="wrong" fails="A4-extreme" says="no longer exact"
def value_from_logits(real_logits, fake_logits):
    d_real = torch.sigmoid(real_logits).clamp(1e-7, 1 - 1e-7)
    d_fake = torch.sigmoid(fake_logits).clamp(1e-7, 1 - 1e-7)
    return torch.log(d_real).mean() + torch.log(1 - d_fake).mean()


# %% no minus on the fakes kind="wrong" fails="A4-agrees" says="the fakes need a minus"
def value_from_logits(real_logits, fake_logits):
    return logsigmoid(real_logits).mean() + logsigmoid(fake_logits).mean()


# %% the loss instead of the value kind="wrong" fails="A4-agrees" says="V has no minus sign"
def value_from_logits(real_logits, fake_logits):
    return -logsigmoid(real_logits).mean() - logsigmoid(-fake_logits).mean()


# %% one minus the log kind="wrong" fails="A4-agrees" says="1 - logsigmoid(a) is not log(1 - sigmoid(a))"
def value_from_logits(real_logits, fake_logits):
    return logsigmoid(real_logits).mean() + (1 - logsigmoid(fake_logits)).mean()


# %% a Python float without gradient kind="wrong" fails="A4-hidden-gradient" says="carries no gradient"
def value_from_logits(real_logits, fake_logits):
    return (logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean()).item()


# %% the fakes are detached kind="wrong" fails="A4-hidden-gradient" says="does not reach both batches"
def value_from_logits(real_logits, fake_logits):
    return logsigmoid(real_logits).mean() + logsigmoid(-fake_logits.detach()).mean()


# %% infinities replaced afterwards kind="wrong" fails="A4-hidden-gradient" says="The gradient"
def value_from_logits(real_logits, fake_logits):
    def log_sigmoid(a):
        return torch.where(a < -80, a.detach(), torch.log(torch.sigmoid(a.clamp(min=-80))))

    return log_sigmoid(real_logits).mean() + log_sigmoid(-fake_logits).mean()


# %% the sum kind="wrong" fails="A4-agrees" says="average over the minibatch"
def value_from_logits(real_logits, fake_logits):
    return logsigmoid(real_logits).sum() + logsigmoid(-fake_logits).sum()


# %% a return is missing kind="wrong" fails="A4-extreme" says="is a return missing?"
def value_from_logits(real_logits, fake_logits):
    logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean()
