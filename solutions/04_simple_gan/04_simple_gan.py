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
# # 04 · A simple GAN
#
# In notebook 03 the generator had two hidden layers, enough to bend its noise into two modes. The
# theorem of notebook 02 takes even more for granted: that $p_g$ can be anything, and so can become
# $p_{data}$. What if $G$ is too simple for that, however long it trains? Where does the game end
# then, and does it end at all?
#
# The smallest example comes from a lecture. The data is one number at a time, the noise is spread
# evenly, $G$ is a single linear layer. It has two parameters, so everything about it can be known:
# $p_g$ in a formula, the best that any training could reach, and how near yours has come. Yet to
# train it is harder than it looks.
#
# **Contents:** [1. The cast](#1.-The-cast) ·
# [2. Every p_g is a box](#2.-Every-p_g-is-a-box) ·
# [3. One iteration on paper](#3.-One-iteration-on-paper) ·
# [4. Why it does not come to rest](#4.-Why-it-does-not-come-to-rest) ·
# [5. Training](#5.-Training) ·
# [6. What it has learnt](#6.-What-it-has-learnt) ·
# [7. One more layer](#7.-One-more-layer) ·
# [8. No layer at all](#8.-No-layer-at-all) ·
# [Summary](#Summary)
#
# By the end you can
#
# - say, before any training, what a given generator can and cannot match, and measure it;
# - go through one iteration of a GAN by hand, in numbers, and confirm it by autograd;
# - recognise a game that circles, name what makes it circle, and calm it;
# - judge a recipe by many seeds instead of one;
# - tell what a network can represent from what a game will find;
# - find the assumption that an impossibility rests on, and do without it.
#
# Allow about 90 minutes. Logarithms are natural, so losses are in nats.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import numpy as np
import torch
from matplotlib.figure import Figure
from scipy.optimize import minimize_scalar
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, logsigmoid
from torch.optim import SGD, Adam

from ganlib.data import gaussian
from ganlib.live import GANLab
from ganlib.live.engine import Engine
from ganlib.networks import Discriminator, Generator
from ganlib.plotting import COLORS, plot_game, show
from ganlib.sampling import Noise
from ganlib.training import discriminator_step, generator_step
from ganlib.value import js_divergence, optimal_discriminator

torch.set_num_threads(1)  # for networks this small, threads would only wait for each other

