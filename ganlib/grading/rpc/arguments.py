"""What a function does to its arguments in place, so that it can be done to the originals."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganlib.grading.rpc.proxies import is_batched
from ganlib.grading.rpc.wire import Malformed

__all__ = ["copy_of", "mutable", "overwrite", "same", "set_tensor"]


def mutable(parts: Any) -> list:
    """The tensors and arrays among arguments that a function could change in place."""
    found: list[Any] = []

    def walk(value: Any) -> None:
        if isinstance(value, list | tuple):
            for part in value:
                walk(part)
        elif isinstance(value, dict):
            for part in value.values():
                walk(part)
        elif isinstance(value, np.ndarray) or (
            isinstance(value, Tensor) and not value.requires_grad and not _wrapped(value)
        ):
            found.append(value)

    walk(parts)
    return found


def _wrapped(value: Tensor) -> bool:
    return is_batched(value) or type(value) not in (Tensor, nn.Parameter)


def copy_of(value: Tensor | np.ndarray) -> Any:
    """What it is now."""
    return value.detach().clone() if isinstance(value, Tensor) else value.copy()


def same(value: Any, old: Any) -> bool:
    """Whether two tensors, or two arrays, hold the same numbers; nan is the same as nan."""
    if isinstance(value, Tensor):
        equal = value.shape == old.shape and value.dtype == old.dtype and torch.equal(value, old)
        return equal or (value.shape == old.shape and _equal_but_for_nan(value, old))
    return value.shape == old.shape and bool(np.array_equal(value, old, equal_nan=_inexact(value)))


def _inexact(value: np.ndarray) -> bool:
    return value.dtype.kind in "fc"


def _equal_but_for_nan(a: Tensor, b: Tensor) -> bool:
    if not a.is_floating_point() or not a.isnan().any():
        return False
    return bool(((a == b) | (a.isnan() & b.isnan())).all())


def overwrite(mine: Any, value: Any) -> None:
    """Make a change in place that was made on the other side."""
    if type(mine) is not type(value) and not isinstance(mine, Tensor):
        raise Malformed("an argument that has changed its kind")
    if isinstance(mine, Tensor):
        set_tensor(mine, value, mine.grad, mine.requires_grad)
    elif mine.shape == value.shape:
        mine[...] = value
    else:
        raise Malformed("an array that has changed its shape")


def set_tensor(tensor: Tensor, value: Tensor, gradient: Tensor | None, wants: Any) -> None:
    """Give a tensor other numbers, another gradient, and a wish for gradients or none."""
    tensor.grad = None
    if tensor.shape == value.shape and tensor.dtype == value.dtype:
        tensor.data.copy_(value)
    else:
        tensor.data = value
    tensor.grad = gradient
    if tensor.is_leaf and tensor.is_floating_point():
        tensor.requires_grad_(wants is True)
