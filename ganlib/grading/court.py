"""Referees for hand-ins, each forked from a clean process that has torch and IPython loaded."""

import atexit
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any

from nbformat import NotebookNode

from ganlib.grading.warm import import_everything, reap

__all__ = ["Court", "Dismissed"]

START = "from ganlib.grading import court; court.serve({fd})"


class Dismissed(RuntimeError):
    """The referee has died."""


class Court:
    """The referee of one hand-in, as the grader sees it.

    Args:
        channel: the grader's end of the channel to the student's process.

    Attributes:
        pid: of the referee's process.

    Raises:
        Dismissed: there can be no referee.
    """

    def __init__(self, channel: socket.socket) -> None:
        here, there = socket.socketpair()
        watched, self.lifeline = os.pipe()
        with there:
            socket.send_fds(_server(), [b"fork"], [channel.fileno(), there.fileno(), watched])
        os.close(watched)
        self.orders = Connection(here.detach())
        self.pid: int = self._received()

    def order(self, what: str, source: str, points: float = 0) -> None:
        """Have a cell run; see :func:`ganlib.grading.referee.run`."""
        try:
            self.orders.send((what, source, points))
        except OSError as error:
            raise Dismissed(str(error)) from None

    def answered(self, seconds: float) -> bool:
        """Whether an answer is there, after so many seconds at the most."""
        return self.orders.poll(seconds)

    def outputs(self) -> list[NotebookNode]:
        """The outputs of the cell that was last ordered."""
        return self._received()

    def _received(self) -> Any:
        try:
            return self.orders.recv()
        except (EOFError, OSError):
            raise Dismissed("the referee has ended") from None

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
                command = [sys.executable, "-c", START.format(fd=there.fileno())]
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


def serve(fd: int) -> None:
    """Fork a referee for each pair of descriptors, until the grader is gone; then all end."""
    from ganlib.grading import referee

    import_everything()
    referee.failure("", "")  # nbformat compiles its schema at the first output
    signal.signal(signal.SIGCHLD, reap)
    grader = socket.socket(fileno=fd)
    while True:
        message, descriptors, _, _ = socket.recv_fds(grader, 64, 3)
        if not message:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.killpg(0, signal.SIGTERM)
            return
        if os.fork():
            for descriptor in descriptors:
                os.close(descriptor)
            continue
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            grader.close()
            channel, orders, lifeline = descriptors
            _end_with(lifeline)
            grader_side = Connection(orders)
            grader_side.send(os.getpid())
            referee.run(grader_side, socket.socket(fileno=channel))
        finally:
            os._exit(0)


def _end_with(lifeline: int) -> None:
    """End this process when the other end is closed, by a signal.

    Python would hear of it only between two steps of its own, and an answer may make it count
    without end in one, ``any(iter(int, 1))`` say.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
