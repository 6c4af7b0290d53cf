"""Whose data, which quarter, team and language: chosen once, kept on every page and in the address."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from core import changes as changing
from core import periods, quarter, text
from core import store as stores
from core.datasets import DATASETS
from core.metrics import METRICS
from core.periods import Period
from core.plan import PlanError
from core.store import Store

COMPANIES = ("ours", "sample", "mature")
# On a meeting screen the finding and the chart belong above the fold.
# All pages and choices are seen without scrolling at 900 px, five figures side by side are whole at 1280 px.
COMPACT = """<style>.stMainBlockContainer{padding:3.9rem 3rem 4rem}.stSidebar [data-testid=stSidebarHeader]{height:2rem}
.stSidebar [data-testid=stVerticalBlock]{gap:.5rem}.stSidebar [data-testid=stPageLink] a{height:1.75rem}
[data-testid=stMetricValue]{font-size:1.9rem}</style>"""


@dataclass(frozen=True)
class Session:
    """One look at one company: `period` is None while nothing dated is stored; `team` None means all teams."""

    store: Store
    company: str
    lang: str
    period: Period | None
    team: str | None

    def say(self, key: str, **values) -> str:
        return text.say(f"page.{key}", self.lang, **values)

    def number(self, value, unit: str) -> str:
        return text.number(value, unit, self.lang)

    def metric(self, name: str) -> str:
        """A metric's name in the reader's language."""
        return getattr(METRICS[name], self.lang) if name in METRICS else self.say("unknown_metric")

    def role(self, name) -> str:
        """The role's name; “—” without a role."""
        return "—" if text.missing(name) else DATASETS["employees"].column("role").choices.get(name, {}).get(self.lang, name)

    @cached_property
    def teams(self) -> dict[str, str]:
        """team_id → name, in the order of the ids."""
        return team_names(self.store)

    def team_name(self, team_id) -> str:
        """The team's name; its id where the team list lacks it; 未归属 without a team."""
        return self.say("no_team") if text.missing(team_id) else self.teams.get(team_id, team_id)

    def dataset(self, name: str) -> str:
        return getattr(DATASETS[name], self.lang)

    def adds(self, name: str) -> str:
        """What a dataset adds to the product."""
        return DATASETS[name].adds[self.lang]

    def field(self, name: str) -> str:
        """A column's name in the reader's language."""
        column = next((c for d in DATASETS.values() for c in d.columns if c.name == name), None)
        return column.zh if column and self.lang == "zh" else name.replace("_", " ")

    def members(self) -> list[str] | None:
        """The chosen team and all below it; None for the whole company."""
        if self.team is None:
            return None
        found = self.store.cursor().execute("select team_id from team_tree where ancestor = ?", [self.team])
        return [row[0] for row in found.fetchall()]


def folder() -> Path:
    """Where the databases lie: the folder named by TIEJUN_DATA, else ~/.tiejun."""
    return Path(os.environ.get("TIEJUN_DATA") or Path.home() / ".tiejun")


def language() -> str:
    """The language chosen, else that of the address, else the browser's."""
    browser = "zh" if (st.context.locale or "zh").lower().startswith("zh") else "en"
    return _remembered("lang", text.LANGUAGES, browser)


def word(key: str, **values) -> str:
    return text.say(f"page.{key}", language(), **values)


def store() -> Store:
    return stores.open(folder() / f"{_remembered('company', COMPANIES, 'ours')}.duckdb")


def current() -> Session:
    """What the page shall show, as the sidebar and the address say."""
    if PagesManager.uses_pages_directory and "framed" not in st.session_state:
        # The first address asked of a new server may name a page: Streamlit then runs it without app.py around it.
        PagesManager.uses_pages_directory = False
        st.rerun()
    opened = store()
    labels = quarter.quarters(opened)
    label = _remembered("quarter", labels, [*quarter.quarters(opened, rewarded=False), *labels][0]) if labels else None
    team = _remembered("team", ["", *team_names(opened)], "")
    return Session(opened, st.session_state["company"], language(), periods.quarter(label) if label else None,
                   team or None)


def team_names(opened: Store) -> dict[str, str]:
    """team_id → name, in the order of the ids."""
    return dict(opened.cursor().execute("select team_id, coalesce(name, team_id) from teams order by 1").fetchall())


