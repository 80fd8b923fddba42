"""Text that a student wrote, safe in a terminal and in a file."""

import re

__all__ = ["strip_control_chars"]

# The escape sequences of a terminal: colours, cursor movements, links; and the other characters
# that are not seen.
ESCAPES = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]?")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def strip_control_chars(text: object) -> str:
    """Text without a terminal's escape sequences and without control characters."""
    joined = "".join(text) if isinstance(text, list) else str(text)
    return CONTROLS.sub("", ESCAPES.sub("", joined.replace("\r\n", "\n").replace("\r", "\n")))
