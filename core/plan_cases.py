"""Cases that HR writes: a person's figures in a quarter and what the plan should make of them, tried on a plan."""

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core import periods, settlement, text
from core.datasets import DATASETS
from core.exporting.workbook import workbook
from core.importing import values
from core.importing.read import RawFile
from core.importing.read import read as read_raw
from core.importing.type_rows import letter
from core.metrics import METRICS
from core.periods import Period
from core.plan import copied
from core.plan.problems import Problem
from core.store import Store

WORDS = ("name", "quarter", "role", "level", "team")
NUMBERS = ("base", "position_value", "days", "support")
EXPECTED = ("commission", "score", "grade")
PARTS = ("figures", "targets", "floors")
MOST = 2000
CLOSE = {"commission": 0.005, "score": 0.005}


@dataclass(frozen=True)
class Result:
    """A case on a plan: what was expected and found by name (commission yuan, score, grade; None = there is none), which
    of them differ, and the metrics of the scorecard that had no figure or no target."""

    name: str
    expected: dict
    found: dict
    wrong: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not self.wrong


def headers(lang: str, metrics: list[str]) -> dict[str, tuple]:
    """Header → (part of the case, metric or None), in the order of the template."""
    said = {text.say(f"plan.case.{name}", lang): (name, None) for name in (*WORDS, *NUMBERS)}
    for metric in metrics:
        said |= {f"{getattr(METRICS[metric], lang)} {text.say(f'plan.case.{part}', lang)}": (part, metric) for part in PARTS}
    return said | {text.say(f"plan.case.expected_{name}", lang): (f"expected_{name}", None) for name in EXPECTED}


def template(plan: dict, lang: str) -> bytes:
    """A workbook to fill in: one row a case, a row of example on the first scorecard's metrics."""
    card = next(iter(plan["scorecards"].values()))
    columns = headers(lang, list(card["weights"]))
    role = next(iter(plan["roles"]))
    given = {"name": text.say("plan.case.example", lang), "quarter": "2026Q3", "base": 6000,
             "role": plan["roles"][role].get(lang, role), "expected_commission": 6000, "expected_score": 100,
             "expected_grade": "A"}
    row = {}
    for header, (part, metric) in columns.items():
        row[header] = (0.3 if METRICS[metric].unit == "percent" else 40) if part in ("figures", "targets") else given.get(part)
    return workbook({text.say("plan.case.sheet", lang): pd.DataFrame([row], dtype=object)}, {}, lang)


def read(store: Store, path: Path, plan: dict) -> tuple[list[dict], list[Problem]]:
    """The cases of the first sheet of a workbook or CSV, and everything that is wrong with it; a row with a problem is no
    case. Headers in either language; figures as uploads read them (27 %, 1.2万)."""
    folder = store.stage_folder() / secrets.token_hex(8)
    try:
        files = read_raw(path, folder)
        if broken := next((file for file in files if file.problem), None):
            return [], [Problem((), "case_file", places={"said": _said_of(broken, path)})]
        sheet = next((sheet for file in files for sheet in file.sheets if not sheet.hidden), None)
        raw = pd.read_parquet(sheet.parquet) if sheet else pd.DataFrame()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not 1 < len(raw) <= MOST + 1:
        return [], [Problem((), "case_none" if len(raw) < 2 else "case_many", len(raw) - 1, {"most": MOST})]
    return _cases(store, raw, plan)


def _said_of(broken: RawFile, path: Path) -> dict:
    places = {"value": broken.name or path.suffix, "cell": broken.cell, "column": "", "count": 1, "near": ""}
    return {lang: " ".join(text.say(f"{part}.{broken.problem}", lang, **places) for part in ("problem", "suggestion"))
            for lang in text.LANGUAGES}


def _cases(store: Store, raw: pd.DataFrame, plan: dict) -> tuple[list[dict], list[Problem]]:
    columns, problems = _matched(raw)
    if not {"name", "quarter", "role"} <= {part for part, _ in columns.values()}:
        return [], [Problem((), "case_headers", places={"headers": {
            lang: ", ".join(text.say(f"plan.case.{name}", lang) for name in ("name", "quarter", "role"))
            for lang in text.LANGUAGES}})]
    numbers = {column: _numbers(store, raw[column].iloc[1:]) for column, (part, _) in columns.items()
               if part not in (*WORDS, "expected_grade")}
    cases = []
    for place, row in enumerate(raw.iloc[1:].to_dict("records")):
        case, wrong = _case(row, columns, {column: found[place] for column, found in numbers.items()}, plan)
        problems += wrong
        if not wrong:
            cases.append(case)
    return cases, problems + _twice(cases)


