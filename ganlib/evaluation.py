"""How good are samples of G? The Parzen window of the paper, and the nearest training images.

The window puts a Gaussian of width sigma on each of many samples and takes the mean of the
Gaussians as a density: Goodfellow et al. 2014, section 5, after Breuleux, Bengio and Vincent
2011. The paper itself says that the estimate "has somewhat high variance and does not perform
well in high dimensional spaces"; Theis, van den Oord and Bethge 2016 show how far it misleads.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

SIGMAS = tuple(torch.logspace(-1, 0, 10, dtype=torch.float64).tolist())
"""The widths that the authors' code tried: ten from .1 to 1, evenly spaced in their logarithm."""


class ParzenScore(NamedTuple):
    """The window's width, and the mean log-likelihood of the test set with its standard error,
    both in nats."""

    sigma: float
    mean: float
    standard_error: float


@torch.no_grad()
def parzen_log_likelihood(
    points: Tensor, samples: Tensor, sigma: float, chunk: int = 500
) -> Tensor:
    """The log-density of the Parzen window round `samples` at each of `points`, in nats.

    log p(x) = log (1/s) sum_j exp(−‖x − samples_j‖² / 2 sigma²) − (d/2) log(2 pi sigma²)

    `points` has shape (n, d), `samples` (s, d), the result (n,), with the dtype and on the device
    of `points`; the work is done on the device of `samples`, `chunk` points at a time. float32
    input is summed in float64, except on MPS, which has none.

    Raises ValueError where the shapes do not fit, there are no samples, an entry is nan or
    infinite, or sigma is not positive.
    """
    rows = [
        _log_window(squared, points.shape[1], _positive(sigma))
        for squared in _squared_distances(points, samples, chunk)
    ]
    return torch.cat(rows).to(points)


@torch.no_grad()
def fit_sigma(
    validation: Tensor, samples: Tensor, sigmas: Sequence[float] = SIGMAS, chunk: int = 500
) -> float:
    """The one of `sigmas` that gives `validation`, (n, d), the largest mean log-likelihood.

    `samples`, `chunk` and the errors are those of `parzen_log_likelihood`; no `sigmas` at all is
    a ValueError too. The distances are computed once for all of `sigmas`.
    """
    if len(sigmas) == 0:
        raise ValueError("sigmas must hold at least one width, got none")
    sigmas = [_positive(sigma) for sigma in sigmas]
    totals = torch.zeros(len(sigmas), dtype=torch.float64)
    for squared in _squared_distances(validation, samples, chunk):
        for i, sigma in enumerate(sigmas):
            totals[i] += _log_window(squared, validation.shape[1], sigma).sum().item()
    return sigmas[int(totals.argmax())]


def parzen_window(
    samples: Tensor,
    validation: Tensor,
    test: Tensor,
    sigmas: Sequence[float] = SIGMAS,
    chunk: int = 500,
) -> ParzenScore:
    """The score of Table 1 (page 5): the mean log-likelihood of `test` under a Parzen window.

    The window stands on `samples`, (s, d), and its width is the best of `sigmas` on `validation`,
    (n, d); `test` has shape (t, d). As in the authors' code the standard error is the standard
    deviation over the test set divided by sqrt(t), which leaves out how much the score would
    move with other samples. For MNIST they took 10,000 samples, the first 1,000 of the last
    10,000 training images as `validation`, and all 10,000 test images.

    Errors are those of `parzen_log_likelihood`.
    """
    sigma = fit_sigma(validation, samples, sigmas, chunk)
    nats = parzen_log_likelihood(test, samples, sigma, chunk).double()
    return ParzenScore(sigma, nats.mean().item(), nats.std(correction=0).item() / len(nats) ** 0.5)


@torch.no_grad()
def nearest_neighbours(samples: Tensor, x_train: Tensor, chunk: int = 500) -> Tensor:
    """For each sample the row of the nearest training point in Euclidean distance.

    `samples` has shape (n, d), `x_train` (t, d), the result (n,), int64, on the device of
    `samples`: `x_train[nearest_neighbours(samples, x_train)]` stands beside `samples` as the
    right-hand columns of the paper's Figure 2 (page 6) do, to show that G has not memorised the
    training set. `chunk` and the errors are those of `parzen_log_likelihood`.
    """
    rows = [squared.argmin(dim=1) for squared in _squared_distances(samples, x_train, chunk)]
    return torch.cat(rows).to(samples.device)


def _log_window(squared: Tensor, d: int, sigma: float) -> Tensor:
    """The log-density at n points from their squared distances to s samples, (n, s) -> (n,)."""
    log_mean = torch.logsumexp(squared / (-2 * sigma**2), dim=1) - math.log(squared.shape[1])
    return log_mean - d / 2 * math.log(2 * math.pi * sigma**2)


def _squared_distances(points: Tensor, samples: Tensor, chunk: int) -> Iterator[Tensor]:
    """‖points_i − samples_j‖² in blocks of (at most `chunk`, s), on the device of `samples`.

    One matrix product a block, as ‖x‖² − 2 x·y + ‖y‖², which loses digits where a distance is
    small beside the norms: hence float64, and the samples' mean moved to 0.
    """
    for name, x in (("points", points), ("samples", samples)):
        if x.ndim != 2 or len(x) == 0 or not x.is_floating_point():
            raise ValueError(
                f"{name} must be real numbers of shape (n, d) with n >= 1, one point a row, got "
                f"{x.dtype} of shape {tuple(x.shape)}"
            )
        if not x.isfinite().all():
            bad = int((~x.isfinite()).any(dim=1).sum())
            raise ValueError(f"{name} must be finite, but {bad} of {len(x)} rows hold nan or inf")
    if points.shape[1] != samples.shape[1]:
        raise ValueError(
            "points and samples must have as many columns as each other, got shapes "
            f"{tuple(points.shape)} and {tuple(samples.shape)}"
        )
    if chunk < 1:
        raise ValueError(f"chunk must be at least 1, got {chunk}")

    dtype = torch.float32 if samples.device.type == "mps" else torch.float64
    samples = samples.to(dtype)
    centre = samples.mean(dim=0)
    samples = samples - centre
    norms = samples.square().sum(dim=1)
    for x in points.split(chunk):
        x = x.to(samples.device, dtype) - centre
        squared = torch.addmm(norms, x, samples.T, alpha=-2) + x.square().sum(dim=1, keepdim=True)
        yield squared.clamp_(min=0)


def _positive(sigma: float) -> float:
    if not 0 < float(sigma) < math.inf:
        raise ValueError(f"sigma, the width of the window, must be positive, got {sigma}")
    return float(sigma)
