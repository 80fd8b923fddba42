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
# # 07 · Digits from noise
#
# Notebook 06 counted the modes that a generator had lost. It could count them because somebody had
# placed them there, on a ring and on a grid. With real images nobody hands you the list: you have
# samples, and no density to hold them against. Nor does Algorithm 1 ask for one. Here the loop
# that you wrote in notebook 03 learns, with larger networks, to draw handwritten digits, the first
# experiment of [Goodfellow et al. 2014](https://arxiv.org/abs/1406.2661), on MNIST. The harder
# question is how to tell what it has learnt.
#
# **Contents:** [1. An image is a point](#1.-An-image-is-a-point) ·
# [2. The generator](#2.-The-generator) ·
# [3. The discriminator](#3.-The-discriminator) ·
# [4. Algorithm 1 on digits](#4.-Algorithm-1-on-digits) ·
# [5. Training](#5.-Training) ·
# [6. What was learnt](#6.-What-was-learnt) ·
# [7. A walk in z](#7.-A-walk-in-z) ·
# [8. One number, and why it misleads](#8.-One-number,-and-why-it-misleads) ·
# [9. The paper's own run](#9.-The-paper's-own-run) ·
# [10. What was tried](#10.-What-was-tried) ·
# [Summary](#Summary)
#
# By the end you can
#
# - write a fully connected $G$ and $D$ for images, and train them by Algorithm 1, on a CPU or a
#   GPU;
# - test whether $G$ has memorised its data, and which digits it favours;
# - say what a judge of samples proves about the distance of $p_g$ from $p_{data}$, and be that
#   judge yourself;
# - compute the Parzen-window log-likelihood of the paper's Table 1, and say why it misleads.
#
# Allow about 100 minutes; for about two of them the computer trains alone. Logarithms are natural,
# so losses and likelihoods are in nats.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import functools
import math
import os

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from tqdm.auto import trange

from ganlib.data import load_mnist
from ganlib.evaluation import nearest_neighbours, parzen_window
from ganlib.plotting import COLORS, plot_images, plot_losses, plot_nearest, show
from ganlib.training import History, choose_device, discriminator_step, generator_step

NOISE_DIM = 64  # z ~ N(0, I) has this many numbers
STEPS = int(os.environ.get("GANLIB_MNIST_STEPS", 9000))  # iterations of the long run in section 5
torch.set_num_threads(min(2, torch.get_num_threads()))  # at this size more wait for each other

# %% [markdown]
# ## 1. An image is a point
#
# A digit of MNIST has 28 × 28 grey pixels, each a number in [0, 1]: 0 is the background and 1 is
# ink. Written in one row it is a point of $\mathbb{R}^{784}$, and the data set is a sample from a
# distribution $p_{data}$ on that space. Nothing in Algorithm 1 asks for more than that.
#
# `load_mnist` reads all of MNIST if it is on this computer or can be downloaded. If neither, it
# says so and takes 5,000 digits that are always here. Everything below works with either.

# %%
x_train, labels = load_mnist("train")
x_test, _ = load_mnist("test")
x_train, x_valid, labels = x_train[:-1000], x_train[-1000:], labels[:-1000]  # x_valid: section 8
print(f"x_train {tuple(x_train.shape)}, x_test {tuple(x_test.shape)}, {x_train.dtype}")
show(
    plot_images(x_train[:40], columns=20, size=0.45, title="40 points of $\\mathbb{R}^{784}$"),
    alt="Forty handwritten digits from MNIST in two rows.",
)

# %% [markdown]
# How much of the cube $[0, 1]^{784}$ is digits? Below, the first row holds digits. In the second
# row each digit keeps its pixels and their order is shuffled. The third row holds points drawn
# uniformly from the cube. You could draw from the cube for the rest of your life and never see a
# digit: $p_{data}$ fills a thin part of a vast space.
#
# The fourth row shows the midpoint of each digit and its neighbour on the right. Half-way between
# two digits there is no digit, only a double exposure: the set that $p_{data}$ lives on is not
# even convex. Section 7 finds a better way from one digit to the next.

# %%
torch.manual_seed(0)
digits = x_train[:20]
shuffled = torch.stack([x[torch.randperm(784)] for x in digits])
uniform = torch.rand(20, 784)
midpoints = (digits + digits.roll(-1, dims=0)) / 2
show(
    plot_images(torch.cat([digits, shuffled, uniform, midpoints]), columns=20, size=0.45),
    alt="Four rows of images: digits; specks of ink; grey static; pairs of digits on top of each other.",
)

# %% [markdown]
# How thin? A rough answer: centre the images, and count the directions (principal components)
# that hold 95 % of the variance.

# %%
variance = torch.linalg.svdvals(x_train[:4000] - x_train[:4000].mean(dim=0)).square()
share = variance.cumsum(dim=0) / variance.sum()
directions = int((share < 0.95).sum()) + 1
print(f"{directions} of 784 directions hold 95 % of the variance")

# %% [markdown]
# ## 2. The generator
#
# $G$ is a function from noise to images, $x = G(z)$ with $z \sim N(0, I)$ in
# $\mathbb{R}^{64}$. As in notebook 01, a transformation of noise *is* a distribution: $p_g$ is
# whatever comes out. We never write $p_g$ down, and with 64 numbers going in we could not: its
# samples lie on a surface of at most 64 dimensions in $\mathbb{R}^{784}$, where no density
# exists. Remember this in section 8.
#
# ### Exercise B7 · part 1, the generator
#
# Difficulty 1 of 5 · 5 minutes
#
# Write `build_generator(noise_dim)`. It returns a network (an `nn.Module`) that maps $z$ of shape
# (m, noise_dim) to images of shape (m, 784) with pixels in [0, 1]. It has at least one hidden
# layer, all layers fully connected.
#
# <details><summary>Hint</summary>
#
# `nn.Sequential` of `nn.Linear` and `nn.ReLU`. What maps any real number to a pixel in [0, 1]?
# Two hidden layers of 256 and 512 units and `nn.BatchNorm1d` before each ReLU do well: see
# section 10.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B7-generator", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_generator(noise_dim: int) -> nn.Module:
    """A fully connected G: noise (m, noise_dim) -> images (m, 784), pixels in [0, 1]."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Linear(noise_dim, 256),
        nn.BatchNorm1d(256),
        nn.ReLU(),
        nn.Linear(256, 512),
        nn.BatchNorm1d(512),
        nn.ReLU(),
        nn.Linear(512, 784),
        nn.Sigmoid(),
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B7-generator-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Images come out as rows of 784 pixels, for any noise_dim.
import torch
from torch import nn
from ganlib.checks import quietly

for noise_dim in (64, 5):
    with quietly():
        G = build_generator(noise_dim)
    assert isinstance(G, nn.Module), (
        f"build_generator should return an nn.Module, not {type(G).__name__}"
    )
    try:
        with quietly(), torch.no_grad():
            shape = tuple(G(torch.randn(8, noise_dim)).shape)
    except RuntimeError as error:
        raise AssertionError(
            f"build_generator({noise_dim}) does not accept z of shape (8, {noise_dim}): "
            f"is noise_dim used for the first layer? ({error})"
        ) from None
    assert shape == (8, 784), (
        f"8 noises should give images of shape (8, 784), one a row, not {shape}"
    )

# %% nbgrader={"grade": true, "grade_id": "B7-generator-range", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Pixels stay in [0, 1], however far out the noise.
import torch
from ganlib.checks import quietly

torch.manual_seed(0)
with quietly(), torch.no_grad():
    x = build_generator(16)(100 * torch.randn(50, 16))  # far out, where a missing squash shows
assert x.min() >= 0, (
    f"a pixel of G(z) is {x.min():.2f}: pixels lie in [0, 1], where 0 is the background. "
    "tanh gives (-1, 1), and no last activation gives anything"
)
assert x.max() <= 1, (
    f"a pixel of G(z) is {x.max():.2f}: pixels lie in [0, 1]; which function squashes to that?"
)

# %% nbgrader={"grade": true, "grade_id": "B7-generator-learns", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# G can learn: it is asked for one image of pure black and white.
import torch
from torch.nn.functional import mse_loss
from ganlib.checks import quietly

torch.manual_seed(0)
target = (torch.rand(784) < 0.5).float().expand(32, 784)
with quietly():
    G = build_generator(16)
    parameters = [p for p in G.parameters() if p.requires_grad]
    assert parameters, "G has no parameters to learn"
    opt = torch.optim.Adam(parameters, lr=3e-3)
    for _ in range(150):
        loss = mse_loss(G(torch.randn(32, 16)), target)
        assert loss.requires_grad, "no gradient passes from G's output to its parameters"
        opt.zero_grad()
        loss.backward()
        opt.step()
assert loss < 0.03, (
    f"G cannot paint black and white: after 150 steps towards one image its mean squared error is "
    f"{loss:.2f}. Does something squash the pixels twice, clamp them, or block the gradient?"
)

# %% nbgrader={"grade": true, "grade_id": "B7-generator-hidden-curved", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
from ganlib.checks import quietly

# The logit undoes the sigmoid. What is left of a G without hidden layers is affine in z.
torch.manual_seed(0)
z = 2 * torch.randn(64, 16, dtype=torch.float64)
with quietly(), torch.no_grad():
    G = build_generator(16).double().eval()
    a, b, c = (torch.logit(G(point), eps=1e-9) for point in (z, -z, 0 * z))
bend = (a + b - 2 * c).abs().mean() / (a - b).abs().mean().clamp(min=1e-12)
assert (a - b).abs().mean() > 1e-6, "G(z) is the same for every z: G ignores its noise"
assert bend > 1e-3, (
    "G is one linear map of z, squashed: are the hidden layers or their activations missing?"
)
### END HIDDEN TESTS

# %% [markdown]
# ## 3. The discriminator
#
# $D$ takes images and says how likely each is to be data. As in 03 it returns *logits* $a(x)$, with
# $D(x) = 1 / (1 + e^{-a(x)})$, and the losses take logits.
#
# One thing is new. Samples of $G$ lie on a thin surface, real digits on another, and two thin
# surfaces in a vast space hardly meet. However near $G$'s images come, some $D$ tells them apart
# without error, and the gradient of such a $D$ says little about the way to the digits. The remedy
# is to let $D$ see badly. With Gaussian noise on each of its inputs, real and fake alike, both
# distributions fill the space and overlap, and $D$'s best answer changes smoothly from one to the
# other. The noise is a layer of $D$, at work in training and gone in `eval()`. Section 10 measures
# what it is worth.


# %% nbgrader={"grade": false, "grade_id": "input-noise", "locked": true, "schema_version": 3, "solution": false, "task": false}
class InputNoise(nn.Module):
    """Adds N(0, std²) to each number while training, and nothing in eval mode."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x


