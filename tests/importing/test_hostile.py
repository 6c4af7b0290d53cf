"""Every hostile file ends in its named problem, in both languages, and nothing of it stays behind."""

import pytest

from core import text
from core.importing.read import SEVERITY, read
from tests.importing import hostile


@pytest.mark.parametrize("name", hostile.CASES)
def test_a_hostile_file_ends_in_its_named_problem(name, tmp_path):
    code = hostile.CASES[name][1]
    path, = hostile.write(tmp_path / "files", [name])
    files = read(path, tmp_path / "raw")
    said = {file.problem for file in files} | {fact.code for file in files for sheet in file.sheets for fact in sheet.facts}
    assert code in said and (code or said == {""}) and said - {""} <= set(SEVERITY)
    kept = {sheet.parquet for file in files for sheet in file.sheets}
    assert {path for path in (tmp_path / "raw").rglob("*") if path.is_file()} == kept
    assert {entry.name for entry in tmp_path.iterdir()} == {"files", "raw"}


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_code_of_the_reader_says_what_is_wrong_and_the_way_out(lang):
    places = {"value": "x", "cell": "A1", "count": 1}
    for code in SEVERITY:
        assert text.say(f"problem.{code}", lang, **places) and text.say(f"suggestion.{code}", lang, **places)


def test_every_problem_of_the_corpus_has_a_severity():
    assert {code for _, code in hostile.CASES.values()} - {""} <= set(SEVERITY)
