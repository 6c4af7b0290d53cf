"""A statement on paper: one A4 page with the statement and nothing else."""

import re
import shutil

import pytest

from tests.browser.conftest import serve, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sample_server(sample_files, tmp_path_factory):
    process, address = serve(shutil.copytree(sample_files, tmp_path_factory.mktemp("printed"), dirs_exist_ok=True))
    yield address
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize(("lang", "person"), [("zh", "E004"), ("en", "E005")])
def test_the_busiest_statement_prints_to_one_page(browser, sample_server, lang, person):
    page = browser()
    page.goto(f"{sample_server}/incentives?company=sample&quarter=2026Q3&person={person}&lang={lang}")
    page.locator(".st-key-unprinted").wait_for()
    settle(page)
    printed = page.pdf(prefer_css_page_size=True)
    assert re.findall(rb"/Count (\d+)", printed) == [b"1"]
    width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed).groups())
    assert abs(width - 595.3) < 1 and abs(height - 841.9) < 1
    page.emulate_media(media="print")
    assert page.locator(".st-key-statement").is_visible()
    assert not page.locator("[data-testid=stSidebar]").is_visible() and not page.locator(".st-key-unprinted").is_visible()
