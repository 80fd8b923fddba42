"""What counts as the time that a hand-in has had: computing and sleeping, but no waiting."""

import os
import signal
import subprocess
import sys
import time

import pytest

from ganlib.grading.execution import stopwatch
from ganlib.grading.execution.stopwatch import EVERY, Stopwatch, cpu_seconds, look, look_elsewhere

BUSY = "while True: pass"
A_SECOND = "import time\nwhile time.process_time() < 1: pass"
ASLEEP = "import time; time.sleep(3600)"


@pytest.fixture
def start():
    """start(code) runs Python until the test has ended; returns its process id."""
    processes = []

    def run(code):
        process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        processes.append(process)
        return process.pid

    yield run
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def told(monkeypatch):
    """told(...) is what the stopwatch sees in turn: (wall, CPU seconds, whether awake)."""

    def see(*looks):
        rest = list(looks)
        monkeypatch.setattr(stopwatch, "look", lambda pid: rest[0][1:])
        monkeypatch.setattr(time, "monotonic", lambda: rest[0][0])
        watch = Stopwatch(1)
        seconds = []
        while rest[1:]:
            rest.pop(0)
            seconds.append(watch.read())
        return seconds

    return see


def until(condition):
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_computing_counts_in_cpu_seconds(told):
    """Also of several processes at once, which compute more than passes on the wall."""
    assert told((0, 5, True), (0.25, 5.25, True), (0.5, 5.75, True)) == [0.25, 0.75]


def test_waiting_for_a_busy_machine_does_not_count(told):
    assert told((0, 0, True), (0.25, 0.05, True), (60, 0.1, True)) == pytest.approx([0.05, 0.1])


def test_sleep_counts_on_the_wall(told):
    assert told((0, 1, False), (0.25, 1, False), (0.5, 1, False)) == [0.25, 0.5]


def test_of_a_long_time_between_two_looks_little_counts_as_sleep(told):
    """The grader itself was kept waiting, and the hand-in perhaps for it."""
    assert told((0, 1, False), (100, 1, False)) == [2 * EVERY]
    assert told((0, 1, False), (100, 51, False)) == [50]


def test_a_process_that_has_ended_takes_nothing_back(told):
    assert told((0, 3, True), (0.25, 3.25, True), (0.5, 0, False))[-1] == 0.25 + 0.25


def test_a_process_that_computes_is_awake_and_one_that_sleeps_is_not(start):
    busy, asleep = start(BUSY), start(ASLEEP)
    for looking in (look, look_elsewhere):
        until(lambda looking=looking: not looking(asleep)[1])
        until(lambda looking=looking: looking(busy)[1])
    before = cpu_seconds(busy)
    until(lambda: cpu_seconds(busy) > before + 0.2)


def test_what_a_process_has_started_counts_with_it_while_it_runs_and_when_it_has_ended(start):
    parent = start(
        "import subprocess, sys, time\n"
        f"subprocess.run([sys.executable, '-c', {A_SECOND!r}])\n"
        f"subprocess.Popen([sys.executable, '-c', {BUSY!r}])\n"
        "time.sleep(3600)"
    )
    until(lambda: cpu_seconds(parent) > 1.5)
    until(lambda: look(parent)[1])
    until(lambda: look_elsewhere(parent)[1])


def test_a_thread_that_computes_keeps_its_process_awake(start):
    pid = start("import threading\nthreading.Thread(target=lambda: any(iter(int, 1))).start()")
    until(lambda: cpu_seconds(pid) > 0.5)
    until(lambda: look(pid)[1])


def test_where_no_process_is_there_is_no_time():
    assert look(2**22 + 1) == look_elsewhere(2**22 + 1) == (0.0, False)
