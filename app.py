"""Tiejun in a browser: page settings, language, navigation. `streamlit run app.py`."""

import streamlit as st

from core.store import StoreError
from pages.frame import session

st.set_page_config(page_title=session.word("product"), page_icon="📊", layout="wide")
groups = {
    session.word("group.start"): [
        st.Page("pages/overview.py", title=session.word("overview.menu"), url_path="overview", default=True),
        st.Page("pages/data.py", title=session.word("data.menu"), url_path="data")],
    session.word("group.incentives"): [
        st.Page("pages/incentives.py", title=session.word("incentives.menu"), url_path="incentives"),
        st.Page("pages/boards.py", title=session.word("boards.menu"), url_path="boards"),
        st.Page("pages/plan.py", title=session.word("plan.menu"), url_path="plan"),
        st.Page("pages/targets.py", title=session.word("targets.menu"), url_path="targets"),
        st.Page("pages/whatif.py", title=session.word("whatif.menu"), url_path="whatif")],
    session.word("group.evaluation"): [
        st.Page("pages/evaluation.py", title=session.word("evaluation.menu"), url_path="evaluation"),
        st.Page("pages/business.py", title=session.word("business.menu"), url_path="business"),
        st.Page("pages/team.py", title=session.word("team_page.menu"), url_path="team"),
        st.Page("pages/people.py", title=session.word("people.menu"), url_path="people"),
        st.Page("pages/risks.py", title=session.word("risks.menu"), url_path="risks")]}
page = st.navigation(groups, position="hidden")
try:
    session.sidebar(groups)
    page.run()
except StoreError as problem:
    st.error(problem.say(session.language()))
