"""How much time a hand-in has had, on a machine that may be busy with something else.

Seconds on the wall say how fast a machine is and how many share it, and a limit on them turns
right answers into zeros where it is slow. Two things count here instead: what the processes of a
hand-in compute, in CPU seconds, and the time in which all of them sleep, in seconds on the wall
(``time.sleep(3600)`` computes nothing). The time in which one of them could run, and the machine
has not let it, does not count.
"""

import contextlib
import os
import time
from pathlib import Path

import psutil

__all__ = ["EVERY", "Stopwatch", "cpu_seconds"]

EVERY = 0.25  # seconds between two looks
UNFINISHED = "RD"  # the states of a thread that runs or would like to, and of one that reads a disk
TICK = os.sysconf("SC_CLK_TCK")
LINUX = Path("/proc/self/task").exists()


class Stopwatch:
    """The seconds that some processes have had, with all that they have started.

    Args:
        pids: of the processes. One that has ended adds nothing.

    Attributes:
        seconds: that they have had when :meth:`read` was last called.
    """

    def __init__(self, *pids: int) -> None:
        self.pids, self.seconds = pids, 0.0
        self._began = self._then = time.monotonic()
        self._cpu, _ = self._look()

    def read(self) -> float:
        """Seconds so far. It sees what the processes do at this moment: call it every EVERY s."""
        now, (cpu, awake) = time.monotonic(), self._look()
        # Of two looks that are far apart, the time between may have been spent waiting.
        slept = 0.0 if awake else min(now - self._then, 2 * EVERY)
        self.seconds += max(slept, cpu - self._cpu)
        self._then, self._cpu = now, max(cpu, self._cpu)
        return self.seconds

    def on_the_wall(self) -> float:
        """Seconds on the wall since it was started."""
        return time.monotonic() - self._began

    def _look(self) -> tuple[float, bool]:
        looks = [look(pid) for pid in self.pids]
        return sum(cpu for cpu, _ in looks), any(awake for _, awake in looks)


def cpu_seconds(pid: int) -> float:
    """What a process has computed, with all that it has started."""
    return look(pid)[0]


def look(pid: int) -> tuple[float, bool]:
    """CPU seconds of a process and of those below it, and whether one of them could run now."""
    if not LINUX:
        return look_elsewhere(pid)
    cpu, awake = 0.0, False
    with contextlib.suppress(OSError):  # it ends meanwhile
        folder = Path(f"/proc/{pid}")
        cpu = sum(map(int, fields(folder / "stat")[11:15])) / TICK  # its own, and of reaped ones
        for thread in (folder / "task").iterdir():
            awake |= fields(thread / "stat")[0] in UNFINISHED
            # psutil would read every process of the machine to find these.
            for child in (thread / "children").read_text().split():
                further, also_awake = look(int(child))
                cpu, awake = cpu + further, awake or also_awake
    return cpu, awake


def fields(stat: Path) -> list[str]:
    """Of /proc/PID/stat, what comes after the name, which may hold anything: the state is first."""
    return stat.read_text().rpartition(")")[2].split()


def look_elsewhere(pid: int) -> tuple[float, bool]:
    """The same by psutil, on a system without /proc."""
    cpu, awake = 0.0, False
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                cpu += sum(process.cpu_times()[:4])
                awake |= process.status() == psutil.STATUS_RUNNING
    return cpu, awake
