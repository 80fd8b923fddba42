"""A released notebook, copied for each test that grades a class."""

import os
import shutil

import pytest

from tests.grading.classroom import Classroom, environment, new_classroom


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("released")
    path, os.environ["PATH"] = os.environ["PATH"], environment()["PATH"]
    try:
        return new_classroom(root, quick=True)
    finally:
        os.environ["PATH"] = path


@pytest.fixture
def classroom(released, tmp_path):
    """A course whose notebooks are executed by tests.grading.quick."""
    return Classroom(shutil.copytree(released.root, tmp_path / "course"))
