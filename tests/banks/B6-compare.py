# %% NumPy with ddof kind="right"
def compare(plain, remedy):
    a, b = np.asarray(plain, dtype=float), np.asarray(remedy, dtype=float)
    return b.mean() - a.mean(), np.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)


# %% plain Python, sums written out kind="right"
def compare(plain, remedy):
    def mean_and_square(y):
        y = [float(v) for v in y]
        mean = sum(y) / len(y)
        return mean, sum((v - mean) ** 2 for v in y) / (len(y) - 1) / len(y)

    (a, da), (b, db) = mean_and_square(plain), mean_and_square(remedy)
    return b - a, (da + db) ** 0.5


# %% the statistics module kind="right"
def compare(plain, remedy):
    import statistics

    a, b = list(map(float, plain)), list(map(float, remedy))
    error = math.hypot(statistics.stdev(a) / len(a) ** 0.5, statistics.stdev(b) / len(b) ** 0.5)
    return statistics.fmean(b) - statistics.fmean(a), error


# %% scipy's standard error, a tensor for the answer kind="right"
def compare(plain, remedy):
    from scipy.stats import sem

    errors = [sem([float(v) for v in y]) for y in (plain, remedy)]
    a, b = (torch.as_tensor(y).float().mean() for y in (plain, remedy))
    return torch.stack([b - a, torch.tensor(errors).norm()])


# %% float32, standard errors by std kind="right"
def compare(plain, remedy):
    a, b = torch.tensor([*plain]).float(), torch.tensor([*remedy]).float()
    e1, e2 = a.std() / math.sqrt(len(a)), b.std() / math.sqrt(len(b))
    return b.mean() - a.mean(), torch.hypot(e1, e2)


# %% the sign of the difference kind="wrong" fails="B6-compare-difference" says="should come out positive"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return a.mean() - b.mean(), (a.var() / len(a) + b.var() / len(b)).sqrt()


# %% medians kind="wrong" fails="B6-compare-difference" says="the difference of the medians"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.median() - a.median(), (a.var() / len(a) + b.var() / len(b)).sqrt()


# %% the best runs kind="wrong" fails="B6-compare-difference" says="not there to be chosen from"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.max() - a.max(), (a.var() / len(a) + b.var() / len(b)).sqrt()


# %% the difference in errors kind="wrong" fails="B6-compare-difference" says="over its error"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    error = (a.var() / len(a) + b.var() / len(b)).sqrt()
    return (b.mean() - a.mean()) / error, error


# %% sums instead of means kind="wrong" fails="B6-compare-difference" says="take the means"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.sum() - a.sum(), (a.var() / len(a) + b.var() / len(b)).sqrt()


# %% the spread of single runs kind="wrong" fails="B6-compare-error" says="the spread of single runs"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.mean() - a.mean(), (a.var() + b.var()).sqrt()


# %% no square root kind="wrong" fails="B6-compare-error" says="the square root is missing"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.mean() - a.mean(), a.var() / len(a) + b.var() / len(b)


# %% errors added kind="wrong" fails="B6-compare-error" says="add up in squares"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.mean() - a.mean(), a.std() / len(a) ** 0.5 + b.std() / len(b) ** 0.5


# %% NumPy's variance kind="wrong" fails="B6-compare-error" says="divide by n - 1"
def compare(plain, remedy):
    a, b = np.asarray(plain, dtype=float), np.asarray(remedy, dtype=float)
    return b.mean() - a.mean(), np.sqrt(a.var() / len(a) + b.var() / len(b))


# %% pairs kind="wrong" fails="B6-compare-error" says="are no pairs"
def compare(plain, remedy):
    n = min(len(plain), len(remedy))
    a, b = (torch.as_tensor(y, dtype=torch.float64)[:n] for y in (plain, remedy))
    return b.mean() - a.mean(), (b - a).std() / n**0.5


# %% the error of the remedy alone kind="wrong" fails="B6-compare-error" says="the plain GAN's counts too"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.mean() - a.mean(), b.std() / len(b) ** 0.5


# %% errors subtracted kind="wrong" fails="B6-compare-error" says="errors do not cancel"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.mean() - a.mean(), (b.std() / len(b) ** 0.5 - a.std() / len(a) ** 0.5).abs()


# %% variances averaged kind="wrong" fails="B6-compare-error" says="not subtracted or averaged"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.mean() - a.mean(), ((a.var() + b.var()) / 2 / len(a)).sqrt()


# %% one number of runs for both kind="wrong" fails="B6-compare-hidden-sizes" says="the number of its own runs"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    return b.mean() - a.mean(), ((a.var() + b.var()) / len(b)).sqrt()


# %% tensors only kind="wrong" fails="B6-compare-hidden-sizes" says="compare stopped with"
def compare(plain, remedy):
    error = (plain.var() / len(plain) + remedy.var() / len(remedy)).sqrt()
    return remedy.mean() - plain.mean(), error


# %% a return is missing kind="wrong" fails="B6-compare-difference" says="is a return missing?"
def compare(plain, remedy):
    a, b = (torch.as_tensor(y, dtype=torch.float64) for y in (plain, remedy))
    answer = b.mean() - a.mean(), (a.var() / len(a) + b.var() / len(b)).sqrt()
