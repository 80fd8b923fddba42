"""nbgrader's settings reach the commands and the Validate button, and keep a class out of git."""

import subprocess
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(monkeypatch):
    """What JupyterLab's Validate button reads, when JupyterLab was started in the project."""
    monkeypatch.chdir(ROOT)
    return ValidateAssignmentHandler.load_config(None)


def test_a_cell_may_train_for_minutes(config):
    assert config.Execute.timeout == 600


def test_students_and_marks_stay_out_of_git(config):
    course = CourseDirectory(config=config)
    paths = [
        Path(config.Exchange.root).relative_to(ROOT).as_posix(),
        course.db_url.split("?")[0].removeprefix(f"sqlite:///{ROOT}/"),
        *(
            f"{folder}/student"
            for folder in (
                course.submitted_directory,
                course.autograded_directory,
                course.feedback_directory,
                course.solution_directory,
                course.source_with_tests_directory,
            )
        ),
    ]
    command = ["git", "check-ignore", *paths]
    ignored = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    assert ignored.splitlines() == paths
