"""Chromium for the tests that need a browser; JupyterLab for those that need that too."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.live.browsing import CHROMIUM, PATIENCE, chromium, jupyter_lab, open_notebook


# For a module, not the session: its event loop would be in the way of other modules' own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on PATH, and in CI the browser tests must run")
        pytest.skip("no Chromium on PATH: the live view is not tested")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all pages of a module: JupyterLab's scripts are read and compiled once."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(1000 * PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty page; an error on its console fails the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    # On a reload ipywidgets looks for each widget once before the kernel has told of it.
    assert [e for e in errors if not e.startswith("Error: widget model not found")] == []


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab of this environment: its address and its folder."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder) as address:
        yield address, folder


@pytest.fixture
def notebook(page: Page, jupyter: tuple[str, Path]) -> Callable[..., Page]:
    """Open a notebook with one cell that shows a live GAN, or what else, and run it."""

    def open_and_run(source: str, shows: str = ".ganlab[data-painted]") -> Page:
        open_notebook(page, *jupyter, source)
        page.wait_for_selector(shows)
        return page

    return open_and_run
