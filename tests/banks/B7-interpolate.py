# %% the straight line kind="right"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps)[:, None].to(z0)
    return (1 - t) * z0 + t * z1


# %% a loop over the straight line kind="right"
def interpolate(z0, z1, steps):
    return torch.stack([z0 + (z1 - z0) * i / (steps - 1) for i in range(steps)])


# %% torch.lerp kind="right"
def interpolate(z0, z1, steps):
    return torch.lerp(z0, z1, torch.linspace(0, 1, steps, dtype=z0.dtype).unsqueeze(1))


# %% NumPy's linspace kind="right"
def interpolate(z0, z1, steps):
    import numpy as np

    return torch.from_numpy(np.linspace(z0.numpy(), z1.numpy(), steps))


# %% on the sphere, in a loop kind="right"
def interpolate(z0, z1, steps):
    u0, u1 = z0 / z0.norm(), z1 / z1.norm()
    omega = torch.acos((u0 * u1).sum().clamp(-1, 1)).item()
    rows = []
    for i in range(steps):
        t = i / (steps - 1)
        if omega < 1e-3:
            rows.append((1 - t) * z0 + t * z1)
        else:
            rows.append(
                (math.sin((1 - t) * omega) * z0 + math.sin(t * omega) * z1) / math.sin(omega)
            )
    return torch.stack(rows)


# %% the line, stretched to lengths between the two kind="right"
def interpolate(z0, z1, steps):
    u0, u1 = z0 / z0.norm(), z1 / z1.norm()
    angle = 2 * torch.atan2((u0 - u1).norm(), (u0 + u1).norm())
    t = torch.linspace(0, 1, steps).to(z0)[:, None]
    if angle < 1e-3:
        return (1 - t) * z0 + t * z1
    direction = (torch.sin((1 - t) * angle) * u0 + torch.sin(t * angle) * u1) / torch.sin(angle)
    return direction * ((1 - t) * z0.norm() + t * z1.norm())


# %% from z1 to z0 kind="wrong" fails="B7-interpolate-ends" says="runs from z1 to z0"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps)[:, None].to(z0)
    return t * z0 + (1 - t) * z1


# %% the last end is left out kind="wrong" fails="B7-interpolate-ends" says="stop short of 1"
def interpolate(z0, z1, steps):
    t = torch.arange(steps)[:, None].to(z0) / steps
    return (1 - t) * z0 + t * z1


# %% only the points between the ends kind="wrong" fails="B7-interpolate-ends" says="the first row should be z0"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps + 2)[1:-1, None].to(z0)
    return (1 - t) * z0 + t * z1


# %% steps pieces and so one point too many kind="wrong" fails="B7-interpolate-ends" says="should have shape (7, 20)"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps + 1)[:, None].to(z0)
    return (1 - t) * z0 + t * z1


# %% columns instead of rows kind="wrong" fails="B7-interpolate-ends" says="should have shape (7, 20)"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps).to(z0)
    return z0[:, None] * (1 - t) + z1[:, None] * t


# %% t squared is not even kind="wrong" fails="B7-interpolate-between" says="space t evenly"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps)[:, None].to(z0) ** 2
    return (1 - t) * z0 + t * z1


# %% a jump from one to the other kind="wrong" fails="B7-interpolate-between" says="space t evenly"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps)[:, None].to(z0).round()
    return (1 - t) * z0 + t * z1


# %% new noise between the ends kind="wrong" fails="B7-interpolate-between" says="no combinations of z0 and z1"
def interpolate(z0, z1, steps):
    return torch.stack([z0, *torch.randn(steps - 2, len(z0)).to(z0), z1])


# %% the sines without their denominator kind="wrong" fails="B7-interpolate-ends" says="the first row should be z0"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps)[:, None].to(z0)
    omega = torch.acos(torch.dot(z0, z1) / (z0.norm() * z1.norm()))
    return torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1


# %% slerp without a case for one direction kind="wrong" fails="B7-interpolate-hidden-same" says="sin ω is 0"
def interpolate(z0, z1, steps):
    t = torch.linspace(0, 1, steps)[:, None].to(z0)
    cosine = torch.dot(z0, z1) / (z0.norm() * z1.norm())
    omega = torch.acos(cosine.clamp(max=1) if cosine < 0.99999 else torch.ones(()))
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(omega)


# %% a return is missing kind="wrong" fails="B7-interpolate-ends" says="is a return missing?"
def interpolate(z0, z1, steps):
    torch.stack([torch.lerp(z0, z1, i / (steps - 1)) for i in range(steps)])
