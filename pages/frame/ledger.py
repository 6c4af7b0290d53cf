"""The quarter's ledger on a page: rows in words, filters, totals by rule against the budget."""

import pandas as pd
import streamlit as st

from core import belonging, explanation, text, wording
from core.charts import Chart, Series
from core.settlement import Settlement, counted
from pages.frame import draw
from pages.frame.session import Session

STATES = ("payable", "pending", "held", "not_met", "eligible")


def finding(look: Session, people: pd.DataFrame) -> str:
    """What the quarter pays to how many people, its share of GMV, and how many people wait or cannot be assessed."""
    gmv = draw.subject_row(look, look.period.label, "gmv")
    paid, statuses = people["amount"].sum(), people["status"].value_counts()
    waiting, unassessed = int(statuses.get("pending", 0)), int(statuses.get("held", 0))
    share = None if gmv is None or not gmv["value"] else paid / gmv["value"]
    return look.say("incentives.finding", quarter=look.period.label, paid=look.number(paid, "yuan"),
                    people=int((people["amount"] > 0).sum()),
                    share="" if share is None else look.say("incentives.of_gmv", share=look.number(share, "percent")),
                    waiting=(look.say("incentives.waiting", people=waiting) if waiting else "")
                    + (look.say("incentives.unassessed", people=unassessed) if unassessed else ""))


def rule_name(look: Session, settled: Settlement, rule: str) -> str:
    return settled.plan["rules"].get(rule, {}).get(look.lang, rule)


def of_team(look: Session, settled: Settlement) -> pd.DataFrame:
    """The ledger of the chosen team with its sub-teams (by `belonging.teams`), the `name` of each beneficiary added."""
    ledger, members, con = settled.ledger, look.members(), look.store.cursor()
    rows = ledger if members is None else ledger.iloc[belonging.of_teams(con, settled, members)]
    names = draw.names(look, settled)
    projects = dict(con.execute("select project_id, coalesce(name, project_id) from projects").fetchall())
    kinds = zip(rows["beneficiary_type"], rows["beneficiary_id"], strict=True)
    return rows.assign(name=[names.get(who, who) if kind == "employee" else projects.get(who, who) if kind == "project"
                             else look.team_name(who) for kind, who in kinds])


def filtered(look: Session, settled: Settlement, ledger: pd.DataFrame) -> pd.DataFrame:
    """The rows that the reader asked for by rule, status and name; all where nothing is asked."""
    rule, state, who = st.columns([2, 2, 1])
    known = [name for name in settled.plan["rules"] if name in set(ledger["rule"])]
    rules = rule.multiselect(look.say("ledger.rule"), known, format_func=lambda name: rule_name(look, settled, name),
                             key="ledger_rule", placeholder=look.say("ledger.all"))
    states = state.multiselect(look.say("ledger.status"), [s for s in STATES if s in set(ledger["status"])],
                               format_func=lambda name: look.say(f"status.{name}"), key="ledger_status",
                               placeholder=look.say("ledger.all"))
    asked = who.text_input(look.say("ledger.who"), key="ledger_who").strip().casefold()
    kept = ledger[ledger["rule"].isin(rules or known) & ledger["status"].isin(states or STATES)]
    named = kept["name"].str.casefold().str.contains(asked, regex=False) | kept["beneficiary_id"].str.casefold().eq(asked)
    return kept[named] if asked else kept


def reset(look: Session) -> None:
    """Says that no row meets the filters, and offers to drop them."""
    def drop() -> None:
        st.session_state.update({"ledger_rule": [], "ledger_status": [], "ledger_who": ""})
    st.info(look.say("incentives.no_rows"))
    st.button(look.say("incentives.all_rows"), on_click=drop, key="ledger_reset")


def over_budget(look: Session, settled: Settlement) -> None:
    """Of the whole company, a warning where its pay is above a budget that does not scale it."""
    budget, paid = settled.totals["budget"], settled.totals["payable_cny"]
    if look.team is None and budget and paid > budget and settled.plan["company"]["over_budget"] == "warn":
        st.warning(look.say("incentives.over", paid=text.full(paid, "yuan", look.lang),
                            budget=text.full(budget, "yuan", look.lang), share=look.number(paid / budget, "percent")))


