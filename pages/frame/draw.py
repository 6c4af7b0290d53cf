"""The frames and charts that the pages ask for: figures picked from the core's tables, in the reader's words."""

from dataclasses import replace

import pandas as pd

from core import belonging, quarter, scenarios, text
from core.charts import Chart, Series
from core.metrics import METRICS
from core.settlement import Settlement, counted
from pages.frame import session, show
from pages.frame.session import Session

LONGEST_TREND = 8
MOST_PEOPLE = 16


def subject_row(look: Session, label: str, metric: str) -> pd.Series | None:
    """The metric's evaluated row for the chosen team, else the company, in a quarter; None where not measured."""
    frame = session.evaluated(look, label)
    kind = "team" if look.team else "company"
    found = frame[(frame["metric"] == metric) & (frame["subject_type"] == kind)]
    if look.team:
        found = found[found["subject_id"] == look.team]
    return None if found.empty else found.iloc[0]


def against_target(look: Session, row, unit: str) -> str:
    """The target and how much of it was reached, or that there is none."""
    if row is None or text.missing(row["target"]):
        return look.say("overview.no_target")
    return look.say("overview.target", target=look.number(row["target"], unit))


def certainty(look: Session, row, unit: str) -> str:
    """How many observations a rate rests on, with its 95 % interval where it has one, and attrition over a year; of an LTV
    how many days it looks back where they are no year."""
    if row is not None and str(row["note"]).startswith("short_history:"):
        return look.say("overview.short_history", days=row["note"].partition(":")[2])
    if row is None or text.missing(row["value"]) or unit == "yuan":
        return ""
    parts = [look.say("overview.observations", n=f"{row['n']:,.0f}")]
    if not text.missing(row["low"]):
        parts.append(look.say("overview.interval", low=look.number(row["low"], unit), high=look.number(row["high"], unit)))
    if row["metric"] == "attrition_rate":
        parts.append(look.say("overview.annualised", rate=look.number(row["value"] * 365 / look.period.days, unit)))
    return look.say("comma").join(parts)


def moved(look: Session, metric: str, value, before) -> str:
    """The change of a metric in words, and whether that is better or worse: per cent of amounts, points of rates, whole
    figures in their unit."""
    unit = METRICS[metric].unit if metric in METRICS else "ratio"
    changed = show.change(look, value, before, unit)
    if changed and not changed.startswith("±") and unit not in ("yuan", "percent", "points", "score"):
        off = value - before
        changed = f"{'+' if off > 0 else '-'}{look.number(abs(off), unit)}"
    if changed is None:
        return "—"
    if changed.startswith("±") or metric not in METRICS:
        return changed
    better = changed.startswith("+") == (METRICS[metric].better == "higher")
    return look.say("change.better" if better else "change.worse", change=changed)


def card(look: Session, name: str, row) -> dict:
    """A metric's evaluated row as a card: figure, change against the quarter before, target, what it rests on."""
    unit, value = METRICS[name].unit, None if row is None else row["value"]
    return {"label": look.metric(name), "value": look.number(value, unit), "good": METRICS[name].better,
            "help": METRICS[name].means[look.lang], "against": look.say("overview.against"),
            "delta": None if row is None else show.change(look, value, row["previous"], unit),
            "note": against_target(look, row, unit), "certainty": certainty(look, row, unit)}


def reached(look: Session, known: dict) -> str:
    """How many of the figures with a target met it, as the end of the sentence; empty without any target."""
    aimed = {name: row for name, row in known.items() if not text.missing(row["target"])}
    met = [name for name, row in aimed.items() if _met(name, row)]
    return look.say("overview.reached", met=len(met), aimed=len(aimed)) if aimed else ""


def _met(name: str, row) -> bool:
    higher = METRICS[name].better == "higher"
    return bool(row["value"] >= row["target"] if higher else row["value"] <= row["target"])


def trend(look: Session, metric: str) -> Chart:
    """The metric over the last quarters up to the chosen one, with its targets where there are any."""
    labels = [q for q in sorted(quarter.quarters(look.store)) if q <= look.period.label][-LONGEST_TREND:]
    rows = [subject_row(look, label, metric) for label in labels]
    values = tuple(None if row is None else _number(row["value"]) for row in rows)
    targets = tuple(None if row is None else _number(row["target"]) for row in rows)
    lines = [Series(look.metric(metric), values, "actual")]
    if any(target is not None for target in targets):
        lines.append(Series(look.say("chart.target"), targets, "target"))
    unit = METRICS[metric].unit
    title = look.say("chart.trend", metric=look.metric(metric), value=look.number(values[-1], unit), quarter=labels[-1])
    return Chart("line", title, METRICS[metric].means[look.lang], tuple(labels), tuple(lines), unit, title)


def _number(value) -> float | None:
    return None if text.missing(value) else float(value)


def people(look: Session, settled: Settlement) -> pd.DataFrame:
    """One row per person who was in the chosen team or whose money it is: name, role, team (of the last assignment), score,
    grade, status of the commission; of the ledger rows that are the team's, `amount` (payable yuan of all rules) and
    `potential` (with what waits for data). Whoever has money of the quarter without an assignment in it (left before, joins
    later) is there too, without role, team, score and status."""
    scores = settled.scores.sort_values("to_date")
    by_person = scores.assign(points=scores["score"] * scores["eligible_days"]).groupby("employee_id")
    sums = by_person[["points", "eligible_days"]].sum(min_count=1)
    last = scores.drop_duplicates("employee_id", keep="last").set_index("employee_id")
    last = last.drop(columns=["amount", "potential", "status"])
    last = last.assign(score=(sums["points"] / sums["eligible_days"]).where(by_person["score"].agg(lambda s: s.notna().all())),
                       status=by_person["status"].agg(_worst))
    money = scenarios.paid(of_team(look, settled).ledger).rename_axis("employee_id")
    last = last.join(money, how="outer").fillna({"amount": 0.0, "potential": 0.0})
    last = last.assign(name=names(look, settled))
    return last[last.index.isin(here(look, settled))].sort_index().reset_index()


