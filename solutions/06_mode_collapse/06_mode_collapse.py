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
# # 06 · Mode collapse
#
# The generator of notebook 05 drew nearly one face, whatever its noise was, and its losses looked
# well. That was a network of eight numbers. Large generators do the same thing: out of a thousand
# kinds of picture they make ten, each of them good. It is called **mode collapse**, and notebook 05
# left two questions about it open. How does one measure lost variety, when the data has modes? And
# what helps against it?
#
# The second question is harder than it looks, and not because of the remedies, which take three
# lines each. Train a GAN twice from different seeds, and it may lose seven modes of eight or none.
# Whoever compares one run with one run can prove anything. So this notebook trains ten at a time.
#
# **Contents:** [1. Data with known modes](#1.-Data-with-known-modes) ·
# [2. Counting modes](#2.-Counting-modes) ·
# [3. Why a generator collapses](#3.-Why-a-generator-collapses) ·
# [4. One run, seen over time](#4.-One-run,-seen-over-time) ·
# [5. Let D see more than one](#5.-Let-D-see-more-than-one) ·
# [6. Ten runs, not one](#6.-Ten-runs,-not-one) ·
# [7. Beside the published tables](#7.-Beside-the-published-tables) ·
# [Summary](#Summary)
#
# By the end you can
#
# - count the modes that a generator covers, and say what the count does not see;
# - say why a generator that answers too fast runs after single points, and which of the players must not be late;
# - write two remedies, packing and minibatch statistics, as changes of what $D$ is shown;
# - compare two recipes over many seeds, with an error on the difference;
# - read a published table of modes with the right doubts.
#
# Allow about 105 minutes. Logarithms are natural, so values of $V$ are in nats.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math
import re
from functools import partial

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.optim import Adam

from ganlib.data import centers, grid, ring
from ganlib.ensemble import Ensemble, train_ensemble
from ganlib.evaluation import effective_modes
from ganlib.live import GANLab
from ganlib.networks import Discriminator, Generator
from ganlib.plotting import COLORS, show
from ganlib.sampling import Draws, Noise
from ganlib.training import train
from ganlib.value import criterion, optimal_discriminator, value_by_integral

torch.set_num_threads(1)  # for networks this small, threads would only wait for each other
RING, RING_STD = ring(), 0.01  # 8 modes on a circle of radius 1
GRID, GRID_STD = grid(), 0.05  # 25 modes on {-4, -2, 0, 2, 4} x {-4, -2, 0, 2, 4}

# %% [markdown]
# ## 1. Data with known modes
#
# To count lost modes one has to know what was there. Two data sets in the plane have become the
# standard test. Both are mixtures of round Gaussians, all equally likely: the **ring** has 8 of
# them on a circle of radius 1, each with standard deviation $s = 0.01$ along both axes; the **grid**
# has 25, on $\{-4, -2, 0, 2, 4\}^2$, with $s = 0.05$.
#
# The modes are small. On the ring, a circle round a mode that holds nearly all of its samples has the
# radius $3 s = 0.03$, and the next mode is 0.77 away.


# %%
def picture_of_the_data(n=2500):
    torch.manual_seed(0)
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    for axes, density, title in zip(
        figure.subplots(1, 2), (RING, GRID), ("the ring: 8 modes", "the grid: 25 modes")
    ):
        x = density.sample((n,))
        axes.scatter(*x.T, s=2, color=COLORS["data"])
        axes.set(xlabel="$x_1$", ylabel="$x_2$", title=title, aspect="equal")
        axes.spines[["top", "right"]].set_visible(False)
    return figure


show(
    picture_of_the_data(),
    alt="2,500 samples of each data set. Left: eight small dots on a circle of radius 1. Right: 25 "
    "small dots on a square grid.",
)

# %% [markdown]
# ## 2. Counting modes
#
# The usual protocol (Srivastava et al. 2017; Lin et al. 2018) draws 2,500 samples from $G$. A sample
# is of **high quality** if its distance to the nearest centre is at most $3 s$. A mode is **covered**
# if at least one such sample is near it. Two numbers are reported: the modes covered, and the share of
# high-quality samples.
#
# ### Exercise B6 · part 1, the protocol
#
# Difficulty 2 of 5 · 15 minutes
#
# Write `mode_statistics(samples, centers, std)`. The distance is Euclidean: not the larger of the two
# coordinate differences, and not its square.
#
# <details><summary>Hint</summary>
#
# `torch.cdist(samples, centers)` holds all distances, shape (n, modes). Its minimum along `dim=1`
# comes with the index of the nearest centre. Keep the indices of the good samples, and count how many
# *different* ones there are (`unique`).
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B6-mode-statistics", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mode_statistics(samples: Tensor, centers: Tensor, std: float) -> tuple[int, float]:
    """Modes covered, and the share of high-quality samples.

    samples: drawn from G, shape (n, 2)
    centers: the means of the modes, shape (modes, 2)
    std: the standard deviation of each mode along each axis
    returns: the number of modes with at least one sample within 3 std, and the share, in [0, 1], of
        samples that are within 3 std of some mode
    """
    ### BEGIN SOLUTION
    distance, nearest = torch.cdist(samples, centers).min(dim=1)
    good = distance <= 3 * std
    return len(nearest[good].unique()), good.double().mean().item()
    ### END SOLUTION


# %% [markdown]
# The checks call your function through `counted` (read-only), which sees that two numbers come back.

# %% nbgrader={"grade": false, "grade_id": "counted", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.checks import as_number, quietly


def counted(samples, centers, std):
    """Both numbers of your mode_statistics, as floats."""
    with quietly():
        answer = mode_statistics(samples.clone(), centers.clone(), std)
    assert answer is not None, "mode_statistics is None: is a return missing?"
    try:
        modes, share = answer
    except (TypeError, ValueError):
        raise AssertionError(
            f"mode_statistics should return two numbers, the modes and the share, but returned {answer!r}"
        ) from None
    return as_number(modes, "the number of modes"), as_number(share, "the share")


# %% nbgrader={"grade": true, "grade_id": "B6-modes-covered", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Five samples: two at the first of three modes, one at the second, two at none.
import torch
from ganlib.checks import expect

centers_ = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]])
samples = torch.tensor([[0.1, 0.0], [0.0, -0.2], [5.1, 0.1], [0.0, 4.0], [2.6, 0.0]])
modes, _ = counted(samples, centers_, 0.1)
expect(
    modes,
    2,
    "the number of modes",
    slips=[
        (
            3,
            "a mode counts only if a sample within 3 std is near it; (0, 4) is 10 std from (0, 5).",
        ),
        (5, "that is the number of samples."),
        (0.4, "a number of modes is wanted here, and the share of samples as the second answer."),
        (0.6, "the number of modes comes first, the share of samples second."),
    ],
)
more, _ = counted(samples[:2], centers_, 0.1)
expect(
    more,
    1,
    "the number of modes that two samples at one centre cover",
    slips=[(2, "those are good samples; a mode with two of them is still one mode.")],
)

# %% nbgrader={"grade": true, "grade_id": "B6-modes-share", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The same five samples: three of them are good.
import torch
from ganlib.checks import expect

