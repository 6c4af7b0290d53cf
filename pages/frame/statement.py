"""A person's statement: every metric with its numbers and sources, the formula, the pay; also as a workbook."""

import pandas as pd
import streamlit as st

from core import explanation, periods, quarter, text
from core.metrics import METRICS
from core.settlement import Settlement
from core.statement import of_person, of_teams, projects_of, shares
from pages.frame import controls, draw, rewards, show
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
    """Everything that a person gets and why, printable on one page; below it the workbook and the uploaded rows."""
    title = look.say("statement.title", name=person["name"], quarter=settled.quarter)
    told = rewards.lines(look, settled, of_person(settled, person.name))
    mine = settled.scores[settled.scores["employee_id"] == person.name].sort_values("from_date")
    projects = projects_of(look.store.cursor(), [person.name])
    st.html(rewards.PRINT)
    with st.container(key="statement"):
        st.markdown(f"#### {show.plain(title)}")
        st.markdown(show.plain(rewards.about(look, settled, told)))
        for segment, assignment in mine.to_dict("index").items():
            _assignment(look, settled, segment, assignment)
        for line in told:
            if settled.plan["rules"][line.entry["rule"]]["kind"] != "scorecard_pay":
                rewards.row(look, line)
        rewards.awards(look, settled, {person.name})
        own = [line.row for line in told]
        rewards.next_steps(look, settled, own + of_teams(settled, set(mine["team_id"]), projects), person.name)
        rewards.changes(look, settled, person.name)
    rewards.tools(look, settled, told, title, str(person.name))
    if person["status"] == "pending":
        controls.release(look, person.name)


def _assignment(look: Session, settled: Settlement, segment: int, assignment: dict) -> None:
    """A post's scorecard, its score and commission as formulas with their numbers, and where each figure was read."""
    st.markdown(look.say("statement.assignment", role=look.role(assignment["role"]),
                         team=show.plain(look.team_name(assignment["team_id"])), days=int(assignment["eligible_days"]),
                         first=_day(look, assignment["from_date"]), last=_day(look, assignment["to_date"])))
    rows = settled.metrics[settled.metrics["segment"] == segment]
    if len(rows):
        st.table(metric_rows(look, settled, rows).set_index(look.say("column.metric")).map(show.plain))
        st.markdown(look.say("statement.held", minimum=look.number(settled.plan["covered_minimum"], "percent"))
                    if assignment["state"] == "held" else score_formula(look, assignment, rows))
    st.markdown(" · ".join(filter(None, [pay_formula(look, assignment), show.plain(_clause(settled))])))
    if assignment["reason"]:
        row = assignment | {"figure": None, "needed": None, "sign": ""}
        st.markdown(show.plain(explanation.reason_text(row, look.lang)))
    st.caption(show.plain(look.say("semicolon").join(
        look.say("statement.source", metric=look.metric(row["metric"]), rows=source(look, settled, row))
        for row in rows.to_dict("records"))))


def _clause(settled: Settlement) -> str:
    """The clause of the plan under which scores are paid."""
    return next((rule.get("clause", "") for rule in settled.plan["rules"].values() if rule["kind"] == "scorecard_pay"), "")


def team(look: Session, settled: Settlement, team_id: str) -> None:
    """What a team and its projects get and missed, and what its people get; printable like a person's statement."""
    teams = set(look.members() or [team_id]) if look.team == team_id else {team_id}
    people = settled.scores[settled.scores["team_id"].isin(teams)]["employee_id"].unique()
    rows = of_teams(settled, teams, projects_of(look.store.cursor(), people))
    title = look.say("statement.team_title", name=look.team_name(team_id), quarter=settled.quarter)
    told = rewards.lines(look, settled, rows)
    st.html(rewards.PRINT)
    with st.container(key="statement"):
        st.markdown(f"#### {show.plain(title)}")
        paid = shares(settled, teams)
        st.markdown(show.plain(rewards.about(look, settled, told, paid.loc[paid["unit"].eq("CNY"), "amount"].sum())))
        st.markdown(f"**{look.say('statement.team_rows')}**")
        for line in told:
            rewards.row(look, line)
        if not told:
            st.caption(look.say("statement.no_rows"))
        rewards.awards(look, settled, teams | set(people))
        rewards.next_steps(look, settled, rows, None)
        st.markdown(f"**{look.say('statement.team_shares')}**")
        if len(paid):
            st.table(_shares(look, settled, paid))
    if told:
        rewards.tools(look, settled, told, title, team_id)


def _shares(look: Session, settled: Settlement, found: pd.DataFrame) -> pd.DataFrame:
    """One row per person, one column per rule and unit: what is payable now."""
    names = draw.distinct(settled.scores.drop_duplicates("employee_id").set_index("employee_id")["name"])
    heads = [f"{settled.plan['rules'][r.rule][look.lang]}（{text.say(f'statement.unit.{r.unit}', look.lang)}）"
             for r in found.itertuples()]
    wide = found.assign(head=heads).pivot_table(index="employee_id", columns="head", values="amount", aggfunc="sum", sort=False)
    wide.index = [show.plain(names.get(person, person)) for person in wide.index]
    return wide.rename_axis(columns=None).map(lambda amount: text.full(amount, "yuan", look.lang).replace("¥", ""))


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
