"""A person's statement: every metric with its numbers and sources, the formula, the pay; also as a workbook."""

import pandas as pd
import streamlit as st

from core import periods, quarter, text
from core.metrics import METRICS
from core.settlement import Settlement
from pages.frame import controls, show
from pages.frame.session import Session


def listed(look: Session, people: pd.DataFrame) -> pd.DataFrame:
    """The people as the page's table shows them."""
    return pd.DataFrame({
        look.say("column.name"): people["name"],
        look.say("column.role"): people["role"].map(look.role),
        look.say("column.team"): people["team_id"].map(look.team_name),
        look.say("column.score"): people["score"], look.say("column.grade"): people["grade"].fillna("—"),
        look.say("column.amount"): people["amount"],
        look.say("column.state"): people["status"].map(lambda name: status(look, name))})


def status(look: Session, name) -> str:
    return look.say("status.none") if text.missing(name) else look.say(f"status.{name}")


def statement(look: Session, settled: Settlement, person: pd.Series) -> None:
    """Everything that leads to the person's pay, one block an assignment."""
    st.markdown(f"#### {look.say('statement.title', name=show.plain(person['name']), quarter=settled.quarter)}")
    mine = settled.scores[settled.scores["employee_id"] == person.name].sort_values("from_date")
    for segment, assignment in mine.to_dict("index").items():
        st.markdown(look.say("statement.assignment", role=look.role(assignment["role"]),
                             team=show.plain(look.team_name(assignment["team_id"])), days=int(assignment["eligible_days"]),
                             first=_day(look, assignment["from_date"]), last=_day(look, assignment["to_date"])))
        rows = settled.metrics[settled.metrics["segment"] == segment]
        show.table(look, metric_rows(look, settled, rows), key=f"statement{segment}")
        st.markdown(look.say("statement.held", minimum=look.number(settled.plan["covered_minimum"], "percent"))
                    if assignment["state"] == "held" else score_formula(look, assignment, rows))
        for row in rows.to_dict("records"):
            st.caption(look.say("statement.source", metric=look.metric(row["metric"]),
                                rows=show.plain(source(look, settled, row))))
    st.markdown(f"**{look.say('statement.pay')}**")
    for line in mine.to_dict("records"):
        st.markdown(pay_formula(look, line))
    if person["status"] == "pending":
        controls.release(look, person.name)


def metric_rows(look: Session, settled: Settlement, rows: pd.DataFrame) -> pd.DataFrame:
    """One row per metric: value, where it was read, target, attainment, score, weight, what is missing."""
    return pd.DataFrame([_metric_row(look, settled, row) for row in rows.to_dict("records")])


def _metric_row(look: Session, settled: Settlement, row: dict) -> dict:
    unit = METRICS[row["metric"]].unit if row["metric"] in METRICS else "ratio"
    return {look.say("column.metric"): look.metric(row["metric"]),
            look.say("column.value"): text.full(row["value"], unit, look.lang),
            look.say("column.parts"): _parts(look, row),
            look.say("column.level"): look.say(f"level.{row['level']}") if not text.missing(row["level"]) else "—",
            look.say("column.target"): text.full(row["target"], unit, look.lang),
            look.say("column.attainment"): text.full(row["attainment"], "percent", look.lang),
            look.say("column.score"): text.full(row["score"], "score", look.lang),
            look.say("column.weight"): text.full(row["weight"], "percent", look.lang),
            look.say("column.missing"): reason(look, row["missing"])}


def _parts(look: Session, row: dict) -> str:
    if text.missing(row["numerator"]) or text.missing(row["denominator"]):
        return "—"
    return f"{row['numerator']:,.10g} ÷ {row['denominator']:,.10g}"


def reason(look: Session, code) -> str:
    if text.missing(code) or not code:
        return "—"
    return look.say(f"reason.{code}") if text.has(f"page.reason.{code}") else look.say("reason.no_value")


