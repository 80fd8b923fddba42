"""Stock nbgrader over many course folders: one process that has imported it, a fork for each.

    python -m tests.grading.attacks.stock NOTEBOOK SECONDS BASE

Each folder below BASE with a ``course`` in it is one, and its name the student who has handed in.
What nbgrader logs is left in the folder's ``log``; the name of a folder is printed when it is done.
"""

import os
import signal
import sys
import time
from pathlib import Path

from nbgrader.apps import AutogradeApp, GenerateFeedbackApp


def grade(folder: Path, notebook: str) -> None:
    """``nbgrader autograde``, and ``nbgrader generate_feedback`` where that succeeds."""
    os.setsid()
    os.chdir(folder)
    os.environ["HOME"] = str(folder / "home")
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    try:
        for app in (AutogradeApp, GenerateFeedbackApp):
            app.clear_instance()
            try:
                app.launch_instance(argv=[notebook, "--student", folder.name])
            except SystemExit as end:
                if end.code:
                    break
    except BaseException as error:
        print(f"[ERROR] the run was aborted by {type(error).__name__}: {error}", flush=True)
    finally:
        os._exit(0)


def main(notebook: str, seconds: str, base: str) -> None:
    waiting = sorted(course.parent for course in Path(base).glob("*/course"))
    running: dict[int, tuple[Path, float]] = {}
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            folder = waiting.pop(0)
            if not (child := os.fork()):
                grade(folder, notebook)
            running[child] = (folder, time.monotonic())
        time.sleep(0.1)
        for child, (folder, began) in list(running.items()):
            late = time.monotonic() - began > float(seconds)
            if late:
                os.killpg(child, signal.SIGKILL)
                with (folder / "log").open("a") as log:
                    log.write(f"\n[ERROR] the run had not ended after {seconds} s\n")
            if os.waitpid(child, 0 if late else os.WNOHANG)[0]:
                del running[child]
                print(folder.name, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
