"""Runs locked cells and checks where no student's code has ever run.

The names that solution cells define stand for what the student's process has under these names
(``bridge``). So a check is ordinary Python, its text stays out of the student's sight, and nothing
that a student's code does to its own process changes a verdict.
"""

import contextlib
import math
import resource
import socket
import types
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import torch
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type
from traitlets.config import Config

import ganlib.grading
from ganlib.grading.errors import ACROSS, error_output
from ganlib.grading.notebook_cells import names_of
from ganlib.grading.rpc.exceptions import came_across
from ganlib.grading.rpc.session import Malformed, RpcSession

__all__ = ["SETTINGS", "CheckerSession", "Shell", "run"]

# An error with five lines around each of its own, in colours, takes twenty times as long to show.
PLAIN = {"colors": "nocolor", "xmode": "Plain"}
SETTINGS = Config(HistoryManager={"enabled": False}, InteractiveShell=PLAIN)
GRADING = str(Path(ganlib.grading.__file__).parent)
MEMORY = 8 * 2**30  # bytes of data that a referee may have: a student may send it a good deal


class CheckerSession:
    """The locked cells and checks of one hand-in.

    Args:
        bridge: to the student's process.
        names: the global variables in which cells run.
    """

    def __init__(self, bridge: RpcSession, names: dict[str, Any]) -> None:
        self.bridge, self.names = bridge, names
        self.theirs: set[str] = set()  # names whose meaning is the student's
        self.known: dict[str, Any] = {}  # what names meant before the check that runs
        bridge.patched_names = self._patched_names

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """While a locked cell runs here: what it binds is the referee's own from now on."""
        missing = object()
        before = {name: self.names.get(name, missing) for name in self.theirs}
        yield
        self.theirs -= {n for n, old in before.items() if self.names.get(n, missing) is not old}

    def solved(self, source: str) -> None:
        """A solution cell has run over there; ``source`` is the instructor's."""
        self.theirs |= names_of(source)

    @contextlib.contextmanager
    def check(self) -> Iterator[None]:
        """While a check runs here.

        Raises:
            Closed: the student's process has ended.
            Malformed: it does not answer as a kernel does.
        """
        found = self.bridge.begin(sorted(self.theirs))
        if not isinstance(found, dict):
            raise Malformed("names that are none")
        for name in self.theirs:
            self.names.pop(name, None)
        self.names.update({name: found[name] for name in self.theirs if name in found})
        self.known = dict(self.names)
        yield

    def _patched_names(self) -> dict[str, Any]:
        """What a check has bound anew, with ``unittest.mock.patch.dict(globals(), ...)`` say."""
        now = {name: self.names.get(name) for name in self.known}
        return {n: new for n, new in now.items() if new is not self.known[n] and callable(new)}


def lines_of(trace: types.TracebackType | None) -> Iterator[types.TracebackType]:
    """A traceback, line by line."""
    while trace:
        yield trace
        trace = trace.tb_next


def joined(lines: list[types.TracebackType]) -> types.TracebackType | None:
    """The traceback of these lines alone."""
    whole = None
    for line in reversed(lines):
        whole = types.TracebackType(whole, line.tb_frame, line.tb_lasti, line.tb_lineno)
    return whole


def is_ours(line: types.TracebackType) -> bool:
    return line.tb_frame.f_code.co_filename.startswith(GRADING)


class SilentDisplayHook(DisplayHook):
    """Keeps a cell's last value instead of printing it."""

    value: NotebookNode | None = None

    def write_output_prompt(self) -> None:
        """There is none."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        self.value = new_output("execute_result", data=dict(format_dict))

    def finish_displayhook(self) -> None:
        """Nothing has been written."""


class Shell(InteractiveShell):
    """IPython without a terminal: it keeps values and errors instead of printing them."""

    displayhook_class = Type(SilentDisplayHook)
    error: NotebookNode | None = None
    came_across = False  # the error, from the student's side

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        """The error to show, with the check's lines and without those of the bridge."""
        kind, error, trace = super()._get_exc_info(exc_tuple)
        lines = [*lines_of(trace)]
        self.came_across = came_across(error)
        return kind, error, joined([line for line in lines if not is_ours(line)])

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.error = new_output(
            "error",
            ename=str(etype.__name__),
            evalue=str(evalue),
            traceback=[*stb, ACROSS] if self.came_across else list(stb),
        )

    def outputs_of(self, source: str) -> list[NotebookNode]:
        """Run a cell; its outputs, as a kernel would have sent them."""
        hook = cast(SilentDisplayHook, self.displayhook)
        self.error = hook.value = None
        with capture_output() as captured:
            self.run_cell(source, store_history=False)
        # A warning fails no check here: nbgrader would take anything on stderr for a failure.
        text = captured.stdout + captured.stderr
        streams = [new_output("stream", name="stdout", text=text)] if text else []
        shown = [
            new_output("display_data", data=output.data, metadata=output.metadata or {})
            for output in captured.outputs
        ]
        last = [output for output in (hook.value, self.error) if output]
        return [*streams, *shown, *last]


def run(orders: Connection, channel: socket.socket) -> None:
    """Be the referee of one hand-in, until the grader hangs up.

    Orders are pairs: "locked", "solved" or "check", and a cell's source; the answer to each is a
    list of outputs.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    torch.set_num_threads(1)
    shell = Shell.instance(config=SETTINGS)
    referee = CheckerSession(RpcSession(channel, "referee"), shell.user_ns)
    while True:
        try:
            order, source, points = orders.recv()
        except (EOFError, OSError):
            return
        outputs: list[NotebookNode] = []
        if order == "solved":
            referee.solved(source)
        elif order == "locked":
            with referee.locked():
                outputs = shell.outputs_of(source)
        else:
            outputs = _checked(referee, shell, source, points)
        orders.send(outputs)


def _checked(
    referee: CheckerSession, shell: Shell, source: str, points: float
) -> list[NotebookNode]:
    """What comes of a check, whatever the student's process may answer."""
    try:
        with referee.check():
            outputs = [bounded(output, points) for output in shell.outputs_of(source)]
    except Exception as error:
        outputs = [error_output("StudentProcess", str(error))]
    with contextlib.suppress(Exception):
        referee.bridge.done()
    return outputs


def bounded(output: NotebookNode, points: float) -> NotebookNode:
    """Partial credit, a check's last value, if it is a number from 0 to its points.

    nbgrader gives full marks for what is no number, and what is below 0 or nan as it is.
    """
    if output.output_type != "execute_result":
        return output
    text = output.data.get("text/plain", "")
    try:
        credit = float(text)
    except ValueError:
        credit = math.nan
    if 0 <= credit <= points:
        return output
    return error_output("PartialCredit", f"the check gave {text[:100]}, not 0 to {points:g} points")