# %% [markdown]
# ### Exercise B7 · part 2, the discriminator
#
# Difficulty 1 of 5 · 5 minutes
#
# Write `build_discriminator()`. It returns a network that maps images (m, 784) to logits (m,),
# with at least one hidden layer, all layers fully connected. $m$ may be 1.
#
# <details><summary>Hint</summary>
#
# `nn.Sequential`, with `InputNoise(0.4)` in front. `nn.Linear(…, 1)` gives (m, 1).
# `nn.Flatten(start_dim=0)` makes it (m,), for $m = 1$ too. Leaky ReLUs let a gradient through
# everywhere, and $G$ learns from nothing but $D$'s gradient.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B7-discriminator", "locked": false, "schema_version": 3, "solution": true, "task": false}
def build_discriminator() -> nn.Module:
    """A fully connected D: images (m, 784) -> logits (m,)."""
    ### BEGIN SOLUTION
    return nn.Sequential(
        InputNoise(0.4),
        nn.Linear(784, 512),
        nn.LeakyReLU(0.2),
        nn.Linear(512, 256),
        nn.LeakyReLU(0.2),
        nn.Linear(256, 1),
        nn.Flatten(start_dim=0),
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B7-discriminator-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# One logit an image, for a batch of one too.
import torch
from torch import nn
from ganlib.checks import quietly

with quietly():
    D = build_discriminator()
assert isinstance(D, nn.Module), (
    f"build_discriminator should return an nn.Module, not {type(D).__name__}"
)
for m in (8, 1):
    with quietly(), torch.no_grad():
        shape = tuple(D.eval()(torch.rand(m, 784)).shape)
    assert shape == (m,), (
        f"{m} images should give logits of shape ({m},), not {shape}. With (m, 1) against (m,) the "
        "losses broadcast to (m, m); and squeeze() without a dimension loses the one of m = 1"
    )

# %% nbgrader={"grade": true, "grade_id": "B7-discriminator-logits", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# D learns to tell dark images from bright ones; its logits leave [0, 1] at both ends.
import torch
from torch.nn.functional import softplus
from ganlib.checks import quietly

torch.manual_seed(0)
with quietly():
    D = build_discriminator()
    opt = torch.optim.Adam(D.parameters(), lr=1e-3)
    for _ in range(150):
        dark, bright = 0.4 * torch.rand(32, 784), 1 - 0.4 * torch.rand(32, 784)
        loss = softplus(-D(bright)).mean() + softplus(D(dark)).mean()
        assert loss.requires_grad, "no gradient passes from D's output to its parameters"
        opt.zero_grad()
        loss.backward()
        opt.step()
    D.eval()
    with torch.no_grad():
        low, high = D(dark).mean().item(), D(bright).mean().item()
assert not 0 <= low <= high <= 1, (
    f"trained to say no and yes, D answers {low:.2f} and {high:.2f}: these look like probabilities. "
    "Return logits, without a sigmoid: the losses apply it themselves"
)
assert low < 0 < high, (
    f"trained on dark against bright images, D's mean logits are {low:.2f} and {high:.2f}: they "
    "should be below and above 0. Is there an activation after the last layer?"
)

# %% nbgrader={"grade": true, "grade_id": "B7-discriminator-teaches", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# G learns from nothing but the gradient of D's logit in the image.
import torch
from ganlib.checks import quietly

torch.manual_seed(0)
x = torch.rand(16, 784, requires_grad=True)
with quietly():
    logits = build_discriminator()(x)
assert logits.requires_grad, (
    "D's logits carry no gradient: is there a no_grad or a detach inside D?"
)
logits.sum().backward()
assert x.grad is not None and x.grad.abs().sum() > 0, (
    "D's logits carry no gradient back to the image, and G would have nothing to learn from: "
    "is the input detached or rounded inside D?"
)
assert (x.grad.abs().sum(dim=1) > 0).all(), (
    "for some images D's logit has no gradient in the image: G would learn nothing from them"
)

# %% nbgrader={"grade": true, "grade_id": "B7-discriminator-hidden-curved", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
from ganlib.checks import quietly

# A D without hidden layers is affine: it compares weighted means of pixels and nothing else.
torch.manual_seed(0)
x = 5 * torch.randn(64, 784, dtype=torch.float64)
with quietly(), torch.no_grad():
    D = build_discriminator().double().eval()
    a, b, c = (D(point) for point in (x.clone(), -x, 0 * x))
    alone = torch.cat([D(row[None]) for row in x[:5]])
bend = (a + b - 2 * c).abs().mean() / (a - b).abs().mean().clamp(min=1e-12)
assert bend > 1e-3, (
    "D is one linear map of the pixels: are the hidden layers or their activations missing?"
)
assert torch.allclose(a[:5], alone, atol=1e-6), (
    "in eval mode the logit of an image depends on the images beside it: D should judge each alone"
)
### END HIDDEN TESTS

# %% [markdown]
# Before any training, $G$ draws grey static and $D$ cannot tell: its probabilities are near
# $\tfrac12$.

# %%
torch.manual_seed(0)
untrained_G, untrained_D = build_generator(NOISE_DIM).eval(), build_discriminator().eval()
with torch.no_grad():
    x_fake = untrained_G(torch.randn(20, NOISE_DIM))
    probabilities = untrained_D(x_fake).sigmoid()
print(f"D(G(z)) lies between {probabilities.min():.2f} and {probabilities.max():.2f}")
show(
    plot_images(x_fake, columns=20, size=0.45),
    alt="Twenty images of grey static: samples of an untrained G.",
)

# %% [markdown]
# ## 4. Algorithm 1 on digits
#
# The loop is that of notebook 03. In each iteration $D$ takes $k$ steps up the value function,
# each on a fresh minibatch of $m$ images and $m$ noises. $G$ then takes one step on $m$ fresh
# noises. As the paper advises (end of its section 3), $G$ minimises the mean of $-\log D(G(z))$
# and not that of $\log(1 - D(G(z)))$: early on $D$ rejects every fake with confidence, and there
# the second has hardly any gradient.
#
# What images ask for in addition:
#
# - The optimizer is Adam with learning rate .001 and $\beta = (0, .999)$, for both networks.
#   Without momentum ($\beta_1 = 0$) a player does not go on answering a move that the other has
#   taken back: section 8 of notebook 03.
# - The $G$ that is returned is a running mean of $G$'s parameters over the last several hundred
#   iterations. $G$ circles round its optimum rather than rest at it, and the mean of the circle is
#   a better place than any point on it. `AveragedModel` of `torch.optim.swa_utils` keeps it.
# - In training, batch norm takes its means over the minibatch, so that each sample depends on
#   those drawn with it. Call `G.eval()` before you return $G$, and each $z$ has one image.
#
# ### Exercise B7 · part 3, the training loop
#
# Difficulty 3 of 5 · 25 minutes
#
# Write `train_mnist_gan(x_train, steps, k, m, device)`. It makes its networks with your
# `build_generator(NOISE_DIM)` and `build_discriminator()`, trains them by Algorithm 1 on the
# images as they are, and returns `(G, history)`. The steps of notebook 03 are imported from
# ganlib: `discriminator_step(D, G, opt_d, x, z)` and `generator_step(D, G, opt_g, z)` update one
# network and return its loss. Use them or write your own; the running mean and Adam are advice,
# not part of the check. If `watch` is given, call `watch(step, G)` with the $G$ that you would
# return, so that section 5 can draw while you train.
#
# <details><summary>Hint</summary>
#
# A random minibatch is `x_train[torch.randint(len(x_train), (m,))]`. Everything that meets in an
# operation must be on one device: the networks, `x_train` and the noise. `trange(steps)` gives a
# progress bar. The running mean: `mean = AveragedModel(G,
# multi_avg_fn=get_ema_multi_avg_fn(0.998), use_buffers=True)`, in each iteration
# `mean.update_parameters(G)`, and at the end `mean.module`.
#
# </details>
#
# What twelve noises should become in the course of the long run (section 5):
#
# ![Twelve samples at five moments of training: grey static becomes blots, and the blots digits.](images/b7-progress.png)


# %% nbgrader={"grade": false, "grade_id": "B7-train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_mnist_gan(
    x_train: Tensor, steps: int, k: int, m: int, device: torch.device | str, watch=None
) -> tuple[nn.Module, dict[str, list[float]]]:
    """Algorithm 1 on images.

    Args:
        x_train: the images, shape (n, 784), pixels in [0, 1].
        steps: iterations, each of k updates of D and one of G.
        k: updates of D in an iteration.
        m: size of the minibatches, of data and of noise.
        device: where to train; x_train may be elsewhere.
        watch: called, if given, as watch(step, G) after each iteration, with step = 1, 2, …

    Returns:
        G, in eval mode: noise (n, NOISE_DIM) -> images (n, 784).
        history: {"d_loss": [...], "g_loss": [...]}, one number an iteration, in nats: D's loss in
            the last of its k steps, and the mean of -log D(G(z)).
    """
    ### BEGIN SOLUTION
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    G, D = build_generator(NOISE_DIM).to(device), build_discriminator().to(device)
    opt_d = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.0, 0.999), fused=True)
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.999), fused=True)
    mean_G = AveragedModel(G, multi_avg_fn=get_ema_multi_avg_fn(0.998), use_buffers=True).eval()
    x_train = x_train.to(device)

    def sample_data(m):
        return x_train[torch.randint(len(x_train), (m,), device=device)]

    def sample_noise(m):
        return torch.randn(m, NOISE_DIM, device=device)

    losses = []
    for step in trange(1, steps + 1, desc=f"Algorithm 1 on {device}"):
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, sample_data(m), sample_noise(m))
        g_loss = generator_step(D, G, opt_g, sample_noise(m))
        mean_G.update_parameters(G)
        losses.append(torch.stack([d_loss, g_loss]))  # read at the end: a GPU need not wait
        if watch is not None:
            watch(step, mean_G.module)
    d_losses, g_losses = torch.stack(losses).T.tolist()
    return mean_G.module, {"d_loss": d_losses, "g_loss": g_losses}
    ### END SOLUTION


