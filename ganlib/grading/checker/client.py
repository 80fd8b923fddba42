"""Referees for hand-ins, each forked from a clean process that has torch and IPython loaded."""

import atexit
import os
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

from nbformat import NotebookNode

from ganlib.grading.entrypoints import CHECKER_SERVER

__all__ = ["CheckerClient", "CheckerDied"]


class CheckerDied(RuntimeError):
    """The referee has died."""


class CheckerClient:
    """The referee of one hand-in, as the grader sees it.

    Args:
        channel: the grader's end of the channel to the student's process.

    Attributes:
        pid: of the referee's process.

    Raises:
        CheckerDied: there can be no referee.
    """

    def __init__(self, channel: socket.socket) -> None:
        here, there = socket.socketpair()
        watched, self.lifeline = os.pipe()
        with there:
            socket.send_fds(_server(), [b"fork"], [channel.fileno(), there.fileno(), watched])
        os.close(watched)
        self.orders = Connection(here.detach())
        self.pid: int = self._received()

    def run_cell(self, what: str, source: str, points: float = 0) -> None:
        """Have a cell run; see :func:`ganlib.grading.checker.session.run`."""
        try:
            self.orders.send((what, source, points))
        except OSError as error:
            raise CheckerDied(str(error)) from None

    def poll(self, seconds: float) -> bool:
        """Whether an answer is there, after so many seconds at the most."""
        return self.orders.poll(seconds)

    def outputs(self) -> list[NotebookNode]:
        """The outputs of the cell that was last ordered."""
        return self._received()

    def _received(self) -> Any:
        try:
            return self.orders.recv()
        except (EOFError, OSError):
            raise CheckerDied("the referee has ended") from None

    def close(self) -> None:
        """Hang up: the referee ends, whatever it does."""
        self.orders.close()
        os.close(self.lifeline)


_process: tuple[subprocess.Popen, socket.socket] | None = None
_lock = threading.Lock()


def _server() -> socket.socket:
    """This process's server of referees, started at the first call."""
    global _process
    with _lock:
        if _process is None or _process[0].poll() is not None:
            if _process:  # it has died
                _process[1].close()
            here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with there:
                command = [sys.executable, "-c", CHECKER_SERVER.format(fd=there.fileno())]
                threads = {"OMP_NUM_THREADS": "1"}
                process = subprocess.Popen(
                    command,
                    pass_fds=[there.fileno()],
                    stdin=subprocess.DEVNULL,
                    cwd="/",  # the grader's folder is gone after its hand-in
                    start_new_session=True,  # Ctrl-C is the grader's
                    env=os.environ | threads,
                )
            _process = process, here
        return _process[1]


def _forget() -> None:
    global _process, _lock
    _lock = threading.Lock()
    if _process:
        _process[0].returncode = 0  # the parent's to wait for
        _process[1].close()
        _process = None


@atexit.register
def _close() -> None:
    if _process:
        _process[1].close()
        _process[0].wait()


os.register_at_fork(after_in_child=_forget)
