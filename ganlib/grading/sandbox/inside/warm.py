"""The warm server: a process inside bubblewrap that has imported torch, and forks into kernels.

Bubblewrap builds one hull for a grader: no network, nothing of the machine in sight save the
Python environment, read-only. In it this server waits. For each hand-in it forks a child that
leaves for namespaces of its own, so that no kernel sees another's processes or files, gives up
every privilege, and becomes an ipykernel.

    server ── fork, unshare ──> init, process 1 of its own namespace ── fork ──> the kernel

``init`` holds a socket to the grader. When the grader hangs up, or dies, or sends SIGKILL to
``init``, the system kills whatever the student has started.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import platform
import resource
import select
import signal
import socket
import sys
import tarfile
from collections.abc import Sequence
from typing import Any, NoReturn

from ganlib.grading.sandbox.limits import Limits

USER = "student"  # in the sandbox
HOME = f"/home/{USER}"
STUDENT = 1000  # the student's user id, inside
NOBODY = 65534  # whom a grader that runs as root becomes in the hull
MAX_REQUEST = 2**16
# What notebooks import, and the first optimizer (torch._dynamo, for two seconds and more). Not
# matplotlib's backend, which looks for the kernel as it is loaded.
MODULES = (
    "IPython.core.completer",
    "ganlib.checks",
    "ganlib.data",
    "ganlib.evaluation",
    "ganlib.live",
    "ganlib.plotting",
    "ganlib.training",
    "ganlib.two_by_two",
    "matplotlib.pyplot",
    "torch._dynamo",
)
# What a kernel imports besides as it starts, and at its first check: half of its seconds.
KERNEL = (
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ganlib.grading.sandbox.inside.kernel",
    "ganlib.grading.sandbox.inside.serving",
    "ipykernel.debugger",
    "sqlite3",
    "tornado.platform.asyncio",
)

# From <sched.h>, <sys/mount.h>, <sys/prctl.h>, <linux/capability.h>
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND = 0x2, 0x4, 0x8, 0x1000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
SYSCALL_KEYCTL = {"x86_64": 250, "aarch64": 219}
KEYCTL_JOIN_SESSION_KEYRING = 1
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63


def serve(grader: socket.socket, shown: Sequence[str]) -> None:
    """Fork a kernel for each request of the grader, until it hangs up.

    Args:
        shown: the folders of the machine that a student may see.
    """
    signal.signal(signal.SIGCHLD, reap)
    if os.geteuid() == 0:
        become_nobody()
    import_everything(*KERNEL)
    grader.send(b"ready")
    while True:
        message, descriptors, _, _ = socket.recv_fds(grader, MAX_REQUEST, 16)
        if not message:
            return
        if os.fork() == 0:
            grader.close()
            found_a_home(json.loads(message), descriptors, shown)
        for descriptor in descriptors:
            os.close(descriptor)


def reap(*_: object) -> None:
    """On SIGCHLD, wait for all that have ended; what they spent is counted as this process's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def import_everything(*more: str) -> None:
    """What notebooks import, and what starts slowly the first time; forks will share it."""
    import torch

    for name in (*MODULES, *more):
        importlib.import_module(name)
    show_an_error()
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()


def show_an_error() -> None:
    """With colours, as IPython does: the first takes eleven times as long as a later one."""
    from IPython.core.ultratb import AutoFormattedTB

    try:
        [].pop()
    except IndexError as error:
        AutoFormattedTB(mode="Context").structured_traceback(
            type(error), error, error.__traceback__
        )


def found_a_home(request: dict[str, Any], descriptors: list[int], shown: Sequence[str]) -> NoReturn:
    """In a new process: become the init and the kernel that were asked for."""
    control = socket.socket(fileno=descriptors[0])
    try:
        leave()
        if os.fork():
            os._exit(0)
        settle(Limits(**request["limits"]), shown)
        init(control, request, descriptors[1:])
    except BaseException as error:
        control.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
    os._exit(1)


