"""No more output than a person would read: a cap in bytes for a cell and for a notebook.

The kernel caps what a cell prints, but a student's code could undo that. So the grader counts, too:

    class Client(NotebookClient):
        def process_message(self, msg, cell, cell_index):
            msg = self.cap.admit(msg, cell_index)
            return super().process_message(msg, cell, cell_index) if msg else None
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from nbformat import validate
from nbformat.v4 import output_from_msg

CELL = 2 * 2**20  # bytes, pictures included
NOTEBOOK = 20 * 2**20
FLOOD = 256 * 2**20  # bytes of one cell: the kernel is interrupted; after as many again, ended
WIDGETS = ("comm_open", "comm_msg", "comm_close")
COUNTED = ("stream", "display_data", "execute_result", "update_display_data", "error", *WIDGETS)
HARMLESS = ("status", "execute_input", "clear_output")


class OutputCap:
    """Admits a kernel's messages until they are too much.

    Args:
        interrupt, end: called, in this order, when one cell sends far more than anyone could use.
        cell, notebook: bytes that are kept.
    """

    def __init__(
        self,
        interrupt: Callable[[], None],
        end: Callable[[], None],
        cell: int = CELL,
        notebook: int = NOTEBOOK,
    ) -> None:
        self.interrupt, self.end = interrupt, end
        self.cell, self.notebook = cell, notebook
        self.arrived: Counter[int] = Counter()  # bytes, by cell
        self.kept: Counter[int] = Counter()
        self.cut: set[int] = set()

    def admit(self, message: dict[str, Any], cell_index: int) -> dict[str, Any] | None:
        """The message, or in its place a line that the rest is left out, or None."""
        kind = message["header"].get("msg_type")
        if kind == "clear_output":
            self.kept[cell_index] = 0
            self.cut.discard(cell_index)
        if kind not in COUNTED:
            return message if kind in HARMLESS else None
        if not is_whole(message):
            return None
        size = size_of(message)
        self._stop_a_flood(cell_index, size)
        if self.kept[cell_index] + size <= self.cell and self.kept.total() + size <= self.notebook:
            self.kept[cell_index] += size
            return message
        if cell_index in self.cut:
            return None
        self.cut.add(cell_index)
        return a_line(message, self.cell)

    def _stop_a_flood(self, cell_index: int, size: int) -> None:
        before = self.arrived[cell_index]
        now = self.arrived[cell_index] = before + size
        if before <= FLOOD < now:
            self.interrupt()
        if before <= 2 * FLOOD < now:
            self.end()


def size_of(message: dict[str, Any]) -> int:
    buffers = sum(len(buffer) for buffer in message.get("buffers") or ())
    return len(json.dumps(message["content"], default=str)) + buffers


def a_line(message: dict[str, Any], most: int) -> dict[str, Any]:
    """A line of output in the place of a message."""
    text = f"\n[The rest of the output is left out: there is more than {most / 2**20:g} MB.]\n"
    header = message["header"] | {"msg_type": "stream"}
    content = {"name": "stdout", "text": text}
    return message | {"header": header, "msg_type": "stream", "content": content}


def is_whole(message: dict[str, Any]) -> bool:
    """Whether a message has what nbclient and a notebook need of it."""
    content, kind = message["content"], message["header"]["msg_type"]
    if kind in WIDGETS:
        return isinstance(content.get("comm_id"), str) and isinstance(content.get("data"), dict)
    header = {"msg_type": "display_data" if kind == "update_display_data" else kind}
    try:
        validate(output_from_msg(message | {"header": header}), ref="output", version=4)
    except Exception:  # whatever a student's message may lack
        return False
    return True
