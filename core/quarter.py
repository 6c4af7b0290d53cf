"""One quarter from the stored tables to scores, pay and evaluation: measure, then run."""

import tempfile
import threading
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from core import changes as changing
from core import importing, metrics, people, periods, populations, sample, scores, settlement
from core import plan as plans
from core.periods import Period
from core.store import Store

MONTH, QUARTER = "(month || '-01')::date", "make_date(left(quarter, 4)::int, 3 * right(quarter, 1)::int - 2, 1)"
DATED = {"orders": "paid_at::date", "nps_responses": "date", "requests": "created_at::date",
         "incidents": "started_at::date", "skill_assessments": "date", "feedback": "date",
         **{name: MONTH for name in ("team_months", "member_months")}, "collaboration_survey": QUARTER}
# Sheets that rewards are paid from: with them alone a quarter can be settled too.
REWARDED = {"sku_months": MONTH, "milestones": "case when actual is not null then due_date end", "adjustments": QUARTER,
            "benefit_choices": QUARTER}
ROSTER_DAYS = """select leave_date as day from employees union all select hire_date from employees
where hire_date >= coalesce((select min(leave_date) from employees), (select max(hire_date) from employees))"""


def quarters(store: Store, rewarded: bool = True) -> list[str]:
    """The quarters that any uploaded figure falls in, and any reward where `rewarded`, newest first; of a company with a
    roster alone, those in which somebody was hired or left, from the first leaver on; [] for an empty company."""
    version = store.version()
    return sorted({*_quarters(store, version), *(_quarters(store, version, True) if rewarded else ())}, reverse=True)


@lru_cache(maxsize=16)
def _quarters(store: Store, version: int, rewarded: bool = False) -> tuple[str, ...]:
    """Those of measured figures, else of the roster; or those of reward sheets."""
    days = [f"select {day} as day from {name}" for name, day in (REWARDED if rewarded else DATED).items()]
    found = _quarters_of(store, " union all ".join(days))
    return found if found or rewarded else _quarters_of(store, ROSTER_DAYS)


def _quarters_of(store: Store, days: str) -> tuple[str, ...]:
    found = store.cursor().execute(f"select distinct date_trunc('quarter', day)::date as first from ({days})"
                                   " where day is not null order by first desc").fetchall()
    return tuple(periods.quarter_of(first).label for (first,) in found)


def plan_for(store: Store, period: Period) -> dict:
    """The plan version in force on the first day of the period's quarter; the product's default where none is."""
    saved = plans.in_force(store.plans(), period.quarter().start)
    return plans.load(saved["document"]) | {"version": int(saved["version"])} if saved else plans.default()


def measured(store: Store, period: Period, definitions: dict, only: frozenset | None = None) -> pd.DataFrame:
    """`metrics.measure`, kept per (database, its version, period, definitions, metrics wanted)."""
    return _measured(store, store.version(), period, _frozen(definitions), only)


@lru_cache(maxsize=64)
def _measured(store: Store, version: int, period: Period, definitions: tuple, only: frozenset | None) -> pd.DataFrame:
    return _measure(store, version, period, definitions, only)


def _measure(store: Store, version: int, period: Period, definitions: tuple, only,
             teams: frozenset | None = None) -> pd.DataFrame:
    if version < 0 or teams:
        return metrics.measure(store.cursor(), period, _thawed(definitions), only, teams)
    con, one_at_a_time = _reading(store, version)
    with one_at_a_time:
        return metrics.measure(con, period, _thawed(definitions), only, teams, ready=True)


@lru_cache(maxsize=2)
def _reading(store: Store, version: int):
    """A cursor that holds the order lines of this data version, and the lock under which one thread at a time uses it."""
    con = store.cursor()
    metrics.facts.base(con)
    return con, threading.Lock()


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
            "parents": _parents(store, version), "bonus": bonus_points(con, period)}


@lru_cache(maxsize=8)
def _placed(store: Store, version: int, period: Period, definitions: tuple, held: tuple, cards: tuple) -> tuple:
    """`scores.place`, the same for every weight of a plan's cards."""
    inputs = _inputs(store, version, period)
    return scores.place(held, cards, period, inputs["people"], measured(store, period, _thawed(definitions)),
                        inputs["targets"], inputs["parents"])


@lru_cache(maxsize=16)
def _posts(store: Store, version: int, period: Period) -> list:
    return scores.posts(_inputs(store, version, period)["people"])


@lru_cache(maxsize=4)
def _parents(store: Store, version: int) -> dict:
    return people.team_parents(store.cursor())


