"""How good are samples of G? The paper's Parzen window, nearest training images, modes.

The window puts a Gaussian of width sigma on each of many samples and takes the mean of the
Gaussians as a density: Goodfellow et al. 2014, section 5, after Breuleux, Bengio and Vincent
2011. The paper itself says that the estimate "has somewhat high variance and does not perform
well in high dimensional spaces"; Theis, van den Oord and Bethge 2016 show how far it misleads.

Modes are counted where p_data is a mixture of Gaussians that are well apart, as Srivastava et
al. 2017, VEEGAN, section 4.1, and Lin et al. 2018, PacGAN, section 4.1 do.

Points are rows: a tensor or an array of real numbers, shape (n, d). The work is done on the
device of the samples (of the training set, for neighbours), ``chunk`` points at a time, and in
float64 except on MPS, which has none; the result has the device of the points.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

__all__ = [
    "SIGMAS",
    "ModeStatistics",
    "ParzenScore",
    "effective_modes",
    "fit_sigma",
    "mode_statistics",
    "nearest_neighbours",
    "parzen_log_likelihood",
    "parzen_window",
]

Points = Tensor | np.ndarray

SIGMAS = tuple(np.logspace(-1, 0, 10).tolist())
"""The widths that the authors' code tried."""


class ParzenScore(NamedTuple):
    """The window's width; mean log-likelihood of the test set and its standard error, in nats."""

    sigma: float
    mean: float
    standard_error: float


class ModeStatistics(NamedTuple):
    """Modes that have a sample near them, and the share of samples that are near some mode."""

    modes: int
    quality: float


@torch.no_grad()
def parzen_log_likelihood(
    points: Points, samples: Points, sigma: float, chunk: int = 500
) -> Tensor:
    """The log-density, at each point, of the Parzen window round the samples.

    log p(x) = log (1/s) sum_j exp(−‖x − samples_j‖² / 2 sigma²) − (d/2) log(2 pi sigma²)

    Args:
        points: where to evaluate it, shape ``(n, d)``.
        samples: the centres of the Gaussians, shape ``(s, d)``.
        sigma: the standard deviation of each Gaussian.
        chunk: points done at a time; memory grows as chunk · s.

    Returns:
        Nats, shape ``(n,)``, in the dtype of the points.

    Raises:
        ValueError: shapes that do not fit, no points or samples, a row that holds nan or inf,
            a sigma that is not positive, chunk < 1.
    """
    points, samples, sigma = _rows("points", points), _rows("samples", samples), _positive(sigma)
    blocks = _squared_distances(points, samples, chunk)
    return torch.cat([_log_window(block, points.shape[1], sigma) for block in blocks]).to(points)


@torch.no_grad()
def fit_sigma(
    validation: Points, samples: Points, sigmas: Sequence[float] = SIGMAS, chunk: int = 500
) -> float:
    """The width under which the validation set has the largest mean log-likelihood.

    Distances are computed once for all widths.

    Args:
        validation: points that are not among the samples, shape ``(n, d)``.
        samples: as in :func:`parzen_log_likelihood`, shape ``(s, d)``.
        sigmas: the widths to try.
        chunk: as in :func:`parzen_log_likelihood`.

    Returns:
        One of ``sigmas``.

    Raises:
        ValueError: as in :func:`parzen_log_likelihood`, or no widths.
    """
    if len(sigmas) == 0:
        raise ValueError("sigmas: expected at least one width, got none")
    sigmas = [_positive(sigma) for sigma in sigmas]
    validation, samples = _rows("validation", validation), _rows("samples", samples)
    totals = [0.0] * len(sigmas)
    for block in _squared_distances(validation, samples, chunk):
        for i, sigma in enumerate(sigmas):
            totals[i] += _log_window(block, validation.shape[1], sigma).sum().item()
    return sigmas[int(np.argmax(totals))]


def parzen_window(
    samples: Points,
    validation: Points,
    test: Points,
    sigmas: Sequence[float] = SIGMAS,
    chunk: int = 500,
) -> ParzenScore:
    """The score of the paper's Table 1: how likely test data is under a window round samples.

    For MNIST the authors took 10,000 samples, the first 1,000 of the last 10,000 training images
    for validation, and all 10,000 test images.

    Args:
        samples: drawn from G, shape ``(s, d)``.
        validation: training data on which the width is chosen, shape ``(n, d)``.
        test: test data, shape ``(t, d)``.
        sigmas: as in :func:`fit_sigma`.
        chunk: as in :func:`parzen_log_likelihood`.

    Returns:
        The width, the mean over the test set, and the standard deviation over the test set
        divided by sqrt(t). That error leaves out how much the mean would move with other samples.

    Raises:
        ValueError: as in :func:`fit_sigma`.
    """
    sigma = fit_sigma(validation, samples, sigmas, chunk)
    nats = parzen_log_likelihood(test, samples, sigma, chunk).double()
    return ParzenScore(sigma, nats.mean().item(), nats.std(correction=0).item() / len(nats) ** 0.5)


