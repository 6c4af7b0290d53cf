"""Who comes back: repurchase by team, the value of a buyer by the month of the first order, and who is still there."""

import pandas as pd
import streamlit as st

from core.analysis import cohorts
from core.charts import Chart, Series
from pages.frame import session, show
from pages.frame.business import dots, formats, numbers, of_teams, parents, ranked, told
from pages.frame.session import Session

AGES = (0, 3, 6, 12)


def followed(store, period, team: str | None) -> pd.DataFrame:
    """`cohorts.cohorts` as of the period's end."""
    return cohorts.cohorts(store.cursor(), team, period.end)


def view(look: Session, plan: dict) -> None:
    rows, months = of_teams(look, "repurchase_rate"), session.kept(look, followed, look.period, look.team)
    months = months[months["retained"].notna()]
    left, right = st.columns(2)
    with left:
        if rows["value"].notna().any():
            show.chart(look, repurchase(look, rows, plan))
        else:
            show.missing(look, ["orders", "team_months"], look.metric("repurchase_rate"))
    with right:
        if len(months):
            show.chart(look, value(look, months))
    if (months["age"] > 0).any():
        show.chart(look, retention(look, months))
    else:
        st.info(look.say("business.no_cohorts"))
    if len(rows):
        show.heading(look.say("business.table_repurchase"))
        show.table(look, told(look, rows, "repurchase_rate"), formats(look, "repurchase_rate"), key="business_repurchase")


def repurchase(look: Session, rows: pd.DataFrame, plan: dict) -> Chart:
    """Teams by their repurchase rate; too few buyers are named with their counts, not ranked."""
    least = plan["evaluation"]["smallest_group"]
    sure, unsure = ranked(look, rows, least)
    named = look.say("comma").join(look.say("business.count_of", name=row["name"], numerator=f"{row['numerator']:,.0f}",
                                            denominator=f"{row['denominator']:,.0f}") for _, row in unsure.iterrows())
    note = [look.say("business.unranked", least=least, named=named)] if named else []
    means = look.say(f"definition.repurchase.{plan['definitions']['repurchase_rate']}")
    return dots(look, "repurchase_rate", rows, sure, " ".join([*note, parents(look, rows)]).strip(), means)


def retention(look: Session, months: pd.DataFrame) -> Chart:
    """A row a month of first order, a column a month of age, the share of its buyers who buy in it; empty while not over."""
    shares = months.pivot(index="cohort", columns="age", values="share")
    ages = [age for age in shares.columns if age > 0]
    buyers = months.groupby("cohort")["buyers"].first()
    series = tuple(Series(look.say("business.cohort", month=cohort, n=f"{buyers[cohort]:,}"), numbers(row[ages]))
                   for cohort, row in shares.iterrows() if row[ages].notna().any())
    title = _latest(look, months, 1, "retained", "percent", "retention")
    return Chart("heatmap", title, look.say("business.retention_of", n=f"{int(buyers.sum()):,}", quarter=look.period.label),
                 tuple(f"{age}" for age in ages), series, "percent", title, _oldest(look, months),
                 look.say("business.retention_means"))


def value(look: Session, months: pd.DataFrame) -> Chart:
    """What a buyer has brought by some ages, by month of first order; a cohort that is too young has a gap."""
    values = months.pivot(index="cohort", columns="age", values="ltv")
    series = tuple(Series(look.say("business.after", months=age) if age else look.say("business.same_month"),
                          numbers(values[age])) for age in AGES if age in values.columns)
    age = 3 if (months["age"].eq(3) & ~months["oldest"]).any() else 0
    title = _latest(look, months, age, "net", "yuan", "value")
    buyers = int(months.groupby("cohort")["buyers"].first().sum())
    return Chart("line", title, look.say("business.value_of", n=f"{buyers:,}", quarter=look.period.label), tuple(values.index),
                 series, "yuan", title, _oldest(look, months), look.say("business.value_means"))


def _latest(look: Session, months: pd.DataFrame, age: int, column: str, unit: str, key: str) -> str:
    """The youngest cohort that has come to an age, against all before it together; the first month of all is no cohort of
    new buyers."""
    aged = months[months["age"].eq(age)]
    new = aged[~aged["oldest"]]
    last, before = (new if len(new) else aged).iloc[-1], new.iloc[:-1]
    said = {"month": last["cohort"], "value": look.number(last[column] / last["buyers"], unit), "age": age,
            "when": look.say("business.by_age" if age else "business.by_age_0", age=age)}
    if before.empty:
        return look.say(f"business.{key}_alone", **said)
    return look.say(f"business.{key}", before=look.number(before[column].sum() / before["buyers"].sum(), unit), **said)


def _oldest(look: Session, months: pd.DataFrame) -> str:
    first = months.loc[months["oldest"], "cohort"]
    return look.say("business.oldest", month=first.iloc[0]) if len(first) else ""
