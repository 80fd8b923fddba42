"""The benchmarks say when the machine was too restless for what they print."""

import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
SCRIPTS = sorted(path for path in FOLDER.glob("*.py") if path.stem != "reference")


@pytest.fixture
def reference():
    spec = importlib.util.spec_from_file_location("reference", FOLDER / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("before", "after", "unreliable"),
    [(0.1, 0.1, False), (0.1, 0.119, False), (0.1, 0.121, True), (0.121, 0.1, True)],
)
def test_a_table_is_unreliable_where_the_machine_changed_by_more_than_a_fifth(
    reference, before, after, unreliable
):
    line = reference.verdict(before, after)
    assert line.startswith(f"reference loop: {1000 * before:.0f} ms before")
    assert ("unreliable" in line) == unreliable


def test_both_times_are_printed_after_the_table(reference, monkeypatch, capsys):
    times = [0.3, 0.1]
    monkeypatch.setattr(reference, "reference_seconds", times.pop)
    with reference.steadiness():
        print("the table")
    table, line = capsys.readouterr().out.splitlines()
    assert table == "the table"
    assert line.startswith("reference loop: 100 ms before, 300 ms after - unreliable")


def test_the_reference_loop_takes_time(reference, monkeypatch):
    monkeypatch.setattr(reference, "REPEATS", 1)
    assert reference.reference_seconds() > 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_script_times_the_reference_loop(script):
    text = script.read_text(encoding="utf-8")
    assert "@steadiness()\ndef main()" in text or "verdict(before, reference_seconds())" in text
