"""Chromium and JupyterLab, for tests, benchmarks and the recording in the README."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PATIENCE = 300.0  # seconds for anything in a page: it ends a hang, and says nothing of speed


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """A JupyterLab of this environment with its own settings; gives its address.

    Raises:
        RuntimeError: it did not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = {"root_dir": str(folder), "port": port, "port_retries": 0, "open_browser": False}
    settings = {
        "ServerApp": server,
        "IdentityProvider": {"token": ""},
        "LabApp": {"expose_app_in_browser": True, "news_url": None},
    }
    own = folder / ".jupyter"
    own.mkdir()
    (own / "jupyter_config.json").write_text(json.dumps(settings))
    (own / "labconfig").mkdir()
    # Node is not asked, at each opening of a page, whether extensions should be built anew.
    no_build = {"buildCheck": False, "buildAvailable": False}
    (own / "labconfig/page_config.json").write_text(json.dumps(no_build))
    news = own / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false"}')  # or it asks, above everything else
    places = {
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(own),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--allow-root"]
    with (own / "log").open("w") as log:
        process = subprocess.Popen(
            command, env=os.environ | places, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/api/status", process)
            yield address
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_for(url: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"no JupyterLab within {PATIENCE} s (exit status {process.poll()})")


def open_notebook(page: Page, address: str, folder: Path, source: str) -> None:
    """A new notebook of one cell, opened and run."""
    name = f"{len(list(folder.glob('*.ipynb')))}.ipynb"
    cells = [nbformat.v4.new_code_cell(source)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / name)
    page.goto(f"{address}/lab/tree/{name}?reset")
    wait_for_kernel(page)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")


def wait_for_kernel(page: Page) -> None:
    """JupyterLab says "idle" before there is a kernel; the session knows better."""
    page.wait_for_selector(".jp-Notebook")
    page.wait_for_function(
        """() => {
            const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
            return session?.isReady && session.session?.kernel?.status === "idle";
        }"""
    )
