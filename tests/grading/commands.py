"""Commands as a person types them, each in a fork of a process that has imported what they need.

A command that is started anew imports for seconds and works for one.
"""

import atexit
import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORTED = ("nbgrader.apps", "ganlib.grading.batch.regrade", "ganlib.grading.execution.execute")
IMPORTED_HERE = ("tests.grading.quick",)

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload([*IMPORTED, *IMPORTED_HERE])


def environment() -> dict[str, str]:
    """nbgrader starts alembic by name; a grader has to find ganlib and these tests."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def run(folder: Path, module: str, *arguments: str, check: bool = True, **variables: str) -> str:
    """What ``python -m module`` says in a folder; RuntimeError where it fails and should not.

    Args:
        variables: further ones of its environment.
    """
    with tempfile.NamedTemporaryFile("r", errors="replace") as said:
        words = (folder, [module, *arguments], environment() | variables, said.name)
        process = forks.Process(target=_be_the_command, args=words)
        process.start()
        process.join()
        text = said.read()
    if check and process.exitcode:
        raise RuntimeError(text)
    return text


def _be_the_command(
    folder: Path, words: Sequence[str], variables: Mapping[str, str], said: str
) -> None:
    """In the new process: run the module, everything that it says going to a file."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    output = os.open(said, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    sys.argv = list(words)
    try:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # a fork is not at its end when its work is
