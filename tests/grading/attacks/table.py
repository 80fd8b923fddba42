"""Grades every attack and every accident, and writes docs/attacks.md.

    python -m tests.grading.attacks.table [--stock FILE]

``--stock`` keeps stock's results in a file, and takes from there what is in it already.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from tests.grading.attacks import runner
from tests.grading.attacks.bank import Case, accidents, attacks, maxima
from tests.grading.attacks.runner import Result

Results = dict[str, Result]  # by the id of a case

PAGE = runner.ROOT / "docs/attacks.md"
BANKS = {
    "verdict": "Forging the verdict",
    "notebooks": "What is handed in",
    "bridge": "The bridge between the student's process and the referee's",
    "spying": "Seeing what should be out of sight",
    "harm": "The gradebook, the others and the feedback pages",
    "limits": "Time, memory and the kernel's life",
}

INTRODUCTION = """# Attacks and accidents

<!-- Written by `python -m tests.grading.attacks.table`. -->

Each line is a hand-in that was graded twice: by stock nbgrader, and with this course's
`nbgrader_config.py`. The notebook is
[01_attacked](../tests/grading/attacks/solutions/01_attacked/01_attacked.py), with {most:g} points
in {checks} checks; the hand-ins are in [tests/grading/attacks](../tests/grading/attacks).
`pytest tests/grading/test_attacks.py tests/grading/test_accidents.py` grades them again and asks
for the points of each check.

Stock nbgrader was run for one hand-in at a time, in a container that kept the harm to a folder that
was thrown away, with {seconds} s for each cell. What would have harmed the machine all the same was
not tried there.
"""
ATTACKS = """
## Attacks

{count} attacks. {stock} of the {tried} tried on stock nbgrader gain points that were not earned,
reach what they should not, or do harm; here it is {here}. **Earned** is what the honest part of
the hand-in is worth.
"""
ACCIDENTS = """
## Accidents

{count} hand-ins with every exercise solved, and something that happened to them. **Due** is the
{most:g} points less the exercises that the accident itself has spoilt. Stock nbgrader takes points
beyond those, or gives no mark at all, in {stock} of them; here it is {here}.
"""


def measure_stock(course: Path, folder: Path, cases: list[Case], kept: Path | None) -> Results:
    """By id, for all that may be tried on stock."""
    known = json.loads(kept.read_text()) if kept and kept.exists() else {}
    results = {name: Result(**value) for name, value in known.items()}
    stock = runner.stock_course(course, folder / "stock")
    due = [case for case in cases if case.stock and case.id not in results]

    graded = runner.grade_on_stock(stock, folder / "each", due)
    for name, result in tqdm(graded, total=len(due), unit="hand-in"):
        results[name] = result
        if kept:
            kept.write_text(json.dumps({k: v.as_dict() for k, v in results.items()}, indent=1))
    return results


def page(stock: Results, here: Results) -> str:
    bad, unlucky = attacks(), accidents()
    return "\n".join(
        [
            INTRODUCTION.format(
                most=sum(maxima().values()), checks=len(maxima()), seconds=runner.STOCK_SECONDS
            ),
            ATTACKS.format(
                count=len(bad),
                tried=sum(case.stock for case in bad),
                stock=sum(case.id in stock and stock[case.id].wins(case) for case in bad),
                here=sum(here[case.id].wins(case) for case in bad),
            ),
            *(line for bank in BANKS for line in attack_lines(bank, stock, here)),
            ACCIDENTS.format(
                count=len(unlucky),
                most=sum(maxima().values()),
                stock=sum(
                    case.id in stock and bool(stock[case.id].losses(case)) for case in unlucky
                ),
                here=sum(bool(here[case.id].losses(case)) for case in unlucky),
            ),
            *accident_lines(stock, here),
            "",
        ]
    )


def attack_lines(bank: str, stock: Results, here: Results) -> Iterator[str]:
    yield f"\n### {BANKS[bank]}\n"
    yield "| attack | what it tries | earned | stock nbgrader | here | how it ended here |"
    yield "|---|---|---|---|---|---|"
    yield from (line(case, stock, here) for case in attacks() if case.bank == bank)


def accident_lines(stock: Results, here: Results) -> Iterator[str]:
    yield "\n| accident | what happened | due | stock nbgrader | here | what was seen here |"
    yield "|---|---|---|---|---|---|"
    yield from (line(case, stock, here) for case in accidents())


def line(case: Case, stock: Results, here: Results) -> str:
    result = here[case.id]
    due = f"{sum(case.points.values()):g}"
    told = case.title, case.tries, due, cell(case, stock.get(case.id)), cell(case, result)
    return "| " + " | ".join(map(escape, [*told, result.outcome])) + " |"


def cell(case: Case, result: Result | None) -> str:
    """The points, and what else it did."""
    if result is None:
        return "not tried"
    told = [f"{result.total:g}", *result.harm[:1]]
    if result.outcome.startswith("no grade"):
        told.append(result.outcome.partition(": grading/")[0])  # the folder is that of the line
    text = "; ".join(told)
    return f"**{text}**" if result.wins(case) or result.losses(case) else text


def escape(text: str) -> str:
    """Text as a table of GitHub's Markdown shows it."""
    for sign in "\\|<>`_$":
        text = text.replace(sign, "\\" + sign)
    return text


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--stock", type=Path, help="keeps and takes stock's results (JSON)")
    options = parser.parse_args(words)
    cases = [*attacks(), *accidents()]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        course = runner.make_course(folder / "course")
        here = runner.grade_here(course, folder / "here", cases)
        stock = measure_stock(course, folder, cases, options.stock)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(stock, here), encoding="utf-8")


if __name__ == "__main__":
    main()
