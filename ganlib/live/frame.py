"""A frame on its way to the browser: words and small numbers as JSON, arrays as they are."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import Tensor

__all__ = ["pack"]


def pack(tree: Mapping[str, Any]) -> bytes:
    """The length of the header (4 bytes), the header, and all arrays as float32.

    ``unpack`` of view.js reads it. Little-endian, as every browser's machine is.

    Args:
        tree: nested dictionaries and lists of JSON values, arrays and tensors. An array that
            stands in it twice travels once; its shape does not travel.

    Raises:
        ValueError: a number outside an array that is not finite, which JSON cannot say.
    """
    chunks: list[bytes] = []
    places: dict[int, dict[str, list[int]]] = {}
    end = 0

    def place(array: Any) -> dict[str, list[int]]:
        nonlocal end
        if id(array) not in places:
            numbers = np.asarray(array.detach().cpu() if isinstance(array, Tensor) else array)
            chunks.append(numbers.astype("<f4").tobytes())
            places[id(array)] = {"f4": [end, numbers.size]}
            end += len(chunks[-1])
        return places[id(array)]

    header = json.dumps(tree, default=place, allow_nan=False).encode()
    return b"".join([len(header).to_bytes(4, "little"), header, *chunks])
