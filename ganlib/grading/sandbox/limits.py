"""How much a hand-in may use, and who sees to it.

The kernel's own limits (``setrlimit``) hold for each process. What holds for all processes of a
hand-in together is a control group, version 1 or 2, where this user may make one: root may, and
an ordinary user in a scope that systemd delegates (``systemd-run --user --scope -p Delegate=yes``).
Elsewhere a thread looks four times a second at how much memory the processes have, and ends them;
what lies in their folders is not counted then, but the folders are of limited size.
"""

import contextlib
import select
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path("/sys/fs/cgroup")
EVERY = 0.25  # seconds between two looks
PATIENCE = 30.0  # seconds for the last process to leave its control group


@dataclass(frozen=True)
class Limits:
    """What a hand-in may use. Sizes in bytes."""

    memory: int = 3 * 2**30
    disk: int = 256 * 2**20  # of the working folder, of /tmp and of /dev/shm, each
    processes: int = 128  # and threads
    open_files: int = 1024
    cpu_seconds: int = 3600  # of one process
    output: int = 2**20  # printed by one cell


class ControlGroup:
    """A control group for the processes of one hand-in, under this process's own.

    Attributes:
        folders: by controller; empty where this user may make none.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self.folders: dict[str, Path] = {}
        wanted = (("memory", "memory.max", limits.memory), ("pids", "pids.max", limits.processes))
        for controller, setting, value in wanted:
            for parent in own_groups(controller):
                if folder := make_group(parent / name, setting, value):
                    self.folders[controller] = folder
                    break

    def add(self, pid: int) -> bool:
        """Put a process in, and with it all that it will start; False if memory stays unlimited."""
        for controller, folder in list(self.folders.items()):
            try:
                (folder / "cgroup.procs").write_text(str(pid))
            except OSError:
                self.remove(controller)
        return "memory" in self.folders

    def out_of_memory(self) -> bool:
        """Whether a process was ended because all together had too much memory."""
        folder = self.folders.get("memory", ROOT)
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError):
                counts = dict(line.split() for line in (folder / name).read_text().splitlines())
                return int(counts.get("oom_kill", 0)) > 0
        return False

    def remove(self, *controllers: str) -> None:
        """Remove the folders of these controllers, or all, once the last process has left."""
        for controller in controllers or list(self.folders):
            folder = self.folders.pop(controller)
            deadline = time.monotonic() + PATIENCE
            while folder.exists() and time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.01)


def own_groups(controller: str) -> Iterator[Path]:
    """The control group of this process and those round it, from the inside."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        root = ROOT / controllers
        if controller in controllers.split(",") or (not controllers and is_version_2()):
            own = root / path.lstrip("/")
            yield from (group for group in (own, *own.parents) if group.is_relative_to(root))


def is_version_2() -> bool:
    return (ROOT / "cgroup.controllers").exists()


def make_group(folder: Path, setting: str, value: int) -> Path | None:
    """A control group with one setting; None where it cannot be."""
    old_name = {"memory.max": "memory.limit_in_bytes"}.get(setting, setting)
    try:
        folder.mkdir(exist_ok=True)  # version 2 has one folder for all controllers
    except OSError:
        return None
    try:
        # Without O_CREAT: a controller that is switched off has no such file.
        with open(folder / (setting if is_version_2() else old_name), "r+") as file:
            file.write(str(value))
    except OSError:
        with contextlib.suppress(OSError):
            folder.rmdir()
        return None
    # No swapping in place of memory.
    with contextlib.suppress(OSError), open(folder / "memory.swap.max", "r+") as file:
        file.write("0")
    return folder


class MemoryWatch(threading.Thread):
    """Ends a tree of processes that has too much memory, where no control group does.

    Args:
        pid: of the root; ended: a pidfd of it.
        limit: bytes, beyond what the root had when the watch began, which all of them share.
        end: called once if there is more.
    """

    def __init__(self, pid: int, ended: int, limit: int, end: Callable[[], None]) -> None:
        super().__init__(name=f"memory of {pid}", daemon=True)
        self.root, self.ended, self.limit, self.end = psutil.Process(pid), ended, limit, end
        self.shared = self.root.memory_info().rss
        self.exceeded = False

    def run(self) -> None:
        while not select.select([self.ended], [], [], EVERY)[0]:
            with contextlib.suppress(psutil.NoSuchProcess):
                if self.used() > self.limit:
                    self.exceeded = True
                    self.end()
                    return

    def used(self) -> int:
        """Bytes of all processes together, less what each shares with the warm server."""
        total = 0
        for process in (self.root, *self.root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += max(0, process.memory_info().rss - self.shared)
        return total
