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
# # 05 · Two by two
#
# In notebook 04 one iteration fitted on a page, but only after $D$ had been cut down to one unit a
# layer. The $D$ that was trained then had more than two thousand weights, and all their gradients came
# from autograd: `backward()` found them, `step()` used them, and nothing of it could be seen. What does an
# update do to each weight, and what comes of many updates?
#
# Here is a GAN of thirteen numbers. Its images have four pixels, both networks have one layer,
# and you will do without autograd: derive every gradient by the chain rule, write it in NumPy, and
# train. And once each number can be seen, some things can be proved that in large networks are only
# observed: what this $D$ is blind to, and what becomes of the variety of the data.
#
# **Contents:** [1. Five faces](#1.-Five-faces) ·
# [2. Two networks of one layer](#2.-Two-networks-of-one-layer) ·
# [3. Five derivatives for D](#3.-Five-derivatives-for-D) ·
# [4. Eight derivatives for G](#4.-Eight-derivatives-for-G) ·
# [5. Two witnesses](#5.-Two-witnesses) ·
# [6. The game by hand](#6.-The-game-by-hand) ·
# [7. What a linear D can see](#7.-What-a-linear-D-can-see) ·
# [8. One face, whatever z](#8.-One-face,-whatever-z) ·
# [Summary](#Summary)
#
# By the end you can
#
# - write the gradient of each player as a chain of derivatives, one link at a time;
# - confirm a gradient by finite differences and by autograd, and say how far each can be trusted;
# - train a GAN with nothing but NumPy;
# - say what a discriminator that is linear in $x$ can see of its data, and prove it;
# - measure how much of the data's variety a generator has kept.
#
# Allow about 85 minutes. Logarithms are natural, so losses are in nats. The idea of a GAN on four
# pixels is Luis Serrano's; where to find it is said at the end.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import numpy as np
import torch
from matplotlib.figure import Figure
from torch.nn.functional import softplus

from ganlib.data import two_by_two_faces
from ganlib.plotting import COLORS, plot_losses, show
from ganlib.training import History

torch.set_num_threads(1)  # for networks this small, threads would only wait for each other
faces = two_by_two_faces()

# %% [markdown]
# ## 1. Five faces
#
# In Serrano's story there is a land where all people lean to one side. Photographed with a camera
# of four pixels, a leaning face is a bright diagonal, from the top left to the bottom right. Here
# are five, and below them five images that are noise.


# %%
def plot_rows(rows, columns=()):
    """Rows of images of four pixels, each with its name; and names for the columns, if there are any."""
    figure = Figure(figsize=(6.2, 0.85 * len(rows) + 0.2), layout="constrained")
    grid = figure.subplots(len(rows), 5)
    for line, (name, images) in zip(grid, rows.items()):
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
        for axes, image in zip(line, images):
            axes.imshow(image.reshape(2, 2), cmap="gray", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[])
    for axes, name in zip(grid[-1], columns):
        axes.set_xlabel(name)
    return figure


noise = np.random.default_rng(0).uniform(size=(5, 4))
show(
    plot_rows({"five faces": faces, "noise": noise}),
    alt="Two rows of five images of two by two pixels. Above, the faces: top left and bottom right "
    "are bright, the other two pixels dark. Below, noise: no pattern.",
)

# %% [markdown]
# An image is four numbers in $[0, 1]$, $x = (x_1, x_2, x_3, x_4)$ for top left, top right, bottom
# left, bottom right; 0 is black and 1 is white. Here are the numbers, and with them two summaries
# that will be wanted later. The *mean face* is the average of each pixel. The **spread** says how
# much the images differ: it is the root mean square distance from the mean face,
#
# $$ \text{spread} = \sqrt{\textstyle \frac1n \sum_i \lVert x^{(i)} - \bar x \rVert^2}. $$


# %% tags=["nbval-check-output"]
def spread(images):
    """Root mean square distance of images (n, 4) from their mean."""
    return np.sqrt(((images - images.mean(axis=0)) ** 2).sum(axis=1).mean())


for name, x in zip(("lit from above", "lit from below", "hazy", "hazy too", "dim"), faces):
    print(f"{name:15s}", x)
print("mean face      ", faces.mean(axis=0).round(2))
print(f"spread of the faces {spread(faces):.3f}, of 100,000 noise images ", end="")
print(f"{spread(np.random.default_rng(0).uniform(size=(100_000, 4))):.2f}")

# %% [markdown]
# ## 2. Two networks of one layer
#
# The discriminator multiplies each pixel by a weight, adds a bias, and squashes the sum, its logit
# $a$, into a probability:
#
# $$ D(x) = \sigma(a), \qquad a = w \cdot x + b = w_1 x_1 + w_2 x_2 + w_3 x_3 + w_4 x_4 + b. $$
#
# So $\theta_d = (w, b)$ is five numbers. A weight above zero says that its pixel should be bright
# in a face, one below zero that it should be dark.
#
# The generator gets a single number of noise, $z \sim U(0, 1)$. For each pixel it multiplies $z$ by
# a weight, adds a bias, and squashes the result into $[0, 1]$, where pixels live:
#
# $$ G(z) = \sigma(u), \qquad u_i = z v_i + c_i. $$
#
# So $\theta_g = (v, c)$ is eight numbers (mind the letters: $w$ belongs to $D$ here, and to $G$ in
# notebook 04), and $\sigma$ acts on each pixel by itself. The same
# function serves twice, for a probability and for a grey value, and it comes first:
#
# $$ \sigma(a) = \frac{1}{1 + e^{-a}}. $$
#
# ### Exercise B5 · part 1, the sigmoid
#
# Difficulty 2 of 5 · 8 minutes
#
# Write `sigmoid(a)` in NumPy, for a single number as well as for an array of any shape. Typed in as
# it is printed, the formula works for $a = 5$. At $a = -1000$ it asks for $e^{1000}$, which is too
# large for a float, and NumPy complains. Yours should give 0 and 1 at ∓1000 without a warning.
#
# <details><summary>Hint</summary>
#
# $e^{-|a|}$ is never too large. Or remember from notebook 01 that
# $\log \sigma(a) = -\log(1 + e^{-a})$: NumPy's `np.logaddexp(0, t)` is $\log(1 + e^t)$, computed
# with care. (`np.where(a > 0, this, that)` computes *both* branches, and then chooses.)
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B5-sigmoid", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid(a):
    """1 / (1 + exp(-a)), for each number by itself.

    a: a number, or an array of any shape
    returns: a number, or an array of the same shape, in [0, 1]
    """
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(a))  # between 0 and 1, whatever a is
    return np.where(np.asarray(a) >= 0, 1, e) / (1 + e)
    ### END SOLUTION


# %% [markdown]
# The next cell (read-only) holds what the checks of this notebook share: it compares an array with
# the right one, and recognises the known ways to miss it.

# %% nbgrader={"grade": false, "grade_id": "comparing", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.checks import as_tensor


def expect_array(value, right, what, slips=(), tolerance=1e-4):
    """Compare an array with the right one, in shape and in numbers."""
    got, right = as_tensor(value, what).numpy(), np.asarray(right, dtype=float)
    assert got.shape == right.shape, (
        f"{what} has shape {got.shape} and should have shape {right.shape}, one number for each "
        "place"
    )
    if np.allclose(got, right, rtol=0, atol=tolerance):
        return
    shown = f"{what} is {np.round(got, 4).tolist()} and should be {np.round(right, 4).tolist()}"
    for wrong, message in slips:
        assert not np.allclose(got, wrong, rtol=0, atol=tolerance), f"{shown}: {message}"
    raise AssertionError(shown)


def as_pair(value, what):
    """What a function of two gradients has returned, as two things."""
    assert value is not None, f"{what} is None: is a return missing?"
    assert hasattr(value, "__len__") and len(value) == 2, (
        f"{what} should be two things, one gradient for each kind of parameter"
    )
    return value


# %% nbgrader={"grade": true, "grade_id": "B5-sigmoid-values", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A half at 0, three quarters at log 3, a quarter at -log 3.
import numpy as np
from ganlib.checks import quietly

with quietly():
    s = sigmoid(np.array([0.0, np.log(3), -np.log(3)]))
