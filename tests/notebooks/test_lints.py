"""The notebooks' sources keep the rules of ``lints``; and each lint notices what it is for."""

from pathlib import Path

import jupytext
import pytest

from tests.notebooks import lints
from tests.notebooks.fastpath import Cell, read_cells, read_written

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixture/solutions/00_average/00_average.py"
NOTEBOOKS = [FIXTURE, *sorted(ROOT.glob("solutions/*/*.py"))]
CODE = [*sorted(ROOT.glob("ganlib/**/*.py")), *NOTEBOOKS]
TEXTS = [*CODE, *sorted(ROOT.glob("solutions/*/*.ipynb")), *sorted(ROOT.glob("course/*/*.ipynb"))]

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@notebooks
@pytest.mark.parametrize(
    "lint",
    [
        lints.hidden_checks_stand_alone,
        lints.checks_say_what_they_test,
        lints.every_solution_is_checked,
        lints.asserts_say_what_is_wrong,
    ],
    ids=lambda lint: lint.__name__,
)
def test_cells_keep_the_rules(path, lint):
    assert not list(lint(read_cells(path)))


@notebooks
def test_ids_are_unique(path):
    assert not list(lints.ids_are_unique(read_cells(path) + read_written(path)))


@notebooks
def test_written_answers_have_a_marking_scheme(path):
    assert not list(lints.written_answers_have_a_marking_scheme(read_written(path)))


@notebooks
def test_check_cells_import_what_they_use(path):
    released = read_cells(path, released=True)
    assert not list(lints.check_cells_import_what_they_use(released, read_cells(path)))


@notebooks
def test_exercises_are_introduced(path):
    cells = read_cells(path) + read_written(path)
    assert not list(lints.exercises_are_introduced(jupytext.read(path), cells))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_log_is_taken_of_a_sigmoid(path):
    assert not list(lints.no_log_of_a_sigmoid(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_path_of_a_machine(path):
    assert not list(lints.no_path_of_a_machine(path.read_text(encoding="utf-8")))


def test_no_two_notebooks_share_the_name_of_a_solution_cell():
    """A bank is named after its solution cell alone."""
    cells = [c for path in NOTEBOOKS for c in read_cells(path) if c.kind == "solution"]
    assert not list(lints.ids_are_unique(tuple(cells)))


# What follows shows each lint a fault.

REGION = "### BEGIN HIDDEN TESTS\nassert f() == 1, 'one'\n### END HIDDEN TESTS"
HIDDEN = f"{lints.HIDDEN_LINE}\n{REGION}"


def cell(source: str, grade_id: str = "A1-one", kind: str = "check") -> Cell:
    return Cell(grade_id, kind, 1, source)


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("assert f(torch.ones(1)), 'one'", "torch"),
        ("import torch\nassert f(torch.ones(1)), 'one'", None),
        ("import torch as t\nassert all(f(t.tensor(a)) for a in [1]), 'one'", None),
        ("def inner(x):\n    y = x\n    return helper(y)\nassert inner(1), 'one'", "helper"),
        ("from ganlib.checks import quietly\nwith quietly():\n    f(shape)\n", "shape"),
        ("assert f(lambda a, *b: a) == given, 'one'", None),
        ("assert g(1), 'one'", "g"),
    ],
)
def test_a_name_out_of_nowhere_is_noticed(source, missing):
    setup = cell("import torch\ngiven = 1", "setup", "locked")
    solved = cell("def f():\n    return 1\ndef g():\n    return 2", "A1", "solution")
    stub = cell("def f():\n    raise NotImplementedError()", "A1", "solution")
    found = list(
        lints.check_cells_import_what_they_use(
            (setup, stub, cell(source)), (setup, solved, cell(source))
        )
    )
    assert found == ([f"A1-one uses {missing}, which it does not import"] if missing else [])


@pytest.mark.parametrize(
    ("grade_id", "source", "words"),
    [
        ("A1-hidden-one", f"import torch\n{HIDDEN}", "the whole cell"),
        ("A1-hidden-one", REGION, "under `# A hidden check"),
        ("A1-hidden-one", f"{HIDDEN}\n{HIDDEN}", "the whole cell"),
        ("A1-one", HIDDEN, "hidden checks, and no others"),
        ("A1-hidden-one", "assert f() == 1, 'one'", "hidden checks, and no others"),
    ],
)
def test_a_half_hidden_check_is_noticed(grade_id, source, words):
    (found,) = lints.hidden_checks_stand_alone((cell(source, grade_id),))
    assert words in found


