# %% a loop over samples, in plain Python kind="right"
def mode_statistics(samples, centers, std):
    covered, good = set(), 0
    for x, y in samples.tolist():
        distances = [math.hypot(x - a, y - b) for a, b in centers.tolist()]
        if min(distances) <= 3 * std:
            good += 1
            covered.add(distances.index(min(distances)))
    return len(covered), good / len(samples)


# %% NumPy, squared distances against a squared reach kind="right"
def mode_statistics(samples, centers, std):
    x, c = samples.numpy(), centers.numpy()
    squared = ((x[:, None] - c[None]) ** 2).sum(axis=-1)
    near = squared < (3 * std) ** 2
    return near.any(axis=0).sum(), near.any(axis=1).mean()


# %% a matrix of what is near, a tensor for each answer kind="right"
def mode_statistics(samples, centers, std):
    near = (samples[:, None] - centers).norm(dim=-1) <= 3 * std
    return near.any(0).sum(), near.any(1).float().mean()


# %% a count for each mode, a list for the answer kind="right"
def mode_statistics(samples, centers, std):
    distance = torch.cdist(samples.double(), centers.double())
    nearest = distance.argmin(dim=1)
    good = distance.gather(1, nearest[:, None])[:, 0] <= 3 * std
    counts = torch.bincount(nearest[good], minlength=len(centers))
    return [float((counts > 0).sum()), float(counts.sum() / len(samples))]


# %% scikit-learn's neighbours, a named tuple kind="right"
def mode_statistics(samples, centers, std):
    from collections import namedtuple

    from sklearn.neighbors import NearestNeighbors

    distance, nearest = NearestNeighbors(n_neighbors=1).fit(centers.numpy()).kneighbors(samples)
    good = distance[:, 0] <= 3 * std
    answer = namedtuple("answer", "modes quality")
    return answer(len(np.unique(nearest[good, 0])), good.mean())


# %% mode by mode kind="right"
def mode_statistics(samples, centers, std):
    modes, good = 0, torch.zeros(len(samples), dtype=torch.bool)
    for center in centers:
        near = torch.linalg.vector_norm(samples - center, dim=1) <= 3 * std
        modes += bool(near.any())
        good |= near
    return modes, good.sum().item() / len(samples)


# %% every mode that is nearest to some sample kind="wrong" fails="B6-modes-covered" says="a mode counts only if"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    return len(nearest.unique()), (distance <= 3 * std).double().mean().item()


# %% the answers swapped kind="wrong" fails="B6-modes-covered" says="comes first"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    return good.double().mean().item(), len(nearest[good].unique())


# %% good samples counted as modes kind="wrong" fails="B6-modes-covered" says="should be 2"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    return int(good.sum()), good.double().mean().item()


# %% at least two samples for a mode kind="wrong" fails="B6-modes-covered" says="should be 2"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    counts = torch.bincount(nearest[good], minlength=len(centers))
    return int((counts > 1).sum()), good.double().mean().item()


# %% the number of good samples for their share kind="wrong" fails="B6-modes-share" says="that is their number"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), int(good.sum())


# %% a percentage kind="wrong" fails="B6-modes-share" says="a share of 60 % is 0.6"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), 100 * good.double().mean().item()


# %% the share of pairs kind="wrong" fails="B6-modes-share" says="the share is one of samples"
def mode_statistics(samples, centers, std):
    near = torch.cdist(samples, centers) <= 3 * std
    return int(near.any(0).sum()), near.double().mean().item()


# %% the share of modes kind="wrong" fails="B6-modes-share" says="the share of modes"
def mode_statistics(samples, centers, std):
    near = torch.cdist(samples, centers) <= 3 * std
    modes = int(near.any(0).sum())
    return modes, modes / len(centers)


# %% one std instead of three kind="wrong" fails="B6-modes-hidden-distance" says="the reach is 3 std"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 2.5 * std
    return len(nearest[good].unique()), good.double().mean().item()


# %% a squared distance against 3 std kind="wrong" fails="B6-modes-hidden-distance" says="was the distance squared"
def mode_statistics(samples, centers, std):
    squared, nearest = torch.cdist(samples, centers).square().min(dim=1)
    good = squared <= 3 * std
    return len(nearest[good].unique()), good.double().mean().item()


# %% each coordinate on its own kind="wrong" fails="B6-modes-hidden-distance" says="the distance is Euclidean"
def mode_statistics(samples, centers, std):
    near = ((samples[:, None] - centers).abs() <= 3 * std).all(dim=-1)
    return int(near.any(0).sum()), near.any(1).double().mean().item()


# %% the sum of the coordinates' differences kind="wrong" fails="B6-modes-hidden-distance" says="not added up"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers, p=1).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), good.double().mean().item()


# %% the reach multiplied by the root of 2 kind="wrong" fails="B6-modes-hidden-distance" says="is too far"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std * 2**0.5
    return len(nearest[good].unique()), good.double().mean().item()


# %% a fair share of samples for a mode kind="wrong" fails="B6-modes-hidden-grid" says="should be 12"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    counts = torch.bincount(nearest[good], minlength=len(centers))
    return int((counts >= len(samples) / len(centers) / 2).sum()), good.double().mean().item()


# %% eight modes, whatever the centers are kind="wrong" fails="B6-modes-hidden-grid" says="should be 12"
def mode_statistics(samples, centers, std):
    near = torch.cdist(samples, centers) <= 3 * std
    modes = int(near[:, :8].any(0).sum())
    return modes, near.any(1).double().mean().item()


# %% a mean over the good samples kind="wrong" fails="B6-modes-hidden-none" says="is nan"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    share = good[good].double().mean() * good.sum() / len(good)
    return len(nearest[good].unique()), share.item()


# %% an error where nothing is good kind="wrong" fails="B6-modes-hidden-none" says="stopped with"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    highest = nearest[good].max()
    counts = torch.bincount(nearest[good], minlength=int(highest) + 1)
    return int((counts > 0).sum()), good.double().mean().item()


# %% a return is missing kind="wrong" fails="B6-modes-covered" says="is a return missing?"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    answer = len(nearest[good].unique()), good.double().mean().item()


# %% the modes alone kind="wrong" fails="B6-modes-covered" says="should return two numbers"
def mode_statistics(samples, centers, std):
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    return len(nearest[distance <= 3 * std].unique())