expect_array(
    s,
    [0.5, 0.75, 0.25],
    "sigmoid of 0, log 3 and -log 3",
    slips=[
        ([0.5, 0.25, 0.75], "it falls where it should climb: the exponent is -a, not a."),
        ([0.0, 0.8, -0.8], "that is the hyperbolic tangent, which runs from -1 to 1."),
        ([0.25, 0.1875, 0.1875], "that is the slope of the sigmoid, not the sigmoid itself."),
        ([1 / 4.33333, 3 / 4.33333, 1 / 13], "that is softmax: here each number stands alone."),
        ([-0.693147, -0.287682, -1.386294], "that is the logarithm of the sigmoid."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "B5-sigmoid-stable", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# At -1000 and 1000, in an array and alone, and no warning.
import warnings

import numpy as np
from ganlib.checks import quietly

for a, right in (
    (np.array([-1000.0, 1000.0]), [0.0, 1.0]),
    (np.float64(-1000.0), 0.0),
    (1000.0, 1.0),
):
    with quietly(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            s = sigmoid(a)
        except OverflowError:
            raise AssertionError(
                f"sigmoid({a}) stops with an OverflowError: exp of a large number is too large "
                "for a float. Take exp only of numbers at or below 0."
            ) from None
        except (TypeError, IndexError) as error:
            raise AssertionError(
                f"sigmoid({a}) stops with {type(error).__name__}: {error}. It should work for "
                "one number as well as for an array."
            ) from None
    expect_array(
        np.nan_to_num(as_tensor(s, f"sigmoid({a})").numpy(), nan=-1),
        right,
        f"sigmoid({a})",
        slips=[
            (
                np.where(np.array(right) == 1, -1, 0),
                "the 1 is nan: exp(a) / (1 + exp(a)) is inf / inf.",
            ),
            (
                np.where(np.array(right) == 0, -1, 1),
                "the 0 is nan: somewhere 0 is multiplied by inf.",
            ),
        ],
    )
    assert not caught, (
        f"sigmoid({a}) is right, but NumPy warns: {caught[0].message}. Take exp only of numbers at "
        "or below 0; np.where computes both of its branches."
    )

# %% nbgrader={"grade": true, "grade_id": "B5-sigmoid-hidden-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# One number in, one number out, in every shape; and the argument is left as it was.
import numpy as np
from ganlib.checks import quietly

for shape in ((), (4,), (2, 3), (1, 4)):
    given = np.linspace(-3, 4, int(np.prod(shape))).reshape(shape)
    a = given.copy()
    with quietly():
        s = sigmoid(a)
    assert np.array_equal(a, given), "sigmoid has changed the array that it was given."
    right = 0.5 + 0.5 * np.tanh(a / 2)
    expect_array(s, right, f"sigmoid of an array of shape {shape}", tolerance=1e-7)
### END HIDDEN TESTS

# %% [markdown]
# From here on `sigmoid` is that of `ganlib.two_by_two`, the same function under the same name. The
# next cell (read-only) takes it from there, so that a slip in part 1 costs no points in part 2.
# The gradients of parts 2 and 3 will be taken over in the same way.

# %% nbgrader={"grade": false, "grade_id": "sigmoid-from-ganlib", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.two_by_two import sigmoid

# %% [markdown]
# ## 3. Five derivatives for D
#
# $D$ is shown one image $x$ and told a label $y$, 1 for a face and 0 for a fake. Its loss is the
# binary cross-entropy of Exercise A2,
#
# $$ L = -\bigl[\, y \log D + (1 - y) \log (1 - D) \,\bigr]. $$
#
# Which way should $w_1$ move to make it smaller? $w_1$ does not act on $L$ directly. It acts on the
# logit $a$, the logit acts on $D$, and $D$ on the loss. Each arrow of this chain has a derivative,
# written below it in red, and the chain rule multiplies them.
#
# ![Two chains. D's chain runs from w and b over the logit a and D to the loss, with the derivatives x, D times 1 minus D, and D minus y over D times 1 minus D. G's chain runs from v and c over u, G, a and D to the loss, with the derivatives z, G times 1 minus G, w, D times 1 minus D, and minus 1 over D.](images/b5-chains.png)


# %% picture="b5-chains.png" tags=["fold"]
def picture_of_the_chains():  # the picture above
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    red, grey = COLORS["generator"], COLORS["grey"]
    chains = (
        (
            "a step of D, on an image $x$ with the label $y$",
            ("$w,\\ b$", "$a$", "$D$", "$L$"),
            ("$w \\cdot x + b$", "$\\sigma(a)$", "cross-entropy"),
            ("$\\partial a/\\partial w_i = x_i$", "$D(1 - D)$", "$\\dfrac{D - y}{D(1 - D)}$"),
        ),
        (
            "a step of G, on a noise $z$: its fake is given the label $y = 1$",
            ("$v,\\ c$", "$u$", "$G$", "$a$", "$D$", "$L$"),
            ("$zv + c$", "$\\sigma(u)$", "$w \\cdot G + b$", "$\\sigma(a)$", "$-\\log D$"),
            (
                "$\\partial u_i/\\partial v_i = z$",
                "$G_i(1 - G_i)$",
                "$w_i$",
                "$D(1 - D)$",
                "$-\\dfrac{1}{D}$",
            ),
        ),
    )
    for axes, (title, nodes, maps, slopes) in zip(figure.subplots(2, 1), chains):
        places = np.linspace(0, 10, 6)[: len(nodes)]
        for here, there, map_, slope in zip(places, places[1:], maps, slopes):
            arrow = {"arrowstyle": "->", "color": grey, "lw": 1.6, "shrinkA": 22, "shrinkB": 18}
            axes.annotate("", (there, 0), (here, 0), arrowprops=arrow)
            axes.text((here + there) / 2, 0.3, map_, ha="center", color="black", fontsize=10)
            axes.text((here + there) / 2, -0.55, slope, ha="center", color=red, fontsize=12)
        for place, node in zip(places, nodes):
            box = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": "black", "lw": 1.4}
            axes.text(place, 0, node, ha="center", va="center", bbox=box, fontsize=12)
        axes.set_title(title, loc="left", fontsize=11)
        axes.set(xlim=(-0.6, 10.4), ylim=(-0.8, 0.6))
        axes.set_axis_off()
    return figure


show(
    picture_of_the_chains(),
    alt="Two chains. D's chain runs from w and b over the logit a and D to the loss, with the "
    "derivatives x, D times 1 minus D, and D minus y over D times 1 minus D. G's chain runs from v "
    "and c over u, G, a and D to the loss, with the derivatives z, G times 1 minus G, w, D times 1 "
    "minus D, and minus 1 over D.",
)

# %% [markdown]
# The upper chain, from its end:
#
# | link | derivative | why |
# |---|---|---|
# | $L$ in $D$ | $-\dfrac{y}{D} + \dfrac{1 - y}{1 - D} = \dfrac{D - y}{D (1 - D)}$ | the derivative of $\log$; then a common denominator |
# | $D$ in $a$ | $D (1 - D)$ | for every sigmoid $\sigma' = \sigma (1 - \sigma)$ |
# | $a$ in $w_i$ | $x_i$ | $a$ is a sum, and $w_i$ occurs once, times $x_i$ |
# | $a$ in $b$ | $1$ | |
#
# Multiply the first two, and $D (1 - D)$ cancels:
#
# $$ \frac{\partial L}{\partial a} = D - y. $$
#
# Do not pass over this lightly. A sigmoid is flat at both ends, and $D (1 - D)$ is almost 0 where
# $D$ is almost sure. If $D$ is sure and wrong, that factor would stop all learning. The logarithm
# in the loss is exactly steep enough to make up for it, and what is left is the plain error: what
# $D$ said, minus what it should have said. Two links remain:
#
# $$ \frac{\partial L}{\partial w_i} = (D - y)\, x_i, \qquad
#    \frac{\partial L}{\partial b} = D - y. $$
#
# ### Exercise B5 · part 2, the gradient of the discriminator
#
# Difficulty 2 of 5 · 10 minutes
#
# Write `discriminator_gradients(w, b, x, label)`, in NumPy and without autograd: the gradient of
# $L$ on one image. It is for descent: $w$ will move *against* it. Return the pair `(dw, db)`, where
# `dw` has the shape of `w`, and `db` is one number.
#
# <details><summary>Hint</summary>
#
# Three lines: the logit, the error $D - y$, the pair. In NumPy `w @ x` is the dot product.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B5-discriminator", "locked": false, "schema_version": 3, "solution": true, "task": false}
def discriminator_gradients(w, b, x, label):
    """Gradient of D's binary cross-entropy on one image.

    w, b: D's weights, shape (4,), and its bias, a number
    x: the image, shape (4,)
    label: 1 for data, 0 for a fake
    returns: (dw, db), shape (4,) and a number
    """
    ### BEGIN SOLUTION
    d = sigmoid(w @ x + b)
    da = d - label
    return da * x, da
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B5-discriminator-face", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A face that D gives the probability 3/4.
import numpy as np
from ganlib.checks import expect, quietly

w, b, x = np.array([2.0, -1.0, 1.0, -0.5]), np.log(3) - 1.3, np.array([0.9, 0.2, 0.1, 0.8])
with quietly():
    gradients = discriminator_gradients(w.copy(), b, x.copy(), 1)
dw, db = as_pair(gradients, "discriminator_gradients")
expect_array(
    dw,
    [-0.225, -0.05, -0.025, -0.2],
    "dw on a face with D(x) = 3/4",
    slips=[
        (0.25 * x, "the sign: with y = 1 the error D - y is below 0, and descent raises D."),
        (0.75 * x, "this is the gradient for a fake; the label is ignored or swapped."),
        (-0.75 * x, "this is minus the gradient for a fake: both the label and the sign are off."),
        (
            -0.25 * 0.1875 * x,
            "one D(1 - D) too many: it has cancelled against the derivative of L.",
        ),
        (-x / 0.75, "the link from a to D, D(1 - D), is missing."),
        (0.1875 * x, "that is the derivative of D; the loss is missing."),
        (-0.25 * w, "the derivative of w · x in w is x, not w."),
        ((np.log(3) - 1) * x, "the error is D - y, with the probability D, not the logit."),
        ((0.785835 - 1) * x, "the bias b is missing in the logit."),
        (-0.125 * x, "half of it: the loss of one image is not halved."),
        (-0.0625 * x, "divided by 4: the sum over pixels is in a, and there is no mean over them."),
        (np.full(4, -0.25), "the factor x is missing: a bright pixel moves its weight more."),
    ],
)
expect(
    db,
    -0.25,
    "db on a face with D(x) = 3/4",
    slips=[
        (0.25, "the sign: with y = 1 the error D - y is below 0."),
        (-0.5, "the derivative of a in b is 1; no pixel comes into it."),
        (-0.25 * 0.1875, "one D(1 - D) too many: it has cancelled."),
        (0.75, "this is the gradient for a fake; the label is ignored or swapped."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "B5-discriminator-fake", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The same image, now with the label of a fake.
import numpy as np
from ganlib.checks import expect, quietly

w, b, x = np.array([2.0, -1.0, 1.0, -0.5]), np.log(3) - 1.3, np.array([0.9, 0.2, 0.1, 0.8])
with quietly():
    gradients = discriminator_gradients(w.copy(), b, x.copy(), 0)
dw, db = as_pair(gradients, "discriminator_gradients")
expect_array(
    dw,
    [0.675, 0.15, 0.075, 0.6],
    "dw on a fake with D(x) = 3/4",
    slips=[
        (-0.25 * x, "this is the gradient for a face: is the label used?"),
        (0.25 * x, "on a fake the error is D - 0, all of D."),
        (
            -0.75 * x,
            "the sign: D should go down on a fake, and descent does that if dw is above 0.",
        ),
        (np.zeros(4), "nothing: a fake has a loss too, -log(1 - D)."),
        (0.75 * 0.1875 * x, "one D(1 - D) too many: it has cancelled against the derivative of L."),
    ],
)
expect(db, 0.75, "db on a fake with D(x) = 3/4", slips=[(-0.25, "is the label used?")])

# %% nbgrader={"grade": true, "grade_id": "B5-discriminator-hidden-differences", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Against finite differences of the loss, at 40 random places.
import numpy as np
from ganlib.checks import as_number, quietly

rng, h = np.random.default_rng(0), 1e-5
for trial in range(40):
    theta, x, label = 2 * rng.normal(size=5), rng.uniform(size=4), trial % 2

    def loss(theta, x=x, label=label):  # -log D(x) for a face, -log(1 - D(x)) for a fake
        a = theta[:4] @ x + theta[4]
        return np.logaddexp(0, -a if label else a)

    right = [(loss(theta + h * e) - loss(theta - h * e)) / (2 * h) for e in np.eye(5)]
    w, b = theta[:4].copy(), theta[4]
    with quietly():
        gradients = discriminator_gradients(w, b, x, label)
    dw, db = as_pair(gradients, "discriminator_gradients")
    expect_array(
        dw,
        right[:4],
        f"dw at a random place, with label {label}, by finite differences,",
        tolerance=1e-6,
    )
    assert abs(as_number(db, "db") - right[4]) < 1e-6, (
        f"db is {as_number(db, 'db'):.6f} at a random place with label {label}, and finite differences "
        f"of the loss give {right[4]:.6f}."
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B5-discriminator-hidden-sure", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# A D that is sure and wrong learns at full speed; and nothing that was given is changed.
import numpy as np
from ganlib.checks import expect, quietly

for sign, label in ((-1, 1), (1, 0)):
    w, x = np.full(4, sign * 1000.0), np.array([1.0, 0.5, 0.25, 1.0])
    given = w.copy(), x.copy()
    with quietly():
        gradients = discriminator_gradients(w, 0.0, x, label)
    assert np.array_equal(w, given[0]) and np.array_equal(x, given[1]), (
        "discriminator_gradients has changed w or x: it should only compute."
    )
    dw, db = as_pair(gradients, "discriminator_gradients")
    assert np.isfinite(np.asarray(dw, dtype=float)).all(), (
        "dw is not finite with D sure and wrong: is something divided by D or by 1 - D, which are 0 "
        "there? They cancel on paper; let them."
    )
    expect_array(
        dw, sign * x, "dw with D sure and wrong", slips=[(np.zeros(4), "D has stopped learning.")]
    )
    expect(db, sign, "db with D sure and wrong")
### END HIDDEN TESTS

# %% [markdown]
# Now read the formula, for it says what $D$ learns. On a face $w$ moves by
# $+\text{lr} \cdot (1 - D)\, x$, on a fake by $-\text{lr} \cdot D\, G(z)$, where lr is the learning
# rate. So the weights of $D$ are a ledger: faces are added, fakes are subtracted, and each image
# counts as much as $D$ was wrong about it. These sums, and the count in $b$, are all that $D$
# remembers of its data. Keep that in mind.

# %% nbgrader={"grade": false, "grade_id": "discriminator-from-ganlib", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.two_by_two import discriminator_gradients

# %% [markdown]
# ## 4. Eight derivatives for G
#
# $G$'s loss is the non-saturating $-\log D(G(z))$, the cross-entropy of a fake to which $G$ gives the
# label of data. The chain of its weights is longer (the lower row of the picture), because it runs
# through all of $D$:
#
# | link | derivative | why |
# |---|---|---|
# | $L$ in $a$ | $-(1 - D)$ | the error $D - y$ of section 3, with $y = 1$ |
# | $a$ in $G_i$ | $w_i$ | now the *image* varies, and the weights are fixed |
# | $G_i$ in $u_i$ | $G_i (1 - G_i)$ | a sigmoid again, and here nothing cancels it |
# | $u_i$ in $v_i$ | $z$ | $u_i = z v_i + c_i$ |
# | $u_i$ in $c_i$ | $1$ | |
#
# Pixel $i$ depends on $v_i$ and $c_i$ alone, so no sum over pixels is needed:
#
# $$ \frac{\partial L}{\partial c_i} = -(1 - D)\; w_i \; G_i (1 - G_i), \qquad
#    \frac{\partial L}{\partial v_i} = z \, \frac{\partial L}{\partial c_i}. $$
#
# ### Exercise B5 · part 3, the gradient of the generator
#
# Difficulty 3 of 5 · 12 minutes
#
# Write `generator_gradients(v, c, w, b, z)`: the gradient of $-\log D(G(z))$ for one noise $z$, a
# number. Return the pair `(dv, dc)`, both of shape (4,).
#
# <details><summary>Hint</summary>
#
# Go through the table from the top, and multiply as you go. The image and $D$'s answer to it come
# first: `g = sigmoid(z * v + c)` and `d = sigmoid(w @ g + b)`. Pixel by pixel is NumPy's `*`.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "B5-generator", "locked": false, "schema_version": 3, "solution": true, "task": false}
def generator_gradients(v, c, w, b, z):
    """Gradient of G's loss, -log D(G(z)), for one noise.

    v, c: G's weights and biases, shape (4,) each
    w, b: D's weights, shape (4,), and its bias, a number; D is held fixed
    z: the noise, a number
    returns: (dv, dc), shape (4,) each
    """
    ### BEGIN SOLUTION
    g = sigmoid(z * v + c)
    d = sigmoid(w @ g + b)
    dc = -(1 - d) * w * g * (1 - g)
    return z * dc, dc
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "B5-generator-biases", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# z = 1/2, which makes the image (0.8, 0.5, 0.2, 0.5), and D gives it 0.2.
import numpy as np
from ganlib.checks import quietly

v, c = np.array([2.0, -2.0, 1.0, 4.0]), np.array([np.log(4) - 1, 1, -np.log(4) - 0.5, -2])
w, b = np.array([2.0, -3.0, -1.0, 1.0]), -np.log(4) - 0.4
with quietly():
    gradients = generator_gradients(v.copy(), c.copy(), w.copy(), b, 0.5)
dv, dc = as_pair(gradients, "generator_gradients")
right = np.array([-0.256, 0.6, 0.128, -0.2])
g = np.array([0.8, 0.5, 0.2, 0.5])
expect_array(
    dc,
    right,
    "dc for the image (0.8, 0.5, 0.2, 0.5), D = 0.2 and w = (2, -3, -1, 1)",
    slips=[
        (-right, "the sign: G's loss falls when D(G(z)) rises."),
        (right / 2, "z is not in dc (are dv and dc swapped?): u = zv + c moves as much as c does."),
        (-right / 4, "this is D's own loss, with label 0: G would help D to see through it."),
        (right / 4, "this is the saturating loss, log(1 - D(G(z)))."),
        (-0.8 * w, "the sigmoid of G is missing: its derivative is G(1 - G)."),
        (-0.8 * w * g, "the derivative of G's sigmoid is G(1 - G), not G."),
        (-0.8 * w * (1 - g**2), "1 - G² is the derivative of tanh; that of a sigmoid is G(1 - G)."),
        (-0.8 * g * (1 - g), "the link through D is missing: a changes with pixel i by w_i."),
        (-0.8 * v * g * (1 - g), "the derivative of a in pixel i is w_i, D's weight, not v_i."),
        (-0.8 * b * g * (1 - g), "the derivative of a in pixel i is w_i, not b."),
        (0.16 * right, "one D(1 - D) too many: it has cancelled against -1/D."),
        (-5 * w * g * (1 - g), "the link from a to D, D(1 - D), is missing."),
        (-0.8 * 0.4 * g * (1 - g), "w is summed up: each pixel has a weight of its own."),
        (-0.8 * -1.0 * g * (1 - g), "w is summed up: each pixel has a weight of its own."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "B5-generator-weights", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# The same place: what z does to dv.
import numpy as np
from ganlib.checks import quietly

v, c = np.array([2.0, -2.0, 1.0, 4.0]), np.array([np.log(4) - 1, 1, -np.log(4) - 0.5, -2])
w, b = np.array([2.0, -3.0, -1.0, 1.0]), -np.log(4) - 0.4
with quietly():
    gradients = generator_gradients(v.copy(), c.copy(), w.copy(), b, 0.5)
dv, dc = as_pair(gradients, "generator_gradients")
right = np.array([-0.128, 0.3, 0.064, -0.1])
expect_array(
    dv,
    right,
    "dv for z = 1/2",
    slips=[
        (
            2 * right,
            "the factor z is missing (or dv and dc are swapped): u = zv + c moves z times as much as v.",
        ),
        (-right, "the sign: G's loss falls when D(G(z)) rises."),
        (2 * right * v, "the derivative of zv in v is z, not v."),
        (right / 2, "there is one factor z too many."),
    ],
)

# %% nbgrader={"grade": true, "grade_id": "B5-generator-hidden-differences", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Against finite differences of the loss, at 40 random places.
import numpy as np
from ganlib.checks import quietly

rng, h = np.random.default_rng(1), 1e-5
for _ in range(40):
    theta_g, w, b, z = 2 * rng.normal(size=8), 2 * rng.normal(size=4), rng.normal(), rng.uniform()

    def loss(theta_g, w=w, b=b, z=z):  # -log D(G(z))
        g = 1 / (1 + np.exp(-(z * theta_g[:4] + theta_g[4:])))
        return np.logaddexp(0, -(w @ g + b))

    right = [(loss(theta_g + h * e) - loss(theta_g - h * e)) / (2 * h) for e in np.eye(8)]
    with quietly():
        gradients = generator_gradients(theta_g[:4].copy(), theta_g[4:].copy(), w, b, z)
    dv, dc = as_pair(gradients, "generator_gradients")
    expect_array(
        dc, right[4:], f"dc at a random place, z = {z:.3f}, by finite differences,", tolerance=1e-6
    )
    expect_array(
        dv, right[:4], f"dv at a random place, z = {z:.3f}, by finite differences,", tolerance=1e-6
    )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B5-generator-hidden-ends", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# z = 0 and z = 1; D sure and right; and nothing that was given is changed.
import numpy as np
from ganlib.checks import quietly

given = tuple(np.random.default_rng(2).normal(size=(3, 4)))
before = [array.copy() for array in given]
for z in (0.0, 1.0):
    with quietly():
        gradients = generator_gradients(*given, 0.3, z)
    dv, dc = as_pair(gradients, "generator_gradients")
    expect_array(
        dv, z * np.asarray(dc, dtype=float), f"dv for z = {z:.0f}, beside dc = {np.round(dc, 4)},"
    )
    assert np.abs(dc).max() > 1e-3, (
        f"dc is 0 for z = {z:.0f}, but a bias learns whatever the noise is."
    )
with quietly():
    gradients = generator_gradients(np.zeros(4), np.zeros(4), np.full(4, -1000.0), 0.0, 1.0)
dv, dc = as_pair(gradients, "generator_gradients")
expect_array(
    dc,
    np.full(4, 250.0),
    "dc where D is sure that the fake is fake",
    slips=[
        (np.zeros(4), "this loss does not saturate: where D is sure, 1 - D is 1 and G learns most.")
    ],
)
assert all(np.array_equal(now, then) for now, then in zip(given, before)), (
    "generator_gradients has changed an array that it was given: it should only compute."
)
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "generator-from-ganlib", "locked": true, "schema_version": 3, "solution": false, "task": false}
from ganlib.two_by_two import generator_gradients

# %% [markdown]
# ### One turn, number by number
#
# Now the question of the beginning can be answered. Let all thirteen numbers be zero, so that
# $D = \tfrac12$ everywhere and $G$ draws grey, whatever $z$ is. $D$ takes one step on the first face
# and on a fake, then $G$ takes one step with $z = \tfrac12$. The learning rate is 1, to have numbers
# that can be read. Before you run the cell, work out the new $w_1$ with a pencil.


# %% tags=["nbval-check-output"]
def one_turn(lr=1.0, z=0.5):
    w = v = c = np.zeros(4)
    b, x = 0.0, faces[0]
    x_fake = sigmoid(z * v + c)
    (dw, db), (dw_fake, db_fake) = (
        discriminator_gradients(w, b, image, label) for image, label in ((x, 1), (x_fake, 0))
    )
    w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)
    dv, dc = generator_gradients(v, c, w, b, z)
    rows = {"face x": x, "fake G(z)": x_fake, "dw on x": dw, "dw on G(z)": dw_fake, "new w": w}
    rows |= {"dc": dc, "dv": dv, "new G(z)": sigmoid(z * (v - lr * dv) + c - lr * dc)}
    print("             1 top left  2 top right  3 bottom left  4 bottom right")
    for name, values in rows.items():
        print(f"{name:11s}" + "".join(f"{value + 0.0:13.4f}" for value in values))
    print(f"new b = {b:.4f}, and D(G(z)) for the old G is now {sigmoid(w @ x_fake + b):.4f}")


one_turn()

# %% [markdown]
# Every number has a reason.
#
# - $w_1 = \tfrac12 (1 - \tfrac12)$: half of the face was added, because $D$ gave it only
#   $\tfrac12$, and half of the fake subtracted. After a single turn the signs of $w$ are a face
#   already, $+\,-\,-\,+$.
# - $b$ has not moved. It goes up by $\tfrac12$ for the face and down by $\tfrac12$ for the fake.
# - $G$ has moved each pixel in the direction of its $w_i$, since all other factors have the same
#   sign for every pixel. Four numbers from $D$ are all that $G$ ever hears about faces.
# - $dv$ is $z$ times $dc$, so $v$ and $c$ move in the same direction.

# %% [markdown]
# ## 5. Two witnesses
#
# A gradient that was derived by hand should not be believed because it looks right. Two witnesses
# that do not know each other can be asked.
#
# **Finite differences** need only the loss. Move one parameter by $h$ to either side and look how
# much the loss changes: $\bigl( L(\theta + h) - L(\theta - h) \bigr) / 2h$. It is not exact, and
# the choice of $h$ has a surprise in it: which of the following steps do you expect to be best?


# %%
def error_of_finite_differences():
    rng = np.random.default_rng(0)
    v, c, w, b, z = *rng.normal(size=(3, 4)), rng.normal(), rng.uniform()

    def loss(c):  # -log D(G(z)) from the logit: log(1 + exp(-a))
        return np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))

    _, dc = generator_gradients(v, c, w, b, z)
    for h in (1e-1, 1e-3, 1e-5, 1e-7, 1e-10, 1e-13):
        differences = [(loss(c + h * e) - loss(c - h * e)) / (2 * h) for e in np.eye(4)]
        print(f"h = {h:.0e}: largest error of dc {np.abs(dc - differences).max():.0e}")


error_of_finite_differences()

# %% [markdown]
# Not the smallest. Down to about $10^{-5}$ the error falls with $h^2$. Below that, the two losses
# agree in so many digits that their difference consists of rounding, and dividing by a smaller $h$
# makes that larger.
#
# **Autograd** needs only the forward pass. Here is the whole GAN in six lines of PyTorch, the first of
# which turns the numbers into tensors, and the last two of which replace sections 3 and 4:


# %% tags=["nbval-check-output"]
def gradients_by_autograd(w, b, v, c, x, z):
    w, b, v, c, x = (
        torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in (w, b, v, c, x)
    )
    x_fake = torch.sigmoid(z * v + c)
    d_loss = softplus(-(w @ x + b)) + softplus(w @ x_fake.detach() + b)  # -log D, -log(1 - D)
    g_loss = softplus(-(w @ x_fake + b))
    theta_d = torch.autograd.grad(d_loss, (w, b))
    return torch.cat([p.reshape(-1) for p in (*theta_d, *torch.autograd.grad(g_loss, (v, c)))])


def compare_with_autograd(places=1000):
    rng, worst = np.random.default_rng(0), 0.0
    for _ in range(places):
        (w, v, c), b, x, z = (
            rng.normal(size=(3, 4)),
            rng.normal(),
            rng.uniform(size=4),
            rng.uniform(),
        )
        real = discriminator_gradients(w, b, x, 1)
        fake = discriminator_gradients(w, b, sigmoid(z * v + c), 0)
        ours = [*(real[0] + fake[0]), real[1] + fake[1]]
        ours = np.concatenate([ours, *generator_gradients(v, c, w, b, z)])
        worst = max(worst, np.abs(ours - gradients_by_autograd(w, b, v, c, x, z).numpy()).max())
    print(f"all 13 gradients agree to 1e-12 at {places} places: {worst < 1e-12}")


compare_with_autograd()

# %% [markdown]
# Autograd does nothing else than you did. It keeps the numbers of the forward pass, walks the chain
# from its end, and multiplies. What you had to find out once, it finds out on every call, for any
# network.

# %% [markdown]
# ## 6. The game by hand
#
# What is left is Algorithm 1, with $k = 1$ and $m = 1$: one image at a time.
#
# ### Exercise B5 · part 4, training
#
# Difficulty 3 of 5 · 20 minutes
#
# Write `train_two_by_two(faces, epochs, lr, seed)`. All randomness comes from `seed`. Draw the
# thirteen parameters from $N(0, 1)$ first. In each epoch every face has one turn, and a turn is
#
# 1. draw a noise $z \sim U(0, 1)$, make a fake, and move $w$ and $b$ by `lr` against the *sum* of
#    their gradients on the face (label 1) and on the fake (label 0);
# 2. draw a *new* $z$, and move $v$ and $c$ by `lr` against their gradient, taken with the $D$ that
#    has just moved.
#
# Return `(w, b), (v, c), history`. As in Exercise B3, `history` is a dictionary
# `{"d_loss": [...], "g_loss": [...]}`, with one number for each epoch: the mean over its turns of
# $-\log D(x) - \log(1 - D(G(z)))$, before $D$ moves, and of $-\log D(G(z))$, before $G$ moves. With
# NumPy, $-\log \sigma(a)$ is `np.logaddexp(0, -a)`.
#
# <details><summary>Hint</summary>
#
# `rng = np.random.default_rng(seed)` makes a generator of random numbers, `rng.normal(size=4)` and
# `rng.uniform()` draw from it. Two loops, over epochs and over faces. $D$'s step calls
# `discriminator_gradients` twice, $G$'s step calls `generator_gradients` once. $-\log(1 - \sigma(a))$
# is `np.logaddexp(0, a)`.
#
# </details>
#
# What you should see, give or take (the third row after 1,000 epochs at a learning rate of 0.01):
#
# ![Three rows of five images. The five faces; what an untrained G draws for five noises, grey patches without a bright diagonal; what G draws after training, the same bright diagonal five times.](images/b5-faces.png)


# %% nbgrader={"grade": false, "grade_id": "B5-train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_two_by_two(faces, epochs=1000, lr=0.01, seed=0):
    """Train a D and a G of one layer, one image at a time.

    faces: the data, shape (n, 4); left as it is
    epochs: how often every face has its turn
    lr: learning rate of both players
    seed: fixes the parameters at the start and all noise
    returns: (w, b), (v, c), {"d_loss": [...], "g_loss": [...]}, a number for each epoch
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    w, b, v, c = rng.normal(size=4), rng.normal(), rng.normal(size=4), rng.normal(size=4)
    history = {"d_loss": [], "g_loss": []}
    for _ in range(epochs):
        d_loss = g_loss = 0.0
        for x in faces:
            x_fake = sigmoid(rng.uniform() * v + c)
            d_loss += np.logaddexp(0, -(w @ x + b)) + np.logaddexp(0, w @ x_fake + b)
            dw, db = discriminator_gradients(w, b, x, 1)
            dw_fake, db_fake = discriminator_gradients(w, b, x_fake, 0)
            w, b = w - lr * (dw + dw_fake), b - lr * (db + db_fake)

            z = rng.uniform()
            g_loss += np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))
            dv, dc = generator_gradients(v, c, w, b, z)
            v, c = v - lr * dv, c - lr * dc
        history["d_loss"].append(d_loss / len(faces))
        history["g_loss"].append(g_loss / len(faces))
    return (w, b), (v, c), history
    ### END SOLUTION


# %% [markdown]
# How can a check know whether your loop is right, when it does not know your noise? It plays a
# single turn, sees where the thirteen numbers went, and asks whether there is *any* $z$ in $[0, 1]$
# with which an update by the rules would have gone there. The next cell (read-only) does that.

# %% nbgrader={"grade": false, "grade_id": "detective", "locked": true, "schema_version": 3, "solution": false, "task": false}
from types import SimpleNamespace

from ganlib.checks import quietly

FACE = np.array([0.9, 0.2, 0.1, 0.8])
Z = np.linspace(0, 1, 501)  # the noises that are tried


def play(faces, epochs, lr, seed):
    """Your training: theta_d = (w, b) in five numbers, theta_g = (v, c) in eight, the history."""
    with quietly():
        result = train_two_by_two(np.array(faces, dtype=float), epochs, lr, seed)
    assert result is not None, "train_two_by_two gives None: is a return missing?"
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "train_two_by_two should return three things: (w, b), (v, c), history."
    )
    w, b = as_pair(result[0], "the first thing that train_two_by_two returns, (w, b),")
    v, c = as_pair(result[1], "the second thing that train_two_by_two returns, (v, c),")
    parts = []
    for name, value, size in (("w", w, 4), ("b", b, 1), ("v", v, 4), ("c", c, 4)):
        part = as_tensor(value, f"{name}, as train_two_by_two returns it,").numpy().copy()
        assert part.size == size, (
            f"{name}, as train_two_by_two returns it, has {part.size} numbers and should have {size}."
        )
        assert np.isfinite(part).all(), f"{name} is not finite after {epochs} epochs at lr = {lr}."
        parts.append(part.reshape(-1))
    return SimpleNamespace(
        d=np.concatenate(parts[:2]), g=np.concatenate(parts[2:]), history=result[2]
    )


def gradient_of_d(game, x, label):
    """D's gradient on one image, in five numbers, at the parameters of a game."""
    return np.append(*discriminator_gradients(game.d[:4], game.d[4], x, label))


def gradient_of_g(game, z, against):
    """G's gradient, in eight numbers, at the parameters of a game, against the D of another."""
    return np.append(*generator_gradients(game.g[:4], game.g[4:], against.d[:4], against.d[4], z))


def fake_of(game, z):
    return sigmoid(z * game.g[:4] + game.g[4:])


def single_turns(who, lr):
    """For five seeds: the game before and after one turn, and the gradient that was followed."""
    turns = []
    for seed in range(5):
        before, after = play([FACE], 1, 0.0, seed), play([FACE], 1, lr, seed)
        turns.append((before, after, (getattr(before, who) - getattr(after, who)) / lr))
    return turns


def nearest(gradients, followed, tried=Z):
    """The noise whose gradient is nearest to the one that was followed, and how near it is."""
    misses = np.abs(np.array(gradients) - followed).max(axis=1)
    return tried[misses.argmin()], misses.min()


def explains(gradient, turns, tried=Z):
    """Whether a rule, gradient(before, after, z), could have made every one of the turns."""
    return all(
        nearest([gradient(before, after, z) for z in tried], followed, tried)[1] < 3e-3
        for before, after, followed in turns
    )


# %% nbgrader={"grade": true, "grade_id": "B5-train-returns", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Thirteen parameters, and one number of each loss for each epoch.
import math
from collections.abc import Mapping

from ganlib.checks import as_number

history = play([FACE, FACE[::-1]], 3, 0.01, 0).history
assert isinstance(history, Mapping) and {"d_loss", "g_loss"} <= set(history), (
    'history should be the dictionary {"d_loss": [...], "g_loss": [...]}, as in Exercise B3, '
    f"not {type(history).__name__}."
)
for name in ("d_loss", "g_loss"):
    assert hasattr(history[name], "__len__"), (
        f'history["{name}"] should be a list of losses, one for each epoch, not one number.'
    )
    assert len(history[name]) == 3, (
        f'history["{name}"] has {len(history[name])} entries after 3 epochs with 2 faces; one for '
        "each epoch is wanted, the mean over its turns."
    )
    for loss in history[name]:
        assert math.isfinite(as_number(loss, f'an entry of history["{name}"]')), (
            "a loss is infinite."
        )

# %% nbgrader={"grade": true, "grade_id": "B5-train-start", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Where the parameters start, and what the seed does. With lr = 0 nothing moves.
import numpy as np

first, again, other = (play([FACE], 2, 0.01, seed) for seed in (3, 3, 4))
assert np.array_equal(first.d, again.d) and np.array_equal(first.g, again.g), (
    "the same seed has given two different results: is some of the randomness not made from the seed?"
)
assert not (np.array_equal(first.d, other.d) or np.array_equal(first.g, other.g)), (
    "seeds 3 and 4 have given the same result: the seed is ignored."
)
starts = np.array(
    [np.append(game.d, game.g) for game in (play([FACE], 1, 0.0, s) for s in range(25))]
)
assert starts.any(), "all parameters start at 0: there w = 0, and G has no gradient."
assert abs(starts.mean()) < 0.3 and 0.5 < starts.std() < 1.5, (
    f"over 25 seeds the parameters start with a mean of {starts.mean():.2f} and a std of "
    f"{starts.std():.2f} (run with lr = 0, so that nothing should move); N(0, 1) is wanted."
)

# %% nbgrader={"grade": true, "grade_id": "B5-train-discriminator", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# One turn: where w and b went, for a small lr.
import numpy as np

turns = single_turns("d", lr=1e-4)
assert any(followed.any() for *_, followed in turns), (
    "D ends in the same place for lr = 0 and lr = 0.0001: is lr used, and does D move at all?"
)


def on_face(game, label):
    return gradient_of_d(game, FACE, label)


def on_fake(game, z, label):
    return gradient_of_d(game, fake_of(game, z), label)


def right(game, _, z):
    return on_face(game, 1) + on_fake(game, z, 0)


slips = [
    (lambda *turn: -right(*turn), "D climbs its loss: move against the gradient."),
    (lambda game, _, z: on_face(game, 0) + on_fake(game, z, 1), "the labels are swapped: 1 for the face, 0 for the fake."),
    (lambda game, _, z: on_face(game, 1) + on_fake(game, z, 1), "the fake is given the label 1; that is G's wish, not D's."),
    (lambda game, _, z: on_face(game, 1) - on_fake(game, z, 0), "the gradient on the fake is subtracted; the two are added."),
    (lambda game, _, z: on_face(game, 1), "D learns from the face alone: where is the fake?"),
    (lambda game, _, z: on_fake(game, z, 0), "D learns from the fake alone: where is the face?"),
    (lambda *turn: right(*turn) / 2, "half of the move: the two gradients are added, not averaged."),
    (lambda *turn: 2 * right(*turn), "D has moved twice in one turn."),
    (lambda *turn: np.append(right(*turn)[:4], 0), "the bias b does not move."),
    (lambda game, _, z: on_face(game, 1) + gradient_of_d(game, z * game.g[:4] + game.g[4:], 0), "the fake has not gone through G's sigmoid."),
]  # fmt: skip
if not explains(right, turns):
    for wrong, message in slips:
        assert not explains(wrong, turns), f"the first move of D is wrong: {message}"
    assert not explains(right, turns, tried=np.linspace(-5, 5, 5001)), (
        "the first move of D is right for a noise z outside of [0, 1]: draw it from U(0, 1)."
    )
    raise AssertionError(
        "the first move of D is not by lr against the sum of its gradients on the face (label 1) and on "
        "a fake (label 0), whatever z was."
    )

# %% nbgrader={"grade": true, "grade_id": "B5-train-generator", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# One turn: where v and c went, for lr = 1, so that the old D and the new one differ.
import numpy as np

turns = single_turns("g", lr=1.0)
assert any(followed.any() for *_, followed in turns), "G does not move at all."


def right(before, after, z):
    return gradient_of_g(before, z, against=after)


def with_label_0(before, after, z):  # D's error on the fake is D - 0 in place of D - 1
    error = sigmoid(after.d[:4] @ fake_of(before, z) + after.d[4]) - 1
    return right(before, after, z) * (error + 1) / error


slips = [
    (lambda *turn: -right(*turn), "G climbs its loss: move against the gradient."),
    (lambda before, _, z: gradient_of_g(before, z, against=before), "it was taken against D as it was before its own move; G answers the D that has just moved."),
    (with_label_0, "G follows its fake with the label 0, which is D's loss."),
    (lambda *turn: -with_label_0(*turn), "G follows the saturating loss, log(1 - D(G(z)))."),
    (lambda *turn: np.tile(right(*turn)[4:], 2), "v moves as much as c: the factor z is missing."),
    (lambda *turn: right(*turn) * np.repeat([0, 1], 4), "v does not move."),
    (lambda *turn: right(*turn) * np.repeat([1, 0], 4), "c does not move."),
    (lambda *turn: np.roll(right(*turn), 4), "the gradients of v and c are swapped: the function returns (dv, dc)."),
    (lambda *turn: 2 * right(*turn), "G has moved twice in one turn."),
]  # fmt: skip
if not explains(right, turns):
    for wrong, message in slips:
        assert not explains(wrong, turns), f"the first move of G is wrong: {message}"
    assert not explains(right, turns, tried=np.linspace(-5, 5, 5001)), (
        "the first move of G is right for a noise z outside of [0, 1]: draw it from U(0, 1)."
    )
    raise AssertionError(
        "the first move of G is not by lr against its gradient at the D that has just moved, whatever z was."
    )

# %% nbgrader={"grade": true, "grade_id": "B5-train-turns", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Every face has one turn in every epoch. These faces are so bright that each leaves its own trace.
import numpy as np

start, lr = play([FACE] * 4, 3, 0.0, 0), 1e-13
loud = np.diag(-700 / start.d[:4])  # face i has one pixel, and D is sure that it is a fake
traces = (play(loud, 3, lr, 0).d - start.d)[:4] / (lr * loud.diagonal())
assert (np.abs(np.abs(traces) - 3) < 0.3).all(), (
    f"in 3 epochs the four faces were shown to D {np.abs(traces.round()).astype(int).tolist()} times; each should "
    "have one turn in each epoch."
)

ordinary = [FACE, FACE[::-1], FACE[[1, 0, 3, 2]], FACE[[2, 3, 0, 1]]]
before, after = play(ordinary, 3, 0.0, 0), play(ordinary, 3, 1e-6, 0)
move = np.abs(after.g - before.g)[4:] / 1e-6
steps = np.abs([gradient_of_g(before, z, against=before)[4:] for z in Z])
fewest, most = (move / steps.max(axis=0)).max(), (move / steps.min(axis=0)).min()
assert most > 11.5, (
    f"in 3 epochs of 4 faces G has moved by what {most:.0f} steps would do at the most; it moves in every turn, "
    "which makes 12. Is its step inside the loop over faces?"
)
assert fewest < 12.5, (
    f"in 3 epochs of 4 faces G has moved by what {fewest:.0f} steps would do at least; one in every turn makes 12."
)

# %% nbgrader={"grade": true, "grade_id": "B5-train-learns", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# After 1,000 epochs G draws a bright diagonal.
import numpy as np
from ganlib.data import two_by_two_faces

game = play(two_by_two_faces(), 1000, 0.01, 0)
image = np.mean([fake_of(game, z) for z in Z], axis=0)
bright, dark = image[[0, 3]].min(), image[[1, 2]].max()
assert bright - dark > 0.2, (
    f"after 1,000 epochs at lr = 0.01 G draws {np.round(image, 2).tolist()} on average: the diagonal, the first and the "
    "last pixel, should be at least 0.2 brighter than the rest."
)

# %% nbgrader={"grade": true, "grade_id": "B5-train-hidden-noise", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# Fresh noise for every step of either player.
import numpy as np


COARSE = Z[::5]  # steps of 0.01


def noise_of_d(before, followed):
    rest = followed - gradient_of_d(before, FACE, 1)  # what is left for the fake
    return nearest([gradient_of_d(before, fake_of(before, z), 0) for z in COARSE], rest, COARSE)[0]


def noise_of_g(before, after, followed):
    return nearest([gradient_of_g(before, z, against=after) for z in COARSE], followed, COARSE)[0]


apart, lr = [], 1e-4
for seed in range(12):
    before, after = play([FACE], 1, 0.0, seed), play([FACE], 1, lr, seed)
    z_d = noise_of_d(before, (before.d - after.d) / lr)
    z_g = noise_of_g(before, after, (before.g - after.g) / lr)
    apart.append(abs(z_d - z_g))
assert np.median(apart) > 0.02, (
    "in one turn D's fake and G's were made from the same z: draw a new one for G's step, as Algorithm 1 does."
)

# At a small lr 50 moves add up to 50 times the move for an average z, which is about 1/2.
lr = 1e-7
for number, epochs, where in ((1, 50, "from epoch to epoch"), (50, 1, "from face to face")):
    found = {"D": [], "G": []}
    for seed in range(12):
        before = play([FACE] * number, epochs, 0.0, seed)
        after = play([FACE] * number, epochs, lr, seed)
        found["D"].append(noise_of_d(before, (before.d - after.d) / (50 * lr)))
        found["G"].append(noise_of_g(before, after, (before.g - after.g) / (50 * lr)))
    for who, average in found.items():
        assert np.std(average) < 0.15, (
            f"the noise of {who} stays the same {where}: draw z anew in every turn."
        )
        assert abs(np.mean(average) - 0.5) < 0.2, (
            f"the noise of {who} is {np.mean(average):.2f} on average, over many draws; that of U(0, 1) is 1/2."
        )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B5-train-hidden-losses", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# At a small lr the losses are those of the start, up to the noise. The three faces differ much.
import numpy as np
from ganlib.checks import as_number

three, games = np.array([3 * FACE, -3 * FACE, FACE[::-1]]), []
for seed in range(5):
    before = play(three, 2, 0.0, seed)
    a_faces = three @ before.d[:4] + before.d[4]
    a_fakes = np.array([before.d[:4] @ fake_of(before, z) + before.d[4] for z in Z])
    d_loss = np.logaddexp(0, -a_faces).mean() + np.logaddexp(0, a_fakes)  # for every z
    losses = {"d_loss": d_loss, "g_loss": np.logaddexp(0, -a_fakes)}
    games.append((losses, play(three, 2, 1e-6, seed).history))


def all_within(name, player, factor):
    """Whether history[name] is, in all games, a factor times the losses of a player for some z."""
    return all(
        band.min() - 1e-3 <= as_number(loss, f'an entry of history["{name}"]') <= band.max() + 1e-3
        for losses, history in games
        for band in [np.sort(factor * losses[player])]
        for loss in history[name]
    )


for name, other in (("d_loss", "g_loss"), ("g_loss", "d_loss")):
    if not all_within(name, name, 1):
        for player, factor, message in (
            (other, 1, "the losses of the other player."),
            (name, -1, "the loss with the wrong sign: a loss is above 0."),
            (name, 3, "the sum over the faces; the mean is wanted."),
            (name, 0.5, "half of the loss."),
        ):
            assert not all_within(name, player, factor), f'history["{name}"] holds {message}'
        raise AssertionError(
            f'history["{name}"] does not hold the mean of the loss over the turns of an epoch, whatever the noise was.'
        )
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "B5-train-hidden-other-faces", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
# In a land where people lean to the other side; and the photographs come back unharmed.
import numpy as np
from ganlib.checks import quietly
from ganlib.data import two_by_two_faces

mirrored = two_by_two_faces()[:, [1, 0, 3, 2]]
before = mirrored.copy()
with quietly():
    train_two_by_two(mirrored, 2, 0.01, 0)
assert np.array_equal(mirrored, before), "train_two_by_two has changed the faces that it was given."
game = play(mirrored, 1000, 0.01, 1)
image = np.mean([fake_of(game, z) for z in Z], axis=0)
assert image[[1, 2]].min() - image[[0, 3]].max() > 0.2, (
    f"trained on faces that lean to the other side, G draws {np.round(image, 2).tolist()} on average: the second and the "
    "third pixel should be bright."
)
### END HIDDEN TESTS


# %% picture="b5-faces.png"
def picture_of_faces(seed=0):
    z, rows = np.linspace(0, 1, 5)[:, None], {"five faces": faces}
    for epochs, name in ((0, "G before training"), (1000, "G after\n1,000 epochs")):
        _, (v, c), _ = train_two_by_two(faces, epochs, 0.01, seed)
        rows[name] = sigmoid(z * v + c)  # (5, 1) * (4,) -> (5, 4)
    for name, images in rows.items():
        print(f"mean of the row {name.replace(chr(10), ' '):21s} {images.mean(axis=0).round(2)}")
    return plot_rows(rows, columns=("z = 0", "z = ¼", "z = ½", "z = ¾", "z = 1"))


show(
    picture_of_faces(),
    alt="Three rows of five images. The five faces; what an untrained G draws for five noises, grey "
    "patches without a bright diagonal; what G draws after training, the same bright diagonal five times.",
)

# %% [markdown]
# Thirteen numbers, a page of NumPy, and out come faces. Seed 0 is no lucky one: of 5,000 seeds, tried
# once when this notebook was written, all 5,000 gave a diagonal that is brighter than the rest by more
# than 0.3. Two things should make you suspicious all the same. Compare the numbers above: are these
# fakes like the data, or more like a face than any of the five? And look along the third row. Both will
# be explained. First the learning curves.


# %%
def picture_of_losses(epochs, seed=0):
    (w, _), _, history = train_two_by_two(faces, epochs, 0.01, seed)
    figure = plot_losses(History(history["d_loss"], history["g_loss"]), window=20)
    figure.axes[0].set_xlabel("epoch")
    print(f"D's loss at the end {np.mean(history['d_loss'][-50:]):.2f}; log 4 = {math.log(4):.2f}")
    print(f"w at the end {w.round(2)}")
    return figure


show(
    picture_of_losses(1000),
    alt="Both losses over 1,000 epochs. D's loss first falls well below log 4, then climbs above it "
    "and stays there; G's loss first rises above log 2, and then comes down to it.",
)

# %% [markdown]
# At first $D$ wins, as it should: its weights are learning what a face is. Then its loss climbs *above*
# $\log 4$, and a $D$ that always answered $\tfrac12$ would do better than this one. Your code is not to
# blame. $G$ has run past the data: its diagonal is brighter than that of the faces, and $D$, with $w_1$
# and $w_4$ still above zero, believes that brighter is more real.

# %% [markdown]
# ## 7. What a linear D can see
#
# Let both play on. To save time the learning rate is 0.05 from here on in this section, so that one epoch
# does the work of five; the picture covers what would have been 6,000 epochs. (With the same seed the
# game retraces its path, so it can be looked at after 40, 80, … epochs.) Before you run the cell: what
# will become of the too bright diagonal?


# %%
def picture_of_the_long_run(seed=7, last=1200, every=40):
    epochs = np.arange(0, last + 1, every)
    z = np.linspace(0, 1, 101)[:, None]
    images, weights = [], []
    for number in epochs:
        (w, _), (v, c), _ = train_two_by_two(faces, int(number), 0.05, seed)
        images.append(sigmoid(z * v + c).mean(axis=0))
        weights.append(w)
    figure = Figure(figsize=(7.2, 4.8), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    pixels = (
        ("top left", "generator", "-"),
        ("top right", "data", "--"),
        ("bottom left", "optimum", "-."),
        ("bottom right", "value", "-"),
    )
    for i, (name, color, style) in enumerate(pixels):
        upper.plot(epochs, np.array(images)[:, i], style, color=COLORS[color], lw=2, label=name)
        lower.plot(epochs, np.array(weights)[:, i], style, color=COLORS[color], lw=2)
    for value in (0.1, 0.8):
        upper.axhline(value, color=COLORS["grey"], lw=1, ls=":")
    upper.annotate("mean face", (last, 0.8), xytext=(4, 0), textcoords="offset points", va="center")
    upper.annotate("mean face", (last, 0.1), xytext=(4, 0), textcoords="offset points", va="center")
    lower.axhline(0, color=COLORS["grey"], lw=1, ls=":")
    upper.set(ylabel="pixel of G(z), mean over z", ylim=(0, 1))
    lower.set(xlabel="epoch, at a learning rate of 0.05", ylabel="weight in D")
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=4, frameon=False)
    return figure


show(
    picture_of_the_long_run(),
    alt="Two panels over 1,200 epochs. Above, the four pixels of G's average image swing round the "
    "values of the mean face, 0.8 and 0.1. Below, the four weights of D swing round 0, a quarter of a "
    "period ahead. The swings get smaller.",
)


def where_it_rests(epochs=6000, seed=7):
    (w, b), (v, c), _ = train_two_by_two(faces, epochs, 0.05, seed)
    images = sigmoid(np.linspace(0, 1, 101)[:, None] * v + c)
    print(f"after {epochs:,} epochs: w = {w.round(2)}, b = {b:.2f}")
    print(f"mean of G(z) = {images.mean(axis=0).round(2)}, spread {spread(images):.3f}")


where_it_rests()

# %% [markdown]
# $G$ follows the sign of $w_i$, and $w_i$ follows the difference between faces and fakes. While $G$'s
# diagonal is too bright, $D$ subtracts more there than it adds, and $w_1$ falls; it passes zero, and only
# then does $G$ turn round; when $G$ has come back to 0.8, $w_1$ is far below zero, and $G$ runs past the
# data again. Each player answers what the other has just done. You know this dance from notebook
# 04, and from $V = xy$ in notebook 02, where players who moved at once spiralled outwards, and players who took turns went round
# for ever. Here the swings die away, slowly. The difference is that $D$'s loss is not a straight line in
# $w$ but curved, and pulls large weights back: a pendulum with friction.
#
# Where *can* it come to rest? Where all gradients are zero on average. $G$'s gradient in $c_i$ is
# $-w_i$ times a mean of positive numbers, so $w_i = 0$ for every pixel. With $w = 0$ all images get the
# same $D$; the gradient in $b$ is then zero only for $D = \tfrac12$, and with that, the gradient in $w$ is
# $\tfrac12 (\bar g - \bar x)$, where $\bar x$ is the mean of the data and $\bar g$ that of the fakes. So at
# rest $D$ guesses, and $\bar g = \bar x$, the mean face. Nothing else about the data comes into it. Is that
# an accident of the gradients? It is not.
#
# **A linear $D$ sees the mean of its data, and nothing else.** If $\bar g = \bar x$, then no $(w, b)$
# whatever makes $V$ larger than $-\log 4$, the value of guessing, however much data and fakes may differ
# otherwise.
#
# The proof rests on $\log \sigma$ being concave, which means that the mean of $\log \sigma(a)$ is at
# most $\log \sigma$ of the mean of $a$; and the mean of $a = w \cdot x + b$ is $w \cdot \bar x + b$,
# because $a$ is linear. Call that $t$. Then
#
# $$ V = \mathbb E_x \log \sigma(a) + \mathbb E_z \log \sigma(-a)
#      \;\le\; \log \sigma(t) + \log \sigma(-t) = \log \bigl[ \sigma(t) (1 - \sigma(t)) \bigr]
#      \;\le\; \log \tfrac14, $$
#
# for $d (1 - d)$ is never more than $\tfrac14$. If the means differ, on the other hand, then some
# linear $D$ does better than guessing. At $w = 0$, $b = 0$ the gradient of $V$ in $w$ is
# $\tfrac12 (\bar x - \bar g)$ by section 3, which is not zero, so there is a way up.
#
# Now try to refute it. Below are 100,000 linear discriminators, drawn at random, against three
# generators: one that draws nothing but the mean face; a *swinging* one, made by hand, whose faces
# are lit now from above, now from below, and whose mean is the mean face as well; and the one that you
# have trained for 1,000 epochs. How many of the 100,000 do better than guessing?


# %%
Z_GRID = (np.arange(20)[:, None] + 0.5) / 20  # twenty noises, shape (20, 1), for U(0, 1)


def generator_with_mean_face(v):
    """The c that gives a G with this v the mean face, averaged over Z_GRID."""
    low, high = np.full(4, -20.0), np.full(4, 20.0)
    for _ in range(60):  # each time halve the interval that holds c
        c = (low + high) / 2
        too_dark = sigmoid(Z_GRID * v + c).mean(axis=0) < faces.mean(axis=0)
        low, high = np.where(too_dark, c, low), np.where(too_dark, high, c)
    return c


def try_many_discriminators(n=100_000):
    rng = np.random.default_rng(0)
    size = 10 ** rng.uniform(-2, 2, size=(n, 1))
    w = size * rng.normal(size=(n, 4))
    b = size[:, 0] * rng.normal(size=n) - w @ faces.mean(axis=0)  # so that D decides near the faces
    still, swing = np.zeros(4), np.array([-5.0, 0.0, 0.0, 5.0])
    for name, v, c in (
        ("the mean face", still, generator_with_mean_face(still)),
        ("swinging", swing, generator_with_mean_face(swing)),
        ("trained", *train_two_by_two(faces, 1000, 0.01, 0)[1]),
    ):
        fakes = sigmoid(Z_GRID * v + c)
        on_faces = -np.logaddexp(0, -(w @ faces.T + b[:, None])).mean(axis=1)  # E log D(x)
        on_fakes = -np.logaddexp(0, w @ fakes.T + b[:, None]).mean(axis=1)  # E log(1 - D(G(z)))
        better = on_faces + on_fakes > -math.log(4)
        best = (on_faces + on_fakes).max()
        print(
            f"{name:13s}  spread {spread(fakes):.3f}  best V {best:8.4f}  better than guessing {better.sum():6,}"
        )


print(f"spread of the faces {spread(faces):.3f}; guessing gets V = -log 4 = {-math.log(4):.4f}")
try_many_discriminators()
squared = ((faces - faces.mean(axis=0)) ** 2).sum(axis=1)
V = -np.logaddexp(0, -1000 * (squared - 0.02)).mean() - np.logaddexp(0, 1000 * (0 - 0.02))
print(f"squared distances of the faces from the mean face {squared.round(2)}")
print(f"a D that squares, against the mean face: V = {V:.0e}")

# %% [markdown]
# Against the first two not one of 100,000 does better than guessing, though one of the two draws the same
# image for ever. To $D$ a generator without any variety and one with as much as the data are the same, and
# both are perfect. (Against the third more than a fifth do better, and the best of them all but perfectly:
# after 1,000 epochs its mean is not that of the faces.)
#
# The blindness is $D$'s, not the game's. A $D$ that may square, say
# $a(x) = k \bigl( \lVert x - \bar x \rVert^2 - 0.02 \bigr)$ with $k = 1000$, has the mean face on one side of
# its border, at distance 0, and all five faces on the other. The last line is its $V$ against the first
# generator: as good as 0, the highest there is. A network with one hidden layer can come close to such a
# function, which is one reason why the $D$ of the other notebooks is deeper.
#
# You have met the other half of this in notebook 04. There $D$ could see everything, and $G$ was too
# simple to match it. Here $G$ could do more, as the swinging generator shows, and nobody asks it to.

# %% [markdown]
# ## 8. One face, whatever z
#
# So much for what $D$ would tolerate. What does $G$ actually do? Train with 20 seeds, and measure the
# spread of what $G$ draws over all $z$, before and after.
#
# ![Each of 20 seeds is a dot, the spread before training across and after training upwards. All dots lie far below the dotted line, the spread of the faces.](images/b5-spread.png)


# %% picture="b5-spread.png"
def picture_of_spread(seeds=20, epochs=1000):
    z = np.linspace(0, 1, 101)[:, None]
    spreads = np.array(
        [
            [
                spread(sigmoid(z * v + c))
                for _, (v, c), _ in (train_two_by_two(faces, e, 0.01, seed) for e in (0, epochs))
            ]
            for seed in range(seeds)
        ]
    )
    share = spreads[:, 1] / spread(faces)
    print(f"spread of G over that of the faces, after training: {np.median(share):.0%} (median)")
    print(f"least {share.min():.0%}, most {share.max():.0%} of {seeds} seeds")
    figure = Figure(figsize=(5.2, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(*spreads.T, "o", color=COLORS["generator"], label=f"G, {seeds} seeds")
    axes.axhline(spread(faces), color=COLORS["data"], ls=":", lw=2.5, label="the five faces")
    axes.plot([0, 0.27], [0, 0.27], "-", color=COLORS["grey"], lw=1, label="no change")
    axes.set(
        xlabel="spread of G(z) before training",
        ylabel="spread after 1,000 epochs",
        xlim=(0, 0.27),
        ylim=(0, 0.29),
    )
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    return figure


show(
    picture_of_spread(),
    alt="Each of 20 seeds is a dot, the spread before training across and after training upwards. All "
    "dots lie far below the dotted line, the spread of the faces.",
)

# %% [markdown]
# $G$ had little variety to begin with, and has less at the end. (Over the 5,000 seeds the median was
# 16 % of the spread of the faces, and 99.8 % of the seeds kept less than half of it. When the swings
# have died away, after 12,000 epochs at a learning rate of 0.05, it is 28 %, over 200 seeds.) The
# gradient says why. $v$ and $c$ are shared by all noises, so a step for the noise $z$ moves $u$ at *another*
# noise $z'$ as well:
#
# $$ \Delta u(z') = z' \Delta v + \Delta c = -\text{lr}\, (1 + z z') \, \frac{\partial L}{\partial c}. $$
#
# For noises in $[0, 1]$ the factor $1 + z z'$ is between 1 and 2, and never negative. Whatever one image
# learns, all others learn too. No step ever makes a pixel brighter for one noise and darker for another,
# which is what it would take to learn faces lit from above *and* from below.


# %% tags=["nbval-check-output"]
def one_step_moves_all(z=0.8, lr=0.1):
    v, c, w = np.random.default_rng(0).normal(size=(3, 4))
    dv, dc = generator_gradients(v, c, w, 0.0, z)
    for other in (0.0, 0.5, 1.0):
        moved = (other * (v - lr * dv) + c - lr * dc) - (other * v + c)
        ratio = (moved / (-lr * dc)).round(6)
        print(
            f"u at z' = {other:.1f} has moved by {ratio} times the move of c; 1 + zz' = {1 + z * other:.1f}"
        )


one_step_moves_all()

# %% [markdown]
# In which direction? Hold $D$ fixed and let $G$ learn alone. Its loss $-\log \sigma(a)$ falls as long as
# $a = w \cdot G(z) + b$ rises, and $a$ is linear: each pixel with $w_i > 0$ should be as bright as can be,
# each with $w_i < 0$ as dark as can be, *for every $z$*. The best answer to a fixed linear $D$ is one
# corner of the cube, a picture in black and white, over and over again. You have seen this before, as
# slip 4 of Exercise A6: for a given $D$ the best $p_g$ sits where $D$ is largest, all of it.


# %%
def against_a_fixed_discriminator(lr=0.5, seed=0):
    (w, b), (v, c), _ = train_two_by_two(faces, 300, 0.01, seed)
    rng, z = np.random.default_rng(seed), np.linspace(0, 1, 101)[:, None]
    print("D is fixed, with w =", w.round(2))
    print("steps of G   G(0)                      G(1)                      spread")
    done = 0
    for steps in (0, 100, 1000, 10_000):
        for _ in range(steps - done):
            dv, dc = generator_gradients(v, c, w, b, rng.uniform())
            v, c = v - lr * dv, c - lr * dc
        done = steps
        first, last = (" ".join(f"{pixel:.3f}" for pixel in sigmoid(u)) for u in (c, v + c))
        print(f"{steps:10,d}   {first}   {last}   {spread(sigmoid(z * v + c)):.4f}")


against_a_fixed_discriminator()

# %% [markdown]
# So $G$ chases a corner, all of its images together, and what keeps it from arriving is that $D$ does
# not stand still: when the fakes have gone too far, $w$ turns round, and the corner is elsewhere. The
# mean of the data comes out of this chase. Its variety does not, because nobody in the game asks for it.
#
# How much of this is particular to four pixels? Some. With noise of both signs, as in notebook 04,
# $1 + z z'$ can be negative, and two images can be moved apart; a hidden layer in $G$ could move them in
# any directions; and a deeper $D$ would notice when they are all the same. But the core remains in
# large GANs: $G$ is paid for each fake alone, the best answer to a fixed $D$ is to put everything where
# $D$ is largest, and only the answers of $D$ keep $p_g$ from collapsing there.
#
# ## Summary
#
# A gradient by hand is a chain of derivatives, multiplied from the loss backwards: $(D - y)\,x$ for $D$,
# whose weights add up faces and subtract fakes, and $-(1 - D)\,w\,G(1 - G)$, times $z$ for $v$, for $G$,
# which hears of faces through $w$ alone. A discriminator that is linear in $x$ sees the mean of the data
# and nothing else, so the game swings round the mean face and comes to rest there. $G$ draws nearly one
# face whatever $z$ is, since every step pulls all images the same way and $D$ cannot tell.
#
# What is left open: the spread of four pixels is easily measured, but how does one measure lost variety
# when the data has modes, and what helps against it? That is notebook 06.
#
# ## Further reading
#
# - L. Serrano, *Generative Adversarial Networks in Slanted Land*, 2020,
#   [github.com/luisguiserrano/gans](https://github.com/luisguiserrano/gans), with the video
#   *A Friendly Introduction to Generative Adversarial Networks (GANs)*,
#   [youtube.com/watch?v=8L11aMN5KY8](https://www.youtube.com/watch?v=8L11aMN5KY8). The idea of this
#   notebook, with his own five faces; his $G$ uses one $z$ for both steps of a turn.
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams, *Learning representations by back-propagating
#   errors*, Nature 323, 1986, pages 533–536,
#   [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0). The chain rule for networks, in four pages.
# - L. Mescheder, A. Geiger, S. Nowozin, *Which Training Methods for GANs do actually Converge?*,
#   International Conference on Machine Learning, 2018,
#   [arXiv:1801.04406](https://arxiv.org/abs/1801.04406). Section 2: a GAN with one parameter a player,
#   whose $D$ is linear as well and whose data is a single point, circles for ever; what stops it.