def sidebar(groups: dict) -> None:
    """Product, company, the pages in their groups, and the three global choices; each is written to the address."""
    st.session_state["framed"] = True
    asked = st.query_params.get("quarter") if "quarter" not in st.session_state else None
    look = current()
    st.html(COMPACT)
    with st.sidebar:
        st.subheader(look.say("product"))
        st.caption(look.say(f"company.{look.company}"))
        if look.company != "ours" and st.button(look.say("company.back")):
            choose("ours")
        for group, pages in groups.items():
            st.caption(group)
            for page in pages:
                st.page_link(page, label=page.title)
        left, right = st.columns(2) if look.period else (None, st)
        if look.period:
            names = look.teams
            left.selectbox(look.say("quarter"), quarter.quarters(look.store), key="quarter")
            if asked and asked != look.period.label:
                st.info(look.say("no_such_quarter", shown=look.period.label))
        right.selectbox(look.say("language"), text.LANGUAGES, key="lang", format_func=lambda code: word(f"named.lang_{code}"))
        if look.period:
            st.selectbox(look.say("team"), ["", *names], key="team",
                         format_func=lambda team: names.get(team) or look.say("all_teams"))
    for name in ("lang", "company", "quarter", "team"):
        _write(name, st.session_state.get(name))


def choose(company: str) -> None:
    """Turns to another company's database and starts the page anew."""
    for name in ("quarter", "team", "person", "changes"):
        st.session_state.pop(name, None)
        st.query_params.pop(name, None)
    st.session_state["company"] = company
    st.rerun()


def settled(look: Session, changes: dict | None = None, awards: bool = False):
    """The quarter's settlement, kept per (database, data and plan version, quarter, changes, with awards or not)."""
    kept = tuple(sorted((changes or {}).items()))
    with st.spinner(look.say("working")):
        return _settled(str(look.store.path), look.store.version(), look.period.label, kept, awards)


@st.cache_data(show_spinner=False, max_entries=64)
def _settled(path: str, version: int, label: str, changes: tuple, awards: bool):
    return quarter.settle(stores.open(Path(path)), periods.quarter(label), changes=dict(changes), awards=awards)


def evaluated(look: Session, label: str):
    """`quarter.evaluate` of a quarter, kept per (database, data and plan version, quarter)."""
    return _evaluated(str(look.store.path), look.store.version(), label)


@st.cache_data(show_spinner=False, max_entries=64)
def _evaluated(path: str, version: int, label: str):
    return quarter.evaluate(stores.open(Path(path)), periods.quarter(label))


def kept(look: Session, compute, *places):
    """What `compute(store, *places)` answers, kept per (database, data and plan version, function, places)."""
    with st.spinner(look.say("working")):
        return _kept(str(look.store.path), look.store.version(), f"{compute.__module__}.{compute.__qualname__}", places, compute)


@st.cache_data(show_spinner=False, max_entries=128)
def _kept(path: str, version: int, name: str, places: tuple, _compute):
    return _compute(stores.open(Path(path)), *places)


def changes(plan: dict | None = None) -> dict:
    """The what-if's changes: of this session, at first those of the address (`set=PATH=VALUE`). Given a plan, changes
    that it cannot take are left out."""
    if "changes" not in st.session_state:
        pairs = [tuple(part.split("=", 1)) for part in st.query_params.get_all("set") if "=" in part]
        st.session_state["changes"] = changing.parse(pairs)
    try:
        changing.apply(plan, st.session_state["changes"]) if plan else None
    except PlanError:
        st.session_state["changes"] = {}
    keep_changes(st.session_state["changes"])
    return st.session_state["changes"]


def keep_changes(changed: dict) -> None:
    """Makes these the what-if's changes, in the session and in the address."""
    st.session_state["changes"] = changed
    _write("set", [f"{path}={value if isinstance(value, (str, bool)) else format(value, '.12g')}"
                   for path, value in changed.items()])


def _remembered(name: str, options, default):
    value = st.session_state.get(name, st.query_params.get(name, default))
    value = value if value in options else default
    if st.session_state.get(name) != value:
        st.session_state[name] = value
    return value


def _write(name: str, value) -> None:
    if value:
        if st.query_params.get_all(name) != (value if isinstance(value, list) else [value]):
            st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]
