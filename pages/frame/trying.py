"""Changes of the plan that are tried: said in words, and taken back one by one."""

import streamlit as st

from core import changes as changing
from core import versions
from pages.frame import session, show
from pages.frame.plan_saving import said
from pages.frame.session import Session


def words(look: Session, plan: dict, changes: dict) -> list[str]:
    """Each thing that the changes make different: where, from what, to what."""
    after = changing.apply(plan, changes)
    return [look.say("whatif.difference", where=versions.label(plan, after, one, look.lang),
                     before=said(look, plan, one.address, one.before), after=said(look, after, one.address, one.after))
            for one in versions.differences(plan, after)]


def others(look: Session, plan: dict, changed: dict) -> None:
    """The changes that no slider shows, each with what it was, and a button that takes it back."""
    rest = {address: value for address, value in changed.items() if ".weights." not in address}
    if rest:
        st.markdown(look.say("whatif.also"))
    for address, value in rest.items():
        for line in words(look, plan, {address: value}):
            st.markdown(show.plain(line))
        if st.button(look.say("whatif.take_back"), key=f"back_{address}"):
            session.keep_changes({other: told for other, told in changed.items() if other != address})
            st.rerun()
