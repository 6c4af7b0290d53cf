"""Risks of a quarter: what each rule of the plan finds, with its evidence against the threshold (方案 四（三）)."""

from dataclasses import dataclass

import pandas as pd

from core import changes as changing
from core import quarter
from core.plan import PlanError, at
from core.plan.fields import RISKS
from core.risks import money, people, work
from core.risks.evidence import COLUMNS, Facts

# What each risk looks at, in the order in which it is shown; the sheets that it reads.
CHECKS = {"incentive_failure": work.incentive_failure, "culture_dilution": people.culture_dilution,
          "collaboration_wall": work.collaboration_wall, "skill_gap": people.skill_gap, "loose_culture": people.loose_culture,
          "sameness": work.sameness, "talent_loss": people.talent_loss, "rush": money.rush, "rhythm": people.rhythm,
          "budget": money.budget, "cliff": money.cliff}
SHEETS = {"incentive_failure": ("feedback",), "culture_dilution": ("employees", "culture_ambassadors", "collaboration_survey"),
          "collaboration_wall": ("requests",), "skill_gap": ("skill_standards", "skill_assessments"),
          "loose_culture": ("employees", "team_months", "collaboration_survey"), "sameness": ("member_months",),
          "talent_loss": ("employees",), "rush": ("projects", "milestones", "orders"), "rhythm": ("teams", "activities"),
          "budget": (), "cliff": ("employees",)}

PROPOSED = {"sameness": {"roles.design.scorecard": "design_innovative"}, "budget": {"company.over_budget": "scale"}}


@dataclass(frozen=True)
class Finding:
    """What one risk came to: `state` fired, quiet, unknown (nothing there to judge it by) or off; `evidence`: one row per
    thing looked at (see `risks.evidence.COLUMNS`), what fired first; `sheets` without a row that it would read; `changes`: the
    change of the plan that it proposes, to be opened in what-if ({} where it proposes none)."""

    risk: str
    state: str
    evidence: pd.DataFrame
    sheets: tuple[str, ...]
    changes: dict


def findings(store, period, plan: dict | None = None) -> list[Finding]:
    """Every risk of the plan for a quarter, fired or not, in the order of the plan's fields. Nobody is named in it: groups,
    pairs of teams, projects and thresholds only."""
    plan = plan or quarter.plan_for(store, period)
    facts = Facts(store, period, plan)
    counts = store.counts()
    return [_finding(facts, name, plan["risks"].get(name, {}), counts) for name in RISKS]


def _finding(facts: Facts, name: str, limits: dict, counts: dict) -> Finding:
    lacking = tuple(sheet for sheet in SHEETS[name] if not counts[sheet])
    if not limits or not limits.get("on", True):
        return Finding(name, "off", _evidence([]), (), {})
    evidence = _evidence(CHECKS[name](facts, limits))
    fired = bool(evidence["fired"].any())
    return Finding(name, "fired" if fired else "quiet" if len(evidence) else "unknown", evidence, lacking,
                   proposed(facts.plan, name) if fired else {})


def _evidence(rows: list) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    frame = frame.astype(dict.fromkeys(("value", "before", "threshold", "n"), float) | {"fired": bool})
    return frame.sort_values("fired", ascending=False, kind="stable", ignore_index=True)


def proposed(plan: dict, name: str) -> dict:
    """The change of the plan that a risk proposes where it is one: the alternative design scorecard against sameness,
    scaling down to the budget. {} where the plan has it already, or cannot take it."""
    told = {address: value for address, value in PROPOSED.get(name, {}).items() if not _has(plan, address, value)}
    try:
        changing.apply(plan, told)
    except PlanError:
        return {}
    return told


def _has(plan: dict, address: str, value) -> bool:
    try:
        return at(plan, address) == value
    except KeyError:
        return False
