"""Runs the fault suite and writes docs/faults.md: python -m tests.grading.faults"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).with_name("test_faults.py")
PAGE = ROOT / "docs/faults.md"
HEAD = """# Faults

<!-- Written by `python -m tests.grading.faults`. -->

What goes wrong while a class is graded, as [test_faults.py](../tests/grading/test_faults.py) makes
it happen, and what came of it. "Failed" is a hand-in without a mark, which the next run tries
again; its line in the command's table says why.

| fault | outcome | |
|---|---|---|
"""


def lines(report: Path) -> Iterator[str]:
    """A row for each test, from pytest's report in JUnit's format."""
    for case in ElementTree.parse(report).iter("testcase"):
        told = {each.get("name"): each.get("value") for each in case.iter("property")}
        held = all(case.find(bad) is None for bad in ("failure", "error", "skipped"))
        if "fault" in told:
            verdict = "holds" if held else "**fails**"
            yield f"| {told['fault']} | {told.get('outcome', '')} | {verdict} |"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        status = pytest.main(
            [str(TESTS), "-m", "fault", f"--junitxml={report}", "-ojunit_family=xunit1"]
        )
        rows = dict.fromkeys(lines(report))  # a test with two parameters is one line
    PAGE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
