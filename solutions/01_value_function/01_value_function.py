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
# # 01 · The value function
#
# A drawer holds 60,000 pictures of handwritten digits, and you want the 60,001st: a new
# one, that nobody wrote, but that could have been in the drawer. In the language of
# probability, the pictures are samples of an unknown distribution $p_{data}$, and you want
# another sample of it. You need not write the distribution down. You only need to draw
# from it.
#
# A generative adversarial network (GAN) learns to draw by a game between two players. This
# notebook is about the score of that game, the **value function** $V(D, G)$. Nothing is trained
# yet.
#
# **Contents:** [1. A generator transforms noise](#1.-A-generator-transforms-noise) ·
# [2. A discriminator classifies](#2.-A-discriminator-classifies) ·
# [3. From cross-entropy to V](#3.-From-cross-entropy-to-V) ·
# [4. Logits](#4.-Logits) ·
# [5. V as an integral](#5.-V-as-an-integral) ·
# [6. Play: the game on one axis](#6.-Play:-the-game-on-one-axis) ·
# [7. Reading formulas with care](#7.-Reading-formulas-with-care) ·
# [Summary](#Summary)
#
# By the end you can
#
# - say what a generator is, and turn uniform noise into a bell curve by hand;
# - derive $V(D, G)$ from binary cross-entropy, the loss of any two-class classifier;
# - compute $V$ in three ways, from probabilities, from logits and as an integral, and say
#   when each can be trusted;
# - find the slip in a formula by trying it on numbers.
#
# All this stands in section 3 of
# [Goodfellow et al. 2014](https://arxiv.org/abs/1406.2661). Allow about 75 minutes.
# Logarithms are natural, so every value below is in *nats*.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ganlib.checks import Answers
from ganlib.plotting import COLORS, plot_value, show

# %% [markdown]
# ## 1. A generator transforms noise
#
# A computer has one source of randomness: numbers $u$ spread evenly between 0 and 1. All
# other samples are *made* from them. Feed the noise $u$ into a function, and out come
# samples of some other distribution; choose the function well, and they follow the
# distribution that you want.
#
# For one number at a time there is a recipe that always works. Let $F(x)$ be the cumulative
# distribution function of the target, the probability that a sample is at most $x$. It
# climbs from 0 to 1, so it has an inverse $F^{-1}$, and
#
# $$ x = F^{-1}(u), \qquad u \sim U(0, 1) $$
#
# has exactly the distribution $F$. The reason fits on a line: $x \le t$ holds when
# $u \le F(t)$, and a uniform $u$ is below $F(t)$ with probability $F(t)$.
#
# For the normal distribution $N(\text{mean}, \text{std}^2)$ the inverse is known through the error
# function, $F^{-1}(u) = \text{mean} + \text{std} \cdot \sqrt 2 \, \mathrm{erf}^{-1}(2u - 1)$.
#
# ### Exercise A1 · uniform noise becomes a bell
#
# Difficulty 1 of 5 · 10 minutes
#
# Write `transform_uniform(u, mean, std)`. It is a generator in the full sense of the word,
# only with no parameters to learn: noise in, samples out.
#
# <details><summary>Hint</summary>
#
# `torch.erfinv` is the inverse of the error function, and `torch.special.ndtri(u)` is the
# whole $F^{-1}$ of $N(0, 1)$. In either case, ask what $u = \tfrac12$ should become.
#
# </details>
#
# What you should see when your function works:
#
# ![Left: a flat histogram of uniform noise. Right: the histogram of its transformation, which follows the bell curve of N(3, 2 squared).](images/a1-transform.png)


# %% nbgrader={"grade": false, "grade_id": "A1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def transform_uniform(u: Tensor, mean: float = 0.0, std: float = 1.0) -> Tensor:
    """Turn uniform noise into normal samples by the inverse cumulative distribution.

    u: samples of U(0, 1), any shape
    returns: samples of N(mean, std**2), same shape
    """
    ### BEGIN SOLUTION
    return mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1)
    ### END SOLUTION


# %% [markdown]
# Below are the checks, folded: a click opens one. Each tests one thing, says nothing if all is
# well, and otherwise says what it has found. Run them as often as you like.


# %% nbgrader={"grade": true, "grade_id": "A1-median", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The middle of the noise becomes the middle of the bell.
import torch
from ganlib.checks import as_number, expect, quietly

half = torch.tensor([0.5])
with quietly():
    first, second = (
        as_number(transform_uniform(half, 3.0, 2.0), "transform_uniform(0.5, mean=3, std=2)")
        for _ in range(2)
    )
