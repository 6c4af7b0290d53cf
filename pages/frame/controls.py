"""What people move and press: weight sliders, releases, and the buttons of an empty company."""

import streamlit as st

from core import changes as changing
from core import plan as plans
from core import quarter
from core.exporting.template import template
from pages.frame import session
from pages.frame.plan_fields import weighed
from pages.frame.session import Session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def start(look: Session) -> None:
    """Try the sample company, upload our data, or take the template: the three ways out of an empty product."""
    tried, upload, blank = st.columns(3)
    with tried:
        sample_buttons(look)
    if upload.button(look.say("start.upload"), width="stretch"):
        st.switch_page("pages/data.py")
    with blank:
        template_button(look)


def template_button(look: Session) -> None:
    st.download_button(look.say("start.template"), template(look.lang), f"tiejun-{look.lang}.xlsx", XLSX,
                       width="stretch", on_click="ignore")


def sample_buttons(look: Session, width: str = "stretch") -> None:
    """Try the sample company as it is, or the one of the same figures that is past its first three years."""
    if st.button(look.say("start.sample"), type="primary", width=width):
        open_sample(look, "sample", "growth")
    if st.button(look.say("start.mature"), help=look.say("start.mature_means"), width=width):
        open_sample(look, "mature", "mature")


def open_sample(look: Session, company: str, variant: str) -> None:
    """Turns to a sample company, filling its database the first time."""
    store = session.stores.open(session.folder() / f"{company}.duckdb")
    if not store.batches():
        with st.spinner(look.say("start.loading")):
            quarter.load_sample(store, variant)
    session.choose(company)


def release(look: Session, employee: str, waiting: list[str]) -> None:
    """Releases a person's pay that waits, or everybody's `waiting`, or takes the person's release back: how the missing
    figures count, and why."""
    released = look.store.released(look.period.label, employee)
    answers = ("renormalise", "zero", "last", *([""] if released else []))
    with st.form("release", border=True):
        st.caption(look.say("release.means"))
        answer = st.radio(look.say("release.answer"), answers, horizontal=True,
                          format_func=lambda answer: look.say(f"release.{answer or 'back'}"))
        reason = st.text_input(look.say("release.reason"))
        everybody = st.checkbox(look.say("release.everybody", people=len(waiting))) if len(waiting) > 1 else False
        if st.form_submit_button(look.say("release.now")):
            wrong = "no_reason" if not reason.strip() else "back_alone" if everybody and not answer else ""
            if not wrong:
                who = sorted({employee, *waiting}) if everybody else [employee]
                look.store.release(look.period.label, who, answer, reason.strip())
                st.rerun()
            st.error(look.say(f"release.{wrong}"))


def weights(look: Session, plan: dict, changed: dict) -> dict:
    """A slider per weight of a chosen scorecard; answers all changes. What is not moved gives way in proportion."""
    cards = plan["scorecards"]
    card = st.selectbox(look.say("whatif.scorecard"), list(cards), key="scorecard",
                        format_func=lambda name: card_name(look, plan, name))
    sliders(look, plan, changed, f"scorecards.{card}.weights")
    reset(look, changed)
    return changed


def reset(look: Session, changed: dict, others: dict | None = None) -> None:
    """Back to the plan in force, but for the other changes."""
    if st.button(look.say("whatif.reset"), disabled=not changed):
        session.keep_changes(others or {})
        st.rerun()


def sliders(look: Session, plan: dict, changed: dict, address: str) -> None:
    """A slider per weight at an address of the plan, at where the changes have moved it."""
    after = changing.apply(plan, changed) if changed else plan
    for name, weight in plans.at(after, address).items():
        key = f"weight_{address}.{name}"
        st.session_state[key] = round(100 * weight)
        force = look.number(plans.at(plan, address)[name], "percent")
        st.slider(weighed(look, plan, name), 0, 100, key=key, format="%d%%", on_change=_moved, args=(plan, after, address, name),
                  help=look.say("whatif.in_force", weight=force))


def _moved(plan: dict, after: dict, address: str, moved: str) -> None:
    """The moved weight takes its place, the others give way in proportion to what they are now (to the plan in force
    where they are all 0)."""
    weights = plans.at(after, address)
    if not sum(weight for name, weight in weights.items() if name != moved):
        weights = plans.at(plan, address)
    told = {moved: st.session_state[f"weight_{address}.{moved}"] / 100}
    weights = changing.rebalanced(weights, told, tuple(address.split(".")))
    session.keep_changes(session.changes() | {f"{address}.{name}": weight for name, weight in weights.items()})


def card_name(look: Session, plan: dict, card: str) -> str:
    named = plan["scorecards"][card]
    return named.get(look.lang) or named.get("zh") or look.role(card)
