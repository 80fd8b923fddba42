# %% [markdown]
# # Under attack
#
# The exercises that hostile and accidental hand-ins are graded on: one for each kind of check that
# the course has.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import torch
from torch import nn

from ganlib.checks import quietly


def small_judge():
    """A small D that maps (m, 2) to (m,), and four points for it; the same on every call."""
    torch.manual_seed(0)
    D = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1), nn.Flatten(0))
    return D, torch.randn(4, 2)


# %% [markdown]
# ### Exercise E1 · the average
# Difficulty 1 of 5 · 2 minutes
#
# Write `average(x)`, the mean of a sample.
#
# <details><summary>Hint</summary>
#
# Add, then divide.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "E1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def average(x):
    """The mean of ``x``, shape (m,): a scalar."""
    ### BEGIN SOLUTION
    return x.mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "E1-constant", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Equal numbers are their own average.

with quietly():
    found = average(torch.full((4,), 2.0))
assert found == 2, "the average of equal numbers is that number"

# %% nbgrader={"grade": true, "grade_id": "E1-hidden-order", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch

from ganlib.checks import expect

marker_of_a_hidden_test = torch.tensor([3.0, 1.0, 8.0])
with quietly():
    found = average(marker_of_a_hidden_test)
expect(found, 4.0, "the average", slips=[(12.0, "that is the sum: divide by how many there are.")])
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "E1-hidden-close", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch

sample = torch.linspace(-1.0, 4.0, 11)
with quietly():
    found = average(sample)
torch.testing.assert_close(torch.as_tensor(found), torch.tensor(1.5))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise E2 · a loss
# Difficulty 1 of 5 · 2 minutes
#
# Write `fooling(logits)`, minus the mean of $\log D$ over the fakes.
#
# <details><summary>Hint</summary>
#
# `softplus`.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "E2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fooling(logits):
    """-mean log D for D's ``logits``, shape (m,): a scalar in nats, with its gradient."""
    ### BEGIN SOLUTION
    return torch.nn.functional.softplus(-logits).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "E2-undecided", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# An undecided D gives log 2.
import math

import torch

from ganlib.checks import expect

with quietly():
    found = fooling(torch.zeros(3))
expect(found, math.log(2), "the loss of an undecided D")

# %% nbgrader={"grade": true, "grade_id": "E2-hidden-gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch

logits = torch.tensor([-2.0, 0.5, 3.0], requires_grad=True)
right = -torch.sigmoid(-logits.detach()) / 3
with quietly():
    loss = fooling(logits)
    assert isinstance(loss, torch.Tensor), "the loss is a tensor, so that it has a gradient"
    loss.backward()
assert logits.grad is not None, "no gradient reaches the logits: was the graph cut?"
assert torch.allclose(logits.grad, right, atol=1e-6), "the gradient is not that of -mean log D"
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise E3 · a step
# Difficulty 2 of 5 · 5 minutes
#
# Write `step(D, optimizer, x)`: one update of D down the mean of softplus(-D(x)).
#
# <details><summary>Hint</summary>
#
# Forget the old gradient first.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "E3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step(D, optimizer, x):
    """One update of D on the minibatch ``x``; returns the loss before it, detached."""
    ### BEGIN SOLUTION
    loss = torch.nn.functional.softplus(-D(x)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "E3-moves", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A step of rate 0.1 goes 0.1 times down the gradient.
import torch
from torch.nn.functional import softplus
from torch.nn.utils import parameters_to_vector

D, x = small_judge()
gradient = torch.autograd.grad(softplus(-D(x)).mean(), list(D.parameters()))
start = parameters_to_vector(D.parameters()).detach().clone()
with quietly():
    step(D, torch.optim.SGD(D.parameters(), lr=0.1), x)
moved = parameters_to_vector(D.parameters()).detach() - start
assert torch.allclose(moved, -0.1 * parameters_to_vector(gradient), rtol=1e-3, atol=1e-6), (
    "D has not moved down the gradient of its loss"
)

# %% nbgrader={"grade": true, "grade_id": "E3-hidden-once", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
from torch.nn.functional import softplus

from ganlib.checks import expect

D, x = small_judge()
right = softplus(-D(x)).mean().item()
optimizer = torch.optim.Adam(D.parameters(), lr=0.01)
steps, seen = [], []
optimizer.register_step_post_hook(lambda *_: steps.append(1))
D.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0].shape))
with quietly():
    loss = step(D, optimizer, x)
