"""Slanted faces: five images of 2 × 2 pixels, few enough numbers to train on by hand.

The idea is Luis Serrano's (*Generative Adversarial Networks in Slanted Land*, 2020,
https://github.com/luisguiserrano/gans): people there lean to one side, and in two by two pixels a
face that leans is a diagonal. The five faces here are our own.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["two_by_two_faces"]


def two_by_two_faces() -> NDArray[np.float64]:
    """Five faces, shape (5, 4), in [0, 1] with 0 black and 1 white.

    A row holds the pixels top left, top right, bottom left, bottom right. The first and the last
    are bright, at least 0.6, and the other two at most 0.3. The faces are lit from above, lit from
    below, hazy twice, and dim; their mean is (0.8, 0.1, 0.1, 0.8).

    Returns a NumPy array, and a new one each time: notebook 05 works without autograd.
    """
    return np.array(
        [
            [1.0, 0.1, 0.0, 0.6],
            [0.6, 0.0, 0.1, 1.0],
            [0.9, 0.3, 0.1, 0.9],
            [0.8, 0.1, 0.3, 0.8],
            [0.7, 0.0, 0.0, 0.7],
        ]
    )
