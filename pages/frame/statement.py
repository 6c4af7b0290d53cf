"""A person's statement: every metric with its numbers and sources, the formula, the pay; also as a workbook."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core import belonging, explanation, next_step, periods, quarter, text
from core.metrics import METRICS
from core.settlement import Settlement
from core.statement import MOST_ROWS, is_share, shares
from pages.frame import controls, draw, ledger, rewards, show
from pages.frame.session import Session

INTO_VIEW = """<style>.st-key-statement { scroll-margin-top: 4rem }</style>
<script>document.querySelector(".st-key-statement")?.scrollIntoView()</script>"""


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
    title, con = look.say("statement.title", name=person["name"], quarter=settled.quarter), look.store.cursor()
    rows = belonging.of_person(settled, person.name)
    mine = settled.scores[settled.scores["employee_id"] == person.name].sort_values("from_date")
    open_ = belonging.unshared(settled, set(mine["team_id"]), belonging.projects_of(con, [person.name]))
    st.html(rewards.PRINT)
    with st.container(key="statement"):
        st.markdown(f"#### {show.plain(title)}")
        st.markdown(show.plain(" · ".join([rewards.about(look, settled, rows), *_grade(look, mine)])))
        lines = rewards.lines(look, settled, rows)
        of_post = {line.row: line.entry["line"] for line in lines
                   if settled.plan["rules"][line.entry["rule"]]["kind"] == "scorecard_pay"}
        for segment, assignment in mine.to_dict("index").items():
            _assignment(look, settled, segment, assignment)
            for line in lines:
                if of_post.get(line.row) == segment:
                    rewards.row(look, line)
        for line in lines:
            if line.row not in of_post:
                rewards.row(look, line)
        rewards.awards(look, settled, {person.name})
        parts = next_step.parts_of(con, settled.quarter, [person.name])
        rewards.next_steps(look, settled, next_step.of_commission(settled, person.name),
                           next_step.of_gates(settled, rows + open_, parts))
        rewards.changes(look, settled, lambda one: belonging.of_person(one, person.name), person.name)
    rewards.tools(look, settled, rows, title, str(person.name))
    if person["status"] == "pending" or look.store.released(settled.quarter, person.name):
        open_ = settled.scores["state"].eq("provisional") & settled.scores["status"].eq("pending")
        controls.release(look, person.name, settled.scores.loc[open_, "employee_id"].unique().tolist())


def into_view(employee: str | None) -> None:
    """Brings the statement of a person who was just chosen to the top of the screen; drawn last, when there is room below."""
    before = st.session_state.get("statement_of")
    st.session_state["statement_of"] = employee
    if employee and employee != before:
        st.html(INTO_VIEW, unsafe_allow_javascript=True)


def _assignment(look: Session, settled: Settlement, segment: int, assignment: dict) -> None:
    """A post's scorecard, and where each figure of it was read."""
    st.markdown(look.say("statement.assignment", role=look.role(assignment["role"]),
                         team=show.plain(look.team_name(assignment["team_id"])), days=int(assignment["eligible_days"]),
                         first=_day(look, assignment["from_date"]), last=_day(look, assignment["to_date"])))
    rows = settled.metrics[settled.metrics["segment"] == segment]
    if len(rows):
        st.table(metric_rows(look, settled, rows).set_index(look.say("column.metric")).map(show.plain))
        if assignment["state"] == "held":
            st.markdown(look.say("statement.held", minimum=look.number(settled.plan["covered_minimum"], "percent")))
        seasons = [settled.plan["seasons"][name][look.lang] for name in settled.seasons]
        told = [look.say("statement.source", metric=look.metric(row["metric"]), rows=source(look, settled, row))
                for row in rows.to_dict("records")]
        card = settled.plan["scorecards"].get(assignment["scorecard"], {}).get(look.lang, assignment["scorecard"])
        told.append(look.say("statement.card", version=settled.plan["version"], card=card,
                             seasons=look.say("comma").join(seasons) or look.say("statement.no_season")))
        st.caption(show.plain(look.say("semicolon").join(told)))
    if assignment["covered_weight"] < 1 and (found := look.store.released(settled.quarter, assignment["employee_id"])):
        key = "statement.released" if assignment["released"] else "statement.released_in_vain"
        st.markdown(show.plain(look.say(key, answer=look.say(f"release.{found[0]}"), reason=found[1])))


def _grade(look: Session, mine: pd.DataFrame) -> list[str]:
    """The person's grade, with the mean by days where there are several posts; nothing while a score is open."""
    if mine.empty or text.missing(mine["grade"].iloc[0]):
        return []
    return [look.say("statement.grade" if len(mine) == 1 else "statement.grade_of_posts", grade=mine["grade"].iloc[0],
                     score=text.full(mine["person_score"].iloc[0], "score", look.lang))]


