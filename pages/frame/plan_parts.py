"""The parts of a plan under the hand: cards with their curves, roles and teams, seasons and phases, rules, settings."""

import re

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core import charts
from core.plan import values
from core.plan.fields import ENTRIES, FIELDS, KINDS
from core.plan.problems import entry_name
from pages.frame import plan_draft as drafts
from pages.frame import plan_fields as fields
from pages.frame.session import Session

BLANK = {"scorecards": {"weights": {}}, "seasons": {"on": False, "weight": 0.5}, "phases": {"commission_factor": 1}}
SHOWN = [[0, 0], [1, 100]]
# Pixels of the place where problems are told: the first of them, more by scrolling.
NEWS = 108


def chosen(look: Session, draft: dict, table: str) -> str | None:
    """The entry of a table that is worked on, chosen in place; beside it a new one and taking it away."""
    names = values.names(draft["plan"], table)
    pick, add, remove = st.columns([3, 1.3, 1.5], vertical_alignment="bottom")
    key = f"plan_chosen_{table}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0] if names else None
    name = pick.selectbox(look.say(f"plan.choose_{table}"), names, key=key,
                          format_func=lambda one: entry_name(draft["plan"], table, one, look.lang))
    with add.popover(look.say("plan.add"), width="stretch"):
        _add(look, draft, table, name)
    if remove.button(look.say("plan.remove"), key=drafts.key(draft, "remove", table), disabled=name is None, width="stretch"):
        drafts.put(draft, (table, name), None, anew=True)
        st.rerun()
    return name


def _add(look: Session, draft: dict, table: str, like: str | None) -> None:
    """A new entry under a name: a rule of a kind, a curve or card like the one shown, else an empty one."""
    kind = st.selectbox(look.say("plan.kind"), list(KINDS), key="plan_new_kind",
                        format_func=lambda one: getattr(KINDS[one], look.lang)) if table == "rules" else None
    if kind:
        st.caption(KINDS[kind].means[look.lang])
    called = st.text_input(look.say("plan.new_name"), key=f"plan_new_{table}", max_chars=40)
    if not st.button(look.say("plan.make"), key=f"plan_make_{table}"):
        return
    name = re.sub(r"[^\w-]+", "_", called.strip()).strip("_")
    if not name or name in values.names(draft["plan"], table) or name in ("company", "auto"):
        st.error(look.say("plan.name_taken"))
        return
    copied = drafts.get(draft["plan"], (table, like)) if like and table in ("curves", "scorecards") else None
    said = {"zh": called.strip(), "en": called.strip()}
    if table == "curves":
        entry = [list(point) for point in copied or SHOWN]
    elif kind:
        entry = said | {"kind": kind, "on": True}
    else:
        entry = (drafts.plans.copied(copied) if copied else dict(BLANK.get(table, {}))) | said
    drafts.put(draft, (table, name), entry, anew=True)
    st.session_state[f"plan_pick_{table}"] = name
    st.rerun()


def follow() -> None:
    """Turns to entries that were just made; before their choices are drawn."""
    for table in ("scorecards", "curves", "seasons", "phases", "rules"):
        if name := st.session_state.pop(f"plan_pick_{table}", None):
            st.session_state[f"plan_chosen_{table}"] = name


def cards(look: Session, draft: dict) -> None:
    """A scorecard with its weights, and a curve drawn beside its points."""
    left, right = st.columns([5, 6], gap="medium")
    with left:
        if (name := chosen(look, draft, "scorecards")) is not None:
            card = ("scorecards", name)
            _weights(look, draft, card)
            fields.form(look, draft, card, [ENTRIES["scorecards"][part] for part in ("zh", "en", "bonus_points")])
    with right:
        if (name := chosen(look, draft, "curves")) is not None:
            _curve(look, draft, name)


