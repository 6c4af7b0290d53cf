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
# A key a language: what the tabs remember is a label. At first it is the one that the address names.
key = f"boards_{look.lang}"
if key not in st.session_state and asked in labels:
    st.session_state[key] = labels[asked]
tabs = st.tabs(list(labels.values()), key=key, on_change="rerun")
for tab, (name, board) in zip(tabs, BOARDS.items(), strict=True):
    with tab:
        # Only the board that is looked at is computed.
        if tab.open:
            if asked != name:
                st.query_params["board"] = name
            board(look)
show.footer(look, quarter.plan_for(look.store, look.period))
