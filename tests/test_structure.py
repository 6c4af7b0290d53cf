"""app.py → pages → core → data, one way; and what the design promises of the folders."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder} holds no modules"
    return found


def test_core_knows_nothing_of_streamlit_or_the_pages():
    for path in modules("core"):
        roots = {name.split(".")[0] for name in imported(path)}
        assert not roots & {"streamlit", "pages", "app"}, path


def test_only_the_store_opens_a_file_in_duckdb_and_never_the_shared_connection():
    for path in modules("core") + modules("pages"):
        calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text("utf-8")))
                 if isinstance(node, ast.Call)]
        assert "duckdb.sql" not in calls, path
        if "store" not in path.parts and "importing" not in path.parts and "sample" not in path.parts:
            assert "duckdb.connect" not in calls, path


def test_data_holds_no_code():
    assert not list((ROOT / "data").rglob("*.py"))


def test_page_scripts_stay_short():
    for path in (ROOT / "pages").glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 60, path


def test_no_file_is_longer_than_a_reader_can_hold():
    for path in modules("core") + modules("pages") + modules("tests"):
        assert len(path.read_text("utf-8").splitlines()) <= 350, path
