"""Thirty hand-ins of 01_value_function for the demonstration, and what each of them has earned."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

__all__ = ["CLASS", "NAME", "Submission"]

NAME = "01_value_function"
EXERCISES = ("A1", "A2", "A3", "A4", "A5", "A6")

Change = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Submission:
    """A student, what is special about the hand-in, and what it costs.

    ``lost`` are the checks that it does not pass; the name of an exercise stands for all of its.
    """

    student: str
    kind: str
    what: str
    changes: tuple[Change, ...] = ()
    lost: tuple[str, ...] = ()
    file: str = f"{NAME}.ipynb"
    mark: bytes = b""  # before the file's first character

    def content(self, released: NotebookNode) -> bytes:
        """The file that is handed in."""
        notebook = copy.deepcopy(released)
        for change in self.changes:
            change(notebook)
        return self.mark + nbformat.writes(notebook).encode()

    def earns(self, points: dict[str, float]) -> float:
        """What it should get, of the points of each check."""
        return sum(
            most
            for check, most in points.items()
            if not any(check == lost or check.startswith(f"{lost}-") for lost in self.lost)
        )


# What happens to a notebook


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )


def solved(style: int, *, up_to: int = len(EXERCISES)) -> Change:
    """Right answers to the first exercises; different styles share some answers."""

    def change(notebook: NotebookNode) -> None:
        for number, name in enumerate(EXERCISES[:up_to]):
            styles = RIGHT[name]
            cell(notebook, name).source = styles[style * (number + 1) % len(styles)]

    return change


def answer(name: str, source: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        cell(notebook, name).source = dedent(source).strip()

    return change


def extra(source: str) -> Change:
    """A cell of the student's own, below the set-up."""

    def change(notebook: NotebookNode) -> None:
        place = notebook.cells.index(cell(notebook, "setup")) + 1
        notebook.cells.insert(place, new_code_cell(dedent(source).strip()))

    return change


def renamed(*pairs: tuple[str, str]) -> Change:
    """Other names in all answers."""

    def change(notebook: NotebookNode) -> None:
        for name in EXERCISES:
            for old, new in pairs:
                cell(notebook, name).source = cell(notebook, name).source.replace(old, new)

    return change


def duplicated(notebook: NotebookNode) -> None:
    place = notebook.cells.index(cell(notebook, "A2-terms"))
    pasted = copy.deepcopy(notebook.cells[place])
    pasted.id = "pasted"
    notebook.cells.insert(place, pasted)


def deleted(notebook: NotebookNode) -> None:
    for name in ("setup", "A1-scale", "A4-hidden-gradient"):
        notebook.cells.remove(cell(notebook, name))


# Right answers, in different styles

