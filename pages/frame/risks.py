"""The parts of the risks page: what fired with its evidence, chart, proposal and thresholds; what did not, and why."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core import changes as changing
from core import periods, quarter, text
from core import plan as plans
from core import risks as judging
from core.belonging import projects_of
from core.charts import Chart, Series
from core.plan.fields import RISKS
from core.risks import telling
from pages.frame import controls, draw, session, show, trying
from pages.frame import plan_draft as drafts
from pages.frame.plan_fields import whole
from pages.frame.session import Session

SHOWN, BARS, CHARTS = 5, 6, 2


def read(store, label: str, tried: tuple) -> list:
    """`core.risks.findings` of a quarter under the plan in force with changed thresholds."""
    period = periods.quarter(label)
    plan = quarter.plan_for(store, period)
    return judging.findings(store, period, changing.apply(plan, dict(tried)) if tried else plan)


def of_team(look: Session, found: list) -> list:
    """The findings with the evidence of the chosen team and its sub-teams, and what concerns the whole company; a risk
    fired where any of that did."""
    members = look.members()
    if members is None:
        return found
    people = look.store.cursor().execute(
        "select distinct employee_id from postings where list_contains(?, team_id) and from_date <= ? and to_date >= ?",
        [members, look.period.end, look.period.start]).fetchall()
    projects = projects_of(look.store.cursor(), [row[0] for row in people])
    return [_of(finding, set(members), projects) for finding in found]


def _of(finding, members: set, projects: set):
    rows = finding.evidence
    kind, who = rows["subject_type"], rows["subject_id"]
    mine = who.isin(members) | rows["other"].isin(members)
    kept = rows[(kind.ne("team") | mine) & (kind.ne("project") | who.isin(projects))].reset_index(drop=True)
    state = "fired" if kept["fired"].any() else "quiet" if finding.state == "fired" else finding.state
    return replace(finding, evidence=kept, state=state, changes=finding.changes if state == "fired" else {})


def name(look: Session, risk: str) -> str:
    return getattr(RISKS[risk], look.lang)


def sentence(look: Session, found: list) -> str:
    """How many risks fired, and which."""
    fired = [name(look, one.risk) for one in found if one.state == "fired"]
    known = sum(one.state in ("fired", "quiet") for one in found)
    team = look.say("risks.of_team", team=look.team_name(look.team)) if look.team else ""
    return look.say(f"risks.{'finding' if fired else 'calm' if known else 'blind'}", quarter=look.period.label, team=team,
                    all=len(found), fired=len(fired), judged=known, names=look.say("comma").join(fired))


def cards(look: Session, found: list) -> list[dict]:
    """How many fired, did not, and cannot be judged."""
    counts = {state: [one for one in found if one.state == state] for state in ("fired", "quiet", "unknown")}
    lacking = {sheet for one in counts["unknown"] for sheet in one.sheets}
    near = _shares(look, counts["quiet"])
    notes = {"fired": look.say("risks.of_all", all=len(found)),
             "unknown": look.say("risks.lacking", sheets=len(lacking)) if lacking else None,
             "quiet": look.say("risks.nearest", name=near[0][0]) if near else None}
    return [{"label": look.say(f"risks.{state}"), "value": look.number(len(ones), "count"), "note": notes[state]}
            for state, ones in counts.items()]


def _shares(look: Session, found: list) -> list[tuple[str, float]]:
    """Name of each risk and how much of its threshold its nearest figure reaches, the nearest first."""
    shares = [(name(look, one.risk), float(telling.near(pd.DataFrame([row])).iloc[0])) for one in found
              if (row := telling.nearest(one.evidence)) is not None]
    return sorted(shares, key=lambda told: -told[1])


def nearness(look: Session, found: list) -> Chart | None:
    """How much of its threshold the nearest figure of each risk reaches; None where none can be judged."""
    shares = _shares(look, found)
    if not shares:
        return None
    title = look.say("risks.near", first=shares[0][0], share=look.number(shares[0][1], "percent"))
    series = (Series(look.say("risks.reached"), tuple(share for _, share in shares)),
              Series(look.say("risks.threshold"), (1.0,) * len(shares), "target"))
    return Chart("barh", title, look.say("risks.near_of", quarter=look.period.label), tuple(risk for risk, _ in shares), series,
                 "percent", title, definition=look.say("risks.near_means"))


def told(look: Session, finding, plan: dict, judged: dict, named: dict) -> None:
    """A risk that fired: evidence, charts, proposal with its effect, thresholds."""
    with st.container(border=True):
        st.markdown(f"#### ▲ {show.plain(name(look, finding.risk))}")
        st.caption(show.plain(f"{RISKS[finding.risk].means[look.lang]} · {RISKS[finding.risk].clause}"))
        _evidence(look, finding.evidence, judged, named)
        shown = charts(look, finding, judged, named)
        for place, drawn in zip(st.columns(len(shown)) if shown else (), shown, strict=True):
            with place:
                show.chart(look, drawn)
        st.markdown(look.say("risks.proposal", words=show.plain(text.say(f"risk.proposal.{finding.risk}", look.lang))))
        if finding.changes:
            _effect(look, finding, plan)
        limits(look, finding.risk, plan, judged)


def _evidence(look: Session, rows: pd.DataFrame, judged: dict, named: dict) -> None:
    """What fired, sentence by sentence; the rest folded."""
    lines = [_line(look, row, judged, named) for row in rows.itertuples(index=False)]
    first = min(SHOWN, max(1, int(rows["fired"].sum())))
    st.markdown("\n".join(lines[:first]))
    if lines[first:]:
        with st.expander(look.say("risks.more", count=len(lines) - first)):
            st.markdown("\n".join(lines[first:]))


def _line(look: Session, row, judged: dict, named: dict) -> str:
    """A sentence of evidence; in a team's view what concerns the whole company says so."""
    said = telling.sentence(row, judged, named, look.lang)
    named_so = row.subject_type == "company" and said.startswith(telling.subject(row, judged, named, look.lang))
    company = look.team and row.subject_type not in ("team", "project") and not named_so
    return f"- {'▲ ' if row.fired else ''}{show.plain(said + (look.say('risks.whole') if company else ''))}"