@torch.no_grad()
def nearest_neighbours(samples: Points, x_train: Points, chunk: int = 500) -> Tensor:
    """For each sample, the row of the training point nearest to it in Euclidean distance.

    ``x_train[nearest_neighbours(samples, x_train)]`` stands beside the samples as the rightmost
    columns do in the paper's Figure 2: has G memorised the training set?

    Args:
        samples: shape ``(n, d)``.
        x_train: shape ``(t, d)``.
        chunk: samples done at a time; memory grows as chunk · t.

    Returns:
        Indices, int64, shape ``(n,)``.

    Raises:
        ValueError: as in :func:`parzen_log_likelihood`.
    """
    samples, x_train = _rows("samples", samples), _rows("x_train", x_train)
    blocks = _squared_distances(samples, x_train, chunk)
    return torch.cat([block.argmin(dim=1) for block in blocks]).to(samples.device)


@torch.no_grad()
def mode_statistics(
    samples: Points, centers: Points, std: float, within: float = 3.0
) -> ModeStatistics:
    """How many modes of a mixture are covered, and which share of the samples is any good.

    A sample is of high quality if its Euclidean distance to the nearest centre is at most
    ``within * std``, and a mode is covered by a single such sample. Neither number sees how
    evenly the samples are spread over the modes.

    Args:
        samples: drawn from G, shape ``(n, d)``; the published tables take n = 2,500.
        centers: the means of the modes, shape ``(modes, d)``.
        std: the standard deviation of each mode, along each axis.
        within: how many of them are still near.

    Returns:
        The number of modes covered, and the share of high-quality samples, in [0, 1].

    Raises:
        ValueError: as in :func:`parzen_log_likelihood`.
    """
    samples, centers = _rows("samples", samples), _rows("centers", centers)
    reach = _positive(std) * _positive(within)
    blocks = list(_squared_distances(samples, centers, chunk=10_000))
    squared, nearest = torch.cat(blocks).min(dim=1)
    good = squared <= reach**2
    return ModeStatistics(len(nearest[good].unique()), good.double().mean().item())


@torch.no_grad()
def effective_modes(samples: Points, centers: Points) -> float:
    """Among how many modes the samples are shared out, each counted for its nearest centre.

    The exponential of the entropy of the shares: n if n modes have 1/n each, 1 if one has all.
    It is (number of modes) · exp(−KL(shares || uniform)), and says nothing of quality.

    Args, errors: as in :func:`mode_statistics`. Returns a number in [1, number of modes].
    """
    samples, centers = _rows("samples", samples), _rows("centers", centers)
    blocks = _squared_distances(samples, centers, chunk=10_000)
    nearest = torch.cat([block.argmin(dim=1) for block in blocks])
    shares = torch.bincount(nearest).double() / len(nearest)
    return torch.special.entr(shares).sum().exp().item()


def _log_window(squared: Tensor, d: int, sigma: float) -> Tensor:
    """Log-densities of d-dimensional points, (n,), from squared distances to s samples, (n, s)."""
    log_mean = torch.logsumexp(squared / (-2 * sigma**2), dim=1) - math.log(squared.shape[1])
    return log_mean - d / 2 * math.log(2 * math.pi * sigma**2)


def _squared_distances(points: Tensor, samples: Tensor, chunk: int) -> Iterator[Tensor]:
    """‖points_i − samples_j‖² in blocks of at most (chunk, s).

    One matrix product a block, as ‖x‖² − 2 x·y + ‖y‖², which loses digits where a distance is
    small beside the norms: hence float64, and the samples' mean moved to 0.
    """
    if points.shape[1] != samples.shape[1]:
        raise ValueError(
            "expected points with as many columns as each other, got shapes "
            f"{tuple(points.shape)} and {tuple(samples.shape)}"
        )
    if chunk < 1:
        raise ValueError(f"chunk: expected at least 1, got {chunk}")
    samples = samples.to(torch.float32 if samples.device.type == "mps" else torch.float64)
    centre = samples.mean(dim=0)
    samples = samples - centre
    norms = samples.square().sum(dim=1)
    for x in points.split(chunk):
        x = x.to(samples) - centre
        squared = torch.addmm(norms, x, samples.T, alpha=-2) + x.square().sum(dim=1, keepdim=True)
        yield squared.clamp_(min=0)


def _rows(name: str, x: Points) -> Tensor:
    x = torch.as_tensor(x)
    if x.ndim != 2 or len(x) == 0 or not x.is_floating_point():
        raise ValueError(
            f"{name}: expected real numbers of shape (n, d), n >= 1, one point a row; "
            f"got {x.dtype}, shape {tuple(x.shape)}"
        )
    if not x.isfinite().all():
        bad = int((~x.isfinite()).any(dim=1).sum())
        raise ValueError(
            f"{name}: expected finite numbers, got nan or inf in {bad} of {len(x)} rows"
        )
    return x


def _positive(sigma: float) -> float:
    if not 0 < float(sigma) < math.inf:
        raise ValueError(f"sigma: expected a positive width, got {sigma}")
    return float(sigma)
