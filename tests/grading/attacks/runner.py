"""Grades the banks, on stock nbgrader and with the project's settings, and says what came of it."""

import hashlib
import html.parser
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from ganlib.grading.authoring.build import read_source
from tests.grading import commands
from tests.grading.attacks.bank import NAME, SOURCE, Case, maxima, solved
from tests.grading.quick import grade_in_this_process

# Before any process of the graders starts: their environment is not a hand-in's to see.
os.environ["GRADERS_SECRET"] = "known to graders alone"

ROOT = Path(__file__).parents[3]
NEIGHBOUR = "aaron"  # an honest student, graded before all others
OUTSIDE = 47113  # the port of a server that no hand-in should reach
SECONDS = 2  # of computing, that a cell or a check may take here: a whole hand-in takes one
STOCK_SECONDS = 10  # on the wall, that a cell may take on stock nbgrader
PATIENCE = 180  # seconds for a hand-in on stock nbgrader

SETTINGS = f"""
c.Execute.timeout = c.IsolatedExecute.check_timeout = {SECONDS}
c.IsolatedExecute.grace = 1
"""
STOCK_SETTINGS = f"""
from pathlib import Path

root = Path(__file__).resolve().parent
c = get_config()
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = f"sqlite:///{{root}}/gradebook.db?timeout=60"
c.Execute.timeout = {STOCK_SECONDS}
"""


@dataclass
class Result:
    """What came of a hand-in: points by check, what it reached, and one line that says how."""

    points: dict[str, float] = field(default_factory=dict)
    harm: list[str] = field(default_factory=list)
    outcome: str = ""
    page: bool = False  # there is a feedback page

    @property
    def total(self) -> float:
        return sum(self.points.values())

    def gains(self, case: Case) -> float:
        """Points beyond those that the hand-in has earned."""
        return sum(max(0.0, got - case.points.get(name, 0)) for name, got in self.points.items())

    def losses(self, case: Case) -> list[str]:
        """The checks that the hand-in passes and got no points for."""
        return [name for name, due in case.points.items() if self.points.get(name, 0) < due]

    def wins(self, case: Case) -> bool:
        return bool(self.gains(case) or self.harm)

    def objections(self, case: Case) -> str:
        """What is not as it should be, in one line; nothing where all is."""
        words = [f"harm: {each}" for each in self.harm]
        for name in sorted(self.points.keys() | case.points.keys()):
            got, due = self.points.get(name, 0), case.points.get(name, 0)
            words += [f"{name} has {got:g} points, due are {due:g}"] if got != due else []
        return f"{'; '.join(words)}; the grader says: {self.outcome}" if words else ""

    as_dict = asdict


def make_course(root: Path) -> Path:
    """A course of the one notebook, released, in which an honest student has been graded.

    Raises:
        RuntimeError: he has not got all his points; in one line, what the grader says.
    """
    (root / "home").mkdir(parents=True)
    (root / "solutions" / NAME).mkdir(parents=True)
    shutil.copy(SOURCE, root / "solutions" / NAME)
    settings = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(settings + SETTINGS, encoding="utf-8")
    source = root / "solutions" / NAME / SOURCE.name
    nbformat.write(read_source(source), source.with_suffix(".ipynb"))
    run(root, "nbgrader", "generate_assignment", NAME)
    folder = root / "grading/submitted" / NEIGHBOUR / NAME
    folder.mkdir(parents=True)
    nbformat.write(solved(released(root)), folder / f"{NAME}.ipynb")
    log = grade_in_this_process(root, NAME)
    if loss := [*neighbours_loss(root)]:
        raise RuntimeError(f"{loss[0]}: {' '.join(log.split())[-300:]}")
    return root


def released(root: Path) -> nbformat.NotebookNode:
    return nbformat.read(root / "course" / NAME / f"{NAME}.ipynb", as_version=4)


def hand_in(root: Path, case: Case) -> None:
    case.hand_in(released(root), root / "grading/submitted" / case.id / NAME)


