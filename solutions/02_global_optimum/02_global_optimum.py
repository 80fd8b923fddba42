# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · The global optimum
#
# Notebook 01 ended with sliders and with two claims that it did not prove. Against a given
# generator, it said, no discriminator is better than
# $D^*(x) = p_{data}(x) / (p_{data}(x) + p_g(x))$. And if $G$ plays against that best
# discriminator, the lowest value that it can reach is $-\log 4$, at $p_g = p_{data}$. The sliders
# agreed. But they moved one kind of $D$ and one kind of $p_g$. Might a cleverer $D$ do better?
# Might $G$ reach $-\log 4$, or less, with a $p_g$ that looks nothing like data?
#
# This notebook proves that neither can happen. It then looks hard at what the proof is about, for
# there is more than one step from here to a training run.
#
# **Contents:** [1. One x at a time](#1.-One-x-at-a-time) ·
# [2. D climbs](#2.-D-climbs) ·
# [3. How far apart are two densities?](#3.-How-far-apart-are-two-densities?) ·
# [4. The criterion C(G)](#4.-The-criterion-C(G)) ·
# [5. When the densities do not meet](#5.-When-the-densities-do-not-meet) ·
# [6. Does p_g get there?](#6.-Does-p_g-get-there?) ·
# [7. Two players on a saddle](#7.-Two-players-on-a-saddle) ·
# [8. In your own words](#8.-In-your-own-words) ·
# [Summary](#Summary)
#
# By the end you can
#
# - find $D^*$ with the calculus of one variable, and show that it is a maximum;
# - compute two measures of the distance between densities, also where a density is 0;
# - prove that $G$'s best value is $-\log 4$, and that only $p_g = p_{data}$ attains it;
# - say what is left of $G$'s gradient when fakes and data do not overlap;
# - name the assumptions under which $p_g$ converges to $p_{data}$, and what training breaks;
# - keep two players from running past their equilibrium.
#
# All this stands in section 4 of [Goodfellow et al. 2014](https://arxiv.org/abs/1406.2661). Allow
# about 105 minutes. Logarithms are natural, so values are in nats.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from ganlib.checks import Answers
from ganlib.data import gaussian
from ganlib.live import GANLab
from ganlib.live.engine import Engine
from ganlib.live.problems import Problem
from ganlib.networks import Discriminator
from ganlib.plotting import COLORS, show
from ganlib.sampling import Draws, Noise
from ganlib.value import value_by_integral


def bell(x, mean, std):
    """The density of N(mean, std**2) at the points x."""
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


def box(x, left, width):
    """The density of the uniform distribution on [left, left + width] at the points x."""
    return ((x > left) & (x < left + width)).to(x.dtype) / width


# %% [markdown]
# ## 1. One x at a time
#
# The value function has two forms. Exercise A3 averaged over noise, Exercise A5 integrated over $x$:
#
# $$ V(D, G) = \mathbb E_{x \sim p_{data}} [\log D(x)] + \mathbb E_{z \sim p_z} [\log\,(1 - D(G(z)))]
#    = \int \bigl[\, p_{data}(x) \log D(x) + p_g(x) \log\,(1 - D(x)) \,\bigr] dx. $$
#
# They are equal for every $G$, because $p_g$ is by definition the distribution of $G(z)$. In
# particular $G$ need not be invertible. Here is one that is not: $G(z) = \log z^2$ sends $z$ and $-z$
# to the same $x$. For $z \sim N(0, 1)$ its density, which collects the weight of both, is
# $p_g(x) = \exp\bigl(\tfrac12 (x - e^x)\bigr) / \sqrt{2 \pi}$. Is the second term of $V$ the same in
# both forms, for some $D$?


# %% tags=["nbval-check-output"]
def two_forms():
    def log_not_d(x):  # log(1 - D(x)) for a D with the logit x + 1
        return logsigmoid(-(x + 1))

    z = torch.arange(-12, 12, 0.001, dtype=torch.float64) + 0.0005
    over_noise = (bell(z, 0.0, 1.0) * log_not_d(torch.log(z**2))).sum() * 0.001
    x = torch.arange(-40, 8, 0.001, dtype=torch.float64)
    p_g = torch.exp((x - x.exp()) / 2) / math.sqrt(2 * math.pi)
    over_x = (p_g * log_not_d(x)).sum() * 0.001
    print(f"over z: {over_noise.item():.9f}")
    print(f"over x: {over_x.item():.9f}")


two_forms()

# %% [markdown]
# For a $D$ that wants to be as good as possible the second form has a great advantage. In the first,
# one $x$ may be asked about in many places: as a data point, and as $G(z)$ for this $z$ and that.
# In the second it occurs once, with both its weights beside it. And nothing ties the value of $D$ at
# one $x$ to its value at another, as long as $D$ may be any function at all. So to make the integral
# as large as possible, make the integrand as large as possible, *at each $x$ by itself*. A problem
# about functions has become one about a single number $y = D(x)$.
#
# Fix $x$, and write $p = p_{data}(x)$ and $q = p_g(x)$ for its two weights. The number $y$ should
# maximise
#
# $$ f(y) = p \log y + q \log\,(1 - y), \qquad 0 \le y \le 1. $$
#
# Take $p > 0$ and $q > 0$ first. The derivative
#
# $$ f'(y) = \frac p y - \frac q {1 - y} $$
#
# is zero where $p (1 - y) = q y$, and that is at one place only, $y = p / (p + q)$. It is a maximum
# and not a minimum, because the second derivative
#
# $$ f''(y) = - \frac p {y^2} - \frac q {(1 - y)^2} $$
#
# is negative wherever one looks. The ends of the interval cannot compete: there $f$ falls to $-\infty$.
#
# If a weight is zero, an end is the place to be. With $q = 0 < p$ only $p \log y$ is left, which
# climbs all the way to $y = 1$. With $p = 0 < q$ the best is $y = 0$. The formula $p / (p + q)$ says the
# same in both cases. With $p = q = 0$ it says nothing, and $f = 0$ whatever $y$ is: no sample ever falls
# there, so no answer is worse than another. We settle for $\tfrac12$, the answer of one who has seen
# nothing. Hence
#
# $$ D^*(x) = \frac{p_{data}(x)}{p_{data}(x) + p_g(x)}, $$
#
# which is Proposition 1 of the paper.
#
# ### Exercise A7 · the optimal discriminator
#
# Difficulty 2 of 5 · 10 minutes
#
# Write `optimal_discriminator(p_data, p_g)`, with $\tfrac12$ where both densities are 0. Densities in a
# tail can be as small as $10^{-20}$ and $D^*$ is still far from $\tfrac12$ there: it depends on the
# *ratio* of the two alone.
#
# <details><summary>Hint</summary>
#
# `0 / 0` is nan. `torch.where(condition, a, b)` takes from `a` where the condition holds and from `b`
# elsewhere. A small number added to the denominator avoids the nan too, but what does it do to
# $10^{-20}$?
#
# </details>
#
# What you should see when your function works:
#
# ![Four curves of f over y. Three are hills with a dot on top, at y = 0.8, 0.5 and 0.25; the fourth, with q = 0, climbs to its dot at y = 1.](images/a7-hills.png)


# %% nbgrader={"grade": false, "grade_id": "A7", "locked": false, "schema_version": 3, "solution": true, "task": false}
def optimal_discriminator(p_data: Tensor, p_g: Tensor) -> Tensor:
    """The D that maximises V against a given G.

    p_data: density of the data on a grid, shape (n,)
    p_g: density of the generator on the same grid, shape (n,)
    returns: D*(x) on the grid, probabilities, shape (n,); 1/2 where both densities are 0
    """
    ### BEGIN SOLUTION
    total = p_data + p_g
    return torch.where(total == 0, 0.5, p_data / total)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A7-value", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Two points where both densities are positive.
import math
import torch
from ganlib.checks import as_tensor, expect, quietly

with quietly():
    d = optimal_discriminator(torch.tensor([0.3, 0.05]), torch.tensor([0.1, 0.2]))
d = as_tensor(d, "optimal_discriminator")
assert d.shape == (2,), (
    f"two points went in and the answer has shape {tuple(d.shape)}: D* is a function of x, one "
    "probability for each point."
)
for number, p, q, right in ((d[0], 0.3, 0.1, 0.75), (d[1], 0.05, 0.2, 0.2)):
    expect(
        number,
        right,
        f"D* where p_data = {p} and p_g = {q}",
        slips=[
            (q / (p + q), "p_data and p_g have changed places: D is the probability of data."),
            (p / q, "that is the ratio of the densities, which is no probability."),
            (math.log(p / q), "that is the logit of D*; the probability is wanted."),
            (1 / (1 + math.exp(q - p)), "a sigmoid of p_data - p_g; only their ratio counts."),
            (float(p > q), "D* is more than a yes or a no: it says how sure one can be."),
            (p / 0.35, "each density was divided by a sum over the grid, not over the two at x."),
            (p, "that is p_data itself."),
        ],
    )

# %% nbgrader={"grade": true, "grade_id": "A7-ends", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Only data, only fakes, and neither.
import torch
from ganlib.checks import as_tensor, expect, quietly

with quietly():
    d = optimal_discriminator(torch.tensor([0.4, 0.0, 0.0]), torch.tensor([0.0, 0.4, 0.0]))
