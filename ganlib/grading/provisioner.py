"""Kernels for hand-ins: each a fork of the warm server, in namespaces of its own.

With nbclient, nbconvert or nbgrader, whatever kernel the notebook names:

    client = NotebookClient(notebook, kernel_manager_class=SandboxKernelManager)
    client.km.provisioner.channel  # the grader's end of the channel, once the kernel has started
"""

import asyncio
import json
import os
import secrets
import select
import signal
import socket
import struct
from dataclasses import asdict
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Bool, Int, List, Unicode, default

from ganlib.grading import sandbox
from ganlib.grading.kernel import PORTS
from ganlib.grading.warm import Limits

PATIENCE = 30.0  # seconds for a kernel to be forked


class SandboxProvisioner(KernelProvisionerBase):
    """Starts, signals and ends one kernel in the sandbox."""

    memory = Int(Limits.memory, help="Bytes that a hand-in may use, all processes together.")
    disk = Int(Limits.disk, help="Bytes that it may write.")
    processes = Int(Limits.processes, help="Processes and threads that it may have.")
    open_files = Int(Limits.open_files, help="Files that a process may have open.")
    cpu_seconds = Int(Limits.cpu_seconds, help="CPU seconds that a process may use.")
    read_only = List(Unicode(), help="Further folders in sight, read-only.")
    files = Unicode(help="A folder: its files, less notebooks, are copied beside the student's.")
    unsandboxed = Bool(help="Accept the risk.")
    for _trait in (memory, disk, processes, open_files, cpu_seconds, read_only, unsandboxed):
        _trait.tag(config=True)

    channel: socket.socket | None = None
    sandboxed = True

    _control: socket.socket | None = None
    _init: int | None = None  # a pidfd
    _status: int | None = None

    @property
    def has_process(self) -> bool:
        return self._init is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        return {"cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        return await asyncio.to_thread(self._launch)

    def _launch(self) -> KernelConnectionInfo:
        server = sandbox.warm_server(self.read_only)
        path, key = server.path(), secrets.token_hex(32)
        request = {
            "key": key,
            "limits": asdict(self._limits()),
            "environment": {},
        }
        self._control, its_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.channel, its_channel = socket.socketpair()
        listening = [listen(f"{path}-{port}") for port in range(1, 6)]
        handed = [its_control, its_channel, *listening]
        try:
            server.ask(json.dumps(request).encode(), [end.fileno() for end in handed])
        finally:
            for end in handed:
                end.close()
        self._init = os.pidfd_open(self._settled())
        self._control.send(b"go")
        self._control.setblocking(False)
        ports = dict(zip(PORTS, range(1, 6), strict=True))
        self.connection_info = cast(
            KernelConnectionInfo,
            {
                "transport": "ipc",
                "ip": path,
                "key": key.encode(),
                "signature_scheme": "hmac-sha256",
                **ports,
            },
        )
        return self.connection_info

    def _limits(self) -> Limits:
        return Limits(self.memory, self.disk, self.processes, self.open_files, self.cpu_seconds)

    def _settled(self) -> int:
        """Wait for the kernel's init; its process id, as this side of the sandbox sees it."""
        assert self._control
        self._control.settimeout(PATIENCE)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        size = struct.calcsize("3i")
        message, ancillary, _, _ = self._control.recvmsg(4096, socket.CMSG_SPACE(size))
        if "settled" not in (said := json.loads(message or "{}")):
            raise sandbox.SandboxUnavailable(said.get("error", "the warm server has died"))
        return int(struct.unpack("3i", ancillary[0][2][:size])[0])

    async def poll(self) -> int | None:
        if self._init is None:
            return self._status or 0
        if not select.select([self._init], [], [], 0)[0]:
            return None
        if self._status is None:
            self._status = self._exit_status()
        return self._status

    def _exit_status(self) -> int:
        assert self._control
        try:
            return int(json.loads(self._control.recv(4096))["exit"])
        except (OSError, ValueError, KeyError):
            return -signal.SIGKILL

    async def wait(self) -> int | None:
        while (status := await self.poll()) is None:
            await asyncio.sleep(0.02)
        if self._init is not None:
            os.close(self._init)
            self._init = None
        return status

    async def send_signal(self, signum: int) -> None:
        if self._control and self._init is not None:
            try:
                self._control.send(str(int(signum)).encode())
            except OSError:  # it has ended
                return

    async def kill(self, restart: bool = False) -> None:
        if self._init is not None:
            try:
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            except ProcessLookupError:
                return

    terminate = kill

    async def cleanup(self, restart: bool = False) -> None:
        for end in (self._control, self.channel):
            if end:
                end.close()
        self._control = self.channel = None


def listen(path: str) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(16)
    return listening


class SandboxKernelManager(AsyncKernelManager):
    """Manages a kernel of SandboxProvisioner; needs no kernelspec, and ignores a notebook's."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=[], display_name="Sandbox", language="python")

    @default("transport")
    def _transport_default(self) -> str:
        return "ipc"

    async def _async_pre_start_kernel(self, **kwargs: Any) -> Any:
        if self.provisioner is None:
            self.provisioner = SandboxProvisioner(parent=self, kernel_spec=self.kernel_spec)
        return await super()._async_pre_start_kernel(**kwargs)

    pre_start_kernel = _async_pre_start_kernel