# %% [markdown]
# How does one check a training loop without training? The next cell (read-only and folded) lends
# your function two tiny networks of one weight matrix each in place of yours, and keeps a record
# of the game: what each was given, and when its weights changed. The checks read that record.

# %% tags=["fold"] nbgrader={"grade": false, "grade_id": "record", "locked": true, "schema_version": 3, "solution": false, "task": false}
from types import SimpleNamespace
from unittest import mock

from ganlib.checks import quietly

LEFT = (torch.arange(784) < 392).float()  # in the made-up game data is bright here, fakes are dark


def record_game(train, steps: int, k: int, m: int, n: int = 64) -> SimpleNamespace:
    """Run `train` with tiny networks on n made-up images, and record it phase by phase.

    A phase ends when weights change. Of each is kept: `updated` ("D", "G", or "DG" if both changed
    at once), `before` and `after` (the weights), `z` (what G was given), `real` and `fake` (what D
    was given) and `row` (which image each real one is), `grad` (the gradients as the optimizers
    found them) and `downhill` (minus the gradient of the updated network's own loss).
    """
    x_train = (torch.rand(n, 784) < 0.1 + 0.8 * LEFT).float()
    nets, phases = {}, []

    def look():
        weights = {name: net.w.detach().clone() for name, net in nets.items()}
        assert all(w.isfinite().all() for w in weights.values()), (
            "weights became nan: is there a log of a probability that has rounded to 0? Use logits"
        )
        if phases:
            last = phases[-1]
            last.updated = "".join(
                n for n in "DG" if n in last.before and not last.before[n].equal(weights[n])
            )
            if not last.updated:
                last.before |= weights  # a network may be made later than the other
                return
            last.after = weights
        phases.append(SimpleNamespace(before=weights, z=[], x=[], grad={}))

    class Tiny(nn.Module):
        def __init__(self, name, w):
            super().__init__()
            self.name, self.w = name, nn.Parameter(w)
            nets.setdefault(name, self)
            self.w.register_post_accumulate_grad_hook(
                lambda w: phases[-1].grad.update({name: w.grad.clone()})
            )

        def forward(self, batch):
            look()
            phases[-1].__dict__["z" if self.name == "G" else "x"].append(batch.detach().clone())
            return play(self.name, self.w, batch)

    def play(name, w, batch):
        return torch.sigmoid(batch @ w + 2 - 4 * LEFT) if name == "G" else batch @ w

    tiny = {
        "build_generator": lambda noise_dim: Tiny("G", 0.05 * torch.randn(noise_dim, 784)),
        "build_discriminator": lambda: Tiny("D", 0.01 * torch.randn(784)),
    }
    with mock.patch.dict(globals(), tiny), quietly():
        G, history = train(x_train.clone(), steps, k, m, "cpu")
        assert len(nets) == 2, (
            "train_mnist_gan should make its networks with build_generator and build_discriminator"
        )
        start = phases[0].before if phases else {}
        look()

    for phase in phases[:-1]:
        x, phase.z = (
            torch.cat(batches) if batches else torch.empty(0, 784) for batches in (phase.x, phase.z)
        )
        # Real images may come with noise, so they are recognised by the nearest of x_train.
        distance, row = torch.cdist(x, x_train).square().div(784).min(dim=1)
        known = distance < 0.4
        phase.real, phase.fake, phase.row = x[known], x[~known], row[known]
        w = phase.before[phase.updated[0]].clone().requires_grad_()
        if phase.updated[0] == "D":
            loss = (
                softplus(-play("D", w, phase.real)).mean()
                + softplus(play("D", w, phase.fake)).mean()
            )
        else:
            loss = softplus(-play("D", phase.before["D"], play("G", w, phase.z))).mean()
        phase.downhill = -torch.autograd.grad(loss, w)[0]
    return SimpleNamespace(G=G, history=history, start=start, phases=phases[:-1], x_train=x_train)


# %% nbgrader={"grade": true, "grade_id": "B7-train-order", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Each iteration: k updates of D, then one of G.
import torch

torch.manual_seed(0)
game = record_game(train_mnist_gan, steps=4, k=3, m=6)
order = " ".join(phase.updated for phase in game.phases)
assert "D" in order, "D is never updated: is its optimizer's step missing, or D frozen for good?"
assert "G" in order, "G is never updated: is its optimizer's step missing, or its fake detached?"
assert "DG" not in order, "D and G are updated at once: in Algorithm 1 they take turns, G after D"
assert order == " ".join("DDDG" * 4), (
    f"with k = 3 and 4 iterations the updates came in the order {order}. "
    "Each iteration makes k updates of D, then one of G"
)

# %% nbgrader={"grade": true, "grade_id": "B7-train-noise", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Fresh noise for each update, m of them, from N(0, I).
import torch

torch.manual_seed(0)
game = record_game(train_mnist_gan, steps=4, k=2, m=6)
seen = torch.empty(0, game.phases[0].z.shape[1])
for phase in game.phases:
    fresh = [z for z in phase.z if not (z == seen).all(dim=1).any()]
    assert fresh, (
        f"an update of {phase.updated} has no noise of its own: Algorithm 1 draws m fresh noises for "
        "each of the k updates of D, and again for G's"
    )
    assert len(phase.z) % 6 == 0, (
        f"with m = 6 an update of {phase.updated} used {len(phase.z)} noises"
    )
    assert torch.pdist(phase.z[:6]).min() > 0, (
        "the noises of one minibatch are equal: draw m, not one"
    )
    seen = torch.cat([seen, phase.z])
assert seen.mean().abs() < 0.15 and 0.85 < seen.std() < 1.15, (
    f"the noise has mean {seen.mean():.2f} and standard deviation {seen.std():.2f}; z ~ N(0, I) has 0 "
    "and 1: torch.randn, not torch.rand"
)

# %% nbgrader={"grade": true, "grade_id": "B7-train-data", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# For each update of D a fresh random minibatch of m images, and m fakes.
import torch

torch.manual_seed(0)
game = record_game(train_mnist_gan, steps=4, k=2, m=6)
steps_of_d = [phase for phase in game.phases if "D" in phase.updated]
assert steps_of_d, "D is never updated"
for phase in steps_of_d:
    assert len(phase.real) > 0, (
        "no row that D was given is an image of x_train: give D the images as they are, in [0, 1], "
        "where G's are too"
    )
    assert len(phase.fake) > 0, "an update of D saw no fakes"
    assert len(phase.real) % 6 == 0, f"with m = 6 an update of D saw {len(phase.real)} real images"
    assert len(phase.fake) % 6 == 0, f"with m = 6 an update of D saw {len(phase.fake)} fakes"
