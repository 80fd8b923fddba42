"""What the README shows works, and no notebook is missing from its table."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_ten_lines_of_ganlib_run():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    quick = example.replace("steps=2000", "steps=20, progress=False")
    assert quick != example
    names: dict = {}
    exec(compile(quick, "README.md", "exec"), names)
    assert names["samples"].shape == (1000, 1)
    assert len(names["history"]) == 20


def test_every_notebook_is_in_the_table():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for source in ROOT.glob("solutions/*/*.py"):
        assert f"course/{source.parent.name}/{source.stem}.ipynb" in text