centers_ = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]])
samples = torch.tensor([[0.1, 0.0], [0.0, -0.2], [5.1, 0.1], [0.0, 4.0], [2.6, 0.0]])
_, share = counted(samples, centers_, 0.1)
expect(
    share,
    0.6,
    "the share of high-quality samples",
    slips=[
        (3, "that is their number; a share is a number of samples over all samples."),
        (60, "a share of 60 % is 0.6."),
        (
            0.4,
            "that is the share of the bad ones (or, with std where 3 std should stand, a short reach).",
        ),
        (0.2, "3 of 15 pairs of a sample and a centre are near; the share is one of samples."),
        (1.0, "is (2.6, 0), which is 24 std from every mode, really good?"),
        (2 / 3, "that is the share of modes."),
        (2, "the modes come first, the share second."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "B6-modes-hidden-distance", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Which samples are within 3 std of a mode of the ring?
import torch
from ganlib.checks import expect

centre = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
for offset, right, message in (
    ((0.029, 0.0), 1.0, "2.9 std away, along one axis, is near: the reach is 3 std."),
    (
        (0.0, -0.031),
        0.0,
        "3.1 std away is too far: was the distance squared, or the reach not 3 std?",
    ),
    (
        (0.025, 0.025),
        0.0,
        "(2.5, 2.5) std away is 3.5 std away: the distance is Euclidean, not one axis at a time.",
    ),
    (
        (0.018, 0.018),
        1.0,
        "(1.8, 1.8) std away is 2.5 std away, and near: the differences are not added up.",
    ),
):
    _, share = counted(centre[:1] + torch.tensor([offset], dtype=torch.float64), centre, 0.01)
    assert abs(share - right) < 1e-6, (
        f"For a sample {offset} from a mode with std 0.01 the share is {share:g}: {message}"
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B6-modes-hidden-grid", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Twelve of the grid's modes, with one bad sample at each of the others.
import torch
from ganlib.checks import expect
from ganlib.data import centers, grid

modes_ = centers(grid())
good = modes_[:12].repeat_interleave(torch.arange(1, 13), dim=0)  # 1 at the first, 12 at the last
bad = modes_[12:] + 0.2  # 0.28 away, with a reach of 0.15
modes, share = counted(torch.cat([bad, good]), modes_, 0.05)
expect(
    modes,
    12,
    "the number of modes of the grid that are covered",
    slips=[(25, "13 of the modes have only a sample 5.7 std away.")],
)
expect(share, 78 / 91, "the share of high-quality samples")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B6-modes-hidden-none", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# A generator that has hit nothing, and one that is all in one point.
import torch
from ganlib.checks import expect
from ganlib.data import centers, ring

modes_ = centers(ring())
for samples, right in ((torch.zeros(50, 2), (0, 0.0)), (modes_[3:4].repeat(50, 1), (1, 1.0))):
    try:
        answer = counted(samples, modes_, 0.01)
    except NotImplementedError:
        raise
    except (RuntimeError, IndexError, ValueError, ZeroDivisionError) as error:
        raise AssertionError(
            f"with no good sample, or all in one point, mode_statistics stopped with {error!r}; the answers "
            "are 0 modes and 0, and 1 mode and 1."
        ) from None
    for number, wanted, what in zip(answer, right, ("number of modes", "share")):
        expect(number, wanted, f"the {what} for 50 samples in the point {samples[0].tolist()}")
### END HIDDEN TESTS

# %% [markdown]
# From here on `mode_statistics` is that of `ganlib.evaluation`. The next cell (read-only) takes it from
# there, so that a slip in part 1 costs no points later.

# %% nbgrader={"grade": false, "grade_id": "modes-from-ganlib", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.evaluation import mode_statistics

# %% [markdown]
# ### What would a perfect generator score?
#
# Not 100 %. In the plane the squared distance of a sample from its own centre, in units of $s^2$, has
# the distribution $\chi^2_2$, and a sample is within $3 s$ with probability
#
# $$ 1 - e^{-3^2 / 2} = 1 - e^{-4.5} = 0.9889. $$
#
# The share among 2,500 samples scatters round this by $\sqrt{0.9889 \cdot 0.0111 / 2500} = 0.002$.
# Each of $K$ modes is missed by all 2,500 samples with probability $(1 - 0.9889 / K)^{2500}$, which even
# for $K = 25$ is about $10^{-44}$: the number of modes of a perfect generator has no noise at all.
#
# And what would a bad one score? Before you run the next cell, write down a guess for this one. $G$ has
# learnt nothing but the size of things: it draws uniformly from a square, 10 % larger than the data. How
# many of the 8 modes does it cover, and how many of the 25?


# %%
def known_generators(density, std, n=2500):
    """Generators that nobody has trained: name -> samples, shape (n, 2)."""
    modes = centers(density)
    half = 1.1 * modes.max()
    first = modes[:1] + std * torch.randn(n, 2)
    others = modes[1 + torch.randint(len(modes) - 1, (n,))] + std * torch.randn(n, 2)
    return {
        "perfect": density.sample((n,)),
        "uniform on a square": half * (2 * torch.rand(n, 2) - 1),
        "nearly one point": modes[:1] + 0.1 * std * torch.randn(n, 2),
        "95 % in one mode": torch.where(torch.rand(n, 1) < 0.95, first, others),
    }


def table_of_known_generators(repeats=200):
    torch.manual_seed(0)
    rows = [f"1 - exp(-4.5) = {1 - math.exp(-4.5):.4f}"]
    for name, density, std in (("ring", RING, RING_STD), ("grid", GRID, GRID_STD)):
        count, half = len(centers(density)), 1.1 * centers(density).max().item()
        draws = [known_generators(density, std) for _ in range(repeats)]
        rows.append(f"\n{name:23} modes of {count:2d}   quality")
        for generator in draws[0]:
            scores = [mode_statistics(d[generator], centers(density), std) for d in draws]
            modes, quality = np.mean(scores, axis=0)
            rows.append(f"{generator:23} {modes:11.1f} {quality:9.1%}")
        miss = (1 - (1 - math.exp(-4.5)) / count) ** 2500
        rows.append(f"a perfect generator misses a given mode with probability {miss:.0e}")
        near = math.pi * (3 * std) ** 2 / (2 * half) ** 2  # of the square's area, near one mode
        rows.append(f"the square should cover {count * (1 - (1 - near) ** 2500):.1f} modes")
    print("\n".join(rows))


table_of_known_generators()

# %% [markdown]
# The square covers 6 of 8 and 22 of 25. That is the finite-sample floor of this protocol: with 2,500
# samples noise finds most modes by chance, since one lucky hit each is enough. (The formula is the one
# above, with the share of the square's area that is near one mode in place of $0.9889 / K$.)
#
# So neither number means anything without the other. The square has the modes and no quality, the
# one-point generator has quality and no modes, and only the two together tell a good $G$ from either. The
# last line slips through even so: both its numbers are perfect, or nearly, and it is as collapsed as one
# could fear. Nothing in the protocol asks how *evenly* the samples are shared out.
#
# A third number does. Give each sample to its nearest centre, let $w_i$ be the share of mode $i$, and take
#
# $$ \text{effective modes} = \exp \Bigl( - \sum_i w_i \log w_i \Bigr), $$
#
# the exponential of the entropy. If $n$ modes have $1/n$ each, it is $n$. For $K$ modes it is
# $K e^{-\mathrm{KL}(w \Vert \text{uniform})}$, a divergence of notebook 02 in another dress.
# `effective_modes(samples, centers)` of `ganlib.evaluation` computes it. It knows nothing of quality,
# which divides the labour well: one number for variety, one for quality.


# %%
def variety_and_quality():
    torch.manual_seed(0)
    rows = [f"{'on the ring':23} effective modes   quality"]
    for name, x in known_generators(RING, RING_STD).items():
        _, quality = mode_statistics(x, centers(RING), RING_STD)
        rows.append(f"{name:23} {effective_modes(x, centers(RING)):15.1f} {quality:9.1%}")
    print("\n".join(rows))


variety_and_quality()

# %% [markdown]
# ## 3. Why a generator collapses
#
# Slip 4 of Exercise A6 showed what the best answer to a *fixed* $D$ is. Of $V$ only
# $\mathbb E_{x \sim p_g}[\log (1 - D(x))]$ contains $p_g$; it is an average, and it is smallest with all
# weight on the $x$ where $D(x)$ is largest. The best answer to any fixed discriminator is a point. What
# keeps $p_g$ from being one is that $D$ answers back.
#
# Take that apart in the smallest world that has modes: eight points, equally likely as data. Now $p_g$
# is eight numbers, and $D^*$ is known. Let the two take turns. $D$ plays $D^*$ for the present $p_g$.
# Then $G$ moves a share $\varepsilon$ of its mass to the point that $D$ likes best. With
# $\varepsilon = 1$ it gives its best answer; with a small $\varepsilon$ it goes a little way towards
# it, as a gradient step does. Which of the two will end at $p_g = p_{data}$?
#
# ![Three panels of p_g over sixty rounds. With share 1 a single point holds everything and jumps each round; with share 0.3 bands of mass wander over all points; with share 0.03 all eight points approach one eighth.](images/b6-answers.png)


# %% picture="b6-answers.png"
def play_eight_points(share, rounds):
    """p_g after each round, shape (rounds + 1, 8)."""
    torch.manual_seed(0)
    p_data = torch.full((8,), 1 / 8, dtype=torch.float64)
    p_g = torch.eye(8, dtype=torch.float64)[0]
    path = [p_g]
    for _ in range(rounds):
        d = optimal_discriminator(p_data, p_g)
        liked = torch.rand(8) * (d > d.max() - 1e-9)  # ties are broken at random
        answer = torch.eye(8, dtype=torch.float64)[liked.argmax()]
        p_g = (1 - share) * p_g + share * answer
        path.append(p_g)
    return torch.stack(path)


def picture_of_answers(rounds=60):
    p_data = torch.full((8,), 1 / 8, dtype=torch.float64)
    figure = Figure(figsize=(9, 2.9), layout="constrained")
    row = figure.subplots(1, 3, sharey=True)
    for axes, share in zip(row, (1.0, 0.3, 0.03)):
        path = play_eight_points(share, rounds)
        value = np.mean([criterion(p_data, p_g, dx=1.0) for p_g in path[-20:]])
        image = axes.imshow(path.T, cmap="cividis", vmin=0, vmax=0.5, aspect="auto")
        axes.set(xlabel="round", title=f"share ε = {share:g}\nC(G) = {value:.3f} in the end")
    row[0].set(ylabel="point", yticks=range(8), yticklabels=range(1, 9))
    figure.colorbar(image, ax=row, label="$p_g$", extend="max", pad=0.01)
    return figure


show(
    picture_of_answers(),
    alt="Three panels of p_g over sixty rounds. With share 1 a single point holds everything and "
    "jumps each round; with share 0.3 bands of mass wander over all points; with share 0.03 all "
    "eight points approach one eighth.",
)
print(f"-log 4 = {-math.log(4):.3f}")

# %% [markdown]
# On the left $G$ gives its best answer each time. $D$ learns that point 1 is where the fakes are, so
# every other point looks like data; $G$ moves there, all of it; and so on for ever. Taken over all rounds
# it visits every mode. At any one moment it has one, and $C(G)$ stays as far from $-\log 4$ as it began.
# On the right $G$ takes small steps against the same perfect $D$, and ends near the optimum. This kind of
# collapse is no property of the losses. It is a matter of who moves how far before the other has answered.
#
# Goodfellow's tutorial puts it as a question of order: $\min_G \max_D V$ asks $G$ for the $p_g$ that
# survives the best $D$; in $\max_D \min_G V$ it is $G$ that answers, and its answer is a point. In our
# little world both orders have the *same value*, $-\log 4$. (One half is easy: for every $D$,
# $\min_G V(D, G) \le V(D, p_{data}) \le -\log 4$; and $D = \tfrac12$ reaches it.) What differs is what $G$
# ends up as. Against $D = \tfrac12$ every $p_g$ is a best answer, the uniform one as well as each single
# point, and nothing in $V$ prefers the one to the other.


# %% tags=["nbval-check-output"]
def two_orders(trials=20_000):
    torch.manual_seed(0)
    d = torch.rand(trials, 8, dtype=torch.float64) ** 0.3  # many discriminators on eight points
    d = torch.cat([d, torch.linspace(0.01, 0.99, 99, dtype=torch.float64)[:, None].expand(-1, 8)])
    on_data = d.log().mean(dim=1)  # E log D for uniform data
    best_answer = on_data + (1 - d).log().amin(dim=1)  # min over G: all mass on the largest D
    print(f"largest min_G V over {len(d):,} discriminators: {best_answer.max().item():.4f}")
    half, p_data = torch.full((8,), 0.5), torch.full((8,), 1 / 8)
    for name, p_g in (("p_data", p_data), ("one point", torch.eye(8)[0])):
        print(f"V of D = 1/2 against {name}: {value_by_integral(half, p_data, p_g, dx=1.0):.4f}")


two_orders()

# %% [markdown]
# Networks are between the two extremes. $G$ moves a little at a time, but one step of $\theta_g$ moves
# *all* fakes in about the same direction, as you saw in notebook 05, and $D$ is not $D^*$ but a network
# that is some steps behind. If $G$ runs ahead, we are on the left; if $D$ keeps up, on the right.
#
# ## 4. One run, seen over time
#
# Now the ring, with Algorithm 1 as `ganlib.training.train` runs it. $D$ and $G$ have two hidden layers of
# 64 units, $z \sim N(0, I)$ has two numbers, the minibatch is $m = 64$, and both optimizers are Adam as
# it comes: learning rate 0.001 and averages of the gradient over about ten steps and of its square over
# about a thousand, `betas=(0.9, 0.999)`. (Notebook 03 had 0.0 in place of 0.9. Remember this.)
#
# The panels show 2,500 fakes each, from the same 2,500 noises all along; the shade behind is $D(x)$, light
# where $D$ says data.


# %% nbgrader={"grade": false, "grade_id": "adam", "locked": true, "schema_version": 3, "solution": false, "task": false}
def adam(network):
    """The optimizer of every network in this notebook: Adam as it comes (fused is only faster)."""
    return Adam(network.parameters(), lr=1e-3, fused=True)


# %%
def picture_of_one_run(seed=0, steps=1500, every=250, m=64):
    torch.manual_seed(seed)
    D, G = Discriminator(2), Generator(2, 2)
    z = torch.randn(2500, 2)
    axis = torch.linspace(-2.2, 2.2, 81)
    plane = torch.cartesian_prod(axis, axis)
    panels = []

    @torch.no_grad()
    def look(step, history):
        panels.append((step, G(z), D(plane).sigmoid().view(81, 81).T))

    train(
        D, G, Draws(RING), Noise(2), steps=steps, m=m, opt_d=adam(D), opt_g=adam(G),
        every=every, callback=look, device="cpu", progress=False,
    )  # fmt: skip
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    for axes, (step, x, d) in zip(figure.subplots(2, len(panels) // 2).flat, panels):
        axes.pcolormesh(axis, axis, d, cmap="gray", vmin=-0.5, vmax=1, rasterized=True)
        axes.scatter(*centers(RING).T, s=60, marker="o", facecolor="none", edgecolor=COLORS["data"])
        axes.scatter(*x.T, s=1.5, color=COLORS["generator"])
        _, quality = mode_statistics(x, centers(RING), RING_STD)
        axes.set(
            xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), aspect="equal", xlabel="$x_1$", ylabel="$x_2$",
            title=f"{step} iterations\nquality {quality:.1%}, effective modes {effective_modes(x, centers(RING)):.1f}",
        )  # fmt: skip
        axes.title.set_fontsize(10)
    return figure


show(
    picture_of_one_run(),
    alt="Six moments of one run on the ring. The fakes lie in one clump or streak, near one or two of the "
    "eight circles or far from all, and the clump is somewhere else in each panel; D is darker on its side.",
)

# %% [markdown]
# This is the left panel of section 3 with networks in it. The fakes are one clump, $D$ darkens the place
# where they are, or where they were a moment ago, and by then they are elsewhere, sometimes on a mode and
# mostly on their way. Nothing has converged, and no alarm has gone off.
#
# Now change the seed. Then change it again. Most runs look like this one, but now and then, in two or three
# of a hundred, all eight modes have their samples after 1,500 iterations. The author of a remedy would know
# which seeds to show. One run is an anecdote, so from section 6 on there will be ten.
#
# ### Which number is to blame?
#
# The next cell opens the same game, paused, in the course's live GAN. Its ring is larger (radius 1.5) and
# its modes are wider ($s = 0.08$), so one run is short enough to try many; networks, $m$ and Adam are those
# above. The sliders *momentum, D* and *momentum, G* are the first of each player's two betas, 0.9 as it comes. Press
# *Play*, and let it run for 800 iterations. The chart of modes counts by the protocol of section 2, with
# 2,048 samples.
#
# Nobody has to leave it so. Of all that the panel offers take four: the minibatch $m$, the loss, and each
# player's momentum. The learning rates, $k$ and the networks stay. *One* change of *one* of the four is enough
# for all eight modes, and three of the four are no use. Before you try, write down which, and whether it goes up or
# down. Section 3 has said enough for a good guess, and it is $G$ that collapses, after all.

# %% nbgrader={"grade": false, "grade_id": "collapsing", "locked": true, "schema_version": 3, "solution": false, "task": false}
COLLAPSING = {
    "problem": "ring", "lr_d": 1e-3, "lr_g": 1e-3,  # these stay
    "m": 64, "loss": "non-saturating", "momentum_d": 0.9, "momentum_g": 0.9,
}  # fmt: skip

# %%
GANLab(**COLLAPSING)

# %% [markdown]
# ### Exercise L4 · one number
#
# Difficulty 2 of 5 · 15 minutes
#
# Write `one_change()`, which returns the change that you found: a dictionary with one of the names `"m"`, `"loss"`, `"momentum_d"`,
# `"momentum_g"`, and its new value. For example, `{"m": 128}` is a minibatch twice as large. The checks look at $G$ after
# 600, 700 and 800 iterations. At one of these looks it has to cover all 8 modes, and at least 7 in effect.
# It should do so from any seed, so try several: another *seed*, below the sliders, begins the run again.
#
# <details><summary>Hint</summary>
#
# Momentum makes a player steady, and late. In section 3, who may be late, and who may not?
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "L4", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_change() -> dict:
    """The one setting of COLLAPSING that has to change, and its new value: {name: value}."""
    ### BEGIN SOLUTION
    return {"momentum_d": 0.0}
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "play-the-change", "locked": true, "schema_version": 3, "solution": false, "task": false}
import torch
from ganlib.checks import as_number, quietly
from ganlib.evaluation import effective_modes, mode_statistics
from ganlib.live.engine import Engine
from ganlib.live.losses import LOSSES

OPEN = ("m", "loss", "momentum_d", "momentum_g")


def changed():
    """The name of the one setting that changes, and its new value, if they make sense."""
    with quietly():
        found = one_change()
    assert found is not None, "one_change() is None: is a return missing?"
    assert isinstance(found, dict), (
        f"one_change() should return a dictionary such as {{'m': 128}}, but returned {found!r}"
    )
    unknown = [name for name in found if name not in OPEN]
    assert not unknown, (
        f"{unknown[0]!r} is not one of the four that are open: {', '.join(map(repr, OPEN))}"
    )
    assert len(found) == 1, (
        f"one setting is to change, and {len(found)} were given: with two changes at once nobody knows which one did it"
    )
    ((name, value),) = found.items()
    if name == "loss":
        assert value in tuple(LOSSES), (
            f"loss = {value!r}: one of {', '.join(map(repr, LOSSES))} is wanted"
        )
    else:
        value = as_number(value, name)
    if name == "m":
        assert 1 <= value <= 512 and value == int(value), (
            f"m = {value:g}: a whole number from 1 to 512, as on the slider, is wanted"
        )
        value = int(value)
    elif name != "loss":
        assert 0 <= value <= 0.99, (
            f"{name} = {value:g}: a momentum from 0 to 0.99, as on the slider, is wanted"
        )
    assert value != COLLAPSING[name], (
        f"{name} = {value!r} is the game as it was opened: nothing has changed"
    )
    return name, value


def all_modes(name, value, seed):
    """Whether G has them all at some look, and what it has at the last one, in words."""
    engine = Engine(**COLLAPSING | {name: value}, seed=seed, measure_every=0)
    modes, std = engine.problem.modes, engine.problem.mode_std
    for iteration in (600, 700, 800):
        engine.step(iteration - engine.iteration)
        with engine.looking(), torch.no_grad():
            x = engine.G(engine.noise(2500))
        (covered, _), effective = mode_statistics(x, modes, std), effective_modes(x, modes)
        if covered == 8 and effective >= 7:
            return True, ""
    return False, (
        f"with {name} = {value!r}, from seed {seed}, G covers {covered} of 8 modes after {iteration} iterations, "
        f"{effective:.1f} in effect"
    )


# %% nbgrader={"grade": true, "grade_id": "L4-one-change", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# One of the four is changed, to a value that the slider has.
name, value = changed()

# %% nbgrader={"grade": true, "grade_id": "L4-modes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# With it G keeps all eight modes, from one seed.
name, value = changed()
kept, found = all_modes(name, value, seed=1)
assert kept or name != "m", (
    f"{found}. m decides how exactly each slope is known; the collapse is no matter of noise"
)
assert kept or name != "loss", (
    f"{found}. A loss says how steep G's way is to the place that D likes; it is one place, with each of them"
)
assert kept or name != "momentum_g" or value > 0.9, (
    f"{found}. With less momentum G turns at once to wherever D is wrong. Was it too slow?"
)
assert kept or name != "momentum_g", (
    f"{found}. A G with more momentum runs past its goal; what it runs after is still there"
)
assert kept or value < 0.9, (
    f"{found}. Now D averages over even more steps. What does it know of where the fakes are at present?"
)
assert kept, f"{found}. It is a step in the right direction; go further"

# %% nbgrader={"grade": true, "grade_id": "L4-hidden-seed", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# From another seed.
kept, found = all_modes(*changed(), seed=3)
assert kept, f"{found}. A change should not hang on one start"
### END HIDDEN TESTS

# %% [markdown]
# Of such runs we have a hundred for each combination of the two momenta. Here are the effective modes after 800
# iterations, in the mean, and how many of the hundred runs then had all eight (8 covered, at least 7 in effect):
#
# | | $G$ with momentum 0.9 | $G$ without |
# |---|---|---|
# | **$D$ with momentum 0.9** | 3.2 modes, 8 of 100 | 1.2 modes, 0 of 100 |
# | **$D$ without** | 7.9 modes, 99 of 100 | 8.0 modes, 100 of 100 |
#
# It is $G$ that collapses, and $D$'s momentum that lets it. With 0.9, $D$ follows an average over about ten
# steps: it darkens the place where the fakes were ten steps ago, and they have left. Take the momentum from $G$
# alone, and it only leaves sooner, as in the left panel of section 3. Take it from $D$ alone, and $D$ answers
# the fakes where they are; then $G$'s momentum does no harm. Whoever lowers *both* betas at once, as is usual,
# never learns which of them it was.
#
# A larger $m$ gives $D$ a better slope for now, to be averaged with nine that are old. Another loss changes
# how strongly $G$ is drawn to the place that $D$ likes best, not how long $D$ goes on liking it.
#
# Two honest limits. A momentum of 0.5 for $D$ is less safe than 0: 97 runs of a hundred would pass the checks,
# where with 0 all did. And late is relative. With $D$'s momentum left at 0.9, but $k = 4$, or a learning rate
# of $G$ four times as small, all of five runs had more than 7 modes in effect after 600 iterations.
#
# ## 5. Let D see more than one
#
# $D$ is a function of one sample. It can learn *where* there are too many fakes, but by then they are
# elsewhere. What it cannot say is "these are all alike", because it never sees two of them. That would be
# the thing to say. It is true of a clump wherever the clump goes, so $G$ cannot run away from it.
#
# Two remedies follow. Neither touches $V$, the losses or Algorithm 1; they only change what $D$ is shown.
#
# **Packing** (Lin et al. 2018). $D$ is shown $k$ samples side by side, as one long vector, and gives one
# logit for the pack. A pack is all data or all fakes, since the two minibatches of $D$'s step are packed apart.
#
# **Minibatch statistics** (a simple form of the minibatch discrimination of Salimans et al. 2016, after
# Karras et al. 2018). Each sample is shown together with a few numbers about its whole minibatch: here,
# the standard deviation of each coordinate.
#
# Why should a pack of two tell $D$ more than the same two samples one by one? Take the eight points again,
# and two generators that are equally bad. The first has lost two modes and shares its mass among the other
# six. The second has all eight, unevenly: four with $1.5 / 8$, four with $0.5 / 8$. About a single sample,
# which is as likely data as fake, the best $D$ is right with probability $\tfrac12 + \tfrac12 \mathrm{TV}$,
# where $\mathrm{TV} = \tfrac12 \sum |p_{data} - p_g|$, the total variation distance, is $\tfrac14$ for
# both. $D$ has as much to say against the one as against the other. And with packs?


# %% tags=["nbval-check-output"]
def what_a_pack_shows():
    data = torch.full((8,), 1 / 8, dtype=torch.float64)
    lost = torch.tensor([1.0] * 6 + [0.0] * 2, dtype=torch.float64) / 6
    uneven = torch.tensor([1.5] * 4 + [0.5] * 4, dtype=torch.float64) / 8

    def packed(p, k):  # the probabilities of all 8**k packs
        return p if k == 1 else torch.outer(packed(p, k - 1), p).flatten()

    print("k   TV, two modes lost   TV, all modes, unevenly")
    for k in (1, 2, 3, 4):
        tv = [(packed(data, k) - packed(p, k)).abs().sum().item() / 2 for p in (lost, uneven)]
        print(f"{k}{tv[0]:15.4f}{tv[1]:20.4f}")


what_a_pack_shows()

# %% [markdown]
# In packs both are easier to see through, but the collapsed one much more so. $D$'s gradient, which is all
# that $G$ hears, now carries a preference for variety. (Lin and co-authors prove a general form of this.)
#
# ### Exercise B6 · part 2, packing
#
# Difficulty 2 of 5 · 10 minutes
#
# Write `pack(x, k)`: a minibatch of $m$ samples of length $d$ becomes $m / k$ rows of length $kd$, each of
# them $k$ whole samples side by side, and each sample is used exactly once. $m$ is a multiple of $k$.
#
# One condition, for this function and the next: make new tensors, as `reshape`, `cat` or `stack` do, and
# write into none (`out[i] = ...`). In section 6 `torch.func.vmap` will run your function on ten
# minibatches at once, and writing into a tensor is one of the few things that it does not allow.
#
# <details><summary>Hint</summary>
#
# A tensor of shape (m, d) lies in memory row after row, so two rows that follow one another already *are*
# one long row. It is a question of looking at them with another shape. What does your function do with
# the six numbers of `torch.arange(6.).reshape(3, 2)` and $k = 3$?
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B6-pack", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pack(x: Tensor, k: int) -> Tensor:
    """k samples side by side in each row.

    x: a minibatch, shape (m, d), with m a multiple of k
    returns: the same samples, shape (m / k, k * d)
    """
    ### BEGIN SOLUTION
    return x.reshape(len(x) // k, -1)  # (m, d) -> (m / k, k * d)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B6-pack-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Six samples of two numbers, in packs of two, three and one.
import torch
from ganlib.checks import as_tensor, quietly

x = torch.arange(12.0).reshape(6, 2)
for k, right in ((2, (3, 4)), (3, (2, 6)), (1, (6, 2))):
    with quietly():
        packs = as_tensor(pack(x.clone(), k), f"pack(x, {k})")
    shape = tuple(packs.shape)
    assert shape != (k, 12 // k) or shape == right, (
        f"pack(x, {k}) of 6 samples has {k} rows; k is the number of samples in a row, not of rows."
    )
    assert shape != (right[0], k, 2) or shape == right, (
        f"pack(x, {k}) has shape {shape}: the samples are together, but D takes each pack as one vector."
    )
    assert shape == right, (
        f"pack(x, {k}) of a (6, 2) minibatch has shape {shape} and should have {right}."
    )

# %% nbgrader={"grade": true, "grade_id": "B6-pack-samples", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Each row is k whole samples, and each sample occurs once.
import torch
from ganlib.checks import as_tensor, quietly

x = torch.arange(24.0).reshape(8, 3)  # the sample (0, 1, 2), the sample (3, 4, 5), ...
for k in (2, 4):
    with quietly():
        packs = as_tensor(pack(x.clone(), k), f"pack(x, {k})")
    assert packs.numel() == x.numel(), (
        f"pack(x, {k}) holds {packs.numel()} numbers, and x {x.numel()}: samples were lost or doubled."
    )
    inside = [tuple(sample.tolist()) for row in packs for sample in row.reshape(-1, 3)]
    samples = {tuple(sample.tolist()) for sample in x}
    torn = [sample for sample in inside if sample not in samples]
    assert not torn, (
        f"pack(x, {k}) has {torn[0]} where a sample should stand: coordinates of different samples were mixed."
    )
    assert len(set(inside)) == len(inside), (
        f"in pack(x, {k}) the sample {max(inside, key=inside.count)} occurs more than once, and others not at "
        "all: a sample packed with itself says nothing of variety."
    )

# %% nbgrader={"grade": true, "grade_id": "B6-pack-hidden-gradient", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# G learns through the pack: every number of every sample has its gradient.
import torch
from ganlib.checks import quietly

x = torch.randn(12, 2, dtype=torch.float64, requires_grad=True)
with quietly():
    packs = pack(x, 3)
assert isinstance(packs, torch.Tensor) and packs.requires_grad, (
    "pack cuts the graph: G learns from the gradient that comes back through it. Was numpy, detach or no_grad used?"
)
packs.sum().backward()
assert torch.equal(x.grad, torch.ones_like(x)), (
    "the gradient of the sum of all packs should be 1 for each number of x: some are missing or counted twice."
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B6-pack-hidden-many", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Five minibatches at once, none mixed with another.
import torch
from ganlib.checks import as_tensor, quietly

x = torch.arange(5.0)[:, None, None].expand(5, 6, 2)  # minibatch i holds nothing but the number i
try:
    with quietly():
        packs = as_tensor(torch.func.vmap(lambda x: pack(x, 2), randomness="different")(x), "pack")
except NotImplementedError:
    raise
except RuntimeError as error:
    raise AssertionError(
        f"under vmap pack stopped with: {str(error)[:200]} ... Make new tensors, and write into none."
    ) from None
assert packs.shape == (5, 3, 4), (
    f"five minibatches became packs of shape {tuple(packs.shape)}, not (5, 3, 4)."
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise B6 · part 3, minibatch statistics
#
# Difficulty 2 of 5 · 10 minutes
#
# Write `minibatch_statistics(x)`: to each sample append the standard deviation, over the minibatch, of each
# coordinate. A minibatch (m, d) becomes (m, 2d), and the last d numbers are the same in every row. Divide
# by $m$ or by $m - 1$, as you like.
#
# Mind the case that all this is about: if $G$ has collapsed altogether, all samples are equal, the standard
# deviation is 0, and its gradient must still be a number.
#
# <details><summary>Hint</summary>
#
# `x.std(dim=0)` has shape (d,); `expand_as(x)` repeats it in every row without copying. The slope of
# $\sqrt v$ at $v = 0$ is infinite, and infinity times 0 is nan; `std` takes care of that, and
# $\sqrt{v + 10^{-8}}$ does too.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B6-statistics", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minibatch_statistics(x: Tensor) -> Tensor:
    """Each sample, and beside it the standard deviation of each coordinate over the minibatch.

    x: a minibatch, shape (m, d)
    returns: shape (m, 2 * d)
    """
    ### BEGIN SOLUTION
    return torch.cat([x, x.std(dim=0, correction=0).expand_as(x)], dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B6-statistics-samples", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The samples come first, and as they were.
import torch
from ganlib.checks import as_tensor, quietly

torch.manual_seed(0)
x = torch.randn(7, 3)
with quietly():
    seen = as_tensor(minibatch_statistics(x.clone()), "minibatch_statistics(x)")
assert tuple(seen.shape) == (7, 6), (
    f"minibatch_statistics of a (7, 3) minibatch has shape {tuple(seen.shape)} and should have (7, 6): "
    "each sample keeps its row, with 3 more numbers."
)
assert torch.allclose(seen[:, :3], x.double(), atol=1e-6), (
    "the first 3 numbers of each row should be the sample itself, neither shifted nor scaled."
)

# %% nbgrader={"grade": true, "grade_id": "B6-statistics-spread", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Coordinates that are spread by 3 and by 0.5, in a minibatch of 1,000.
import torch
from ganlib.checks import as_tensor, quietly

x = torch.linspace(-1, 1, 1000)[:, None] * 3**0.5  # its standard deviation is 1, to a thousandth
x = torch.cat([3 * x + 10, 0.5 * x.flip(0)], dim=1)
with quietly():
    seen = as_tensor(minibatch_statistics(x.clone()), "minibatch_statistics(x)")
assert seen.ndim == 2 and seen.shape[1] == 4, (
    f"the shape should be (1000, 4), but is {tuple(seen.shape)}"
)
spread = seen[:, 2:]
assert (spread - spread[0]).abs().max() < 1e-5, (
    "the appended numbers differ from row to row: they are about the whole minibatch, and the same for "
    "each of its samples (dim=0 runs over samples)."
)
right = torch.tensor([3.0, 0.5], dtype=torch.float64)
for wrong, message in (
    (right**2, "those are the variances; the standard deviation is the square root."),
    (right.flip(0), "the coordinates have changed places."),
    (x.double().mean(dim=0), "those are the means; they say where the samples are, not how alike."),
    (x.double().abs().mean(dim=0), "those are mean absolute values; subtract the mean first."),
    (
        right * (3**0.5 / 2),
        "those are mean absolute deviations; square, average, and take the root.",
    ),
    (x.double().std().expand(2), "that is one number for both coordinates; give each its own."),
    (right.mean().expand(2), "that is the average over coordinates; give each its own."),
    (
        2 * right * 3**0.5,
        "that is the range, largest less smallest; a single stray sample would set it.",
    ),
):
    assert not torch.allclose(spread[0], wrong, rtol=5e-3), (
        f"the appended numbers are {spread[0].tolist()}: {message}"
    )
assert torch.allclose(spread[0], right, rtol=5e-3), (
    f"the appended numbers are {spread[0].tolist()}, where the standard deviations are 3 and 0.5."
)

# %% nbgrader={"grade": true, "grade_id": "B6-statistics-hidden-gradient", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# The gradient of the appended numbers: with it D teaches G to spread its samples.
import torch
from ganlib.checks import quietly

x = torch.tensor([[-1.0, 5.0], [3.0, 5.5]], dtype=torch.float64, requires_grad=True)
with quietly():
    seen = minibatch_statistics(x)
assert isinstance(seen, torch.Tensor) and seen.requires_grad, (
    "minibatch_statistics cuts the graph: G learns from the gradient that comes back through it."
)
assert tuple(seen.shape) == (2, 4), (
    f"two samples of two numbers became {tuple(seen.shape)}, not (2, 4)."
)
(slope,) = torch.autograd.grad(seen[:, 2:].sum(), x, allow_unused=True)
assert slope is not None and slope.abs().max() > 0, (
    "no gradient reaches the samples from the appended numbers (detach? no_grad?): G is told that its samples are "
    "alike, and not how to change it."
)
assert (slope[1] > 0).all() and (slope[0] < 0).all(), (
    f"moving two samples apart should raise the appended numbers; their gradient is {slope.tolist()}."
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B6-statistics-hidden-collapsed", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# All samples equal: the spread is 0 and its gradient finite.
import torch
from ganlib.checks import as_tensor, quietly

x = torch.full((5, 2), 0.7, requires_grad=True)
with quietly():
    seen = minibatch_statistics(x)
    spread = as_tensor(seen, "minibatch_statistics(x)")[:, 2:]
assert (spread.abs() < 2e-3).all(), (
    f"for five equal samples the appended numbers are {spread[0].tolist()}, not 0."
)
if isinstance(seen, torch.Tensor) and seen.requires_grad:
    seen.sum().backward()
    assert x.grad.isfinite().all(), (
        "for five equal samples the gradient is nan: the slope of a square root at 0 is infinite. A G that has "
        "collapsed altogether would get nan for its parameters in the next step. Use std, or sqrt(v + 1e-8)."
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B6-statistics-hidden-many", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Three minibatches at once: each with its own spread.
import torch
from ganlib.checks import as_tensor, quietly

x = torch.linspace(-1, 1, 100)[None, :, None] * torch.tensor([1.0, 2.0, 4.0])[:, None, None]
try:
    with quietly():
        seen = as_tensor(
            torch.func.vmap(minibatch_statistics, randomness="different")(x), "minibatch_statistics"
        )
except NotImplementedError:
    raise
except RuntimeError as error:
    raise AssertionError(
        f"under vmap minibatch_statistics stopped with: {str(error)[:200]} ... Make new tensors, and write into none."
    ) from None
assert tuple(seen.shape) == (3, 100, 2), (
    f"three minibatches of (100, 1) became {tuple(seen.shape)}, not (3, 100, 2)."
)
spread = seen[:, 0, 1]
assert torch.allclose(
    spread / spread[0], torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64), rtol=1e-2
), f"three minibatches with spreads 1 : 2 : 4 got {spread.tolist()}: each should have its own."
### END HIDDEN TESTS

# %% [markdown]
# ## 6. Ten runs, not one
#
# Ten runs take ten times as long as one, unless they are made together. Networks of this size use a
# processor badly: much of the time goes into starting operations, not into doing them. `ganlib.ensemble`
# stacks the parameters of ten networks into tensors with one more dimension and sends ten minibatches
# through them in one pass. `D = Ensemble(make_discriminator, 10)` calls `make_discriminator()` ten times
# and then behaves like one module, from (10, m, d) to (10, m). `train_ensemble` is Algorithm 1 on two of
# them. The ten runs share nothing. Each has its own parameters, data and noise; the losses are added up
# for one backward pass, and the gradient of a sum with respect to the parameters of run 3 is that of run
# 3's loss alone. (A test of `ganlib` trains the same networks one by one and finds the same numbers. On one
# CPU core ten runs at once take less than half the time, `python benchmarks/ensemble.py`.)
#
# ### Exercise B6 · part 4, many runs
#
# Difficulty 3 of 5 · 20 minutes
#
# Write `many_runs`, which trains `runs` GANs on the same recipe, each from networks of its own, and then
# draws 2,500 samples from each trained $G$, with fresh noise from `sample_noise`. Return *all* the
# samples: no choice of the best runs, no average.
#
# `adam(network)` from section 4 makes an optimizer, `train_ensemble(D, G, sample_data, sample_noise,
# steps=..., m=..., opt_d=..., opt_g=..., device="cpu")` trains. A loop over runs with `train` is right
# too, and slower.
#
# <details><summary>Hint</summary>
#
# Two ensembles, two optimizers, one call of `train_ensemble`. Then noise for all runs: `sample_noise(runs *
# 2500)` has shape (runs · 2500, noise_dim), and an ensemble wants (runs, 2500, noise_dim); `unflatten(0,
# (runs, 2500))` is the step between. `torch.no_grad()` spares the graph.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B6-runs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def many_runs(make_discriminator, make_generator, sample_data, sample_noise, runs, steps, m):
    """Train the same recipe many times, and draw from every trained G.

    make_discriminator, make_generator: functions without arguments, each call gives a new network
    sample_data, sample_noise: functions of n that give n fresh rows
    runs: how many GANs to train
    steps: training iterations of each, with k = 1
    m: size of each minibatch
    returns: samples, shape (runs, 2500, d)
    """
    ### BEGIN SOLUTION
    D, G = Ensemble(make_discriminator, runs), Ensemble(make_generator, runs)
    train_ensemble(
        D, G, sample_data, sample_noise, steps=steps, m=m, opt_d=adam(D), opt_g=adam(G),
        device="cpu", progress=False,
    )  # fmt: skip
    with torch.no_grad():
        return G(sample_noise(runs * 2500).unflatten(0, (runs, 2500)))
    ### END SOLUTION


# %% [markdown]
# How to check an experiment without waiting for it? The next cell (read-only) lends your function networks
# whose training is known in advance. Each fake of the $G$ that was made as number $i$ is $(\theta, i, r,
# z_1)$. Only $\theta$ learns: it starts at 0, $D$'s logit is $10 \theta$ for ever, and so every step of
# Adam moves it by 0.001. The number $r$ was drawn at random when the network was made.

# %% nbgrader={"grade": false, "grade_id": "recorded-runs", "locked": true, "schema_version": 3, "solution": false, "task": false}
from types import SimpleNamespace

from ganlib.checks import as_tensor


class KnownGenerator(nn.Module):
    """z -> (theta, number, mark, first number of z); only theta learns."""

    def __init__(self, number):
        super().__init__()
        self.theta = nn.Parameter(torch.zeros(()))
        self.number = nn.Parameter(torch.tensor(float(number)), requires_grad=False)
        self.mark = nn.Parameter(torch.rand(()), requires_grad=False)

    def forward(self, z):
        row = torch.stack([self.theta, self.number, self.mark])
        return torch.cat([row.expand(len(z), 3), z[:, :1]], dim=1)


class KnownDiscriminator(nn.Module):
    """x -> 10 times its first number; w has a gradient of 0 and stays as it is."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return 10 * x[:, 0] + 0 * self.w


def record_runs(runs, steps, m):
    """Play many_runs with known networks; its samples, and how many rows were drawn."""
    torch.manual_seed(0)
    made, data_rows, noise = [], [], []

    def make_generator():
        made.append(KnownGenerator(len(made)))
        return made[-1]

    def sample_data(n):
        data_rows.append(n)
        return torch.full((n, 4), -7.0)

    def sample_noise(n):
        noise.append(torch.randn(n, 3))
        return noise[-1].clone()

    with quietly():
        samples = many_runs(
            KnownDiscriminator, make_generator, sample_data, sample_noise, runs, steps, m
        )
    samples = as_tensor(samples, "what many_runs returns")
    assert samples.shape == (runs, 2500, 4), (
        f"many_runs with runs={runs} returned shape {tuple(samples.shape)}; 2,500 samples of 4 numbers from each run "
        f"are {(runs, 2500, 4)}."
    )
    noise = torch.cat(noise) if noise else torch.empty(0, 3)
    return SimpleNamespace(samples=samples, data_rows=sum(data_rows), noise=noise)


# %% nbgrader={"grade": true, "grade_id": "B6-runs-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# 2,500 samples from each of three runs, and from one.
for runs in (3, 1):
    game = record_runs(runs=runs, steps=2, m=4)
    assert not (game.samples[..., 0] == -7).any(), (
        "what comes back is data, from sample_data; the samples of the trained generators are wanted."
    )

# %% nbgrader={"grade": true, "grade_id": "B6-runs-trained", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Twenty steps of Adam move theta by 0.02, in every run.
from ganlib.checks import expect

game = record_runs(runs=3, steps=20, m=4)
for run in range(3):
    expect(
        game.samples[run, :, 0].mean(),
        0.02,
        f"theta of run {run} after 20 steps",
        slips=[
            (
                0.0,
                "the samples were drawn before the training, or from other networks than the trained ones.",
            ),
            (0.04, "two runs were trained on one network, one after the other."),
            (0.06, "three runs were trained on one network, one after the other."),
            (1.5, "the argument steps is ignored: this is theta after 1,500."),
            (0.001, "this is theta after a single step."),
        ],
        tolerance=5e-4,
    )

# %% nbgrader={"grade": true, "grade_id": "B6-runs-apart", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Three runs are three networks, and no two start alike.
game = record_runs(runs=3, steps=2, m=4)
for column, message in (
    (1, "two runs are one and the same network: make_generator is to be called once for each run."),
    (2, "two runs start from the same random numbers: one seed for all makes ten runs of one."),
):
    for run in range(3):
        values = game.samples[run, :, column]
        assert values.max() == values.min(), (
            f"run {run} holds samples of several networks: keep the runs apart."
        )
    assert len(game.samples[:, 0, column].unique()) == 3, message

# %% nbgrader={"grade": true, "grade_id": "B6-runs-hidden-noise", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# 2,500 different noises in each run, from sample_noise, drawn on top of those of training.
import torch

game = record_runs(runs=2, steps=3, m=5)
known = set(game.noise[:, 0].double().tolist())
for run in range(2):
    z = game.samples[run, :, 3].tolist()
    assert len(set(z)) == 2500, (
        f"run {run} has {len(set(z))} different noises behind its 2,500 samples."
    )
    assert set(z) <= known, (
        "the noise behind the samples does not come from sample_noise: another p_z makes another p_g."
    )
assert len(game.noise) >= 2 * 3 * 5 * 2 + 2500, (
    f"only {len(game.noise)} noises were drawn, 60 of them needed for training: the samples to be judged need fresh ones."
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B6-runs-hidden-budget", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Each step of each run sees m fresh rows of data: 4 runs of 5 steps with m = 6 see 120.
from ganlib.checks import expect

game = record_runs(runs=4, steps=5, m=6)
expect(
    game.data_rows,
    120,
    "the number of data rows drawn by 4 runs of 5 steps with m = 6",
    slips=[
        (
            2000,
            "the argument m is ignored: this is m = 100 (the default of train and train_ensemble).",
        ),
        (1280, "the argument m is ignored: this is m = 64."),
        (30, "all runs learn from one stream of data, as if they were one."),
    ],
)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise B6 · part 5, the difference and its error
#
# Difficulty 2 of 5 · 10 minutes
#
# Ten runs of the plain GAN give ten numbers, ten runs with a remedy ten others. Write `compare(plain,
# remedy)`: the difference of the two means, positive if the remedy's is larger, and its standard error
#
# $$ \sqrt{\frac{s_1^2}{n_1} + \frac{s_2^2}{n_2}}, \qquad
#    s^2 = \frac{1}{n - 1} \sum_i (y_i - \bar y)^2. $$
#
# The runs are independent, so the variances of the two means add up. A difference of less than two
# standard errors may well be luck; more than four is hardly ever.
#
# <details><summary>Hint</summary>
#
# `torch.as_tensor(plain, dtype=torch.float64)` takes lists and tensors. `var()` divides by $n - 1$ in
# PyTorch, and by $n$ in NumPy unless you say `ddof=1`.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B6-compare", "locked": false, "schema_version": 3, "solution": true, "task": false}
def compare(plain, remedy) -> tuple[float, float]:
    """How much larger the mean of one recipe is than that of another.

    plain: one number for each run, shape (n1,), n1 > 1: a tensor or a list
    remedy: likewise, shape (n2,)
    returns: mean of remedy - mean of plain, and the standard error of this difference
    """
    ### BEGIN SOLUTION
    plain = torch.as_tensor(plain, dtype=torch.float64)
    remedy = torch.as_tensor(remedy, dtype=torch.float64)
    difference = remedy.mean() - plain.mean()
    error = (plain.var() / len(plain) + remedy.var() / len(remedy)).sqrt()
    return difference.item(), error.item()
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "compared", "locked": true, "schema_version": 3, "solution": false, "task": false}
def compared(plain, remedy):
    """Both numbers of your compare, as floats."""
    with quietly():
        answer = compare(plain, remedy)
    assert answer is not None, "compare is None: is a return missing?"
    try:
        difference, error = answer
    except (TypeError, ValueError):
        raise AssertionError(
            f"compare should return two numbers, the difference and its error, but returned {answer!r}"
        ) from None
    return as_number(difference, "the difference"), as_number(error, "the standard error")


# %% nbgrader={"grade": true, "grade_id": "B6-compare-difference", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Two means, 2 and 6.
import torch
from ganlib.checks import expect

plain, remedy = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([5.0, 5.0, 8.0])
expect(
    compared(plain, remedy)[0],
    4.0,
    "the difference",
    slips=[
        (-4.0, "the sign: a remedy that is better should come out positive."),
        (3.0, "that is the difference of the medians; take the means."),
        (5.0, "that is the best run less the best; ten runs are not there to be chosen from."),
        (3.464102, "that is the difference over its error, or something like it."),
        (3.0 * 4, "the sums differ by that; take the means."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "B6-compare-error", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The same six numbers: variances 1 and 3, three runs each.
import torch
from ganlib.checks import expect

plain, remedy = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([5.0, 5.0, 8.0])
expect(
    compared(plain, remedy)[1],
    1.154701,
    "the standard error",
    slips=[
        (
            2.0,
            "that is the spread of single runs; the error of a mean of n is smaller by the root of n.",
        ),
        (4.0, "those are the variances, not divided by n and without the root."),
        (4 / 3, "the square root is missing."),
        ((1 / 3) ** 0.5 + 1, "errors of independent means add up in squares."),
        ((8 / 9) ** 0.5, "divide by n - 1 in the variance, not by n."),
        (
            (1 / 3) ** 0.5,
            "the runs of the two recipes are no pairs: run 1 of one has nothing to do with run 1 of the other.",
        ),
        (1.0, "that is the error of the remedy's mean alone; the plain GAN's counts too."),
        (1 - (1 / 3) ** 0.5, "errors do not cancel: the variances add up."),
        ((2 / 3) ** 0.5, "the variances of the two means are added, not subtracted or averaged."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "B6-compare-hidden-sizes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Lists of whole numbers, of different lengths.
from ganlib.checks import expect

try:
    difference, error = compared([8, 1, 1, 2, 8], [8, 8])
except NotImplementedError:
    raise
except (RuntimeError, ValueError, TypeError, AttributeError) as error:
    raise AssertionError(
        f"with two lists of 5 and 2 whole numbers compare stopped with: {error!r}"
    ) from None
expect(difference, 4.0, "the difference for [8, 1, 1, 2, 8] and [8, 8]")
expect(
    error,
    (13.5 / 5) ** 0.5,
    "the standard error for [8, 1, 1, 2, 8] and [8, 8]",
    slips=[
        ((13.5 / 2) ** 0.5, "each variance is divided by the number of its own runs."),
        ((10.8 / 5) ** 0.5, "divide by n - 1 in the variance, not by n."),
        ((13.5 / 7 + 0) ** 0.5, "each variance is divided by the number of its own runs."),
    ],
)
### END HIDDEN TESTS

# %% [markdown]
# ### The experiment
#
# Three recipes on the ring, ten runs of each, 1,500 iterations; the rest is as in section 4. The plain $D$
# reads two numbers, the other two read four: a pack of two samples, or a sample with its two statistics.
# All three see the same number of samples in each step, so packing has half as many logits.
#
# It takes about half a minute. Meanwhile, write down what you expect: how many of the ten plain runs will
# have all eight modes?


# %%
class Look(nn.Module):
    """What D sees of a minibatch, as a layer in front of it."""

    def __init__(self, look):
        super().__init__()
        self.look = look

    def forward(self, x):
        return self.look(x)


def play(look=None, features=2, density=RING, runs=10, steps=1500, m=64):
    """The samples of many runs whose D sees look(x), rows of so many features."""

    def make_discriminator():
        D = Discriminator(features)
        return D if look is None else nn.Sequential(Look(look), D)

    torch.manual_seed(0)
    return many_runs(
        make_discriminator, partial(Generator, 2, 2), Draws(density), Noise(2), runs, steps, m
    )


def scores(samples, density, std):
    """Modes, quality and effective modes of each run, shape (runs, 3)."""
    modes = centers(density)
    return torch.tensor(
        [(*mode_statistics(x, modes, std), effective_modes(x, modes)) for x in samples],
        dtype=torch.float64,
    )


def line(name, rows):
    """One row of a table: means and standard errors over the runs."""
    mean, error = rows.mean(dim=0), rows.std(dim=0) / len(rows) ** 0.5
    return (
        f"{name:21} {mean[0]:6.1f} ± {error[0]:.1f} {mean[1]:9.1%} ± {error[1]:.1%}"
        f" {mean[2]:11.1f} ± {error[2]:.1f}"
    )


HEADING = f"{'means of 10 runs':21}  modes        quality         effective modes"

# %% [markdown]
# The rest is pictures and tables.


# %% tags=["fold"]
def gallery(results):
    """A small panel for each run, a row for each recipe."""
    figure = Figure(figsize=(10, 1.15 * len(results)), layout="constrained")
    panels = figure.subplots(len(results), len(next(iter(results.values()))))
    for row, (name, samples) in zip(panels, results.items()):
        for axes, x in zip(row, samples):
            axes.scatter(*centers(RING).T, s=12, facecolor="none", edgecolor=COLORS["data"], lw=0.7)
            axes.scatter(*x[::2].T, s=0.3, color=COLORS["generator"])
            axes.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal", xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        row[0].set_ylabel(name.replace(" ", "\n"), rotation=0, ha="right", va="center")
    return figure


def strips(tables, best):
    """The effective modes of each run, a strip for each recipe, with their means."""
    figure = Figure(figsize=(7, 2.6), layout="constrained")
    axes = figure.subplots()
    for height, rows in enumerate(tables.values()):
        y = height + 0.12 * torch.linspace(-1, 1, len(rows))
        axes.scatter(rows[:, 2], y, color=COLORS["generator"], alpha=0.7)
        mean = rows[:, 2].mean()
        axes.plot([mean, mean], [height - 0.3, height + 0.3], color=COLORS["discriminator"])
    axes.axvline(best, ls=":", color=COLORS["data"])
    axes.set(xlim=(0.5, best + 0.5), ylim=(len(tables) - 0.5, -0.5))
    axes.set_xlabel("effective modes of each run (line: mean; dotted: all modes)")
    axes.set_yticks(range(len(tables)), tables)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def the_experiment():
    recipes = {
        "plain": {},
        "packing": {"look": partial(pack, k=2), "features": 4},
        "minibatch statistics": {"look": minibatch_statistics, "features": 4},
    }
    results = {name: play(**recipe) for name, recipe in recipes.items()}
    tables = {name: scores(samples, RING, RING_STD) for name, samples in results.items()}
    rows = [line(name, table) for name, table in tables.items()]
    rows.append(line("a perfect generator", scores(RING.sample((10, 2500)), RING, RING_STD)))
    for name in ("packing", "minibatch statistics"):
        difference, error = compare(tables["plain"][:, 2], tables[name][:, 2])
        rows.append(
            f"{name} against plain: {difference:+.1f} ± {error:.1f} effective modes, "
            f"{difference / error:.1f} standard errors"
        )
    print("\n".join([HEADING, *rows]))
    return gallery(results), strips(tables, 8)


panels, distribution = the_experiment()
show(
    panels,
    alt="Three rows of ten small panels, one for each run. Plain: one clump or streak in each. Packing: some "
    "clumps, some clouds that fill the disc. Minibatch statistics: rings of points through the modes.",
)
show(
    distribution,
    alt="Effective modes of ten runs for each recipe. Plain: between 1 and 4. Packing: spread from 1 to 8. "
    "Minibatch statistics: nearly all close to 8.",
)

# %% [markdown]
# Look at the panels first. The ten plain runs are ten clumps and streaks. With minibatch statistics there
# are ten rings, or nearly. No choice of seeds could hide that, and the error says the same in a number: the
# difference is more than ten standard errors. Packing is between the two, and its runs differ from one
# another as much as they can: some fill the disc, some are as collapsed as any plain run. Here ten runs
# give a difference of two or three standard errors. It is probably there, and one would like to see more.
#
# We have: a hundred runs of each recipe, from which tens were drawn at random, 20,000 times. Minibatch
# statistics were ahead of the plain GAN by more than four standard errors every time. Packing was ahead every
# time too, and by more than two standard errors in 99 % of the draws. But of *single* runs, one of each,
# the plain one was ahead in one pair of twelve.
#
# Then look at the quality: about 1 %, where a perfect generator has 98.9 %. The rings are rings of smoke,
# and what the protocol counts as covered modes are lucky hits. At 1,500 iterations the remedy has ended
# the jumping; the fine work has not begun. That takes patience, and the next section has some.
#
# Minibatch statistics work so well here for a reason that should make you careful. The ring and a clump
# differ in their standard deviations, and these are just what $D$ is told. A generator that had lost every
# second mode would pass:


# %% tags=["nbval-check-output"]
def spread_of_half_the_ring():
    modes = centers(RING)
    for name, x in (("all eight modes", modes), ("every second one", modes[::2])):
        spread = minibatch_statistics(x.repeat(1000, 1))[0, 2:]
        print(f"{name}: standard deviations {spread[0]:.3f} and {spread[1]:.3f}")


spread_of_half_the_ring()

# %% [markdown]
# ## 7. Beside the published tables
#
# Here are two published tables of this very test. All of them count by the protocol of section 2; Lin and
# co-authors average over ten runs, Srivastava and co-authors over five.
#
# | modes covered | ring (8) | grid (25) |
# |---|---|---|
# | GAN, in Lin et al. 2018 | 6.3 ± 0.5 | 17.3 ± 0.8 |
# | the same with packing, $k = 2$ | 7.9 ± 0.1 | 23.8 ± 0.7 |
# | GAN, in Srivastava et al. 2017 | 1 | 3.3 |
# | uniform noise on a square (section 2) | 6.1 | 22.5 |
# | a perfect generator | 8 | 25 |
#
# The first and the third line are both "the GAN". Why is the one five or six times the other? Your own plain
# GAN covered about one mode of the ring in section 6. And of the grid?


# %%
def the_grid(steps=500):
    recipes = {
        f"plain, {steps} iterations": play(density=GRID, steps=steps),
        "uniform on a square": 8.8 * torch.rand(10, 2500, 2) - 4.4,
        "a perfect generator": GRID.sample((10, 2500)),
    }
    rows = [line(name, scores(x, GRID, GRID_STD)) for name, x in recipes.items()]
    print("\n".join([HEADING, *rows]))


the_grid()

# %% [markdown]
# It covers fewer modes than noise does. So did the published ones, and that alone would prove nothing against
# a generator that had the quality which noise lacks. Yours has not, after 500 iterations.
#
# ### A longer run, one change at a time
#
# Why two papers differ so much can be seen by changing one thing at a time.
# `python benchmarks/mode_collapse.py` does so: 20 runs of each recipe on the ring, 10 on the grid, judged
# twice. The first line on the ring is your plain GAN of section 6. On the grid $D$ and $G$ have three layers
# of 64, with learning rates of 0.002 for $D$ and 0.001 for $G$. An indented line changes one thing against
# the first of its group. Numbers are means over the runs with standard errors; quality is in per cent; *all*
# counts the runs whose effective number is above 90 % of all modes. It takes nine minutes of CPU time, so the
# next cell only repeats what the script printed, and draws it. Each arrow leads from a recipe's first look to
# its second. A perfect generator would be at the star.


# %%
LONG_RUN = """\
torch 2.13.0+cpu, one thread
                                      after        modes       quality    effective        all
ring, Adam as it comes                1,500    1.1 ± 0.5    0.4 ± 0.2    2.6 ± 0.4    2 of 20
                                      5,000    7.2 ± 0.4   28.1 ± 4.5    7.6 ± 0.2   19 of 20
  Adam's first beta .5                1,500    6.3 ± 0.5    7.4 ± 1.1    7.3 ± 0.4   17 of 20
                                      5,000    7.9 ± 0.1   55.1 ± 2.6    7.7 ± 0.1   17 of 20
  D learns 4 times as fast            1,500    7.2 ± 0.3   12.6 ± 1.9    7.5 ± 0.1   18 of 20
                                      5,000    7.7 ± 0.2   71.1 ± 2.3    6.9 ± 0.2    8 of 20
  noise of std .1 on D's input        1,500    0.7 ± 0.3    0.6 ± 0.4    1.9 ± 0.4    0 of 20
                                      5,000    5.0 ± 0.7    3.4 ± 0.7    6.6 ± 0.6   15 of 20
  packing, k = 2                      1,500    1.9 ± 0.4    0.2 ± 0.0    5.3 ± 0.4    4 of 20
                                      5,000    7.5 ± 0.2   14.0 ± 2.4    8.0 ± 0.0   20 of 20
  minibatch statistics                1,500    6.0 ± 0.3    1.4 ± 0.2    7.7 ± 0.2   19 of 20
                                      5,000    8.0 ± 0.0   48.3 ± 2.1    7.9 ± 0.0   20 of 20
grid, first beta .5, D twice as fast  1,500   16.6 ± 1.0    2.5 ± 0.3   21.9 ± 0.6    5 of 10
                                      8,000   16.2 ± 0.6   41.2 ± 3.1   12.3 ± 0.2    0 of 10
  noise of std .1 on D's input        1,500   17.3 ± 0.9    2.3 ± 0.2   21.9 ± 0.5    4 of 10
                                      8,000   16.9 ± 0.5   43.1 ± 4.3   14.0 ± 0.4    0 of 10
  packing, k = 2                      1,500   18.5 ± 0.9    1.8 ± 0.1   22.0 ± 0.7    7 of 10
                                      8,000   17.6 ± 1.3    6.4 ± 1.6   20.8 ± 0.7    3 of 10
  minibatch statistics                1,500   18.9 ± 0.8    3.4 ± 0.3   24.2 ± 0.1   10 of 10
                                      8,000   17.8 ± 1.0   28.6 ± 4.3   17.3 ± 0.8    0 of 10
"""


def picture_of_the_long_run():
    figure = Figure(figsize=(9.5, 4.6), layout="constrained")
    panels = figure.subplots(1, 2)
    names = ("generator", "data", "discriminator", "grey", "value", "optimum")
    styles = {}  # recipe -> colour and marker, the same in both panels
    column = -1
    for looks in np.reshape(LONG_RUN.splitlines()[2:], (-1, 2)):  # two lines a recipe
        name = looks[0][:37].rstrip()
        column += not name.startswith(" ")
        name = name.strip() if name.startswith(" ") else "plain"
        color, marker = styles.setdefault(
            name, (COLORS[names[len(styles) % 6]], "osDXpP"[len(styles) % 6])
        )
        numbers = [re.findall(r"[\d.]+", look[37:].replace(",", "")) for look in looks]
        (x, y), (u, v) = ((float(n[3]), float(n[5])) for n in numbers)  # quality, effective modes
        arrow = {"arrowstyle": "->", "color": color, "lw": 2}
        panels[column].annotate("", (u, v), (x, y), arrowprops=arrow)
        panels[column].plot(x, y, marker, color=color, label=name)
    for axes, title, best in zip(panels, ("ring, to 5,000 iterations", "grid, to 8,000"), (8, 25)):
        axes.plot(98.9, best, "*", ms=14, color=COLORS["data"], label="a perfect generator")
        axes.set(xlabel="quality (%)", title=title, xlim=(-3, 104), ylim=(0, 1.06 * best))
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("effective modes")
    labels = panels[0].get_legend_handles_labels()
    figure.legend(*labels, loc="outside lower center", ncols=4, frameon=False)
    return figure


print(LONG_RUN)
show(
    picture_of_the_long_run(),
    alt="Effective modes against quality, an arrow for each recipe. Ring: the plain GAN climbs from 2.6 to 7.6 "
    "modes; minibatch statistics and a first beta of .5 go to the right near 8; the fast D goes furthest to the "
    "right, and down to 6.9. Grid: the plain GAN goes right and steeply down, from 22 to 12; packing stays at the "
    "upper left; minibatch statistics are between the two.",
)

# %% [markdown]
# **What explains 1 against 6.3.** The same recipe covers 1.1 modes or 7.2, according to how long it is
# trained. At the same 1,500 iterations it covers 1.1 or 6.3, according to one number in Adam. The two
# papers agree on the data and on how to count, and on neither of these; nor on the networks. Lin's code, for
# one, has a $G$ of four hidden layers of 400 with batch norm and a $D$ of three maxout layers, a learning
# rate of 0.0001 and a first beta of 0.8, and trains for 400,000 iterations, eighty times as long as our
# longer look at the ring. A number of modes belongs to a whole recipe, not to a method. Compare numbers
# within one table, never across two.
#
# **What helped on the ring.** Minibatch statistics were first in variety at 1,500 iterations, and at 5,000 all
# 20 runs had all modes and more quality than the plain GAN. Packing kept all modes in 20 of 20 as well, and
# paid in quality: half of what the plain GAN had by then. The cheapest remedy is no remedy but a setting,
# 0.5 for 0.9 as Adam's first beta. With 0.9 each move follows an average over about ten steps, so each
# player chases the place where the other was ten steps ago; in section 4 it was $D$'s delay that did the
# harm. On the saddle $V = xy$ of notebook 02, with moves in turns, momentum is enough to spoil what was a
# closed orbit:


# %% tags=["nbval-check-output"]
def momentum_on_the_saddle(lr=0.1, steps=200):
    for beta in (0.0, 0.5, 0.9):
        x, y, mean_x, mean_y = 1.0, 0.0, 0.0, 0.0  # a point, and running means of its gradients
        for _ in range(steps):
            mean_x = beta * mean_x + (1 - beta) * y
            x -= lr * mean_x
            mean_y = beta * mean_y + (1 - beta) * x
            y += lr * mean_y
        print(f"beta {beta:g}: from distance 1 to {math.hypot(x, y):.1f} in {steps} steps")


momentum_on_the_saddle()

# %% [markdown]
# ([Gidel et al. 2019](https://arxiv.org/abs/1807.04740) study this, and find that on such a game momentum
# should be negative.) Notebook 03 had 0.0, and notebook 07 will find again that momentum hurts.
#
# **What did not.** On the ring, noise on $D$'s inputs did harm if anything, to quality most: its 0.1 is ten
# times the width of a mode. On the grid, where it is twice the width, it kept a little more variety at no cost
# in quality; and in notebook 07 it earns its place. Nor should one forget that the plain GAN, given 5,000
# iterations, found nearly all modes of the ring by itself. What the remedies cured there is mostly a long and
# chaotic beginning.
#
# **There is a second way to lose modes.** Look at the fast $D$. At 1,500 iterations it has the best quality
# of all, and variety to match; at 5,000 its quality is the best by far, and it has *fewer* modes in effect
# than before, with 8 complete runs of 20 instead of 18. The grid shows the same at larger scale. While
# quality rises from 2.5 to 41 %, the effective modes of the plain GAN fall from 22 to 12. Nothing jumps here.
# Early on the samples are smoke that touches every mode. As it condenses, some modes get more than their
# share and others nothing, and where $G$ has no samples, nobody asks $D$ for a slope. This is the collapse
# that one meets in practice: good samples, and few kinds of them. Both remedies slow it down (17 and 21
# effective modes instead of 12), both at a price in quality, and neither stops it. Which is the better
# generator depends on what it is for.
#
# **What the protocol shows of all this.** The column of modes at 8,000 iterations on the grid reads 16.2,
# 16.9, 17.6, 17.8. From that alone nobody could tell the four recipes apart.
#
# Two other families of remedies have not been tried here. *Unrolling* lets $G$ look some steps of $D$ ahead
# before it answers ([Metz et al. 2017](https://arxiv.org/abs/1611.02163)), which goes to the root of
# section 3; it costs a gradient through those steps. *Gradient penalties* keep $D$'s slopes small near the
# data ([Mescheder et al. 2018](https://arxiv.org/abs/1801.04406)), which damps the chase. `play` takes any
# function of a minibatch as `look`, so further remedies of that kind are for you to try: larger packs,
# distances to the nearest neighbour, statistics of half the minibatch. Ten runs each.

# %% [markdown]
# ## Summary
#
# A generator collapses because its best answer to any fixed $D$ is a point, and it jumps from point to
# point when it moves further than $D$ can follow, or settles on a part of the modes when $D$ is fast and
# has nothing to say where no fakes are. Modes can be counted where they are known, but the count means
# nothing without the share of good samples and says nothing of how evenly they are spread; noise covers 22
# modes of 25. Showing $D$ several samples at once keeps variety at some cost in quality, a smaller first beta
# does much of the same for nothing, and a comparison of recipes needs many runs, an error on the
# difference and one table for both.
#
# What is left open: all of this worked because somebody had handed us the list of modes. Real images come
# without one. Notebook 07 takes Algorithm 1 to handwritten digits, and has to find other ways to ask what
# has been lost.
#
# ## Further reading
#
# - I. Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*, 2016,
#   [arXiv:1701.00160](https://arxiv.org/abs/1701.00160). Section 5.1.1 on mode collapse, and on minimax
#   against maximin.
# - Z. Lin, A. Khetan, G. Fanti, S. Oh, *PacGAN: The power of two samples in generative adversarial
#   networks*, Advances in Neural Information Processing Systems 31, 2018,
#   [arXiv:1712.04086](https://arxiv.org/abs/1712.04086). Packing, the theory behind the table of section 5,
#   and the experiments on ring and grid.
# - A. Srivastava, L. Valkov, C. Russell, M. U. Gutmann, C. Sutton, *VEEGAN: Reducing Mode Collapse in GANs
#   using Implicit Variational Learning*, Advances in Neural Information Processing Systems 30, 2017,
#   [arXiv:1705.07761](https://arxiv.org/abs/1705.07761). The protocol of section 2, and a remedy that maps
#   data back to noise.
# - T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford, X. Chen, *Improved Techniques for Training
#   GANs*, Advances in Neural Information Processing Systems 29, 2016,
#   [arXiv:1606.03498](https://arxiv.org/abs/1606.03498). Section 3.2 is minibatch discrimination; its simple
#   form is in section 3 of T. Karras, T. Aila, S. Laine, J. Lehtinen, *Progressive Growing of GANs for
#   Improved Quality, Stability, and Variation*, International Conference on Learning Representations, 2018,
#   [arXiv:1710.10196](https://arxiv.org/abs/1710.10196).
