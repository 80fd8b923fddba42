"""nbgrader's settings, for an instructor's commands and for JupyterLab's Validate button alike."""

from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from ganlib.grading.execution.execute import IsolatedExecute
from ganlib.grading.execution.restore import Sanitize
from ganlib.grading.reports.cleaning import CleanOutputs, markdown2html
from ganlib.grading.reports.feedback import FeedbackExporter, HideHiddenTests, Summarise

root = Path(__file__).resolve().parent

c = get_config()  # noqa: F821 - nbgrader defines it

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "gan"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.solution_directory = "grading/solution"
c.CourseDirectory.source_with_tests_directory = "grading/source_with_tests"
# The jupytext source holds the solutions: it is never copied to students.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py"]
# Several graders may write at once: wait for the lock rather than fail.
c.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db?timeout=60"
# Left unset, this is a system folder.
c.Exchange.root = str(root / "grading/exchange")

# What a learning platform has packed, for `nbgrader zip_collect`.
c.ZipCollectApp.downloaded_directory = "grading/downloaded"

# course/ is made from solutions/ and kept in git: making it again changes nothing in it.
c.GenerateAssignment.force = True
# Training on MNIST takes minutes; nbgrader's default is 30 s a cell.
c.Execute.timeout = 600
# What all cells of a hand-in may take together while it is graded, in seconds.
c.IsolatedExecute.budget = 600
c.IsolatedExecute.budgets = {"07_mnist": 1800}
# While it is graded, 07's long run is short: no check looks at what it gave.
c.SandboxProvisioner.environment = {"GANLIB_MNIST_STEPS": "500"}

# As stock nbgrader, but in a sandbox, with checks out of a student's reach (docs/grading.md).
c.Autograde.sanitize_preprocessors = [Sanitize, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [
    IsolatedExecute,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]

# In place of stock nbgrader's page: what passed, and no text of a hidden check.
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [
    GetGrades,
    Summarise,
    HideHiddenTests,
    CleanOutputs,
    CSSHTMLHeaderPreprocessor,
]
# In the formgrader a student's script would run with the marker's rights.
c.HTMLExporter.preprocessors = [CleanOutputs]
c.HTMLExporter.filters = {"markdown2html": markdown2html}