assert len(steps) == 1, f"the optimizer has made {len(steps)} steps instead of one"
assert seen == [x.shape], "D should see the minibatch, once"
expect(loss, right, "the loss that step returns", tolerance=1e-3)
assert not (isinstance(loss, torch.Tensor) and loss.requires_grad), "return loss.detach()"
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise E4 · a network
# Difficulty 2 of 5 · 5 minutes
#
# Write `Judge`, a network that maps points, shape (m, 2), to logits, shape (m,).
#
# <details><summary>Hint</summary>
#
# `squeeze` the last dimension.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "E4", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Judge(nn.Module):
    """Points (m, 2) -> logits (m,), through a hidden layer."""

    def __init__(self):
        super().__init__()
        ### BEGIN SOLUTION
        self.layers = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return self.layers(x).squeeze(1)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "E4-shape", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# One logit for each point.
import torch

from ganlib.checks import as_tensor

with quietly():
    logits = as_tensor(Judge()(torch.zeros(5, 2)), "what Judge gives")
assert tuple(logits.shape) == (5,), f"five points give five logits, not {tuple(logits.shape)}"

# %% nbgrader={"grade": true, "grade_id": "E4-hidden-learns", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch
from torch.nn.functional import softplus

torch.manual_seed(1)
right_side, left_side = torch.randn(64, 2) + 2.0, torch.randn(64, 2) - 2.0
with quietly():
    D = Judge()
    optimizer = torch.optim.Adam(D.parameters(), lr=0.05)
    for _ in range(40):
        optimizer.zero_grad()
        (softplus(-D(right_side)).mean() + softplus(D(left_side)).mean()).backward()
        optimizer.step()
    apart = D(torch.tensor([[2.0, 2.0], [-2.0, -2.0]])).detach()
assert apart[0] > 1 and apart[1] < -1, "D does not learn to tell right from left"
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise E5 · pi, nearly
# Difficulty 2 of 5 · 5 minutes
#
# Write `pi(n)`, an approximation of $\pi$ from n terms: the nearer, the more points.
#
# <details><summary>Hint</summary>
#
# $4\,(1 - 1/3 + 1/5 - \dots)$
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "E5", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pi(n):
    """An approximation of pi from ``n`` terms."""
    ### BEGIN SOLUTION
    return 4 * sum((-1) ** i / (2 * i + 1) for i in range(n))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "E5-first", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# One term gives 4.
with quietly():
    found = pi(1)
assert found == 4, "the first term is 4"

# %% nbgrader={"grade": true, "grade_id": "E5-hidden-near", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import math

with quietly():
    error = abs(pi(2000) - math.pi)
round(2 * math.exp(-50 * error), 1)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise E6 · draws
# Difficulty 2 of 5 · 5 minutes
#
# Write `drawn(sample, m, k)`: k calls of `sample(m)`, and the mean of all that they gave.
#
# <details><summary>Hint</summary>
#
# `torch.cat`.
#
# </details>


# %% nbgrader={"grade": false, "grade_id": "E6", "locked": false, "schema_version": 3, "solution": true, "task": false}
def drawn(sample, m, k):
    """The mean, a scalar, of k minibatches ``sample(m)``, each of shape (m,)."""
    ### BEGIN SOLUTION
    return torch.cat([sample(m) for _ in range(k)]).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "E6-calls", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# k calls, each for m.
import torch

asked = []


def sample(m):
    asked.append(m)
    return torch.ones(m)


with quietly():
    drawn(sample, 5, 3)
assert asked == [5, 5, 5], f"sample should be asked for 5, 5 and 5; it was asked for {asked}"

# %% nbgrader={"grade": true, "grade_id": "E6-hidden-mean", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# A hidden check: it runs when your work is graded.
### BEGIN HIDDEN TESTS
import torch

from ganlib.checks import expect

numbers = iter(range(1, 5))
with quietly():
    found = drawn(lambda m: torch.full((m,), float(next(numbers))), 2, 4)
expect(found, 2.5, "the mean of all draws")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise E7 · in your own words
# Difficulty 1 of 5 · 2 minutes
#
# Say why the average of equal numbers is that number.
#
# <details><summary>Hint</summary>
#
# How often is it added?
#
# </details>

# %% [markdown] nbgrader={"grade": true, "grade_id": "E7-why", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# The marker of a model answer: m times the number, divided by m.
#
# Marking scheme
#
# - 1 point: the sum.
# - 2 points: the division.
