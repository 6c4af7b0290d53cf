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

asked = st.query_params.get("board")
labels = {name: look.say(f"boards.tab_{name}") for name in BOARDS}
# A key a language: what a tab remembers is its label.
tabs = st.tabs(list(labels.values()), key=f"boards_{look.lang}", default=labels.get(asked), on_change="rerun")
for tab, (name, board) in zip(tabs, BOARDS.items(), strict=True):
    with tab:
        # Only the board that is looked at is computed.
        if tab.open:
            if asked != name:
                st.query_params["board"] = name
            board(look)
show.footer(look, quarter.plan_for(look.store, look.period))
