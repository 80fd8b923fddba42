"""The helpers of the check cells: they accept what is right and name what is wrong."""

import math
import sys
import warnings

import numpy as np
import pytest
import torch

from ganlib.checks import Answers, as_number, as_tensor, expect, quietly


@pytest.mark.parametrize(
    "value",
    [0.5, np.float32(0.5), np.array([0.5]), torch.tensor(0.5), torch.tensor([0.5]), [0.5]],
)
def test_a_number_may_come_in_any_form(value):
    assert as_number(value, "x") == 0.5


def test_a_number_may_carry_a_gradient():
    assert as_number(torch.tensor(0.5, requires_grad=True), "x") == 0.5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "x is None: is a return missing"),
        (torch.zeros(3), "has shape (3,): is the mean over the minibatch missing"),
        ("half", "x should be made of numbers, but is a str"),
        (math.nan, "x is nan"),
    ],
)
def test_what_is_no_number_is_named(value, words):
    with pytest.raises(AssertionError) as error:
        as_number(value, "x")
    assert words in str(error.value)


def test_a_tensor_comes_back_detached_and_in_double_precision():
    came = as_tensor(torch.ones(2, requires_grad=True), "x")
    assert came.dtype == torch.float64
    assert not came.requires_grad


def test_expect_accepts_what_is_close():
    expect(1.00005, 1.0, "x")
    expect(100.005, 100.0, "x")  # relative above 1
    expect(-math.inf, -math.inf, "x")


def test_expect_names_the_known_slip():
    with pytest.raises(AssertionError, match=r"x is 2 and should be 1: you doubled it"):
        expect(2.0, 1.0, "x", slips=[(3.0, "you tripled it"), (2.0, "you doubled it")])


def test_expect_says_both_numbers_of_an_unknown_slip():
    with pytest.raises(AssertionError, match=r"^x is 7 and should be 1$"):
        expect(7.0, 1.0, "x", slips=[(2.0, "you doubled it")])


def test_expect_is_not_fooled_by_infinity():
    with pytest.raises(AssertionError):
        expect(math.inf, 1.0, "x")
    with pytest.raises(AssertionError):
        expect(1.0, -math.inf, "x")


def test_quietly_swallows_warnings_and_output(capsys):
    with quietly():
        warnings.warn("a warning", stacklevel=1)
        print("a word")
        print("a progress bar", file=sys.stderr)
    assert capsys.readouterr() == ("", "")


def test_quietly_lets_errors_through():
    with pytest.raises(NotImplementedError), quietly():
        raise NotImplementedError


def test_a_missing_answer_is_not_implemented_yet():
    answers = Answers(noise="p_z")
    assert answers["noise"] == "p_z"
    with pytest.raises(NotImplementedError, match="no answer yet for 'loss of D'"):
        answers["loss of D"]
