"""The smallest GAN: two networks of one layer on images of n pixels, and their gradients by hand.

    D(x) = sigmoid(w · x + b)        G(z) = sigmoid(z v + c), with one number z of noise

On the faces of :func:`ganlib.data.two_by_two_faces`, n = 4: D has 5 parameters and G has 8. All is
NumPy, one image at a time; elsewhere in ganlib autograd does this work. The networks are those of
Luis Serrano (*Generative Adversarial Networks in Slanted Land*, 2020), the losses those of
``ganlib.value``.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["discriminator_gradients", "generator_gradients", "sigmoid"]

Vector = NDArray[np.float64]


def sigmoid(a: ArrayLike) -> Vector:
    """1 / (1 + exp(-a)) of each number, any shape; no overflow, and no warning, at any a."""
    # exp(-log(1 + exp(-a))), where logaddexp takes care of large numbers on either side.
    return np.exp(-np.logaddexp(0, np.negative(a)))


def discriminator_gradients(w: Vector, b: float, x: Vector, label: float) -> tuple[Vector, float]:
    """Gradient of D's cross-entropy on one image, -log D(x) or -log(1 - D(x)).

    Args:
        w: weights of D, shape ``(n,)``.
        b: bias of D.
        x: the image, shape ``(n,)``.
        label: 1 for data, 0 for a fake.

    Returns:
        The derivatives in w, shape ``(n,)``, and in b, in nats per unit.

    Raises:
        ValueError: shapes that differ, or a label that is neither 0 nor 1.
    """
    _expect_pixels(w=w, x=x)
    if label not in (0, 1):
        raise ValueError(f"label: expected 1 for data or 0 for a fake, got {label}")
    da = sigmoid(w @ x + b) - label  # of the loss, in the logit a = w · x + b
    return da * x, float(da)


def generator_gradients(
    v: Vector, c: Vector, w: Vector, b: float, z: float
) -> tuple[Vector, Vector]:
    """Gradient of G's non-saturating loss for one noise, -log D(G(z)), with D held fixed.

    Args:
        v: what G multiplies the noise with, shape ``(n,)``.
        c: biases of G, shape ``(n,)``.
        w: weights of D, shape ``(n,)``.
        b: bias of D.
        z: the noise, one number.

    Returns:
        The derivatives in v and in c, each of shape ``(n,)``, in nats per unit.

    Raises:
        ValueError: shapes that differ, or a z that is not one number.
    """
    _expect_pixels(v=v, c=c, w=w)
    if np.ndim(z) != 0:
        raise ValueError(f"z: expected one number, got shape {np.shape(z)}")
    x_fake = sigmoid(z * v + c)
    da = sigmoid(w @ x_fake + b) - 1  # the fake is given the label of data
    dc = da * w * x_fake * (1 - x_fake)
    return z * dc, dc


def _expect_pixels(**vectors: Vector) -> None:
    shapes = {name: np.shape(vector) for name, vector in vectors.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"expected one shape (n,), one number a pixel, got {listed}")