def _twice(cases: list[dict]) -> list[Problem]:
    names = [case["name"] for case in cases]
    return [Problem((), "case_twice", name) for name in dict.fromkeys(names) if names.count(name) > 1]


def _matched(raw: pd.DataFrame) -> tuple[dict[str, tuple], list[Problem]]:
    """Column → (part, metric) by the headers of either language, and the headers that say nothing."""
    known = {_folded(header): part for lang in text.LANGUAGES for header, part in headers(lang, list(METRICS)).items()}
    known |= {_folded(f"{metric}{text.say(f'plan.case.{part}', lang)}"): (part, metric)
              for lang in text.LANGUAGES for metric in METRICS for part in PARTS}
    columns, problems = {}, []
    for number, column in enumerate(c for c in raw.columns if c != "_row"):
        header = _plain(raw[column].iloc[0])
        if _folded(header) in known:
            columns[column] = known[_folded(header)]
        elif header or any(map(_plain, raw[column].iloc[1:])):
            problems.append(_at(number, raw["_row"].iloc[0], "case_header", header or "—"))
    return columns, problems


def _folded(header: str) -> str:
    return re.sub(r"[\s_()（）]", "", header).casefold()


def _plain(cell) -> str:
    return "" if text.missing(cell) else str(cell).strip()


def _numbers(store: Store, cells: pd.Series) -> list[float | None]:
    """Each cell as a number, as uploads read it; None where it is none."""
    said = [_plain(cell) or None for cell in cells]
    found = store.cursor().execute(f"select {values.number('y')} from (select {values.clean('x')} as y from"
                                   " (select unnest($said) as x))", {"said": said}).fetchall()
    return [number for (number,) in found]


def _at(column: int, row: int, code: str, value, **places) -> Problem:
    cell = f"{letter(column)}{row}"
    return Problem((cell,), code, value, places, {lang: text.say("plan.case.cell", lang, cell=cell) for lang in text.LANGUAGES})


def _case(row: dict, columns: dict, numbers: dict, plan: dict) -> tuple[dict, list[Problem]]:
    """One row as a case, and what is wrong with its cells."""
    case = {"figures": {}, "targets": {}, "floors": {}, "expected": {}}
    problems, places = [], {column: number for number, column in enumerate(c for c in row if c != "_row")}
    for column, (part, metric) in columns.items():
        said = _plain(row[column])
        value = numbers.get(column, said)
        code = _wrong_cell(part, metric, said, value)
        if code:
            problems.append(_at(places[column], row["_row"], code, said))
        elif said and metric:
            case[part][metric] = value
        elif said and part.startswith("expected_"):
            case["expected"][part.removeprefix("expected_")] = value
        elif said:
            case[part] = value
    place = {part: places[column] for column, (part, _) in columns.items()}
    for name in ("name", "quarter", "role"):
        if not case.get(name):
            problems.append(_at(place[name], row["_row"], "case_lacks", "", what={
                lang: text.say(f"plan.case.{name}", lang) for lang in text.LANGUAGES}))
    meant, wrong = _meant(case, plan)
    return case | meant, problems + [_at(place[part], row["_row"], *said, **more) for part, *said, more in wrong]


def _wrong_cell(part: str, metric: str | None, said: str, value) -> str:
    if said and value is None:
        return "not_a_number"
    if said and metric and METRICS[metric].unit == "percent" and abs(value) > 10:
        return "case_percent"
    return ""


