"""The 2 × 2 faces are what their docstring says."""

import numpy as np

from ganlib.data import two_by_two_faces


def test_five_images_of_four_pixels():
    faces = two_by_two_faces()
    assert faces.shape == (5, 4)
    assert faces.dtype == np.float64
    assert faces.min() >= 0
    assert faces.max() <= 1
    assert len(np.unique(faces, axis=0)) == 5


def test_the_diagonal_is_bright_and_the_rest_is_dark():
    faces = two_by_two_faces()
    assert faces[:, [0, 3]].min() == 0.6
    assert faces[:, [1, 2]].max() == 0.3


def test_mean():
    np.testing.assert_allclose(two_by_two_faces().mean(axis=0), [0.8, 0.1, 0.1, 0.8], atol=1e-15)


def test_each_call_gives_an_array_of_its_own():
    faces = two_by_two_faces()
    faces[:] = 0
    assert two_by_two_faces().any()
