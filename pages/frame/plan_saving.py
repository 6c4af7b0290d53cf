"""From a draft to a version: what it would do, from when it holds and why; files out and in; cases; two versions compared."""

from datetime import date

import pandas as pd
import streamlit as st

from core import importing, periods, plan_cases, quarter, text, versions
from core import plan as plans
from core.plan import values
from core.plan.fields import field_at
from core.plan.problems import PlanError, entry_name
from pages.frame import controls, session, show
from pages.frame import plan_draft as drafts
from pages.frame import plan_fields as fields
from pages.frame.session import Session

MOST_SHOWN = 6
DRAFT = -1


def problems_of(look: Session, problems: list, heading: str = "plan.problems") -> None:
    """What is wrong, each with its field or cell; the first few, and how many more."""
    if problems:
        lines = [f"- {show.plain(problem.say(look.lang))}" for problem in problems[:MOST_SHOWN]]
        more = len(problems) - MOST_SHOWN
        st.error("\n".join([show.plain(look.say(heading, count=len(problems))), "", *lines,
                            *([f"- {look.say('plan.more', count=more)}"] if more > 0 else [])]))


def version_name(look: Session, version: int) -> str:
    """A version in a choice: number, first day, reason."""
    if version == DRAFT:
        return look.say("plan.draft")
    saved = {int(plan["version"]): plan for plan in look.store.plans()}.get(version)
    if not saved:
        return look.say("plan.product")
    return look.say("plan.version", version=version, day=pd.Timestamp(saved["effective_from"]).date(), reason=saved["reason"])


def numbers(look: Session) -> list[int]:
    """All versions that can be opened: the one in force in the chosen quarter first, then the newest."""
    saved = look.store.plans()
    return list(dict.fromkeys([drafts.force(look, saved), *sorted((int(p["version"]) for p in saved), reverse=True), 0]))


def choice(look: Session, draft: dict, changes: list) -> None:
    """Which version the draft began from, and beginning anew from another."""
    pick, start = st.columns([4, 1], vertical_alignment="bottom")
    key = drafts.key(draft, "version")
    st.session_state.setdefault(key, draft["base"])
    version = pick.selectbox(look.say("plan.choose"), numbers(look), key=key, format_func=lambda one: version_name(look, one))
    same = version == draft["base"] and not changes and draft["cases"] == look.store.plan_cases(version)[0]
    if start.button(look.say("plan.begin"), disabled=same, width="stretch", help=look.say("plan.begin_means")):
        drafts.begin(look, version)
        st.rerun()


def files(look: Session, draft: dict) -> None:
    """The draft as a TOML file, and a file as the draft."""
    out, into = st.columns(2)
    out.download_button(look.say("plan.download"), plans.written(draft["plan"]), "plan.toml", "application/toml",
                        on_click="ignore", width="stretch")
    key = drafts.key(draft, "upload")
    into.file_uploader(look.say("plan.upload"), type=["toml"], key=key, max_upload_size=1, on_change=_uploaded, args=(draft, key))
    problems_of(look, st.session_state.pop("plan_refused", []), "plan.refused")


def _uploaded(draft: dict, key: str) -> None:
    """Makes an uploaded document the draft; one that is no plan at all is refused and said."""
    if not (file := st.session_state[key]):
        return
    try:
        plan = plans.opened(file.getvalue().decode("utf-8-sig", "replace"))
    except PlanError as error:
        st.session_state["plan_refused"] = error.problems
        return
    unreadable = [problem for problem in plans.problems(plan) if problem.code == "not_a_table"]
    if unreadable:
        st.session_state["plan_refused"] = unreadable
        return
    draft["plan"], draft["revision"] = plan, draft["revision"] + 1


def cases(look: Session, draft: dict, sound: bool) -> list[plan_cases.Result]:
    """The cases of the draft with what it makes of them; answers the results ([] while the draft has problems)."""
    st.caption(look.say("plan.cases_mean"))
    blank, sheet, off = st.columns([1, 2, 1], vertical_alignment="bottom")
    blank.download_button(look.say("plan.cases_template"), lambda: plan_cases.template(draft["plan"], look.lang),
                          f"{look.say('plan.cases_name')}.xlsx", controls.XLSX, on_click="ignore", disabled=not sound)
    key = drafts.key(draft, "cases")
    sheet.file_uploader(look.say("plan.cases_upload"), type=["xlsx", "xls", "csv", "tsv"], key=key,
                        max_upload_size=20, on_change=_sheet, args=(look, draft, key))
    if off.button(look.say("plan.cases_remove"), disabled=not draft["cases"]):
        draft["cases"] = []
        st.rerun()
    problems_of(look, st.session_state.get("plan_case_problems", []), "plan.case_problems")
    if waived := look.store.plan_cases(draft["base"])[1]:
        st.caption(show.plain(look.say("plan.waived", version=draft["base"], reason=waived)))
    results = tried(draft, sound)
    if results:
        st.dataframe(pd.DataFrame([_case_row(look, result) for result in results]), hide_index=True, height="content")
    else:
        st.caption(look.say("plan.cases_none" if not draft["cases"] else "plan.cases_wait"))
    return results