def surroundings(folder: Path) -> dict[str, str]:
    """What the environment of a command in ``folder`` has besides: a home of its own."""
    return {"HOME": str(folder / "home")}


def run(folder: Path, *words: str, check: bool = True) -> str:
    """What a command says; RuntimeError where it fails and should not."""
    return commands.run(folder, *words, check=check, **surroundings(folder))


# Here


def grade_here(course: Path, root: Path, cases: list[Case]) -> dict[str, Result]:
    """Grades ``cases`` in one run, as one class, with the project's settings."""
    shutil.copytree(course, root)
    for case in cases:
        hand_in(root, case)
    before = digest(root)
    with server():
        log = grade_in_this_process(root, NAME)
        log += run(root, "nbgrader", "generate_feedback", NAME, check=False)
    return {case.id: read_result(root, case, before, log) for case in cases}


class Graded:
    """The results of ``cases``: asked for one, it grades all those of the same bank in one run."""

    def __init__(self, course: Path, base: Path, cases: list[Case]) -> None:
        self.course, self.base, self.cases = course, base, cases
        self.results: dict[str, Result] = {}

    def __getitem__(self, case: Case) -> Result:
        if case.id not in self.results:
            bank = [each for each in self.cases if each.bank == case.bank]
            self.results |= grade_here(self.course, self.base / case.bank, bank)
        return self.results[case.id]


# On stock nbgrader


