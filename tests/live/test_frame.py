"""Frames as bytes. What the browser makes of them is in test_view.py."""

import json

import numpy as np
import pytest
import torch

from ganlib.live.frame import pack


def unpack(data: bytes) -> dict:
    size = int.from_bytes(data[:4], "little")
    body = data[4 + size :]

    def place(pairs: dict) -> object:
        if "f4" not in pairs:
            return pairs
        start, count = pairs["f4"]
        return np.frombuffer(body, "<f4", count, start).tolist()

    return json.loads(data[4 : 4 + size], object_hook=place)


def test_a_tree_comes_back_with_its_arrays_in_place() -> None:
    tree = {
        "words": "W₁",
        "none": None,
        "runs": [{"x": np.array([1.5, np.nan])}, {"y": torch.tensor([[1.0], [2.0]])}],
    }
    back = unpack(pack(tree))
    assert (back["words"], back["none"]) == ("W₁", None)
    assert back["runs"][0]["x"][0] == 1.5
    assert np.isnan(back["runs"][0]["x"][1])
    assert back["runs"][1]["y"] == [1.0, 2.0]


def test_float64_and_strided_arrays_travel_as_float32() -> None:
    table = np.arange(6.0).reshape(3, 2)
    assert unpack(pack({"column": table[:, 1]}))["column"] == [1, 3, 5]


def test_an_array_that_stands_there_twice_travels_once() -> None:
    x = np.zeros(1000)
    assert len(pack({"a": x, "b": x})) < len(pack({"a": x})) + 100
    assert len(pack({"a": x, "b": x.copy()})) > 8000


def test_two_arrays_made_on_the_way_do_not_share_a_place() -> None:
    """The identity of an object is free again once the object is gone."""
    tree = {str(i): torch.full((1,), float(i)) for i in range(50)}
    assert unpack(pack(tree)) == {str(i): [float(i)] for i in range(50)}


def test_a_bare_number_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        pack({"loss": float("nan")})
