"""The value function V(D, G), its two losses, and the theory of section 4.

Nothing here trains or draws. Logarithms are natural, so every value is in nats.

Two kinds of argument occur. *Samples*: probabilities or logits of one minibatch,
shape ``(m,)``. *Densities on a grid*: values at equally spaced points, shape
``(n,)``, with the spacing ``dx``; integrals are Riemann sums, exact to rounding
for smooth densities that vanish at both ends of the grid.

References are to Goodfellow et al., *Generative Adversarial Nets* (2014),
arXiv:1406.2661.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

__all__ = [
    "criterion",
    "discriminator_loss",
    "generator_loss",
    "js_divergence",
    "kl_divergence",
    "optimal_discriminator",
    "value_by_integral",
    "value_from_logits",
    "value_function",
]


def value_function(d_real: Tensor, d_fake: Tensor) -> Tensor:
    """V(D, G) estimated from D's probabilities (equation 1, section 3).

    The mean of log D(x) over real samples plus the mean of log(1 - D(G(z))) over
    fake ones. A D that is certain and wrong gives -inf, which is its true value.

    Args:
        d_real: D(x) on real samples, shape ``(m,)``, in [0, 1].
        d_fake: D(G(z)) on fake samples, shape ``(n,)``, in [0, 1]; n may differ from m.

    Returns:
        A scalar in nats, never above 0.

    Raises:
        ValueError: a wrong shape, an empty batch or a value outside [0, 1].
        TypeError: not a tensor of floating point numbers.
    """
    for name, d in (("d_real", d_real), ("d_fake", d_fake)):
        _expect_vector(name, d)
        _expect_range(name, d, 0.0, 1.0, hint="for logits use value_from_logits")
    return torch.log(d_real).mean() + torch.log1p(-d_fake).mean()


def value_from_logits(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """V(D, G) from D's logits, without ever forming a probability (equation 1, section 3).

    With D(x) = sigmoid(a), log D = logsigmoid(a) and log(1 - D) = logsigmoid(-a).
    Both are exact where sigmoid(a) has long been rounded to 0 or 1, and so are their
    gradients.

    Args:
        real_logits: a(x) on real samples, shape ``(m,)``.
        fake_logits: a(G(z)) on fake samples, shape ``(n,)``.

    Returns:
        A scalar in nats, never above 0, differentiable.

    Raises:
        ValueError: a wrong shape or an empty batch.
        TypeError: not a tensor of floating point numbers.
    """
    _expect_vector("real_logits", real_logits)
    _expect_vector("fake_logits", fake_logits)
    return logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean()


def value_by_integral(d: Tensor, p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """V(D, G) as an integral over x (equation 3, section 4.1).

    The expectation over z of equation 1 has become one over x ~ p_g. Where a density
    is 0 its term is 0, whatever D says there. A D that is rounded to exactly 0 or 1 in a
    tail where p_data or p_g is not yet 0 gives -inf: for V(D*, G) with densities far
    apart, :func:`criterion` has the finite answer.

    Args:
        d: D(x) on the grid, shape ``(n,)``, in [0, 1].
        p_data: density of the data on the grid, shape ``(n,)``.
        p_g: density of the generator on the grid, shape ``(n,)``.
        dx: spacing of the grid.

    Returns:
        A scalar in nats.

    Raises:
        ValueError: a wrong shape, shapes that differ, a density that is negative or not
            finite, a D outside [0, 1], or dx <= 0.
        TypeError: not a tensor of floating point numbers.
    """
    _expect_vector("d", d)
    _expect_range("d", d, 0.0, 1.0, hint="D(x) is a probability here, the sigmoid of a logit")
    _expect_densities(dx, p_data=p_data, p_g=p_g)
    _expect_same_shape(d=d, p_data=p_data)
    return (_xlogy(p_data, d) + _xlogy(p_g, 1 - d)).sum() * dx


def discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """-V, which D descends because torch's optimizers descend (Algorithm 1).

    Equal to the sum of the binary cross-entropies of the real batch with label 1 and
    of the fake batch with label 0.

    Args and errors: as for :func:`value_from_logits`. Returns a scalar in nats, >= 0.
    """
    return -value_from_logits(real_logits, fake_logits)


def generator_loss(fake_logits: Tensor, saturating: bool = False) -> Tensor:
    """What G descends (Algorithm 1, and the end of section 3).

    Args:
        fake_logits: D's logits on G(z), shape ``(m,)``.
        saturating: True for the minimax loss, the mean of log(1 - D(G(z))) as
            Algorithm 1 prints it. A sample's gradient in the logit is -D(G(z)), so it
            dies when D is sure that a fake is fake. False (what the paper advises and its
            code does) for the mean of -log D(G(z)), with gradient -(1 - D(G(z))).

    Returns:
        A scalar in nats, differentiable.

    Raises:
        ValueError: a wrong shape or an empty batch.
        TypeError: not a tensor of floating point numbers.
    """
    _expect_vector("fake_logits", fake_logits)
    if saturating:
        return logsigmoid(-fake_logits).mean()
    return -logsigmoid(fake_logits).mean()


def optimal_discriminator(p_data: Tensor, p_g: Tensor) -> Tensor:
    """D*(x) = p_data(x) / (p_data(x) + p_g(x)) (Proposition 1, equation 2).

    Args:
        p_data: density of the data at any points, any shape.
        p_g: density of the generator at the same points.

    Returns:
        D* at those points; 1/2 where both densities are 0, where any value is optimal.

    Raises:
        ValueError: shapes that differ, or a density that is negative or not finite.
        TypeError: not a tensor of floating point numbers.
    """
    _expect_floating(p_data=p_data, p_g=p_g)
    _expect_same_shape(p_data=p_data, p_g=p_g)
    for name, p in (("p_data", p_data), ("p_g", p_g)):
        _expect_range(name, p, 0.0, math.inf, hint="a density is finite and never negative")
    total = p_data + p_g
    nowhere = total == 0
    # Division by a safe denominator, so that the branch not taken has no nan gradient.
    return torch.where(nowhere, 0.5, p_data / torch.where(nowhere, 1.0, total))


def kl_divergence(p: Tensor, q: Tensor, dx: float) -> Tensor:
    """KL(p || q), the integral of p log(p / q).

    Args:
        p: density on the grid, shape ``(n,)``.
        q: density on the grid, shape ``(n,)``.
        dx: spacing of the grid.

    Returns:
        A scalar in nats: 0 where p = q, inf where q = 0 < p anywhere. In float32 the
        tails of a density underflow to 0, which turns a large KL into inf: use float64
        for densities that are far apart.

    Raises:
        ValueError: a wrong shape, shapes that differ, a density that is negative or not
            finite, or dx <= 0.
        TypeError: not a tensor of floating point numbers.
    """
    _expect_densities(dx, p=p, q=q)
    return (_xlogy(p, p) - _xlogy(p, q)).sum() * dx


def js_divergence(p: Tensor, q: Tensor, dx: float) -> Tensor:
    """Jensen-Shannon divergence, the mean of KL(p || M) and KL(q || M), M = (p + q) / 2.

    The paper's equation 6 writes it as JSD(p_data || p_g). Symmetric, in [0, log 2];
    log 2 exactly when the supports are disjoint.

    Args and errors: as for :func:`kl_divergence`. Returns a scalar in nats.
    """
    _expect_densities(dx, p=p, q=q)
    # All is doubled, and the sum divided by 4 in place of 2: in M itself, half of the
    # smallest positive float would be rounded to 0, and a tail would make JSD infinite.
    twice_m = p + q
    return (kl_divergence(2 * p, twice_m, dx) + kl_divergence(2 * q, twice_m, dx)) / 4


def criterion(p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """C(G) = max over D of V(D, G) = -log 4 + 2 JSD(p_data || p_g) (equations 4 and 6).

    Its minimum -log 4 is reached only at p_g = p_data (Theorem 1).

    Args and errors: as for :func:`kl_divergence`. Returns a scalar in nats.
    """
    return 2 * js_divergence(p_data, p_g, dx) - math.log(4)


def _xlogy(x: Tensor, y: Tensor) -> Tensor:
    """x log y, 0 where x is 0; torch's own has a gradient of nan where y is 0 as well."""
    return torch.xlogy(x, torch.where((x == 0) & (y == 0), 1.0, y))


