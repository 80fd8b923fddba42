"""A released notebook, copied for each test that grades a class."""

import fcntl
import os
import shutil

import pytest

from ganlib.grading.sandbox import bubblewrap
from tests.grading.attacks import runner
from tests.grading.classroom import Classroom, new_classroom
from tests.grading.commands import environment


def pytest_collection_modifyitems(items):
    """Skips tests marked ``sandbox`` where there is none; CI must have one."""
    marked = [item for item in items if item.get_closest_marker("sandbox")]
    if marked and not os.environ.get("CI"):
        try:
            bubblewrap.check()
        except bubblewrap.SandboxUnavailable as error:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=str(error)))


@pytest.fixture(autouse=True)
def fault(request, record_property):
    """What a test marked ``fault`` is about, for the table of tests.grading.faults."""
    if mark := request.node.get_closest_marker("fault"):
        record_property("fault", mark.args[0])


@pytest.fixture(scope="session")
def attacked_course(tmp_path_factory, testrun_uid):
    """The course of the attacks, made once for all processes of a run of the tests."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return runner.make_course(base / "attacked")
    shared = base.parent / f"attacked-{testrun_uid}"
    with open(f"{shared}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            runner.make_course(base / "attacked").rename(shared)
        return shared


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
