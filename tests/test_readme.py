"""What the README shows works, and what it links to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md"]


def test_the_ten_lines_of_ganlib_run():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    quick = example.replace("steps=2000", "steps=20, progress=False")
    assert quick != example
    names: dict = {}
    exec(compile(quick, "README.md", "exec"), names)
    assert names["samples"].shape == (1000, 1)
    assert len(names["history"]) == 20


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    missing = [t for t in targets if not t.startswith("http") and not (ROOT / t).exists()]
    assert not missing


def test_every_notebook_is_in_the_table():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for source in ROOT.glob("solutions/*/*.py"):
        assert f"course/{source.parent.name}/{source.stem}.ipynb" in text