def _weights(look: Session, draft: dict, card: tuple) -> None:
    """Metrics, weights in per cent and curves of a card in one table, with their sum."""
    held = drafts.get(draft["plan"], (*card, "weights"))
    held = {m: w for m, w in held.items() if values.is_number(w)} if isinstance(held, dict) else {}
    own = drafts.get(draft["plan"], (*card, "curves"), {})
    own = own if isinstance(own, dict) else {}
    frame = pd.DataFrame([(metric, round(100 * weight, 9), own.get(metric, "default")) for metric, weight in held.items()],
                         columns=["metric", "weight", "curve"]).astype({"metric": object, "weight": float, "curve": object})

    def read(rows: list[dict]) -> dict:
        rows = [row for row in rows if isinstance(row["metric"], str)]
        curves = {row["metric"]: row["curve"] for row in rows if isinstance(row["curve"], str) and row["curve"] != "default"}
        drafts.put(draft, (*card, "curves"), curves or None)
        return {row["metric"]: fields.whole(fields.number(row["weight"]), 100) for row in rows}
    fields.table(draft, (*card, "weights"), frame, {
        "metric": st.column_config.SelectboxColumn(look.say("plan.metric"), options=values.scorable(), format_func=look.metric,
                                                   required=True),
        "weight": st.column_config.NumberColumn(look.say("plan.weight"), format="%.6g", min_value=0, max_value=100),
        "curve": st.column_config.SelectboxColumn(look.say("plan.part_curve"), options=values.names(draft["plan"], "curves"))},
        read)
    st.caption(look.say("plan.total", total=f"{100 * sum(held.values()):.6g}"))


def _curve(look: Session, draft: dict, name: str) -> None:
    held = drafts.get(draft["plan"], ("curves", name))
    points = sorted(held) if values.pairs(held) else []
    table, drawn = st.columns([5, 6])
    with table:
        fields.table(draft, ("curves", name), pd.DataFrame([[100 * x, y] for x, y in points], columns=["x", "y"], dtype=float), {
            "x": st.column_config.NumberColumn(look.say("plan.attainment"), format="%.6g", width="small"),
            "y": st.column_config.NumberColumn(look.say("plan.score"), format="%.6g", width="small")},
            lambda rows: sorted([fields.whole(fields.number(r["x"]), 100), fields.whole(fields.number(r["y"]))] for r in rows))
        st.caption(look.say("plan.curve_means"))
    with drawn:
        st.plotly_chart(curve_figure(look, points), theme=None, config=charts.config(), key=drafts.key(draft, "drawn", name))


def curve_figure(look: Session, points: list) -> go.Figure:
    """A curve as it counts: flat outside its points."""
    dark = st.context.theme.type == "dark"
    ink, paper = ("#E8EDF2", "#14181D") if dark else ("#1F2933", "#FFFFFF")
    xs, ys = [100 * x for x, _ in points], [y for _, y in points]
    ends = ([min(xs) - 20, *xs, max(xs) + 20], [ys[0], *ys, ys[-1]]) if points else ([], [])
    drawn = go.Figure(go.Scatter(x=ends[0], y=ends[1], mode="lines", line={"color": charts.SERIES[0], "width": 3}))
    drawn.add_trace(go.Scatter(x=xs, y=ys, mode="markers+text", text=[f"{y:g}" for y in ys], textposition="top left",
                               cliponaxis=False, marker={"size": 10, "color": charts.SERIES[0]}))
    axis = {"gridcolor": "#33404D" if dark else "#E4E9EE", "zeroline": False, "automargin": True}
    return drawn.update_layout(
        template="none", showlegend=False, height=300, margin={"l": 8, "r": 16, "t": 24, "b": 8}, paper_bgcolor=paper,
        plot_bgcolor=paper, font={"family": charts.FONT, "size": 14, "color": ink},
        xaxis=axis | {"title": look.say("plan.attainment")},
        yaxis=axis | {"title": look.say("plan.score"), "rangemode": "tozero"})