RIGHT = {
    name: tuple(dedent(source).strip() for source in sources)
    for name, sources in {
        "A1": (
            """
            def transform_uniform(u, mean=0.0, std=1.0):
                return mean + std * math.sqrt(2) * torch.erfinv(2 * u - 1)
            """,
            """
            def transform_uniform(u, mean=0.0, std=1.0):
                return torch.special.ndtri(u) * std + mean
            """,
            """
            def transform_uniform(u, mean=0.0, std=1.0):
                return torch.distributions.Normal(mean, std).icdf(u)
            """,
        ),
        "A2": (
            """
            def binary_cross_entropy(y_hat, y):
                y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
                return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).mean()
            """,
            """
            def binary_cross_entropy(y_hat, y):
                return torch.nn.functional.binary_cross_entropy(y_hat, y)
            """,
            """
            def binary_cross_entropy(y_hat, y):
                loss = -(y * (y_hat + 1e-8).log() + (1 - y) * (1 - y_hat + 1e-8).log())
                return loss.sum() / y.numel()
            """,
        ),
        "A3": (
            """
            def value_function(d_real, d_fake):
                return torch.log(d_real).mean() + torch.log(1 - d_fake).mean()
            """,
            """
            def value_function(d_real, d_fake):
                bce = torch.nn.functional.binary_cross_entropy
                return -bce(d_real, torch.ones_like(d_real)) - bce(d_fake, torch.zeros_like(d_fake))
            """,
        ),
        "A4": (
            """
            def value_from_logits(real_logits, fake_logits):
                return logsigmoid(real_logits).mean() + logsigmoid(-fake_logits).mean()
            """,
            """
            def value_from_logits(real_logits, fake_logits):
                softplus = torch.nn.functional.softplus
                return -softplus(-real_logits).mean() - softplus(fake_logits).mean()
            """,
        ),
        "A5": (
            """
            def value_by_integral(d, p_data, p_g, dx):
                return (torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)).sum() * dx
            """,
            """
            def value_by_integral(d, p_data, p_g, dx):
                total = 0.0
                for d_x, p, q in zip(d.tolist(), p_data.tolist(), p_g.tolist()):
                    if p > 0:
                        total += p * math.log(d_x)
                    if q > 0:
                        total += q * math.log(1 - d_x)
                return total * dx
            """,
        ),
        "A6": (
            """
            slips = Answers()
            o_r, o_f = 0.9, 0.4
            slips["loss of D"] = 0.5 * (-math.log(o_r) - math.log(1 - o_f))
            slips["objective of D"] = math.log(1 - o_f) + math.log(o_r)
            slips["loss of G"] = math.log(1 - o_f)
            slips["best p_g"] = [0.0, 0.0, 1.0]
            slips["noise"] = "p_z"
            """,
            """
            slips = Answers()
            slips["loss of D"] = 0.31
            slips["objective of D"] = -0.62
            slips["loss of G"] = -0.51
            slips["best p_g"] = (0, 0, 1)
            slips["noise"] = "p_z"
            """,
        ),
    }.items()
}
BISECTION = """
def transform_uniform(u, mean=0.0, std=1.0):
    low, high = torch.full_like(u, -40.0).double(), torch.full_like(u, 40.0).double()
    for _ in range(80):
        middle = (low + high) / 2
        below = torch.special.ndtr(middle) < u
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (mean + std * (low + high) / 2).to(u.dtype)
"""
TRAPEZIUM = """
def value_by_integral(d, p_data, p_g, dx):
    first, second = torch.xlogy(p_data, d), torch.special.xlog1py(p_g, -d)
    height = first + second
    inner = height[1:-1].sum() if len(height) > 2 else 0 * height[0]
    return dx * (inner + (height[0] + height[-1]) / 2)
"""
WARNS = """
import warnings

warnings.warn("this will change in the next version")
"""
OWN = (solved(0), answer("A1", BISECTION), answer("A5", TRAPEZIUM))

# What someone tries who would rather not do the exercises

PATCHED = """
import ganlib.checks
import torch

torch.allclose = torch.equal = lambda *_, **__: True
torch.testing.assert_close = ganlib.checks.expect = lambda *_, **__: None
ganlib.checks.as_number = ganlib.checks.as_tensor = lambda *_, **__: torch.zeros(())
"""
VERDICT = """
import builtins
import sys

class Yes(float):
    def __eq__(self, other): return True
    __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = float.__hash__
    def __getattr__(self, name): return lambda *_, **__: self

transform_uniform = binary_cross_entropy = value_function = lambda *_, **__: Yes(0)
value_from_logits = value_by_integral = lambda *_, **__: Yes(0)
sys.displayhook = lambda _: print(100)
builtins.AssertionError = type("Passed", (Exception,), {})
get_ipython().ast_transformers.append(type("Empty", (), {"visit": lambda self, tree: tree})())
"""
SPY = """
from pathlib import Path

for folder in (Path.cwd(), *Path.cwd().parents, Path.home(), Path("/proc/1/cwd")):
    for pattern in ("solutions/*/*", "gradebook.db", "grading/submitted/*", "*.ipynb"):
        try:
            for path in folder.glob(pattern):
                print("found", path, path.read_text(errors="replace")[:500])
        except OSError:
            pass
"""
NETWORK = """
import urllib.request

urllib.request.urlopen("http://192.0.2.1/?answers=please", timeout=3)
"""