def init(control: socket.socket, request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """Process 1: start the kernel when the grader says so, pass signals on, bury the dead."""
    # The kernel has the same user: without this it could read this process's memory.
    prctl(PR_SET_DUMPABLE, 0)
    control.send(b'{"settled": true}')  # the grader now knows this process and puts it in a cgroup
    if not control.recv(64):
        os._exit(0)
    woken, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    kernel = os.fork()
    if kernel == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        become_kernel(request, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    while True:
        readable, _, _ = select.select([control.fileno(), woken], [], [])
        if woken in readable:
            os.read(woken, 4096)
            bury(kernel, control)
        if control.fileno() in readable:
            signum = control.recv(64)
            if not signum:
                end_all()
            send_signal(kernel, int(signum))


def end_all() -> NoReturn:
    """Kill whatever is left and wait for it: what it spent is counted as this process's."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(0)


def send_signal(kernel: int, signum: int) -> None:
    """To the kernel's whole group, as a terminal would."""
    try:
        os.killpg(kernel, signum)
    except ProcessLookupError:  # it is not yet the leader of its group
        os.kill(kernel, signum)


def bury(kernel: int, control: socket.socket) -> None:
    """Wait for whoever has ended; when it is the kernel, say so and end everything."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid == kernel:
            control.send(json.dumps({"exit": os.waitstatus_to_exitcode(status)}).encode())
            os._exit(0)


def become_kernel(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """The student's process: no privilege, no open file that it should not have."""
    status = 1
    try:
        os.setpgid(0, 0)
        channel, *rest = descriptors
        keep_only(descriptors)
        os.chdir(HOME)
        restrict(Limits(**request["limits"]))
        prctl(PR_SET_DUMPABLE, 1)
        run(request, channel, rest)
        status = 0
    finally:
        os._exit(status)


def run(request: dict[str, Any], channel: int, rest: Sequence[int]) -> None:
    """Run an ipykernel, with the files that were handed in, in the working folder."""
    listening, files = rest[:5], rest[5:]
    for file in files:
        unpack(file)
    os.environ.update(request["environment"])

    from ganlib.grading.sandbox.inside import kernel

    kernel.run(request["key"].encode(), listening, channel, request["limits"]["output"])


def keep_only(descriptors: list[int]) -> None:
    """Close every other descriptor; standard input and output are /dev/null."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in descriptors:
            try:
                os.close(int(name))
            except OSError:  # that of the listing itself
                continue


def unpack(descriptor: int) -> None:
    """What was handed in beside the notebook, from a tar archive, into the working folder."""
    with open(descriptor, "rb") as file, tarfile.open(fileobj=file) as archive:
        archive.extractall(".", filter="data")


# ---------------------------------------------------------------------- isolation, by the kernel

libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> None:
    """A function of libc; OSError where it fails, with its name."""
    ctypes.set_errno(0)
    if getattr(libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


def prctl(option: int, value: int) -> None:
    call("prctl", option, *map(ctypes.c_ulong, (value, 0, 0, 0)))


def mount(what: str, where: str, flags: int = MS_NOSUID | MS_NODEV, options: str = "") -> None:
    """A file system of the kind ``what``; with MS_BIND, the folder ``what``."""
    source = what.encode()
    call("mount", source, where.encode(), source, ctypes.c_ulong(flags), options.encode())


def become_nobody() -> None:
    """Before anything is imported, root gives itself up."""
    # Bubblewrap lays read-only mounts over root's /proc, and Linux then allows no further /proc.
    mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    prctl(PR_SET_DUMPABLE, 1)  # or /proc/self would still belong to root


def leave() -> None:
    """Into new namespaces: processes, mounts, IPC, host name, network, and users.

    And into a new keyring: the grader's may hold a ticket for the network's file server.
    """
    if number := SYSCALL_KEYCTL.get(platform.machine()):
        libc.syscall(number, KEYCTL_JOIN_SESSION_KEYRING, None)
    user, group = os.geteuid(), os.getegid()
    call(
        "unshare",
        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET,
    )
    for file, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{STUDENT} {user} 1"),
        ("gid_map", f"{STUDENT} {group} 1"),
    ):
        with open(f"/proc/self/{file}", "w") as settings:
            settings.write(text)


def settle(limits: Limits, shown: Sequence[str]) -> None:
    """In the new namespaces: one's own /proc and terminals, and folders of limited size."""
    call("mount", None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0600")
    folders = {path: os.open(path, os.O_PATH) for path in shown}
    for folder in ("/tmp", "/dev/shm", HOME):
        mount("tmpfs", folder, options=f"size={limits.disk},nr_inodes=20000,mode=0700")
    for path, descriptor in folders.items():
        if not os.path.exists(path):  # it lies in /tmp
            os.makedirs(path)
            mount(f"/proc/self/fd/{descriptor}", path, MS_BIND | MS_REC)
        os.close(descriptor)
    # No further user namespace, in which the student would be root again.
    with open("/proc/sys/user/max_user_namespaces", "w") as setting:
        setting.write("0")


def restrict(limits: Limits) -> None:
    """Resource limits, and no privilege that could lift them."""
    for name, value in (
        (resource.RLIMIT_DATA, limits.memory),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_FSIZE, limits.disk),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))
    for capability in range(LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # beyond the last that this Linux knows
            break
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())


def probe() -> None:
    """Try, inside the hull, what a kernel needs; OSError says what cannot be had."""
    if os.geteuid() == 0:
        become_nobody()
    leave()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            settle(Limits(), ())
            status = 0
        except OSError as error:
            print(error, file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def alone(descriptors: Sequence[int]) -> None:
    """The entry point where there is no sandbox: be the one kernel that standard input asks for."""
    request = json.load(sys.stdin)
    channel, *rest = descriptors
    run(request, channel, rest)


def main(descriptor: int, shown: Sequence[str]) -> None:
    """The entry point in the hull."""
    serve(socket.socket(fileno=descriptor), shown)
