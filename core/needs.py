"""What a quarter still lacks: which sheets, months, teams and people, who owes it, and how much pay waits for it."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from core import coverage, periods, quarter, rules, text
from core.datasets import DATASETS
from core.metrics import METRICS
from core.periods import Period

COMPANY, ALL = ("company", None), ("all", None)  # the company's own figure; everybody who uses one
ALWAYS = ("employees", "teams", "targets")
AIM = ("quarter", "subject_type", "subject_id", "metric", "target")
EFFECTS = ("waits", "released", "elsewhere", "incomplete", "unnamed", "nobody")


@dataclass(frozen=True)
class Needs:
    """What a quarter lacks. `due`: its months that are over. `datasets`: one row per sheet that matters: rows, months,
    lacking, teams. `people`: one row per assignment and reason. `owed`: one row per thing owed, the most money first.
    `names`: (kind, id) → label. `waiting`: yuan that wait for something owed; `waiters`: the people, each once."""

    quarter: str
    due: tuple[str, ...]
    datasets: pd.DataFrame
    people: pd.DataFrame
    owed: pd.DataFrame
    names: dict
    waiting: float
    waiters: int


def needs(store, period: Period, plan: dict, today: date | None = None) -> Needs:
    """What is missing for the quarter under the plan, of the months that are over: today or a stored row lies at their
    end. Pay that waits is the provisional amount; of those who cannot be assessed the amount at a score of 100."""
    settled, con = quarter.settle(store, period, plan), store.cursor()
    scores = settled.scores.assign(waiting=_waiting(settled.scores))
    days = scores[["from_date", "to_date"]].assign(home=scores["team_id"]).groupby("home")
    team = pd.DataFrame({"team_first": days["from_date"].transform("min"), "team_last": days["to_date"].transform("max")})
    lines = settled.metrics.join(scores[["status", "to_date"]].join(team), on="segment").to_dict("records")
    sheets = [name for name in DATASETS if any(name in METRICS[line["metric"]].needs for line in lines)]
    seen = coverage.seen(con, [name for name in sheets if name not in ALWAYS], period)
    due = _due(period, seen, today or date.today())
    covered = coverage.covered(con, {line["metric"] for line in lines}, seen, period, plan["definitions"])
    values = quarter.measured(store, period, plan["definitions"])
    valued = set(values.loc[values["subject_type"].eq("company") & values["value"].notna(), "metric"])
    items = [item for line in lines for item in _figures(line, due, covered, valued)]
    aims = quarter.targets(con, period)
    items += [item for line in lines for item in _aims(line, set(aims["metric"]))]
    items += [*_unassigned(scores), *_basics(con, scores)]
    names, owner = _known(con)
    owed = _owed(items, scores, owner)
    waits = scores.loc[sorted({s for found in owed["waits"] for s in found})]
    counts = {"employees": scores["employee_id"].nunique(), "targets": len(aims),
              "teams": sum(kind == "team" for kind, _ in names)} | _answers(sheets, values)
    return Needs(period.label, due, _sheets(sheets, seen, counts, period, owed), _people(items, scores), owed, names,
                 round(float(waits["waiting"].sum()), 2), waits["employee_id"].nunique())


def _answers(sheets: list[str], values: pd.DataFrame) -> dict:
    """How many rows of each anonymous sheet may be told: the answers of the company's figure, NaN where that is hidden."""
    company = values[values["subject_type"].eq("company")].set_index("metric")["n"]
    return {name: next((company[metric] for metric in company.index if name in METRICS[metric].needs), 0)
            for name in sheets if DATASETS[name].anonymous}


def _waiting(scores: pd.DataFrame) -> pd.Series:
    whole = scores["base"] * scores["eligible_days"] / scores["quarter_days"] * scores["phase_factor"] * scores["budget_factor"]
    found = scores["potential"].astype(float).fillna(whole)
    return found.where(scores["status"].isin(["pending", "held"]), 0.0).transform(rules.cents)


def _due(period: Period, seen: pd.DataFrame, today: date) -> tuple[str, ...]:
    last = max([today - timedelta(days=1), *(day.date() for day in pd.to_datetime(seen["last"]).dropna())])
    return tuple(month.label for month in periods.months_of(period) if month.end <= last)