rows = torch.stack([phase.row[:6] for phase in steps_of_d])  # (updates of D, m)
assert (rows != rows[0]).any(), (
    "every update of D saw the same real images: draw a fresh minibatch for each of the k steps"
)
assert not (rows.diff(dim=1) == 1).all(), (
    "the minibatches are runs of x_train in its own order: draw them at random, or shuffle first"
)
assert rows.max() >= 32 > rows.min(), "the minibatches come from one part of x_train only"

# %% nbgrader={"grade": true, "grade_id": "B7-train-directions", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The first update of D makes it a better judge, the first of G a better forger.
import torch

torch.manual_seed(0)
game = record_game(train_mnist_gan, steps=1, k=1, m=32)
said = {
    "D": "D's first update made it worse at telling data from fakes: are the labels swapped, or does D "
    "descend the value function that it should ascend?",
    "G": "G's first update made its images easier to reject: is the sign of its loss flipped, or the "
    "label of its fakes 0 where it should be 1?",
}
for name in "DG":
    phase = next((phase for phase in game.phases if name in phase.updated), None)
    assert phase, f"{name} is never updated"
    moved = phase.after[name] - phase.before[name]
    assert (moved * phase.downhill).sum() > 0, said[name]

# %% nbgrader={"grade": true, "grade_id": "B7-train-gradients", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Each update uses the gradient of its own minibatch, and nothing left over from before.
import torch

# No detach in D's step is no fault if G's gradients are zeroed before G's step: only slow.
torch.manual_seed(0)
game = record_game(train_mnist_gan, steps=3, k=2, m=32)
for name in "DG":
    scales = []
    for phase in game.phases:
        if name in phase.updated and name in phase.grad:
            own, found = -phase.downhill, phase.grad[name]
            scale = (own * found).sum() / own.square().sum()  # ½ where a mean is taken over 2 m
            rest = (found - scale * own).norm() / found.norm().clamp(min=1e-12)
            scales.append(scale)
            assert rest < 0.5 and scale / scales[0] < 1.6, (
                f"the gradient of {name} holds more than that of its own minibatch: zero {name}'s gradients "
                f"just before {name}'s backward. Those of the other network's step are left there too"
            )

# %% nbgrader={"grade": true, "grade_id": "B7-train-history", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Two losses an iteration, finite and not negative.
import torch
from ganlib.checks import as_number

torch.manual_seed(0)
history = record_game(train_mnist_gan, steps=5, k=2, m=6).history
assert isinstance(history, dict) and {"d_loss", "g_loss"} <= history.keys(), (
    'history should be a dictionary with the keys "d_loss" and "g_loss"'
)
for name in ("d_loss", "g_loss"):
    losses = list(history[name])
    assert len(losses) == 5, (
        f"after 5 iterations history[{name!r}] has {len(losses)} entries: one an iteration"
    )
    assert not any(isinstance(loss, torch.Tensor) and loss.requires_grad for loss in losses), (
        f"history[{name!r}] keeps tensors with their computation graphs, and their memory: use .item()"
    )
    numbers = [as_number(loss, f"history[{name!r}][0]") for loss in losses]
    assert all(abs(number) < float("inf") for number in numbers), f"history[{name!r}] is not finite"
    assert min(numbers) >= 0, (
        f"history[{name!r}] has {min(numbers):.2f}, but neither −V nor the mean of −log D(G(z)) is ever "
        "negative: is a sign flipped, or is this the saturating loss log(1 − D(G(z)))?"
    )

# %% nbgrader={"grade": true, "grade_id": "B7-train-result", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The G that is returned has been trained and is ready to draw.
import torch

torch.manual_seed(0)
game = record_game(train_mnist_gan, steps=4, k=1, m=8)
G = game.G
assert isinstance(G, torch.nn.Module), (
    f"the first of the two results should be G, not a {type(G).__name__}"
)
assert not any(part.training for part in G.modules()), (
    "G is returned in training mode, where batch norm mixes the samples of a batch: call G.eval()"
)
noise_dim = len(game.start["G"])
z = torch.randn(7, noise_dim)
with torch.no_grad():
    x = G(z.clone())
    x_start = torch.sigmoid(z @ game.start["G"] + 2 - 4 * LEFT)
assert tuple(x.shape) == (7, 784), (
    f"G should map noise (7, {noise_dim}) to images (7, 784), not {tuple(x.shape)}"
)
assert not torch.equal(x, x_start), (
    "the G that is returned is as it was before training: which G was trained?"
)

# %% nbgrader={"grade": true, "grade_id": "B7-train-hidden-small-data", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch

# Eight minibatches are asked for where the data set has two: a pass over it must begin again.
torch.manual_seed(0)
try:
    game = record_game(train_mnist_gan, steps=4, k=2, m=8, n=16)
except StopIteration as error:
    raise AssertionError(f"training ends with the first pass over x_train: {error!r}") from None
order = "".join(phase.updated for phase in game.phases)
assert order == "DDG" * 4, f"with 16 images, m = 8 and k = 2 the updates came in the order {order}"
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B7-train-hidden-together", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
from ganlib.checks import quietly

# The three parts together: the student's G, D and loop on a handful of images.
torch.manual_seed(0)
with quietly():
    G, history = train_mnist_gan((torch.rand(40, 784) < 0.2).float(), 3, 1, 8, torch.device("cpu"))
    with torch.no_grad():
        x = G(torch.randn(5, NOISE_DIM))
assert tuple(x.shape) == (5, 784), (
    f"G should map noise (5, NOISE_DIM) to images (5, 784), not {tuple(x.shape)}"
)
assert x.min() >= 0 and x.max() <= 1, (
    f"the trained G gives pixels from {x.min():.2f} to {x.max():.2f}"
)
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Training
#
# Now on real digits: on a GPU if there is one, else on the CPU, where two cores need one to two
# minutes. Run the cell again to train anew. For a shorter run lower `STEPS`; after 3,000
# iterations most samples can be read.

# %%
device = choose_device("auto")


@functools.cache  # the cells below call this too, and get the same G without training again
def trained():
    torch.manual_seed(0)
    z = torch.randn(12, NOISE_DIM, device=device)  # the same twelve noises each time
    moments = [max(1, round(STEPS * share)) for share in (0.005, 0.02, 0.08, 0.3, 1.0)]
    sheets = []

    def watch(step, G):
        if step in moments:
            with torch.no_grad():
                sheets.append((step, G(z).cpu()))

    G, history = train_mnist_gan(x_train, STEPS, k=1, m=64, device=device, watch=watch)
    return G, history, sheets


def draw(n):
    """n samples of p_g, shape (n, 784), on the CPU."""
    with torch.no_grad():
        return trained()[0](torch.randn(n, NOISE_DIM, device=device)).cpu()


history = trained()[1]
show(
    plot_losses(History(history["d_loss"], history["g_loss"]), window=min(100, STEPS)),
    alt="Losses of D and G over the iterations. After a start with peaks, D's climbs slowly towards "
    "log 4 and G's sinks slowly towards log 2.",
)

# %% [markdown]
# After a restless start $D$'s loss climbs towards log 4 and $G$'s sinks towards log 2: the values
# at the equilibrium of notebook 02. That is no proof of arrival. A loss of a GAN is measured
# against an opponent that moves too, and this $D$ looks through noise: it is nearly fooled, and
# you need not be. How well the game is played can only be seen by looking at what $G$ draws.

# %% picture="b7-progress.png"
sheets = trained()[2]
assert sheets, "train_mnist_gan was given watch, and did not call watch(step, G)"
show(
    plot_images(torch.cat([x for _, x in sheets]), columns=12, size=0.55),
    alt="Twelve samples at five moments of training, from grey static over blots to digits.",
)
print("iteration, from the top row down:", ", ".join(str(step) for step, _ in sheets))

# %% [markdown]
# Each column is one $z$. Blots come first, then strokes. Some columns show early which digit they
# will be, others change their mind.
#
# ## 6. What was learnt

# %% picture="b7-samples.png"
torch.manual_seed(1)
show(
    plot_images(draw(100), columns=20, size=0.45, title="100 samples of $p_g$, none left out"),
    alt="One hundred generated digits. Most are legible; some are broken or between two digits.",
)

# %% [markdown]
# These are the first hundred draws, not the best of a thousand: the paper's Figure 2 makes the
# same promise.
#
# **Did $G$ memorise?** A $G$ that stores training images would win this game too. Below, each
# sample stands above the training image nearest to it in Euclidean distance.

# %%
torch.manual_seed(2)
samples = draw(500)
neighbours = nearest_neighbours(samples, x_train)
show(
    plot_nearest(samples[:16], x_train[neighbours[:16]]),
    alt="Sixteen generated digits above their nearest training images: alike, but not the same.",
)
to_samples = (samples - x_train[neighbours]).norm(dim=1)
to_test = (x_test[:500] - x_train[nearest_neighbours(x_test[:500], x_train)]).norm(dim=1)
print(f"median distance to the nearest training image: {to_samples.median():.1f} for samples of G,")
print(f"{to_test.median():.1f} for new real digits, and it would be 0.0 for copies")