def source(look: Session, settled: Settlement, row: dict) -> str:
    """Files, sheets and rows that the value and the target were read from."""
    found = quarter.sources(look.store, periods.quarter(settled.quarter), settled.plan)
    found = found[(found["metric"] == row["metric"]) & (found["subject_type"] == row["subject_type"])]
    found = found[(found["subject_id"] == row["subject_id"]) | found["subject_id"].isna()]
    parts = [_rows(look, f) for f in found.to_dict("records")]
    if not parts and row["value"] == 0:
        parts.append(look.say("statement.none_found"))
    if not text.missing(row["target"]):
        parts.append(look.say("statement.target", place=_place(row["_file"], row["_sheet"]), row=int(row["_row"])))
    return look.say("semicolon").join(parts) or "—"


def _rows(look: Session, found: dict) -> str:
    """The rows of one sheet, saying so where only some of the span were used."""
    first, last, rows = int(found["first_row"]), int(found["last_row"]), int(found["rows"])
    key = "one_row" if rows == 1 else "rows" if rows == last - first + 1 else "some_rows"
    return look.say(f"statement.{key}", place=_place(found["file"], found["sheet"]), first=first, last=last, rows=f"{rows:,}")


def _place(file: str, sheet: str) -> str:
    return f"{file} · {sheet}" if sheet else file


def score_formula(look: Session, assignment: dict, rows: pd.DataFrame) -> str:
    """The score as its sum of score × weight, with what was renormalised and added."""
    used = rows[rows["score"].notna()]
    terms = " + ".join(f"{row.score:.7g} × {100 * row.weight:.6g}%" for row in used.itertuples())
    covered = used["weight"].sum()
    total = _first(assignment["score"], assignment["provisional"])
    extra = assignment["bonus_points"]
    return look.say("statement.score" if not text.missing(assignment["score"]) else "statement.provisional",
                    terms=f"({terms}) ÷ {100 * covered:.6g}%" if covered < 0.9999 else terms or "—",
                    extra=f" + {extra:g}" if not text.missing(extra) and extra else "",
                    total=text.full(total, "score", look.lang), covered=look.number(covered, "percent"))


def _first(value, otherwise):
    return otherwise if text.missing(value) else value


def pay_formula(look: Session, line: dict) -> str:
    """base × days ÷ days of the quarter × score ÷ 100 × phase factor = amount."""
    amount = line["amount"] if line["status"] == "payable" else line["potential"]
    return look.say("statement.formula", base=text.full(line["base"], "yuan", look.lang),
                    days=look.number(line["eligible_days"], "count"),
                    all=look.number(line["quarter_days"], "count"),
                    score=text.full(_first(line["score"], line["provisional"]), "score", look.lang),
                    factor=text.full(line["phase_factor"], "ratio", look.lang),
                    amount=text.full(amount, "yuan", look.lang), status=status(look, line["status"]))


def workbook(look: Session, settled: Settlement, people: pd.DataFrame, told: pd.DataFrame) -> bytes:
    """The people, all their metric rows and the ledger's rows in words (`told`), as shown."""
    kept = settled.metrics[settled.metrics["employee_id"].isin(people["employee_id"])]
    names = people.set_index("employee_id")["name"]
    rows = pd.DataFrame([{look.say("column.name"): names[row["employee_id"]],
                          look.say("column.from"): _day(look, row["from_date"]), **_values(look, settled, row)}
                         for row in kept.to_dict("records")])
    return show.book(look, {look.say("incentives.table"): listed(look, people), look.say("statement.sheet"): rows,
                            look.say("ledger.sheet"): told})


def _values(look: Session, settled: Settlement, row: dict) -> dict:
    """A metric row as numbers, for calculating on."""
    return {look.say("column.metric"): look.metric(row["metric"]),
            **{look.say(f"column.{name}"): row[name] for name in ("value", "numerator", "denominator", "target", "attainment",
                                                                  "score", "weight")},
            look.say("column.missing"): reason(look, row["missing"]),
            look.say("column.source"): source(look, settled, row)}


def compared_words(look: Session, both: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("column.name"): both["name"],
        look.say("column.role"): both["role"].map(look.role),
        look.say("column.team"): both["team_id"].map(look.team_name),
        **{look.say(f"column.{name}"): both[name] for name in ("before", "after", "change")}})


def _day(look: Session, day) -> str:
    return text.date(pd.Timestamp(day).date(), look.lang)
