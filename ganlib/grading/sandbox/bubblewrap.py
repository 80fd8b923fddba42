"""The hull: what bubblewrap shows of this machine to a student's code, and the server inside it."""

import atexit
import functools
import itertools
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import ganlib
from ganlib.grading.entrypoints import INSIDE
from ganlib.grading.sandbox.inside.warm import HOME

PACKAGE = Path(ganlib.__file__).parent
PACKAGE_INSIDE = "/package/ganlib"
# The shell outlives a grader that is killed, and then removes what is left.
LAST_WILL = (
    "/bin/sh",
    "-c",
    """folder=$1; shift
    "$@"
    status=$?
    while read -r group; do rmdir "$group"; done 2>/dev/null <"$folder/groups"
    rm -rf "$folder"
    exit $status""",
    "sh",
)
GROUPS = "groups"
SWITCHES = (
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "give /usr/bin/bwrap an AppArmor profile that allows userns, for itself and for what it "
        "starts, or sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=10000"),
)
CONTAINER_REMEDY = (
    "start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined, and as an ordinary user, or with --privileged"
)
READ_REMEDY = f"chmod --recursive a+rX {sys.prefix} {sys.base_prefix}"
OLDEST_LINUX = (5, 14)  # before, RLIMIT_NPROC counted all of a user's processes
LONGEST_PATH = 107  # bytes of a Unix socket's path
PATIENCE = 600.0  # seconds for the server to import torch on a busy machine
PATIENCE_AT_THE_END = 10.0
SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin")
SETTINGS = ("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
SCRATCH = "/tmp"  # in the sandbox
ENVIRONMENT = {
    "HOME": HOME,
    "IPYTHONDIR": f"{SCRATCH}/ipython",
    "LANG": "C.UTF-8",
    "LOGNAME": "student",
    "MPLCONFIGDIR": f"{SCRATCH}/matplotlib",
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
    """The path of bwrap; SandboxUnavailable where there can be none."""
    if sys.platform != "linux":
        raise unavailable(f"it needs Linux, and this is {sys.platform}", "grade on Linux")
    if linux_version() < OLDEST_LINUX:
        version = ".".join(map(str, OLDEST_LINUX))
        raise unavailable(
            f"Linux {platform.release()} is too old", f"use Linux {version} or a later one"
        )
    found = shutil.which("bwrap")
    if not found:
        raise unavailable(
            "bubblewrap is not installed",
            "install it: apt-get install bubblewrap, or dnf install bubblewrap",
        )
    return found


def linux_version() -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", platform.release())[:2])


def unavailable(cause: str, remedy: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"Students' code cannot be shut in here: {cause}. Remedy: {remedy}. To run it with your "
        "own rights instead, on your own files, set c.SandboxProvisioner.unsandboxed = True or "
        "GANLIB_UNSANDBOXED=1."
    )


def hull(read_only: Mapping[str, str] = {}) -> list[str]:
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
    command += folders(SETTINGS[0])
    for path in SETTINGS:
        command += ["--ro-bind-try", path, path]
    hidden = private_folders()
    for folder in hidden:
        if folder.is_relative_to("/usr"):
            command += ["--tmpfs", str(folder)]
    for path in dict.fromkeys([sys.base_prefix, sys.prefix]):
        if not Path(path).is_relative_to("/usr") or any(map(Path(path).is_relative_to, hidden)):
            command += bound(path, path)
        for folder in hidden:
            if folder != Path(path) and folder.is_relative_to(path):
                command += ["--tmpfs", str(folder)]
    for inside, outside in read_only.items():
        command += bound(outside, inside)
    command += bound(str(PACKAGE), PACKAGE_INSIDE)
    command += [*folders(HOME), "--perms", "0755", "--dir", HOME]
    command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    return command


def private_folders() -> list[Path]:
    """Where solutions and marks lie: the course's folder, should it be under /usr, say."""
    found = {Path.cwd()}
    if (PACKAGE.parent / "solutions").is_dir():
        found.add(PACKAGE.parent)
    return sorted(folder for folder in found if folder != Path("/"))


def python(call: str) -> list[str]:
    """The command that calls a function of ganlib.grading.sandbox.inside.warm, inside."""
    return [sys.executable, "-I", "-c", INSIDE + call]


def folders(path: str) -> list[str]:
    """The folders above a path, for anyone to pass through."""
    parents = [str(parent) for parent in reversed(Path(path).parents) if str(parent) != "/"]
    return [word for parent in parents for word in ("--perms", "0755", "--dir", parent)]


def bound(source: str, target: str) -> list[str]:
    return [*folders(target), "--ro-bind", source, target]


def new_folder() -> str:
    """A folder for sockets, closed to others; in /tmp where TMPDIR's name is too long."""
    folder = tempfile.mkdtemp(prefix="ganlib-")
    if len(os.fsencode(folder)) > LONGEST_PATH - len("/1000000-5"):
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix="ganlib-", dir="/tmp")
    return folder


class WarmServer:
    """A hull with a server in it that forks kernels. One for each grader process is enough."""

    def __init__(self, read_only: Mapping[str, str] = {}) -> None:
        shown = [sys.prefix, sys.base_prefix, *read_only]
        command = hull(read_only)  # raises where there is no bubblewrap, before anything is made
        self.started = itertools.count(1)
        self.folder = new_folder()
        Path(self.folder, GROUPS).touch()
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with tempfile.TemporaryFile() as log, theirs:
            self.process = subprocess.Popen(
                [*LAST_WILL, self.folder, *command, *python(f"main({theirs.fileno()}, {shown})")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is the grader's
            )
            theirs.close()
            if not self._is_ready():
                self.close()
                log.seek(0)
                raise diagnosis(log.read().decode(errors="replace").strip())

    def _is_ready(self) -> bool:
        self.socket.settimeout(PATIENCE)
        try:
            return self.socket.recv(64) == b"ready"
        except OSError:
            return False

    def alive(self) -> bool:
        return self.socket.fileno() >= 0 and self.process.poll() is None

    def next_name(self) -> str:
        """The path of the next kernel's sockets, short of ``-1`` to ``-5``."""
        return os.path.join(self.folder, str(next(self.started)))

    def note(self, groups: Iterable[Path]) -> None:
        """Remember control groups, to be removed even if this process is killed."""
        with open(os.path.join(self.folder, GROUPS), "a") as file:
            file.writelines(f"{group}\n" for group in groups)

    def ask(self, request: bytes, descriptors: Sequence[int]) -> None:
        """Ask for a kernel; OSError if the server has died."""
        socket.send_fds(self.socket, [request], list(descriptors))

    def close(self) -> None:
        """Hang up; the server and its kernels end."""
        self.socket.close()
        try:
            self.process.wait(PATIENCE_AT_THE_END)
        except subprocess.TimeoutExpired:  # it hangs
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self) -> None:
        """In a child of the grader: the server is the parent's alone."""
        self.socket.close()
        self.process.returncode = 0


_servers: dict[tuple[tuple[str, str], ...], WarmServer] = {}
_lock = threading.Lock()


def warm_server(read_only: Mapping[str, str] = {}) -> WarmServer:
    """This process's server, started the first time, and again should it have died."""
    with _lock:
        key = tuple(read_only.items())
        server = _servers.get(key)
        if server is None or not server.alive():
            if server:
                server.close()
            server = _servers[key] = WarmServer(read_only)
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
    """Raise SandboxUnavailable, with the cause and a remedy, where code cannot be shut in."""
    run = subprocess.run(
        [*hull(), *python("probe()")], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if run.returncode:
        raise diagnosis(run.stderr.strip())


def diagnosis(complaint: str) -> SandboxUnavailable:
    """Why bubblewrap or Linux refused, from its last line and the machine's settings."""
    last = complaint.splitlines()[-1] if complaint else "no reason was given"
    for setting, forbidden, remedy in SWITCHES:
        if (path := Path("/proc/sys", setting)).exists() and path.read_text().split() == [
            forbidden
        ]:
            return unavailable(f"{setting} is {forbidden} ({last})", remedy)
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return unavailable(f"this container forbids namespaces ({last})", CONTAINER_REMEDY)
    if "Permission denied" in complaint or "No module named" in complaint:
        return unavailable(f"the Python environment is not readable by all ({last})", READ_REMEDY)
    return unavailable(last, "allow user namespaces (man 7 user_namespaces)")
