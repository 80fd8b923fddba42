"""Hand-ins that are alike: renaming hides nothing, and what everyone writes does not count."""

import pytest

from ganlib.grading.reports.similar import WINDOW, K, Pair, fingerprints, lines, similar, tokens

STUB = {"F1": "def average(x):\n    '''The mean of x.'''\n    raise NotImplementedError()\n"}
USUAL = "def average(x):\n    '''The mean of x.'''\n    return x.sum() / len(x)\n"
ODD = """
def average(x):
    '''The mean of x.'''
    total, count = 0.0, 0
    while count < len(x):
        total, count = total + x[count], count + 1
    return total / max(count, 1) if count else float('nan')
"""
RENAMED = """
def average(sample):  # my own
    'other words'
    s, i = 0.00, 0

    while i < len(sample):
        s, i = s + sample[i], i + 1
    return s / max(i, 1) if i else float("NaN")
"""
OWN = [
    f"def average(x):\n    {body}\n"
    for body in (
        "return sum([float(v) for v in x if v is not None]) / x.shape[0]",
        "import math\n    return math.fsum(map(float, x.tolist())) * (1 / x.numel())",
        "result = x[0]\n    for v in x[1:]:\n        result += v\n    return result / x.size(0)",
    )
]


def a_class(*sources):
    return {f"student-{number}": {"F1": source} for number, source in enumerate(sources)}


def test_names_numbers_texts_comments_and_layout_make_no_difference():
    assert tokens(ODD) == tokens(RENAMED)
    assert tokens("torch.log(x)") == ["name", ".", "log", "(", "name", ")"]
    assert tokens("torch.log(x)") != tokens("torch.exp(x)")


@pytest.mark.parametrize("source", ["", "def f(:\n  (", "'unfinished", "%%time\nf()", "\x00"])
def test_what_is_no_python_has_the_tokens_up_to_there(source):
    assert isinstance(fingerprints(source), set)


def test_what_is_long_enough_in_common_is_always_found():
    common = " + ".join("abcdefghijkl"[: (K + WINDOW) // 2])
    assert len(tokens(common)) >= K + WINDOW - 1
    first, second = f"x = -({common})", f"if y[0]: return {{{common}: 1}}"
    assert fingerprints(first) & fingerprints(second)


def test_a_copy_with_other_names_is_found_and_told():
    (pair,) = similar(a_class(*[USUAL] * 20, ODD, RENAMED, *OWN), STUB)
    assert pair.students == ("student-20", "student-21")
    assert pair.share == pytest.approx(1)
    assert pair.usual == 0
    assert pair.where == ("F1",)
    *_, verdict = lines([pair])
    assert "not a verdict" in verdict
    assert "100% of what is rare" in str(pair)


def test_what_many_have_written_and_what_was_given_out_do_not_count():
    assert similar(a_class(*[USUAL] * 20, *OWN), STUB) == []
    assert similar(a_class(ODD, RENAMED, *OWN), {"F1": ODD}) == []
    assert similar(a_class(*[STUB["F1"]] * 3, *OWN), STUB) == []


def test_the_fewer_have_it_the_more_it_counts():
    def nats(copies):
        return max(
            pair.nats for pair in similar(a_class(*[ODD] * copies, *[USUAL] * 20, *OWN), STUB)
        )

    assert nats(2) > nats(4)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_small_class_has_no_pairs_to_look_at(size):
    assert all(isinstance(each, Pair) for each in similar(a_class(*OWN[:size]), STUB))
