"""The draft of a plan: one person's, of one company, kept while they move about; every widget reads and writes it."""

from datetime import date

import streamlit as st

from core import plan as plans
from core import versions
from core.plan.problems import Problem
from pages.frame.session import Session

DRAFT = "plan_draft"


def opened(look: Session) -> dict:
    """This session's draft of the company's plan: base (the version it began from), plan, cases, revision. Begun from the
    version in force in the chosen quarter; one without changes follows the quarter."""
    saved = look.store.plans()
    version = force(look, saved)
    drafts = st.session_state.setdefault(DRAFT, {})
    draft = drafts.get(look.company)
    if draft is None or (draft["base"] != version and not draft["chosen"] and not changed(look, draft)):
        draft = begin(look, version, chosen=False)
    return draft


def force(look: Session, saved: list[dict]) -> int:
    """The version in force on the chosen quarter's first day, today without one; 0 is the product's own plan."""
    found = plans.in_force(saved, look.period.start if look.period else date.today())
    return int(found["version"]) if found else 0


def begin(look: Session, version: int, chosen: bool = True) -> dict:
    """Makes a version the draft; what was changed before is gone."""
    drafts = st.session_state.setdefault(DRAFT, {})
    revision = drafts[look.company]["revision"] + 1 if look.company in drafts else 0
    drafts[look.company] = {"base": version, "plan": plans.copied(document(look, version)), "chosen": chosen,
                            "cases": look.store.plan_cases(version)[0], "revision": revision}
    return drafts[look.company]


def document(look: Session, version: int) -> dict:
    """A stored version as a plan; 0 is the product's own."""
    stored = {int(plan["version"]): plan["document"] for plan in look.store.plans()}
    return plans.load(stored[version]) | {"version": version} if version in stored else plans.default()


def changed(look: Session, draft: dict) -> list[versions.Difference]:
    """What the draft changes of the version it began from."""
    return versions.differences(document(look, draft["base"]), draft["plan"])


def problems(draft: dict) -> list[Problem]:
    return plans.problems(draft["plan"])


def get(plan: dict, address: tuple, default=None):
    """The value at an address of a plan that may lack it."""
    for name in address:
        if not isinstance(plan, dict) or name not in plan:
            return default
        plan = plan[name]
    return plan


def put(draft: dict, address: tuple, value, anew: bool = False) -> None:
    """Writes a value into the draft, None takes it out. `anew` draws the widgets afresh: for what other widgets show too."""
    here = draft["plan"]
    for name in address[:-1]:
        here = here.setdefault(name, {})
    if value is None:
        here.pop(address[-1], None)
    else:
        here[address[-1]] = value
    draft["revision"] += anew


def key(draft: dict, *address) -> str:
    """The key of a widget that is drawn afresh with each revision of the draft."""
    return ":".join(["plan", str(draft["revision"]), *map(str, address)])
