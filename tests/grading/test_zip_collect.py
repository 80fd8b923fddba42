"""Hand-ins that a learning platform has packed come to their places, and are graded from there."""

import zipfile

import nbformat

from tests.grading import commands
from tests.grading.classroom import NAME

# As Moodle packs them: a name, a number, and the file.
NAMES = r".*/(?P<student_id>\w+)_(?P<number>\d+)_assignsubmission_file_(?P<file_id>.*)"


def test_zip_collect_fills_the_folder_that_is_graded(classroom, monkeypatch):
    archive = classroom.root / f"grading/downloaded/{NAME}/archive/all.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for student, answer in (("ada", "right"), ("bob", "half")):
            file = f"{student}_17_assignsubmission_file_{NAME}.ipynb"
            packed.writestr(file, nbformat.writes(classroom.answered(answer)))
    pattern = f"--FileNameCollectorPlugin.named_regexp={NAMES}"
    commands.run(classroom.root, "nbgrader", "zip_collect", NAME, pattern)
    assert classroom.grade(monkeypatch) == 0
    assert classroom.scores() == {"ada": 5.0, "bob": 3.0}
