"""One quarter from the stored tables to scores, pay and evaluation: measure, then run."""

import tempfile
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from core import changes as changing
from core import importing, metrics, people, periods, sample, scores, settlement
from core import plan as plans
from core.periods import Period
from core.store import Store

DATED = {"orders": "paid_at::date", "nps_responses": "date", "requests": "created_at::date",
         "incidents": "started_at::date"}
MONTHLY = ("team_months", "member_months")


def quarters(store: Store) -> list[str]:
    """The quarters that any uploaded figure falls in, newest first; [] for an empty company."""
    days = [f"select {day} as day from {name}" for name, day in DATED.items()]
    days += [f"select (month || '-01')::date from {name}" for name in MONTHLY]
    found = store.cursor().execute(
        f"select distinct date_trunc('quarter', day)::date as first from ({' union all '.join(days)})"
        " where day is not null order by first desc").fetchall()
    return [periods.quarter_of(first).label for (first,) in found]


def plan_for(store: Store, period: Period) -> dict:
    """The plan version in force on the first day of the period's quarter; the product's default where none is."""
    first = period.quarter().start
    saved = [p for p in store.plans() if pd.Timestamp(p["effective_from"]).date() <= first]
    if not saved:
        return plans.default()
    newest = max(saved, key=lambda p: (pd.Timestamp(p["effective_from"]), p["version"]))
    return plans.load(newest["document"]) | {"version": int(newest["version"])}


def measured(store: Store, period: Period, definitions: dict) -> pd.DataFrame:
    """`metrics.measure`, kept per (database, its version, period, definitions)."""
    return _measured(store, store.version(), period, _frozen(definitions))


@lru_cache(maxsize=64)
def _measured(store: Store, version: int, period: Period, definitions: tuple) -> pd.DataFrame:
    return metrics.measure(store.cursor(), period, _thawed(definitions))


def sources(store: Store, period: Period, plan: dict) -> pd.DataFrame:
    """`metrics.provenance`: which stored rows each figure came from, kept like `measured`."""
    return _sources(store, store.version(), period, _frozen(plan["definitions"]))


@lru_cache(maxsize=16)
def _sources(store: Store, version: int, period: Period, definitions: tuple) -> pd.DataFrame:
    return metrics.provenance(store.cursor(), period, _thawed(definitions))


@lru_cache(maxsize=16)
def _inputs(store: Store, version: int, period: Period) -> dict:
    """What running needs beside the measured values; changes only with the data."""
    con = store.cursor()
    return {"people": people.segments(con, period), "targets": targets(con, period),
            "parents": people.team_parents(con), "bonus": bonus_points(con, period)}


def settle(store: Store, period: Period, plan: dict | None = None, changes: dict | None = None,
           targets: pd.DataFrame | None = None):
    """Scores and ledger of a quarter under the plan in force (or the one given), with changes if any; against the quarter's
    stored targets, or the ones given as `targets` answers them."""
    plan = plan or plan_for(store, period)
    plan = changing.apply(plan, changes) if changes else plan
    values = measured(store, period, plan["definitions"])
    releases = store.releases(period.label)
    last = _last_scores(store, period, plan, releases)
    tried = {} if targets is None else {"targets": targets}
    return settlement.run(plan, period, values=values, last=last, releases=releases,
                          **_inputs(store, store.version(), period) | tried)


def _last_scores(store: Store, period: Period, plan: dict, releases: dict) -> pd.Series | None:
    """Everybody's final score of the quarter before, where `last` may be asked for; else None."""
    if plan.get("missing") != "last" and "last" not in releases.values():
        return None
    earlier = period.previous()
    if earlier.label not in quarters(store):
        return None
    scored = settle(store, earlier).scores
    final = scored[scored["score"].notna()]
    weighted = (final["score"] * final["eligible_days"]).groupby(final["employee_id"]).sum()
    return weighted / final.groupby("employee_id")["eligible_days"].sum()


def targets(con, period: Period) -> pd.DataFrame:
    """The quarter's targets with where each was read."""
    return con.execute("select * exclude (_batch) from targets where quarter = ?", [period.quarter().label]).df()


def bonus_points(con, period: Period) -> pd.Series:
    """Σ innovation_support of the period per employee, in points, before any cut."""
    frame = con.execute(
        "select employee_id, sum(innovation_support) as points from member_months where month between ? and ?"
        " and innovation_support is not null group by employee_id",
        [f"{period.start:%Y-%m}", f"{period.end:%Y-%m}"]).df()
    return frame.set_index("employee_id")["points"]


def evaluate(store: Store, period: Period, plan: dict | None = None) -> pd.DataFrame:
    """Every metric of every subject: value, n, interval, target, score, and the values before and a year before."""
    plan = plan or plan_for(store, period)
    con, definitions = store.cursor(), plan["definitions"]
    frame = scores.against_targets(plan, period, measured(store, period, definitions), targets(con, period),
                                   people.team_parents(con), people.belongs(con, period))
    key = ["metric", "subject_type", "subject_id"]
    for column, other in (("previous", period.previous()), ("year_before", period.year_before())):
        earlier = measured(store, other, definitions)[[*key, "value"]].rename(columns={"value": column})
        frame = frame.merge(earlier, on=key, how="left")
    return frame.assign(hidden=False)


def load_sample(store: Store) -> None:
    """Fills an empty store with the sample company: its files through the ordinary import, and its plan."""
    with tempfile.TemporaryDirectory(dir=store.stage_folder()) as folder:
        written = sample.write(Path(folder))
        tables = [(path.name, path) for path in written if path.suffix != ".toml"]
        upload = importing.prepare(store, tables)
        importing.save(store, upload, accept_valid=True)
        document = next(path for path in written if path.suffix == ".toml").read_text("utf-8")
    store.save_plan(document, date.fromisoformat(str(plans.load(document)["effective_from"])), "sample")


def _frozen(value):
    if isinstance(value, dict):
        return tuple((name, _frozen(inner)) for name, inner in sorted(value.items()))
    return value


def _thawed(value):
    if isinstance(value, tuple):
        return {name: _thawed(inner) for name, inner in value}
    return value