def settle(store: Store, period: Period, plan: dict | None = None, changes: dict | None = None,
           targets: pd.DataFrame | None = None, awards: bool = False):
    """Scores and ledger of a quarter under the plan in force (or the one given), with changes if any; against the quarter's
    stored targets, or the ones given as `targets` answers them; with the `awards` where they are asked for, which measures
    each month."""
    plan = plan or plan_for(store, period)
    plan = changing.apply(plan, changes) if changes else plan
    version, definitions = store.version(), _frozen(plan["definitions"])
    releases, inputs = store.releases(period.label), _inputs(store, version, period)
    last = None
    if plan["missing"] == "last" or "last" in releases.values():
        last = _last_scores(store, period)
    about, kept = _populations(store, version, period, plan)
    if awards:
        about = about | {"monthly": _monthly(store, version, period)}
    if targets is None:
        held, cards = scores.cards_of(plan, period, _posts(store, version, period))
        known = {"placed": _placed(store, version, period, definitions, held, cards), "kept": kept}
    else:
        known = {"targets": targets}
    return settlement.run(plan, period, values=_measured(store, version, period, definitions, None), last=last,
                          releases=releases, populations=about, **inputs | known)


def _last_scores(store: Store, period: Period) -> pd.Series | None:
    """Everybody's final score of the quarter before; None where there is no such quarter."""
    scored = _scored(store, store.version(), period.previous())
    if scored is None:
        return None
    final = scored[scored["score"].notna()]
    weighted = (final["score"] * final["days"]).groupby(final["employee_id"]).sum()
    return weighted / final.groupby("employee_id")["days"].sum()


@lru_cache(maxsize=32)
def _scored(store: Store, version: int, period: Period, month: Period | None = None) -> pd.DataFrame | None:
    """The scores of an earlier quarter, or of a month, under the plan in force then; None without any figure."""
    asked = month or period
    if period.label not in _quarters(store, version):
        return None
    plan, releases = plan_for(store, period), {} if month else store.releases(period.label)
    last = None
    if not month and (plan["missing"] == "last" or "last" in releases.values()):
        last = _last_scores(store, period)
    inputs = _inputs(store, version, asked)
    posts = inputs["people"][["role", "team_id"]].drop_duplicates()
    if month:
        posts = posts[posts["role"].isin([rule.get("role") for rule in plan["rules"].values() if rule["kind"] == "top"])]
    cards = {plans.card_of(plan, role, team, period) for role, team in posts.itertuples(index=False)} - {None}
    only = frozenset(metric for name in cards for metric in plan["scorecards"][name]["weights"]) | frozenset(
        season["metric"] for season in plan["seasons"].values() if season.get("on"))
    scored, lines = scores.score(plan, asked, values=measured(store, asked, plan["definitions"], only), last=last,
                                 releases=releases, **inputs)
    near = lines["level"].isin(["employee", "team"]).groupby(lines["segment"]).all()
    return scored.assign(near=near.reindex(scored.index).eq(True))


def _populations(store: Store, version: int, period: Period, plan: dict) -> tuple[dict, dict]:
    """What the plan's rules are about, and the place for what they make of it (`kept` of a run)."""
    additive = frozenset(rule["metric"] for rule in plan["rules"].values() if rule["kind"] in ("per_unit", "surplus_share"))
    streaks = [rule["quarters"] - 1 for rule in plan["rules"].values() if rule["kind"] == "streak" and rule.get("on", True)]
    return _about(store, version, period, _frozen(plan["definitions"]), additive, max(streaks, default=0))


@lru_cache(maxsize=16)
def _about(store: Store, version: int, period: Period, definitions: tuple, additive: frozenset, back: int) -> tuple[dict, dict]:
    """What the rules are about: `populations.read`, the figures of teams alone, of the year before and earlier grades, each
    only where the plan or the data ask for it; beside it an empty place, kept as long as they are."""
    found, now = _stored(store, version, period), _measured(store, version, period, definitions, None)
    asked = len(found["tranches"]) and found["tranches"][["ltv_growth_min", "repurchase_lift_min"]].notna().any(axis=None)
    compared, company = frozenset({"ltv", "repurchase_rate"}), frozenset()
    before = _measure(store, version, period.year_before(), definitions, compared, company) if asked else now.iloc[:0]
    grades = _grades(store, version, period, max(1 if len(found["choices"]) else 0, back))
    own = populations.own_teams(store.cursor(), now, additive,
                                lambda teams: _measure(store, version, period, definitions, additive, teams))
    return found | {"own": own, "grades": grades, "company_growth": populations.growth(now, before),
                    "choices": populations.graded(found["choices"], grades)}, {}


@lru_cache(maxsize=16)
def _stored(store: Store, version: int, period: Period) -> dict:
    return populations.read(store.cursor(), period)


