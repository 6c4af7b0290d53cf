"""Projects, squads, groups and honours of the quarter: a board each, the address names the one that is open."""

import streamlit as st

from core import quarter
from pages.frame import session, show
from pages.frame.boards import groups, honours, projects, squads

BOARDS = {"projects": projects.board, "squads": squads.board, "groups": groups.board, "honours": honours.board}

look = session.current()
if look.period is None:
    show.empty(look, "boards")
    st.stop()

show.views(look, "boards", BOARDS, named="board")
show.footer(look, quarter.plan_for(look.store, look.period))
