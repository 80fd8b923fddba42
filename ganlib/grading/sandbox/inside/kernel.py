"""An ipykernel on sockets that it is given: it opens no port and needs no folder to listen in.

The grader listens on five Unix sockets and hands over their descriptors. So a student's process
can be reached by the grader and sees neither the files of these sockets nor anyone else's.
"""

import os
import random
import socket
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import zmq
from ipykernel.heartbeat import Heartbeat
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from traitlets import Bytes, Dict
from traitlets.config import Config

from ganlib.grading.sandbox.inside import channel

PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")
NOWHERE = "sandbox"  # a name in place of the sockets' path, which is not the student's business


def bind(endpoint: zmq.Socket, descriptor: int, port: int) -> None:
    """Let a zmq socket accept connections on a descriptor that listens already."""
    endpoint.setsockopt(zmq.USE_FD, descriptor)
    endpoint.bind(f"ipc://{NOWHERE}-{port}")


class GivenHeartbeat(Heartbeat):
    """The kernel's heartbeat, on a given descriptor."""

    def __init__(self, context: zmq.Context, descriptor: int, port: int) -> None:
        self.descriptor = descriptor
        super().__init__(context, ("ipc", NOWHERE, port))

    def _try_bind_socket(self) -> None:
        bind(self.socket, self.descriptor, self.port)


class GivenKernelApp(IPKernelApp):
    """IPKernelApp with no connection file: its sockets and its key are given."""

    listening: dict[int, int] = Dict()  # type: ignore[assignment]  # port -> descriptor
    key: bytes = Bytes()  # type: ignore[assignment]

    def init_connection_file(self) -> None:
        self.transport, self.ip = "ipc", NOWHERE
        self.session.key = self.key
        for name, port in zip(PORTS, self.listening, strict=True):
            setattr(self, name, port)

    def write_connection_file(self, **kwargs: Any) -> None:
        """There is none."""

    def _try_bind_socket(self, s: zmq.Socket, port: int) -> int:
        bind(s, self.listening[port], port)
        return port

    def init_sockets(self) -> None:
        super().init_sockets()
        # The debugger's way in is by the socket's path: it would try for ever.
        self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))

    def init_iopub(self, context: zmq.Context) -> None:
        # The publisher drops what does not fit in its queue: here nothing is lost, and what an
        # endless printer queues counts as the student's own memory.
        context.setsockopt(zmq.SNDHWM, 0)
        super().init_iopub(context)

    def init_heartbeat(self) -> None:
        self.heartbeat = GivenHeartbeat(zmq.Context(), self.listening[self.hb_port], self.hb_port)
        self.heartbeat.start()


class CappedStream(OutStream):
    """Standard output or error of which one cell may print no more than ``limit`` characters.

    That spares an honest student's notebook; a hostile one's is the grader's business.
    """

    limit = 2**20
    cell: str | None = None
    left = 0

    def write(self, string: str) -> int | None:  # type: ignore[override]
        cell = self.parent_header.get("msg_id")
        if cell != self.cell:
            self.cell, self.left = cell, self.limit
        if self.left < 0 or not isinstance(string, str):
            return super().write(string if self.left >= 0 else "")
        shown, self.left = string[: self.left], self.left - len(string)
        if self.left < 0:
            shown += f"\n[The rest is left out: more than {self.limit:,} characters.]\n"
        super().write(shown)
        return len(string)


def run(key: bytes, listening: Sequence[int], to_grader: int, output: int) -> None:
    """Be a kernel until told to shut down.

    Args:
        key: signs every message.
        listening: descriptors of five listening sockets, in the order of ``PORTS``.
        to_grader: descriptor of the channel's end.
        output: characters that a cell may print.
    """
    channel.CHANNEL = socket.socket(fileno=to_grader)
    random.seed()
    np.random.seed()  # forked from one parent, all would draw the same numbers
    CappedStream.limit = output
    settings = Config()
    settings.IPKernelApp.outstream_class = f"{__name__}.{CappedStream.__name__}"
    # A file torch.py in the working folder must not be imported in place of torch.
    settings.IPKernelApp.ignore_cwd = True
    settings.HistoryManager.hist_file = ":memory:"
    sys.argv = [sys.argv[0]]
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    app = GivenKernelApp.instance(
        config=settings, key=key, listening=dict(enumerate(listening, start=1))
    )
    app.initialize([])
    assert app.shell is not None
    app.shell.ask_exit = stay
    app.start()


def stay() -> None:
    """In place of what ``exit()`` and ``quit()`` do: the cells below should be graded, too."""
    print("exit() does not end a notebook that is being graded.")