def of_team(look: Session, settled: Settlement) -> Settlement:
    """The settlement with the ledger rows of the chosen team only (by `belonging.teams`)."""
    if (members := look.members()) is None:
        return settled
    return replace(settled, ledger=settled.ledger.iloc[belonging.of_teams(look.store.cursor(), settled, members)])


def here(look: Session, settled: Settlement) -> list[str]:
    """Everybody whom the chosen team's page lists; without a team everybody at all."""
    if (members := look.members()) is None:
        return [*settled.scores["employee_id"], *settled.ledger["beneficiary_id"]]
    return belonging.employees(look.store.cursor(), settled, members)


def names(look: Session, *settled: Settlement) -> pd.Series:
    """What everybody with a score or a ledger row of these settlements is called, by employee_id."""
    known = pd.concat([one.scores.set_index("employee_id")["name"] for one in settled])
    paid = [one.ledger.loc[one.ledger["beneficiary_type"].eq("employee"), "beneficiary_id"] for one in settled]
    others = pd.Index(pd.concat(paid).unique(), name="employee_id", dtype=object).difference(known.index)
    roster = dict(look.store.cursor().execute("select employee_id, name from employees where list_contains(?, employee_id)",
                                              [list(others)]).fetchall())
    known = pd.concat([known, others.to_series().map(roster)])
    return distinct(known[~known.index.duplicated()])


def distinct(names: pd.Series) -> pd.Series:
    """Names by employee_id; people of the same name, or of none, are told apart by the id."""
    ids = names.index.to_series()
    named = names.where(~names.duplicated(keep=False), names + " · " + ids)
    return named.where(names.notna(), ids)


def compared(look: Session, before: Settlement, after: Settlement) -> pd.DataFrame:
    """The comparison's people of the chosen team, with names; the largest changes first."""
    both = scenarios.compare(of_team(look, before), of_team(look, after)).people
    both = both[both["employee_id"].isin([*here(look, before), *here(look, after)])]
    both = both.assign(name=both["employee_id"].map(names(look, before, after)))
    return both.sort_values("change", key=abs, ascending=False).reset_index(drop=True)


def _worst(statuses: pd.Series) -> str:
    found = set(statuses)
    return next((s for s in ("held", "pending", "provisional") if s in found), statuses.iloc[-1])


def by_role(look: Session, frame: pd.DataFrame) -> Chart:
    """Payable yuan of `people` by role, largest first."""
    return _by(look, "role", frame.groupby("role", dropna=False)["amount"].sum(), look.role, len(frame))


def by_team(look: Session, settled: Settlement, frame: pd.DataFrame) -> Chart:
    """Payable yuan by the team that each ledger row belongs to, largest first."""
    own = settled.ledger.assign(team=belonging.teams(look.store.cursor(), settled))
    own = own.loc[of_team(look, settled).ledger.index][lambda rows: rows["beneficiary_type"].ne("project")]
    sums = own[counted(settled.plan, own)].groupby("team", dropna=False)["amount"].sum()
    return _by(look, "team_id", sums, look.team_name, len(frame))


def _by(look: Session, group: str, sums: pd.Series, named, people: int) -> Chart:
    sums = sums.sort_values(ascending=False)
    groups = tuple(named(name) for name in sums.index)
    title = look.say(f"chart.by_{group}", first=groups[0], amount=look.number(sums.iloc[0], "yuan")) if groups \
        else look.say("chart.by_rule_none")
    subtitle = look.say("chart.payable", quarter=look.period.label, people=people)
    values = (Series(look.say("column.amount"), tuple(float(v) for v in sums), "actual"),)
    return Chart("barh", title, subtitle, groups, values, "yuan", title)


def distribution(look: Session, frame: pd.DataFrame) -> Chart:
    """People per ten points of score; those without a final score are named in the subtitle."""
    frame = frame[frame["status"].notna()]
    edges = [0, 40, 50, 60, 70, 80, 90, 100, 110, 121]
    bands = tuple(f"{low}–{high if high < 121 else 120}" for low, high in zip(edges, edges[1:], strict=False))
    counts = pd.cut(frame["score"].round(9), edges, right=False).value_counts(sort=False)
    title = look.say("chart.scores", median=look.number(frame["score"].median(), "score"))
    subtitle = look.say("chart.scores_of", people=int(frame["score"].notna().sum()),
                        without=int(frame["score"].isna().sum()))
    series = (Series(look.say("chart.people"), tuple(int(n) for n in counts), "actual"),)
    return Chart("bar", title, subtitle, bands, series, "count", title)


def winners(look: Session, both: pd.DataFrame) -> Chart:
    """Who gains and who loses: the payable amounts that change most, gains above losses."""
    changed = both[both["change"] != 0].head(MOST_PEOPLE).sort_values("change", ascending=False)
    title = look.say("chart.whatif_none")
    if len(changed):
        most = both.iloc[0]
        title = look.say("chart.whatif", gain=int((both["change"] > 0).sum()), lose=int((both["change"] < 0).sum()),
                         name=most["name"], change=signed(look, most["change"]))
    subtitle = look.say("chart.whatif_of", people=len(changed), quarter=look.period.label)
    values = (Series(look.say("column.change"), tuple(map(float, changed["change"])), "actual"),)
    return Chart("barh", title, subtitle, tuple(changed["name"]), values, "yuan", title)


def signed(look: Session, change: float) -> str:
    return f"{'+' if change > 0 else ''}{look.number(change, 'yuan')}"