# %% [markdown]
# The strokes differ, and samples are about as far from the training set as new real digits are.
# So these are no copies. The test has a hole: a training image moved by one pixel is a copy to
# you and far away in Euclidean distance.
#
# **Which digits does $G$ favour?** The label of the nearest training image is a fair guess at the
# digit that a sample shows. With all of MNIST to compare with, such guesses were right for 96 %
# of the first 1,000 test digits, and with 4,000 training digits for 93 %.

# %%
from matplotlib.figure import Figure

torch.manual_seed(2)
guessed = labels[nearest_neighbours(draw(500), x_train)]
figure = Figure(figsize=(6.4, 2.6), layout="constrained")
axes = figure.subplots()
for digits, name, shift, color in (
    (labels, "data", -0.2, "data"),
    (guessed, "samples of G", 0.2, "generator"),
):
    share = torch.bincount(digits, minlength=10) / len(digits)
    axes.bar(torch.arange(10) + shift, share, width=0.4, color=COLORS[color], label=name)
axes.set(xlabel="digit", ylabel="share", xticks=range(10))
axes.spines[["top", "right"]].set_visible(False)
axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
show(figure, alt="Share of each digit among the data, about a tenth each, and among samples of G.")

# %% [markdown]
# With 500 samples a share of a tenth has a standard error of 1.3 %, so only differences of
# several per cent mean anything. Some digits may come too often and others too seldom, but none
# is missing. Nothing in the value function asks for equal bars but the match of $p_g$ with
# $p_{data}$ as a whole, and nobody told $G$ that there are ten digits. A $G$ that lost some of them
# would have *collapsed* modes: notebook 06 is about that, and section 10 has recipes that do it
# on MNIST.
#
# **Could you tell them apart?** By section 5 $D$ was nearly fooled. Does that bring $p_g$ near to
# $p_{data}$? A judge, be it you or $D$, looks at one sample and says "real" or "fake". Two shares
# tell how well:
#
# - *sensitivity*, the share of the real samples that it calls real;
# - *specificity*, the share of the fakes that it calls fake.
#
# *Accuracy*, the share of right answers, depends on the mixture too: where nine samples of ten are
# fakes, whoever always says "fake" is right nine times in ten, and has seen nothing. With as many
# real as fake it is the mean of the other two.
#
# What does a judge prove? Let $R$ be the set of all $x$ that it calls real. Its sensitivity is
# $p_{data}(R)$ and its specificity $1 - p_g(R)$, so
#
# $$ \text{sensitivity} + \text{specificity} - 1 = p_{data}(R) - p_g(R)
# \le \mathrm{TV}(p_{data}, p_g). $$
#
# The total variation TV of notebook 06 is the most that this difference can reach. It is reached
# where $R$ holds every $x$ with $p_{data}(x) > p_g(x)$, that is $D^*(x) > \tfrac12$. So every judge
# proves a distance from below, without a density, and the best $D$ proves all of it.
#
# ### Exercise L5 · the distance that a judge proves
#
# Difficulty 3 of 5 · 15 minutes
#
# The live GAN of the earlier notebooks runs on an `Engine`, which needs no screen. Write
# `proven_distance(engine, steps)`. It lets $D$ learn for `steps` updates more, from where it is,
# while $G$ stays as it is, and returns sensitivity + specificity − 1 of this $D$ on 10,000 fresh
# samples of each kind. Of the engine you need
#
# - `engine.step_d()`: one update of $D$ alone, on a fresh minibatch (`engine.step()` is a whole
#   iteration of Algorithm 1);
# - `engine.D` and `engine.G`, the networks: $D$ returns logits (n,);
# - `engine.problem.sample_data(n)` and `engine.noise(n)`: $n$ real samples, $n$ noises;
# - `with engine.looking():`, inside which both networks are in eval mode.
#
# <details><summary>Hint</summary>
#
# $D(x) > \tfrac12$ says "real". For which logits is that? The mean of a tensor of True and False,
# as floats, is a share.
#
# </details>
#
# The next cell (read-only) makes games whose TV is known. $p_{data} = N(0, 1)$, and $G$, which is
# linear, has already become $N(\mu, \sigma^2)$.


# %% nbgrader={"grade": false, "grade_id": "bells", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.data import gaussian
from ganlib.live.engine import Engine
from ganlib.live.problems import Problem
from ganlib.sampling import Draws, Noise


def bells(mean: float, std: float, D=None, seed: int = 0) -> Engine:
    """A game with p_data = N(0, 1), p_g = N(mean, std²), and a D that knows nothing yet."""
    G = nn.Linear(1, 1)
    nn.init.constant_(G.weight, std)
    nn.init.constant_(G.bias, mean)
    p_data = gaussian(0.0, 1.0)
    problem = Problem("two bells", Draws(p_data), Noise(1), 1, -5.0, 5.0, p_data)
    return Engine(problem, G, D, lr_d=5e-3, measure_every=0, seed=seed)