@lru_cache(maxsize=16)
def _grades(store: Store, version: int, period: Period, back: int) -> pd.DataFrame:
    """employee_id, back (1 = the quarter before …), grade, open (not final yet), since, of the earlier quarters: the
    uploaded grade and where it was read, else the computed one."""
    told, earlier = [], period
    for number in range(1, back + 1):
        earlier = earlier.previous()
        told.append(store.cursor().execute("select employee_id, grade, false as open, _file, _sheet, _row from grades"
                                           " where quarter = ?", [earlier.label]).df().assign(back=number))
        scored = _scored(store, version, earlier)
        if scored is not None:
            computed = scored[~scored["employee_id"].isin(told[-1]["employee_id"])]
            final = computed["state"].eq("final").groupby(computed["employee_id"]).transform("all")
            told.append(computed.assign(open=~final, back=number, _file=None, _sheet=None, _row=None)
                        .drop_duplicates("employee_id"))
    columns = ["employee_id", "back", "grade", "open", "_file", "_sheet", "_row"]
    frame = pd.concat([t[columns] for t in told], ignore_index=True) if told else pd.DataFrame(columns=columns)
    return frame.assign(since=True)


@lru_cache(maxsize=16)
def _monthly(store: Store, version: int, period: Period) -> pd.DataFrame:
    """Month, person, role (of the last day employed in it) and score of everybody with every figure of the month at their
    own or their team's level."""
    told = []
    for month in periods.months_of(period):
        scored = _scored(store, version, period, month)
        if scored is not None:
            last = scored.sort_values("to_date").drop_duplicates("employee_id", keep="last")
            whole = last[last["near"] & last["covered_weight"].ge(1) & last["score"].notna()]
            told.append(whole[["employee_id", "role", "score"]].assign(month=month.label))
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=["month", "employee_id", "role", "score"])


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


@lru_cache(maxsize=64)
def _newcomers_month(store: Store, version: int, month: Period) -> pd.DataFrame:
    """employee_id, month_end and score of everybody hired in the year up to a month's end whose score of it is final, under
    the plan in force then; over several posts by days."""
    if month.quarter().label not in _quarters(store, version):
        return pd.DataFrame(columns=["employee_id", "month_end", "score"])
    plan, inputs = plan_for(store, month), _inputs(store, version, month)
    new = inputs["people"][lambda p: p["hire_date"] >= pd.Timestamp(metrics.year_up_to(month))]
    weights = plans.weights(plan, month)
    cards = {plans.card_of(plan, role, team, month) for role, team in zip(new["role"], new["team_id"], strict=True)}
    asked = frozenset(metric for card in cards for metric in weights.get(card, {}))
    # Not kept: a year of months would push the quarters out of `measured`.
    values = _measure(store, version, month, _frozen(plan["definitions"]), asked)
    scored, _ = scores.score(plan, month, values=values, **inputs | {"people": new})
    scored = scored[scored["score"].notna().groupby(scored["employee_id"]).transform("all").astype(bool)]
    sums = scored.assign(points=scored["score"] * scored["days"]).groupby("employee_id")[["points", "days"]].sum()
    return pd.DataFrame({"employee_id": sums.index, "month_end": pd.Timestamp(month.end),
                         "score": (sums["points"] / sums["days"]).to_numpy()})


@lru_cache(maxsize=32)
def _ramp_up(store: Store, version: int, period: Period) -> pd.DataFrame:
    staff = people.segments(store.cursor(), period).sort_values("to_date").drop_duplicates("employee_id", keep="last")
    hired = staff[staff["hire_date"] >= pd.Timestamp(metrics.year_up_to(period))]
    months, first = [periods.month_of(period.end)], hired["hire_date"].min()
    while len(hired) and pd.Timestamp(months[-1].start) > first:
        months.append(months[-1].previous())
    monthly = pd.concat([_newcomers_month(store, version, month) for month in months if len(hired)] or
                        [pd.DataFrame(columns=["employee_id", "month_end", "score"])], ignore_index=True)
    return metrics.ramp_up(hired, monthly, period)


def evaluate(store: Store, period: Period, plan: dict | None = None, ramp_up: bool = False) -> pd.DataFrame:
    """Every metric of every subject: value, n, interval, target, score, and the values before and a year before; `hidden`
    = too few answers, every number of the row missing. With `ramp_up` the metric that asks for the scores of a year of
    months, which takes measuring each of them once per data version."""
    plan = plan or plan_for(store, period)
    con, version = store.cursor(), store.version()

    def values(of: Period) -> pd.DataFrame:
        told = [measured(store, of, plan["definitions"])] + ([_ramp_up(store, version, of)] if ramp_up else [])
        return pd.concat([frame for frame in told if len(frame)] or told[:1], ignore_index=True)
    frame = scores.against_targets(plan, period, values(period), targets(con, period), people.belongs(con, period))
    key = ["metric", "subject_type", "subject_id"]
    for column, other in (("previous", period.previous()), ("year_before", period.year_before())):
        frame = frame.merge(values(other)[[*key, "value"]].rename(columns={"value": column}), on=key, how="left")
    return frame.assign(hidden=frame["note"].eq("hidden"))


def load_sample(store: Store, variant: str = "growth") -> None:
    """Fills an empty store with the sample company of a variant: its files through the ordinary import, and its plan."""
    with tempfile.TemporaryDirectory(dir=store.stage_folder()) as folder:
        written = sample.write(Path(folder), variant)
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