def test_a_check_that_does_not_say_what_it_tests_is_noticed():
    silent, telling = cell("import torch"), cell("# Two halves make a whole.\nimport torch")
    (found,) = lints.checks_say_what_they_test((silent, telling))
    assert found == "A1-one does not begin with a comment that says what it tests"


def test_a_solution_without_checks_is_noticed():
    solutions = [cell(f"def {name}(): return 1", f"A1-{name}", "solution") for name in "fg"]
    checks = [cell("assert f() == 1, 'one'"), cell(HIDDEN, "A1-hidden-one")]
    assert list(lints.every_solution_is_checked((*solutions, *checks))) == [
        "A1-g has no visible check",
        "A1-g has no hidden check",
    ]
    assert not list(lints.every_solution_is_checked((solutions[0], *checks)))
    through_a_helper = cell("def f():\n    return g()", "helper", "locked")
    assert not list(lints.every_solution_is_checked((solutions[1], through_a_helper, *checks)))


def test_a_silent_assert_is_noticed():
    found = lints.asserts_say_what_is_wrong((cell("for a in 1, 2:\n    assert f() == a"),))
    assert list(found) == ["A1-one: no message for `assert f() == a`"]


def test_a_repeated_id_is_noticed():
    assert list(lints.ids_are_unique((cell("1"), cell("2")))) == ["A1-one is the id of 2 cells"]


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("Because.", "A1-why has no line `Marking scheme`"),
        ("Because.\n\nMarking scheme\n\n- 1 point: a reason.", "and the scheme gives 1"),
        ("Because.\n\nMarking scheme\n\n- 2 points: a.\n- 1 point: b.", "and the scheme gives 3"),
        ("Because.\n\nMarking scheme\n\n- 2 points:\n", "and the scheme gives 0"),
    ],
)
def test_a_marking_scheme_that_does_not_add_up_is_noticed(scheme, words):
    (found,) = lints.written_answers_have_a_marking_scheme((Cell("A1-why", "written", 2, scheme),))
    assert words in found


@pytest.mark.parametrize(
    ("fault", "repair", "words"),
    [
        ("### Exercise F1 ·", "### Exercise F1:", "no heading `### Exercise F1"),
        ("### Exercise F3 ·", "### Exercise F3:", "no heading `### Exercise F3"),
        ("Difficulty 1 of 5 · 2 minutes", "Difficulty 6 of 5 · 2 minutes", "no heading"),
        ("<summary>Hint<", "<summary>Look<", "has 0 folded hints"),
        ("<summary>Hint<", "<summary>Hint</summary><summary>Hint<", "has 2 folded hints"),
    ],
)
def test_an_exercise_without_its_heading_or_hint_is_noticed(fault, repair, words):
    text = FIXTURE.read_text(encoding="utf-8")
    faulty = jupytext.reads(text.replace(fault, repair, 1), fmt="py:percent")
    cells = read_cells(FIXTURE) + read_written(FIXTURE)
    assert words in "\n".join(lints.exercises_are_introduced(faulty, cells))


@pytest.mark.parametrize(
    "text",
    ["torch.log(torch.sigmoid(a))", "-log(sigmoid(a)).mean()", "a.sigmoid().log()"],
)
def test_the_log_of_a_sigmoid_is_noticed(text):
    assert list(lints.no_log_of_a_sigmoid(text))


@pytest.mark.parametrize("text", ["logsigmoid(a)", "sigmoid(log(a))", "# log(sigmoid(a))"])
def test_other_logs_are_no_concern(text):
    assert not list(lints.no_log_of_a_sigmoid(text))


@pytest.mark.parametrize("folder", ["home", "root", "tmp", "work", "Users"])
def test_a_path_of_a_machine_is_noticed(folder):
    assert list(lints.no_path_of_a_machine(f'File "/{folder}/x.py", line 1'))
    assert list(lints.no_path_of_a_machine(f"={{/{folder}/.cache"))
    assert not list(lints.no_path_of_a_machine(f"./{folder}/x and https://a.org/{folder}/x"))
