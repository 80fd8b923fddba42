"""p_data: toy densities whose log p(x) is exact, faces of four pixels, and the digits of MNIST."""

from ganlib.data.faces import two_by_two_faces
from ganlib.data.mnist import Digits, load_mnist
from ganlib.data.toy import (
    centers,
    gaussian,
    grid,
    mixture,
    ring,
    two_gaussians,
    uniform,
)

__all__ = [
    "Digits",
    "centers",
    "gaussian",
    "grid",
    "load_mnist",
    "mixture",
    "ring",
    "two_by_two_faces",
    "two_gaussians",
    "uniform",
]
