"""Kernels for hand-ins: each a fork of the warm server, in namespaces of its own.

With nbclient, nbconvert or nbgrader, whatever kernel the notebook names, and with no kernelspec
installed:

    client = NotebookClient(notebook, kernel_manager_class=SandboxKernelManager)
    client.create_kernel_manager().files = folder  # if files should lie beside the notebook
    client.km.provisioner.channel  # the grader's end of the channel, once the kernel has started

The grader ends a kernel best with ``shutdown_kernel="immediate"``, and, since a hostile kernel may
never say that a cell is done, runs it with ``raise_on_iopub_timeout=False``.
"""

import asyncio
import os
import secrets
import signal
import socket
import stat
import tarfile
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import IO, Any, cast

import zmq.asyncio
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Bool, Dict, Int, List, Type, Unicode, default

from ganlib.grading.sandbox import bubblewrap
from ganlib.grading.sandbox.client import SandboxClient, bounded_context
from ganlib.grading.sandbox.inside.kernel import PORTS
from ganlib.grading.sandbox.limits import Limits
from ganlib.grading.sandbox.process import PlainProcess, Process, SandboxedProcess

CACHE_INSIDE, MNIST_INSIDE = "/data/cache", "/data/mnist"
MOST_FILES = 2000  # that are copied beside a notebook