def _sheet(look: Session, draft: dict, key: str) -> None:
    st.session_state.pop("plan_case_problems", None)
    if not (file := st.session_state[key]):
        return
    path = importing.lay(look.store, file.name, file.getbuffer())
    try:
        found, problems = plan_cases.read(look.store, path, draft["plan"])
    finally:
        path.unlink(missing_ok=True)
    st.session_state["plan_case_problems"] = problems
    if not problems:
        draft["cases"] = found


def tried(draft: dict, sound: bool) -> list[plan_cases.Result]:
    """The draft's cases on the draft, tried again only when one of them changes."""
    if not sound or not draft["cases"]:
        return []
    asked = (plans.written(draft["plan"]), str(draft["cases"]))
    if st.session_state.get("plan_tried", (None,))[0] != asked:
        st.session_state["plan_tried"] = (asked, plan_cases.tried(draft["plan"], draft["cases"]))
    return st.session_state["plan_tried"][1]


def _kept(draft: dict, name: str, label: str) -> str:
    """A text that stays with the draft while its tab is out of sight."""
    key = drafts.key(draft, name)
    st.session_state[key] = draft.get(name, "")
    st.text_input(label, key=key, max_chars=500, on_change=lambda: draft.update({name: st.session_state[key]}))
    return draft.get(name, "").strip()


def _case_row(look: Session, result: plan_cases.Result) -> dict:
    why = [look.say("plan.case_wrong", what=look.say(f"plan.found_{name}"), expected=_figure(look, name, result.expected[name]),
                    found=_figure(look, name, result.found[name])) for name in result.wrong]
    why += [look.say(f"plan.case_{said.partition('.')[2]}", metric=look.metric(said.partition(".")[0]))
            for said in result.missing]
    shown = {look.say("plan.case"): result.name, look.say("plan.good"): "✓" if result.good else "✗"}
    for name in plan_cases.EXPECTED:
        shown[look.say(f"plan.found_{name}")] = (f"{_figure(look, name, result.found[name])} / "
                                                 f"{_figure(look, name, result.expected.get(name))}")
    return shown | {look.say("plan.why"): look.say("semicolon").join(why)}


def _figure(look: Session, name: str, value) -> str:
    return "—" if value is None else str(value) if name == "grade" else text.full(
        value, "yuan" if name == "commission" else "score", look.lang)


def compared(look: Session, draft: dict, sound: bool) -> None:
    """Two versions line by line, and what each difference costs in the chosen quarter."""
    one, other = st.columns(2)
    offered = numbers(look)
    old = one.selectbox(look.say("plan.old"), offered, format_func=lambda v: version_name(look, v), key="plan_old")
    newer = [DRAFT, *offered]
    new = other.selectbox(look.say("plan.new"), newer, format_func=lambda v: version_name(look, v), key="plan_new")
    before = drafts.document(look, old)
    after = draft["plan"] if new == DRAFT else drafts.document(look, new)
    lines = versions.differences(before, after)
    if not lines:
        st.caption(look.say("plan.same"))
        return
    costs = _costs(look, before, after) if look.period and (sound or new != DRAFT) else None
    show.table(look, pd.DataFrame([{
        look.say("plan.where"): versions.label(before, after, line, look.lang),
        look.say("plan.was"): said(look, before, line.address, line.before),
        look.say("plan.becomes"): said(look, after, line.address, line.after)}
        | ({look.say("plan.cost"): costs[n]} if costs else {}) for n, line in enumerate(lines)]),
        {look.say("plan.cost"): "yuan"} if costs else {}, key="plan_differences")
    st.caption(look.say("plan.cost_means", quarter=look.period.label, total=text.full(sum(costs), "yuan", look.lang))
               if costs else look.say("plan.cost_none"))


def _costs(look: Session, before: dict, after: dict) -> list[float]:
    """The cost of each difference, kept in the session while nothing that it rests on changes."""
    asked = (str(look.store.path), look.store.version(), look.period.label, plans.written(before), plans.written(after))
    if st.session_state.get("plan_costs", (None,))[0] != asked:
        bar = st.progress(0.0, look.say("plan.working"))
        found = versions.costs(look.store, look.period, before, after, lambda part: bar.progress(part, look.say("plan.working")))
        bar.empty()
        st.session_state["plan_costs"] = (asked, [cost.change for cost in found])
    return st.session_state["plan_costs"][1]