def words(look: Session, settled: Settlement, ledger: pd.DataFrame) -> pd.DataFrame:
    """The rows as the table and the workbook show them, what is not payable first; amounts in yuan stay numbers, shares and
    days of leave are no part of their columns."""
    teams = {team: look.team_name(team) for team in settled.scores["team_id"].dropna().unique()}
    ledger = ledger.assign(last=ledger["status"].eq("payable")).sort_values("last", kind="stable")
    yuan, paid = ledger["unit"].eq("CNY"), ledger["amount"].where(ledger["status"].eq("payable"), ledger["potential"])
    other = [explanation.money(amount, unit, look.lang) if unit != "CNY" else "—"
             for amount, unit in zip(paid, ledger["unit"], strict=True)]
    return pd.DataFrame({
        look.say("column.name"): ledger["name"], look.say("column.rule"): ledger["rule"].map(
            lambda name: rule_name(look, settled, name)),
        look.say("column.item"): [wording.item(settled, row, teams, look.lang) for row in ledger.index],
        look.say("column.amount"): ledger["amount"].where(yuan),
        look.say("column.potential"): ledger["potential"].where(yuan),
        look.say("column.state"): ledger["status"].map(lambda name: look.say(f"status.{name}")),
        look.say("column.why"): [explanation.reason_text(row, look.lang) or "—" for row in ledger.to_dict("records")],
        look.say("column.other"): other,
        look.say("column.clause"): ledger["rule"].map(lambda name: settled.plan["rules"].get(name, {}).get("clause", ""))})


def cards(look: Session, settled: Settlement, ledger: pd.DataFrame, people: pd.DataFrame) -> list[dict]:
    """Payable against the budget, what waits, what was missed, what may be applied for, the median score."""
    own = counted(settled.plan, ledger)
    sums = ledger[own].groupby("status")["potential"].sum()
    fund = ledger.loc[ledger["unit"].eq("CNY") & ~own, "amount"].sum()
    budget, paid = settled.totals["budget"], settled.totals["payable_cny"]
    note = look.say("incentives.budget", budget=text.whole(budget), share=look.number(paid / budget, "percent")) \
        if budget and look.team is None else None
    waits = ledger[ledger["status"].isin(["pending", "held"])]
    return [{"label": look.say("incentives.payable"), "value": look.number(people["amount"].sum(), "yuan"), "note": note,
             "certainty": look.say("incentives.fund", amount=look.number(fund, "yuan")) if fund else None},
            {"label": look.say("incentives.waits"), "value": look.number(sums.get("pending", 0.0), "yuan"),
             "note": look.say("incentives.waits_for", rows=len(waits))},
            {"label": look.say("incentives.missed"), "value": look.number(sums.get("not_met", 0.0), "yuan"),
             "note": look.say("incentives.missed_rows", rows=int(ledger["status"].eq("not_met").sum()))},
            {"label": look.say("incentives.eligible"), "value": look.number(sums.get("eligible", 0.0), "yuan")},
            {"label": look.say("incentives.median"), "value": look.number(people["score"].median(), "score"),
             "note": look.say("incentives.of_people", people=int(people["status"].notna().sum()))}]


def by_rule(look: Session, settled: Settlement, ledger: pd.DataFrame) -> Chart:
    """Payable yuan by rule beside what waits, the largest first."""
    money = ledger[counted(settled.plan, ledger)]
    paid = money.groupby("rule")["amount"].sum()
    waits = money[money["status"].eq("pending")].groupby("rule")["potential"].sum()
    order = (paid.add(waits, fill_value=0)).sort_values(ascending=False)
    order = order[order.ne(0)].index
    names = tuple(rule_name(look, settled, rule) for rule in order)
    title = look.say("chart.by_rule", first=names[0], amount=look.number(paid.get(order[0], 0.0), "yuan")) if names \
        else look.say("chart.by_rule_none")
    series = (Series(look.say("status.payable"), tuple(float(paid.get(rule, 0.0)) for rule in order), "actual"),
              Series(look.say("chart.waits"), tuple(float(waits.get(rule, 0.0)) or None for rule in order), "target"))
    return Chart("barh", title, look.say("chart.by_rule_of", quarter=settled.quarter), names, series, "yuan", title)