def _figures(line: dict, due: tuple, covered: dict, valued: set) -> list[dict]:
    """What is owed for one metric of one assignment: the months its team or person lacks, and those that all lack."""
    metric, none = METRICS[line["metric"]], pd.isna(line["value"])
    subject, effect = _whose(line, covered), _effect(line)
    if not none:
        effect = "elsewhere" if subject == ("team", line["team_id"]) and line["level"] != "team" else "incomplete"
    first, last = ("from_date", "to_date") if subject[0] == "employee" else ("team_first", "team_last")
    months = [m for m in due if subject == COMPANY or f"{line[first]:%Y-%m}" <= m <= f"{line[last]:%Y-%m}"]
    mine, anybodys = covered.get((metric.name, subject[1]), {}), covered.get((metric.name, None), {})
    lacking, nobody = [], [] if metric.name in valued else list(due)
    if coverage.by_month(metric):
        lacking, nobody = [m for m in months if not any(mine.get(m, ()))], [m for m in due if not any(anybodys.get(m, ()))]
    lacking = lacking or (months if none or effect == "elsewhere" else [])
    own, shared = [m for m in lacking if m not in nobody], nobody if set(lacking) & set(nobody) else []
    return [_item(line, "rows", _asked(metric, given, anybodys), whose, tuple(those), effect)
            for whose, given, those in ((subject, mine, own), (ALL, anybodys, shared)) if those]


def _effect(line: dict) -> str:
    return "waits" if line["status"] in ("pending", "held") else "released"


def _whose(line: dict, covered: dict) -> tuple:
    """Whose figure is owed: the person's; the team's own where it is read there, nowhere, or the team has given it
    before; else that of the level that it is read at (a team that never sells owes no orders)."""
    if line["on_company"]:
        return COMPANY
    if "employee" in METRICS[line["metric"]].grain:
        return "employee", line["employee_id"]
    if line["level"] in ("parent", "company") and (line["metric"], line["team_id"]) not in covered:
        return ("team", line["subject_id"]) if line["level"] == "parent" else COMPANY
    return "team", line["team_id"]


def _asked(metric, mine: dict, anybodys: dict) -> tuple[str, ...]:
    """The sheets that the figure came in so far, else all it can come in; once there are orders, these alone. Of a metric
    that needs all its sheets those that hold nothing of the subject, or of nobody where they name none."""
    usual = {dataset or "orders" for datasets in mine.values() for dataset in datasets}
    if metric.together:
        there = usual | {name for name in anybodys.get(None, ()) if not coverage.of_somebody(name)}
        return tuple(name for name in metric.needs if name not in there) or metric.needs
    return tuple(name for name in metric.needs if name in usual) or metric.needs


def _aims(line: dict, aimed: set) -> list[dict]:
    """The target that a metric of an assignment lacks, or that cannot be computed with."""
    subject = ("employee", line["employee_id"]) if line["target_level"] == "employee" else \
        ("role", line["role"]) if "employee" in METRICS[line["metric"]].grain else ("team", line["team_id"])
    subject = ALL if line["metric"] not in aimed else COMPANY if line["on_company"] else subject
    if pd.isna(line["target"]):
        return [_item(line, "target", ("targets",), subject, (), _effect(line))]
    if line["missing"] in ("target_is_floor", "floor_on_good_side"):
        subject = (line["target_level"], None if text.missing(line["target_subject"]) else line["target_subject"])
        return [_item(line, line["missing"], ("targets",), subject, (), _effect(line))]
    return []


def _item(line: dict, kind: str, datasets: tuple, subject: tuple, months: tuple, effect: str) -> dict:
    metric = METRICS[line["metric"]]
    columns = {name: AIM if name == "targets" else coverage.columns(metric, name) for name in datasets}
    return {"kind": kind, "datasets": datasets, "columns": columns, "metric": metric.name, "subject": subject,
            "months": months, "effect": effect, "segment": line["segment"], "days": 0}


def _unassigned(scores: pd.DataFrame) -> list[dict]:
    """Days of employment in the quarter that no assignment covers, of people who have any."""
    held = scores[~scores["covered"]].sort_values(["employee_id", "from_date"])
    return [{"kind": "assignment", "datasets": ("assignments",), "subject": ("employee", row.employee_id),
             "columns": {"assignments": ("employee_id", "from_date", "role", "level", "team_id")},
             "metric": "", "months": (), "effect": "waits", "days": int(row.eligible_days), "segment": row.Index}
            for row in held.itertuples()]


def _basics(con, scores: pd.DataFrame) -> list[dict]:
    """The roster where nobody is known, and the teams of people that the team list does not name."""
    blank = {"metric": "", "months": (), "days": 0}
    if scores.empty:
        return [blank | {"kind": "roster", "datasets": ("employees",), "subject": ALL, "effect": "nobody",
                         "columns": {"employees": coverage.columns(METRICS["attrition_rate"], "employees")}, "segment": None}]
    named = {row[0] for row in con.execute("select team_id from teams").fetchall()}
    return [blank | {"kind": "team", "datasets": ("teams",), "subject": ("team", team) if named else ALL,
                     "effect": "unnamed", "columns": {"teams": ("team_id", "name", "parent_team")}, "segment": segment}
            for segment, team in scores["team_id"].items() if pd.notna(team) and team not in named]