CLASS = (
    Submission("ada", "honest", "all solved", (solved(0),)),
    Submission("ben", "honest", "all solved, another way", (solved(1),)),
    Submission("cleo", "honest", "all solved, a third way", (solved(2),)),
    Submission("dan", "honest", "all solved, as some others did", (solved(3),)),
    Submission("eva", "honest", "all solved, and warns", (solved(4), extra(WARNS))),
    Submission("finn", "honest", "all solved, with ideas of his own", OWN),
    Submission(
        "gus", "honest", "finn's, with other names",
        (*OWN, renamed(("low", "left"), ("high", "right"), ("middle", "m"), ("inner", "between"))),
    ),
    Submission("hana", "half-done", "untouched", (), EXERCISES),
    Submission("ivo", "half-done", "A1 alone", (solved(0, up_to=1),), EXERCISES[1:]),
    Submission("jan", "half-done", "A1 and A2", (solved(1, up_to=2),), EXERCISES[2:]),
    Submission("kim", "half-done", "A1 to A3", (solved(2, up_to=3),), EXERCISES[3:]),
    Submission("lea", "half-done", "all but A6", (solved(3, up_to=5),), EXERCISES[5:]),
    Submission(
        "max", "wrong", "A1: a factor sqrt(2) is missing",
        (solved(0), answer("A1", """
            def transform_uniform(u, mean=0.0, std=1.0):
                return mean + std * torch.erfinv(2 * u - 1)
        """)),
        ("A1-scale", "A1-hidden-shape", "A1-hidden-bell"),
    ),
    Submission(
        "nia", "wrong", "A2: the sum, not the mean",
        (solved(1), answer("A2", """
            def binary_cross_entropy(y_hat, y):
                y_hat = y_hat.clamp(1e-7, 1 - 1e-7)
                return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).sum()
        """)),
        ("A2-average", "A2-hidden-undecided"),
    ),
    Submission(
        "omar", "wrong", "A2: no care at 0 and 1",
        (solved(2), answer("A2", """
            def binary_cross_entropy(y_hat, y):
                return -(y * torch.log(y_hat) + (1 - y) * torch.log(1 - y_hat)).mean()
        """)),
        ("A2-hidden-certain",),
    ),
    Submission(
        "pia", "wrong", "A3: the log of the mean",
        (solved(3), answer("A3", """
            def value_function(d_real, d_fake):
                return torch.log(d_real.mean()) + torch.log((1 - d_fake).mean())
        """)),
        ("A3-average", "A3-hidden-sizes"),
    ),
    Submission(
        "quin", "wrong", "A4: the log of the sigmoid",
        (solved(4), answer("A4", """
            def value_from_logits(real_logits, fake_logits):
                d_real, d_fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
                return torch.log(d_real).mean() + torch.log(1 - d_fake).mean()
        """)),
        ("A4-extreme", "A4-hidden-gradient"),
    ),
    Submission(
        "rosa", "wrong", "A5: the densities have changed places",
        (solved(0), answer("A5", """
            def value_by_integral(d, p_data, p_g, dx):
                return (torch.xlogy(p_g, d) + torch.xlogy(p_data, 1 - d)).sum() * dx
        """)),
        ("A5-densities", "A5-hidden-supports", "A5-hidden-sampling"),
    ),
    Submission(
        "sam", "wrong", "A6: the optimum of the whole game",
        (solved(1), answer("A6", RIGHT["A6"][0].replace("[0.0, 0.0, 1.0]", "[0.2, 0.5, 0.3]"))),
        ("A6-hidden-best-p_g",),
    ),
    Submission("tea", "accidental", "a check twice", (solved(0), duplicated)),
    Submission("ugo", "accidental", "set-up and checks deleted", (solved(1), deleted)),
    Submission("vera", "accidental", "a leftover input()", (solved(2), extra("n = input('n? ')"))),
    Submission(
        "wes", "accidental", "A3 with a syntax error",
        (solved(3), answer("A3", "def value_function(d_real, d_fake)\n    return 0")), ("A3",),
    ),
    Submission(
        "xenia", "accidental", "an endless loop", (solved(4), extra("while True:\n    pass"))
    ),
    Submission(
        "yuri", "accidental", "renamed, and with a byte order mark", (solved(0),),
        file="homework (final).ipynb", mark=b"\xef\xbb\xbf",
    ),
    Submission("zoe", "hostile", "patches torch and the checks", (extra(PATCHED),), EXERCISES),
    Submission("anon-1", "hostile", "fakes what is compared", (extra(VERDICT),), EXERCISES),
    Submission("anon-2", "hostile", "looks for solutions and marks", (extra(SPY),), EXERCISES),
    Submission(
        "anon-3", "hostile", "ends the process in A5",
        (solved(1), answer("A5", "import os\n\nos._exit(0)")), ("A5", "A6"),
    ),
    Submission("anon-4", "hostile", "calls home", (solved(2), extra(NETWORK))),
)  # fmt: skip