def said(look: Session, plan: dict, address: tuple, value) -> str:
    """A value of a comparison in words."""
    field = field_at(plan, address)
    if value is None:
        return "—"
    if isinstance(value, bool):
        return look.say("plan.yes" if value else "plan.no")
    if isinstance(value, dict):
        named = value if address[-1] == "weights" or address == ("grades",) else None
        if named is None:
            return look.say("plan.entry", name=value.get(look.lang) or value.get("zh") or address[-1])
        return " · ".join(f"{fields.weighed(look, plan, n)} {fields.whole(100 * v) if len(address) > 1 else v:g}"
                          f"{' %' if len(address) > 1 else ''}" for n, v in named.items())
    if isinstance(value, list):
        return ", ".join("–".join(map(str, one)) if isinstance(one, list) else entry_name(plan, "scorecards", one, look.lang)
                         for one in value)
    if field and field.type == "share" and values.is_number(value):
        return f"{100 * value:.6g} %"
    if field and (field.choices or field.type in values.KNOWN or field.type == "metric"):
        return fields.named(look, plan, field)(value)
    return f"{value:,.12g}" if values.is_number(value) else str(value)


def saved(look: Session, draft: dict, sound: bool) -> None:
    """Saving: from which quarter, why, what it does to the chosen quarter; a failing case needs a reason of its own."""
    ask, consequences = st.columns([2, 3], gap="large")
    with consequences:
        if sound and look.period:
            _consequences(look, draft)
        elif sound:
            st.caption(look.say("plan.cost_none"))
    with ask:
        first = _first_day(look)
        reason = _kept(draft, "reason", look.say("plan.reason"))
        failing = [result for result in tried(draft, sound) if not result.good]
        waived, agreed = "", not failing
        if failing:
            st.warning(look.say("plan.failing", count=len(failing), names=show.plain(", ".join(r.name for r in failing[:5]))))
            agreed = st.checkbox(look.say("plan.waive"), key=drafts.key(draft, "waive"))
            waived = _kept(draft, "waived", look.say("plan.waive_reason"))
        if not sound:
            st.caption(look.say("plan.mend_first"))
        if st.button(look.say("plan.save"), type="primary", disabled=not sound):
            lacking = "plan.no_reason" if not reason else "plan.no_waiver" if failing and not (agreed and waived) else ""
            if lacking:
                st.error(look.say(lacking))
            else:
                _save(look, draft, first, reason, waived)
    files(look, draft)


def _save(look: Session, draft: dict, first: date, reason: str, waived: str) -> None:
    version = 1 + max((int(plan["version"]) for plan in look.store.plans()), default=0)
    plan = plans.checked(draft["plan"] | {"version": version, "effective_from": first})
    version = look.store.save_plan(plans.written(plan), first, reason, draft["cases"], waived)
    drafts.begin(look, version)
    st.session_state["plan_said"] = look.say("plan.saved", version=version, day=first)
    st.rerun()


def _first_day(look: Session) -> date:
    """The first day of a quarter, chosen; says which quarters with figures it changes."""
    told = [periods.quarter(label) for label in quarter.quarters(look.store)]
    newest = max([*(q.end for q in told), date.today()])
    offered = [periods.quarter_of(newest)]
    while len(offered) < 12:
        offered.append(offered[-1].previous())
    upcoming = periods.quarter_of(date.fromordinal(offered[0].end.toordinal() + 1))
    chosen = st.selectbox(look.say("plan.first_day"), [upcoming, *offered], key="plan_first_day",
                          format_func=lambda q: look.say("plan.quarter_from", quarter=q.label, day=q.start))
    past = versions.changed_quarters(look.store.plans(), chosen.start, told)
    if past:
        st.warning(look.say("plan.changes_past", quarters=", ".join(past)))
    return chosen.start


def _consequences(look: Session, draft: dict) -> None:
    """The chosen quarter as it is and as the draft would have made it: payable, by rule."""
    with st.spinner(look.say("plan.working")):
        now = session.settled(look)
        then = quarter.settle(look.store, look.period, draft["plan"])
    before, after = now.totals["payable_cny"], then.totals["payable_cny"]
    st.markdown(f"**{look.say('plan.would', quarter=look.period.label)}**")
    change = round(after - before, 2)
    delta = f"{'+' if change > 0 else '-'}{text.whole(abs(change))}" if change else "±0"
    show.figures(look, [{"label": look.say("plan.payable"), "value": text.whole(after), "delta": delta,
                         "note": look.say("consequences.before", value=text.whole(before))}])
    old, new = versions.by_rule(now), versions.by_rule(then)
    rows = [{look.say("plan.rule"): entry_name(then.plan if rule in new else now.plan, "rules", rule, look.lang),
             look.say("plan.was"): old.get(rule, 0.0), look.say("plan.becomes"): new.get(rule, 0.0),
             look.say("plan.cost"): round(new.get(rule, 0.0) - old.get(rule, 0.0), 2)}
            for rule in dict.fromkeys([*old, *new]) if old.get(rule) or new.get(rule)]
    show.table(look, pd.DataFrame(rows), {look.say(f"plan.{n}"): "yuan" for n in ("was", "becomes", "cost")}, key="plan_by_rule")