# What the functions above expect, said in one voice.


def _expect_floating(**tensors: Tensor) -> None:
    for name, t in tensors.items():
        if not isinstance(t, Tensor) or not t.is_floating_point():
            came = t.dtype if isinstance(t, Tensor) else type(t).__name__
            raise TypeError(f"{name}: expected a tensor of floating point numbers, got {came}")


def _expect_vector(name: str, t: Tensor) -> None:
    _expect_floating(**{name: t})
    if t.ndim != 1 or len(t) == 0:
        advice = "; squeeze the last dimension" if t.ndim == 2 and t.shape[1] == 1 else ""
        raise ValueError(
            f"{name}: expected shape (m,) with m >= 1, one number a sample, "
            f"got {tuple(t.shape)}{advice}"
        )


def _expect_same_shape(**tensors: Tensor) -> None:
    shapes = {name: tuple(t.shape) for name, t in tensors.items()}
    if len(set(shapes.values())) > 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"expected equal shapes, got {listed}")


def _expect_range(name: str, t: Tensor, low: float, high: float, hint: str) -> None:
    values = t.detach()
    # Written so that nan fails too, and a density that is infinite somewhere.
    if not bool(((values >= low) & (values <= high) & values.isfinite()).all()):
        worst = f"{values.min().item():.4g} to {values.max().item():.4g}"
        raise ValueError(f"{name}: expected values in [{low:g}, {high:g}], got {worst}; {hint}")


def _expect_densities(dx: float, **tensors: Tensor) -> None:
    for name, t in tensors.items():
        _expect_vector(name, t)
    _expect_same_shape(**tensors)
    for name, t in tensors.items():
        _expect_range(name, t, 0.0, math.inf, hint="a density is finite and never negative")
    if not dx > 0:
        raise ValueError(f"dx: expected a positive spacing, got {dx}")