def posts(look: Session, draft: dict) -> None:
    """Which scorecard each role has, and each team that has its own."""
    plan, (left, right) = draft["plan"], st.columns(2, gap="large")
    card = st.column_config.SelectboxColumn(
        look.say("plan.part_card"), options=[*values.names(plan, "scorecards"), "company"], required=True,
        format_func=fields.named(look, plan, ENTRIES["roles"]["scorecard"]))
    with left:
        st.markdown(f"**{look.say('plan.roles')}**")
        roles = values.names(plan, "roles")
        frame = pd.DataFrame([(entry_name(plan, "roles", r, look.lang), plan["roles"][r].get("scorecard")) for r in roles],
                             columns=["role", "card"], dtype=object)
        fields.table(draft, ("roles",), frame, {"role": st.column_config.TextColumn(look.say("plan.role"), disabled=True),
                                                "card": card},
                     lambda rows: {r: plan["roles"][r] | {"scorecard": row["card"]} for r, row in zip(roles, rows, strict=True)},
                     fixed=True)
    with right:
        st.markdown(f"**{look.say('plan.teams')}**")
        st.caption(look.say("plan.teams_mean"))
        known, own = look.teams, plan.get("teams", {})
        frame = pd.DataFrame([(team, held.get("scorecard")) for team, held in own.items()],
                             columns=["team", "card"], dtype=object)
        team = st.column_config.SelectboxColumn(look.say("plan.team"), options=list(dict.fromkeys([*known, *own])), required=True,
                                                format_func=lambda one: f"{known.get(one, one)} · {one}")
        fields.table(draft, ("teams",), frame, {"team": team, "card": card},
                     lambda rows: {r["team"]: {"scorecard": r["card"]} if r["card"] else {} for r in rows if r["team"]})


def times(look: Session, draft: dict) -> None:
    """Seasons and phases."""
    for place, table in zip(st.columns(2, gap="large"), ("seasons", "phases"), strict=True):
        with place:
            name = chosen(look, draft, table)
            if name is not None:
                fields.form(look, draft, (table, name), list(ENTRIES[table].values()))
            if table == "phases":
                fields.form(look, draft, ("company",), [FIELDS["company"]["founded"], FIELDS["company"]["phase"]])


def rules(look: Session, draft: dict) -> None:
    """A rule with the parameters of its kind; all rules are seen beside it."""
    plan, (left, right) = draft["plan"], st.columns([3, 2], gap="large")
    with left:
        if (name := chosen(look, draft, "rules")) is not None:
            kind = KINDS.get(drafts.get(plan, ("rules", name, "kind")))
            if kind:
                st.caption(f"{getattr(kind, look.lang)} — {kind.means[look.lang]}")
                fields.form(look, draft, ("rules", name), [kind.fields["on"], kind.fields["phases"], *kind.own])
                fields.form(look, draft, ("rules", name), [kind.fields[part] for part in ("zh", "en", "clause")], 3)
            else:
                st.caption(look.say("plan.no_kind"))
    with right:
        st.dataframe(pd.DataFrame([{
            look.say("plan.rule"): entry_name(plan, "rules", rule, look.lang), look.say("plan.kind"): getattr(
                KINDS.get(str(drafts.get(plan, ("rules", rule, "kind")))), look.lang, "—"),
            look.say("plan.on"): drafts.get(plan, ("rules", rule, "on"), True) is True}
            for rule in values.names(plan, "rules")]), hide_index=True, height="content")


def general(look: Session, draft: dict) -> None:
    """Grades, budget, definitions and the answers that hold for all."""
    plan, (left, right) = draft["plan"], st.columns([2, 3], gap="large")
    with left:
        st.markdown(f"**{look.say('plan.grades')}**")
        grades = plan.get("grades", {})
        frame = pd.DataFrame([(name, bar) for name, bar in grades.items() if values.is_number(bar)], columns=["grade", "bar"])
        fields.table(draft, ("grades",), frame.astype({"grade": object, "bar": float}), {
            "grade": st.column_config.TextColumn(look.say("plan.grade"), max_chars=8, required=True),
            "bar": st.column_config.NumberColumn(look.say("plan.bar"), format="%.6g", min_value=0)},
            lambda rows: dict(sorted(((r["grade"].strip(), fields.whole(fields.number(r["bar"]))) for r in rows if r["grade"]),
                                     key=lambda pair: -pair[1])))
        fields.form(look, draft, (), [FIELDS["document"][n] for n in ("covered_minimum", "bonus_points_cap", "score_cap")], 3)
    with right:
        fields.form(look, draft, (), [FIELDS["document"]["name"], FIELDS["document"]["missing"]])
        fields.form(look, draft, ("company",), [FIELDS["company"]["budget"], FIELDS["company"]["over_budget"]])
        fields.form(look, draft, ("definitions",), [f for n, f in FIELDS["definitions"].items() if n != "sla_hours"])
        fields.form(look, draft, ("definitions",), [FIELDS["definitions"]["sla_hours"]], 1)