def grade_on_stock(course: Path, base: Path, cases: list[Case]) -> Iterator[tuple[str, Result]]:
    """Grades hand-ins on stock nbgrader, each in a folder of its own below ``base``.

    All of it happens in a container, which keeps the harm to ``base``.
    """
    base.mkdir()
    known = {}
    for case in cases:
        shutil.copytree(course, base / case.id)
        hand_in(base / case.id, case)
        known[case.id] = case, digest(base / case.id)
    module = ["tests.grading.attacks.stock", NAME, str(PATIENCE), str(base)]
    process = subprocess.Popen(
        [*container(base), sys.executable, "-m", *module],
        cwd=base,
        env=commands.environment() | surroundings(base),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with server(), process:
        for line in process.stdout:
            if (name := line.strip()) in known:
                log = (base / name / "log").read_text(encoding="utf-8", errors="replace")
                yield name, read_result(base / name, *known[name], log)
                shutil.rmtree(base / name, ignore_errors=True)


def container(root: Path) -> tuple[str, ...]:
    """Read-only but for ``root`` and a /tmp of its own; no other processes in sight."""
    kept = [word for path in (sys.prefix, str(ROOT)) for word in ("--ro-bind", path, path)]
    return (
        *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
        *(*kept, "--bind", str(root), str(root), "--unshare-pid", "--die-with-parent"),
    )


def stock_course(course: Path, root: Path) -> Path:
    """A copy of the course with stock settings, the neighbour graded."""
    shutil.copytree(course, root)
    (root / "nbgrader_config.py").write_text(STOCK_SETTINGS, encoding="utf-8")
    run(root, "nbgrader", "autograde", NAME, "--student", NEIGHBOUR)
    return root


# What came of it


def read_result(root: Path, case: Case, before: dict[str, str], log: str) -> Result:
    notebook = root / "grading/autograded" / case.id / NAME / f"{NAME}.ipynb"
    page = root / "grading/feedback" / case.id / NAME / f"{NAME}.html"
    cells = []
    with suppress(Exception):
        cells = nbformat.read(notebook, as_version=4).cells
    points = read_points(root, case.id)
    harm = [*leaks(cells, root), *changes(before, digest(root)), *neighbours_loss(root)]
    if page.exists():
        harm += scripts(page.read_text(encoding="utf-8"))
    told = outcome(root, case, cells, points, inside(root, log))
    return Result(points, harm, told, page.exists())


def inside(root: Path, text: str) -> str:
    """Text without the folders in which the course and this project happen to lie."""
    for folder in (root, ROOT):
        text = text.replace(f"{folder}/", "")
    return text


def read_points(root: Path, student: str) -> dict[str, float]:
    """By check, the points given; a mark set by hand counts."""
    with (
        suppress(MissingEntry, Exception),
        Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook,
    ):
        grades = gradebook.find_submission(NAME, student).notebooks[0].grades
        return {grade.name: grade.score for grade in grades if grade.score}
    return {}


def neighbours_loss(root: Path) -> Iterator[str]:
    points = read_points(root, NEIGHBOUR)
    if points != maxima():
        yield f"another student has {sum(points.values()):g} of {sum(maxima().values()):g} points"


def leaks(cells: list[nbformat.NotebookNode], root: Path) -> Iterator[str]:
    """What an attack boasts of having reached."""
    for cell in cells:
        for output in cell.get("outputs", []):
            text = "".join(output.get("text", "")) + str(output.get("data", ""))
            if found := re.search(r"LEAK (.{0,60})", inside(root, text)):
                yield f"reached {found[1]}"


def digest(root: Path) -> dict[str, str]:
    """What no hand-in may change: settings, solutions, hand-ins, the neighbour's files."""
    files = [
        root / "nbgrader_config.py",
        *root.glob("solutions/**/*"),
        *root.glob(f"grading/*/{NEIGHBOUR}/**/*"),
        *root.glob("**/*pwned*"),
    ]
    beside = re.compile(r"grading/(submitted|autograded)/(?!aaron/)")
    return {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file()
        and "/feedback/" not in str(file)
        and not beside.match(str(file.relative_to(root)))
    }


def changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"changed {name}"


class Scripts(html.parser.HTMLParser):
    """Looks for what would run, load or lead elsewhere when the page is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        values = " ".join(f"{name}={value}" for name, value in attrs)
        if "pwned" in values or "aaron" in values:
            self.found.append(f"the page holds <{tag}>")

    def handle_data(self, data: str) -> None:
        if self.inside == "script" and "pwned" in data:
            self.found.append("the page runs a script")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def scripts(page: str) -> list[str]:
    parser = Scripts()
    parser.feed(page)
    return sorted(set(parser.found))


COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def outcome(root: Path, case: Case, cells: list, points: dict[str, float], log: str) -> str:
    """One line: what the grader said of it, or the first error of its own or of a check."""
    if record := re.search(rf"^{re.escape(case.id)} +failed.*? s +(.*)$", log, re.M):
        return brief(record[1])
    if not cells:
        errors = re.findall(
            r"\[\w+App \| (?:ERROR|CRITICAL)\] (.*)|\[ERROR\] (.*)|^(\w+Error.*)", log, re.M
        )
        told = [next(filter(None, parts)) for parts in errors]
        told = [line for line in told if "logfile" not in line and "failed assignment" not in line]
        return brief(f"no grade: {told[0] if told else 'the run was aborted'}")
    found = [*errors_of(cells, points)]
    if told := [line for line in found if not line.startswith("NotImplementedError")]:
        return brief(told[0])
    return "the exercises stay unsolved" if found else "every check has passed"


def errors_of(cells: list, points: dict[str, float]) -> Iterator[str]:
    """The errors of the checks without points, then those of cells that are not graded."""
    checks = [c for c in cells if c.metadata.get("nbgrader", {}).get("grade")]
    lost = [c for c in checks if c.metadata.nbgrader.grade_id not in points]
    plain = [c for c in cells if c not in checks]
    for cell in (*plain, *lost):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"{output.ename}: {output.evalue}"


def brief(text: str) -> str:
    lines = COLOURS.sub("", text).strip().splitlines() or [""]
    return lines[0][:110].strip()


@contextmanager
def server() -> Iterator[None]:
    """A server on this machine that a hand-in should not reach."""
    with closing(socket.create_server(("127.0.0.1", OUTSIDE), reuse_port=True)) as listener:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with closing(connection):
                        connection.sendall(b"a word from outside")

        threading.Thread(target=answer, daemon=True).start()
        yield
