"""No page has a link that leads nowhere or a picture without words; and each lint notices one."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.links import links_lead_somewhere, pictures_have_words

ROOT = Path(__file__).parents[1]
# Each page, and the folder that its reader sees.
PAGES = dict.fromkeys([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ROOT)
for folder in (ROOT / "course", ROOT / "solutions"):
    PAGES |= dict.fromkeys(sorted(folder.glob("*/*.ipynb")), folder)

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pages
def test_every_link_leads_somewhere(page):
    assert not list(links_lead_somewhere(page, PAGES[page]))


@pages
def test_every_picture_has_words(page):
    assert not list(pictures_have_words(page))


# What follows shows each lint a fault.


@pytest.fixture
def write(tmp_path):
    """Writes a page, and beside it a notebook with the heading "2. Two players: D · G"."""

    def notebook(name: str, *cells) -> Path:
        nbformat.write(new_notebook(cells=list(cells)), tmp_path / name)
        return tmp_path / name

    notebook(
        "other.ipynb", new_markdown_cell("## 2. Two players: D"), new_markdown_cell("## D · G")
    )

    def write(text: str, name: str) -> Path:
        if name.endswith(".ipynb"):
            return notebook(name, new_markdown_cell(text))
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize("name", ["page.md", "page.ipynb"])
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[a](other.ipynb)", None),
        ("[a](other.ipynb#2.-Two-players:-D)", None),
        ("[a](https://a.org/b?c=d#e)", None),
        ("`http://localhost:8888` and, in a block,\n\n    https://a.org", None),
        ("[a](missing.ipynb)", "missing.ipynb is not there"),
        ("![words](images/missing.png)", "images/missing.png is not there"),
        ("<details>\n\n[a](missing.md)\n\n</details>", "missing.md is not there"),
        ("| a |\n|---|\n| [a](missing.md) |", "missing.md is not there"),
        ("[a][b]\n\n[b]: missing.md", "missing.md is not there"),
        ("[a](other.ipynb#1.-One)", "other.ipynb#1.-One leads to no heading"),
        ("[a](#Elsewhere)", "#Elsewhere leads to no heading"),
        ("[a](other.ipynb#D-·-G)", "is not ASCII"),
        ("[a](..)", ".. leads out of"),
        ("[a](http://a.org)", "http://a.org is no https address"),
        ("[a](https://a)", "https://a is no https address"),
        ("[a](https:/a.org)", "https:/a.org is no https address"),
        ("[a](//a.org/b)", "//a.org/b is no https address"),
        ("see https://a.org/b", "a bare address: see https://a.org/b"),
        ("[https://a.org](https://a.org)", "a bare address: https://a.org"),
        ('<a href="missing.md">a</a>', "write it in Markdown"),
    ],
)
def test_a_link_that_leads_nowhere_is_noticed(write, tmp_path, name, text, complaint):
    found = "\n".join(links_lead_somewhere(write(text, name), tmp_path))
    assert (complaint in found) if complaint else not found


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("page.md", "#2-two-players-d--g", "#2.-Two-players:-D-·-G"),
        ("page.ipynb", "#2.-Two-players:-D-·-G", "#2-two-players-d--g"),
    ],
)
def test_an_anchor_is_that_of_the_reader(write, tmp_path, name, right, wrong):
    heading = "## 2. Two players: D · G\n\n"
    (found,) = links_lead_somewhere(write(f"{heading}[a]({wrong})", name), tmp_path)
    assert "no heading" in found
    assert not [
        complaint
        for complaint in links_lead_somewhere(write(f"{heading}[a]({right})", name), tmp_path)
        if "no heading" in complaint
    ]


def test_a_picture_without_words_is_noticed(write, tmp_path):
    page = write("![two curves](a.png) ![](b.png) ![ ](c.png)", "page.md")
    assert list(pictures_have_words(page)) == ["b.png has no alt text", "c.png has no alt text"]


@pytest.mark.parametrize("words", ["", "  ", None, "two curves"])
def test_an_output_without_words_is_noticed(tmp_path, words):
    metadata = {} if words is None else {"image/png": {"alt": words}}
    shown = new_output("display_data", data={"image/png": "", "text/plain": "a"}, metadata=metadata)
    printed = new_output("stream", text="a")
    page = tmp_path / "page.ipynb"
    cell = new_code_cell(outputs=[printed, shown], id="a-picture")
    nbformat.write(new_notebook(cells=[cell]), page)
    complaint = "cell a-picture shows a picture without alt text"
    assert list(pictures_have_words(page)) == ([] if words == "two curves" else [complaint])
