"""Who gets what and why: the quarter's ledger, its people, and the statement of the one chosen."""

import streamlit as st

from core import text
from core.settlement import counted
from pages.frame import draw, ledger, session, show, statement

look = session.current()
if look.period is None:
    show.empty(look, "incentives")
    st.stop()

settled = session.settled(look)
people = draw.people(look, settled)
if people.empty:
    show.sentence(look.say("incentives.nobody", quarter=look.period.label))
    show.missing(look, ["employees"], look.say("incentives.menu"))
    st.stop()

rows = ledger.of_team(look, settled)
show.sentence(ledger.finding(look, people))
show.figures(look, ledger.cards(look, settled, rows, people))
ledger.over_budget(look, settled)

left, right = st.columns(2)
with left:
    show.chart(look, ledger.by_rule(look, settled, rows))
    show.chart(look, draw.distribution(look, people))
with right:
    show.chart(look, draw.by_team(look, settled, people))
    show.chart(look, draw.by_role(look, people))

st.markdown(f"#### {look.say('incentives.table')}")
listed = statement.listed(look, people)
row = show.table(look, listed, {look.say("column.score"): "score", look.say("column.amount"): "yuan"}, key="people",
                 select=True)
if row is not None:
    st.query_params["person"] = people["employee_id"].iloc[row]
person = st.query_params.get("person")
if person in set(people["employee_id"]):
    statement.statement(look, settled, people.set_index("employee_id").loc[person])
elif person and not text.missing(person):
    st.info(look.say("incentives.no_such_person"))
elif look.team:
    statement.team(look, settled, look.team)

st.markdown(f"#### {look.say('ledger.title')}")
kept = ledger.filtered(look, settled, rows)
if kept.empty and len(rows):
    ledger.reset(look)
show.table(look, ledger.words(look, settled, kept), {look.say("column.amount"): "yuan", look.say("column.potential"): "yuan",
                                                     look.say("column.why"): "wide"}, key="ledger")
st.caption(look.say("ledger.sum", rows=f"{len(kept):,}", amount=text.full(
    kept.loc[counted(settled.plan, kept), "amount"].sum(), "yuan", look.lang)))
st.download_button(look.say("incentives.workbook"), lambda: statement.workbook(
    look, settled, people, ledger.words(look, settled, rows)), f"tiejun-{look.period.label}.xlsx",
                   show.controls.XLSX, on_click="ignore", key="workbook")
show.footer(look, settled.plan)
statement.into_view(person)
