"""The hull: what bubblewrap shows of this machine to a student's code, and the server inside it."""

import atexit
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import ganlib
from ganlib.grading.warm import HOME

PACKAGE = Path(ganlib.__file__).parent
PACKAGE_INSIDE = "/package/ganlib"
START = (
    "import sys; sys.path.insert(0, '/package'); from ganlib.grading import warm; warm.main({fd})"
)
PATIENCE = 120.0  # seconds for the server to import torch on a busy machine
SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin")
SETTINGS = ("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
ENVIRONMENT = {
    "HOME": HOME,
    "IPYTHONDIR": "/tmp/ipython",
    "LANG": "C.UTF-8",
    "LOGNAME": "student",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": "",
    "SHELL": "/bin/sh",
    "USER": "student",
}


class SandboxUnavailable(RuntimeError):
    """Bubblewrap cannot run here; the message says why, and what to do."""


def bubblewrap() -> str:
    """The path of bwrap."""
    if sys.platform != "linux":
        raise SandboxUnavailable("The sandbox needs Linux.")
    found = shutil.which("bwrap")
    if not found:
        raise SandboxUnavailable("Bubblewrap is not installed.")
    return found


def hull(read_only: Sequence[str] = ()) -> list[str]:
    """The bwrap command line, up to the program to run."""
    command = [bubblewrap(), "--die-with-parent", "--as-pid-1", "--clearenv"]
    command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--hostname", "sandbox"]
    if os.geteuid() == 0:  # to become nobody, and to mount /proc
        for capability in ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID"):
            command += ["--cap-add", capability]
    else:
        command += ["--unshare-user"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    command += ["--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"]
    command += ["--dev", "/dev", "--proc", "/proc", "--perms", "1777", "--tmpfs", "/tmp"]
    for path in SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind-try", path, path]
    for path in SETTINGS:
        command += ["--ro-bind-try", path, path]
    for path in dict.fromkeys([sys.base_prefix, sys.prefix, *read_only]):
        if not Path(path).is_relative_to("/usr"):
            command += bound(path, path)
    command += bound(str(PACKAGE), PACKAGE_INSIDE)
    command += [*folders(HOME), "--perms", "0755", "--dir", HOME]
    command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    return command


def folders(path: str) -> list[str]:
    """The folders above a path, for anyone to pass through."""
    parents = [str(parent) for parent in reversed(Path(path).parents) if str(parent) != "/"]
    return [word for parent in parents for word in ("--perms", "0755", "--dir", parent)]


def bound(source: str, target: str) -> list[str]:
    return [*folders(target), "--ro-bind", source, target]


class WarmServer:
    """A hull with a server in it that forks kernels. One for each grader process is enough."""

    def __init__(self, read_only: Sequence[str] = ()) -> None:
        self.folder = tempfile.mkdtemp(prefix="ganlib-")  # of the kernels' sockets
        self.started = 0
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # The shell outlives a grader that is killed, and then removes its folder.
        shell = ["/bin/sh", "-c", 'f=$1; shift; "$@"; rm -rf "$f"', "sh", self.folder]
        start = [sys.executable, "-I", "-c", START.format(fd=theirs.fileno())]
        log = tempfile.TemporaryFile()  # noqa: SIM115 - read when the server fails
        with theirs:
            self.process = subprocess.Popen(
                [*shell, *hull(read_only), *start],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is the grader's
            )
        self.socket.settimeout(PATIENCE)
        try:
            said = self.socket.recv(64)
        except OSError as error:
            said = str(error).encode()
        if said != b"ready":
            self.close()
            log.seek(0)
            reason = log.read().decode(errors="replace").strip()
            raise SandboxUnavailable(f"The sandbox did not start: {reason or said.decode()}")

    def alive(self) -> bool:
        return self.process.poll() is None

    def path(self) -> str:
        """The path of the next kernel's sockets, short of ``-1`` to ``-5``."""
        self.started += 1
        return os.path.join(self.folder, str(self.started))

    def ask(self, request: bytes, descriptors: Sequence[int]) -> None:
        socket.send_fds(self.socket, [request], list(descriptors))

    def close(self) -> None:
        """Hang up; the server and its kernels end."""
        self.socket.close()
        self.process.wait()

    def forget(self) -> None:
        """In a child of the grader: the server is the parent's alone."""
        self.socket.close()
        self.process.returncode = 0


_servers: dict[tuple[str, ...], WarmServer] = {}
_lock = threading.Lock()


def warm_server(read_only: Sequence[str] = ()) -> WarmServer:
    """This process's server, started the first time, and again should it have died."""
    with _lock:
        server = _servers.get(tuple(read_only))
        if server is None or not server.alive():
            if server:
                server.close()
            server = _servers[tuple(read_only)] = WarmServer(read_only)
        return server


def close_servers() -> None:
    while _servers:
        _servers.popitem()[1].close()


def _forget_servers() -> None:
    global _lock
    _lock = threading.Lock()
    while _servers:
        _servers.popitem()[1].forget()


atexit.register(close_servers)
os.register_at_fork(after_in_child=_forget_servers)


@functools.cache
def check() -> None:
    """Raise SandboxUnavailable where a student's code cannot be shut in."""
    bubblewrap()