d = as_tensor(d, "optimal_discriminator")
assert d.shape == (3,), f"three points went in and the answer has shape {tuple(d.shape)}"
expect(d[0], 1.0, "D* where only data falls")
expect(d[1], 0.0, "D* where only fakes fall")
assert not d[2].isnan(), (
    "D* is nan where both densities are 0, because 0 / 0 is nan; there it should be 1/2."
)
expect(
    d[2],
    0.5,
    "D* where both densities are 0",
    slips=[
        (0.0, "0 would mean surely fake; who has seen nothing is undecided."),
        (1.0, "1 would mean surely data; who has seen nothing is undecided."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A7-hidden-tails", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Far out in a tail, in both precisions: small densities, and the same ratio.
import torch
from ganlib.checks import as_tensor, expect, quietly

for dtype in (torch.float32, torch.float64):
    small = torch.tensor([1e-20], dtype=dtype)
    with quietly():
        d = as_tensor(optimal_discriminator(small, 3 * small), "optimal_discriminator")
    expect(
        d,
        0.25,
        "D* where p_data = 1e-20 and p_g = 3e-20",
        slips=[
            (0.5, "was a small number added to both densities, or a small density taken for 0?"),
            (0.0, "was a small number added to the denominator?"),
        ],
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A7-hidden-best", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Whatever other D is tried, against whatever densities, V is no larger.
import torch
from ganlib.checks import as_tensor, quietly
from ganlib.value import value_by_integral

torch.manual_seed(0)
for _ in range(20):
    p_data, p_g = torch.rand(2, 50, dtype=torch.float64)
    with quietly():
        d = as_tensor(optimal_discriminator(p_data.clone(), p_g.clone()), "optimal_discriminator")
    assert d.shape == (50,) and (d >= 0).all() and (d <= 1).all(), (
        f"D* should be 50 probabilities for 50 points, and has shape {tuple(d.shape)} and values from "
        f"{d.min():.3g} to {d.max():.3g}."
    )
    best = value_by_integral(d, p_data, p_g, 0.02)
    for other in (torch.rand_like(d), (d + 0.01 * torch.randn_like(d)).clamp(0.001, 0.999)):
        assert value_by_integral(other, p_data, p_g, 0.02) < best, (
            "another D has a larger V than your D*, so yours is not the maximum."
        )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A7-hidden-untouched", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# The densities that went in are still what they were.
import torch
from ganlib.checks import as_tensor, quietly

p_data, p_g = torch.tensor([0.3, 0.0, 0.0]), torch.tensor([0.1, 0.2, 0.0])
with quietly():
    d = optimal_discriminator(p_data, p_g)
as_tensor(d, "optimal_discriminator")
unchanged = p_data.tolist() + p_g.tolist() == torch.tensor([0.3, 0, 0, 0.1, 0.2, 0]).tolist()
assert unchanged, (
    "optimal_discriminator has changed the densities it was given: an operation in place, such as "
    "`p_data /= ...` or `p_g[...] = ...`, reaches the caller's tensor."
)
### END HIDDEN TESTS


# %% picture="a7-hills.png"
def picture_of_hills():
    y = torch.linspace(0.002, 0.998, 499, dtype=torch.float64)
    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axes = figure.subplots()
    for p, q, style, color in (
        (0.4, 0.1, "-", "data"),
        (0.2, 0.2, "--", "optimum"),
        (0.1, 0.3, "-.", "generator"),
        (0.3, 0.0, ":", "grey"),
    ):
        weights = torch.tensor([[p], [q]], dtype=torch.float64)
        best = float(optimal_discriminator(*weights)[0])
        f = p * y.log() + q * (1 - y).log()
        height = p * math.log(best) + (q * math.log(1 - best) if q else 0.0)
        axes.plot(y, f, style, color=COLORS[color], lw=2, label=f"p = {p:g}, q = {q:g}")
        axes.plot(best, height, "o", color=COLORS[color], ms=8)
        bends = (f.diff().diff() < 0).all().item()  # as f'' says
        found = abs(y[f.argmax()].item() - best) < 0.003
        print(f"p = {p}, q = {q}: highest point at D* = {best:.2f}: {found}, bends down: {bends}")
    axes.set(xlabel="y = D(x)", ylabel="f(y) = p log y + q log(1 − y)", ylim=(-1.2, 0.05))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


show(
    picture_of_hills(),
    alt="Four curves of f over y. Three are hills with a dot on top, at y = 0.8, 0.5 and 0.25; the "
    "fourth, with q = 0, climbs to its dot at y = 1.",
)

# %% [markdown]
# Two things to take along. First, in the logit $a$, with $y = \sigma(a)$, the optimum is
#
# $$ a^*(x) = \log \frac{D^*(x)}{1 - D^*(x)} = \log p_{data}(x) - \log p_g(x). $$
#
# The best discriminator knows the *ratio* of the two densities at each $x$, and nothing else about
# them. Second, the argument lets $D$ be any function. A network is not any function, and the value
# that it takes at one $x$ does bind it elsewhere.

# %% [markdown]
# ## 2. D climbs
#
# A formula says where the top of a hill is. Training would have to climb there, by gradient steps. What
# does that look like if $D$ is free, with a logit $a(x)$ of its own at each point of the grid? By the
# chain rule, with $dy / da = y (1 - y)$, the slope at one $x$ is
#
# $$ \frac{df}{da} = \Bigl(\frac p y - \frac q {1 - y}\Bigr)\, y (1 - y) = p - (p + q)\, y
#    = (p + q)\, (D^* - y). $$
#
# It points towards $D^*$ from either side, and it vanishes there and only there. Each step adds 5 times
# this slope to every logit. $D$ begins undecided, at $\tfrac12$. Before you look: where on the axis will
# $D$ arrive first, and where last?


# %%
def picture_of_the_climb(rate=5.0):
    x, dx = torch.linspace(-6, 6, 601, dtype=torch.float64), 0.02
    p_data = (bell(x, -1.5, 0.5) + bell(x, 1.5, 0.5)) / 2
    p_g = bell(x, 0.5, 1.0)
    d_star = p_data / (p_data + p_g)
    best = value_by_integral(d_star, p_data, p_g, dx)

    logit, curves, gap, error = torch.zeros_like(x), {}, [], []
    for step in range(1001):
        d = logit.sigmoid()
        curves[step] = d
        gap.append((best - value_by_integral(d, p_data, p_g, dx)).item())
        error.append((d - d_star).abs().max().item())
        logit = logit + rate * (p_data - (p_data + p_g) * d)
    print(f"V(D*) - V(D): {gap[0]:.4f} at the start, {gap[10]:.4f} after 10 steps, ", end="")
    print(f"{gap[1000]:.4f} after 1000")
    print(f"largest |D* - D|: {error[0]:.4f} at the start, {error[1000]:.4f} after 1000 steps")

    figure = Figure(figsize=(9, 3.8), layout="constrained")
    upper, climb = figure.subplots(2, 1, sharex=True, height_ratios=[1, 3])
    upper.plot(x, p_data, ":", color=COLORS["data"], lw=2.5, label="$p_{data}$")
    upper.plot(x, p_g, "-", color=COLORS["generator"], lw=2, label="$p_g$")
    upper.set(ylabel="density")
    climb.plot(x, d_star, "-.", color=COLORS["optimum"], lw=3, label="$D^*$")
    for step, shade in ((0, 0.75), (1, 0.6), (10, 0.45), (100, 0.25), (1000, 0.0)):
        climb.plot(x, curves[step], color=str(shade), lw=1.5, label=f"D at step {step}")
    climb.set(xlabel="x", ylabel="probability", ylim=(-0.02, 1.02))
    for axes in (upper, climb):
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure


show(
    picture_of_the_climb(),
    alt="Above, p_data with two modes and p_g with one. Below, D after 0, 1, 10, 100 and 1000 steps of "
    "gradient ascent: it reaches D* quickly where the densities are high, and stays at one half in the "
    "tails, where D* is 0 or 1.",
)

# %% [markdown]
# $D$ gets there fast where there are samples. In the tails, where there are next to none, it stays at
# $\tfrac12$: the slope has the factor $p + q$, so where the density is a thousand times lower, the climb takes a
# thousand times as many steps. After 1000 steps $V$ has almost arrived at its maximum, while the largest
# error of $D$ is still $\tfrac12$, as large as it was at the start.
#
# The two numbers do not contradict each other. $V$ weighs each $x$ by the same $p + q$, so it is blind
# to what $D$ says where nobody goes. Keep this in mind: in theory $G$ meets a $D^*$ that is perfect
# everywhere, while in training $D$ has learnt only where samples have been.

# %% [markdown]
# ## 3. How far apart are two densities?
#
# Put $D^*$ into $V$, and logarithms of ratios of densities come out. Such averages have names. The
# **Kullback-Leibler divergence** of $q$ from $p$ is
#
# $$ \mathrm{KL}(p \Vert q) = \int p(x) \log \frac{p(x)}{q(x)} \, dx, $$
#
# the average, over samples of $p$, of the evidence that each of them gives for $p$ and against $q$.
# Two conventions make it complete. Where $p = 0$ the term is 0, since no sample of $p$ falls there. Where
# $q = 0 < p$ it is $\infty$: a single sample that $q$ calls impossible proves $q$ wrong.
#
# It is never negative. The logarithm lies below its tangent, $\log t \le t - 1$, and touches it at
# $t = 1$ only. With $t = q / p$,
#
# $$ -\mathrm{KL}(p \Vert q) = \int_{p > 0} p \log \frac q p \, dx
#    \le \int_{p > 0} p \Bigl(\frac q p - 1\Bigr) dx = \int_{p > 0} q \, dx - 1 \le 0, $$
#
# with equality only if $q = p$. (Strictly speaking *almost everywhere*: two densities that differ
# at single points describe the same distribution.) But it is no distance. $\mathrm{KL}(p \Vert q)$ and
# $\mathrm{KL}(q \Vert p)$ differ, and either may be infinite.
#
# The **Jensen-Shannon divergence** mends both. It compares each density with the mean of the two,
# $M = \tfrac12 (p + q)$, which is zero only where both are:
#
# $$ \mathrm{JSD}(p \Vert q) = \tfrac12 \mathrm{KL}(p \Vert M) + \tfrac12 \mathrm{KL}(q \Vert M). $$
#
# It is symmetric by its looks. It is 0 only for $p = q$, because both its terms are 0 only then. And
# because $M \ge \tfrac12 p$, no logarithm in it exceeds $\log 2$. So
# $0 \le \mathrm{JSD} \le \log 2$, and $\log 2$ is reached when $M = \tfrac12 p$ wherever $p > 0$, and
# likewise for $q$: when the two densities have no point in common.
#
# ### Exercise A8 · two divergences
#
# Difficulty 3 of 5 · 20 minutes
#
# Write `kl_divergence(p, q, dx)` and `js_divergence(p, q, dx)` for densities on a grid. The first must
# keep both conventions, $0 \log 0 = 0$ and $\infty$ where $q = 0 < p$. The second may call the first.
#
# <details><summary>Hint</summary>
#
# `torch.xlogy(p, q)` is $p \log q$, and 0 where $p = 0$, even if $q = 0$ too. Write the logarithm of
# the ratio as a difference. A small number added to $q$ would make everything finite, also what
# should be $\infty$.
#
# </details>
#
# What you should see when both functions work:
#
# ![KL in both directions and JSD of two bells over the distance of their means: both KL grow without bound and differ, JSD levels off at log 2.](images/a8-divergences.png)


# %% nbgrader={"grade": false, "grade_id": "A8-kl", "locked": false, "schema_version": 3, "solution": true, "task": false}
def kl_divergence(p: Tensor, q: Tensor, dx: float) -> Tensor:
    """KL(p || q) in nats.

    p: density on a grid, shape (n,)
    q: density on the same grid, shape (n,)
    dx: spacing of the grid
    returns: a scalar, inf if q = 0 < p anywhere
    """
    ### BEGIN SOLUTION
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum() * dx
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A8-kl-bells", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# N(0, 1) and N(0, 2²), in both orders.
import math
import torch
from ganlib.checks import expect, quietly

x = torch.linspace(-14, 14, 2801, dtype=torch.float64)
narrow, wide = (torch.exp(-((x / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi)) for s in (1, 2))
for p, q, right, other, cross, what in (
    (narrow, wide, 0.318147, 0.806853, 1.737086, "KL(N(0, 1) || N(0, 2²))"),
    (wide, narrow, 0.806853, 0.318147, 2.918939, "KL(N(0, 2²) || N(0, 1))"),
):
    with quietly():
        kl = kl_divergence(p, q, 0.01)
    expect(
        kl,
        right,
        what,
        slips=[
            (other, "p and q have changed places: the average is over samples of p."),
            (-right, "the sign is wrong: log(p / q), not log(q / p)."),
            (-other, "the average is over q instead of p."),
            (right / 0.01, "a sum is not yet an integral: multiply by dx."),
            (right / 28.01, "this is a mean over the grid; an integral is a sum times dx."),
            (right / math.log(2), "use the natural logarithm, not log2."),
            (right / math.log(10), "use the natural logarithm, not log10."),
            (cross, "that is -E log q, the cross-entropy; the term with log p is missing."),
            (-cross, "that is E log q; the term with log p is missing."),
            (1.125, "both directions are added up; KL is one of them."),
            (0.5625, "that is the mean of both directions; KL is one of them."),
        ],
    )

# %% nbgrader={"grade": true, "grade_id": "A8-kl-empty", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A box within a box: p = 0 on a stretch where q is not, and both are 0 elsewhere.
import torch
from ganlib.checks import as_tensor, expect, quietly

x = torch.arange(-0.995, 3, 0.01)
p = ((x > 0) & (x < 1)).float()
q = ((x > 0) & (x < 2)).float() / 2
with quietly():
    kl = kl_divergence(p, q, 0.01)
assert not as_tensor(kl, "KL of a box within a box").isnan().any(), (
    "KL is nan where p is 0: 0 * log(0) must count as 0, because no sample of p falls there."
)
expect(
    kl,
    0.693147,
    "KL of a box within a box",
    slips=[
        (float("inf"), "where p is 0 the term is 0, whatever q is there."),
        (-0.693147, "the sign is wrong: log(p / q), not log(q / p)."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A8-kl-infinite", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The other way round: p has samples where q is 0.
import torch
from ganlib.checks import as_number, quietly

x = torch.arange(-0.995, 3, 0.01)
p = ((x > 0) & (x < 2)).float() / 2
q = ((x > 0) & (x < 1)).float()
with quietly():
    kl = as_number(kl_divergence(p, q, 0.01), "KL where q is 0 and p is not")
assert kl != float("-inf"), "KL is -inf and should be inf: log(p / q), not log(q / p)."
assert kl == float("inf"), (
    f"KL is {kl:.4g} where half of p's samples are impossible under q, and should be inf: is "
    "something added or clamped, or are the points with q = 0 left out?"
)

# %% nbgrader={"grade": true, "grade_id": "A8-kl-hidden-equal", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# 0 for equal densities and positive for others, with gaps, in both precisions.
import torch
from ganlib.checks import as_number, expect, quietly

torch.manual_seed(0)
for dtype in (torch.float32, torch.float64):
    for dx in (0.5, 0.01):
        p, q = torch.rand(2, 60, dtype=dtype)
        p[10:20] = 0
        p[[0, -1]], q[[0, -1]] = 0, 0
        p, q = p / (p.sum() * dx), q / (q.sum() * dx)
        before, inside = p.clone(), p > 0
        right = (p[inside] * (p[inside] / q[inside]).log()).sum() * dx
        with quietly():
            same, other = kl_divergence(p, p, dx), kl_divergence(p, q, dx)
        assert torch.equal(p, before), (
            "kl_divergence has changed the density it was given, in place."
        )
        expect(same, 0.0, f"KL(p || p) for a p with a gap, in {dtype},")
        assert as_number(other, "KL of two random densities") > 0, "KL is never negative."
        expect(other, right.item(), f"KL of two densities with dx = {dx}", tolerance=1e-3)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A8-kl-hidden-tails", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# q's tails are far thinner than p's: KL is large, and lives on tiny numbers.
import math
import torch
from ganlib.checks import as_number, quietly

x = torch.linspace(-6.5, 6.5, 2601, dtype=torch.float64)
p, q = (torch.exp(-((x / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi)) for s in (1, 0.2))
with quietly():
    kl = as_number(kl_divergence(p, q, 0.005), "KL(N(0, 1) || N(0, 0.2²))")
assert abs(kl - (math.log(0.2) + 12)) < 1e-3, (
    f"KL(N(0, 1) || N(0, 0.2²)) is {kl:.4g} and should be 10.39: a number added to the densities, or a "
    "clamp, however small, hides how thin the tails of q are."
)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "A8-js", "locked": false, "schema_version": 3, "solution": true, "task": false}
def js_divergence(p: Tensor, q: Tensor, dx: float) -> Tensor:
    """JSD(p || q) in nats.

    p: density on a grid, shape (n,)
    q: density on the same grid, shape (n,)
    dx: spacing of the grid
    returns: a scalar between 0 and log 2
    """
    ### BEGIN SOLUTION
    mean = (p + q) / 2
    return (kl_divergence(p, mean, dx) + kl_divergence(q, mean, dx)) / 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A8-js-boxes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The box within a box again.
import torch
from ganlib.checks import expect, quietly

x = torch.arange(-0.995, 3, 0.01)
p = ((x > 0) & (x < 1)).float()
q = ((x > 0) & (x < 2)).float() / 2
with quietly():
    jsd = js_divergence(p, q, 0.01)
expect(
    jsd,
    0.215762,
    "JSD of a box within a box",
    slips=[
        (0.431523, "that is the sum of the two KL; JSD is their mean."),
        (0.287682, "only p is compared with M; q has its turn too."),
        (0.143841, "half of what should be there is missing."),
        (0.107881, "divided by 2 twice."),
        (0.464502, "that is the square root of JSD, called the Jensen-Shannon distance."),
        (0.311278, "that is in bits: use the natural logarithm."),
        (float("inf"), "p and q are compared with each other; each should be compared with M."),
        (-0.477386, "M is p + q there, and should be half of that, a density."),
        (-0.215762, "the sign is wrong."),
        (21.576155, "a sum is not yet an integral: multiply by dx."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A8-js-ends", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The smallest value, for equal densities, and the largest, for boxes that do not touch.
import torch
from ganlib.checks import expect, quietly

x = torch.arange(-0.995, 4, 0.01)
p, q = ((x > 0) & (x < 1)).float(), ((x > 2) & (x < 3)).float()
with quietly():
    same, apart = js_divergence(p, p, 0.01), js_divergence(p, q, 0.01)
expect(same, 0.0, "JSD of a density and itself", slips=[(-0.693147, "M is half of p + q.")])
expect(
    apart,
    0.693147,
    "JSD of two boxes that do not touch",
    slips=[
        (float("inf"), "p and q are compared with each other; each should be compared with M."),
        (1.386294, "that is the sum of the two KL; JSD is their mean."),
        (1.0, "that is in bits: use the natural logarithm."),
        (0.832555, "that is the square root of JSD, called the Jensen-Shannon distance."),
        (0.0, "M is p + q there, and should be half of that, a density."),
        (0.346574, "half of what should be there is missing."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A8-js-hidden-symmetric", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Bells of different width, in both orders, against entropies: JSD = H(M) - (H(p) + H(q)) / 2.
import math
import torch
from ganlib.checks import expect, quietly

x = torch.linspace(-10, 10, 2001, dtype=torch.float64)
p = torch.exp(-((x + 1) ** 2) / 2) / math.sqrt(2 * math.pi)
q = torch.exp(-(((x - 1) / 1.5) ** 2) / 2) / (1.5 * math.sqrt(2 * math.pi))
entropy = torch.special.entr
right = (entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2).sum().item() * 0.01
for one, other in ((p, q), (q, p)):
    with quietly():
        jsd = js_divergence(one, other, 0.01)
    expect(jsd, right, "JSD of two bells, in either order,", tolerance=1e-5)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A8-js-hidden-bounds", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Random densities with gaps, in both precisions and on grids of any spacing.
import math
import torch
from ganlib.checks import as_number, expect, quietly

torch.manual_seed(0)
entropy = torch.special.entr
for dtype in (torch.float32, torch.float64):
    for dx in (0.5, 0.01):
        p, q = torch.rand(2, 60, dtype=dtype)
        p[10:30], q[20:40] = 0, 0
        p[[0, -1]], q[[0, -1]] = 0, 0
        p, q = p / (p.sum() * dx), q / (q.sum() * dx)
        right = (entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2).sum().item() * dx
        with quietly():
            jsd = js_divergence(p, q, dx)
        number = as_number(jsd, "JSD of two random densities")
        assert -1e-4 < number < math.log(2) + 1e-4, (
            f"JSD is {number:.4g}, and should always lie between 0 and log 2."
        )
        expect(jsd, right, f"JSD of two densities with dx = {dx}", tolerance=1e-3)
### END HIDDEN TESTS


# %% picture="a8-divergences.png"
def picture_of_divergences():
    x, dx = torch.linspace(-14, 22, 3601, dtype=torch.float64), 0.01
    p = bell(x, 0.0, 1.0)
    distances = np.linspace(0, 8, 33)
    rows = []
    for t in distances:
        q = bell(x, t, 2.0)
        rows.append(
            [
                float(kl_divergence(p, q, dx)),
                float(kl_divergence(q, p, dx)),
                float(js_divergence(p, q, dx)),
            ]
        )
    forward, backward, jsd = np.array(rows).T
    # The divergence of two bells is known: log(s_q / s_p) + (s_p² + t²) / (2 s_q²) - 1/2.
    known = math.log(2) + (1 + distances**2) / 8 - 0.5
    print(f"KL(p || q) agrees with its formula to 1e-6: {np.allclose(forward, known, atol=1e-6)}")
    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.plot(distances, backward, "--", color=COLORS["generator"], lw=2, label="KL(q ‖ p)")
    axes.plot(distances, forward, "-", color=COLORS["data"], lw=2, label="KL(p ‖ q)")
    axes.plot(distances, jsd, "-.", color=COLORS["optimum"], lw=2.5, label="JSD(p ‖ q)")
    axes.axhline(math.log(2), color=COLORS["grey"], ls=":", lw=1)
    axes.annotate("log 2", (7.5, math.log(2) + 0.06), color=COLORS["grey"])
    axes.set(xlabel="t, for p = N(0, 1) and q = N(t, 2²)", ylabel="nats", ylim=(0, 4))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


show(
    picture_of_divergences(),
    alt="KL in both directions and JSD of two bells over the distance of their means: both KL grow "
    "without bound and differ, JSD levels off at log 2.",
)

# %% [markdown]
# The bounds, on random densities of which some have gaps:


# %% tags=["nbval-check-output"]
def try_the_bounds(pairs=200):
    torch.manual_seed(0)
    dx = 0.5
    kl, jsd = [], []
    for _ in range(pairs):
        p, q = torch.relu(torch.randn(2, 20, dtype=torch.float64) + 2)
        p, q = p / (p.sum() * dx), q / (q.sum() * dx)
        kl.append(float(kl_divergence(p, q, dx)))
        jsd.append(float(js_divergence(p, q, dx)))
    print(
        f"KL is never negative: {min(kl) >= 0}, and infinite in {kl.count(math.inf)} of {pairs} pairs"
    )
    print(
        f"JSD is never negative: {min(jsd) >= 0}, and never above log 2: {max(jsd) <= math.log(2)}"
    )


try_the_bounds()

# %% [markdown]
# The two KL of the picture disagree already at $t = 0$, where only the widths differ. JSD stays below $\log 2$ and gets
# flat on the way, which will cost $G$ dearly in section 5.
#
# From here on `optimal_discriminator`, `kl_divergence` and `js_divergence` are those of `ganlib.value`,
# tensors in and tensors out. The next cell (read-only) takes them from there, so that a slip in A7 or
# A8 costs no points in A9.

# %% nbgrader={"grade": false, "grade_id": "divergences-from-ganlib", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.value import js_divergence, kl_divergence, optimal_discriminator

# %% [markdown]
# ## 4. The criterion C(G)
#
# Now let $D$ answer every generator with its own $D^*$, and call what is left the **criterion** of $G$,
#
# $$ C(G) = \max_D V(D, G) = V(D^*, G). $$
#
# This is what a $G$ that meets a perfect opponent has to make small. Write $M = \tfrac12 (p_{data} + p_g)$,
# so that $D^* = p_{data} / (2M)$ and $1 - D^* = p_g / (2M)$. The factor 2 is what makes $M$ a density, and
# each of the two logarithms pays $\log 2$ for it:
#
# $$ C(G) = \int p_{data} \log \frac{p_{data}}{2M} \, dx + \int p_g \log \frac{p_g}{2M} \, dx
#    = - \log 2 - \log 2 + \mathrm{KL}(p_{data} \Vert M) + \mathrm{KL}(p_g \Vert M), $$
#
# and therefore
#
# $$ C(G) = -\log 4 + 2\, \mathrm{JSD}(p_{data} \Vert p_g). $$
#
# All that was said about JSD now says something about the game. $C$ lies between $-\log 4$ and 0. It is
# $-\log 4$ when $p_g = p_{data}$ and at no other $p_g$ whatever, which is Theorem 1 of the paper. It is 0
# when the fakes and the data have no point in common, for then $D^*$ makes no mistake.
#
# Do not read this as "$V$ is smallest at $p_g = p_{data}$". The criterion is the value *after* $D$ has
# answered. For a $D$ that stays as it is, $G$ does best elsewhere; that was slip 4 of Exercise A6.
#
# ### Exercise A9 · the criterion
#
# Difficulty 2 of 5 · 10 minutes
#
# Write `criterion(p_data, p_g, dx)`, which is $C(G)$ on a grid, in whichever way you like. One practical
# demand: for two bells that are 16 standard deviations apart it must still be right, 0 to many decimals.
#
# <details><summary>Hint</summary>
#
# The last formula is the short way. If you go through $V(D^*, G)$ instead, ask where $D^*$ is rounded to
# exactly 1, and what $p_g \log (1 - D^*)$ becomes there. ($1 - D^*$ can be computed without a
# subtraction.)
#
# </details>
#
# What you should see when your function works:
#
# ![A map of C over the mean and the standard deviation of p_g, for data from N(0, 1): one basin, deepest at mean 0 and std 1, and flat plateaus in both lower corners.](images/a9-criterion.png)


# %% nbgrader={"grade": false, "grade_id": "A9", "locked": false, "schema_version": 3, "solution": true, "task": false}
def criterion(p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """C(G), the largest V(D, G) that any D can reach, in nats.

    p_data: density of the data on a grid, shape (n,)
    p_g: density of the generator on the same grid, shape (n,)
    dx: spacing of the grid
    returns: a scalar between -log 4 and 0
    """
    ### BEGIN SOLUTION
    return 2 * js_divergence(p_data, p_g, dx) - math.log(4)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A9-minimum", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# At p_g = p_data.
import torch
from ganlib.checks import expect, quietly

x = torch.linspace(-8, 8, 1601, dtype=torch.float64)
p = torch.exp(-(x**2) / 2) / 2.5066283
with quietly():
    c = criterion(p, p.clone(), 0.01)
expect(
    c,
    -1.386294,
    "C at p_g = p_data",
    slips=[
        (1.386294, "the sign: C is a value of V, and V is never above 0."),
        (0.0, "that is the divergence; D = 1/2 is left with two logarithms of 1/2."),
        (-0.693147, "that is -log 2, one of the two terms; V has two."),
        (0.693147, "that is log 2; V is never above 0."),
        (-138.6294, "a sum is not yet an integral: multiply by dx."),
        (-2.0, "use the natural logarithm."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A9-between", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A box within a box: somewhat apart.
import torch
from ganlib.checks import expect, quietly

x = torch.arange(-0.995, 3, 0.01)
p_data = ((x > 0) & (x < 1)).float()
p_g = ((x > 0) & (x < 2)).float() / 2
for one, other, what in ((p_data, p_g, "C"), (p_g, p_data, "C, with data and fakes swapped,")):
    with quietly():
        c = criterion(one, other, 0.01)
    expect(
        c,
        -0.954771,
        f"{what} for a box within a box",
        slips=[
            (-1.170533, "JSD is there once, and should be there twice."),
            (-1.817818, "2 JSD is added to -log 4, not subtracted: being found out helps D."),
            (-1.386294, "that is V for D = 1/2; the best D does better."),
            (0.954771, "the sign: C is a value of V, and V is never above 0."),
            (0.431523, "that is 2 JSD; -log 4 is missing."),
            (1.817818, "log 4 is added instead of subtracted."),
            (-0.261624, "-log 2 stands where -log 4 should: V has two terms."),
            (float("inf"), "KL stands where JSD should: each density is compared with M."),
            (0.0, "KL stands where JSD should: each density is compared with M."),
            (-float("inf"), "D* has its data and fakes swapped, or was rounded to 0 or 1."),
        ],
    )

# %% nbgrader={"grade": true, "grade_id": "A9-hidden-maximum", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# C is the value of the best D, and no other D gets past it.
import math
import torch
from ganlib.checks import as_number, expect, quietly
from ganlib.value import value_by_integral

torch.manual_seed(0)
x, dx = torch.linspace(-12, 12, 1201, dtype=torch.float64), 0.02
for mean, std in ((1.0, 1.0), (-2.0, 1.5), (0.0, 1.3)):
    p_data = torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    p_g = torch.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))
    with quietly():
        c = criterion(p_data.clone(), p_g.clone(), dx)
    number = as_number(c, "C of two bells")
    for _ in range(20):
        slope, threshold = torch.randn(2, dtype=torch.float64)
        other = value_by_integral(torch.sigmoid(slope * (x - threshold)), p_data, p_g, dx)
        assert number >= other - 1e-6, (
            f"C is {number:.4g}, but some D reaches V = {other:.4g}: C is the largest of all."
        )
    logit = p_data.log() - p_g.log()
    right = value_by_integral(torch.sigmoid(logit).clamp(1e-12, 1 - 1e-12), p_data, p_g, dx)
    expect(c, right.item(), f"C for p_g = N({mean:g}, {std:g}²)", tolerance=1e-5)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A9-hidden-far", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Bells so far apart that D* is rounded to 1 where p_g is not yet 0; and boxes that do not touch.
import math
import torch
from ganlib.checks import as_tensor, expect, quietly

x = torch.arange(-7.995, 24, 0.01, dtype=torch.float64)
bells = [torch.exp(-((x - t) ** 2) / 2) / math.sqrt(2 * math.pi) for t in (0, 16)]
boxes = [((x > t) & (x < t + 1)).double() for t in (0, 3)]
for (p_data, p_g), what in ((bells, "bells 16 stds apart"), (boxes, "boxes that do not touch")):
    with quietly():
        c = criterion(p_data, p_g, 0.01)
    assert as_tensor(c, "C").isfinite().all(), (
        f"C is not finite for {what}: where p_g is tiny D* is rounded to exactly 1, and log(1 - D*) "
        "is then -inf. The divergence has no such difference in it."
    )
    expect(
        c,
        0.0,
        f"C for {what}",
        slips=[(-0.693147, "JSD is there once, and should be there twice.")],
        tolerance=1e-6,
    )
### END HIDDEN TESTS

# %% [markdown]
# The formula promises that $V(D^*, G)$, computed from $D^*$ by the integral of Exercise A5, is the same
# number as your `criterion`. Six pairs of densities of different kinds:


# %% tags=["nbval-check-output"]
def table_of_pairs():
    x, dx = torch.arange(-10, 10, 0.01, dtype=torch.float64) + 0.005, 0.01
    two_bells = (bell(x, -1.5, 0.5) + bell(x, 1.5, 0.5)) / 2
    pairs = {
        "bell, the same bell": (bell(x, 0.0, 1.0), bell(x, 0.0, 1.0)),
        "bell, a shifted bell": (bell(x, 0.0, 1.0), bell(x, 1.0, 1.0)),
        "bell, a wider bell": (bell(x, 0.0, 1.0), bell(x, 0.0, 2.0)),
        "two bells, one": (two_bells, bell(x, 0.0, 1.5)),
        "box, a bell": (box(x, -2.0, 4.0), bell(x, 0.0, 1.5)),
        "box, a box apart": (box(x, -2.0, 1.0), box(x, 1.0, 2.0)),
    }
    print("p_data, p_g              V(D*, G)   criterion   differ by less than 1e-6")
    for name, (p_data, p_g) in pairs.items():
        d_star = optimal_discriminator(p_data, p_g)
        v = value_by_integral(d_star, p_data, p_g, dx).item()
        c = float(criterion(p_data, p_g, dx))
        print(f"{name:22s} {round(v, 6) + 0:10.6f} {round(c, 6) + 0:11.6f}   {abs(v - c) < 1e-6}")


table_of_pairs()


# %% picture="a9-criterion.png"
def picture_of_the_criterion():
    x, dx = torch.linspace(-10, 10, 801, dtype=torch.float64), 0.025
    p_data = bell(x, 0.0, 1.0)
    means, stds = np.linspace(-4, 4, 41), np.linspace(0.3, 2.5, 23)
    c = np.array([[float(criterion(p_data, bell(x, m, s), dx)) for m in means] for s in stds])
    row, column = np.unravel_index(c.argmin(), c.shape)
    print(f"lowest C on this map: {c.min():.4f}, at mean {abs(means[column]):.1f}, ", end="")
    print(f"std {stds[row]:.1f}; -log 4 = {-math.log(4):.4f}")
    figure = Figure(figsize=(6.8, 3.4), layout="constrained")
    axes = figure.subplots()
    surface = axes.contourf(means, stds, c, levels=np.linspace(-1.4, 0, 15), cmap="cividis")
    axes.plot(0, 1, "*", color="white", ms=14)
    axes.set(xlabel="mean of $p_g$", ylabel="std of $p_g$")
    figure.colorbar(surface, label="C(G), nats", ticks=[-1.2, -0.8, -0.4, 0])
    return figure


show(
    picture_of_the_criterion(),
    alt="A map of C over the mean and the standard deviation of p_g, for data from N(0, 1): one basin, "
    "deepest at mean 0 and std 1, and flat plateaus in both lower corners.",
)

# %% [markdown]
# One basin, with its floor at $p_g = p_{data}$. Now look at the lower corners of the map, narrow
# bells far from the data. From there the way home is long, and the ground almost level.
#
# From here on `criterion` is `ganlib`'s too.

# %% nbgrader={"grade": false, "grade_id": "criterion-from-ganlib", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.value import criterion

# %% [markdown]
# ## 5. When the densities do not meet
#
# Take the plainest densities there are: the data a box on $[0, 1]$, the fakes a box of the same width,
# shifted by $t$. For $0 \le t \le 1$ they share a stretch of length $1 - t$, on which $p = q = M$ and
# every logarithm is 0. On the rest, of length $t$ for each of them, $M$ is half of what is there and the
# logarithm is $\log 2$. So $\mathrm{JSD} = t \log 2$, and for $t \ge 1$ it is $\log 2$ and changes no
# more. With $C$ as its hill, $G$ feels a steady slope until the last contact is lost, and then none at
# all. The fakes may be a hair's breadth or a mile away from the data; $C$ is 0 either way.
#
# Bells never lose contact entirely. Below they are $N(0, 1)$ and $N(t, 1)$, with $G(z) = t + z$. On the
# right is $G$'s gradient in $t$, for both losses, against the exact $D^*$ held fixed: the saturating
# $\log (1 - D^*)$ that $C$ is made of, and the non-saturating $-\log D^*$ which the paper recommends
# instead and the next notebook compares with it.


# %%
def gradients_under_d_star(t, z, weights):
    """d/dt of both losses for p_data = N(0, 1), fakes x = t + z, and D = D* of this t held fixed.

    z: noises of the fakes, shape (m,); weights: of each in the average, shape (m,)
    returns: saturating and non-saturating, with D* as a quotient of densities; then both from its logit
    """
    moving = torch.tensor(t, dtype=z.dtype, requires_grad=True)
    x = moving + z  # the fakes move, and D* stays where it is
    p_data, p_g = bell(x, 0.0, 1.0), bell(x, t, 1.0)
    d = p_data / (p_data + p_g)
    a = ((x - t) ** 2 - x**2) / 2  # log p_data - log p_g
    losses = (torch.log(1 - d), -torch.log(d), logsigmoid(-a), -logsigmoid(a))
    return [
        torch.autograd.grad((weights * loss).sum(), moving, retain_graph=True)[0].item()
        for loss in losses
    ]


def picture_of_saturation():
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)

    x, dx = torch.arange(-10, 26, 0.01, dtype=torch.float64) + 0.005, 0.01
    shifts = np.linspace(0, 8, 81)
    boxes = [criterion(box(x, 0.0, 1.0), box(x, t, 1.0), dx).item() for t in shifts]
    promised = -math.log(4) + 2 * np.minimum(shifts, 1) * math.log(2)
    print(
        f"boxes: C = -log 4 + 2 min(t, 1) log 2 to 1e-6: {np.allclose(boxes, promised, atol=1e-6)}"
    )
    bells = [criterion(bell(x, 0.0, 1.0), bell(x, t, 1.0), dx).item() for t in shifts]
    left.plot(shifts, boxes, "-", color=COLORS["generator"], lw=2, label="boxes of width 1")
    left.plot(shifts, bells, "--", color=COLORS["data"], lw=2, label="bells of std 1")
    left.set(xlabel="shift t", ylabel="C(G), nats", title="the hill that G descends")
    left.legend(frameon=False, loc="lower right")

    t = np.linspace(0.1, 12, 60)
    z = torch.arange(-20, 20, 0.01, dtype=torch.float64) + 0.005
    p_z = bell(z, 0.0, 1.0) * 0.01
    *_, saturating, plain = np.array([gradients_under_d_star(shift, z, p_z) for shift in t]).T
    right.semilogy(t, plain, "--", color=COLORS["optimum"], lw=2, label="non-saturating, −log D*")
    right.semilogy(
        t, saturating, "-", color=COLORS["generator"], lw=2, label="saturating, log(1 − D*)"
    )
    slopes = []
    for shift in t[::6]:
        shift = torch.tensor(shift, requires_grad=True)
        c = criterion(bell(x, 0.0, 1.0), bell(x, shift, 1.0), dx)
        slopes.append(torch.autograd.grad(c, shift)[0].item())
    right.semilogy(t[::6], slopes, "o", color=COLORS["grey"], ms=6, label="slope of C")
    print(
        f"the slope of C is the saturating gradient: {np.allclose(slopes, saturating[::6], rtol=1e-3)}"
    )
    right.set(xlabel="shift t", ylabel="gradient in t", title="what G feels, for the bells")
    right.legend(frameon=False, loc="lower left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


show(
    picture_of_saturation(),
    alt="Left: C over the shift t. For boxes it rises in a straight line from minus log 4 to 0 at t = 1 "
    "and stays there; for bells it bends and flattens. Right, on a logarithmic axis: the gradient of the "
    "saturating loss falls to about 1e-8 at t = 12, that of the non-saturating loss grows with t; dots for the "
    "slope of C lie on the first.",
)

# %% [markdown]
# The dots lie on the curve: with $D^*$ held fixed, the gradient of the saturating loss *is* the slope of
# $C$. (Section 6 says why $D^*$ may be held fixed.) It dies where $G$ is worst.
#
# The non-saturating gradient grows, and the reason can be read off the logit. Here
# $a^*(x) = \log p_{data} - \log p_g = \tfrac12 t^2 - t x$, a straight line of slope $-t$: the farther the
# fakes are off, the more steeply it climbs towards the data. By the chain rule the two gradients are
# $t\, \mathbb E[D^*]$ and $t\, \mathbb E[1 - D^*]$ over the fakes. The hill of $D^*$'s logit is steep
# everywhere; it is only the factor $D^*$ in front that kills the first.
#
# And the logit is the only place where it *can* be read off. `gradients_under_d_star` computes each
# gradient twice, through the density form $p_{data} / (p_{data} + p_g)$ and through the logit. On paper
# these are the same. In float32, in which networks are trained:

# %%
print("           through p_data / (p_data + p_g)       through the logit")
print("   t     saturating   non-saturating     saturating   non-saturating")
torch.manual_seed(0)
z, weights = torch.randn(1000), torch.full((1000,), 1 / 1000)  # one large minibatch of fakes
for t in (1.0, 4.0, 8.0, 12.0, 20.0):
    row = gradients_under_d_star(t, z, weights)
    print(f"{t:4.0f} {row[0]:14.2e} {row[1]:16.4f} {row[2]:14.2e} {row[3]:16.4f}")

# %% [markdown]
# Once $p_{data}$ has been rounded to 0 at the fakes, the quotient is 0, its logarithm $-\infty$, and the
# gradient not a number. The information was there all the time: it is the difference of two moderate
# numbers, $\log p_{data} - \log p_g$. This is one more reason why $D$ returns logits.
#
# (At $t = 12$ the saturating gradient of this minibatch is far below the curve in the picture. The exact
# average owes its last bit of slope to fakes that land near the data by luck, so rarely that among 1000
# there is none.)
#
# The boxes are beyond such help. For $t > 1$, $D^*$ is exactly 0 on all fakes and its logit $-\infty$:
# the saturating loss is flat, and the other one infinite. Is a box a fair picture of data? What counts is
# the width of the densities against the distance between them:

# %% tags=["nbval-check-output"]
x = torch.arange(-1, 2, 0.001, dtype=torch.float64) + 0.0005
for width in (1.0, 0.1, 0.02, 0.01):
    jsd = js_divergence(box(x, 0.0, width), box(x, 0.01, width), 0.001).item()
    print(f"boxes of width {width:4.2f}, shifted by 0.01: JSD = {jsd / math.log(2):.2f} log 2")

# %% [markdown]
# A shift of one hundredth is hardly visible, and yet JSD is at its maximum if the densities are that
# thin. Images are thin. Among all settings of 784 pixels those that look like digits are a vanishing
# few, and the fakes, being the image of a noise of lower dimension, fill no volume either. Two
# such thin sets hardly ever overlap, so the natural value of JSD between digits and fakes is $\log 2$,
# from the first day of training to the last. Arjovsky and Bottou made a theorem of this in 2017. What
# lets GANs learn all the same is that $D$ is *not* $D^*$. It is a network a few steps old, smooth where
# $D^*$ is a cliff, and a discriminator that is not too good can be the better teacher. Notebook 03 measures
# what becomes of $G$'s gradient while $D$ learns.

# %% [markdown]
# ## 6. Does p_g get there?
#
# The theorem tells where the lowest point of $C$ lies. It does not tell whether $G$ arrives there. For
# this the paper has a second statement, Proposition 2 in its section 4.2. In our words: if $D$ reaches
# its optimum $D^*$ before each move of $G$, and if each move takes $p_g$ *itself* a small step down the
# criterion, then $p_g$ converges to $p_{data}$. The proof is short, and rests on one picture.
#
# Hold $D$ fixed and look at the value as a function of $p_g$:
#
# $$ U(p_g, D) = \int p_{data} \log D \, dx + \int p_g \log\,(1 - D) \, dx. $$
#
# The first term does not contain $p_g$. The second is linear in it. So for each $D$ the graph of $U$ is
# straight, and $C(p_g) = \max_D U(p_g, D)$ is the upper edge of a heap of straight lines. Such an edge
# can only bend upwards: it is **convex**. In symbols, for a mixture $p = \lambda p_1 + (1 - \lambda) p_2$
# and any $D$,
#
# $$ U(p, D) = \lambda\, U(p_1, D) + (1 - \lambda)\, U(p_2, D) \le \lambda\, C(p_1) + (1 - \lambda)\, C(p_2), $$
#
# and since this holds for every $D$, it holds for the best one, with $C(p)$ on the left. A convex
# function has no false valleys.
#
# The same picture says what the slope of $C$ is. The straight line of $D^*$ touches the edge at $p_g$ and
# lies nowhere above it: for every density $p'$
#
# $$ C(p') \ge U(p', D^*) = C(p_g) + \int (p' - p_g) \log\,(1 - D^*) \, dx. $$
#
# A function with this property, here $\log (1 - D^*(x))$, is called a **subgradient** of $C$ at $p_g$. It
# is what one gets by differentiating $U$ in $p_g$ with $D^*$ *held fixed*, as if $D^*$ did not depend on
# $p_g$. This is the licence for holding $D$ still while $G$ moves, and it explains the dots in the last
# picture.
#
# Two inequalities, to be tried on 500 pairs of random densities:


# %% tags=["nbval-check-output"]
def try_both_inequalities(pairs=500):
    torch.manual_seed(0)
    dx = 0.1
    bends, touches = [], []
    for _ in range(pairs):
        p_data, p_1, p_2 = torch.softmax(3 * torch.randn(3, 100, dtype=torch.float64), dim=1) / dx
        c_1, c_2 = criterion(p_data, p_1, dx), criterion(p_data, p_2, dx)
        bends.append((c_1 + c_2) / 2 - criterion(p_data, (p_1 + p_2) / 2, dx))
        log_not_d = torch.log1p(-optimal_discriminator(p_data, p_1))
        touches.append(c_2 - (c_1 + ((p_2 - p_1) * log_not_d).sum() * dx))
    print(f"midpoint below the chord: {sum(b > 0 for b in bends)} of {pairs}")
    print(f"C above its tangent:      {sum(t > 0 for t in touches)} of {pairs}")


try_both_inequalities()

# %% [markdown]
# Now the picture itself, and beside it what happens to it in practice. The data is 70 % a bell at $-2$
# and 30 % a bell at $2$. Two generators are compared with it: one makes the left bell only, the other the
# right bell only. There are two ways to go from the first to the second. On the left the two densities
# are *mixed*, $p_g = (1 - s)\, N(-2, 0.5^2) + s\, N(2, 0.5^2)$. On the right a *parameter* moves,
# $p_g = N(\theta, 0.5^2)$ with $\theta$ from $-2$ to $2$ and a little beyond, as in a network whose last
# bias is learnt.


# %%
def picture_of_convexity():
    x, dx = torch.linspace(-10, 10, 2001, dtype=torch.float64), 0.01
    q_left, q_right = bell(x, -2.0, 0.5), bell(x, 2.0, 0.5)
    p_data = 0.7 * q_left + 0.3 * q_right
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)

    s = np.linspace(0, 1, 101)
    c = np.array([criterion(p_data, (1 - t) * q_left + t * q_right, dx).item() for t in s])
    below = []
    for t in (0.05, 0.3, 0.6, 0.9):
        d_star = optimal_discriminator(p_data, (1 - t) * q_left + t * q_right)
        ends = [value_by_integral(d_star, p_data, q, dx).item() for q in (q_left, q_right)]
        line = (1 - s) * ends[0] + s * ends[1]
        below.append((line <= c + 1e-9).all())
        left.plot(s, line, "-", color=COLORS["grey"], lw=1)
        left.plot(t, np.interp(t, s, c), "o", color=COLORS["generator"], ms=5)
    left.plot(s, c, "-", color=COLORS["generator"], lw=2.5)
    print(f"each line stays below C: {all(below)}; C is lowest at s = {s[c.argmin()]:.2f}")
    left.set(xlabel="s, the share of the right bell in $p_g$", ylabel="C, nats")
    left.set_title("mixing densities: convex")
    left.set_ylim(-1.5, 0.1)

    thetas = np.linspace(-6, 6, 241)
    hill = [criterion(p_data, bell(x, t, 0.5), dx).item() for t in thetas]
    right.plot(thetas, hill, "-", color=COLORS["generator"], lw=2.5)
    arrivals = []
    for start, marker in ((-0.8, "s"), (0.8, "D"), (5.5, "^")):
        theta, path = torch.tensor(start, dtype=torch.float64), [start]
        for _ in range(100):
            theta.requires_grad_()
            c_theta = criterion(p_data, bell(x, theta, 0.5), dx)
            (slope,) = torch.autograd.grad(c_theta, theta)
            theta = (theta - 0.1 * slope).detach()
            path.append(theta.item())
        arrivals.append(f"{start} to {path[-1]:.2f}")
        height = np.interp([path[0], path[-1]], thetas, hill)
        right.plot(path[0], height[0], marker, mfc="white", mec=COLORS["data"], ms=8)
        right.plot(path[-1], height[1], marker, color=COLORS["data"], ms=8)
    print(f"100 gradient steps in theta: from {'; from '.join(arrivals)}")
    middle = criterion(p_data, bell(x, 0.0, 0.5), dx).item()
    chord = (c[0] + c[-1]) / 2
    print(f"C at theta = 0 is {middle:.3f}; the mean of its values at -2 and 2 is {chord:.3f}")
    right.set(xlabel="θ, the mean of $p_g$", title="moving a parameter: two valleys")
    for axes in (left, right):
        axes.axhline(-math.log(4), color=COLORS["grey"], ls=":", lw=1)
        axes.spines[["top", "right"]].set_visible(False)
    left.annotate("$-$log 4", (0.9, -math.log(4) + 0.02), color=COLORS["grey"])
    return figure


show(
    picture_of_convexity(),
    alt="Left: C over the share s is a bowl, lowest at s = 0.3 where it is minus log 4; four grey straight "
    "lines touch it from below at dots. Right: C over the mean theta has two valleys, at minus 2 and 2, "
    "both above minus log 4, a ridge between them and plateaus outside; open markers show where gradient "
    "descent starts and filled ones where it ends: in the valley on its own side.",
)

# %% [markdown]
# Both curves begin and end with the same two generators; at $s = 0$ and $\theta = -2$ they have the same
# $C$. On the left the way leads through a bowl whose floor is $-\log 4$, at $s = 0.3$. On the right
# it leads over a ridge. Half-way between two *densities* is a density with two humps. Half-way between
# two *parameters* is one hump in the middle, where there is no data. The same convex $C$, looked at
# through a parameter, is not convex, and gradient descent ends in whichever valley it started next to:
# it has one mode and has given up the other. From far out it hardly moves at all, as section 5 foretold.
#
# The proposition moves the density. It can be done on a grid, too. Only, a plain step
# $p_g - \eta \log (1 - D^*)$ may make a density negative, so take the step in the logarithm and divide by
# the integral (this is called mirror descent, or exponentiated gradient):
#
# $$ p_g \leftarrow \frac{p_g \, e^{-\eta \log (1 - D^*)}}{\int p_g \, e^{-\eta \log (1 - D^*)} dx}. $$
#
# Try to say what this becomes for $\eta = 1$ before you read on. ($1 - D^*$ is $p_g / (p_{data} + p_g)$.)


# %%
def descend_on_density(p_data, p_g, dx, rate, steps):
    """The densities that p_g goes through."""
    path = [p_g]
    for _ in range(steps):
        gradient = p_g.log() - (p_data + p_g).log()  # log(1 - D*)
        p_g = torch.exp(p_g.log() - rate * gradient)
        p_g = p_g / (p_g.sum() * dx)
        path.append(p_g)
    return path


def picture_of_descent():
    x, dx = torch.linspace(-8, 8, 801, dtype=torch.float64), 0.02
    p_data = 0.7 * bell(x, -2.0, 0.5) + 0.3 * bell(x, 2.0, 0.5)
    slow = descend_on_density(p_data, bell(x, 1.0, 1.0), dx, rate=0.3, steps=40)
    fast = descend_on_density(p_data, bell(x, 1.0, 1.0), dx, rate=1.0, steps=16)
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(x, p_data, ":", color=COLORS["data"], lw=3, label="$p_{data}$")
    for step, alpha in ((0, 0.25), (4, 0.5), (10, 0.75), (40, 1.0)):
        left.plot(
            x, slow[step], color=COLORS["generator"], alpha=alpha, label=f"$p_g$ after {step} steps"
        )
    left.set(xlabel="x", ylabel="density", title="η = 0.3", xlim=(-4.5, 4.5))
    left.legend(frameon=False, fontsize=9)
    for path, style, name in ((slow, "-", "η = 0.3"), (fast, "--", "η = 1")):
        above = [(criterion(p_data, p_g, dx) + math.log(4)).item() for p_g in path]
        right.semilogy(above, style, color=COLORS["value"], lw=2, label=name)
        assert all(np.diff(above) < 0)
    right.set(xlabel="step", ylabel="C(G) + log 4, nats", title="how far C is above its minimum")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    # For rate 1 the distance to the data is halved at each step.
    halved = [p_data + (fast[0] - p_data) / 2**n for n in range(len(fast))]
    same = all(torch.allclose(p, q, rtol=0, atol=1e-9) for p, q in zip(fast, halved))
    print(f"rate 1: p_g = p_data + (the first p_g - p_data) / 2**n, to 1e-9: {same}")
    return figure


show(
    picture_of_descent(),
    alt="Left: p_g starts as one bell at 1 and after 40 steps lies on both humps of p_data. Right, on a "
    "logarithmic axis: C above its minimum falls steadily, by a fixed factor a step in the end, and faster for eta = 1.",
)

# %% [markdown]
# Every step goes down, and $p_g$ arrives, whatever humps the data has. With $\eta = 1$ the step is as
# simple as can be: $p_g / (1 - D^*) = p_{data} + p_g$, so the new $p_g$ is the mean of the old one and
# $p_{data}$, and whatever is wrong is halved each time.
#
# It is a fine algorithm, and useless: it asks for $p_{data}$ on a grid, and whoever has that needs no
# GAN. Between the proposition and Algorithm 1 stand these steps, and none of them is small:
#
# | the proposition | the algorithm | what may go wrong |
# |---|---|---|
# | moves the density $p_g$, in which $C$ is convex | moves $\theta_g$, in which it is not | valleys and plateaus, as above |
# | every $p_g$ is within reach | only those that this $G$ can make | $p_{data}$ is not among them (notebook 04) |
# | $D = D^*$ before each move of $G$ | $D$ makes $k$ steps | $G$ follows an outdated $D$ (notebook 03) |
# | $D$ is any function | $D$ is a network | it cannot be $D^*$, which is at times a blessing (section 5) |
# | expectations | minibatches | noise; and $D$ may learn its examples by heart |
#
# The authors say as much themselves, at the end of their section 4.2: the proofs do not apply to
# networks, and networks do well regardless.

# %% [markdown]
# ## 7. Two players on a saddle
#
# One more thing is different in practice, and it goes wrong without any network, on the
# simplest game that there is. Player $x$ owns one number and wants $V$ small; player $y$ owns another and
# wants it large:
#
# $$ V(x, y) = x y. $$
#
# (Goodfellow poses this game as an exercise in [his tutorial of 2016](https://arxiv.org/abs/1701.00160).) If $x = 0$, then $y$ can
# gain nothing, and the other way round: the origin is the equilibrium, and no other point is. Let both
# follow their gradients with learning rate $\eta$. At the same time, or in turns, $y$ seeing
# where $x$ has gone?
#
# $$ \text{at once:} \quad \begin{aligned} x &\leftarrow x - \eta y \\ y &\leftarrow y + \eta x \end{aligned}
#    \qquad\qquad
#    \text{in turns:} \quad \begin{aligned} x' &= x - \eta y \\ y' &= y + \eta x' \end{aligned} $$
#
# Guess how each of them ends.


# %%
def play(lr, steps, in_turns, x=1.0, y=0.0):
    """The path of both players in V = xy, shape (steps + 1, 2)."""
    path = [(x, y)]
    for _ in range(steps):
        new_x = x - lr * y
        x, y = new_x, y + lr * (new_x if in_turns else x)
        path.append((x, y))
    return np.array(path)


def picture_of_saddle():
    figure = Figure(figsize=(8.4, 4), layout="constrained")
    for axes, in_turns, title in zip(
        figure.subplots(1, 2, sharex=True, sharey=True), (False, True), ("at once", "in turns")
    ):
        for lr, steps, style, color in ((0.2, 40, "o-", "generator"), (0.6, 6, "s--", "data")):
            path = play(lr, 40 if in_turns else steps, in_turns)
            style = style[0] if in_turns else style  # an orbit that is traced again and again
            axes.plot(*path.T, style, ms=4, color=COLORS[color], label=f"η = {lr}")
        axes.plot(0, 0, "*", color=COLORS["optimum"], ms=14)
        axes.plot(1, 0, "o", mfc="white", mec="black", ms=9)
        axes.set(xlabel="x, which descends xy", title=title, aspect="equal")
        axes.axhline(0, color=COLORS["grey"], lw=0.5)
        axes.axvline(0, color=COLORS["grey"], lw=0.5)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel("y, which ascends xy")
    figure.axes[0].legend(frameon=False, loc="upper left")
    return figure


show(
    picture_of_saddle(),
    alt="Paths of both players from the open circle at (1, 0), for learning rates 0.2 and 0.6. At once: "
    "spirals that run outward. In turns: points on tilted ellipses. Neither comes near the star at the origin.",
)

# %% [markdown]
# Moving at once, they spiral outward, whatever the learning rate. The new squared distance from the
# origin is
#
# $$ (x - \eta y)^2 + (y + \eta x)^2 = (1 + \eta^2)(x^2 + y^2), $$
#
# so each step multiplies the distance by $\sqrt{1 + \eta^2}$, and a small $\eta$ only makes
# the spiral slower. Moving in turns, they run round for ever. Something is conserved, which you can check
# by multiplying out: $x^2 + y^2 - \eta x y$ has the same value after a step in turns as before it. For
# $\eta < 2$ its level sets are ellipses, so the orbit is bounded, and does not close in on the origin either.


# %% tags=["nbval-check-output"]
def both_ways_computed():
    print("       at once                         in turns")
    print(" rate  factor a step  sqrt(1 + rate²)  conserved  distance")
    for lr in (0.01, 0.2, 0.6):
        distance = np.linalg.norm(play(lr, 200, in_turns=False), axis=1)
        factors = distance[1:] / distance[:-1]
        assert np.allclose(factors, factors[0])
        x, y = play(lr, 10_000, in_turns=True).T
        kept = np.allclose(x**2 + y**2 - lr * x * y, 1)
        nearest, farthest = np.hypot(x, y).min(), np.hypot(x, y).max()
        print(
            f"{lr:5.2f} {factors[0]:14.6f} {math.sqrt(1 + lr**2):16.6f}  {kept!s:9s}  "
            f"{nearest:.2f} to {farthest:.2f}"
        )


both_ways_computed()

# %% [markdown]
# Is this a GAN? Very nearly. Mescheder and co-authors (2018) study the smallest one there is: all data
# at $x = 0$, all fakes at $x = \theta$, and $D(x) = \sigma(\psi x)$ with a single parameter. Then
# $V(\psi, \theta) = -\log 2 + \log \sigma(-\psi \theta)$. Near the origin, to first order in the product,
# it is $-\log 4 - \tfrac12 \psi \theta$: the same saddle, at the global optimum, $p_g = p_{data}$ and $D = \tfrac12$.


# %% tags=["nbval-check-output"]
def smallest_gan(in_turns, lr=0.2, steps=500):
    """Distances of (theta, psi) from the equilibrium, before the first step and after the last."""
    theta = psi = torch.tensor(0.1, dtype=torch.float64)

    def slopes(theta, psi):
        theta, psi = theta.clone().requires_grad_(), psi.clone().requires_grad_()
        v = -math.log(2) + logsigmoid(-psi * theta)
        return torch.autograd.grad(v, (theta, psi))

    start = math.hypot(theta, psi)
    for _ in range(steps):
        new_psi = psi + lr * slopes(theta, psi)[1]  # D ascends
        theta = theta - lr * slopes(theta, new_psi if in_turns else psi)[0]  # G descends
        psi = new_psi
    return start, math.hypot(theta, psi)


for in_turns in (False, True):
    start, end = smallest_gan(in_turns)
    print(f"{'in turns' if in_turns else 'at once'}: from distance {start:.2f} to {end:.2f}")

# %% [markdown]
# With data and fakes that have some width the players do come in, slowly, and you can watch them. Let the
# data be $N(0, 0.5^2)$ and $G(z) = \theta + \tfrac12 z$, which begins at $\theta = 2$: shifted bells, as in
# section 5. The logit of $D^*$ is then a straight line, and so is that of $D(x) = \sigma(\psi x + c)$. Hence
# nothing is beyond the reach of either player. $D$ begins undecided, and both take plain gradient
# steps in turns, with the learning rate 0.2.


# %% nbgrader={"grade": false, "grade_id": "shifted-bells", "locked": true, "schema_version": 3, "solution": false, "task": false}
class Shift(nn.Module):
    """G(z) = theta + z / 2, whose one parameter begins at 2."""

    noise_dim = 1

    def __init__(self):
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([2.0]))

    def forward(self, z):
        return self.theta + z / 2


def undecided():
    """D(x) = sigmoid(psi x + c), which begins with psi = c = 0."""
    D = Discriminator(in_features=1, hidden=())
    with torch.no_grad():
        for p in D.parameters():
            p.zero_()
    return D


BELLS = {
    "problem": Problem(
        "shifted bells", Draws(gaussian(0.0, 0.5)), Noise(1), 1, -4.0, 4.0, gaussian(0.0, 0.5)
    ),
    "G": Shift, "D": undecided, "k": 1, "lr_d": 0.2, "lr_g": 0.2, "opt_d": "sgd", "opt_g": "sgd",
    "m": 256,
}  # fmt: skip

# %% [markdown]
# The next cell opens this game, paused, in the course's live GAN. Set *iterations / s* to 30 and press
# *Play*: $p_g$ runs past the data and out on the other side, 0.8 below it, before it turns. Watch $D$
# (dashed), which lags behind $D^*$. Which slider stops that? A careful person makes smaller steps.
# *Reset*, try it with both learning rates, and then with others.

# %%
GANLab(**BELLS)

# %% [markdown]
# ### Exercise L1 · the players settle
#
# Difficulty 3 of 5 · 15 minutes
#
# (L is for lab.) Find two ways to bring $p_g$ to the data with an overshoot of less than 0.25:
#
# - `settle["D"]`: change settings of $D$ alone, from `"k"`, `"lr_d"`, `"momentum_d"`. After 200 iterations
#   $p_g$ should be there.
# - `settle["G"]`: change settings of $G$ alone, from `"lr_g"`, `"momentum_g"`. It may take 600 iterations.
#
# Each answer is a dictionary of what you changed, such as `{"momentum_g": 0.5}`. The overshoot is how
# far below 0 the mean of $p_g$ ever gets, and "there" is: within 0.15 of 0 over the last 20 iterations.
# ($k$ is the number of steps that $D$ makes for one of $G$.)
#
# <details><summary>Hint</summary>
#
# Proposition 2 lets $D$ reach $D^*$ before each move of $G$. Which player has to hurry, and which to
# wait?
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "L1", "locked": false, "schema_version": 3, "solution": true, "task": false}
settle = Answers()
### BEGIN SOLUTION
settle["D"] = {"k": 6, "lr_d": 1.0}
settle["G"] = {"lr_g": 0.005}
### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "play-the-settings", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.checks import Answers
from ganlib.training import Diverged


def means_of_p_g(who, seed):
    """The mean of p_g, measured every 5 iterations, with the answer for this player."""
    settings = Answers(settle)[who]
    mine = {"D": ("k", "lr_d", "momentum_d"), "G": ("lr_g", "momentum_g")}[who]
    assert isinstance(settings, dict), (
        f'settle["{who}"] should be a dictionary of settings, but is {settings!r}'
    )
    for name in settings:
        assert name in mine, f'settle["{who}"] may change {", ".join(mine)}, and it changes {name}.'
    engine = Engine(**BELLS, seed=seed, measure_every=5)
    try:
        engine.set(**{name: int(v) if name == "k" else float(v) for name, v in settings.items()})
        engine.step({"D": 200, "G": 600}[who])
    except ValueError as error:
        raise AssertionError(f'settle["{who}"]: {error}') from None
    except Diverged:
        raise AssertionError(f'with settle["{who}"] a player runs off to infinity.') from None
    return engine.measures["mean"]


def overshoot_and_rest(who, seed):
    """How far p_g ran past the data, and how far from it it was at most in the end."""
    means = means_of_p_g(who, seed)
    return -min(means), max(abs(means[-5:]))


# %% nbgrader={"grade": true, "grade_id": "L1-D", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# With D's settings alone.
overshoot, rest = overshoot_and_rest("D", seed=0)
assert overshoot < 0.25, (
    f"p_g runs {overshoot:.2f} past the data: D still says what was right before p_g got there. "
    "It has to get nearer to D* between two moves of G."
)
assert rest < 0.15, f"after 200 iterations p_g is still {rest:.2f} away from the data."

# %% nbgrader={"grade": true, "grade_id": "L1-G", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# With G's settings alone.
overshoot, rest = overshoot_and_rest("G", seed=0)
assert overshoot < 0.25, (
    f"p_g runs {overshoot:.2f} past the data: G moves too far before D has followed."
)
assert rest < 0.15, (
    f"after 600 iterations p_g is still {rest:.2f} away from the data: G may wait for D, but not for ever."
)

# %% nbgrader={"grade": true, "grade_id": "L1-hidden-seed", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Both again, from another seed and with a little more room.
for who in "DG":
    overshoot, rest = overshoot_and_rest(who, seed=2018)
    assert overshoot < 0.3 and rest < 0.2, (
        f'with settle["{who}"] and another seed p_g runs {overshoot:.2f} past the data, and ends up to '
        f"{rest:.2f} away from it."
    )
### END HIDDEN TESTS


# %%
def table_of_overshoots():
    print("  k   rate of D   rate of G   k rate_D / rate_G   overshoot")
    for k, lr_d, lr_g, steps in (
        (1, 0.2, 0.2, 60), (1, 0.05, 0.05, 240), (4, 0.05, 0.2, 60),
        (1, 1.0, 0.05, 100), (20, 0.05, 0.05, 100), (1, 0.2, 0.01, 300),
    ):  # fmt: skip
        engine = Engine(**BELLS | {"k": k, "lr_d": lr_d, "lr_g": lr_g}, measure_every=2)
        engine.step(steps)
        ratio, overshoot = k * lr_d / lr_g, -engine.measures["mean"].min()
        print(f"{k:3d} {lr_d:11.2f} {lr_g:11.2f} {ratio:19.0f} {overshoot:11.2f}")


table_of_overshoots()

# %% [markdown]
# Smaller steps for both change nothing but the time it takes. There is a reason: if the steps are small, each
# player moves at a speed, $k \eta_D$ times its slope for $D$ and $\eta_G$ times its own for $G$. Multiply both
# speeds by the same number, and the film runs faster or slower; the path stays what it was. Only the
# *ratio* $k \eta_D / \eta_G$ bends it. The larger the ratio, the nearer is $D$ to $D^*$ when $G$ moves, which
# is what the proposition asks for. (Momentum is no remedy: 0.9 for either
# player, with its learning rate cut to a tenth to make up for it, about doubles the overshoot. Notebook 03
# says why.)
#
# So even where everything is granted that the last table asks for, except that $D$ takes gradient steps
# instead of leaping to its optimum, the players may circle round the solution without approaching it. This does
# not say that GANs cannot be trained: a network is not a saddle with two parameters, noise and curvature add
# forces of their own, and there are remedies. It says that the theorem alone will not do it, and that a gradient
# step for each player is a tool to be handled with care. How it is handled is Algorithm 1, in notebook 03.

# %% [markdown]
# ## 8. In your own words
#
# Two questions to be answered in writing. No program checks them: a person reads what you write, and
# gives up to 4 points for each, for the reasons and not for the length. Ten lines will do. Double-click the cell
# below a question and replace `YOUR ANSWER HERE` by your text; formulas go between dollar signs, as in
# `$\log 4$`.
#
# ### Exercise A10 · what is proved, and what is not
#
# Difficulty 4 of 5 · 20 minutes
#
# **First question.** Explain to a classmate who has read notebook 01 and no further why the
# minimum of $C(G)$ is $-\log 4$, and why it is attained at $p_g = p_{data}$ *and nowhere else*. Begin with
# what $C(G)$ is. Say of each step why it holds.
#
# **Second question.** The universal approximation theorem
# ([Cybenko 1989](https://doi.org/10.1007/BF02551274), and others since) says: for every continuous function
# on a compact set, and every tolerance, there is a network with one hidden layer that differs from it
# nowhere by more than the tolerance. From this it is sometimes concluded that a GAN with large enough
# networks learns any distribution of images. What does the theorem promise for a GAN, and what does it
# *not* promise? Give at least three gaps between it and the conclusion, each with its reason.
#
# <details><summary>Hint</summary>
#
# To the first: a value found by putting $p_g = p_{data}$ into a formula does not show that no other $p_g$
# is as good. To the second: the theorem is about a *function* and says *there is*. Which function would
# have to be approximated here, and is it continuous? Who finds the network, from what, and how large is it?
# And if two functions are close, are the densities that they make close in JSD? Sections 5 to 7 have
# examples.
#
# </details>
#
# To the first question:

# %% [markdown] nbgrader={"grade": true, "grade_id": "A10-minimum", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# $C(G) = \max_D V(D, G)$ is what $V$ becomes once $D$ has given its best answer to $G$. That answer is
# $D^* = p_{data} / (p_{data} + p_g)$: in $V = \int [p_{data} \log D + p_g \log (1 - D)]\, dx$ the values of $D$
# at different $x$ are independent of each other, and at each $x$ the function $p \log y + q \log (1 - y)$ is
# concave with its maximum at $y = p / (p + q)$.
#
# Insert $D^*$, and write $M = (p_{data} + p_g) / 2$, so that $D^* = p_{data} / 2M$ and $1 - D^* = p_g / 2M$. Each
# of the two 2s gives $-\log 2$, because a density integrates to 1, and what is left is
# $C(G) = -\log 4 + \mathrm{KL}(p_{data} \Vert M) + \mathrm{KL}(p_g \Vert M) = -\log 4 + 2\, \mathrm{JSD}(p_{data} \Vert p_g)$.
#
# A KL is never negative, because $\log t \le t - 1$ (or by Jensen's inequality), so $C(G) \ge -\log 4$ for every
# $G$. For $p_g = p_{data}$ both are equal to $M$, both KL are 0, and $C = -\log 4$; so this is the minimum. It
# is the only place: $C = -\log 4$ requires both KL to be 0, and $\log t = t - 1$ only at $t = 1$, so
# $p_{data} = M$, which is $p_g = p_{data}$ (almost everywhere).
#
# Marking scheme
#
# - 1 point: $C(G)$ is the value against the best $D$, and $D^*$ is named and inserted. No point for a minimum of $V$ "for a given D".
# - 1 point: the rewriting as $-\log 4$ plus two KL, or plus 2 JSD, with the origin of $-\log 4$.
# - 1 point: KL or JSD is at least 0, with a reason, and is 0 at $p_g = p_{data}$, hence a minimum. The insertion of $p_g = p_{data}$ alone, with $2 \log \tfrac12$, is worth this point if it is all there is.
# - 1 point: only there, because JSD = 0 forces $p_{data} = M = p_g$. "Almost everywhere" is welcome and not required.

# %% [markdown]
# To the second question:

# %% [markdown] nbgrader={"grade": true, "grade_id": "A10-approximation", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# The theorem promises existence. If there is a continuous function $G^*$ that turns the noise into data, then on
# a compact set of noises some network $G$ stays within any tolerance of it, and so each fake is within the
# tolerance of a sample of $p_{data}$. The same holds for $D^*$, where it is continuous. What it does not promise:
#
# 1. That there is such a $G^*$. The theorem starts from a continuous target function and not from a
# distribution. If the noise fills one connected piece and the data lies in two separate ones, every continuous $G$
# puts some fakes in between. Nor is it clear that a noise of few dimensions suffices.
# 2. That anyone finds it. It says "there is", and nothing about gradient steps. $C$ is not convex in $\theta_g$
# (two valleys in section 6), its gradient may vanish (section 5), and two players that take gradient steps may circle (section 7).
# 3. A size. The network of the theorem has as many units as it takes, which may be more than anyone can train; for
# the network at hand it promises nothing.
# 4. A small $C$. Functions that are close make samples that are close, but not densities with a small JSD: two boxes
# of width 0.01, shifted by 0.01, have the largest JSD there is.
# 5. Anything about finite data. $p_{data}$ is known from examples only. A network that reproduces the examples
# has learnt them by heart, and not the distribution.
#
# Marking scheme
#
# - 1 point: the promise is stated rightly: existence of a network close to a continuous function on a compact set, for $G$ (or for $D$).
# - 1 point: the target is a function, not a distribution: a continuous $G^*$ must exist first (gap 1), or close functions need not give close densities (gap 4).
# - 1 point: existence is not learning (gap 2), with a reason: non-convexity, vanishing gradients, the game's dynamics, a $D$ that is not $D^*$.
# - 1 point: one more gap with its reason, from the list above or as good (size, finite data, the remaining one of gaps 1 and 4).

# %% [markdown]
# ## Summary
#
# At each $x$ by itself the best discriminator weighs the two densities,
# $D^* = p_{data} / (p_{data} + p_g)$, and its logit is the logarithm of their ratio. Against it $G$ is left with
# $C(G) = -\log 4 + 2\, \mathrm{JSD}(p_{data} \Vert p_g)$, which is lowest at $p_g = p_{data}$ and only there, and
# flat where fakes and data do not meet. As a function of the density $C$ is convex, so that descending on
# $p_g$ itself converges; as a function of parameters it is not, and two players who take gradient steps may circle
# round the equilibrium.
#
# What is left open: the theorem speaks of densities, which nobody has, and of a $D$ that is perfect before each
# move of $G$. What two networks with minibatches can make of it is Algorithm 1, the subject of
# [notebook 03](../03_algorithm_1/03_algorithm_1.ipynb).
#
# ## Further reading
#
# - I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville, Y. Bengio,
#   *Generative Adversarial Nets*, Advances in Neural Information Processing Systems 27, 2014,
#   [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). Section 4 is this notebook: Proposition 1 and Theorem 1 in
#   4.1, Proposition 2 in 4.2.
# - M. Arjovsky, L. Bottou, *Towards Principled Methods for Training Generative Adversarial Networks*,
#   International Conference on Learning Representations, 2017, [arXiv:1701.04862](https://arxiv.org/abs/1701.04862).
#   Section 2 on thin supports, perfect discriminators and what is left of the gradient.
# - L. Mescheder, A. Geiger, S. Nowozin, *Which Training Methods for GANs do actually Converge?*, International
#   Conference on Machine Learning, 2018, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406). Section 2 on the
#   smallest GAN, for those who want to see how it can be made to converge.