# %% nbgrader={"grade": false, "grade_id": "L5", "locked": false, "schema_version": 3, "solution": true, "task": false}
def proven_distance(engine: Engine, steps: int) -> float:
    """Sensitivity + specificity - 1 of the engine's D, after `steps` more updates of D alone."""
    ### BEGIN SOLUTION
    for _ in range(steps):
        engine.step_d()
    with engine.looking(), torch.no_grad():
        real = engine.D(engine.problem.sample_data(10_000)) > 0
        fake = engine.D(engine.G(engine.noise(10_000))) > 0
    sensitivity, specificity = real.float().mean(), 1 - fake.float().mean()
    return float(sensitivity + specificity - 1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "L5-bells", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Three games whose TV is known: a D that has learnt proves nearly all of it, and no more.
from ganlib.checks import expect, quietly

for mean, std, sensitivity, specificity in (
    (0.0, 0.4, 0.555, 0.860),
    (2.0, 1.0, 0.841, 0.841),
    (0.0, 1.0, 0.5, 0.5),
):
    with quietly():
        found = proven_distance(bells(mean, std, seed=1), 200)
    both = sensitivity + specificity
    expect(
        found,
        both - 1,
        f"proven_distance for N(0, 1) and N({mean:g}, {std:g}²), after 200 updates of D,",
        slips=(
            (both / 2, "that is the accuracy, which is ½ where nothing can be told apart"),
            (both, "a judge that guesses has sensitivity + specificity = 1: subtract it"),
            (1 - both, "the sign is turned: D(x) > ½, a logit above 0, says real"),
            (sensitivity, "that is the sensitivity alone"),
            (specificity, "that is the specificity alone"),
            (0, "nothing is proved: does D learn, and is 0 the threshold for its logits?"),
        ),
        tolerance=0.06,
    )

# %% nbgrader={"grade": true, "grade_id": "L5-only-d", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# G stays as it is, and D goes on from where it is.
import torch
from ganlib.checks import as_number, quietly

engine = bells(0.0, 0.4, seed=2)
for _ in range(200):
    engine.step_d()
before = {name: value.clone() for name, value in engine.G.state_dict().items()}
with quietly():
    found = as_number(proven_distance(engine, 1), "proven_distance(engine, 1)")
    after = engine.G.state_dict()
assert all(torch.equal(after[name], before[name]) for name in before), (
    "G has moved: engine.step() updates both players, and here D alone learns"
)
assert found > 0.3, (
    f"D had learnt for 200 updates before, and proves only {found:.2f} after one more, where 0.415 "
    "can be proved: go on with engine.D as it is, without a reset or a new network"
)

# %% nbgrader={"grade": true, "grade_id": "L5-sees-clearly", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A D that looks through noise while it learns judges without it.
import torch
from torch import nn
from ganlib.checks import as_number, quietly
from ganlib.networks import Discriminator

torch.manual_seed(3)
D = nn.Sequential(InputNoise(2.0), Discriminator(1, (32, 32)))
with quietly():
    found = as_number(proven_distance(bells(2.0, 1.0, D, seed=3), 200), "proven_distance")
assert found > 0.53, (
    f"a D with input noise proves {found:.2f}, and 0.68 can be proved. While D judges it should be in "
    "eval mode, without its noise: `with engine.looking():`"
)

# %% nbgrader={"grade": true, "grade_id": "L5-hidden-no-density", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import math
import torch
from torch import nn
from ganlib.checks import expect, quietly
from ganlib.live.engine import Engine
from ganlib.live.problems import Problem
from ganlib.sampling import Noise

# Two round Gaussians in four dimensions, their means 2 apart; nobody tells the engine a density.
G = nn.Linear(4, 4)
nn.init.eye_(G.weight)
nn.init.ones_(G.bias)
problem = Problem("samples", lambda m: torch.randn(m, 4), Noise(4), 4, -5.0, 5.0)
with quietly():
    found = proven_distance(Engine(problem, G, lr_d=5e-3, measure_every=0, seed=4), 200)
right = math.erf(1 / math.sqrt(2))
expect(found, right, "proven_distance for samples in four dimensions", tolerance=0.06)
### END HIDDEN TESTS

# %% [markdown]
# Now your $G$. `train_mnist_gan` keeps its $D$ to itself, so a new one, without input noise, is
# trained against the finished $G$ and asked three times on the way. Each number is a lower bound of
# the same distance.

# %%
import copy

from ganlib.live.problems import from_samples
from ganlib.networks import Discriminator

torch.manual_seed(6)
judge = Engine(
    from_samples(x_train, "digits", Noise(NOISE_DIM)),
    G=copy.deepcopy(trained()[0]).cpu(),
    D=Discriminator(784, (512, 256)),
    m=64,
    lr_d=1e-3,
    momentum_d=0.0,
    measure_every=0,
)
for _ in range(3):
    distance = proven_distance(judge, min(400, STEPS))
    print(f"after {judge.iteration:4} updates of D alone: TV is at least {distance:.2f}")

# %% [markdown]
# $D$ needs many updates to see what there is to see, and in the game it has one for each move of
# $G$. The $D$ of the solution's own game, at its end, called 40 % of the test digits real and 79 %
# of the fakes fake: it proved .19, with both losses near those of the equilibrium. A judge that
# fails proves nothing about $p_g$.
#
# And you? **You are the discriminator.** Guess first: will you beat $D$? Then judge thirty digits
# in the panel. Half of them, more or less, are test digits, which $D$ has not seen either. On
# paper, judge the twenty in the picture; the cell after it has the answers.

# %%
from ganlib.live.quiz import Quiz
from ganlib.live.quizpanel import QuizPanel

torch.manual_seed(7)
is_real = torch.rand(20) < 0.5
sheet = torch.where(is_real[:, None], x_test[torch.randint(len(x_test), (20,))], draw(20))
show(
    plot_images(sheet, columns=10, title="Which are real? Numbered 1 to 10 and 11 to 20"),
    alt="Twenty digits in two rows, some real and some made by G.",
)
panel = QuizPanel(Quiz(x_test, draw, judge.D))
panel

# %%
fakes = draw(10_000)
with judge.looking(), torch.no_grad():
    d_says_real = judge.D(sheet) > 0
    shares = [judge.D(x_test) > 0, judge.D(fakes) <= 0]
print("real on the sheet:    ", *(torch.nonzero(is_real)[:, 0] + 1).tolist())
print("real according to D:  ", *(torch.nonzero(d_says_real)[:, 0] + 1).tolist())
sensitivity, specificity = (share.float().mean() for share in shares)
print(f"D, on 10,000 of each:  sensitivity {sensitivity:.0%}, specificity {specificity:.0%}")
you = panel.quiz.you()
if you.n:
    error = 2 * math.sqrt(max(you.accuracy * (1 - you.accuracy), 0.05) / you.n)
    print(
        f"you, on {you.n}:  sensitivity {you.sensitivity:.0%}, specificity {you.specificity:.0%}; "
        f"proved: {you.sensitivity + you.specificity - 1:.2f}, standard error about {error:.2f}"
    )

# %% [markdown]
# Run the cell again when you have judged. Thirty answers prove little: see the standard error.
#
# Is there a judge that is right nearly every time? There is one of a single line. Try to find it
# before you run the next cell: it needs no network, and your eye will never see what it sees.


# %%
def has_a_black_pixel(x):
    return (x == 0).any(dim=1)


real, fake = has_a_black_pixel(x_test), has_a_black_pixel(draw(10_000))
print(f"sensitivity {real.float().mean():.1%}, specificity {1 - fake.float().mean():.1%}")

# %% [markdown]
# The background of a digit is exactly 0, and a sigmoid is hardly ever. If your $G$ ends in one,
# TV is nearly 1: in the sense of that distance $p_g$ and $p_{data}$ have almost nothing in common,
# whatever the strokes look like. This is section 3's warning made visible. A $D$ that found this
# rule would never err, and its gradient would tell $G$ about specks in the dark and nothing about
# digits. Input noise hides the rule from $D$. So a distance alone, even a proven one, does not say
# whether a sample looks right: it matters to whom.
#
# ## 7. A walk in z
#
# In section 1 the midpoint of two digits was a double exposure. Take the midpoint of two noises
# instead, and let $G$ draw it.
#
# But which midpoint? A point of $N(0, I)$ in 64 dimensions has length close to
# $\sqrt{64} = 8$: the noises lie near a sphere. The midpoint of two independent ones has length
# near $8/\sqrt2 \approx 5.7$, where $G$ has hardly been trained, for almost no noise falls there.
# The path along the sphere,
#
# $$ z(t) = \frac{\sin((1 - t)\,\omega)}{\sin\omega}\, z_0 + \frac{\sin(t\,\omega)}{\sin\omega}\, z_1,
# \qquad \omega = \text{the angle between } z_0 \text{ and } z_1, $$
#
# stays among lengths that $G$ knows. It is called spherical interpolation, or slerp. The straight
# line $(1 - t) z_0 + t z_1$ is the simpler path, and for $z$ from a uniform distribution on a cube,
# which is convex, the natural one.

# %% tags=["nbval-check-output"]
torch.manual_seed(0)
z0, z1 = torch.randn(2, 10_000, NOISE_DIM)
for name, z in (("a noise", z0), ("a straight midpoint", (z0 + z1) / 2)):
    print(f"length of {name}: {z.norm(dim=1).mean():.1f} ± {z.norm(dim=1).std():.1f}")

# %% [markdown]
# ### Exercise B7 · part 4, interpolation
#
# Difficulty 2 of 5 · 10 minutes
#
# Write `interpolate(z0, z1, steps)`: `steps` points from $z_0$ to $z_1$ at evenly spaced $t$, both
# ends included, as rows of shape (steps, noise_dim). Spherical is what fits our noise; linear
# counts as right too.
#
# <details><summary>Hint</summary>
#
# `torch.linspace(0, 1, steps)[:, None]` broadcasts against $z$ of shape (noise_dim,). When $z_0$
# and $z_1$ point the same way $\sin\omega$ is 0: fall back on the straight line there.
#
# </details>
#
# What you should see, with a trained $G$, in the cell after the checks:
#
# ![Five rows of sixteen images. In each row one digit turns by small steps into another.](images/b7-walk.png)


# %% nbgrader={"grade": false, "grade_id": "B7-interpolate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def interpolate(z0: Tensor, z1: Tensor, steps: int) -> Tensor:
    """A path between two noises: z0 and z1 of shape (noise_dim,) -> (steps, noise_dim).

    The first row is z0, the last z1, for steps of 2 or more.
    """
    ### BEGIN SOLUTION
    t = torch.linspace(0, 1, steps, dtype=z0.dtype, device=z0.device)[:, None]  # (steps, 1)
    cosine = torch.dot(z0, z1) / (z0.norm() * z1.norm())
    omega = torch.acos(cosine.clamp(-1, 1))
    if omega.sin() < 1e-3:  # the same direction, or opposite ones, between which no arc is shortest
        return (1 - t) * z0 + t * z1
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(omega)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B7-interpolate-ends", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The path begins at z0 and ends at z1.
import torch
from ganlib.checks import as_tensor, quietly

torch.manual_seed(0)
z0, z1 = torch.randn(2, 20)
with quietly():
    path = as_tensor(interpolate(z0.clone(), z1.clone(), 7), "interpolate(z0, z1, 7)")
assert tuple(path.shape) == (7, 20), (
    f"7 steps between noises of shape (20,) should have shape (7, 20), not {tuple(path.shape)}"
)
assert not torch.allclose(path[0].float(), z1, atol=1e-4), (
    "the path runs from z1 to z0: at t = 0 it should be at z0"
)
assert torch.allclose(path[0].float(), z0, atol=1e-4), "the first row should be z0 itself"
assert torch.allclose(path[-1].float(), z1, atol=1e-4), (
    "the last row should be z1 itself: does t stop short of 1, at (steps − 1) / steps?"
)

# %% nbgrader={"grade": true, "grade_id": "B7-interpolate-between", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Between the ends it goes straight on or along the arc, in even strides.
import math
import torch
from ganlib.checks import as_tensor, quietly

torch.manual_seed(0)
z0, z1 = torch.randn(2, 20, dtype=torch.float64)
z1 = z1 * z0.norm() / z1.norm()  # of one length, so that an even path has even strides
with quietly():
    path = as_tensor(interpolate(z0.clone(), z1.clone(), 9), "interpolate(z0, z1, 9)")
weights = torch.linalg.lstsq(torch.stack([z0, z1], dim=1), path.T).solution  # (2, 9)
off = (path - weights.T @ torch.stack([z0, z1])).norm()
assert off < 1e-3 * path.norm(), (
    "the points between are no combinations of z0 and z1: what else is in them?"
)
assert (weights > -1e-6).all(), "a point of the path lies beyond z0 or z1, not between them"
strides = path.diff(dim=0).norm(dim=1)
assert strides.max() < 1.2 * strides.min(), (
    f"the strides between the points differ, from {strides.min():.2f} to {strides.max():.2f}: space t evenly"
)
assert strides.sum() < 1.2 * (z0 - z1).norm() * math.pi / 2, "the path goes back and forth"

# %% nbgrader={"grade": true, "grade_id": "B7-interpolate-hidden-same", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
from ganlib.checks import as_tensor, quietly

z = torch.linspace(-1, 2, 20)
for z1 in (z, 1.5 * z):
    with quietly():
        path = as_tensor(interpolate(z.clone(), z1.clone(), 5), "interpolate(z0, z1, 5)").float()
    assert path.isfinite().all(), (
        "between two noises of one direction the path is nan: sin ω is 0 there"
    )
    assert torch.allclose(path[-1], z1, atol=1e-3), (
        "between two noises of one direction the last row is not z1"
    )
    middle = path[2] / z
    assert ((middle > 0.99) & (middle < 1.51)).all(), (
        "between z and 1.5 z the middle is not between them"
    )
### END HIDDEN TESTS

# %% picture="b7-walk.png"
torch.manual_seed(3)
rows = []
for z0, z1 in torch.randn(5, 2, NOISE_DIM):
    with torch.no_grad():
        rows.append(trained()[0](interpolate(z0, z1, 16).to(device)).cpu())
show(
    plot_images(torch.cat(rows), columns=16, size=0.45),
    alt="Five rows of sixteen images. In each row one digit turns smoothly into another.",
)

# %% [markdown]
# From digit to digit by small changes of stroke, with few double exposures on the way: another
# sign that $G$ stores no images. Between two classes there are shapes that are no digit. A $G$ that
# is continuous must pass through them; it can only pass quickly.
#
# ## 8. One number, and why it misleads
#
# The paper wants a figure to compare models by: the log-likelihood of test images. But $p_g$ has
# no density. So it puts a Gaussian of width $\sigma$ (the paper's letter: a width here, and no
# sigmoid) on each of $n$ samples $s_1, …, s_n$ of $G$, and calls the mean of them a density, the
# *Parzen window*:
#
# $$ p_\sigma(x) = \frac1n \sum_{j=1}^n N(x;\, s_j,\, \sigma^2 I), \qquad
# N(x;\, s,\, \sigma^2 I) = (2\pi\sigma^2)^{-d/2}\, e^{-\lVert x - s\rVert^2 / 2\sigma^2}, \qquad d = 784. $$
#
# The score is the mean of $\log p_\sigma(x)$ over the test set, in nats. As $p_\sigma$ is a
# density in 784 dimensions its logarithm may well be positive.
#
# ### Exercise B7 · part 5, the Parzen window
#
# Difficulty 3 of 5 · 15 minutes
#
# Write `parzen_log_likelihood(points, samples, sigma)`: $\log p_\sigma(x)$ in nats for each row $x$
# of `points`, shape (n, d), under the window on the rows of `samples`, shape (s, d). The result
# has shape (n,). It must be finite for $d = 784$, where the Gaussians themselves underflow to 0.
#
# <details><summary>Hint</summary>
#
# The logarithm of a sum of exponentials is `torch.logsumexp`, over the samples. `torch.cdist`
# gives all (n, s) distances without an array of shape (n, s, d). Count three terms: the
# log-sum-exp, $-\log s$, and $-\tfrac d2 \log(2\pi\sigma^2)$.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B7-parzen", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parzen_log_likelihood(points: Tensor, samples: Tensor, sigma: float) -> Tensor:
    """log p_sigma at each point, in nats: points (n, d), samples (s, d) -> (n,)."""
    ### BEGIN SOLUTION
    s, d = samples.shape
    squared = torch.cdist(points, samples).square()  # (n, s)
    log_sum = torch.logsumexp(-squared / (2 * sigma**2), dim=1)  # (n,)
    return log_sum - math.log(s) - d / 2 * math.log(2 * math.pi * sigma**2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B7-parzen-one-sample", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Round a single sample the window is one Gaussian, whose log-density torch knows.
import torch
from torch.distributions import Normal
from ganlib.checks import as_tensor, quietly

torch.manual_seed(0)
for sigma in (0.5, 2.0):
    points, samples = torch.randn(5, 3, dtype=torch.float64), torch.randn(1, 3, dtype=torch.float64)
    expected = Normal(samples, sigma).log_prob(points).sum(dim=1)
    with quietly():
        found = as_tensor(parzen_log_likelihood(points, samples, sigma), "parzen_log_likelihood")
    assert tuple(found.shape) == (5,), (
        f"5 points should give shape (5,), one number a point, not {tuple(found.shape)}"
    )
    difference = found - expected
    assert difference.std() < 1e-3, (
        f"with σ = {sigma} the window does not have the Gaussian's shape: the exponent is −‖x − s‖² / 2σ², "
        "with both squares and the 2"
    )
    assert difference.abs().max() < 1e-3, (
        f"with σ = {sigma} every value is off by {difference.mean():.2f}: the constant of a Gaussian in d "
        "dimensions is −(d/2) log(2πσ²)"
    )

# %% nbgrader={"grade": true, "grade_id": "B7-parzen-mean", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The window is a mean: each sample given twice changes nothing.
import torch
from ganlib.checks import as_tensor, quietly

torch.manual_seed(0)
points, samples = torch.randn(5, 3, dtype=torch.float64), torch.randn(4, 3, dtype=torch.float64)
doubled = torch.cat([samples, samples])
with quietly():
    once = as_tensor(parzen_log_likelihood(points.clone(), samples, 0.7), "parzen_log_likelihood")
    twice = as_tensor(parzen_log_likelihood(points, doubled, 0.7), "parzen_log_likelihood")
assert tuple(once.shape) == tuple(twice.shape) == (5,), (
    f"5 points and 4 samples should give shape (5,), one number a point, not {tuple(once.shape)}: over which axis is the sum?"
)
assert torch.allclose(once, twice, atol=1e-4), (
    f"with each sample repeated the log-density changes by {(twice - once).mean():.2f}: take the mean over the "
    "samples of the Gaussians (the sum would give log 2), not of their logarithms"
)

# %% nbgrader={"grade": true, "grade_id": "B7-parzen-density", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# It is a density: on a line, over a fine grid, it integrates to 1.
import torch
from ganlib.checks import as_tensor, quietly

samples = torch.tensor([[-1.0], [0.5], [0.6], [3.0]], dtype=torch.float64)
x = torch.linspace(-10, 12, 4001, dtype=torch.float64)
with quietly():
    found = as_tensor(parzen_log_likelihood(x[:, None], samples, 0.4), "parzen_log_likelihood")
assert tuple(found.shape) == (4001,), (
    f"4,001 points should give shape (4001,), not {tuple(found.shape)}"
)
area = found.exp().sum() * 22 / 4000  # times the spacing of x
assert abs(area - 1) < 1e-3, f"the window integrates to {area:.3f} and should to 1: it is a density"

# %% nbgrader={"grade": true, "grade_id": "B7-parzen-images", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# At 784 dimensions the Gaussians underflow, and their logarithm does not.
import math
import torch
from ganlib.checks import as_tensor, quietly

points, samples = torch.ones(3, 784), torch.zeros(10, 784)
with quietly():
    found = as_tensor(parzen_log_likelihood(points, samples, 0.2), "parzen_log_likelihood")
assert found.isfinite().all(), (
    f"for images of 784 pixels the result is {found[0]:.0f}: exp(−‖x − s‖² / 2σ²) has underflowed to 0 "
    "before the logarithm. torch.logsumexp never forms it"
)
expected = -784 / (2 * 0.2**2) - 784 / 2 * math.log(2 * math.pi * 0.2**2)
assert (found - expected).abs().max() < 1, (
    f"white against black images give {found[0]:.1f} nats, and should {expected:.1f}"
)

# %% nbgrader={"grade": true, "grade_id": "B7-parzen-hidden-library", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
import ganlib.evaluation
from ganlib.checks import as_tensor, quietly

torch.manual_seed(0)
points, samples = torch.rand(20, 784), torch.rand(30, 784)
for sigma in (0.15, 0.5):
    with quietly():
        found = as_tensor(
            parzen_log_likelihood(points.clone(), samples.clone(), sigma), "parzen_log_likelihood"
        )
    expected = ganlib.evaluation.parzen_log_likelihood(points, samples, sigma).double()
    assert found.shape == expected.shape, (
        f"20 points and 30 samples give shape {tuple(found.shape)}, not (20,)"
    )
    assert (found - expected).abs().max() < 0.5, (
        f"on images the result is off by {(found - expected).abs().max():.1f} nats"
    )
### END HIDDEN TESTS

# %% [markdown]
# From here on the notebook uses `ganlib.evaluation`, which computes the same in chunks, so that
# 10,000 samples fit into memory. Its `parzen_window(samples, validation, test)` also chooses
# $\sigma$ as the paper does: of ten widths from .1 to 1, the one that scores best on images held
# out of training.

# %%
import ganlib.evaluation

points, window = x_test[:50], x_train[:200]
yours = parzen_log_likelihood(points, window, 0.2)
ours = ganlib.evaluation.parzen_log_likelihood(points, window, 0.2)
print(f"largest difference between your values and ganlib's: {(yours - ours).abs().max():.3f} nats")

# %% [markdown]
# Now three windows of 1,000 images each, scored on the same real test digits: samples of your $G$,
# real digits from the training set, and averages of real digits. An average here is a centroid of
# k-means, the mean of a few training images that resemble each other. Which do you expect to
# score highest? Decide before you run the cell.

# %%
from sklearn.cluster import KMeans

torch.manual_seed(4)
clusters = KMeans(1000, init="random", n_init=1, max_iter=10, random_state=0).fit(x_train[:10_000])
windows = {
    "samples of G": draw(1000),
    "real digits": x_train[torch.randperm(len(x_train))[:1000]],
    "averages of digits": torch.as_tensor(clusters.cluster_centers_, dtype=torch.float32),
}
print(f"{'1,000 of':20} {'σ':>5} {'nats':>6} {'s.e.':>5}   mean of ‖x − nearest‖²")
for name, window in windows.items():
    sigma, mean, error = parzen_window(window, x_valid, x_test[:1000])
    nearest = window[nearest_neighbours(x_test[:1000], window)]
    distance = (x_test[:1000] - nearest).square().sum(dim=1).mean()
    print(f"{name:20} {sigma:5.3f} {mean:6.1f} {error:5.1f} {distance:12.1f}")
show(
    plot_images(torch.cat([window[:16] for window in windows.values()]), columns=16, size=0.45),
    alt="Three rows of images: samples of G, real digits, and blurred averages of digits.",
)

# %% [markdown]
# The averages win by a wide margin, over the truth itself, and nobody who sees the last row would
# call it better than the one above. Samples of $G$, with all their broken strokes, score not far
# below real digits, or no lower. Two causes work together.
#
# - *The window sees distances alone.* With $\sigma$ near .2 in 784 dimensions, $\log p_\sigma(x)$
#   is nearly $-\lVert x - s \rVert^2 / 2\sigma^2$ for the nearest sample $s$, plus a constant. It
#   rewards images that are *near* other images, and the mean of some images is nearer, on average,
#   to a new one of their kind than they are themselves: see the last column.
# - *A thousand samples are very few in 784 dimensions.* The window of real digits estimates
#   $p_{data}$ by samples of $p_{data}$, with no model in between, and it is still far from the
#   truth. More samples raise its score.
#
# On all of MNIST, with all 10,000 test images, `parzen_window` gave:
#
# | window on | $\sigma$ | nats |
# |---|---|---|
# | 1,000 real training images | .215 | 121.1 ± 1.6 |
# | 10,000 real training images | .167 | 242.7 ± 2.1 |
# | 10,000 centroids of k-means | .167 | 334.8 ± 1.7 |
#
# Ten times as many samples of the very same distribution are worth 122 nats, and averaging
# another 92. Such a number cannot rank models that differ by ten. Theis, van den Oord and Bethge
# (2016) found the same order and recommend that the estimate be avoided. A good log-likelihood
# and good samples are different things besides: each can be had without the other.
#
# Here is your $G$ by the paper's protocol: 10,000 samples on the whole test set. The $G$ of the
# solution, trained on all of MNIST but the 1,000 digits held out for $\sigma$, scored 211 and 212
# nats in two runs, ± 2.

# %%
torch.manual_seed(5)
sigma, mean, error = parzen_window(draw(10_000), x_valid, x_test)
print(
    f"10,000 samples of G: {mean:.0f} ± {error:.1f} nats, at σ = {sigma:.3f}, on {len(x_test):,} test images"
)

# %% [markdown]
# ## 9. The paper's own run
#
# The first column of Table 1, the mean log-likelihood of the MNIST test set by Parzen windows, in
# nats:
#
# | deep belief net | stacked contractive autoencoder | deep generative stochastic network | adversarial nets |
# |---|---|---|---|
# | 138 ± 2 | 121 ± 1.6 | 214 ± 1.1 | 225 ± 2 |
#
# The paper says little of how its numbers were made; the code that its authors published says
# more. It differs from the printed Algorithm 1 in three places.
#
# - Both networks are updated at the same moment, from one draw of $z$, where Algorithm 1
#   alternates. $k$ is 1.
# - $G$ minimises $-\log D(G(z))$ throughout, not $\log(1 - D(G(z)))$.
# - $D$'s objective carries a factor $\tfrac12$.
#
# The rest in short. $G$: $z$ of 100 numbers from $U(-\sqrt3, \sqrt3)$, which has variance 1, two
# layers of 1,200 ReLUs, and 784 sigmoids whose first biases draw the mean image. $D$: two maxout
# layers of 240 units with five pieces each, and one sigmoid; dropout on its input and its hidden
# units, also while $G$ learns. Minibatches of 100, momentum SGD with learning rate .1, falling
# slowly, and momentum rising from .5 to .7 over 250 epochs. No rule says when to stop.
# `PaperGenerator` and `PaperDiscriminator` in `ganlib.networks` are these two, and dropout on the
# input of $D$ does a job close to that of our input noise.
#
# ## 10. What was tried
#
# The recipe above was found by trial: change one thing, train, and measure. A small classifier of
# real digits did the measuring, on 10,000 samples of each $G$. *Sure* is the share of samples whose
# digit it names with a probability above .9. *Digits* is the number of digits in use, exp of the
# entropy of its guesses: 10 if all come equally often. *Distance* is the Fréchet distance between
# samples and test images in the classifier's 64 features: 0 is best. All of MNIST, 2,000
# iterations (`python benchmarks/mnist_recipe.py` repeats this). The numbers are those of the
# running mean of $G$; the last column is the distance of $G$ itself.
#
# | | sure | digits | distance | of $G$ itself |
# |---|---|---|---|---|
# | real training images | 97 % | 10.0 | 1.8 | |
# | the recipe | 70 % | 9.8 | 62.9 | 86.7 |
# | input noise .2 instead of .4 | 72 % | 9.8 | 53.6 | 64.0 |
# | input noise .6 | 67 % | 9.7 | 89.6 | 91.9 |
# | no input noise | 71 % | 9.8 | 56.1 | 69.7 |
# | no input noise, but dropout .3 in $D$ | 69 % | 9.8 | 63.6 | 85.7 |
# | no input noise, but spectral norm in $D$ | 65 % | 9.5 | 73.3 | 97.6 |
# | no batch norm in $G$ | 61 % | 9.4 | 171.3 | 157.7 |
# | Adam with $\beta = (.5, .999)$ | 62 % | 9.7 | 134.1 | 121.4 |
# | learning rate .0002 | 28 % | 7.2 | 396.5 | 263.9 |
# | learning rate .002 | 74 % | 9.8 | 40.6 | 76.9 |
# | $m = 128$ | 72 % | 9.8 | 47.6 | 57.0 |
# | momentum SGD, learning rate .1 | 60 % | 8.7 | 192.6 | 153.6 |
# | dropout .3, learning rate .0002, $\beta = (.5, .999)$, no input noise | 46 % | 6.3 | 319.3 | 262.4 |
#
# Three things matter early: a learning rate of .001 or more, no momentum, and batch norm in $G$.
# The last row has settings that are often seen for larger networks; its $G$ has begun to lose
# modes, and uses six digits of ten. Where $G$ still moves fast in one direction the running mean
# lags behind it.
#
# Input noise earns its place late. After 9,000 iterations another classifier of the same kind
# found, again for the running mean:
#
# | 9,000 iterations | sure | digits | distance |
# |---|---|---|---|
# | input noise .4 | 82 % | 9.97 | 7.0 |
# | input noise .2 | 84 % | 9.91 | 8.3 |
# | no input noise | 85 % | 9.60 | 20.7 |
#
# Without it each single sample is, if anything, more convincing, but $p_g$ has drifted away from
# $p_{data}$ as a whole. The eye cannot see this on a sheet of samples, and the distance can. The
# running mean is worth having too: at 9,000 iterations the distance of $G$ itself was 20.2 against
# the mean's 7.0, because the mean has lost the specks of noise round the strokes.
#
# Also tried, in runs of 45 seconds of CPU time: a gradient penalty on real images (about as good
# as input noise), a wider $D$ (1,024 and 512 units; too slow for what it gains), 32 numbers in $z$
# instead of 64 (no difference that we could trust), and different learning rates for $D$ and $G$
# (worse here, though they helped on the line of notebook 03).
#
# Each row is one run with one seed. Differences of a few units between rows mean nothing, and a
# recipe that is best for these networks in two minutes need not be so for others.
#
# ## Summary
#
# The loop that learnt a line learns digits, once the step is large, momentum is gone, $D$ sees
# through noise and $G$'s parameters are averaged. Its losses do not tell whether it succeeds: look
# at many samples and at their nearest training images, and count the modes. The Parzen number of
# the paper's Table 1 ranks blurred averages above real digits, so never trust it alone.
#
# What is left open: to these two networks an image is 784 numbers in a row. Shuffle the pixels of
# all images in one and the same way, and they would learn as well as before. A network that knows
# which pixels are neighbours starts from a better idea of what an image is, and notebook 08 is
# about it.
#
# ## Further reading
#
# - I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville, Y.
#   Bengio, *Generative Adversarial Nets*, Advances in Neural Information Processing Systems 27,
#   2014, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). Sections 3 and 5 are this notebook.
# - L. Theis, A. van den Oord, M. Bethge, *A Note on the Evaluation of Generative Models*,
#   International Conference on Learning Representations, 2016,
#   [arXiv:1511.01844](https://arxiv.org/abs/1511.01844). Likelihood, Parzen windows and samples,
#   and why they disagree.
# - M. Arjovsky, L. Bottou, *Towards Principled Methods for Training Generative Adversarial
#   Networks*, International Conference on Learning Representations, 2017,
#   [arXiv:1701.04862](https://arxiv.org/abs/1701.04862). Why thin supports starve $G$ of gradient,
#   and what noise on $D$'s input does about it.
