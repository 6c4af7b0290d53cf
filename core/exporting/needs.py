"""What a quarter lacks in the reader's words: a table, a workbook to send, a message to paste into a chat."""

import pandas as pd

from core import text
from core.datasets import DATASETS
from core.exporting.workbook import workbook
from core.metrics import METRICS
from core.needs import Needs

LONGEST_MESSAGE = 12
MOST_NAMES = 4


def listed(needs: Needs, lang: str) -> pd.DataFrame:
    """One row per thing owed: yuan waiting, people, who owes it, what, of whom, months, sheet, columns, why it matters."""
    rows = [[row["waiting"], row["people"], label(needs, row["owner"], lang), _what(row, lang),
             _of_whom(needs, row, lang, len(row["subjects"])), _months(row["months"]), _sheets(row, lang),
             _columns(row, lang), _say(f"effect_{row['effect']}", lang)] for row in needs.owed.to_dict("records")]
    return pd.DataFrame(rows, columns=[_say(f"column_{name}", lang) for name in (
        "waiting", "people", "owner", "what", "subjects", "months", "sheet", "columns", "why")])


def by_person(needs: Needs, lang: str) -> pd.DataFrame:
    """One row per person, metric and reason."""
    rows = [[label(needs, ("employee", row["employee_id"]), lang), label(needs, ("team", row["team_id"]), lang),
             _metrics([row["metric"]] if row["metric"] else [], lang), _say(f"kind_{row['kind']}", lang, days=row["days"]),
             _months(row["months"]), row["waiting"] if row["effect"] == "waits" else 0.0,
             _say(f"effect_{row['effect']}", lang)] for row in needs.people.to_dict("records")]
    return pd.DataFrame(rows, columns=[_say(f"column_{name}", lang) for name in (
        "person", "team", "metric", "what", "months", "waiting", "why")])


def by_sheet(needs: Needs, lang: str) -> pd.DataFrame:
    """One row per sheet that the quarter's scorecards need: rows, months there, months that nobody gave, who lacks which."""
    rows = [[_sheet(row["dataset"], lang), row["rows"], _months(row["months"]), _months(row["lacking"]),
             _say("semicolon", lang).join(" ".join([label(needs, subject, lang), _months(months)])
                                          for subject, months in row["others"])]
            for row in needs.datasets.to_dict("records")]
    return pd.DataFrame(rows, columns=[_say(f"column_{name}", lang) for name in (
        "sheet", "rows", "months", "lacking", "others")])


def as_workbook(needs: Needs, lang: str) -> bytes:
    """An .xlsx to send: what is owed (filter by who owes it), person by person, sheet by sheet."""
    formats = {_say("column_waiting", lang): "yuan", _say("column_people", lang): "count", _say("column_rows", lang): "count"}
    return workbook({_say("sheet_owed", lang): listed(needs, lang), _say("sheet_people", lang): by_person(needs, lang),
                     _say("sheet_sheets", lang): by_sheet(needs, lang)}, formats, lang)


def as_message(needs: Needs, lang: str) -> str:
    """Plain text for a chat: the finding, then one numbered line per thing owed, numbers first; the rest is counted."""
    rows = needs.owed.to_dict("records")
    lines = [finding(needs, lang)]
    for number, row in enumerate(rows[:LONGEST_MESSAGE], 1):
        whom = "" if row["subjects"] == (row["owner"],) else _of_whom(needs, row, lang, MOST_NAMES)
        why = "" if row["waiting"] else _say(f"effect_{row['effect']}", lang)
        said = _say("line" if row["waiting"] else "line_free", lang, waiting=text.full(row["waiting"], "yuan", lang),
                    people=row["people"], owner=label(needs, row["owner"], lang), what=_what(row, lang),
                    sheet=_sheets(row, lang), rest="".join(f" · {part}" for part in (whom, _months(row["months"]), why) if part))
        lines.append(f"{number}. {' '.join(said.split())}")
    if len(rows) > LONGEST_MESSAGE:
        lines.append(_say("rest", lang, count=len(rows) - LONGEST_MESSAGE))
    return "\n".join(lines)


def finding(needs: Needs, lang: str) -> str:
    """One sentence: how many things are missing and how much pay of how many people waits for them."""
    key = "nothing" if needs.owed.empty else "finding" if needs.waiters else "finding_free"
    return _say(key, lang, quarter=needs.quarter, count=len(needs.owed), people=needs.waiters,
                waiting=text.full(needs.waiting, "yuan", lang))


def label(needs: Needs, subject: tuple, lang: str) -> str:
    """A person, team or role by name and id, the company, or everybody concerned."""
    kind, name = subject
    if kind == "role":
        return DATASETS["employees"].column("role").choices.get(name, {}).get(lang, name)
    if text.missing(name):
        return _say(f"{kind}_unnamed", lang)
    return needs.names.get(subject, name)


def _say(key: str, lang: str, **values) -> str:
    return text.say(f"page.needs.{key}", lang, **values)


def _what(row: dict, lang: str) -> str:
    kind = _say(f"kind_{row['kind']}", lang, days=row["days"])
    return kind + _say("colon", lang) + _metrics(row["metrics"], lang) if row["metrics"] else kind


def _metrics(names, lang: str) -> str:
    return _say("comma", lang).join(getattr(METRICS[name], lang) for name in names)


def _of_whom(needs: Needs, row: dict, lang: str, most: int) -> str:
    names = [label(needs, subject, lang) for subject in row["subjects"]]
    shown = _say("comma", lang).join(names[:most])
    return shown if len(names) <= most else _say("and_more", lang, names=shown, count=len(names))


def _months(months: tuple) -> str:
    """2026-07 to 2026-09 where they follow each other, else one by one."""
    numbers = [12 * int(m[:4]) + int(m[5:]) for m in months]
    run = len(months) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return f"{months[0]} – {months[-1]}" if run else ", ".join(months)


def _sheet(name: str, lang: str) -> str:
    return getattr(DATASETS[name], lang)


def _sheets(row: dict, lang: str) -> str:
    between = _say("comma", lang) if any(METRICS[name].together for name in row["metrics"]) else text.say("page.or", lang)
    return between.join(_sheet(name, lang) for name in row["datasets"]) or "—"


def _columns(row: dict, lang: str) -> str:
    """The columns to fill in as the template heads them; with the sheet's name where there is a choice of sheets."""
    said = []
    for name, columns in row["columns"]:
        heads = _say("comma", lang).join(DATASETS[name].column(c).zh if lang == "zh" else c for c in columns)
        said.append(f"{_sheet(name, lang)}{_say('colon', lang)}{heads}" if len(row["columns"]) > 1 else heads)
    return _say("semicolon", lang).join(said) or "—"