# %% [markdown]
# ## 1. The cast
#
# | | is |
# |---|---|
# | $p_{data}$ | $N(5, 1)$, a bell of mean 5 and standard deviation 1 |
# | $p_z$ | $U[-8, 8]$: noise, one number, spread evenly between −8 and 8 |
# | $G$ | one linear layer, $G(z) = w z + c$, so $\theta_g$ is the pair $(w, c)$ |
# | $D$ | a network of four layers with a logit at its end |
#
# With $o_r = D(x)$ for $D$'s answer on a real number and $o_f = D(G(z))$ on a fake, the lecture's losses,
# averaged over a minibatch (and with $\ln$ for our $\log$), are
#
# $$ L_D = \tfrac12 \bigl( -\ln o_r - \ln (1 - o_f) \bigr), \qquad L_G = -\ln o_f. $$
#
# $L_D$ is $-\tfrac12 V$, the *mean* of two cross-entropies where notebook 01 had their sum, and $L_G$ is the
# non-saturating loss of notebook 03. An undecided $D = \tfrac12$ makes both of them $\log 2 \approx 0.693$.
#
# ### Exercise B4 · part 1, the networks
#
# Difficulty 1 of 5 · 8 minutes
#
# Write `make_generator()` and `make_discriminator()`. Each call makes a new network with its own
# random weights. $G$ maps noise of shape (m, 1) to data of shape (m, 1) and is one linear layer. $D$
# maps data of shape (m, 1) to *logits* of shape (m,) and has four layers of weights, with an
# activation between each two. How wide they are is up to you; 32 units and `nn.LeakyReLU(0.2)` will do.
#
# <details><summary>Hint</summary>
#
# Count matrices: four layers of weights means three layers of hidden units between them.
# `nn.Flatten(0)` at the end of an `nn.Sequential` turns (m, 1) into (m,).
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B4-generator", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_generator() -> nn.Module:
    """An untrained G of one linear layer: noise (m, 1) -> data (m, 1)."""
    ### BEGIN SOLUTION
    return nn.Linear(1, 1)
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "B4-discriminator", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_discriminator() -> nn.Module:
    """An untrained D of four layers: data (m, 1) -> logits (m,)."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Linear(1, 32),
        nn.LeakyReLU(0.2),
        nn.Linear(32, 32),
        nn.LeakyReLU(0.2),
        nn.Linear(32, 32),
        nn.LeakyReLU(0.2),
        nn.Linear(32, 1),
        nn.Flatten(0),  # (m, 1) -> (m,)
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B4-generator-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Noise of shape (m, 1) becomes data of shape (m, 1).
import torch
from ganlib.checks import as_tensor, quietly

for m in (1, 5):
    with quietly():
        G = make_generator()
        assert isinstance(G, torch.nn.Module), (
            f"make_generator should return a network, an nn.Module, but returned a {type(G).__name__}: "
            "is a return missing?"
        )
        try:
            x = G(torch.zeros(m, 1))
        except RuntimeError as error:
            raise AssertionError(
                f"G cannot take noise of shape ({m}, 1): {error}. z is one number, not a vector."
            ) from None
    shape = tuple(as_tensor(x, "G(z)").shape)
    assert shape == (m, 1), (
        f"noise of shape ({m}, 1) became data of shape {shape}; it should be ({m}, 1), one row a sample"
    )

# %% nbgrader={"grade": true, "grade_id": "B4-generator-linear", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# x = w z + c: a straight line, with two numbers to learn.
import torch
from ganlib.checks import quietly

z = torch.linspace(-8, 8, 33)[:, None]
for seed in range(5):
    torch.manual_seed(seed)
    with quietly():
        G = make_generator()
        x = G(z)
    size = x.detach().abs().max()
    assert x.detach().diff(dim=0).diff(dim=0).abs().max() < 1e-4 * size, (
        "G(z) is not a straight line in z: one linear layer is asked for, with no hidden layer and "
        "no activation after it"
    )
    learnt = sum(p.numel() for p in G.parameters() if p.requires_grad)
    assert learnt != 1, (
        "G has one parameter, its slope w. Without the bias c its samples stay centred on 0, "
        "and the data is at 5"
    )
    assert learnt == 2, (
        f"G has {learnt} parameters to learn, where one linear layer of one number has two, w and c"
    )

# %% nbgrader={"grade": true, "grade_id": "B4-generator-hidden-new", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Each call makes a network of its own, and all of it can learn.
import torch
from ganlib.checks import quietly

with quietly():
    first, second = make_generator(), make_generator()
    x = first(torch.tensor([[-8.0], [3.0]]))
assert not {id(p) for p in first.parameters()} & {id(p) for p in second.parameters()}, (
    "two calls of make_generator share their weights: a second training would go on where the first stopped"
)
assert x.requires_grad, "G(z) carries no gradient: is there a no_grad or a detach inside G?"
x.sum().backward()
for p in first.parameters():
    assert p.grad is not None and p.grad.abs().sum() > 0, (
        "a parameter of G receives no gradient from G(z): it could not learn"
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B4-discriminator-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# One logit a sample.
import torch
from ganlib.checks import as_tensor, quietly

for m in (1, 5):
    with quietly():
        D = make_discriminator()
        assert isinstance(D, torch.nn.Module), (
            f"make_discriminator should return a network, an nn.Module, but returned a {type(D).__name__}: "
            "is a return missing?"
        )
        logits = D.eval()(torch.zeros(m, 1))
    shape = tuple(as_tensor(logits, "D(x)").shape)
    assert shape == (m,), (
        f"D turned data of shape ({m}, 1) into logits of shape {shape}; it should be ({m},). A last dimension "
        "of 1 is dropped by nn.Flatten(0) or squeeze(-1)"
    )

# %% nbgrader={"grade": true, "grade_id": "B4-discriminator-layers", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Four layers of weights, and they bend.
import torch
from ganlib.checks import quietly

x = torch.linspace(-20, 20, 401)[:, None]
with quietly():
    D = make_discriminator()
    D(x.clone())
matrices = [
    module
    for module in D.modules()
    if isinstance(getattr(module, "weight", None), torch.Tensor) and module.weight.ndim > 1
]
layers = len(matrices) or sum(p.ndim > 1 for p in D.parameters())
assert layers == 4, f"D has {layers} layers of weights; the lecture's has four"
with quietly(), torch.no_grad():
    bends = [make_discriminator()(x.clone()).diff().diff().abs().max().item() for _ in range(5)]
assert max(bends) > 1e-4, (
    "D is one straight line in x, whatever its number of layers: are the activations between them missing? "
    "The logarithm of p_data / p_g is not straight"
)

# %% nbgrader={"grade": true, "grade_id": "B4-discriminator-logits", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Taught to tell 5 from -5, D should say so with logits on either side of 0.
import torch
from ganlib.checks import quietly

torch.manual_seed(0)
yes, no = 5 + torch.randn(64, 1), -5 + torch.randn(64, 1)
softplus = torch.nn.functional.softplus
with quietly():
    D = make_discriminator()
    opt = torch.optim.Adam(D.parameters(), lr=0.01)
    for _ in range(60):
        loss = softplus(-D(yes)).mean() + softplus(D(no)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        high, low = D(yes).mean().item(), D(no).mean().item()
assert not 0 <= low < high <= 1, (
    f"trained to say yes and no, D answers {high:.2f} and {low:.2f}: these look like probabilities. "
    "Return logits, without a sigmoid: the losses apply it themselves"
)
assert low < -1 and high > 1, (
    f"trained to say yes and no, D's mean logits are {high:.2f} and {low:.2f}, where they should be far above "
    "and far below 0. Is there an activation after the last layer?"
)

# %% nbgrader={"grade": true, "grade_id": "B4-discriminator-hidden-teaches", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Each call makes a network of its own, and G can learn from it.
import torch
from ganlib.checks import quietly

with quietly():
    first, second = make_discriminator(), make_discriminator()
assert not {id(p) for p in first.parameters()} & {id(p) for p in second.parameters()}, (
    "two calls of make_discriminator share their weights: a second training would go on where the first stopped"
)
x = torch.linspace(-8, 12, 101)[:, None].requires_grad_()
with quietly():
    logits = first(x)
assert logits.requires_grad, (
    "D's logits carry no gradient: is there a no_grad or a detach inside D?"
)
logits.sum().backward()
assert x.grad is not None and x.grad.abs().sum() > 0, (
    "D's logits carry no gradient back to x, and G would have nothing to learn from: is x detached or "
    "rounded inside D?"
)
### END HIDDEN TESTS

# %% [markdown]
# From here on `make_generator` and `make_discriminator` are those of the next cell (read-only), for everyone the same, so that a
# slip in part 1 costs no points in part 2. `ganlib`'s networks return what yours should.


# %% nbgrader={"grade": false, "grade_id": "networks-from-ganlib", "locked": true, "schema_version": 3, "solution": false, "task": false}
def make_generator() -> nn.Module:
    return Generator(noise_dim=1, out_features=1, hidden=())


def make_discriminator() -> nn.Module:
    return Discriminator(in_features=1, hidden=(32, 32, 32))


# %% [markdown]
# ## 2. Every p_g is a box
#
# Noise spread evenly over $[-8, 8]$, stretched by $w$ and moved by $c$, is spread evenly over
# $[\,c - 8|w|, \; c + 8|w|\,]$. So $p_g$ is a *box*: flat, with two edges. A straight $G$ cannot change the
# shape of its noise; it can only scale it and move it. In general
#
# $$ p_g(x) = \frac{1}{|w|} \; p_z\!\left(\frac{x - c}{w}\right). $$
#
# A box of half-width $h$ has the variance $h^2 / 3$. With $h = 8|w|$,
#
# $$ \text{mean of } p_g = c, \qquad \text{std of } p_g = \frac{8}{\sqrt 3}\, |w| \approx 4.62\, |w|. $$
#
# Any mean, any standard deviation: a box can match both of the data's **moments**, with $c = 5$ and
# $|w| = \sqrt 3 / 8 \approx 0.217$. It cannot match a single feature of the bell beyond these two. (The sign of
# $w$ leaves no trace in $p_g$. Why?)
#
# Now be the generator. The sliders are $w$ and $c$. Below the picture stands the Jensen–Shannon divergence of
# notebook 02 between the two densities, which a perfect $D$ would have $G$ descend.
#
# 1. Which $c$ is best? Does that depend on $w$?
# 2. Find the $w$ of the smallest JSD. Is it 0.217?
# 3. Now look at $D^*$, near the edges of your best box. What does it tell a fake just inside?


# %%
def density_of_box(x: Tensor, mean: float, std: float) -> Tensor:
    """The density at x of the box with this mean and standard deviation."""
    h = math.sqrt(3) * std
    return ((x - mean).abs() <= h).to(x) / (2 * h)


def jsd_of_boxes(edges: Tensor, shares: Tensor) -> Tensor:
    """JSD of p_data = N(5, 1) and boxes side by side, in nats.

    edges: ascending, shape (n + 1,), in float64
    shares: of the samples in each box, shape (n,), with sum 1
    """
    bell, width = gaussian(5.0, 1.0), edges.diff()
    middles = (torch.arange(400, dtype=edges.dtype) + 0.5) / 400
    x = edges[:-1, None] + width[:, None] * middles  # (n, 400): 400 points in each box
    p, q = bell.log_prob(x).exp(), (shares / width)[:, None]
    inside = p * torch.log(2 * p / (p + q)) + q * torch.log(2 * q / (p + q))
    outside = bell.cdf(edges[0]) + 1 - bell.cdf(edges[-1])  # data alone: p log(2p / p)
    return ((inside.mean(dim=1) * width).sum() + outside * math.log(2)) / 2


def jsd_of_box(mean: float, std: float) -> float:
    edges = torch.tensor([-math.sqrt(3), math.sqrt(3)], dtype=torch.float64) * std + mean
    return jsd_of_boxes(edges, torch.ones(1, dtype=torch.float64)).item()


line = torch.linspace(-6, 16, 2201, dtype=torch.float64)
density_of_data = gaussian(5.0, 1.0).log_prob(line).exp()


def draw(w: float, c: float):
    p_g = density_of_box(line, c, 8 / math.sqrt(3) * w)
    return plot_game(line, density_of_data, p_g, d_star=optimal_discriminator(density_of_data, p_g))


def describe(w: float, c: float):
    std = 8 / math.sqrt(3) * w
    return (
        f"p_g is a box from {c - 8 * w:.2f} to {c + 8 * w:.2f}, of mean {c:.2f} and standard deviation "
        f"{std:.2f}. JSD = {jsd_of_box(c, std):.4f} nats."
    )


# %%
from ganlib.live.panel import Panel

Panel(draw, describe, w=("w", 0.5, 0.02, 0.82), c=("c", 2.0, 0.0, 8.0))

# %% [markdown]
# <details><summary>What there is to find</summary>
#
# 1. $c = 5$, for every $w$: both densities should have the same middle.
# 2. No. The smallest JSD is at $w \approx 0.234$: a box that is a little *wider* than the one with the right
#    standard deviation.
# 3. Outside the box there are no fakes, so there $D^* = 1$. Just inside, $D^*$ is 0.2. The edge is a cliff, and it
#    says: "one step further out, and you would pass for data".
#
# And the sign of $w$: turned round, the noise is spread over $[-8, 8]$ as before.
#
# </details>
#
# The next cell finds the best box and looks at three measures of distance. For one of them there is a formula:
#
# $$ \mathrm{KL}(p_g \Vert p_{data})
#    = \int p_g \log \frac{p_g}{p_{data}}
#    = -\log 2h + \tfrac12 \log 2\pi + \tfrac12 \Bigl( \frac{h^2}{3} + (c - 5)^2 \Bigr), $$
#
# since the box has variance $h^2/3$. It is smallest at $c = 5$ and $-1/h + h/3 = 0$, that is $h = \sqrt 3$: exactly
# the box with the right moments. The other direction, $\mathrm{KL}(p_{data} \Vert p_g)$, is $\infty$ for *every*
# box, because the bell reaches beyond any edge. And JSD?


# %% tags=["nbval-check-output"]
def kl_of_box(std):  # KL(p_g || p_data) of a box centred on 5
    return -math.log(2 * math.sqrt(3) * std) + math.log(2 * math.pi) / 2 + std**2 / 2


def best_boxes():
    def best(distance):
        return minimize_scalar(distance, bounds=(0.5, 1.5), options={"xatol": 1e-9}).x

    boxes = {
        "KL(p_g || p_data)": best(kl_of_box),
        "JSD": best(lambda std: jsd_of_box(5, std)),
        "KL(p_g || p_data) - 2 JSD": best(lambda std: kl_of_box(std) - 2 * jsd_of_box(5, std)),
    }
    print("the box with the smallest    half-width     w      std      JSD")
    for name, std in boxes.items():
        h = math.sqrt(3) * std
        print(f"{name:28s} {h:8.3f} {h / 8:9.3f} {std:7.3f} {jsd_of_box(5, std):9.4f}")
    # jsd_of_box against ganlib's JSD on a grid, whose error at an edge is of the order of dx.
    p_g = density_of_box(line, 5, boxes["JSD"])
    on_grid = js_divergence(density_of_data, p_g, 0.01).item()
    print(f"JSD of the second box on a grid, as in notebook 02: {on_grid:.3f} nats")
    d_star = optimal_discriminator(density_of_data, p_g)
    print(f"D* just inside its edges: {d_star[p_g > 0][0].item():.2f}")


best_boxes()

# %% [markdown]
# Three measures, three boxes. When $p_g = p_{data}$ can be reached, all of them are smallest there, and it makes no
# difference which one $G$ descends. When it cannot, *best* has as many meanings as there are measures.
#
# The last line of the table is for those who remember the hills of notebook 03: against a perfect $D$ the saturating loss
# descends $2\,\mathrm{JSD}$ and the non-saturating one $\mathrm{KL}(p_g \Vert p_{data}) - 2\,\mathrm{JSD}$. On
# a line with a rich $G$ both ended in the same place. Here the bottoms of the two hills lie apart. Will a GAN of the
# lecture's kind, with $L_G = -\ln o_f$, find a box of std 0.91, 1, or 1.08? Write down your guess; section 6 will tell.

# %% [markdown]
# ## 3. One iteration on paper
#
# Before the computer does it five hundred times, do it once by hand. For this, and only here, $D$ is reduced
# to what fits on a page: still four layers, but each of *one* unit, and a bias in the first layer alone. The minibatch has
# one real number and one noise. The activation is $\varphi(u) = u$ for $u > 0$ and $0.2\,u$ below, the leaky
# ReLU, so its slope $\varphi'$ is 1 or 0.2. The logit is
#
# $$ a(x) = v_4\, \varphi(v_3\, \varphi(v_2\, \varphi(v_1 x + b))), \qquad o = \sigma(a). $$
#
# At the start
#
# $$ w = 0.5, \quad c = 1; \qquad v_1 = 1, \quad b = -4, \quad v_2 = -1, \quad v_3 = -2, \quad v_4 = 1, $$
#
# the real number is $x = 5$, the noise $z = 4$, the fake $G(z) = 0.5 \cdot 4 + 1 = 3$, and both players make plain
# gradient steps with the learning rate $\eta = 0.1$.
#
# **Forward.** With $h_i = \varphi(u_i)$ and $u_1 = v_1 x + b$, $u_2 = v_2 h_1$, $u_3 = v_3 h_2$:
#
# | | $x$ | $u_1$ | $h_1$ | $u_2$ | $h_2$ | $u_3$ | $h_3$ | $a$ | $o = \sigma(a)$ |
# |---|---|---|---|---|---|---|---|---|---|
# | real | 5 | 1 | 1 | −1 | −0.2 | 0.4 | 0.4 | 0.4 | $o_r = 0.5987$ |
# | fake | 3 | −1 | −0.2 | 0.2 | 0.2 | −0.4 | −0.08 | −0.08 | $o_f = 0.4800$ |
#
# $D$ leans the right way. Its loss is $L_D = \tfrac12 (-\ln 0.5987 - \ln 0.5200) = \tfrac12 (0.5130 + 0.6539) = 0.5835$.
#
# **Back through D.** From notebook 03, in the logit the gradient of $-\ln o_r$ is $o_r - 1$ and that of
# $-\ln(1 - o_f)$ is $o_f$. The lecture's ½ stands in front of both:
#
# $$ \frac{\partial L_D}{\partial a_r} = \tfrac12 (o_r - 1) = -0.2007, \qquad
#    \frac{\partial L_D}{\partial a_f} = \tfrac12\, o_f = 0.2400. $$
#
# From the logit the chain rule goes down, layer by layer. What $v_4$ multiplies is $h_3$. To get from $a$ to
# $v_3$, pass $v_4$ and the slope $\varphi'(u_3)$, and so on:
#
# $$ \frac{\partial a}{\partial v_4} = h_3, \quad
#    \frac{\partial a}{\partial v_3} = v_4 \varphi'_3\, h_2, \quad
#    \frac{\partial a}{\partial v_2} = v_4 \varphi'_3\, v_3 \varphi'_2\, h_1, \quad
#    \frac{\partial a}{\partial v_1} = v_4 \varphi'_3\, v_3 \varphi'_2\, v_2 \varphi'_1\, x, \quad
#    \frac{\partial a}{\partial b} = v_4 \varphi'_3\, v_3 \varphi'_2\, v_2 \varphi'_1. $$
#
# | | $\varphi'_1, \varphi'_2, \varphi'_3$ | $\partial a / \partial v_4$ | $\partial a / \partial v_3$ | $\partial a / \partial v_2$ | $\partial a / \partial v_1$ | $\partial a / \partial b$ |
# |---|---|---|---|---|---|---|
# | real | 1, 0.2, 1 | 0.4 | −0.2 | −0.4 | 2 | 0.4 |
# | fake | 0.2, 1, 0.2 | −0.08 | 0.04 | 0.08 | 0.24 | 0.08 |
# | $\nabla L_D = -0.2007 \cdot \text{real} + 0.2400 \cdot \text{fake}$ | | −0.0995 | 0.0497 | 0.0995 | −0.3437 | −0.0611 |
#
# **D moves** by $-\eta$ times its gradient:
#
# $$ v_4 = 1.0099, \quad v_3 = -2.0050, \quad v_2 = -1.0099, \quad v_1 = 1.0344, \quad b = -3.9939. $$
#
# **G's turn**, against this new $D$ and with fresh noise, $z = -2$. The fake is $0.5 \cdot (-2) + 1 = 0$. All of the path has
# changed a little; the forward pass gives $a_f = -0.3268$ and $o_f = 0.4190$, so $L_G = -\ln o_f = 0.8698$, with the slope
# $\partial L_G / \partial a_f = o_f - 1 = -0.5810$. The slope of the logit in the *fake itself* is
#
# $$ \frac{\partial a}{\partial x} = v_4 \varphi'_3\, v_3 \varphi'_2\, v_2 \varphi'_1\, v_1 = 0.0846, $$
#
# and this one number is all that $G$ ever hears of $D$: "a bit further to the right looks a bit more like data". Together
# $\partial L_G / \partial x = -0.5810 \cdot 0.0846 = -0.0492$. The last link is $x = w z + c$:
#
# $$ \frac{\partial L_G}{\partial w} = -0.0492 \cdot z = 0.0984, \qquad \frac{\partial L_G}{\partial c} = -0.0492. $$
#
# **G moves** to $w = 0.4902$ and $c = 1.0049$. The box becomes narrower, and moves to the right. Is it all true?


# %% tags=["nbval-check-output"]
def by_hand():
    """The iteration above in plain numbers: D's and G's parameters after their moves."""

    def phi(u):
        return u if u > 0 else 0.2 * u

    def slope(u):  # of phi
        return 1.0 if u > 0 else 0.2

    def sigmoid(a):
        return 1 / (1 + math.exp(-a))

    w, c, (v1, b, v2, v3, v4), eta = 0.5, 1.0, (1.0, -4.0, -1.0, -2.0, 1.0), 0.1

    def forward(x):
        u1 = v1 * x + b
        u2 = v2 * phi(u1)
        u3 = v3 * phi(u2)
        return u1, u2, u3, v4 * phi(u3)

    def gradient_of_logit(x):  # in v1, b, v2, v3, v4, and in x
        u1, u2, u3, _ = forward(x)
        to_u3 = v4 * slope(u3)
        to_u2 = to_u3 * v3 * slope(u2)
        to_u1 = to_u2 * v2 * slope(u1)
        return np.array([to_u1 * x, to_u1, to_u2 * phi(u1), to_u3 * phi(u2), phi(u3)]), to_u1 * v1

    x, x_fake = 5.0, w * 4.0 + c
    o_r, o_f = sigmoid(forward(x)[-1]), sigmoid(forward(x_fake)[-1])
    L_D = (-math.log(o_r) - math.log(1 - o_f)) / 2
    gradient = (o_r - 1) / 2 * gradient_of_logit(x)[0] + o_f / 2 * gradient_of_logit(x_fake)[0]
    v1, b, v2, v3, v4 = np.array([v1, b, v2, v3, v4]) - eta * gradient
    after = (math.log1p(math.exp(-forward(x)[-1])) + math.log1p(math.exp(forward(x_fake)[-1]))) / 2

    z = -2.0
    x_fake = w * z + c
    o_f = sigmoid(forward(x_fake)[-1])
    in_x = (o_f - 1) * gradient_of_logit(x_fake)[1]
    w, c = w - eta * in_x * z, c - eta * in_x
    print(f"L_D = {L_D:.4f}, after D's move {after:.4f}; L_G = {-math.log(o_f):.4f}")
    print("gradient of L_D in v1, b, v2, v3, v4:", *(f"{g:.4f}" for g in gradient))
    print("D moves to v1, b, v2, v3, v4:        ", *(f"{v:.4f}" for v in (v1, b, v2, v3, v4)))
    print(f"slope of the logit in x: {gradient_of_logit(x_fake)[1]:.4f}")
    print(f"G moves to w = {w:.4f}, c = {c:.4f}")
    return [v1, b, v2, v3, v4, w, c]


def by_autograd():
    theta_d = torch.tensor([1.0, -4.0, -1.0, -2.0, 1.0], dtype=torch.float64, requires_grad=True)
    theta_g = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)

    def D(x):
        v1, b, v2, v3, v4 = theta_d
        h1 = leaky_relu(v1 * x + b, 0.2)
        h2 = leaky_relu(v2 * h1, 0.2)
        return v4 * leaky_relu(v3 * h2, 0.2)

    def G(z):
        w, c = theta_g
        return w * z + c

    opt_d, opt_g = SGD([theta_d], lr=0.1), SGD([theta_g], lr=0.1)
    L_D = (-logsigmoid(D(5.0)) - logsigmoid(-D(G(4.0).detach()))) / 2
    L_D.backward()
    opt_d.step()
    L_G = -logsigmoid(D(G(-2.0)))
    L_G.backward(inputs=[theta_g])
    opt_g.step()
    return torch.cat([theta_d, theta_g]).tolist()


print(f"autograd agrees to 1e-12: {np.allclose(by_hand(), by_autograd(), rtol=0, atol=1e-12)}")

# %% [markdown]
# Every number on the page is what autograd finds. Five things to notice.
#
# - $D$'s loss fell, from 0.5835 to 0.5692: it moved the right way.
# - Multiply each of $v_2, v_3, v_4$ by its gradient: −0.0995, three times. With this $\varphi$, doubling one of them has the
#   same effect as doubling another, so the loss cannot tell them apart. (The first layer has a bias, which spoils it.)
# - $G$ learns from $D$'s *slope* at its own fake, not from $D$'s opinion. Where $D$ is flat, $G$ is not taught.
# - The gradient in $w$ is $z$ times the one in $c$. After a step the fake itself has moved by
#   $0.1 \cdot 0.0492 \cdot (z^2 + 1)$, and noise in $[-8, 8]$ makes this factor anything from 1 to 65. $w$ is a lever:
#   a touch of it swings both edges of the box.
# - $w$ fell although no one asked for a narrower box. The noise happened to be negative, and a smaller $w$ moves
#   *that* fake to the right. A minibatch of one knows nothing of widths; an average over many noises does.
#
# And what has the ½ done? It has halved $D$'s gradient, and nothing else: the direction is that of $V$, up. With
# plain gradient steps, half of the gradient at the double rate is the same step. Adam divides each gradient by its
# usual size, so it should not notice a factor at all. Check both on the real $D$ with its four layers of 32 units:


# %% tags=["nbval-check-output"]
def parameters_after(iterations, factor, make_optimizer):
    """All parameters after a short game with L_D = factor * (-ln o_r - ln(1 - o_f))."""
    torch.manual_seed(0)
    G, D = make_generator(), make_discriminator()
    opt_d, opt_g = make_optimizer(D.parameters()), SGD(G.parameters(), lr=0.02)
    for _ in range(iterations):
        x, z = 5 + torch.randn(128, 1), 16 * torch.rand(128, 1) - 8
        L_D = factor * (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean()
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        L_G = -logsigmoid(D(G(16 * torch.rand(128, 1) - 8))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
    return torch.cat([p.detach().flatten() for p in (*D.parameters(), *G.parameters())])


def what_the_half_does(iterations=100):
    def sgd(rate):
        return lambda parameters: SGD(parameters, lr=rate)

    def adam(eps):
        return lambda parameters: Adam(parameters, lr=0.01, eps=eps)

    for name, with_half, without in (
        ("gradient steps, rate 0.2 with the ½, 0.1 without", sgd(0.2), sgd(0.1)),
        ("gradient steps, rate 0.2 with the ½, 0.2 without", sgd(0.2), sgd(0.2)),
        ("Adam, the same rate, without its epsilon        ", adam(0.0), adam(0.0)),
        ("Adam, the same rate, epsilon 1e-8               ", adam(1e-8), adam(1e-8)),
    ):
        pair = [
            parameters_after(iterations, 0.5, with_half),
            parameters_after(iterations, 1.0, without),
        ]
        print(f"{name}  equal to the last bit: {torch.equal(*pair)}")


what_the_half_does()

# %% [markdown]
# So with gradient steps the ½ is a learning rate for $D$ in disguise: whoever drops it should halve the rate. With Adam it
# is nothing. (The last line says False because Adam adds $\epsilon = 10^{-8}$ to the size that it divides by,
# and that is not halved. The difference is tiny at first, and then the two games drift apart like any two games that
# differ in the eighth digit. Neither is better.)

# %% [markdown]
# ## 4. Why it does not come to rest
#
# Two parameters, a tame target, a $D$ with two thousand weights: what could go wrong? The next cell trains with Adam at a
# learning rate of 0.03, minibatches of 128, for 500 iterations, and follows the mean and the standard deviation of
# $p_g$, which are exact: no sampling, only $w$ and $c$. The three panels differ in Adam's two memories. Adam moves along a running
# mean of the gradient, with $\beta_1$, and divides by the root of a running mean of its square, with $\beta_2$. A running mean
# with $\beta$ remembers about the last $1 / (1 - \beta)$ gradients.


# %%
def play_on(seed, betas, iterations=500, lr=0.03, m=128):
    """Means and standard deviations of p_g along a game at a constant rate, and c's gradients."""
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    opt_d = Adam(D.parameters(), lr=lr, betas=betas, fused=True)
    opt_g = Adam(G.parameters(), lr=lr, betas=betas, fused=True)
    w, c = G.parameters()
    path = []
    for _ in range(iterations):
        x, z = 5 + torch.randn(m, 1), 16 * torch.rand(m, 1) - 8
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(G(z).detach()))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()
        L_G = -logsigmoid(D(G(16 * torch.rand(m, 1) - 8))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()
        path.append((c.item(), 8 / math.sqrt(3) * abs(w.item()), c.grad.item()))
    return np.array(path)


def draw_path(axes, mean, std, title):
    for y, target, color, style, name in (
        (mean, 5, COLORS["generator"], "-", "mean of $p_g$"),
        (std, 1, COLORS["data"], "--", "std of $p_g$"),
    ):
        axes.axhspan(target - 0.3, target + 0.3, color=COLORS["grey"], alpha=0.2, lw=0)
        axes.plot(np.arange(1, len(y) + 1), y, style, color=color, lw=1.5, label=name)
    axes.set(xlabel="iteration", title=title, ylim=(-0.7, 6.5))
    axes.spines[["top", "right"]].set_visible(False)


def picture_of_memories():
    figure = Figure(figsize=(9.6, 3.2), layout="constrained")
    row = figure.subplots(1, 3, sharey=True)
    for axes, betas in zip(row, ((0.9, 0.999), (0.9, 0.9), (0.5, 0.9))):
        mean, std, gradient = play_on(1, betas).T
        name = " (default)" if betas == (0.9, 0.999) else ""
        draw_path(axes, mean, std, f"β₁ = {betas[0]}, β₂ = {betas[1]}{name}")
    first, last = (np.sqrt(np.mean(part**2)) for part in (gradient[:50], gradient[-50:]))
    print(
        f"size of the gradient in c, on the right: {first:.2f} in the first 50 iterations, {last:.3f} in the last"
    )
    row[0].set_ylabel("x")
    figure.legend(
        *row[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False
    )
    return figure


show(
    picture_of_memories(),
    alt="Mean and standard deviation of p_g over 500 iterations, for three settings of Adam, with grey bands of 0.3 "
    "around 5 and 1. By default the mean creeps and has not arrived. With beta 2 = 0.9 it arrives, but the standard "
    "deviation swings between 0 and 3. With beta 1 = 0.5 as well it still swings, between about 0.5 and 1.5.",
)

# %% [markdown]
# **The mean creeps, the width swings.** Adam moves $w$ and $c$ by about the same amount, its learning rate. But $w$ is the lever: 0.03 in
# $w$ is 0.14 in the standard deviation and 0.24 at each edge, while the mean has five units to go in steps of 0.03. A rate
# that suits one is wrong for the other.
#
# **On the left**, the mean does not even take those steps. The first gradients are large, because $D$ tells early fakes from data with
# ease; near the goal they are far smaller (see the line above the picture). With $\beta_2 = 0.999$ Adam remembers about a thousand of them, twice as
# many as there are, and goes on dividing by the size that gradients once had.
#
# **In the middle**, it arrives, and the width swings. You know this from notebook 02: it is $V = xy$ in another dress. The
# box is too wide; $D$ learns, some steps later, that far out means fake; $G$ draws in, and by the time $D$ has noticed, the box is too narrow;
# now far out means data, and so round. Each player chases a place where the other no longer is. Notebook 03 has shown what
# momentum does to that: $\beta_1 = 0.9$ keeps pushing where the other was ten steps ago.
#
# **On the right**, less momentum makes smaller swings, but they do not die. At a constant rate, nothing tells them to.
#
# What helps, each for a reason:
#
# - *less momentum*: $\beta_1$ of 0.5 or 0 instead of 0.9;
# - *a shorter memory for size*: $\beta_2$ of 0.9 or 0.99 instead of 0.999;
# - *a rate that falls*, so that long steps reach the data and short ones shrink the circle;
# - *a $D$ that is ahead*: a larger rate for $D$ than for $G$, or $k > 1$. A $D$ that has caught up does not send $G$ to the wrong side;
# - *plain gradient steps*: their length falls with the gradient by itself. They have no memory at all;
# - *averaging* the parameters over the last iterations: the middle of a circle, rather than a point on it.

# %% [markdown]
# ## 5. Training
#
# For the exercise you are given `moments(G)`, the mean and the standard deviation of $p_g$. It pushes a thousand equally spaced noises
# through $G$, so for a linear $G$ it is exact. (The cell is read-only; the checks use it too.)

# %% nbgrader={"grade": false, "grade_id": "moments", "locked": true, "schema_version": 3, "solution": false, "task": false}
NOISES = ((torch.arange(1000) + 0.5) / 1000 * 16 - 8)[
    :, None
]  # shape (1000, 1), all equally probable


@torch.no_grad()
def moments(G: nn.Module) -> tuple[float, float]:
    """Mean and standard deviation of p_g, for z ~ U[-8, 8]."""
    x = G(NOISES.to(next(G.parameters()).dtype, copy=True))
    return x.mean().item(), x.std(correction=0).item()


# %% [markdown]
# ### Exercise B4 · part 2, the game
#
# Difficulty 4 of 5 · 30 minutes
#
# Write `train_simple_gan(seed)`. It makes its networks with `make_generator()` and `make_discriminator()`, trains them by
# Algorithm 1 on the data and the noise of section 1, with the lecture's losses, and returns `(G, history)`. The same seed should give the same
# $G$ each time, and another seed another one: call `torch.manual_seed(seed)` before anything is random.
#
# `history` is a dictionary of four lists, each with one plain number for each iteration: `"d_loss"` and `"g_loss"`, which are $L_D$ and
# $L_G$ of that iteration, and `"mean"` and `"std"` from `moments(G)` after it.
#
# The goal: $|\text{mean} - 5| < 0.3$ and $|\text{std} - 1| < 0.3$ at the end, *whatever the seed*. Try ten before you hand in, since the hidden
# check has a seed of its own. Number of iterations, $k$, $m$, optimizer and rates are yours to choose. It can be done in a
# second or two, and should not take more than ten: the checks train three times.
#
# <details><summary>Hint</summary>
#
# Change one thing at a time, and look at `history["std"]` in a plot. One recipe among many: Adam for both players, rate 0.03, betas
# (0.5, 0.9), $m = 128$, 500 iterations, and a rate that falls in a straight line to 0. The last is
# `torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, total_iters=500)`, one for each optimizer, with a `.step()` at the end of each
# iteration. For Adam, `fused=True` saves half of the time.
#
# </details>
#
# What you should see, give or take:
#
# ![Left: mean and standard deviation over 500 iterations; the mean climbs to 5, the standard deviation swings less and less and comes to rest near 1. Right: p_g as a box, flat and far to the left at first, at the end around the bell of the data.](images/b4-training.png)


# %% nbgrader={"grade": false, "grade_id": "B4-train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_simple_gan(seed: int) -> tuple[nn.Module, dict[str, list[float]]]:
    """Train a new pair of networks on N(5, 1), with noise from U[-8, 8].

    seed: fixes all that is random
    returns: G, noise (m, 1) -> data (m, 1), and
        {"d_loss": [...], "g_loss": [...], "mean": [...], "std": [...]}, a float for each iteration;
        losses in nats, mean and std of p_g
    """
    ### BEGIN SOLUTION
    torch.manual_seed(seed)
    G, D = make_generator(), make_discriminator()
    iterations, m = 500, 128
    # Little momentum and a short memory, against circling; a rate that falls to 0, to come to rest.
    opt_d = Adam(D.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    opt_g = Adam(G.parameters(), lr=0.03, betas=(0.5, 0.9), fused=True)
    schedulers = [
        torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, total_iters=iterations)
        for opt in (opt_d, opt_g)
    ]

    def sample_noise():
        return 16 * torch.rand(m, 1) - 8

    history = {"d_loss": [], "g_loss": [], "mean": [], "std": []}
    for _ in range(iterations):
        x, x_fake = 5 + torch.randn(m, 1), G(sample_noise()).detach()
        L_D = (-logsigmoid(D(x)) - logsigmoid(-D(x_fake))).mean() / 2
        opt_d.zero_grad()
        L_D.backward()
        opt_d.step()

        L_G = -logsigmoid(D(G(sample_noise()))).mean()
        opt_g.zero_grad()
        L_G.backward()
        opt_g.step()

        for scheduler in schedulers:
            scheduler.step()
        for name, value in zip(history, (L_D.item(), L_G.item(), *moments(G))):
            history[name].append(value)
    return G, history
    ### END SOLUTION


# %% [markdown]
# The next cell (read-only) lends the checks a way to watch your function: it notes each noise that goes into $G$, each fake that comes out,
# and the weights of both networks at that moment. Such a game is ended early, when enough has been seen.

# %% nbgrader={"grade": false, "grade_id": "watched-game", "locked": true, "schema_version": 3, "solution": false, "task": false}
import contextlib
from types import SimpleNamespace
from unittest import mock

from torch.nn.utils import parameters_to_vector

from ganlib.checks import quietly


class Enough(BaseException):
    """Ends a game that has been watched for long enough."""


def play(seed):
    """(G, history) of train_simple_gan(seed)."""
    with quietly():
        result = train_simple_gan(seed)
    assert isinstance(result, tuple) and len(result) == 2, (
        "train_simple_gan should return the pair (G, history), but returned "
        f"{'None: is a return missing?' if result is None else 'a ' + type(result).__name__}"
    )
    return result


def watch_game(seed, calls):
    """Run train_simple_gan(seed), and end it early once G has been called so often.

    Returns for each call of G the noise, the fakes and the weights of both networks,
    {"D": ..., "G": ...}; last in `weights` stand those at the end.
    """
    networks, noises, fakes, weights = {}, [], [], []

    def look_at_weights():
        weights.append(
            {name: parameters_to_vector(n.parameters()).detach() for name, n in networks.items()}
        )

    def look(network, inputs, named, output):
        (z,) = (*inputs, *named.values())
        if z.shape == NOISES.shape and (z == NOISES).all():
            return  # moments(G), which is no part of the game
        if len(noises) >= calls:
            raise Enough
        noises.append(z.detach().clone())
        fakes.append(output.detach().clone())
        look_at_weights()

    def watched(name, make):
        def made():
            network = make()
            networks.setdefault(name, network)
            if name == "G":
                network.register_forward_hook(look, with_kwargs=True)
            return network

        return made

    makers = {
        "make_generator": watched("G", make_generator),
        "make_discriminator": watched("D", make_discriminator),
    }
    with mock.patch.dict(globals(), makers), contextlib.suppress(Enough):
        play(seed)
    assert networks.keys() == {"G", "D"}, (
        "train_simple_gan should make its networks with make_generator() and make_discriminator()"
    )
    assert len(noises) > 1, "G was given noise at most once: a game has many iterations."
    look_at_weights()
    return SimpleNamespace(noises=noises, fakes=fakes, weights=weights)


def expect_noise(game):
    """The first noises of the game should be spread evenly over [-8, 8]."""
    z = torch.cat(game.noises[:20]).double()
    assert z.abs().max() < 8.001, (
        f"a noise of {z[z.abs().argmax()].item():.2f} went into G: z ~ U[-8, 8]"
    )
    assert abs(z.mean()) < 2 and 3.5 < z.std() < 5.7, (
        f"the noise that went into G has mean {z.mean():.2f} and standard deviation {z.std():.2f}; spread "
        "evenly over [-8, 8] it has 0 and 4.62. torch.rand is U[0, 1], torch.randn is N(0, 1)"
    )


def expect_moments(seed):
    """Train with this seed; mean and std of p_g should be within 0.3 of 5 and of 1."""
    watch_game(seed, calls=2)  # it has to have networks that play
    G, history = play(seed)
    assert isinstance(G, nn.Module), (
        "train_simple_gan should return (G, history), with the network G first; it is a "
        f"{type(G).__name__}"
    )
    mean, std = moments(G)
    if abs(mean - 5) < 0.3 and abs(std - 1) < 0.3:
        return
    found = f"With seed {seed}, p_g has mean {mean:.2f} and std {std:.2f}"
    assert math.isfinite(mean + std), f"{found}: is there a log of a sigmoid, or a huge rate?"
    game = watch_game(seed, calls=60)  # the same game again, to see what went wrong
    expect_noise(game)
    start, end = game.weights[0], game.weights[-1]
    assert not torch.equal(start["D"], end["D"]), (
        f"{found}: D has not moved when G has been called {len(game.noises)} times. Is its step missing?"
    )
    assert not torch.equal(start["G"], end["G"]), (
        f"{found}: G has not moved when it has been called {len(game.noises)} times. Is its step "
        "missing, or its fake detached?"
    )
    told = math.nan
    with contextlib.suppress(Exception):  # whether history is as it should be, another check asks
        told = float(history["mean"][-1])
    assert not (abs(told - 5) < 0.3 and abs(mean - 5) >= 0.3), (
        f"{found}, but history ends with a mean of {told:.2f}: return the G that was trained"
    )
    assert not (abs(mean - 1) < 1 and abs(std - 5) < 2), (
        f"{found}: the data is N(5, 1), with mean 5 and standard deviation 1, not the other way round"
    )
    assert abs(mean - 5) < 0.3, (
        f"{found}: the mean should be within 0.3 of 5. If history shows that it is on its way, give it "
        "longer or more steps. If it went elsewhere, look at the directions (the next check), at the "
        "data, and at whether each step clears the old gradients"
    )
    raise AssertionError(
        f"{found}: the std should be within 0.3 of 1. If history shows that it swings, the end of "
        "section 4 says what calms it"
    )


# %% nbgrader={"grade": true, "grade_id": "B4-train-moments", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# With seed 1: mean within 0.3 of 5, standard deviation within 0.3 of 1.
expect_moments(1)

# %% nbgrader={"grade": true, "grade_id": "B4-train-directions", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# The first moves: D learns to tell data from fakes, and G to pass for data with this D.
from unittest import mock

import torch
from torch.nn.functional import softplus
from torch.nn.utils import vector_to_parameters

D, G = make_discriminator().double(), make_generator().double()
x = 5 + torch.special.ndtri((torch.arange(200, dtype=torch.float64) + 0.5) / 200)[:, None]


def loss_of(who, theta, z):
    """L_D or L_G with these weights, on data and on the fakes of these noises."""
    vector_to_parameters(theta["D"].double(), D.parameters())
    vector_to_parameters(theta["G"].double(), G.parameters())
    with torch.no_grad():
        fake = D(G(z.double()))
        return (
            softplus(-fake).mean()
            if who == "G"
            else (softplus(-D(x)).mean() + softplus(fake).mean()) / 2
        )


def make_narrow(make=make_generator):
    """A new G whose fakes lie close together: what fools D with one of them fools it with all."""
    G = make()
    with torch.no_grad():
        for p in G.parameters():
            p.mul_(0.01 if p.ndim > 1 else 1)
    return G


def watch_narrow_game(seed):
    with mock.patch.dict(globals(), make_generator=make_narrow):
        return watch_game(seed, calls=30)


lowered = {"D": [], "G": [], "D, while G moved,": [], "G, while D moved,": []}
for seed in (4, 6, 8):
    game = watch_narrow_game(seed)
    for old, new, z in zip(game.weights, game.weights[1:], game.noises):
        moved = [who for who in "DG" if not torch.equal(old[who], new[who])]
        for who, other in (("D", "G"), ("G", "D")):
            if who in moved:
                # G answers the D that has moved before it; D has not yet seen the new G.
                before = old if who == "D" else {**old, "D": new["D"]}
                after = {**before, who: new[who]}
                together = f"{who}, while {other} moved," if other in moved else who
                lowered[together].append((loss_of(who, after, z) < loss_of(who, before, z)).item())
for who, moves in lowered.items():
    assert len(moves) < 10 or sum(moves) > 0.35 * len(moves), (
        f"in its first moves {who} lowered its own loss only {sum(moves)} times in {len(moves)}. "
        + (
            "Does an optimizer hold both networks, or an old gradient move the one that should stand still?"
            if "while" in who
            else "Look at the signs and the labels: D says yes to data and no to fakes, and G lowers -ln o_f"
        )
    )
assert lowered["D"] or lowered["D, while G moved,"], (
    "D does not move in its first turns: is its optimizer's step missing, or the graph cut?"
)

# %% nbgrader={"grade": true, "grade_id": "B4-train-noise", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Noise from U[-8, 8], fresh for each iteration.
import torch

game = watch_game(seed=1, calls=24)
expect_noise(game)
first, *later = game.noises
assert any(not torch.isin(z, first).any() for z in later), (
    "G was given the same noise again and again: draw a fresh minibatch inside the loop, or nothing will "
    "be asked of G between those few points"
)

# %% nbgrader={"grade": true, "grade_id": "B4-train-seed", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The same seed, the same game; another seed, another game.
import random
import numpy as np
import torch


def first_fakes(seed, elsewhere):
    """The fakes of ten calls of G, after other people have used the random numbers."""
    random.seed(elsewhere)
    np.random.seed(elsewhere)
    torch.manual_seed(elsewhere)
    return watch_game(seed, calls=10).fakes


def same(one, other):
    return len(one) == len(other) and all(
        a.shape == b.shape and torch.allclose(a, b, rtol=1e-5, atol=1e-5)
        for a, b in zip(one, other)
    )


first, again, other = first_fakes(5, 100), first_fakes(5, 200), first_fakes(6, 100)
assert same(first, again), (
    "train_simple_gan(5), called twice, plays two different games: call torch.manual_seed(seed) first, before the "
    "networks are made, and let all randomness come from it"
)
assert not same(first, other), (
    "train_simple_gan(5) and train_simple_gan(6) play the same game: is the argument seed used?"
)

# %% nbgrader={"grade": true, "grade_id": "B4-train-history", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Four lists of plain numbers, one number for each iteration; losses as in the lecture.
import torch
from ganlib.checks import as_tensor

G, history = play(seed=2)
keys = ("d_loss", "g_loss", "mean", "std")
assert isinstance(history, dict) and set(keys) <= set(history), (
    f"history should be a dictionary with the keys {', '.join(keys)}"
)
for key in keys:
    assert not any(isinstance(v, torch.Tensor) and v.requires_grad for v in history[key]), (
        f'history["{key}"] holds losses with their graphs, which keeps every graph in memory: use .item()'
    )
history = {key: as_tensor(history[key], f'history["{key}"]') for key in keys}
lengths = {key: len(values) for key, values in history.items()}
assert len(set(lengths.values())) == 1, (
    f"the four lists should be equally long, one number for each iteration, but have {lengths}"
)
assert lengths["mean"] > 9, (
    f"history has {lengths['mean']} entries; one for each iteration is wanted"
)
# Near the end D is close to undecided, and both losses are close to log 2 = 0.69.
last = max(lengths["mean"] // 4, 1)
end = {key: values[-last:].mean().item() for key, values in history.items()}
assert end["d_loss"] > 0, (
    f'history["d_loss"] is about {end["d_loss"]:.2f} at the end, below 0: the sign is wrong'
)
assert end["g_loss"] > 0, (
    f'history["g_loss"] is about {end["g_loss"]:.2f} at the end, below 0: that is ln(1 - o_f); the '
    "lecture's L_G is -ln o_f"
)
assert not 1.1 < end["d_loss"] < 1.6, (
    f'history["d_loss"] is about {end["d_loss"]:.2f} at the end, near log 4: that is -V; the lecture\'s L_D has '
    "the factor 1/2"
)
for key in ("d_loss", "g_loss"):
    assert 0.35 < end[key] < 1.1, (
        f'history["{key}"] is about {end[key]:.2f} at the end, where it should be near log 2 = 0.69'
    )
for key, now in zip(("mean", "std"), moments(G)):
    assert abs(end[key] - now) < 0.5, (
        f'history["{key}"] is about {end[key]:.2f} at the end, but the G that was returned has {now:.2f}: is '
        "it another network, or has it not come to rest?"
    )

# %% nbgrader={"grade": true, "grade_id": "B4-train-hidden-seeds", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# One more seed, which nobody has tuned for.
expect_moments(2014)
### END HIDDEN TESTS

# %% [markdown]
# ## 6. What it has learnt
#
# Your game with seed 1. On the left what `history` says; on the right $p_g$ at four moments, drawn from its mean and standard
# deviation alone, since there is no more to a box.


# %% picture="b4-training.png"
def picture_of_training():
    _, history = train_simple_gan(1)
    mean, std = np.array(history["mean"]), np.array(history["std"])
    n = len(mean)
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[3, 4])
    draw_path(left, mean, std, "")
    left.set_ylabel("x")
    left.legend(frameon=False, loc="center right")
    right.plot(line, density_of_data, ":", color=COLORS["data"], lw=2.5, label="$p_{data}$")
    for done, style, width in (
        (1, "-", 1),
        (n // 6, "--", 1.3),
        (n // 3, "-.", 1.6),
        (n, "-", 2.5),
    ):
        edges = mean[done - 1] + math.sqrt(3) * std[done - 1] * np.array([-1, 1])
        label = f"$p_g$, iteration {done}"
        right.stairs(
            [1 / np.ptp(edges)], edges, ls=style, color=COLORS["generator"], lw=width, label=label
        )
    right.set(xlabel="x", ylabel="density", xlim=(-5, 9), ylim=(0, 0.7))
    right.legend(frameon=False, loc="upper left", fontsize=9)
    right.spines[["top", "right"]].set_visible(False)

    d_loss = np.mean(history["d_loss"][-n // 4 :])
    jsd = jsd_of_box(mean[-1], std[-1])
    print(f"at the end: mean {mean[-1]:.3f}, std {std[-1]:.3f}, JSD {jsd:.4f} nats")
    print(f"in the last quarter L_D is {d_loss:.4f} on average; log 2 is {math.log(2):.4f}")
    return figure


show(
    picture_of_training(),
    alt="Left: mean and standard deviation over 500 iterations; the mean climbs to 5, the standard deviation swings less and "
    "less and comes to rest near 1. Right: p_g as a box, flat and far to the left at first, at the end around the bell of the data.",
)

# %% [markdown]
# The box stands where it should, and it stands still. It is no bell, and never will be; that was known before.
#
# The losses know it too. At the equilibrium of notebook 02 both would be $\log 2$. Here $L_D$ stays *below*, for good: $D$ keeps winning,
# because it can see that the box has edges and no top. In notebook 03 the loss of $D$ gave a lower bound for the distance; with the ½ it reads
#
# $$ \mathrm{JSD}(p_{data} \Vert p_g) \ge \log 2 - L_D. $$
#
# Compare the two lines printed above. This time a loss proves something: that *this* $G$ cannot be right.
#
# One run is an anecdote. Here are ten more, and the guess that you wrote down in section 2.


# %%
def picture_of_seeds(seeds=range(20, 30)):
    ends = np.array([moments(train_simple_gan(seed)[0]) for seed in seeds])
    figure = Figure(figsize=(6, 3.4), layout="constrained")
    axes = figure.subplots()
    grey = COLORS["grey"]
    axes.plot(
        [4.7, 5.3, 5.3, 4.7, 4.7], [0.7, 0.7, 1.3, 1.3, 0.7], ":", color=grey, label="the goal"
    )
    axes.plot(*ends.T, "o", color=COLORS["generator"], label="your $p_g$, one a seed")
    axes.plot(5, 1.0, "*", ms=12, color=COLORS["data"], label="the moments of the data")
    axes.plot(5, 1.082, "s", ms=7, color=COLORS["optimum"], label="the box of least JSD")
    axes.plot(5, 0.914, "D", ms=6, color=COLORS["value"], label="the box of least KL − 2 JSD")
    axes.set(xlabel="mean of $p_g$", ylabel="std of $p_g$", xlim=(4.65, 5.35), ylim=(0.65, 1.35))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    mean, std = ends.T
    print(f"mean of p_g from {mean.min():.3f} to {mean.max():.3f}, on average {mean.mean():.3f}")
    print(f"std  of p_g from {std.min():.3f} to {std.max():.3f}, on average {std.mean():.3f}")
    return figure


show(
    picture_of_seeds(),
    alt="Mean and standard deviation of p_g after training, for ten seeds, within a square of plus and minus 0.3 around (5, 1). The points "
    "lie close together, above the standard deviation of the data and around that of the box of least JSD.",
)

# %% [markdown]
# With the recipe of the hint, each of the seeds 0 to 299 reached the goal: the mean was never more than 0.09 from 5, and the
# standard deviation lay between 0.87 and 1.19. On average it was 1.06, and not 1. Nothing in the game mentions moments, and
# the box that fools $D$ best is not the one that has the moments of the data. It is near the box of least JSD, at 1.08, and far from
# the other hill's 0.91. With the *saturating* loss the width came out the same (1.06 against 1.05, over 30 seeds each, with $k = 3$ and three times
# the iterations). So the formula for the non-saturating hill has failed here, and it is worth knowing why: it is about a perfect $D$ and
# densities without jumps. At the edge of a box $D^*$ is a cliff. A network's cliff is a slope, and how steep it is decides what the
# outermost fakes are told.
#
# What is each part of the recipe worth? A hundred seeds each, with one thing changed:
#
# | recipe | at the goal, of 100 |
# |---|---|
# | as in the hint | 100 |
# | constant rate | 71 |
# | more momentum, $\beta_1 = 0.9$ | 67 |
# | longer memory, $\beta_2 = 0.999$ | 4 |
# | both as by default, and constant rate | 5 |
# | $L_D$ without the ½ | 100 |
# | gradient steps, constant rates of 0.2 for $D$ and 0.02 for $G$, 1,000 iterations | 99 |
#
# The failures differ. With a constant rate, or with momentum, the width was still swinging at the end; with the long memory the mean
# had not arrived. And plain gradient steps with a $D$ that is ten times as fast do almost as well, without any of it.
# Such a table needs its hundred seeds: a recipe that reaches the goal in 71 of 100 has three successes
# in a row one time in three.

# %% [markdown]
# ## 7. One more layer
#
# What would a $G$ have to be, to make a bell of this noise? Exercise A1 has the answer: the inverse distribution function,
#
# $$ G^*(z) = F^{-1}\Bigl(\frac{z + 8}{16}\Bigr), $$
#
# an S lying on its side, which a straight line can only cut through. So bend the line. A hidden layer of $n$ ReLU units makes
# $G$ a chain of $n + 1$ straight pieces. Each piece turns its stretch of noise into a box. If the chain only ever climbs, the boxes stand side by side: *with $n$ hidden
# ReLU units, $p_g$ is a histogram of $n + 1$ bins*. That can be optimised without any game. How good is the best histogram?


# %%
def best_chain(n):
    """Edges of the n + 1 boxes of least JSD, and the share of the samples in each."""
    start = torch.linspace(-1, 1, n + 2, dtype=torch.float64) * (1.9 + 0.3 * math.log(n + 1)) + 5
    left, log_widths = start[:1].clone(), start.diff().log()
    logits = gaussian(5.0, 1.0).log_prob((start[:-1] + start[1:]) / 2) + log_widths
    parameters = [p.requires_grad_() for p in (left, log_widths, logits)]
    opt = torch.optim.LBFGS(
        parameters, max_iter=300, tolerance_grad=1e-10, line_search_fn="strong_wolfe"
    )

    def boxes():
        return torch.cat([left, left + log_widths.exp().cumsum(0)]), logits.softmax(0)

    def loss():
        opt.zero_grad()
        jsd = jsd_of_boxes(*boxes())
        jsd.backward()
        return jsd

    opt.step(loss)
    return [b.detach() for b in boxes()]


def picture_of_chains():
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    curves, densities = figure.subplots(1, 2)
    z = torch.linspace(-7.999, 7.999, 2001, dtype=torch.float64)
    target = 5 + torch.special.ndtri((z + 8) / 16)
    curves.plot(z, target, ":", color=COLORS["data"], lw=2.5, label="the bell's $F^{-1}$")
    densities.plot(line, density_of_data, ":", color=COLORS["data"], lw=2.5)
    for n in (0, 1, 2, 4, 8, 16):
        edges, shares = best_chain(n)
        print(f"n = {n:2d}: least JSD {jsd_of_boxes(edges, shares):.4f} nats")
        if n in (0, 2, 8):
            color, style = {
                0: (COLORS["generator"], "-"),
                2: (COLORS["value"], "--"),
                8: (COLORS["optimum"], "-"),
            }[n]
            kinks = torch.cat([torch.zeros(1, dtype=torch.float64), shares.cumsum(0)]) * 16 - 8
            curves.plot(kinks, edges, style, color=color, lw=1.5, label=f"n = {n}")
            densities.stairs(shares / edges.diff(), edges, color=color, ls=style, lw=1.5)
    curves.set(xlabel="z", ylabel="G(z)", title="G: a chain of n + 1 pieces", ylim=(1, 9))
    densities.set(
        xlabel="x", ylabel="density", title="$p_g$: a histogram of n + 1 bins", xlim=(1, 9)
    )
    curves.legend(frameon=False)
    for axes in (curves, densities):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


show(
    picture_of_chains(),
    alt="Left: the S-shaped inverse distribution function of the bell, and the best chains of 1, 3 and 9 straight pieces, which follow it more and "
    "more closely. Right: their densities, histograms of 1, 3 and 9 bins under and over the bell.",
)

# %% [markdown]
# Two hidden units bring the least possible JSD from 0.048 down to 0.018, eight to 0.004. This is what the layer *can represent*. What will a game
# find? Give $G$ a hidden layer of 64 ReLU units, more than enough, and train it against the same kind of $D$. It needs more patience than
# the line: a rate of 0.002 for $G$, a tenth of $D$'s, no momentum, minibatches of 256 and 1,500 iterations.


# %%
def train_bent(seed, iterations=1500, m=256):
    torch.manual_seed(seed)
    G, D = Generator(1, 1, hidden=(64,)), make_discriminator()
    opt_d = Adam(D.parameters(), lr=0.02, betas=(0.0, 0.99), fused=True)
    opt_g = Adam(G.parameters(), lr=0.002, betas=(0.0, 0.99), fused=True)
    for i in range(iterations):
        for opt, rate in ((opt_d, 0.02), (opt_g, 0.002)):
            opt.param_groups[0]["lr"] = rate * (1 - i / iterations)
        discriminator_step(D, G, opt_d, 5 + torch.randn(m, 1), 16 * torch.rand(m, 1) - 8)
        generator_step(D, G, opt_g, 16 * torch.rand(m, 1) - 8)
    return G


@torch.no_grad()
def jsd_by_counting(G, bins):
    """JSD of p_data and p_g from a histogram of 200,000 equally probable fakes."""
    z = ((torch.arange(200_000) + 0.5) / 200_000 * 16 - 8)[:, None]
    x = G(z)[:, 0].double().clamp(bins[0], bins[-1])
    p_g = torch.histogram(x, bins)[0] / len(x) / bins.diff()
    middles = (bins[:-1] + bins[1:]) / 2
    dx = (bins[1] - bins[0]).item()
    p = gaussian(5.0, 1.0).log_prob(middles).exp()
    return p_g, js_divergence(p, p_g, dx).item()


def picture_of_one_more_layer():
    bins = torch.linspace(-1, 11, 241, dtype=torch.float64)
    G = train_bent(seed=0)
    p_g, jsd = jsd_by_counting(G, bins)
    mean, std = moments(G)
    print(f"one hidden layer of 64: mean {mean:.3f}, std {std:.3f}, JSD {jsd:.4f} nats")

    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    curves, densities = figure.subplots(1, 2)
    z = torch.linspace(-7.999, 7.999, 2001)[:, None]
    target = 5 + torch.special.ndtri((z + 8) / 16)
    curves.plot(z, target, ":", color=COLORS["data"], lw=2.5, label="the bell's $F^{-1}$")
    with torch.no_grad():
        curves.plot(z, G(z), color=COLORS["generator"], lw=1.5, label="G, trained")
    curves.set(xlabel="z", ylabel="G(z)")
    densities.plot(line, density_of_data, ":", color=COLORS["data"], lw=2.5, label="$p_{data}$")
    densities.stairs(p_g, bins, color=COLORS["generator"], fill=True, alpha=0.5, label="$p_g$")
    densities.set(xlabel="x", ylabel="density", xlim=(1, 9))
    for axes in (curves, densities):
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


show(
    picture_of_one_more_layer(),
    alt="Left: the trained G is a crooked V with its tip near z = 0, not an S. Right: its density, by counting, is a rough bell with "
    "steps: too high on the left shoulder and cut off at about 2.8 and 7.2.",
)

# %% [markdown]
# Did you expect a V? Neither did anybody ask for an S. $D$ sees fakes and never the noise they were made of, so every $G$ with the same $p_g$ is as
# good as any other. In section 2 the sign of $w$ left no trace; here one half of the noise runs down and the other half up, and so it was with each
# of 20 seeds. Most $x$ get a share from either arm of the V, and together the arms make a bell of sorts.
#
# Over the 20 seeds the JSD had a median of 0.022. In 19 of them it was below 0.048, less than any box can have, so the layer has paid. In
# one it was 0.057: a $G$ that *can* do better has done worse. And all of them are far from what 64 units could represent; the best, at 0.016, hardly beats
# the best histogram of *two* units. What holds $G$ back is no longer its capacity but the game. One reason can be read off the picture.
# A ReLU unit bends the chain where $w_i z + b_i = 0$. PyTorch draws both numbers from $U(-1, 1)$, so half of the bends begin in
# $|z| < 1$, an eighth of the noise. The bell wants them far out, near ±8.

# %% [markdown]
# ## 8. No layer at all
#
# So 64 hidden units have brought the JSD from 0.048 to 0.022, in the middle of 20 seeds. Take them away again. $G$ is a single linear
# layer as in part 1, with no hidden unit and no activation, and all noise is spread evenly over $[-8, 8]$.
#
# The next cell opens the game of this $G$, paused, in the course's live GAN. Both players make plain gradient steps, at the rates of the last row of
# section 6's table (0.1 for $D$, since the live GAN leaves out the ½). Press *Play*, and read the JSD in the second chart: it falls, and remains
# where section 2 said that it must. No slider takes it further, neither $k$ nor $m$ nor any rate. Watch $D$ (dashed) beside $D^*$: it sees
# both edges of the box.


# %% nbgrader={"grade": false, "grade_id": "straight-game", "locked": true, "schema_version": 3, "solution": false, "task": false}
def straight_game(make):
    """The settings of this section's game, for a G made by make().

    z is as long as G's `noise_dim` says, or the `in_features` of its first layer.
    """
    lengths = ("noise_dim", "in_features")
    said = [getattr(module, name, None) for module in make().modules() for name in lengths]
    noise_dim = next(filter(None, said), 1)
    return {
        "problem": "gaussian", "G": make, "noise": Noise(noise_dim, "uniform", -8.0, 8.0),
        "opt_d": "sgd", "opt_g": "sgd", "lr_d": 0.1, "lr_g": 0.02,
    }  # fmt: skip


# %%
GANLab(**straight_game(make_generator))

# %% [markdown]
# ### Exercise L3 · past the best box
#
# Difficulty 3 of 5 · 15 minutes
#
# Can a $G$ of one linear layer be better than the best box, and better than 64 hidden units? Section 2 seems to have settled
# that. Yet a proof is about what it assumes. Which of its assumptions is not among the rules above?
#
# Write `make_straight_generator()`. It makes a new, untrained $G$, which is linear in $z$ (plus a constant), which gets noise from
# $U[-8, 8]$ and nothing else at random, and which goes *below a JSD of 0.03* in this game, after 1,000 iterations and from any seed. Before you play it, with
# `GANLab(**straight_game(make_straight_generator))` in the cell above, write down a guess: what will its JSD be?
#
# <details><summary>Hint</summary>
#
# "A straight $G$ cannot change the shape of its noise." In section 1's table, what is said of the noise? Two dice have
# another distribution than one.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "L3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_straight_generator() -> nn.Module:
    """An untrained G, linear in its noise, that can do better than a box: z -> data (m, 1)."""
    ### BEGIN SOLUTION
    return Generator(noise_dim=2, out_features=1, hidden=())  # w_1 z_1 + w_2 z_2 + c
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "play-straight", "locked": true, "schema_version": 3, "solution": false, "task": false}
from functools import cache

import torch
from ganlib.checks import quietly
from ganlib.live.engine import Engine, ModuleError
from ganlib.training import Diverged


def made():
    """A new G of yours, and noise for it."""
    with quietly():
        G = make_straight_generator()
    assert G is not None, "make_straight_generator() is None: is a return missing?"
    assert isinstance(G, nn.Module), (
        f"make_straight_generator() should return a network, an nn.Module, but returned a {type(G).__name__}"
    )
    return G, straight_game(lambda: G)["noise"]


@cache
def play_straight(make, seed):
    """The engine after 1,000 iterations, and its JSD, the mean of ten looks at the last 200."""
    made()  # which says what is wrong if it is no network
    try:
        with quietly():
            engine = Engine(**straight_game(make), seed=seed, measure_every=0)
            engine.step(800)
            looks = []
            for _ in range(10):
                engine.step(20)
                looks.append(engine.measure()["jsd"])
    except Diverged:
        raise AssertionError(
            "with this G the game runs off to infinity: is there more than one layer in it?"
        ) from None
    except (ModuleError, ValueError) as error:
        raise AssertionError(f"the game cannot be played with this G: {error}") from None
    return engine, sum(looks) / len(looks)


def expect_below(seed):
    """From this seed the JSD should be below 0.03 in the end."""
    engine, jsd = play_straight(make_straight_generator, seed)
    mean = engine.measure()["mean"]
    found = f"from seed {seed} the JSD is {jsd:.3f} in the end, and should be below 0.03"
    assert jsd < 0.03 or engine.noise.dim > 1, (
        f"{found}. p_g is a box, and the best of all boxes has 0.048. However many layers and weights there are, "
        "one number of noise, stretched and moved, stays a box"
    )
    assert jsd < 0.03 or abs(mean - 5) < 0.5, (
        f"{found}; the mean of p_g is {mean:.2f}, where the data has 5: is the bias missing, or can it not learn?"
    )
    assert jsd < 0.03, f"{found}. Has all of G its gradient?"


# %% nbgrader={"grade": true, "grade_id": "L3-straight", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# G is linear in z, and nothing in it is random.
import torch
from ganlib.checks import as_tensor, quietly

G, noise = made()
torch.manual_seed(0)
z1, z2, share = noise(200), noise(200), torch.rand(200, 1)
z = share * z1 + (1 - share) * z2  # on the straight ways from z1 to z2
try:
    with quietly(), torch.no_grad():
        x1, x2, again, between = G(z1.clone()), G(z2), G(z1), G(z)
except (RuntimeError, ValueError) as error:
    raise AssertionError(
        f"G cannot take noise of shape {tuple(z1.shape)}, as its first layer says: {error}"
    ) from None
shape = tuple(as_tensor(x1, "G(z)").shape)
assert shape == (200, 1), f"200 noises became data of shape {shape}; it should be (200, 1)"
assert torch.equal(x1, again), (
    "G, called twice with the same z, gives two answers: it draws random numbers of its own, and all noise should "
    "come from U[-8, 8], through z"
)
assert torch.allclose(between, share * x1 + (1 - share) * x2, atol=1e-3), (
    "G is not linear in z: between two noises it should go straight from one fake to the other. Is there a hidden layer "
    "with an activation, or one after the last layer?"
)

# %% nbgrader={"grade": true, "grade_id": "L3-bell", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# After 1,000 iterations, from seed 0: JSD below 0.03.
expect_below(seed=0)

# %% nbgrader={"grade": true, "grade_id": "L3-hidden-seed", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# The same from a seed that nobody has tuned for.
expect_below(2014)
### END HIDDEN TESTS

# %% [markdown]
# What the game has found, with one more number in $z$, and one more weight in $G$: drawn below, and printed. A sum of independent numbers has for
# its density the convolution of theirs, so $p_g$ is known exactly once more.


# %%
def density_of_sum(weights, c, dx=0.005):
    """x and the density of c + w_1 z_1 + ... + w_n z_n, all z from U[-8, 8]: n boxes, convolved."""
    p_g = np.array([1 / dx])
    for w in np.abs(weights):
        cells = max(round(16 * w / dx), 1)
        p_g = np.convolve(p_g, np.full(cells, 1 / cells))
    return c + (np.arange(len(p_g)) - (len(p_g) - 1) / 2) * dx, p_g


def jsd_of_sum(weights, c, dx=0.005):
    x, p_g = (torch.as_tensor(values) for values in density_of_sum(weights, c, dx))
    bell = gaussian(5.0, 1.0)
    outside = bell.cdf(x[0]) + 1 - bell.cdf(x[-1])
    inside = js_divergence(bell.log_prob(x).exp(), p_g.double(), dx)
    return (inside + outside * math.log(2) / 2).item()


def picture_of_sums():
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    sums, game = figure.subplots(1, 2, sharey=True)
    looks = [
        (COLORS[name], style)
        for name, style in (("generator", "-"), ("value", "--"), ("optimum", "-."))
    ]

    def draw_sum(axes, weights, c, look, label):
        x, p_g = density_of_sum(weights, c)
        axes.step(np.pad(x, 1, mode="edge"), np.pad(p_g, 1), look[1], color=look[0], label=label)

    print("numbers in z   least JSD with equal weights")
    for n in (1, 2, 3, 4):
        best = minimize_scalar(
            lambda std, n=n: jsd_of_sum([std * math.sqrt(3 / n) / 8] * n, 5.0),
            bounds=(0.9, 1.2), method="bounded", options={"xatol": 1e-3},
        )  # fmt: skip
        print(f"{n:12d} {best.fun:12.3f}")
        if n < 4:
            weights = [best.x * math.sqrt(3 / n) / 8] * n
            draw_sum(sums, weights, 5.0, looks[n - 1], f"{n} in z")
    for seed, look in enumerate(looks):
        game_of_two = straight_game(lambda: Generator(2, 1, hidden=()))
        engine = Engine(**game_of_two, seed=seed, measure_every=0)
        before = next(engine.G.parameters())[0].tolist()
        engine.step(1000)
        weights, (c,) = (p.detach().flatten().tolist() for p in engine.G.parameters())
        print(
            f"seed {seed}: weights {before[0]:5.2f} and {before[1]:5.2f} became {weights[0]:6.3f} "
            f"and {weights[1]:6.3f}, JSD {jsd_of_sum(weights, c):.3f}"
        )
        draw_sum(game, weights, c, look, f"seed {seed}")
    for axes, title in (
        (sums, "the best, with equal weights"),
        (game, "found by the game, 2 in z"),
    ):
        axes.plot(line, density_of_data, ":", color=COLORS["data"], lw=2.5, label="$p_{data}$")
        axes.set(xlabel="x", title=title, xlim=(1, 9))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=9)
    sums.set_ylabel("density")
    return figure


show(
    picture_of_sums(),
    alt="Left: the best box, and the best sums of two and of three even noises: a triangle, and a curve of three arcs that "
    "is hard to tell from the bell. Right: what the game found with two noises, from three seeds: three triangles, nearly the same.",
)

# %% [markdown]
# Section 2 took for granted that $z$ is *one* number. Nothing says that it must be. With two numbers and a weight for each, $G$ is as linear as
# before, and $p_g$ is the convolution of two boxes: a trapezoid, and a triangle if the weights are of one size. With three it consists of three arcs,
# and four are nearer to the bell than the best chain of section 7 with eight hidden units. This is the central limit theorem, at work long
# before any limit.
#
# Two more things to notice. The triangle is the best of all these trapezoids, and the game finds it from weights as
# different as −0.01 and 0.38, though no one told it that they should be equal. And here the game comes as near as makes
# no difference to the best that its $G$ can represent, which the 64 hidden units never did. (The chart of the live GAN shows 0.010 where the
# cell above says 0.007. It counts 4,096 points of $p_g$ in 320 bins, and counting adds a little.)
#
# Of 100 games with two numbers in $z$, half ended with a JSD of 0.0073 or less, where 0.0070 is the least possible, and the worst with 0.013. Of 25
# games with 64 numbers none ended above 0.0012.
#
# So what $p_g$ can be is decided by the noise as much as by the layers. It is no remedy for everything, though. The logarithm of a box is
# concave, as far as the box reaches, and convolution preserves this (a theorem of Prékopa, 1973). So $p_g$ has a single hump, however long
# $z$ is: for the two modes of notebook 03 a linear $G$ of such noise will not do. Those need a bend.

# %% [markdown]
# ## Summary
#
# A linear $G$ passes the shape of its noise on to $p_g$, so it can match two moments of a bell and no more, and the best that it can do depends
# on which distance one asks. The lecture's game finds a box close to the one of least JSD, but only if it is kept from circling: with little
# momentum, a short memory, a rate that falls, or a $D$ that is well ahead, and the proof of that is many seeds and not one. A hidden layer can represent
# far better fits than the game then finds, which is why what a network *can* do and what training *does* are two questions. For this bell a second
# number in $z$ does more than 64 hidden units: the shape of $p_g$ comes from noise and layers together.
#
# What is left open: section 3 needed a $D$ of one unit a layer to fit on a page, and since then all gradients have come from autograd. What one
# update really does to each weight of a GAN, with nothing reduced, is the subject of notebook 05.
#
# ## Further reading
#
# - A. Radford, L. Metz, S. Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks*,
#   International Conference on Learning Representations, 2016, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434). Section 4: why
#   $\beta_1$ was lowered from 0.9 to 0.5, a habit ever since.
# - I. Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*, 2016, [arXiv:1701.00160](https://arxiv.org/abs/1701.00160).
#   Section 5 begins with games that do not converge.
# - L. Mescheder, A. Geiger, S. Nowozin, *Which Training Methods for GANs do actually Converge?*, International Conference on Machine
#   Learning, 2018, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406). Why such games circle, and what makes them converge, with proofs.
