"""Building a course of one small notebook: what comes out, and that it comes out again."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from ganlib.grading import cli
from ganlib.grading.authoring import build

ROOT = Path(__file__).parents[2]
NAME = "00_average"
SOURCE = f"solutions/{NAME}/{NAME}.py"
SOLVED = f"solutions/{NAME}/{NAME}.ipynb"
RELEASED = f"course/{NAME}/{NAME}.ipynb"


def new_course(root):
    """Makes ``root`` a course whose one notebook, the fixture's, is not built yet."""
    shutil.copytree(ROOT / "tests/notebooks/fixture/solutions", root / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


def files(course):
    """Every file of the course with its bytes, and when it was written."""
    return {
        file.relative_to(course).as_posix(): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in course.rglob("*")
        if file.is_file()
    }


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A course that has been built, for `built` to copy: building executes the notebook."""
    root = new_course(tmp_path_factory.mktemp("finished"))
    assert cli.main(["build", "--course", str(root)]) == 0
    return root


@pytest.fixture
def built(finished, tmp_path):
    return shutil.copytree(finished, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def unbuilt(tmp_path):
    return new_course(tmp_path)


def test_visible_checks_are_folded_and_so_is_what_asks_for_it(built):
    edit(built / SOURCE, '# %% picture="average.png"', '# %% tags=["fold"] picture="average.png"')
    solved = build.read_source(built / SOURCE)
    released = nbformat.read(built / RELEASED, as_version=4)
    folded = [
        {
            c.metadata.get("nbgrader", {}).get("grade_id")
            for c in nb.cells
            if "jupyter" in c.metadata
        }
        for nb in (solved, released)
    ]
    assert folded == [{"F1-constant", "F2-ends", None}, {"F1-constant", "F2-ends"}]
    assert all(c.metadata.jupyter.source_hidden for c in solved.cells if "jupyter" in c.metadata)


def test_a_hidden_check_leaves_a_line_that_says_so(built):
    released = nbformat.read(built / RELEASED, as_version=4)
    (left,) = {cell.source.strip() for cell in released.cells if "-hidden-" in cell.get("id", "")}
    assert left == "# A hidden check: it runs when your work is graded."


def test_the_same_source_gives_the_same_notebook(unbuilt):
    first, second = build.read_source(unbuilt / SOURCE), build.read_source(unbuilt / SOURCE)
    assert first == second
    assert [cell.id for cell in first.cells][:4] == ["cell-1", "setup", "cell-3", "F1"]


def test_the_solution_is_executed(built):
    notebook = nbformat.read(built / SOLVED, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert (built / f"solutions/{NAME}/images/average.png").read_bytes().startswith(b"\x89PNG")


def test_students_get_stubs_and_pictures_and_nothing_hidden(built):
    text = (built / RELEASED).read_text(encoding="utf-8")
    assert text.count("raise NotImplementedError()") == 2
    assert "x.mean()" not in text
    assert "marker_of_a_hidden_test" not in text
    names = {file.name for file in (built / RELEASED).parent.rglob("*") if file.is_file()}
    assert names == {f"{NAME}.ipynb", "average.png"}


def test_a_written_answer_is_released_empty_and_editable(built):
    (cell,) = (c for c in nbformat.read(built / RELEASED, as_version=4).cells if c.id == "F3-why")
    assert cell.source == "YOUR ANSWER HERE"
    assert cell.metadata.get("editable", True)
    assert cell.metadata.nbgrader.points == 3
    text = (built / RELEASED).read_text(encoding="utf-8")
    assert "marker of a model answer" not in text
    assert "Marking scheme" not in text


def test_building_leaves_no_gradebook(built):
    assert not list(built.rglob("*.db"))


def test_building_again_changes_nothing(built):
    before = files(built)
    assert cli.main(["build", "--course", str(built)]) == 0
    after = files(built)
    assert {name: content for name, (content, _) in after.items()} == {
        name: content for name, (content, _) in before.items()
    }
    assert after[SOLVED] == before[SOLVED]  # not even written


def test_executing_anew_gives_the_same_course(built):
    before = (built / RELEASED).read_bytes()
    assert cli.main(["build", "--course", str(built), "--execute", NAME]) == 0
    assert (built / RELEASED).read_bytes() == before


def test_a_built_course_passes_the_check_and_is_not_touched_by_it(built, capsys):
    before = files(built)
    assert cli.main(["build", "--course", str(built), "--check"]) == 0
    assert files(built) == before
    assert capsys.readouterr().out.endswith("course/ is what solutions/ builds: 00_average\n")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (SOURCE, "x.mean()", "x.mean", f"{SOLVED} is not 00_average.py, executed"),
        (SOLVED, '"execution_count": 1', '"execution_count": null', f"{SOLVED} is not"),
        (
            RELEASED,
            "The average",
            "An average",
            f"{RELEASED} is not what solutions/00_average gives",
        ),
    ],
)
def test_the_check_names_a_notebook_that_differs(built, capsys, file, old, new, words):
    edit(built / file, old, new)
    assert cli.main(["build", "--course", str(built), "--check"]) == 1
    first, last = capsys.readouterr().out.splitlines()[-2:]
    assert first.startswith(words)
    assert last == "run `make notebooks`"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SOLVED, "is missing"),
        (f"solutions/{NAME}/images/average.png", "is not the notebook's picture"),
        (f"course/{NAME}/images/average.png", "is not what solutions/00_average gives"),
    ],
)
def test_the_check_names_a_file_that_is_missing(built, capsys, file, words):
    (built / file).unlink()
    assert cli.main(["build", "--course", str(built), "--check"]) == 1
    assert f"{file} {words}" in capsys.readouterr().out


def test_the_check_names_a_file_too_many(built, capsys):
    (built / f"course/{NAME}/answers.txt").write_text("2")
    (built / "course/99_old").mkdir()
    assert cli.main(["build", "--course", str(built), "--check"]) == 1
    out = capsys.readouterr().out
    assert f"course/{NAME}/answers.txt is not what" in out
    assert "course/99_old has no source" in out


def test_an_error_in_a_cell_stops_the_build(unbuilt):
    edit(unbuilt / SOURCE, "return x.mean()", "return x.median")
    with pytest.raises(CellExecutionError, match="equal numbers"):
        cli.main(["build", "--course", str(unbuilt)])


def test_a_cell_without_its_picture_is_an_error(unbuilt, capsys):
    edit(unbuilt / SOURCE, "plt.show()", "plt.close()")
    assert cli.main(["build", "--course", str(unbuilt)]) == cli.STOPPED
    assert "is to give the picture average.png, and shows none" in capsys.readouterr().err


def test_an_unknown_name_is_refused(unbuilt, capsys):
    assert cli.main(["build", "--course", str(unbuilt), "01_median"]) == cli.STOPPED
    assert "no such notebook: 01_median; there are 00_average" in capsys.readouterr().err


def test_a_large_notebook_is_remarked_on(built, capsys, monkeypatch):
    monkeypatch.setattr(build, "LARGE", 100)
    cli.main(["build", "--course", str(built)])
    assert "make its pictures smaller" in capsys.readouterr().out


def test_another_notebook_is_not_an_executed_source():
    def notebook(*cells):
        return new_notebook(metadata=build.NOTEBOOK_METADATA, cells=list(cells))

    text, code = new_markdown_cell("x", id="a"), new_code_cell("x", id="b")
    run = new_code_cell("x", id="b", execution_count=1)
    source = notebook(text, code)
    assert build.is_executed(notebook(text, run), source)
    assert not build.is_executed(notebook(text, code), source)
    assert not build.is_executed(notebook(run, text), source)
    assert not build.is_executed(notebook(text), source)
    assert not build.is_executed(
        notebook(text, new_code_cell("y", id="b", execution_count=1)), source
    )


@pytest.mark.parametrize(
    ("data", "left"),
    [
        (
            {build.WIDGET: {}, "text/plain": "VBox()", "image/png": "aa"},
            {"text/plain", "image/png"},
        ),
        ({build.WIDGET: {}, "text/plain": "VBox()"}, None),
        ({"text/plain": "a figure"}, {"text/plain"}),
    ],
)
def test_a_widget_leaves_its_picture_or_nothing(data, left):
    output = new_output("display_data", data=data)
    assert build._is_worth_keeping(output) == (left is not None)
    assert left is None or set(output.data) == left


def test_progress_bars_are_noise_and_warnings_are_not():
    def worth(text):
        return build._is_worth_keeping(new_output("stream", name="stderr", text=text))

    assert not worth("\r 10%|#    | 1/10\r 20%|##   | 2/10")
    assert worth("UserWarning: look here")
