"""The one command line, ``python -m ganlib.grading COMMAND ...``.

Each command is a module with a docstring, ``add_arguments(parser)`` and ``run(options)``, which
returns the exit status. Only the module of the command that was asked for is imported: writing
marks loads no torch.
"""

import argparse
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from nbgrader.converters.base import NbGraderException

from ganlib.grading.errors import DATABASE, STOPPED, one_line_error

__all__ = ["STOPPED", "main"]

# What is wrong with a course, a class or a machine; all else is a mistake of ours.
ERRORS = (LookupError, NbGraderException, OSError, RuntimeError, ValueError, *DATABASE)


@dataclass(frozen=True)
class Command:
    """``failed`` begins the line that says why there is no result."""

    module: str
    help: str
    failed: str


COMMANDS = {
    "build": Command("authoring.build", "build the course from its solutions", "not built"),
    "grade": Command("batch.grade", "grade a class", "stopped"),
    "regrade": Command("batch.regrade", "grade anew after a check was corrected", "not regraded"),
    "report": Command("reports.report", "make a page about a class", "no report"),
    "marks": Command("reports.marks", "write marks for a learning platform", "no marks"),
}


def main(words: list[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser(
        prog="python -m ganlib.grading", description="Builds a course, and grades it."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        own = commands.add_parser(
            name, help=command.help, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        own.add_argument("--course", type=Path, default=Path(), help="the course's folder (this)")
        if name in words[:1]:
            module = import_module(f"ganlib.grading.{command.module}")
            own.description = module.__doc__
            module.add_arguments(own)
    options = parser.parse_args(words)
    options.course = options.course.resolve()
    try:
        return module.run(options)
    except ERRORS as error:
        print(f"{COMMANDS[options.command].failed}: {one_line_error(error)}", file=sys.stderr)
        return STOPPED