def charts(look: Session, finding, judged: dict, named: dict) -> list[Chart]:
    """Value against threshold of the first conditions that fired."""
    rows = finding.evidence[finding.evidence["threshold"].notna()]
    rows = rows.assign(near=telling.near(rows)).sort_values(["fired", "near"], ascending=False, kind="stable")
    conditions = list(dict.fromkeys(rows.loc[rows["fired"], "condition"]))[:CHARTS]
    return [_chart(look, rows[rows["condition"].eq(condition)].head(BARS), finding.risk, judged, named)
            for condition in conditions]


def _chart(look: Session, rows: pd.DataFrame, risk: str, judged: dict, named: dict) -> Chart:
    listed = list(rows.itertuples(index=False))
    first = listed[0]
    names = [telling.subject(row, judged, named, look.lang) for row in listed]
    names = [f"{one} → {look.team_name(row.other)}" if row.other else one for one, row in zip(names, listed, strict=True)]
    names = [one if names.count(one) == 1 else f"{one} · {row.subject_id}" for one, row in zip(names, listed, strict=True)]
    against = first.condition in ("template_reuse", "innovative_design_share")
    series = (Series(look.say("risks.actual"), tuple(map(float, rows["value"]))),
              Series(look.say("risks.before" if against else "risks.threshold"), tuple(map(float, rows["threshold"])),
                     "previous" if against else "target"))
    title = telling.sentence(first, judged, named, look.lang)
    subtitle = look.say("risks.chart_of", figure=text.say(f"risk.figure.{first.condition}", look.lang),
                        quarter=look.period.label, count=len(listed))
    return Chart("barh", title, subtitle, tuple(names), series, first.unit, title, definition=RISKS[risk].means[look.lang])


def _effect(look: Session, finding, plan: dict) -> None:
    """What the proposed change of the plan would do to this quarter's pay, and the way to what-if."""
    both = draw.compared(look, session.settled(look), session.settled(look, finding.changes))
    said = look.say("semicolon").join(trying.words(look, plan, finding.changes))
    st.markdown(show.plain(look.say(
        "risks.effect", changes=said, quarter=look.period.label, before=text.whole(both["before"].sum()),
        after=text.whole(both["after"].sum()), gain=int((both["change"] > 0).sum()), lose=int((both["change"] < 0).sum()))))
    for address, card in finding.changes.items():
        if address.endswith(".scorecard"):
            _cards(look, plan, plans.at(plan, address), card)
    if st.button(look.say("risks.open"), key=f"open_{finding.risk}"):
        session.keep_changes(session.changes() | finding.changes)
        st.switch_page("pages/whatif.py")


