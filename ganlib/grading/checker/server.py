"""The server of referees: it has imported torch and IPython, and forks one for each hand-in."""

import fcntl
import os
import signal
import socket
from multiprocessing.connection import Connection

from ganlib.grading.checker import session
from ganlib.grading.errors import error_output
from ganlib.grading.sandbox.inside.warm import import_everything, reap

__all__ = ["serve"]


def serve(fd: int) -> None:
    """Fork a referee for each pair of descriptors, until the grader is gone; then all end."""
    import_everything()
    error_output("", "")  # nbformat compiles its schema at the first output
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
            session.run(grader_side, socket.socket(fileno=channel))
        finally:
            os._exit(0)


def _end_with(lifeline: int) -> None:
    """End this process when the other end is closed, by a signal.

    Python would hear of it only between two steps of its own, and an answer may make it count
    without end in one, ``any(iter(int, 1))`` say.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