class SandboxProvisioner(KernelProvisionerBase):
    """Starts, signals and ends one kernel in the sandbox.

    Attributes:
        channel: the grader's end of a stream socket; the kernel's is
            ``sandbox.inside.channel.CHANNEL``. None before the start and after the end.
        sandboxed: False if the kernel ran without a sandbox.
    """

    memory = Int(Limits.memory, help="Bytes that all of a hand-in's processes may have.").tag(
        config=True
    )
    disk = Int(Limits.disk, help="Bytes that a hand-in may write, in each of three folders.").tag(
        config=True
    )
    processes = Int(Limits.processes, help="Processes and threads of a hand-in.").tag(config=True)
    open_files = Int(Limits.open_files, help="Files that one process may have open.").tag(
        config=True
    )
    cpu_seconds = Int(Limits.cpu_seconds, help="CPU seconds that one process may use.").tag(
        config=True
    )
    output = Int(Limits.output, help="Characters that a cell may print.").tag(config=True)
    read_only = List(Unicode(), help="Further folders in sight, read-only.").tag(config=True)
    environment = Dict(
        help="Environment variables of the kernel; those that are passed through come before."
    ).tag(config=True)
    pass_through = List(
        Unicode(),
        ["GANLIB_MNIST_STEPS"],
        help="Environment variables of the grader that the kernel gets, too.",
    ).tag(config=True)
    unsandboxed = Bool(
        help="Run students' code with your own rights, on your own files. It can read and change "
        "whatever you can: other hand-ins, the gradebook, your keys. GANLIB_UNSANDBOXED=1 does "
        "the same."
    ).tag(config=True)
    files = Unicode(
        help="A folder whose files are copied beside the student's code. Notebooks are left out, "
        "and so are links."
    )

    channel: socket.socket | None = None
    sandboxed = True
    _process: Process | None = None
    _ran_out_of_memory = False

    @default("unsandboxed")
    def _unsandboxed_default(self) -> bool:
        return os.environ.get("GANLIB_UNSANDBOXED", "") not in ("", "0")

    @property
    def has_process(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """Of the process above all that the student starts; None where there is none."""
        return self._process.pid if self._process else None

    @property
    def out_of_memory(self) -> bool:
        """Whether one of the kernel's processes was ended because all had too much memory."""
        return self._process.out_of_memory if self._process else self._ran_out_of_memory

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """There is no command: the warm server forks."""
        return {"cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel.

        Raises bubblewrap.SandboxUnavailable where there is no sandbox.
        """
        self.connection_info = await asyncio.to_thread(self._launch)
        return self.connection_info

    def _launch(self) -> KernelConnectionInfo:
        self.sandboxed = not self.unsandboxed
        bound, environment = self._data()
        key = secrets.token_hex(32)
        request = {"key": key, "limits": asdict(self._limits()), "environment": environment}
        if self.unsandboxed:
            return connection(self._start(request, None), key)
        server = bubblewrap.warm_server(bound)
        try:
            return connection(self._start(request, server), key)
        except (OSError, EOFError):  # the server has died, or hangs: a new one
            server.close()
            return connection(self._start(request, bubblewrap.warm_server(bound)), key)

    def _limits(self) -> Limits:
        return Limits(**{each.name: getattr(self, each.name) for each in fields(Limits)})

    def _start(self, request: dict[str, Any], server: bubblewrap.WarmServer | None) -> str:
        """Start the process; where its sockets are, short of -1 to -5."""
        folder = "" if server else tempfile.mkdtemp(prefix="ganlib-")
        sockets = server.next_name() if server else f"{folder}/1"
        ours, theirs = socket.socketpair()
        ends: list[socket.socket | IO[bytes]] = [theirs]
        try:
            ends += [listen(f"{sockets}-{number}") for number in range(1, 6)]
            if self.files:
                ends.append(archive(Path(self.files), self.disk // 2))
            descriptors = [end.fileno() for end in ends]
            if server:
                self._process = SandboxedProcess(server, sockets, request, descriptors)
            else:
                self._process = PlainProcess(folder, request, descriptors)
        except BaseException:
            ours.close()
            raise
        finally:
            for end in ends:
                end.close()
        self.channel = ours
        return sockets

    def _data(self) -> tuple[dict[str, str], dict[str, str]]:
        """What is bound read-only, by its path inside, and the environment that tells of it."""
        bound = {str(Path(path).resolve()): str(Path(path).resolve()) for path in self.read_only}
        environment = {name: os.environ[name] for name in self.pass_through if name in os.environ}
        for name, inside, outside in (
            ("GANLIB_MNIST", MNIST_INSIDE, os.environ.get("GANLIB_MNIST")),
            ("GANLIB_CACHE", CACHE_INSIDE, os.environ.get("GANLIB_CACHE") or default_cache()),
        ):
            if outside and os.path.isdir(outside):
                bound[inside] = os.path.realpath(outside)
                environment[name] = outside if self.unsandboxed else inside
        return bound, self.environment | environment

    async def poll(self) -> int | None:
        return self._process.poll() if self._process else 0

    async def wait(self) -> int | None:
        while (status := await self.poll()) is None:
            await asyncio.sleep(0.02)
        if self._process:
            self._ran_out_of_memory = self.out_of_memory
            self._process.close()
            self._process = None
        return status

    async def send_signal(self, signum: int) -> None:
        if self._process:
            self._process.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        if self._process:
            self._process.kill()

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        await self.kill()
        await self.wait()
        if self.channel:
            self.channel.close()
            self.channel = None

    def stop_cell(self) -> None:
        """Interrupt what runs now; for OutputCap, which is no coroutine."""
        if self._process:
            self._process.signal(signal.SIGINT)

    def end(self) -> None:
        """Kill the kernel; for OutputCap."""
        if self._process:
            self._process.kill()


def connection(sockets: str, key: str) -> KernelConnectionInfo:
    """What a client needs to connect to sockets whose paths end in -1 to -5."""
    info: dict[str, Any] = dict(zip(PORTS, range(1, 6), strict=True))
    info |= {"transport": "ipc", "ip": sockets, "key": key.encode()}
    return cast(KernelConnectionInfo, info | {"signature_scheme": "hmac-sha256"})


def listen(path: str) -> socket.socket:
    """A Unix socket that listens."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(16)
    return listening


def default_cache() -> str:
    """Where ganlib.data keeps the digits that it has downloaded."""
    import pooch

    return str(pooch.os_cache("ganlib"))


def archive(folder: Path, room: int) -> IO[bytes]:
    """A tar file, with no name, of the plain files in a folder: no notebook, no link, no device.

    Of more than ``room`` bytes, or very many files, the rest is left out.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    count = 0
    with tarfile.open(fileobj=file, mode="w") as tar:
        for path in sorted(folder.rglob("*")):
            status = path.lstat()
            hidden = ".ipynb_checkpoints" in path.parts or path.suffix == ".ipynb"
            if hidden or not stat.S_ISREG(status.st_mode):
                continue
            room, count = room - status.st_size, count + 1
            if room < 0 or count > MOST_FILES:
                break
            member = tarfile.TarInfo(str(path.relative_to(folder)))
            member.size = status.st_size
            with path.open("rb") as content:
                tar.addfile(member, content)
    file.seek(0)
    return file


class SandboxKernelManager(AsyncKernelManager):
    """Manages a kernel of SandboxProvisioner; needs no kernelspec, and ignores a notebook's.

    The provisioner's settings come with the configuration: ``c.SandboxProvisioner.memory``.
    """

    files = Unicode(help="What SandboxProvisioner.files should be.")

    client_factory = Type(SandboxClient)

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=[], display_name="Sandbox", language="python")

    @default("transport")
    def _transport_default(self) -> str:
        return "ipc"

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        self._created_context = True
        return bounded_context()

    async def _async_pre_start_kernel(self, **kwargs: Any) -> Any:
        if self.provisioner is None:
            self.provisioner = SandboxProvisioner(
                parent=self, kernel_spec=self.kernel_spec, files=self.files
            )
        return await super()._async_pre_start_kernel(**kwargs)

    pre_start_kernel = _async_pre_start_kernel
