"""How many hand-ins a minute are graded, and what each costs: python benchmarks/grading.py [NAME]

The same hand-ins, solved and untouched in turn, by a loop of stock `nbgrader autograde --student`
commands, and by `python -m ganlib.grading grade` on one local process and on one for each core. CPU
seconds are those of a command and of all that it started, its own start included. The last table
says how long 5,000 hand-ins would take; `--write` puts all into docs/cluster.md.
"""

import argparse
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from reference import reference_seconds, verdict

from ganlib.grading.batch.grade import Run
from ganlib.grading.batch.store import AssignmentStore
from ganlib.grading.execution.assignment import read_assignment, read_course
from ganlib.grading.execution.task import GradingResult

ROOT = Path(__file__).parents[1]
N = 5000
BEGIN, END = "<!-- benchmarks/grading.py writes from here -->", "<!-- to here -->"
# Stock nbgrader's own settings, in a course whose folders are ours.
STOCK = """
from nbgrader.converters import Autograde
c.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
"""


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def run(course: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", *command],
        cwd=course,
        env=environment(),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def new_course(root: Path, name: str, hand_ins: int) -> Path:
    """The course with one assignment and a class that hands in, solved and untouched in turn."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions" / name, root / "solutions" / name)
    run(root, "nbgrader", "generate_assignment", name)
    for number in range(hand_ins):
        folder = root / f"grading/submitted/s{number:04}/{name}"
        folder.mkdir(parents=True)
        source = root / ("solutions" if number % 2 else "course") / name / f"{name}.ipynb"
        shutil.copy(source, folder)
    return root


def grade(course: Path, name: str, students: list[str], workers: int) -> None:
    """With ganlib on so many processes; with stock nbgrader, a command for each student, if 0."""
    if workers:
        run(course, "ganlib.grading", "grade", name, "--workers", str(workers))
        return
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(STOCK)
    for student in students:
        run(course, "nbgrader", "autograde", name, "--student", student)


def adopt_orphans() -> None:
    """Whatever a command leaves running becomes a child of this process (Linux)."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds that pass and CPU seconds that are spent, children and their children included."""
    adopt_orphans()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    with suppress(ChildProcessError):
        while True:  # what the command left behind, so that its CPU seconds are counted
            os.wait()
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu


def from_records(course: Path, name: str) -> tuple[float, float]:
    """The medians of a hand-in's seconds and CPU seconds, as the records have them."""
    files = (course / "grading/records" / name).glob("*.json")
    read = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return (
        statistics.median(each["seconds"] for each in read),
        statistics.median(each["cpu_seconds"] for each in read),
    )


def merging(course: Path, name: str, students: list[str]) -> float:
    """Seconds in which the instructor's machine reads a hand-in and merges its result; median."""
    config, coursedir = read_course(course)
    run = Run(
        AssignmentStore(coursedir, name),
        read_assignment(name, config, coursedir),
        course / "records",
    )
    taken = []
    for student in students:
        folder = run.the_class.autograded(student)
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        began = time.perf_counter()
        _, rows = run.prepare(student)
        run.keep(GradingResult(student, rows=rows, files=files))
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def measure(name: str, hand_ins: int) -> Iterator[str]:
    """Lines of Markdown."""
    before = reference_seconds()
    cores = os.cpu_count() or 1
    students = [f"s{number:04}" for number in range(hand_ins)]
    yield f"Measured on {cores} cores, {name}, {hand_ins} hand-ins:\n"
    yield "| | hand-ins a minute | CPU seconds a hand-in | against stock |"
    yield "|---|---|---|---|"
    rates = []
    for workers in (0, 1, cores):
        with tempfile.TemporaryDirectory() as folder:
            course = new_course(Path(folder), name, hand_ins)
            seconds, cpu = timed(partial(grade, course, name, students, workers))
            if workers:
                median, m = from_records(course, name), merging(course, name, students)
        rates.append(60 * hand_ins / seconds)
        title = f"ganlib.grading grade --workers {workers}" if workers else "stock, one by one"
        costs = f"{rates[-1]:.1f} | {cpu / hand_ins:.1f} | {rates[-1] / rates[0]:.1f}"
        yield f"| {title} | {costs} |"
    r = rates[-1] / cores
    yield "\nThe median hand-in, without the command's start, takes"
    yield f"{median[0]:.1f} s and {median[1]:.1f} CPU seconds, the student's own cells included."
    yield f"*r* = {r:.1f} hand-ins a minute and core, *m* = {m:.3f} s. So for *n* = {N:,}:\n"
    yield "| cores | minutes |"
    yield "|---|---|"
    for w in (2, 16, 64, 256):
        yield f"| {w} | {max(N / (r * w), N * m / 60):.0f} |"
    yield f"\nThe machine meanwhile, {verdict(before, reference_seconds())}."


def write(text: str) -> None:
    """Puts the lines where docs/cluster.md has its marks."""
    page = ROOT / "docs/cluster.md"
    head, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    page.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", nargs="?", default="01_value_function")
    parser.add_argument("--hand-ins", type=int, default=30)
    parser.add_argument("--write", action="store_true", help="into docs/cluster.md")
    options = parser.parse_args()
    lines = []
    for line in measure(options.name, options.hand_ins):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        write("\n".join(lines))


if __name__ == "__main__":
    main()
