"""codespell, with its settings in pyproject.toml, notices what it is there for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_slip_and_an_american_form_are_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("teh colour of its behavior\n")  # codespell:ignore teh,behavior
    command = [sys.executable, "-m", "codespell_lib", str(page)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = [line.split(": ", 1)[1] for line in run.stdout.splitlines()]
    assert found == ["teh ==> the", "behavior ==> behaviour"]  # codespell:ignore teh,behavior
    assert run.returncode != 0
