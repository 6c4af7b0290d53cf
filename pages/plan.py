"""The rules of pay: read, changed as a draft, tried on the last quarter, saved as a new version."""

import streamlit as st

from core import plan as plans
from core import quarter
from core.plan.problems import entry_name
from pages.frame import plan_draft as drafts
from pages.frame import plan_parts as parts
from pages.frame import plan_saving as saving
from pages.frame import session, show
from pages.frame.plan_evaluation import evaluation

look = session.current()
draft = drafts.opened(look)
plan, problems = draft["plan"], drafts.problems(draft)
changes = drafts.changed(look, draft)
period = look.period or quarter.periods.quarter_of(saving.date.today())
parts.follow()

# What changes above the tabs has a place of its own, else a new line would throw people back to the first tab.
with st.container():
    force = drafts.document(look, drafts.force(look, look.store.plans()))
    named = look.say("comma").join(entry_name(force, "seasons", one, look.lang) for one in plans.seasons(force, period))
    show.sentence(show.plain(look.say(
        "plan.finding", quarter=period.label, version=force["version"], name=force["name"],
        phase=entry_name(force, "phases", plans.phase(force, period), look.lang),
        founded="" if force["company"].get("founded") or force["company"]["phase"] != "auto" else look.say("plan.unfounded"),
        seasons=look.say("plan.with_seasons", seasons=named) if named else "")))
    saving.choice(look, draft, changes)
# What is wrong or new appears in a place of fixed height, else the grid would move under the hand that edits it.
with st.container(height=parts.NEWS, border=False, key="plan_news"):
    if said := st.session_state.pop("plan_said", None):
        st.success(said)
    saving.problems_of(look, problems)
    if changes and not problems:
        st.info(look.say("plan.unsaved", count=len(changes)))
    if not (said or problems or changes):
        st.caption(look.say("plan.no_changes", version=saving.version_name(look, draft["base"])))

TABS = ("cards", "posts", "times", "rules", "general", "evaluation", "cases", "compare", "save")
tabs = st.tabs([look.say(f"plan.tab_{name}") for name in TABS], key="plan_tabs", on_change="rerun")
for tab, part in zip(tabs, (parts.cards, parts.posts, parts.times, parts.rules, parts.general, evaluation), strict=False):
    with tab:
        part(look, draft)
# What takes time is computed only while it is looked at.
for tab, part in zip(tabs[6:], (saving.cases, saving.compared, saving.saved), strict=True):
    with tab:
        if tab.open:
            part(look, draft, not problems)
show.footer(look, force)
