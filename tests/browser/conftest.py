"""A real server and a real browser; where there is no Chromium the tests are skipped, unless they are required."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items):
    if not CHROMIUM and not os.environ.get("TIEJUN_REQUIRE_BROWSER"):
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def serve(folder: Path):
    """Starts the app on a free port with its data in the folder; answers (process, address)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)], cwd=ROOT,
        env=os.environ | {"TIEJUN_DATA": os.fspath(folder)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            if urllib.request.urlopen(address + "/_stcore/health", timeout=1).status == 200:
                return process, address
        except OSError:
            time.sleep(0.25)
    process.kill()
    raise RuntimeError("the app did not start within a minute")


def settle(page):
    """Waits until the page is drawn to its end: what is pressed while it is still being drawn may be replaced under the hand."""
    from playwright.sync_api import expect
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()


def until(page, act, tries: int = 4):
    """What `act` answers; done again, as a person would, when the page was drawn anew under the hand."""
    from playwright.sync_api import TimeoutError
    for _ in range(tries - 1):
        settle(page)
        try:
            return act()
        except TimeoutError:
            continue
    settle(page)
    return act()


def download(page, label: str, target: Path) -> Path:
    """Presses the button and answers the file that the browser saved."""
    def press():
        with page.expect_download(timeout=20_000) as waiting:
            page.get_by_role("button", name=label).first.click(timeout=20_000)
        return waiting.value
    until(page, press).save_as(target)
    return target


def choose(page, label, option: str) -> None:
    """Opens a choice by its label and takes an option."""
    def take():
        page.get_by_label(label).press("ArrowDown")
        page.get_by_role("option", name=option, exact=True).click(timeout=10_000)
    until(page, take)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    process, address = serve(tmp_path_factory.mktemp("served"))
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture
def browser():
    """A Chinese-speaking Chromium of 1440 × 900; answers a function that opens a page and records what it requests."""
    from playwright.sync_api import expect, sync_playwright
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def open_page(locale: str = "zh-CN"):
            context = started.new_context(viewport={"width": 1440, "height": 900}, locale=locale, accept_downloads=True)
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.asked = []
            page.on("request", lambda request: page.asked.append(request.url))
            return page
        yield open_page
        started.close()