assert first == second, (
    "The same u gave two different x: a generator is a function of its noise, "
    "so no new randomness may be drawn inside."
)
expect(
    first,
    3.0,
    "transform_uniform(0.5, mean=3, std=2)",
    slips=[
        (2.0, "mean and std have changed places."),
        (3 + 2 * 0.67449, "erfinv wants numbers between -1 and 1, so 2u - 1 and not u."),
        (3 + 2 * 0.47694, "erfinv wants numbers between -1 and 1, so 2u - 1 and not u."),
        (3 + 2 * 0.69146, "that is the distribution function F; its inverse is wanted."),
        (0.1056498, "that is the distribution function F; its inverse is wanted."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A1-scale", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A share of 84.13 % of a bell lies below mean + std.
import torch
from ganlib.checks import expect, quietly

u = torch.tensor([0.8413447])
with quietly():
    x = transform_uniform(u, 1.0, 3.0)
expect(
    x,
    4.0,
    "transform_uniform(0.8413, mean=1, std=3)",
    slips=[
        (1 + 9.0, "the scale is the variance std**2; it should be std."),
        (1 + 3 / 2**0.5, "erfinv belongs to a bell of variance 1/2: a factor sqrt(2) is missing."),
        (1 + 3 * 2**0.5, "there is one factor sqrt(2) too many."),
        (1 + 3 * 0.3413447 * 12**0.5, "mean and std are right, but it is still a flat box."),
        (1 + 3 * 0.3413447, "u was only shifted and stretched; that leaves a flat box."),
    ],
    tolerance=1e-3,
)

# %% nbgrader={"grade": true, "grade_id": "A1-hidden-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# One number in, one number out, whatever the shape and the precision.
import torch
from ganlib.checks import as_tensor, quietly

for shape in [(7,), (3, 4), ()]:
    u = torch.full(shape, 0.25, dtype=torch.float64)
    with quietly():
        x = as_tensor(transform_uniform(u), "transform_uniform(0.25)")
    assert tuple(x.shape) == shape, (
        f"Noise of shape {shape} became samples of shape {tuple(x.shape)}: "
        "each u should give one x, in its place."
    )
    assert (x + 0.6744897501960817).abs().max() < 1e-6, (
        "transform_uniform(0.25) should be -0.67449, the lower quartile of N(0, 1)."
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A1-hidden-bell", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Order is kept, and the quantiles are those of a bell.
import torch
from ganlib.checks import as_tensor, quietly

u = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
with quietly():
    x = as_tensor(transform_uniform(u, -2.0, 0.5), "transform_uniform(u, -2, 0.5)")
assert (x.diff() > 0).all(), (
    "A larger u must give a larger x, because F climbs and so does its inverse."
)
share = ((x + 2).abs() < 0.5).double().mean().item()
assert abs(share - 0.6827) < 0.005, (
    f"{share:.1%} of the samples lie within one std of the mean; in a bell it is 68.3 %, "
    "in a flat box 57.7 %."
)
### END HIDDEN TESTS


# %% picture="a1-transform.png"
def picture_of_a_transformation():
    torch.manual_seed(1)
    u = torch.rand(20_000)
    x = transform_uniform(u, mean=3.0, std=2.0)
    grid = torch.linspace(-5, 11, 400)
    bell = torch.distributions.Normal(3.0, 2.0).log_prob(grid).exp()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 2.8), layout="constrained")
    noise, data = figure.subplots(1, 2)
    noise.hist(u, bins=50, density=True, color=COLORS["grey"])
    noise.set(xlabel="u", ylabel="density", title="noise: U(0, 1)")
    data.hist(x, bins=80, density=True, color=COLORS["generator"], alpha=0.6)
    data.plot(grid, bell, ":", color=COLORS["data"], lw=2.5, label="N(3, 2²)")
    data.set(xlabel="x", title="the same noise, transformed")
    data.legend(frameon=False)
    return figure


show(
    picture_of_a_transformation(),
    alt="Left: a flat histogram of uniform noise. Right: the histogram of its transformation, "
    "which follows the bell curve of N(3, 2 squared).",
)

# %% [markdown]
# This is all that a generator $G$ ever does. Its noise is called $z$, with a simple
# distribution $p_z$ that we choose; its output is $x = G(z)$; and the distribution which
# that output happens to have is called $p_g$. Nobody writes $p_g$ down. It is what comes
# out.
#
# Two things change from here on. A picture of a digit is not one number but 784, and in
# 784 dimensions there is no cumulative distribution function to invert. And even in one
# dimension we had to know $p_{data}$ to write its $F^{-1}$, while in real life we have
# nothing but samples. So $G$ will be a network with parameters $\theta_g$, and something has
# to tell it how far its samples are from data.

# %% [markdown]
# ## 2. A discriminator classifies
#
# The idea of Goodfellow and his co-authors is to ask a second network. Show it a sample $x$
# and let it answer one question: is this data, or did $G$ make it? Its answer $D(x)$ is a
# probability, 1 for "surely data" and 0 for "surely fake". If a good $D$ cannot tell the two
# apart, then neither can we, and the fakes are as good as the data.
#
# A network that answers a yes-or-no question is a binary classifier, and there is a standard
# way to score one. Write $y = 1$ when $x$ is data and $y = 0$ when it is fake, and
# $\hat y = D(x)$. The classifier gave the truth the probability $\hat y$ if $y = 1$, and
# $1 - \hat y$ if $y = 0$. Its loss is the negative logarithm of that probability, the
# **binary cross-entropy**
#
# $$ L(\hat y, y) = -\bigl[\, y \log \hat y + (1 - y) \log (1 - \hat y) \,\bigr]. $$
#
# One of the two terms is always switched off by its factor. The minus sign makes a loss of
# it: certain and right costs 0, undecided costs $\log 2 \approx 0.693$, and certain and wrong
# costs $\infty$. Some lecture notes leave the minus out; then a better classifier has a higher
# value, and it must be maximised.
#
# ### Exercise A2 · binary cross-entropy
#
# Difficulty 2 of 5 · 10 minutes
#
# Write `binary_cross_entropy(y_hat, y)`, the mean over a minibatch. One practical demand: an
# infinite loss would end a training run, so for $\hat y$ exactly 0 or 1 the result must stay
# finite: almost 0 where the answer is right, and large (more than 5) where it is wrong.
#
# <details><summary>Hint</summary>
#
# Keep $\hat y$ a little away from both ends with `clamp`. How little? A 32-bit float near 1
# has a spacing of about $6 \cdot 10^{-8}$: in float32, `1 - 1e-12` *is* 1, and a clamp that
# small does nothing. PyTorch takes another way and clamps the logarithm, at −100.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "A2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def binary_cross_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    """Mean binary cross-entropy in nats; finite even where y_hat is exactly 0 or 1.

    y_hat: probabilities that y = 1, shape (m,)
    y: the truth, 0. or 1., shape (m,)
    returns: a scalar
    """
    ### BEGIN SOLUTION
    y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
    return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A2-terms", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# One sample at a time: the truth had probability 0.8, then 0.2.
import math
import torch
from ganlib.checks import expect, quietly

for truth, right, other in [(1.0, 0.8, 0.2), (0.0, 0.2, 0.8)]:
    with quietly():
        loss = binary_cross_entropy(torch.tensor([0.8]), torch.tensor([truth]))
    expect(
        loss,
        -math.log(right),
        f"The loss for y_hat = 0.8 and y = {truth:.0f}",
        slips=[
            (math.log(right), "a loss is never negative: the minus sign is missing."),
            (-math.log(other), "the labels are swapped: y = 1 belongs to log(y_hat)."),
            (0.0, "the term for y = 0, (1 - y) log(1 - y_hat), is missing."),
            (-math.log10(right), "use the natural logarithm, not log10."),
            (-math.log2(right), "use the natural logarithm, not log2."),
            (1 - right, "the logarithm is missing."),
        ],
    )

# %% nbgrader={"grade": true, "grade_id": "A2-average", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A minibatch of four; each prediction belongs to the label in the same place.
import torch
from ganlib.checks import expect, quietly

with quietly():
    loss = binary_cross_entropy(
        torch.tensor([0.9, 0.6, 0.3, 0.2]), torch.tensor([1.0, 0.0, 1.0, 0.0])
    )
expect(
    loss,
    0.612192,
    "The loss of a minibatch of four",
    slips=[
        (2.448768, "this is the sum; the mean over the minibatch is wanted."),
        (1.224384, "divided by 2 instead of by the size of the minibatch."),
        (
            0.903536,
            "every prediction was paired with every label. Shapes (m, 1) and (m,) broadcast "
            "to (m, m).",
        ),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A2-hidden-certain", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Exactly 0 and exactly 1, in both precisions.
import torch
from ganlib.checks import as_number, quietly

for dtype in (torch.float32, torch.float64):
    sure = torch.tensor([0.0, 1.0], dtype=dtype)
    with quietly():
        right = as_number(
            binary_cross_entropy(sure.clone(), sure.clone()), "The loss of certain, right answers"
        )
        for y_hat, y in zip(sure, 1 - sure):
            wrong = as_number(
                binary_cross_entropy(y_hat.reshape(1), y.reshape(1)),
                "The loss of a certain, wrong answer",
            )
            assert wrong < float("inf"), (
                f"The loss for y_hat = {y_hat:.0f}, y = {y:.0f} is infinite in {dtype}. Is your "
                "epsilon below the spacing of floats near 1, so that 1 - epsilon is 1?"
            )
            assert wrong > 5, (
                f"The loss for y_hat = {y_hat:.0f}, y = {y:.0f} is {wrong:.3g}; certain and "
                "wrong should cost a lot, more than 5."
            )
    assert abs(right) < 1e-3, (
        f"Certain and right should cost almost nothing, but costs {right:.3g}: is epsilon "
        "too large?"
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A2-hidden-undecided", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Undecided costs log 2, however large the minibatch.
import math
import torch
from ganlib.checks import expect, quietly

for m in (1, 10, 1000):
    with quietly():
        loss = binary_cross_entropy(torch.full((m,), 0.5), (torch.arange(m) % 2).float())
    expect(
        loss,
        math.log(2),
        f"The loss of y_hat = 1/2 for m = {m}",
        slips=[
            (m * math.log(2), "the loss grows with the minibatch: take the mean."),
            (-math.log(2), "a loss is never negative: the minus sign is missing."),
        ],
    )
### END HIDDEN TESTS


# %% tags=["nbval-check-output"]
def compare_with_torch():
    torch.manual_seed(2)
    y_hat, y = torch.rand(1000), torch.randint(0, 2, (1000,)).float()
    theirs = torch.nn.functional.binary_cross_entropy(y_hat, y)
    difference = abs(float(binary_cross_entropy(y_hat, y)) - float(theirs))
    print(f"yours agrees with torch's to 1e-5: {difference < 1e-5}")


compare_with_torch()

# %% [markdown]
# ## 3. From cross-entropy to V
#
# Now let the classifier be $D$ and give it a minibatch that is half data, half fakes: $m$
# samples $x_1, \dots, x_m$ of data, all with $y = 1$, and $m$ fakes $G(z_1), \dots, G(z_m)$, all
# with $y = 0$. On data only the first term survives, on fakes only the second:
#
# | | label | what is left of $-L$ |
# |---|---|---|
# | data $x$ | $y = 1$ | $\log D(x)$ |
# | fake $G(z)$ | $y = 0$ | $\log\,(1 - D(G(z)))$ |
#
# Add the average over the data to the average over the fakes, and keep the sign that makes
# *better* mean *larger*. With more and more samples the averages become expectations, and
# there stands equation 1 of the paper, the value function:
#
# $$ V(D, G) = \mathbb E_{x \sim p_{data}} \bigl[\log D(x)\bigr]
#   + \mathbb E_{z \sim p_z} \bigl[\log\,(1 - D(G(z)))\bigr]. $$
#
# So $V$ is *minus the sum of two cross-entropies*, one for each kind of sample. $D$ plays to make
# it large, because that means telling data from fakes. $G$ plays to make it small, because
# that means fooling $D$:
#
# $$ \min_G \max_D \; V(D, G). $$
#
# Read it from the inside out: for each $G$ first find the $D$ that does best against it;
# then choose the $G$ for which even that best $D$ does badly. Both logarithms are of
# probabilities, so $V$ is never above 0. A $D$ that always answers $\tfrac12$ gets
# $2 \log \tfrac12 = -\log 4 \approx -1.386$, and you will meet this number again and again.
#
# ### Exercise A3 · the value by Monte Carlo
#
# Difficulty 2 of 5 · 8 minutes
#
# Write `value_function(d_real, d_fake)`. Its arguments are what $D$ has answered, on data and
# on fakes; replace each expectation by the mean over its own minibatch. The two batches need
# not have the same size.
#
# <details><summary>Hint</summary>
#
# Two means, one sum. The logarithm comes before the mean: $\log$ of a mean is another number.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "A3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def value_function(d_real: Tensor, d_fake: Tensor) -> Tensor:
    """V(D, G) in nats, estimated from D's answers.

    d_real: D(x) on data, probabilities strictly between 0 and 1, shape (m,)
    d_fake: D(G(z)) on fakes, likewise, shape (n,)
    returns: a scalar
    """
    ### BEGIN SOLUTION
    return torch.log(d_real).mean() + torch.log(1 - d_fake).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A3-guessing", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A D that always answers 1/2.
import math
import torch
from ganlib.checks import expect, quietly

with quietly():
    v = value_function(torch.full((4,), 0.5), torch.full((4,), 0.5))
expect(
    v,
    -math.log(4),
    "V for a D that always answers 1/2",
    slips=[
        (math.log(4), "that is the loss of D; V itself has no minus sign and is never above 0."),
        (-math.log(2), "V is the sum of the two means, not their mean."),
        (-4 * math.log(4), "the sum was taken over the minibatch; the mean is wanted."),
        (-2 * math.log10(2), "use the natural logarithm, not log10."),
        (1.0, "the logarithms are missing."),
        (0.0, "one of the two terms has the wrong sign: V is the sum of two negative terms."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A3-terms", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# D is good: 0.9 on data, 0.2 on a fake.
import torch
from ganlib.checks import expect, quietly

with quietly():
    v = value_function(torch.tensor([0.9]), torch.tensor([0.2]))
expect(
    v,
    -0.328504,
    "V for D(x) = 0.9 and D(G(z)) = 0.2",
    slips=[
        (-1.714798, "a fake earns D log(1 - D(G(z))), not log D(G(z))."),
        (-3.912023, "the roles of data and fakes are swapped."),
        (0.328504, "that is the loss of D; V itself has no minus sign."),
        (0.117783, "the two terms are added, not subtracted."),
        (0.676856, "the log of D(x) is missing in the first term."),
        (-0.446287, "the fake is scored twice and the data not at all."),
        (-2.407946, "both terms are taken on data."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A3-average", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Two answers on data, three on fakes: each term has its own mean.
import torch
from ganlib.checks import expect, quietly

with quietly():
    v = value_function(torch.tensor([0.9, 0.4]), torch.tensor([0.1, 0.5, 0.7]))
expect(
    v,
    -1.178319,
    "V of two data and three fakes",
    slips=[
        (-3.024132, "this is the sum; average over the minibatch."),
        (-0.604826, "both batches went into one mean; each has its own."),
        (-1.209653, "both batches went into one mean; each has its own."),
        (-0.998767, "the logarithm comes before the mean, not after it."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A3-hidden-bounds", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# V approaches 0 for a perfect D, and falls without end for one that is fooled.
import math
import torch
from ganlib.checks import as_number, expect, quietly

with quietly():
    perfect = value_function(torch.tensor([1 - 1e-6]), torch.tensor([1e-6]))
    fooled = value_function(torch.tensor([1e-6]), torch.tensor([0.5]))
expect(perfect, 0.0, "V of an almost perfect D", tolerance=1e-5)
assert as_number(fooled, "V of a D that is fooled") < -14, (
    "A D that gives data the probability 1e-6 should have V below -14: is something clipped?"
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A3-hidden-sizes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Copies of a minibatch change nothing, in float64 as in float32.
import torch
from ganlib.checks import expect, quietly

d_real = torch.tensor([0.7, 0.6], dtype=torch.float64)
d_fake = torch.tensor([0.35], dtype=torch.float64)
right = (d_real.log().mean() + (1 - d_fake).log().mean()).item()
with quietly():
    v = value_function(d_real.repeat(5), d_fake.repeat(7))
expect(v, right, "V of 10 data and 7 fakes", tolerance=1e-6)
### END HIDDEN TESTS


# %% tags=["nbval-check-output"]
# The claim above, "minus the sum of two cross-entropies", on numbers.
def value_from_cross_entropy():
    torch.manual_seed(3)
    d_real, d_fake = 0.5 + 0.5 * torch.rand(100), 0.6 * torch.rand(100)
    cross_entropy = torch.nn.functional.binary_cross_entropy
    on_data = cross_entropy(d_real, torch.ones(100))
    on_fakes = cross_entropy(d_fake, torch.zeros(100))
    v = float(value_function(d_real, d_fake))
    print(f"V = {v:.4f}, minus both cross-entropies = {-(on_data + on_fakes).item():.4f}")


value_from_cross_entropy()

# %% [markdown]
# ## 4. Logits
#
# A network's last layer gives any real number $a(x)$, the **logit**, and the sigmoid $\sigma$ squeezes
# it into a probability, $D(x) = \sigma(a) = 1 / (1 + e^{-a})$, where $a$ is short for $a(x)$. On paper
# we may go through $D(x)$ whenever we like. On a computer we may not.

# %% tags=["nbval-check-output"]
# What float32 makes of log sigmoid(a), against the truth; and of its gradient.
print("logit a   log(sigmoid(a))  its gradient   logsigmoid(a)  its gradient")
for number in (-5.0, -50.0, -110.0):
    a = torch.tensor([number], requires_grad=True)
    d = torch.sigmoid(a)
    naive = torch.log(d).sum()
    (naive_gradient,) = torch.autograd.grad(naive, a)
    exact = logsigmoid(a).sum()
    (gradient,) = torch.autograd.grad(exact, a)
    print(
        f"{number:7.0f} {naive.item():17.4f} {naive_gradient.item():13.4f} "
        f"{exact.item():15.4f} {gradient.item():13.4f}"
    )

# %% [markdown]
# At $a = -110$ the sigmoid is $e^{-110} \approx 10^{-48}$, too small for float32, which makes it 0. The
# logarithm of that is $-\infty$, and the gradient is not a number. One such number spreads to
# all parameters in a single step, and the run is over. Yet the true value, −110, is perfectly
# harmless. The way around is never to form the probability:
#
# $$ \log \sigma(a) = -\log (1 + e^{-a}) = -\mathrm{softplus}(-a), \qquad
#    \log\,(1 - \sigma(a)) = \log \sigma(-a). $$
#
# The second identity holds because $1 - \sigma(a) = \sigma(-a)$: swapping "data" for "fake" flips
# the sign of the logit. `torch.nn.functional.logsigmoid` computes the first for any $a$. From now
# on every discriminator in this course returns logits.
#
# ### Exercise A4 · the value from logits
#
# Difficulty 2 of 5 · 8 minutes
#
# Write `value_from_logits(real_logits, fake_logits)`. It must be exact at logits of ±1000 and
# differentiable: training is about to follow its gradient.
#
# <details><summary>Hint</summary>
#
# `logsigmoid`, twice, with one minus sign inside. No `sigmoid` anywhere.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "A4", "locked": false, "schema_version": 3, "solution": true, "task": false}
def value_from_logits(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """V(D, G) in nats, from the logits of D.

    real_logits: a(x) on data, any real numbers, shape (m,)
    fake_logits: a(G(z)) on fakes, shape (n,)
    returns: a scalar that can be differentiated
    """
    ### BEGIN SOLUTION
    return logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A4-agrees", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# On moderate logits, the same value as from probabilities.
import torch
from ganlib.checks import expect, quietly

with quietly():
    v = value_from_logits(torch.tensor([2.0, -0.5, 1.0]), torch.tensor([-1.0, 0.5]))
expect(
    v,
    -1.115092,
    "V of moderate logits",
    slips=[
        (1.115092, "that is the loss of D; V has no minus sign."),
        (-1.365092, "the fakes need a minus: log(1 - sigmoid(a)) = logsigmoid(-a)."),
        (-2.198425, "the minus sign is on the data instead of the fakes."),
        (-1.948425, "the minus sign belongs to the fakes alone."),
        (-2.701605, "average over the minibatch; this is the sum."),
        (1.422247, "1 - logsigmoid(a) is not log(1 - sigmoid(a))."),
        (-0.771925, "1 - sigmoid(a) is sigmoid(-a), not sigmoid(1 - a)."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A4-extreme", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Logits of +-1000: right and wrong beyond all doubt.
import torch
from ganlib.checks import as_number, as_tensor, expect, quietly

high, low = torch.tensor([1000.0]), torch.tensor([-1000.0])
with quietly():
    right, wrong = value_from_logits(high, low), value_from_logits(low, high)
for v in (right, wrong):
    number = as_tensor(v, "V at logits of 1000")
    assert number.isfinite().all(), (
        "V is not finite at logits of 1000: somewhere a sigmoid was rounded to 0 or 1 before "
        "its logarithm was taken."
    )
expect(right, 0.0, "V for logits 1000 on data and -1000 on a fake")
number = as_number(wrong, "V for logits -1000 on data and 1000 on a fake")
assert abs(number + 2000) < 0.01, (
    f"V for logits -1000 on data and 1000 on a fake is {number:.4g} and should be -2000: "
    "a clamp keeps the logarithm finite, but it is no longer exact."
)

# %% nbgrader={"grade": true, "grade_id": "A4-hidden-gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# The gradient in a logit: 1 - sigmoid(a) on data, -sigmoid(a) on fakes, each over its m.
import torch
from ganlib.checks import quietly

real = torch.tensor([-1000.0, 0.0, 1000.0], requires_grad=True)
fake = torch.tensor([1000.0, 0.0], requires_grad=True)
with quietly():
    v = value_from_logits(real, fake)
assert isinstance(v, torch.Tensor) and v.requires_grad, (
    "The value carries no gradient: was .item(), .detach() or numpy used on the way?"
)
v.sum().backward()
assert real.grad is not None and fake.grad is not None, (
    "The gradient does not reach both batches of logits: is one of them detached?"
)
assert real.grad.isfinite().all() and fake.grad.isfinite().all(), (
    "The gradient is not finite at logits of 1000."
)
for name, grad, right in [
    ("data", real.grad, torch.tensor([1.0, 0.5, 0.0]) / 3),
    ("fakes", fake.grad, torch.tensor([-1.0, -0.5]) / 2),
]:
    assert torch.allclose(grad, right, atol=1e-5), (
        f"The gradient in the logits of {name} is {grad.tolist()} and should be "
        f"{right.tolist()}: D could not learn from it where it errs most."
    )
### END HIDDEN TESTS

# %% [markdown]
# ## 5. V as an integral
#
# A mean over a minibatch is only an estimate. When the densities are known, as in the toy
# problems of this course, $V$ can be had without any sampling.
#
# The first term is easy: an expectation is an integral against the density,
# $\mathbb E_{x \sim p_{data}}[\log D(x)] = \int p_{data}(x) \log D(x) \, dx$. The second is an
# expectation over *noise*. But averaging a function of $G(z)$ over $z \sim p_z$ is the same as
# averaging that function of $x$ over $x \sim p_g$: $p_g$ is by definition the distribution of
# $G(z)$. So
#
# $$ V(D, G) = \int \bigl[\, p_{data}(x) \log D(x) + p_g(x) \log\,(1 - D(x)) \,\bigr] dx, $$
#
# equation 3 of the paper. The noise has gone; only two densities and $D$ are left. The whole
# theory of the next notebook grows out of this form.
#
# On a grid of points with spacing $dx$, the integral is a sum times $dx$.
#
# ### Exercise A5 · the value by integration
#
# Difficulty 3 of 5 · 12 minutes
#
# Write `value_by_integral(d, p_data, p_g, dx)`. Where a density is 0 its term is 0, even
# where the logarithm beside it is $-\infty$: no sample ever falls there.
#
# <details><summary>Hint</summary>
#
# In floating point `0 * -inf` is not 0 but nan. `torch.xlogy(p, d)` is $p \log d$ with the
# convention $0 \log 0 = 0$.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "A5", "locked": false, "schema_version": 3, "solution": true, "task": false}
def value_by_integral(d: Tensor, p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """V(D, G) in nats as an integral over x, on a grid.

    d: D(x) on the grid, probabilities, 0 and 1 allowed, shape (n,)
    p_data: density of the data on the grid, shape (n,)
    p_g: density of the generator on the grid, shape (n,)
    dx: spacing of the grid
    returns: a scalar
    """
    ### BEGIN SOLUTION
    return (torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)).sum() * dx
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "A5-guessing", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# D = 1/2 everywhere, whatever the densities.
import math
import torch
from ganlib.checks import expect, quietly

x = torch.linspace(-10, 10, 501)
dx = (x[1] - x[0]).item()
p_data = torch.distributions.Normal(-1.0, 1.0).log_prob(x).exp()
p_g = torch.distributions.Normal(2.0, 0.5).log_prob(x).exp()
with quietly():
    v = value_by_integral(torch.full_like(x, 0.5), p_data, p_g, dx)
expect(
    v,
    -math.log(4),
    "V for D = 1/2",
    slips=[
        (-math.log(4) / dx, "a sum is not yet an integral: multiply by dx."),
        (
            -math.log(4) / dx / len(x),
            "this is a mean over the grid; an integral is a sum times dx.",
        ),
        (math.log(4), "V has no minus sign."),
        (-2 * math.log(4), "something is counted twice."),
        (-math.log(2), "one of the two terms is missing."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A5-densities", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A D that leans: each density belongs to one of the logarithms.
import torch
from ganlib.checks import expect, quietly

x = torch.linspace(-10, 10, 501)
dx = (x[1] - x[0]).item()
p_data = torch.distributions.Normal(-1.0, 1.0).log_prob(x).exp()
p_g = torch.distributions.Normal(2.0, 0.5).log_prob(x).exp()
with quietly():
    v = value_by_integral(torch.sigmoid(1.0 - x), p_data, p_g, dx)
expect(
    v,
    -0.520287,
    "V for a D that leans to the left",
    slips=[
        (-3.520287, "p_data and p_g have changed places."),
        (-2.365474, "the second term is averaged over p_g, not over p_data."),
        (-1.520287, "the second term is log(1 - D), not log D."),
        (-104.68986, "the densities are missing: an expectation weights each x by its density."),
        (1.565118, "the logarithms are missing."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "A5-hidden-supports", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Data on [0, 1], fakes on [2, 3], and a D that knows it: V = 0, its largest value.
import torch
from ganlib.checks import as_tensor, expect, quietly

x = torch.arange(0.005, 3, 0.01, dtype=torch.float64)
p_data, p_g = (x < 1).double(), (x > 2).double()
with quietly():
    v = value_by_integral((x < 1.5).double(), p_data, p_g, 0.01)
assert not as_tensor(v, "V").isnan().any(), (
    "V is nan where D is exactly 0 or 1: 0 * log(0) must count as 0, because no sample falls there."
)
expect(v, 0.0, "V of a D that separates disjoint supports", tolerance=1e-6)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A5-hidden-sampling", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# The integral is what Monte Carlo converges to, on grids of any spacing.
import torch
from torch.nn.functional import logsigmoid
from ganlib.checks import expect, quietly

torch.manual_seed(0)
data, fakes = torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(1.0, 1.5)
x, y = data.sample((400_000,)), fakes.sample((400_000,))
right = (logsigmoid(0.5 - x).mean() + logsigmoid(y - 0.5).mean()).item()
for n in (400, 1600):
    grid = torch.linspace(-12, 12, n)
    with quietly():
        v = value_by_integral(
            torch.sigmoid(0.5 - grid),
            data.log_prob(grid).exp(),
            fakes.log_prob(grid).exp(),
            24 / (n - 1),
        )
    expect(v, right, f"V on a grid of {n} points, against 400,000 samples,", tolerance=0.01)
### END HIDDEN TESTS

# %% [markdown]
# Both forms must agree: sample means with $z \sim p_z$ pushed through a generator, and the integral
# with the density $p_g$. Take $p_{data} = N(0, 1)$, and let the generator be your
# `transform_uniform` with mean 1 and std 1.5, so that $p_g = N(1, 1.5^2)$ is known. Watch the
# estimate close in as the minibatch grows.
#
# ![The spread of the Monte Carlo estimate against the minibatch size on logarithmic axes: the points fall on a line of slope minus one half.](images/a5-convergence.png)


# %% picture="a5-convergence.png"
def picture_of_convergence():
    from matplotlib.figure import Figure

    torch.manual_seed(4)
    grid = torch.linspace(-9, 11, 2001)
    p_data = torch.distributions.Normal(0.0, 1.0).log_prob(grid).exp()
    p_g = torch.distributions.Normal(1.0, 1.5).log_prob(grid).exp()

    def D(x):  # any fixed discriminator will do
        return torch.sigmoid(0.5 - x)

    exact = float(value_by_integral(D(grid), p_data, p_g, 0.01))
    sizes = [10, 30, 100, 300, 1000, 3000]
    errors = []
    for m in sizes:
        estimates = [
            float(value_function(D(torch.randn(m)), D(transform_uniform(torch.rand(m), 1.0, 1.5))))
            for _ in range(100)
        ]
        errors.append(np.sqrt(np.mean((np.array(estimates) - exact) ** 2)))
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.loglog(sizes, errors, "o", color=COLORS["value"], label="100 minibatches of each size")
    axes.loglog(
        sizes,
        errors[0] * np.sqrt(sizes[0] / np.array(sizes)),
        ":",
        color=COLORS["grey"],
        label="slope −1/2",
    )
    axes.set(xlabel="minibatch size m", ylabel="error of V (nats)", title=f"exact V = {exact:.4f}")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


show(
    picture_of_convergence(),
    alt="The spread of the Monte Carlo estimate against the minibatch size on logarithmic axes: "
    "the points fall on a line of slope minus one half.",
)

# %% [markdown]
# A hundred times the samples buy one more digit. The losses that you will watch during training
# are such estimates, with $m$ of about 100, so their last digits are noise: a small wiggle in a
# loss curve means nothing.

# %% [markdown]
# ## 6. Play: the game on one axis
#
# Here is the whole game in one dimension. The dotted curve is $p_{data} = N(0, 1)$ and stays
# where it is. Two sliders move the generator, $p_g = N(\text{mean}, \text{std}^2)$. Two sliders move
# *your* discriminator, $D(x) = \sigma(\text{slope} \cdot (x - \text{threshold}))$, the dashed curve.
# The dash-dotted curve is the best discriminator that there is,
#
# $$ D^*(x) = \frac{p_{data}(x)}{p_{data}(x) + p_g(x)}, $$
#
# which the next notebook proves. On the right are the two terms of $V$, laid end to end, for your
# $D$ and for $D^*$.
#
# Questions to answer by playing:
#
# 1. Leave $p_g$ alone. How near can your $V$ come to that of $D^*$? Can you ever get past it?
# 2. Set the std of $p_g$ to 1. Now your $D$ can match $D^*$ exactly. Which threshold and which
#    slope? With std 2 it cannot. What does $D^*$ do then that no sigmoid does?
# 3. Now be the generator: push $p_g$ onto $p_{data}$. What do $D^*$ and its $V$ become? Is that
#    value of $V(D^*, G)$ the largest or the smallest that any $p_g$ gives?


# %%
def two_players(mean: float, std: float, threshold: float, slope: float):
    """The densities, D and D* on a grid, and the two terms of V for each D."""
    x = torch.linspace(-8, 8, 801, dtype=torch.float64)
    dx = 0.02
    data, fakes = torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(mean, std)
    p_data, p_g = data.log_prob(x).exp(), fakes.log_prob(x).exp()
    # sigmoid(log p_data - log p_g) = p_data / (p_data + p_g): the logit of D* is a difference.
    a, a_star = slope * (x - threshold), data.log_prob(x) - fakes.log_prob(x)

    def terms(a):
        log_d, log_not_d = logsigmoid(a), logsigmoid(-a)
        return (p_data * log_d).sum().item() * dx, (p_g * log_not_d).sum().item() * dx

    return x, p_data, p_g, a.sigmoid(), a_star.sigmoid(), terms(a), terms(a_star)


def draw(**sliders):
    *curves, yours, best = two_players(**sliders)
    return plot_value(*curves, [("your D", *yours), ("D*", *best)])


def describe(**sliders):
    *_, yours, best = two_players(**sliders)
    return (
        f"Your D: {yours[0]:.3f} on data and {yours[1]:.3f} on fakes, together "
        f"V = {sum(yours):.3f}. The best D reaches {sum(best):.3f}."
    )


# %%
from ganlib.live.panel import Panel

Panel(
    draw,
    describe,
    mean=("mean of p_g", 2.0, -4.0, 4.0),
    std=("std of p_g", 1.5, 0.4, 3.6),
    threshold=("threshold of D", 0.0, -4.0, 4.0),
    slope=("slope of D", -0.5, -4.0, 4.0),
)

# %% [markdown]
# <details><summary>What there is to find</summary>
#
# 1. You can come close, never past it: $D^*$ is the best at every single $x$.
# 2. For equal stds $\log (p_{data} / p_g)$ is linear in $x$, and $D^*$ is a sigmoid: threshold half-way
#    between the means, slope $-\text{mean} / \text{std}^2$. With std 2 the fakes are the likelier
#    on *both* sides, so $D^*$ is a hump and falls towards 0 at both ends.
# 3. $D^*$ flattens to $\tfrac12$ and its $V$ to $-\log 4$. Against the best $D$ that is the *smallest*
#    value that any generator can reach, which is why $G$ minimises a maximum.
#
# </details>
#
# The next cell checks all three on numbers.

# %% tags=["nbval-check-output"]
*_, d, d_star, yours, best = two_players(mean=2.0, std=1.0, threshold=1.0, slope=-2.0)
print(f"equal stds: D = D* to 1e-12: {torch.allclose(d, d_star, rtol=0, atol=1e-12)}")

*_, d_star, _, best = two_players(mean=2.0, std=2.0, threshold=0.0, slope=-1.0)
print(f"std 2: D* at both ends = {d_star[0].item():.4f}, {d_star[-1].item():.4f}")

on_target = sum(two_players(mean=0.0, std=1.0, threshold=0.0, slope=0.0)[-1])
elsewhere = [
    sum(two_players(mean=mean, std=std, threshold=0.0, slope=0.0)[-1])
    for mean in (-2.0, -0.5, 0.0, 0.5, 2.0)
    for std in (0.5, 0.9, 1.1, 2.0)
]
print(f"V(D*, G) at p_g = p_data: {on_target:.4f}, and -log 4 = {-math.log(4):.4f}")
print(f"smallest V(D*, G) over 20 other generators: {min(elsewhere):.4f}")

# %% [markdown]
# ## 7. Reading formulas with care
#
# Formulas in lecture notes, blogs and even papers carry slips: a sign, a lost logarithm, a name. You
# will meet them for the rest of your life, and the remedy is always the same. Put numbers in,
# and ask whether the answer makes sense. The five below stand in real lecture notes on GANs. Each has
# exactly one slip.
#
# ### Exercise A6 · five slips
#
# Difficulty 3 of 5 · 20 minutes
#
# Find each slip, correct it, and put the answer asked for into the dictionary `slips`.
#
# 1. **A loss for $D$.** $o_r = D(x)$ is the output on a real sample and $o_f = D(G(z))$ the one on a
#    fake. The notes say $L_D = \tfrac12 \left(-\ln o_f - \ln (1 - o_f)\right)$.
#    Answer `slips["loss of D"]`: the *corrected* $L_D$ for $o_r = 0.9$ and $o_f = 0.4$.
# 2. **What $D$ maximises.** The notes say
#    $\mathbb E_z[\log (1 - D(G(z)))] + \mathbb E_x[D(x)]$.
#    Answer `slips["objective of D"]`: the corrected objective for one real sample with $D(x) = 0.9$
#    and one fake with $D(G(z)) = 0.4$.
# 3. **What $G$ minimises.** The notes say
#    $L_G = \min_{\theta_g} \left[\log D(x) + \log (1 - D(G(z)))\right]$.
#    One term does not contain $\theta_g$ and has no business in a minimum over it.
#    Answer `slips["loss of G"]`: what is left to be minimised, for $D(x) = 0.9$ and $D(G(z)) = 0.4$.
# 4. **The optimum.** The notes say that the best generator has $p_g = p_{data}$ because there
#    "$V$ is at its minimum for a given $D$". Take a world with three points, a given $D$ with
#    $D(x_1) = 0.2$, $D(x_2) = 0.5$, $D(x_3) = 0.9$, and data with $p_{data} = (0.2, 0.5, 0.3)$.
#    Answer `slips["best p_g"]`: the three probabilities of the $p_g$ that makes $V$ smallest for
#    *this* $D$.
# 5. **The noise.** The notes draw minibatches of noise $z$ "from the noise prior $p_g(z)$".
#    Answer `slips["noise"]`: the name of the distribution that $z$ is drawn from, as a string, one of
#    `"p_z"`, `"p_g"`, `"p_data"`.
#
# <details><summary>Hint</summary>
#
# For 1 and 2, ask what happens to the formula when $D$ gets better on real samples. For 4, write $V$ as
# a sum over the three points. Only one of its two terms contains $p_g$, and it is a weighted
# average: which weights make a weighted average smallest?
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "A6", "locked": false, "schema_version": 3, "solution": true, "task": false}
slips = Answers()
### BEGIN SOLUTION
o_r, o_f = 0.9, 0.4
slips["loss of D"] = 0.5 * (-math.log(o_r) - math.log(1 - o_f))
slips["objective of D"] = math.log(1 - o_f) + math.log(o_r)
slips["loss of G"] = math.log(1 - o_f)
slips["best p_g"] = [0.0, 0.0, 1.0]
slips["noise"] = "p_z"
### END SOLUTION

# %% [markdown]
# The next cell only looks whether all five answers are there and of the right kind. Whether they are
# right is tested when you hand in: convince yourself with numbers first.

# %% nbgrader={"grade": true, "grade_id": "A6-complete", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# All five answers are there, and each is of the right kind.
from ganlib.checks import Answers, as_number, as_tensor

answers = Answers(slips)
for key in ("loss of D", "objective of D", "loss of G"):
    as_number(answers[key], f'slips["{key}"]')
p_g = as_tensor(answers["best p_g"], 'slips["best p_g"]')
assert p_g.shape == (3,), (
    f'slips["best p_g"] should be three probabilities, but has shape {tuple(p_g.shape)}'
)
assert (p_g >= -1e-6).all() and abs(p_g.sum() - 1) < 1e-3, (
    'slips["best p_g"] should be three probabilities that add up to 1'
)
assert answers["noise"] in ("p_z", "p_g", "p_data"), (
    'slips["noise"] should be one of the strings "p_z", "p_g", "p_data"'
)

# %% nbgrader={"grade": true, "grade_id": "A6-hidden-loss-of-D", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import math
from ganlib.checks import Answers, expect

expect(
    Answers(slips)["loss of D"],
    0.5 * (-math.log(0.9) - math.log(0.6)),
    'slips["loss of D"]',
    slips=[
        (
            0.5 * (-math.log(0.4) - math.log(0.6)),
            "the fake is still scored twice and the real sample never.",
        ),
        (-math.log(0.9) - math.log(0.6), "the factor 1/2 was no slip: it makes a mean of the two."),
        (
            0.5 * (math.log(0.9) + math.log(0.6)),
            "a loss is never negative here: both logarithms carry a minus.",
        ),
        (
            0.5 * (-math.log(0.9) - math.log(0.1)),
            "the real sample is scored twice now; 1 - o_f was right.",
        ),
        (
            0.5 * (-math.log(0.9) - math.log(0.4)),
            "1 - o_f was right: D is paid for calling a fake fake.",
        ),
    ],
    tolerance=0.006,
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A6-hidden-objective-of-D", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import math
from ganlib.checks import Answers, expect

expect(
    Answers(slips)["objective of D"],
    math.log(0.9) + math.log(0.6),
    'slips["objective of D"]',
    slips=[
        (math.log(0.6) + 0.9, "the first term still lacks its logarithm: E[log D(x)]."),
        (
            -math.log(0.9) - math.log(0.6),
            "that is the loss; D maximises the objective without the minus.",
        ),
        (0.6 + 0.9, "the slip was a lost logarithm; now both are lost."),
        (math.log(0.6) + math.log(0.1), "on real samples it is log D(x), not log(1 - D(x))."),
    ],
    tolerance=0.006,
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A6-hidden-loss-of-G", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import math
from ganlib.checks import Answers, expect

expect(
    Answers(slips)["loss of G"],
    math.log(0.6),
    'slips["loss of G"]',
    slips=[
        (math.log(0.9) + math.log(0.6), "log D(x) is still there; no theta_g occurs in it."),
        (math.log(0.9), "the wrong term was struck out: log D(x) is the one without theta_g."),
        (
            -math.log(0.4),
            "that is the non-saturating loss, a good idea but another one; strike out a term only.",
        ),
        (-math.log(0.6), "the sign has changed: only a term was to be struck out."),
    ],
    tolerance=0.006,
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A6-hidden-best-p_g", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
from ganlib.checks import Answers, as_tensor

p_g = as_tensor(Answers(slips)["best p_g"], 'slips["best p_g"]')
right = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
if p_g.shape == (3,) and not torch.allclose(p_g, right, atol=1e-3):
    assert not torch.allclose(p_g, torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64), atol=1e-3), (
        "p_g = p_data is the optimum of the whole game, after D has answered. For a D that is "
        "given and does not answer, G does better elsewhere."
    )
    assert p_g.argmax() != 0, (
        "This p_g is where D is sure of a fake: there log(1 - D) is largest, and G wants it small."
    )
assert p_g.shape == (3,) and torch.allclose(p_g, right, atol=1e-3), (
    "For a given D only the average of log(1 - D) over p_g counts, and an average is smallest with all "
    "its weight on the smallest value, where D is largest."
)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "A6-hidden-noise", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
from ganlib.checks import Answers

noise = Answers(slips)["noise"]
assert noise != "p_g", "p_g is the distribution of G(z), what comes out; the noise z goes in."
assert noise == "p_z", "z is noise, drawn from its own prior p_z; data does not enter."
### END HIDDEN TESTS

# %% [markdown]
# Slip 4 is the one worth keeping in mind. For a *given* $D$ the best generator puts everything it
# has on the one point that $D$ likes most. It is the answer of $D$, in turn, that drives $p_g$ towards
# $p_{data}$. If $D$ answers too slowly, $G$ runs after single points; this is called mode
# collapse, and notebook 06 is about it.

# %% [markdown]
# ## Summary
#
# A generator is a function that turns noise $z \sim p_z$ into samples, and $p_g$ is the name of
# whatever distribution comes out. A discriminator is a two-class classifier of data against fakes, and
# $V(D, G)$ is minus the sum of its two cross-entropies, which $D$ maximises and $G$ minimises. From
# samples compute $V$ through logits, where it is exact; from densities compute it as an integral, where
# it is free of noise.
#
# What is left open: which $D$ is best against a given $G$, what $V$ is then, and why playing for it
# should lead $p_g$ to $p_{data}$. The sliders of section 6 suggest the answers, and
# [notebook 02](../02_global_optimum/02_global_optimum.ipynb) proves them. How two networks can play when
# nobody knows the densities is the subject of [notebook 03](../03_algorithm_1/03_algorithm_1.ipynb).
#
# ## Further reading
#
# - I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville, Y. Bengio,
#   *Generative Adversarial Nets*, Advances in Neural Information Processing Systems 27, 2014,
#   [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). Section 3 is this notebook.
# - I. Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*, 2016,
#   [arXiv:1701.00160](https://arxiv.org/abs/1701.00160). Section 3 on how GANs work, with the costs of
#   both players.
# - L. Devroye, *Non-Uniform Random Variate Generation*, Springer, 1986. Chapter II.2 on the inversion
#   method, which is Exercise A1.
