"""Chromium for the tests that need a browser; JupyterLab for those that need that too."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


# For a module, not the session: its event loop would be in the way of other modules' own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on PATH, and in CI the browser tests must run")
        pytest.skip("no Chromium on PATH: the live view is not tested")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page; an error on its console fails the test."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    # On a reload ipywidgets looks for each widget once before the kernel has told of it.
    assert [e for e in errors if not e.startswith("Error: widget model not found")] == []


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab of this environment: its address and its folder."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "ServerApp": {
            "root_dir": str(folder),
            "port": port,
            "port_retries": 0,
            "open_browser": False,
        },
        "IdentityProvider": {"token": ""},
        "LabApp": {"expose_app_in_browser": True, "news_url": None},
    }
    config = folder / "config" / "jupyter_config.json"
    config.parent.mkdir()
    config.write_text(json.dumps(settings))
    places = {"PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(config.parent)}
    places |= {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "s"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "w"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--allow-root"]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, env=os.environ | places, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/api/status", server)
            yield address, folder
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(url: str, server: subprocess.Popen, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start within {seconds} s (exit status {server.poll()})")


@pytest.fixture
def notebook(page: Page, jupyter: tuple[str, Path]) -> Callable[[str], Page]:
    """Open a notebook with one cell in JupyterLab, and run it."""

    def open_and_run(source: str) -> Page:
        address, folder = jupyter
        name = f"{len(list(folder.glob('*.ipynb')))}.ipynb"
        cells = [nbformat.v4.new_code_cell(source)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / name)
        page.goto(f"{address}/lab/tree/{name}?reset")
        wait_for_kernel(page)
        page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_selector(".ganlab[data-painted]", timeout=60_000)
        return page

    return open_and_run


def wait_for_kernel(page: Page) -> None:
    """JupyterLab says "idle" before there is a kernel; the session knows better."""
    page.wait_for_selector(".jp-Notebook", timeout=60_000)
    page.wait_for_function(
        """() => {
            const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
            return session?.isReady && session.session?.kernel?.status === "idle";
        }""",
        timeout=60_000,
    )
