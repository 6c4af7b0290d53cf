"""Every visible word comes from the catalogue, in both languages."""

import ast
import re
import string
from pathlib import Path

import pytest

from core import text

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
SPEAKING = {"title", "header", "subheader", "write", "markdown", "caption", "info", "success", "warning", "error",
            "button", "download_button", "selectbox", "slider", "text_input", "checkbox", "file_uploader", "metric",
            "popover", "spinner", "expander", "toast", "text", "radio", "tabs", "sentence"}


def docstrings(tree) -> set[int]:
    return {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.FunctionDef,
            ast.ClassDef)) and node.body and isinstance(node.body[0], ast.Expr)}


def bypassing(source: str) -> list[str]:
    """Chinese outside docstrings, and words given straight to a call that shows them."""
    tree = ast.parse(source)
    spared = docstrings(tree)
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and id(node) not in spared and re.search(r"[\u4e00-\u9fff]", node.value)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        of = getattr(call.func, "value", None)
        # What a session answers is already in the reader's words: look.metric("gmv") is "GMV", as look.say's is.
        if getattr(of, "id", "") != "look" and getattr(call.func, "attr", "") in SPEAKING and call.args:
            first = call.args[0]
            parts = first.values if isinstance(first, ast.JoinedStr) else [first]
            found += [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
                      and re.search("[A-Za-z]", part.value)]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_visible_word_bypasses_the_catalogue(path):
    assert bypassing(path.read_text("utf-8")) == []


def test_the_search_for_bypassing_words_finds_them():
    assert bypassing('st.button("Save")') == ["Save"]
    assert bypassing('x = f"{a}元"') == ["元"]
    assert bypassing('left.metric("gmv")') == ["gmv"] and bypassing('look.metric("gmv")') == []
    assert bypassing('st.markdown(f"#### {say(1)}")') == []


def test_both_languages_of_a_text_have_the_same_places():
    places = {key: [{name for _, name, _, _ in string.Formatter().parse(words[lang]) if name} for lang in ("zh", "en")]
              for key, words in text.catalogue().items()}
    assert [key for key, (zh, en) in places.items() if zh != en] == []


def test_every_key_that_a_page_names_is_in_the_catalogue():
    named = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("say", "word"):
                named |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    assert named and sorted(key for key in named if not text.has(f"page.{key}")) == []