def _known(con):
    """Labels by (kind, id), and who owes a subject's rows: the manager, the team's lead, else the team itself."""
    staff = con.execute("select employee_id, name, manager_id, team_id from employees").fetchall()
    teams = con.execute("select team_id, name, lead_id from teams").fetchall()
    names = {("employee", e): f"{name} {e}" for e, name, _, _ in staff}
    names |= {("team", t): f"{name} {t}" if name and name != t else t for t, name, _ in teams}
    leads = {t: ("employee", lead) for t, _, lead in teams if lead}
    managers = {e: ("employee", manager) for e, _, manager, _ in staff if manager}
    homes = {e: team for e, _, _, team in staff}

    def owner(kind: str, subject):
        team = homes.get(subject) if kind == "employee" else subject
        if kind == "employee" and subject in managers:
            return managers[subject]
        return leads.get(team, ("team", team)) if kind in ("team", "employee") and team else COMPANY
    return names, owner


def _owed(items: list[dict], scores: pd.DataFrame, owner) -> pd.DataFrame:
    """One row per thing owed: what one owner owes of the same sheet, columns and months is one thing."""
    single: dict[tuple, dict] = {}
    for item in items:
        key = (item["kind"], item["datasets"], item["subject"], item["months"])
        _joined(single.setdefault(key, {"effect": item["effect"]}), item)
    things: dict[tuple, dict] = {}
    for (kind, datasets, subject, months), one in single.items():
        columns = tuple((name, tuple(one["columns"][name])) for name in datasets)
        key = (owner(*subject), kind, datasets, columns, tuple(one["metrics"]), months, one["effect"])
        thing = things.setdefault(key, {"subjects": set(), "segments": set(), "waits": set(), "days": 0})
        thing["subjects"].add(subject)
        thing["segments"] |= one["segments"]
        thing["waits"] |= one["waits"]
        thing["days"] += one["days"]
    rows = [dict(zip(("owner", "kind", "datasets", "columns", "metrics", "months", "effect"), key, strict=True))
            | {name: tuple(sorted(thing[name], key=str)) for name in ("subjects", "segments", "waits")} | {"days": thing["days"]}
            | {"people": scores.loc[sorted(thing["segments"]), "employee_id"].nunique(),
               "waiting": round(float(scores.loc[sorted(thing["waits"]), "waiting"].sum()), 2)}
            for key, thing in things.items()]
    rows.sort(key=lambda row: (-row["waiting"], EFFECTS.index(row["effect"]), -row["people"], str(row)))
    return pd.DataFrame(rows, columns=["owner", "kind", "datasets", "columns", "metrics", "months", "effect", "subjects",
                                       "segments", "waits", "days", "people", "waiting"])


def _joined(one: dict, item: dict) -> None:
    for name, columns in item["columns"].items():
        one.setdefault("columns", {}).setdefault(name, {}).update(dict.fromkeys(columns))
    one.setdefault("columns", {})
    one.setdefault("metrics", {}).update({item["metric"]: None} if item["metric"] else {})
    one["days"] = one.get("days", 0) + item["days"]
    one["effect"] = min(one["effect"], item["effect"], key=EFFECTS.index)
    held = set() if item["segment"] is None else {item["segment"]}
    one.setdefault("segments", set()).update(held)
    one.setdefault("waits", set()).update(held if item["effect"] == "waits" else ())


def _sheets(names: list[str], seen: pd.DataFrame, counts: dict, period: Period, owed: pd.DataFrame) -> pd.DataFrame:
    """Per sheet that matters: its rows of the quarter, the months they lie in, the months that everybody lacks, and who
    else lacks which months."""
    months = [month.label for month in periods.months_of(period)]
    here, rows = seen[seen["month"].isin(months) | seen["month"].isna()], []
    lacks = owed[owed["kind"] == "rows"].to_dict("records")
    for name in dict.fromkeys([*ALWAYS, *names]):
        mine = here[here["dataset"] == name]
        pairs = [(subject, row["months"]) for row in lacks if name in row["datasets"] for subject in row["subjects"]]
        rows.append({"dataset": name, "rows": counts.get(name, int(mine["rows"].sum())),
                     "months": tuple(m for m in months if m in set(mine["month"])),
                     "lacking": tuple(sorted({m for subject, found in pairs if subject == ALL for m in found})),
                     "others": tuple(sorted({pair for pair in pairs if pair[0] != ALL}))})
    return pd.DataFrame(rows)


def _people(items: list[dict], scores: pd.DataFrame) -> pd.DataFrame:
    """Per assignment and reason: which metric lacks what, of which months or days, and what waits for it."""
    told = pd.DataFrame([item for item in items if item["segment"] is not None],
                        columns=["segment", "metric", "kind", "months", "days", "effect"])
    found = told.join(scores[["employee_id", "role", "team_id", "from_date", "status", "waiting"]], on="segment")
    return found.drop_duplicates().sort_values(["waiting", "segment"], ascending=[False, True], kind="stable",
                                               ignore_index=True)