def team(look: Session, settled: Settlement, team_id: str) -> None:
    """What a team with its sub-teams wins and misses, pools and people; printable like a person's statement."""
    look, con = replace(look, team=team_id), look.store.cursor()
    teams = set(look.members() or [team_id])
    rows, people = belonging.of_teams(con, settled, teams), belonging.employees(con, settled, teams)
    title = look.say("statement.team_title", name=look.team_name(team_id), quarter=settled.quarter)
    names = draw.names(look, settled).to_dict()
    st.html(rewards.PRINT)
    with st.container(key="statement"):
        st.markdown(f"#### {show.plain(title)}")
        st.markdown(show.plain(rewards.about(look, settled, rows)))
        st.caption(look.say("statement.belongs"))
        _own(look, settled, rows)
        rewards.awards(look, settled, teams | set(people))
        _people(look, settled, rows, names)
        goals, parts = next_step.of_teams(settled, teams).assign(whose=True), next_step.parts_of(con, settled.quarter, people)
        rewards.next_steps(look, settled, goals, next_step.of_gates(settled, rows, parts), names)
        rewards.changes(look, settled, lambda one: belonging.of_teams(con, one, teams))
    if rows:
        rewards.tools(look, settled, rows, title, team_id, names)


def _own(look: Session, settled: Settlement, rows: list[int]) -> None:
    """The pools that the team's people share, and the rows of the team and its projects that nobody has."""
    pools = rewards.pools(look, settled, rows)
    whose = settled.ledger["beneficiary_type"].iloc[rows].ne("employee")
    alone = rewards.lines(look, settled, whose.index[whose].tolist())
    st.markdown(f"**{look.say('statement.team_rows')}**")
    for line, count in pools:
        rewards.row(look, line)
        amount = text.full(line.entry["amount"], "yuan", look.lang)
        st.caption(show.plain(look.say("statement.pool", people=count, amount=amount)))
    for line in alone:
        rewards.row(look, line)
    if not pools and not alone:
        st.caption(look.say("statement.no_pools" if rows else "statement.no_rows"))


def _people(look: Session, settled: Settlement, rows: list[int], names: dict) -> None:
    """What each person gets by rule, and every row of a person that is no part of a pool."""
    paid = shares(settled, rows)
    if paid.empty:
        return
    st.markdown(f"**{look.say('statement.team_shares')}**")
    st.table(_shares(look, settled, paid, names))
    theirs = settled.ledger.iloc[[row for row, shared in zip(rows, is_share(settled, rows), strict=True) if not shared]]
    theirs = theirs[theirs["beneficiary_type"].eq("employee")]
    told = ledger.words(look, settled, theirs.head(MOST_ROWS).assign(
        name=[names.get(who, who) for who in theirs["beneficiary_id"].head(MOST_ROWS)]))
    if len(theirs):
        st.markdown(f"**{look.say('statement.people_rows')}**")
        st.table(_written(look, theirs.head(MOST_ROWS), told))
    if len(theirs) > MOST_ROWS:
        st.caption(look.say("statement.more_rows", rows=len(theirs) - MOST_ROWS))


def _written(look: Session, rows: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The ledger's words as a printed table, amounts in their units."""
    rows = rows.loc[told.index]
    money = {look.say(f"column.{name}"): [explanation.money(amount, unit, look.lang)
                                          for amount, unit in zip(rows[name], rows["unit"], strict=True)]
             for name in ("amount", "potential")}
    return told.assign(**money).drop(columns=look.say("column.other")).map(show.plain).set_index(look.say("column.name"))


def _shares(look: Session, settled: Settlement, found: pd.DataFrame, names: dict) -> pd.DataFrame:
    """One row per person, one column per rule and unit: what is payable now."""
    heads = [look.say("statement.head", rule=settled.plan["rules"][r.rule][look.lang],
                      unit=text.say(f"statement.unit.{r.unit}", look.lang)) for r in found.itertuples()]
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
            look.say("column.target"): _target(look, row, unit),
            look.say("column.attainment"): text.full(row["attainment"], "percent", look.lang),
            look.say("column.score"): text.full(row["score"], "score", look.lang),
            look.say("column.weight"): text.full(row["weight"], "percent", look.lang),
            look.say("column.missing"): reason(look, row)}


def _target(look: Session, row: dict, unit: str) -> str:
    """The target, with the floor that attainment counts from where it is not 0."""
    target = text.full(row["target"], unit, look.lang)
    if text.missing(row["floor"]) or not row["floor"]:
        return target
    return look.say("statement.floor", target=target, floor=text.full(row["floor"], unit, look.lang))


def _parts(look: Session, row: dict) -> str:
    if text.missing(row["numerator"]) or text.missing(row["denominator"]):
        return "—"
    return f"{row['numerator']:,.10g} ÷ {row['denominator']:,.10g}"


def reason(look: Session, row: dict) -> str:
    """Why a metric has no score, with the sheets that would fill it; “—” where it has one."""
    code = row["missing"]
    if text.missing(code) or not code:
        return "—"
    metric = METRICS[row["metric"]]
    joined = look.say("and" if metric.together else "or").join(map(look.dataset, metric.needs))
    return look.say("statement.lacks", why=look.say(f"reason.{code}"),
                    sheets=joined if code == "no_value" else look.dataset("targets"))


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
            look.say("column.missing"): reason(look, row),
            look.say("column.source"): source(look, settled, row)}


def compared_words(look: Session, both: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("column.name"): both["name"],
        look.say("column.role"): both["role"].map(look.role),
        look.say("column.team"): both["team_id"].map(look.team_name),
        **{look.say(f"column.{name}"): both[name] for name in ("before", "after", "change")}})


def _day(look: Session, day) -> str:
    return text.date(pd.Timestamp(day).date(), look.lang)
