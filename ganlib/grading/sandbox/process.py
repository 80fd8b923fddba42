"""The process of one kernel, as the grader sees it: in the sandbox, or plain if so wanted."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from ganlib.grading.entrypoints import PLAIN_KERNEL
from ganlib.grading.sandbox.bubblewrap import PACKAGE, SandboxUnavailable, WarmServer
from ganlib.grading.sandbox.limits import ControlGroup, Limits, MemoryWatch

PATIENCE = 300.0  # seconds for a kernel to be forked on a busy machine
PATIENCE_AT_THE_END = 2.0  # seconds for it to end all that it has started
CREDENTIALS = struct.Struct("3i")  # process, user, group


class Process(Protocol):
    """A kernel's process.

    Attributes:
        pid: of the process above all that the student starts.
    """

    pid: int

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""

    def signal(self, number: int) -> None:
        """Send it a signal; not an error if it has ended."""

    def kill(self) -> None:
        """End it, with all that it has started."""

    def close(self) -> None:
        """Let go of what it needed, once it has ended."""

    @property
    def out_of_memory(self) -> bool:
        """Whether it was ended for having too much memory."""


class SandboxedProcess:
    """Process 1 of a new namespace, forked from the warm server, and what it has started.

    Raises SandboxUnavailable if the server cannot make the namespace, and OSError or EOFError if
    it has died or hangs.
    """

    def __init__(
        self, server: WarmServer, sockets: str, request: dict[str, Any], descriptors: Sequence[int]
    ) -> None:
        limits = Limits(**request["limits"])
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._group = ControlGroup("-".join(Path(sockets).parts[-2:]), limits)
        server.note(self._group.folders.values())
        self._watch: MemoryWatch | None = None
        self._status: int | None = None
        self._init = -1
        try:
            with theirs:
                server.ask(json.dumps(request).encode(), [theirs.fileno(), *descriptors])
            self.pid = self._settled()
            self._init = os.pidfd_open(self.pid)
            if not self._group.add(self.pid):
                self._watch = MemoryWatch(self.pid, self._init, limits.memory, self._kill_now)
                self._watch.start()
            self._control.send(b"go")
            self._control.setblocking(False)
        except BaseException:
            self.kill()
            self.close()
            raise

    def _settled(self) -> int:
        """Wait for the namespace's process 1; its process id on this side."""
        self._control.settimeout(PATIENCE)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        message, ancillary, _, _ = self._control.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
        answer = json.loads(message or b"{}")
        if not answer:
            raise EOFError("the warm server has died")
        if "settled" not in answer:
            raise SandboxUnavailable(answer["error"])
        return int(CREDENTIALS.unpack(ancillary[0][2][: CREDENTIALS.size])[0])

    def poll(self) -> int | None:
        if self._status is None and select.select([self._init], [], [], 0)[0]:
            try:
                self._status = int(json.loads(self._control.recv(4096))["exit"])
            except (OSError, ValueError):  # it was killed before it could say
                self._status = -signal.SIGKILL
        return self._status

    def signal(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self._control.send(str(int(number)).encode())

    def kill(self) -> None:
        """Process 1 ends all others, and waits for them, so that it is known what they spent."""
        if self._init < 0:
            return
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        if not select.select([self._init], [], [], PATIENCE_AT_THE_END)[0]:
            self._kill_now()

    def _kill_now(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._init, signal.SIGKILL)

    def close(self) -> None:
        self._control.close()  # if process 1 has not ended, it does so now
        if self._watch:
            self._watch.join()
        if self._init >= 0:
            os.close(self._init)
            self._init = -1
        self._out_of_memory = self.out_of_memory
        self._group.remove()

    _out_of_memory = False

    @property
    def out_of_memory(self) -> bool:
        seen = self._watch.exceeded if self._watch else self._group.out_of_memory()
        return self._out_of_memory or seen


class PlainProcess:
    """A kernel with this user's rights, in a temporary folder: for where there is no sandbox."""

    out_of_memory = False

    def __init__(self, folder: str, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        self._folder = folder
        work = Path(folder, "work")
        work.mkdir()
        code = PLAIN_KERNEL.format(path=str(Path(PACKAGE).parent), fds=list(descriptors))
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=work,
            pass_fds=descriptors,
            start_new_session=True,
        )
        self.pid = self._process.pid
        assert self._process.stdin
        with self._process.stdin as stdin, contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps(request).encode())

    def poll(self) -> int | None:
        return self._process.poll()

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
