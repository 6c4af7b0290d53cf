"""Run: scores and ledger of a quarter from what was measured, every intermediate a named column."""

from dataclasses import dataclass

import pandas as pd

from core import plan as plans
from core import rules, scores
from core.periods import Period


@dataclass(frozen=True)
class Settlement:
    """A quarter under one plan: `scores` per assignment, `metrics` per assignment × metric, `ledger`, `totals`."""

    quarter: str
    plan: dict
    phase: str
    seasons: list
    scores: pd.DataFrame
    metrics: pd.DataFrame
    ledger: pd.DataFrame
    totals: dict


def run(plan: dict, period: Period, people: pd.DataFrame, values: pd.DataFrame, targets: pd.DataFrame, parents: dict,
        last=None, releases=None, bonus=None) -> Settlement:
    """Scores and ledger; pure arithmetic over people, no SQL. Rounded once per ledger row."""
    phase = plans.phase(plan, period)
    scored, lines = scores.score(plan, period, people, values, targets, parents, last, releases, bonus)
    paid = _pay(plan, period, phase, scored, 1.0)
    budget, factor = plan["company"]["budget"], 1.0
    if budget and plan["company"]["over_budget"] == "scale" and paid["amount"].sum() > budget:
        factor = budget / paid["amount"].sum()
        paid = _pay(plan, period, phase, scored, factor)
    ledger = pd.DataFrame({
        "beneficiary_type": "employee", "beneficiary_id": paid["employee_id"], "rule": "commission",
        "item": pd.to_datetime(paid["from_date"]).dt.strftime("%Y-%m-%d"), "amount": paid["amount"].map(rules.cents),
        "potential": paid["potential"].map(rules.cents), "unit": "CNY", "status": paid["status"]})
    ledger["segment"] = range(len(ledger))
    return Settlement(period.label, plan, phase, plans.seasons(plan, period), paid, lines, ledger,
                      _totals(ledger, budget, factor))


def _pay(plan: dict, period: Period, phase: str, scored: pd.DataFrame, factor: float) -> pd.DataFrame:
    rule = plan["rules"]["commission"]
    return rules.KINDS[rule["kind"]](scored, rule | {
        "quarter_days": period.days, "phase_factor": plan["phases"][phase]["commission_factor"], "budget_factor": factor})


def _totals(ledger: pd.DataFrame, budget: float, factor: float) -> dict:
    potential = ledger["potential"].fillna(0)
    return {"payable_cny": round(float(ledger["amount"].sum()), 2),
            "by_rule": potential.groupby(ledger["rule"]).sum().round(2).to_dict(),
            "by_status": potential.groupby(ledger["status"]).sum().round(2).to_dict(),
            "budget": budget or None, "factor": factor}


def why(settled: Settlement, row: int, provenance: pd.DataFrame | None = None) -> list[dict]:
    """The ordered steps from inputs to the amount of a ledger row: step, value, source."""
    paid = settled.scores.iloc[settled.ledger.iloc[row]["segment"]]
    version = f"plan v{settled.plan['version']}"
    lines = settled.metrics[settled.metrics["segment"] == paid.name]
    steps = [step for line in lines.to_dict("records") for step in _metric_steps(line, settled, provenance, version)]
    roster = f"{paid['_file']} · {paid['_sheet']} · {paid['_row']}"
    given = pd.notna(paid["bonus_target"])
    ending = [("covered_weight", paid["covered_weight"], "Σ weight"), ("bonus_points", paid["bonus_points"], "member_months"),
              ("provisional" if pd.isna(paid["score"]) else "score",
               paid["provisional"] if pd.isna(paid["score"]) else paid["score"],
               f"Σ weight × score{' · ' + paid['released'] if paid['released'] else ''}"),
              ("base", paid["base"], f"bonus_target · {roster}" if given else
               f"{version} rules.commission.base_bonus × position_value {paid['position_value']:g} · {roster}"),
              ("eligible_days", paid["eligible_days"], roster), ("quarter_days", paid["quarter_days"], settled.quarter),
              ("phase_factor", paid["phase_factor"], f"{version} phases.{settled.phase}.commission_factor"),
              ("budget_factor", paid["budget_factor"], f"{version} company.budget"),
              ("amount", settled.ledger.iloc[row]["amount"],
               "base × eligible_days ÷ quarter_days × score ÷ 100 × phase_factor × budget_factor")]
    return steps + [{"step": step, "value": value, "source": source} for step, value, source in ending]


def _metric_steps(line: dict, settled: Settlement, provenance, version: str) -> list[dict]:
    name = line["metric"]
    aim = (f"{line['_file']} · {line['_sheet']} · {line['_row']:.0f}" if pd.notna(line["target"]) else "")
    said = [("value", line["value"], source_of(line, provenance) or line["missing"]),
            ("target", line["target"], aim or line["missing"]), ("floor", line["floor"], aim),
            ("attainment", line["attainment"], "(value − floor) ÷ (target − floor)"),
            ("score", line["score"], f"{version} curves.default"),
            ("weight", line["weight"], f"{version} scorecards.{line['scorecard']}.weights.{name}")]
    return [{"step": f"{name}.{part}", "value": value, "source": source} for part, value, source in said]


def source_of(line: dict, provenance: pd.DataFrame | None) -> str:
    """Where a metric's figure was read: `file · sheet · rows a–b (n)`, several joined by a semicolon."""
    if provenance is None or pd.isna(line["value"]):
        return ""
    same = (provenance["metric"] == line["metric"]) & (provenance["subject_type"] == line["subject_type"])
    if line["subject_type"] != "company":
        same &= provenance["subject_id"] == line["subject_id"]
    return "; ".join(f"{r.file}{' · ' + r.sheet if r.sheet else ''} · {r.first_row}–{r.last_row} ({r.rows})"
                     for r in provenance[same].itertuples())


SCORES = ["employee_id", "from_date", "to_date", "role", "level", "team_id", "scorecard", "score", "provisional",
          "grade", "covered_weight", "bonus_points", "eligible_days", "base"]
LINES = ["metric", "level", "value", "numerator", "denominator", "target", "floor", "attainment", "score", "weight",
         "missing"]


def as_json(settled: Settlement, provenance: pd.DataFrame | None = None) -> dict:
    """The settlement as the shell prints it; no award is given while the plan has no award rules."""
    lines = {segment: part[LINES].to_dict("records") for segment, part in settled.metrics.groupby("segment")}
    people = settled.scores[SCORES].assign(
        from_date=pd.to_datetime(settled.scores["from_date"]).dt.strftime("%Y-%m-%d"),
        to_date=pd.to_datetime(settled.scores["to_date"]).dt.strftime("%Y-%m-%d")).to_dict("records")
    ledger = settled.ledger.drop(columns="segment").to_dict("records")
    return {"quarter": settled.quarter,
            "plan": {"name": settled.plan["name"], "version": settled.plan["version"], "phase": settled.phase,
                     "seasons": settled.seasons},
            "scores": [person | {"metrics": [line | {"missing": line["missing"] or None} for line in lines.get(i, [])]}
                       for i, person in enumerate(people)],
            "ledger": [row | {"why": why(settled, i, provenance)} for i, row in enumerate(ledger)],
            "awards": [], "totals": settled.totals}
