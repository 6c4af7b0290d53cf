"""Who gets what and why: the quarter's ledger, its people, and the statement of the one chosen."""

import streamlit as st

from core import text
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
gmv = draw.subject_row(look, look.period.label, "gmv")
paid, statuses = people["amount"].sum(), people["status"].value_counts()
waiting, unassessed = int(statuses.get("pending", 0)), int(statuses.get("held", 0))
share = None if gmv is None or not gmv["value"] else paid / gmv["value"]
show.sentence(look.say("incentives.finding", quarter=look.period.label, paid=look.number(paid, "yuan"),
                       people=int((people["amount"] > 0).sum()), share=look.number(share, "percent"),
                       waiting=(look.say("incentives.waiting", people=waiting) if waiting else "")
                       + (look.say("incentives.unassessed", people=unassessed) if unassessed else "")))
show.figures(look, ledger.cards(look, settled, rows, people))

left, right = st.columns(2)
with left:
    show.chart(look, ledger.by_rule(look, settled, rows))
    show.chart(look, draw.distribution(look, people))
with right:
    show.chart(look, draw.by_group(look, people, "team_id"))
    show.chart(look, draw.by_group(look, people, "role"))

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

st.markdown(f"#### {look.say('ledger.title')}")
kept = ledger.filtered(look, settled, rows)
show.table(look, ledger.words(look, settled, kept), {look.say("column.amount"): "yuan", look.say("column.potential"): "yuan"},
           key="ledger")
st.caption(look.say("ledger.sum", rows=f"{len(kept):,}", amount=text.full(
    kept.loc[kept["unit"].eq("CNY"), "amount"].sum(), "yuan", look.lang)))
told = ledger.words(look, settled, rows)
st.download_button(look.say("incentives.workbook"), lambda: statement.workbook(look, settled, people, told),
                   f"tiejun-{look.period.label}.xlsx", show.controls.XLSX, on_click="ignore", key="workbook")
show.footer(look, settled.plan)
