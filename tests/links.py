"""Links and pictures of a page, Markdown file or notebook: each lint yields complaints."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKDOWN = MarkdownIt("commonmark").enable("table")


def links_lead_somewhere(page: Path, root: Path) -> Iterator[str]:
    """Each link leads to a file under ``root``, to a heading of it, or to an https address.

    ``root`` is what its reader sees: JupyterLab, for one, opens ``course/`` and nothing above it.
    """
    for token in _tokens(page):
        target = token.attrs.get("src") or token.attrs.get("href")
        if target is not None:
            yield from _complaints(str(target), page, root)
        elif token.type == "text" and "://" in token.content:
            yield f"a bare address: {token.content}"
        elif token.type.startswith("html") and re.search(r"<(a|img)\b", token.content):
            yield f"write it in Markdown, where it can be checked: {token.content.strip()}"


def pictures_have_words(page: Path) -> Iterator[str]:
    """Each picture, in the text or among a notebook's outputs, has a text alternative."""
    for token in _tokens(page):
        if token.type == "image" and not token.content.strip():
            yield f"{token.attrs['src']} has no alt text"
    if page.suffix == ".ipynb":
        for cell in nbformat.read(page, as_version=4).cells:
            for output in cell.get("outputs", []):
                for kind in output.get("data", {}):
                    words = output.metadata.get(kind, {}).get("alt", "")
                    if kind.startswith("image/") and not words.strip():
                        yield f"cell {cell.id} shows a picture without alt text"


def _complaints(target: str, page: Path, root: Path) -> Iterator[str]:
    address = urlsplit(target)
    if address.scheme or address.netloc:
        if address.scheme != "https" or not re.fullmatch(r"[\w-]+(\.[\w-]+)+", address.netloc):
            yield f"{target} is no https address"
        return
    file = page.parent / unquote(address.path) if address.path else page
    if not file.exists():
        yield f"{target} is not there"
    elif not file.resolve().is_relative_to(root):
        yield f"{target} leads out of {root.name}/"
    elif anchor := unquote(address.fragment):
        if anchor not in _anchors(file):
            yield f"{target} leads to no heading"
        elif not anchor.isascii():
            yield f"{target} is not ASCII, and JupyterLab loses it"


def _anchors(page: Path) -> set[str]:
    """What a link to a heading says: in JupyterLab its words, on GitHub these in lower case."""
    headings = [
        inline.content
        for opening, inline in pairwise(_tokens(page))
        if opening.type == "heading_open"
    ]
    if page.suffix == ".md":
        headings = [re.sub(r"[^\w -]", "", heading).lower() for heading in headings]
    return {heading.replace(" ", "-") for heading in headings}


def _tokens(page: Path) -> Iterator[Token]:
    """Block by block; the inline tokens of a block follow it."""
    for text in _texts(page):
        for token in MARKDOWN.parse(text):
            yield token
            yield from token.children or ()


def _texts(page: Path) -> list[str]:
    if page.suffix == ".md":
        return [page.read_text(encoding="utf-8")]
    cells = nbformat.read(page, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]