def _meant(case: dict, plan: dict) -> tuple[dict, list[tuple]]:
    """The case's quarter, role and level as the product calls them, and what cannot be meant: (part, code, value, places)."""
    meant, wrong = {}, []
    if said := values.read_value(DATASETS["targets"].column("quarter"), case.get("quarter", ""), {}):
        meant["quarter"] = said
    elif "quarter" in case:
        wrong.append(("quarter", "case_quarter", case["quarter"], {}))
    for name, choices in (("role", plan["roles"]), ("level", {})):
        declared = DATASETS["employees"].column(name).choices
        words = {_folded(word): key for key, said in [*declared.items(), *choices.items()]
                 for word in (key, said.get("zh", ""), said.get("en", ""), *said.get("also", ()))}
        if name in case and _folded(case[name]) in words:
            meant[name] = words[_folded(case[name])]
        elif name in case:
            near = {lang: ", ".join(said.get(lang, key) for key, said in (declared | choices).items()) for lang in text.LANGUAGES}
            wrong.append((name, f"no_{name}", case[name], {"near": near}))
    longest = periods.quarter(said).days if said else 92
    if not 1 <= case.get("days", 1) <= longest:
        wrong.append(("days", "case_days", f"{case['days']:g}", {"days": longest}))
    wrong += [(name, "case_below", f"{case[name]:g}", {}) for name in ("base", "position_value") if case.get(name, 0) < 0]
    if (grade := case["expected"].get("grade")) and grade not in plan["grades"]:
        wrong.append(("expected_grade", "no_grade", grade, {"near": ", ".join(plan["grades"])}))
    if not case["expected"]:
        wrong.append(("name", "case_expects", case.get("name", ""), {}))
    return meant, wrong


def tried(plan: dict, cases: list[dict]) -> list[Result]:
    """Each case on a plan: one person alone, only the rules that pay by scorecard, and no budget. Pay is right to the
    cent, a score to 0.005."""
    rules = {name: rule for name, rule in plan["rules"].items() if rule["kind"] == "scorecard_pay"}
    alone = copied(plan) | {"rules": rules, "company": plan["company"] | {"budget": 0}}
    return [_result(alone, case) for case in cases]


def _result(plan: dict, case: dict) -> Result:
    settled = settlement.run(plan, periods.quarter(case["quarter"]), **_inputs(plan, case))
    scored, paid = settled.scores.iloc[0], settled.ledger[settled.ledger["rule"].isin(list(plan["rules"]))]
    score = None if text.missing(float(scored["score"])) else float(scored["score"])
    found = {"commission": round(float(paid["amount"].sum()), 2), "score": score, "grade": scored["grade"]}
    found = {name: None if text.missing(value) else value for name, value in found.items()}
    lines = settled.metrics
    missing = tuple(f"{metric}.{why}" for metric, why in zip(lines["metric"], lines["missing"], strict=True) if why)
    wrong = tuple(name for name, value in case["expected"].items() if not _same(name, value, found[name]))
    return Result(case["name"], case["expected"], found, wrong, missing)


def _same(name: str, expected, found) -> bool:
    if name == "grade" or found is None:
        return str(expected) == str(found)
    return abs(expected - found) <= CLOSE[name] + 1e-9


def _inputs(plan: dict, case: dict) -> dict:
    """What a settlement needs for the one person of a case; the figures and bars are the person's (or the team's) own, of a
    post on the company's scorecard the company's."""
    period, team = periods.quarter(case["quarter"]), case.get("team", "-")
    role = plan["roles"].get(case["role"], {}).get("scorecard")
    company = role == "company" and not plan.get("teams", {}).get(team)
    subjects = {m: ("company", None) if company else ("employee", "1") if "employee" in METRICS[m].grain else ("team", team)
                for m in METRICS}
    values_ = pd.DataFrame([(m, *subjects[m], v, v, 1.0, 1, "") for m, v in case["figures"].items()], columns=[
        "metric", "subject_type", "subject_id", "value", "numerator", "denominator", "n", "note"])
    targets = pd.DataFrame([(period.label, "employee", "1", m, v, case["floors"].get(m), None, "", "", 0)
                            for m, v in case["targets"].items()], columns=[
        "quarter", "subject_type", "subject_id", "metric", "target", "floor", "benchmark", "_file", "_sheet", "_row"])
    return {"people": pd.DataFrame([_person(case, period, team)]), "values": values_, "targets": targets, "parents": {},
            "bonus": pd.Series({"1": float(case.get("support", 0))})}


def _person(case: dict, period: Period, team: str) -> dict:
    days = int(case.get("days", period.days))
    first, last = pd.Timestamp(period.end) - pd.Timedelta(days=days - 1), pd.Timestamp(period.end)
    return {"employee_id": "1", "name": case["name"], "role": case["role"], "level": case.get("level", "junior"),
            "team_id": team, "from_date": first, "to_date": last, "days": days, "hire_date": first, "leave_date": pd.NaT,
            "bonus_target": case.get("base", float("nan")), "position_value": case.get("position_value", 1.0),
            "is_core": False, "manager_id": None, "_file": "", "_sheet": "", "_row": 0}
