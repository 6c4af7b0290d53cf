"""What the quarter still lacks, on the data page: one sentence, the list, and the two forms in which it is sent."""

from datetime import date
from pathlib import Path

import streamlit as st

from core import needs as needing
from core import periods, quarter
from core import store as stores
from core.exporting import needs as words
from pages.frame import controls, show
from pages.frame.session import Session


def show_needs(look: Session) -> None:
    """The list of the chosen quarter (of today's while nothing dated is stored), or what it will show."""
    st.markdown(f"#### {look.say('needs.title')}")
    if not sum(look.store.counts().values()):
        st.caption(look.say("needs.empty"))
        return
    period = look.period or periods.quarter_of(date.today())
    found = _found(str(look.store.path), look.store.version(), period.label, date.today())
    st.markdown(show.plain(words.finding(found, look.lang)))
    if len(found.owed):
        formats = {look.say("needs.column_waiting"): "yuan", look.say("needs.column_people"): "count"}
        show.table(look, words.listed(found, look.lang), formats, key="needs")
        st.caption(look.say("needs.means"))
        _sent(look, found)
    with st.expander(look.say("needs.sheets")):
        show.table(look, words.by_sheet(found, look.lang), {look.say("needs.column_rows"): "count"}, key="needs_sheets")


def _sent(look: Session, found) -> None:
    """The list as a workbook, and as text with its copy button."""
    st.download_button(look.say("needs.download"), lambda: words.as_workbook(found, look.lang),
                       f"{look.say('needs.file', quarter=found.quarter)}.xlsx", controls.XLSX, on_click="ignore")
    with st.expander(look.say("needs.message")):
        st.code(words.as_message(found, look.lang), language=None, wrap_lines=True)


@st.cache_data(show_spinner=False, max_entries=16)
def _found(path: str, version: int, label: str, today: date):
    """Kept per (database, data and plan version, quarter, day)."""
    store, period = stores.open(Path(path)), periods.quarter(label)
    return needing.needs(store, period, quarter.plan_for(store, period), today)
