"""Curves and timeline: bounded, thinned evenly, cut and copied."""

import math

import pytest
import torch

from ganlib.live.curves import Curves
from ganlib.live.timeline import Timeline, cloned, size_of


def curve(n, capacity=10):
    rows = Curves(["loss"], capacity)
    for i in range(1, n + 1):
        rows.append(i, loss=i / 2)
    return rows


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, []),
        (3, [1, 2, 3]),
        (10, list(range(1, 11))),
        (11, [2, 4, 6, 8, 10, 11]),
        (12, [2, 4, 6, 8, 10, 12]),
        (21, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 21]),
        (22, [4, 8, 12, 16, 20, 22]),
    ],
)
def test_a_long_curve_is_thinned_and_ends_where_the_run_is(n, expected):
    rows = curve(n)
    assert rows["iteration"].tolist() == expected
    assert rows["loss"].tolist() == [i / 2 for i in expected]
    assert len(rows) == len(expected)


def test_what_was_taken_out_does_not_change_as_the_curve_goes_on():
    rows = curve(21)
    table, column = rows.arrays(), rows["loss"]
    before = table["loss"].copy()
    rows.append(22, loss=-1.0)
    assert (table["loss"] == before).all()
    assert (column == before).all()


def test_memory_is_bounded():
    assert len(curve(10_000, capacity=100)) <= 101


def test_columns_without_a_number_are_nan():
    rows = Curves(["a", "b"])
    rows.append(0, b=2.0)
    assert rows.latest["b"] == 2
    assert math.isnan(rows.latest["a"])
    assert rows.arrays().keys() == {"iteration", "a", "b"}


def test_an_empty_curve():
    rows = Curves(["a"])
    assert rows.latest == {}
    assert rows.arrays()["a"].shape == (0,)


@pytest.mark.parametrize("cut", [0, 5, 7, 30])
def test_a_cut_forgets_the_future(cut):
    rows = curve(23, capacity=10)
    kept = [i for i in rows["iteration"].tolist() if i <= cut]
    rows.cut(cut)
    assert rows["iteration"].tolist() == kept
    rows.append(31, loss=0.0)
    assert rows["iteration"].tolist() == [i for i in kept if i % 4 == 0] + [31]


def test_a_copy_goes_on_by_itself():
    rows = curve(5)
    twin = rows.copy()
    rows.append(6, loss=0.0)
    assert len(twin) == 5
    twin.cut(2)
    assert len(rows) == 6


def state(kilobytes=1):
    return {"a": torch.zeros(256 * kilobytes), "b": [1, (torch.zeros(0), "text")]}


def test_states_are_spread_evenly_over_the_run():
    line = Timeline(capacity=8)
    for i in range(100):
        if line.wants(i):
            line.keep(i, state())
    assert line.iterations == list(range(0, 100, 16))
    assert line.nearest(41) is line.nearest(45) is not line.nearest(60)


def test_states_fit_in_their_memory():
    line = Timeline(capacity=100, megabytes=1)
    for i in range(1000):
        if line.wants(i):
            line.keep(i, state(kilobytes=100))
    assert 5 <= len(line.iterations) <= 10
    line = Timeline(megabytes=0)
    for i in range(100):
        if line.wants(i):
            line.keep(i, state())
    assert len(line.iterations) == 2


def test_the_past_can_be_cut_and_copied():
    line = Timeline()
    for i in range(6):
        line.keep(i, state())
    twin = line.copy()
    line.cut(3)
    assert line.iterations == [0, 1, 2, 3]
    assert twin.iterations == list(range(6))
    assert twin.nearest(2) is line.nearest(2)


def test_sizes_and_clones_of_nested_states():
    original = state()
    assert size_of(original) == 1024
    twin = cloned(original)
    twin["a"] += 1
    assert original["a"].sum() == 0
    assert twin["b"][0] == 1
