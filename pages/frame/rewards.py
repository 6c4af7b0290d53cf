"""The parts of a statement: reward rows with their steps, the next step, what changed, the uploaded rows, the print sheet."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core import explanation, quarter, statement, text, wording
from core.datasets import DATASETS
from core.exporting import statement as exporting
from core.metrics import METRICS
from core.settlement import Settlement, counted
from core.statement import Line
from pages.frame import controls, session, show
from pages.frame.session import Session

# Only the statement is printed, dense enough for one A4 page.
PRINT = """<style>@media print {
@page { size: A4; margin: 9mm }
[data-testid=stSidebar], [data-testid=stHeader], [data-testid=stToolbar], [data-testid=stDecoration] { display: none !important }
.stApp, .stMain, [data-testid=stAppViewContainer], .stMainBlockContainer { position: static !important;
  overflow: visible !important; height: auto !important; padding: 0 !important; max-width: none !important;
  display: block !important }
.stMainBlockContainer > [data-testid=stVerticalBlock] > :not(:has(.st-key-statement)):not(.st-key-statement) {
  display: none !important }
.st-key-statement, .st-key-statement * { font-size: 7.2pt !important; line-height: 1.22 !important; color: #000 !important }
.st-key-statement h4 { font-size: 12pt !important; padding: 0 !important }
.st-key-statement, .st-key-statement [data-testid=stVerticalBlock] { gap: 2pt !important }
.st-key-statement :is(p, ul, li) { margin: 0 !important; padding-top: 0 !important; padding-bottom: 0 !important }
.st-key-statement td, .st-key-statement th { padding: 1pt 4pt !important }
.st-key-unprinted { display: none !important } }</style>"""


def lines(look: Session, settled: Settlement, rows: list[int], people: dict | None = None) -> list[Line]:
    """The ledger rows in the reader's words; those of the `people` named begin with the name."""
    provenance = quarter.sources(look.store, look.period, settled.plan)
    return statement.told(settled, rows, provenance, look.teams, look.lang, people)


def pools(look: Session, settled: Settlement, rows: list[int]) -> list[tuple[Line, int]]:
    """The pools of which these ledger rows are parts, in the reader's words, each with how many parts."""
    provenance = quarter.sources(look.store, look.period, settled.plan)
    return statement.pools(settled, rows, provenance, look.teams, look.lang)


def about(look: Session, settled: Settlement, rows: list[int]) -> str:
    """What is payable now in yuan of these ledger rows, and under which plan."""
    ledger = settled.ledger.iloc[rows]
    total = ledger.loc[counted(settled.plan, ledger), "amount"].sum()
    return look.say("statement.about", total=text.full(total, "yuan", look.lang), version=settled.plan["version"],
                    phase=settled.plan["phases"][settled.phase][look.lang])


def row(look: Session, line: Line) -> None:
    """A reward row: amount, status, clause and reason, and below it every step in words and numbers."""
    entry, lang = line.entry, look.lang
    paid = entry["status"] == "payable"
    amount = explanation.money(entry["amount"] if paid else entry["potential"], entry["unit"], lang)
    parts = [look.say(f"status.{entry['status']}"), line.clause, line.reason]
    st.markdown(f"**{show.plain(line.title)} · {show.plain(line.item)}　{show.plain(amount)}**　"
                + show.plain(" · ".join(filter(None, parts))))
    st.caption("  \n".join(map(show.plain, _sentences(look, line))))


def _sentences(look: Session, line: Line) -> list[str]:
    """What was read, joined (`name value ← where`), and each step that was computed on a line of its own (`name = formula in
    words = in numbers = value`), in order. Left out are a scorecard's metrics, which stand in a table of their own, weights that
    are all covered, and an amount that is not there or only repeats the step before it."""
    said: list[str] = []
    known = {step.name: step.value for step in line.steps}
    for step, after in zip(line.steps, [None, *line.steps], strict=False):
        read = explanation.names(step.formula)
        empty = step.name == "potential" and (text.missing(step.value) or [known[name] for name in read] == [step.value])
        if step.name in ("status", "amount") or "." in step.name or empty or (step.name, step.value) == ("covered_weight", 1):
            continue
        named, value = wording.label(step, look.lang), wording.value(step, look.lang)
        how = wording.how(step, line.steps, look.lang)
        words = f"{named} = {how} = {value}" if step.formula else f"{named} {value} ← {how}"
        joins = said and not step.formula and not after.formula
        said = [*said[:-1], said[-1] + look.say("semicolon") + words] if joins else [*said, words]
    return said


def awards(look: Session, settled: Settlement, winners: set) -> None:
    won = statement.awards(session.settled(look, awards=True), winners)
    said = [look.say("statement.award", name=settled.plan["rules"][r.award][look.lang], month=r.month) for r in won.itertuples()]
    if said:
        st.markdown(show.plain(look.say("statement.awards", awards=look.say("comma").join(said))))


def next_steps(look: Session, settled: Settlement, goals: pd.DataFrame, gates: pd.DataFrame, people: dict | None = None) -> None:
    """What would have reached a target or the next grade, and each gate that was missed, by whom of the `people` named."""
    told = {line.row: line for line in lines(look, settled, gates["row"].tolist(), people)}
    said = [_goal(look, goal) for goal in goals.to_dict("records")]
    whose = "gate_part" if people is None else "gate_part_of_team"
    said += [_gate(look, told[gate["row"]], gate, whose) for gate in gates.to_dict("records")]
    st.markdown(f"**{look.say('statement.next')}**")
    st.markdown("\n".join(f"- {show.plain(words)}" for words in said) or look.say("statement.no_next"))


def _gate(look: Session, line: Line, gate: dict, whose: str) -> str:
    """A missed gate, of a pool with the person's or the team's own part where others have one too."""
    words = look.say("statement.gate", rule=line.title, item=line.item, reason=explanation.reason_text(gate, look.lang))
    return words if text.missing(gate["part"]) or gate["part"] > 1 - 1e-9 else words + look.say(
        f"statement.{whose}", pool=text.full(gate["pool"], "yuan", look.lang), part=look.number(gate["part"], "percent"))


def _goal(look: Session, goal: dict) -> str:
    metric, lang = METRICS[goal["metric"]], look.lang
    figures = {name: text.full(goal[name], metric.unit, lang) for name in ("now", "needed")}
    way = look.say("statement.more" if goal["needed"] >= goal["now"] else "statement.less")
    whose = [look.team_name(goal["subject_id"])] if goal.get("whose") else []
    words = look.say(f"statement.to_{goal['goal']}", metric=" ".join([*whose, look.metric(goal["metric"])]), way=way,
                     grade=goal["grade"], gap=text.distance(goal["gap"], metric.unit, lang), **figures)
    gain = look.say("statement.gain_team" if whose else "statement.gain", gain=text.full(goal["gain"], "yuan", lang))
    return words + (gain if goal["gain"] else "")


def changes(look: Session, settled: Settlement, mine, employee: str | None = None) -> None:
    """By rule what was paid in the quarter before and is now of the rows that are `mine(settlement)`, and the metrics that
    moved a person's score."""
    before = look.period.previous()
    if before.label not in quarter.quarters(look.store):
        return
    earlier = session.settled(replace(look, period=before))
    rules = settled.plan["rules"] | earlier.plan["rules"]
    found = statement.change(earlier, mine(earlier), settled, mine(settled)).to_dict("records")
    said = [_changed(look, rules[row["rule"]][look.lang], row) for row in found if _worth(row)]
    moves = [] if employee is None else [
        _move(look, move) for move in statement.moved(earlier, settled, employee).to_dict("records") if move["change"]]
    if moves:
        said.append(look.say("statement.moved", moves=look.say("comma").join(moves)))
    st.markdown(f"**{look.say('statement.changed', quarter=before.label)}**")
    st.markdown("\n".join(f"- {show.plain(words)}" for words in said) or look.say("statement.unchanged"))


def _worth(row: dict) -> bool:
    """Whether there is something to say: money in one of the quarters, or something that waits."""
    return any(not text.missing(row[name]) and row[name] for name in ("before", "after", "before_state", "after_state"))


def _changed(look: Session, rule: str, row: dict) -> str:
    told = {name: look.say(f"statement.state_{row[f'{name}_state']}") if not text.missing(row[f"{name}_state"]) else
            explanation.money(row[name], row["unit"], look.lang) for name in ("before", "after")}
    change = "" if text.missing(row["change"]) else look.say(
        "statement.by", change=_signed(row["change"], row["unit"], look.lang))
    return look.say("statement.changed_line", rule=rule, change=change, **told)


def _move(look: Session, move: dict) -> str:
    unit = METRICS[move["metric"]].unit
    told = {name: text.full(move[f"value_{name}"], unit, look.lang) for name in ("before", "after")}
    told |= {f"{name}_part": look.number(move[f"attainment_{name}"], "percent") for name in ("before", "after")}
    said = "statement.move_of_posts" if True in (move["several_before"], move["several_after"]) else "statement.move"
    return look.say(said, metric=look.metric(move["metric"]), points=f"{move['change']:+.1f}", **told)


def _signed(amount: float, unit: str, lang: str) -> str:
    return ("+" if amount > 0 else "±" if amount == 0 else "") + explanation.money(amount, unit, lang)


def sources(look: Session, settled: Settlement, told: list[Line]) -> None:
    """The uploaded rows that the statement rests on, one place at a time, as a table."""
    provenance = quarter.sources(look.store, look.period, settled.plan)
    places = pd.concat([statement.behind(settled, line, provenance) for line in told]).drop_duplicates(ignore_index=True)
    if places.empty:
        st.caption(look.say("statement.none_behind"))
        return
    named = [_named(look, place) for place in places.to_dict("records")]
    chosen = st.selectbox(look.say("statement.which"), range(len(named)), format_func=named.__getitem__, key="source_place")
    frame, count = statement.uploaded(look.store.cursor(), places.iloc[chosen].to_dict(), look.lang)
    st.caption(look.say("statement.shown", count=f"{count:,}", shown=len(frame)))
    show.table(look, frame, key="source_rows")


def _named(look: Session, place: dict) -> str:
    parts = [getattr(DATASETS[place["dataset"]], look.lang), place["file"], place["sheet"], f"{place['first']}–{place['last']}"]
    if place["subject_type"] == "team":
        parts.append(look.team_name(place["subject_id"]))
    return " · ".join(str(part) for part in parts if part)


def tools(look: Session, settled: Settlement, rows: list[int], title: str, name: str, people: dict | None = None) -> None:
    """What is not printed: the workbook, how to print, the uploaded rows; of `people` (a team) each row with its steps."""
    with st.container(key="unprinted"):
        st.download_button(look.say("statement.book"), lambda: exporting.statement(
            lines(look, settled, rows, people), title, about(look, settled, rows), look.lang),
            f"{name}-{settled.quarter}.xlsx", controls.XLSX, on_click="ignore", key="statement_book")
        st.caption(look.say("statement.print_hint"))
        with st.expander(look.say("statement.sources" if people is None else "statement.steps")):
            sources(look, settled, lines(look, settled, rows) if people is None else [_chosen(look, settled, rows, people)])


def _chosen(look: Session, settled: Settlement, rows: list[int], people: dict) -> Line:
    """One of a team's rows with its steps."""
    entries, teams = settled.ledger.iloc[rows], look.teams
    named = [" · ".join([people.get(entry["beneficiary_id"], look.team_name(entry["beneficiary_id"])),
                         settled.plan["rules"][entry["rule"]][look.lang], wording.item(settled, number, teams, look.lang)])
             for number, entry in zip(rows, entries.to_dict("records"), strict=True)]
    chosen = st.selectbox(look.say("statement.which_row"), range(len(rows)), format_func=named.__getitem__, key="statement_row")
    line = lines(look, settled, [rows[chosen]], people)[0]
    row(look, line)
    return line