def _cards(look: Session, plan: dict, now: str, then: str) -> None:
    """The weights of two scorecards side by side."""
    old, new = (plan["scorecards"][card]["weights"] for card in (now, then))
    metrics = list(dict.fromkeys([*old, *new]))
    sides = {f"{look.say(f'risks.{when}')} · {controls.card_name(look, plan, card)}": [weights.get(metric) for metric in metrics]
             for when, card, weights in (("now", now, old), ("then", then, new))}
    frame = pd.DataFrame({look.say("risks.metric"): [look.metric(metric) for metric in metrics]} | sides)
    show.table(look, frame.astype(dict.fromkeys(sides, float)), dict.fromkeys(sides, "percent"), key=f"cards_{then}")


def quiet(look: Session, finding, plan: dict, judged: dict, named: dict) -> None:
    """A risk that did not fire: its nearest figure, or why it cannot be judged; evidence and thresholds folded."""
    row = telling.nearest(finding.evidence)
    why = {"quiet": telling.sentence(row, judged, named, look.lang) if row is not None else look.say(
        "risks.no_team_rows" if look.team else "risks.none_nearest"), "off": look.say("risks.off"),
        "unknown": _unknown(look, finding)}[finding.state]
    state = text.say(f"risk.state.{finding.state}", look.lang)
    with st.expander(f"**{show.plain(name(look, finding.risk))}** · {state} · {show.plain(why)}"):
        st.caption(show.plain(f"{RISKS[finding.risk].means[look.lang]} · {RISKS[finding.risk].clause}"))
        if len(finding.evidence):
            st.markdown("\n".join(_line(look, row, judged, named) for row in finding.evidence.itertuples(index=False)))
        limits(look, finding.risk, plan, judged)


def _unknown(look: Session, finding) -> str:
    sheets = look.say("comma").join(look.dataset(sheet) for sheet in finding.sheets)
    return look.say("risks.sheets", sheets=sheets) if sheets else look.say("risks.no_rows")


def limits(look: Session, risk: str, plan: dict, judged: dict) -> None:
    """The thresholds of a risk, tried as changes of the plan."""
    fields = [field for field in RISKS[risk].fields.values() if field.type in ("share", "integer")]
    if not fields or risk not in plan["risks"]:
        return
    st.caption(look.say("risks.limits"))
    for place, field in zip(st.columns(max(3, len(fields))), fields, strict=False):
        address, scale = f"risks.{risk}.{field.name}", 100 if field.type == "share" else 1
        key, most = f"limit_{address}", (1 if field.max is None and scale == 100 else field.max)
        st.session_state[key] = round(float(plans.at(judged, address)) * scale, 9)
        label = f"{field.label(look.lang)} (%)" if scale == 100 else field.label(look.lang)
        force = f"{plans.at(plan, address) * scale:.10g}"
        place.number_input(label, float(scale * (field.min or 0)), float(scale * most), step=1.0, format="%.10g", key=key,
                           help=look.say("risks.in_force", value=force), on_change=_tried, args=(plan, address, key, scale))


def _tried(plan: dict, address: str, key: str, scale: int) -> None:
    """A threshold entered is a change of the plan; as it is in force it is none."""
    value = whole(st.session_state[key], scale)
    value = round(value) if scale == 1 and value is not None else value
    kept = {other: told for other, told in session.changes().items() if other != address}
    session.keep_changes(kept if value is None or value == plans.at(plan, address) else kept | {address: value})


def tried_limits(look: Session, plan: dict, tried: dict) -> None:
    """Which thresholds are tried; into the plan's draft with them, or back to those in force."""
    said = look.say("semicolon").join(trying.words(look, plan, tried))
    st.info(show.plain(look.say("risks.tried", list=said)))
    keep, back, _ = st.columns([2, 2, 3])
    if keep.button(look.say("risks.keep"), width="stretch", type="primary"):
        draft = drafts.opened(look)
        for address, value in tried.items():
            drafts.put(draft, tuple(address.split(".")), value, anew=True)
        _forget(tried)
        to_plan(look)
    if back.button(look.say("risks.reset"), width="stretch"):
        _forget(tried)
        st.rerun()


def _forget(tried: dict) -> None:
    session.keep_changes({address: value for address, value in session.changes().items() if address not in tried})


def to_plan(look: Session) -> None:
    """The plan page, its tab with the thresholds open."""
    st.session_state["plan_tabs"] = look.say("plan.tab_evaluation")
    st.switch_page("pages/plan.py")
