"""Run: scores and ledger of a quarter from what was measured, every intermediate a named column."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import explanation, rules, scores
from core import plan as plans
from core.columns import added
from core.periods import Period

LEDGER = ["beneficiary_type", "beneficiary_id", "rule", "item", "amount", "potential", "unit", "status"]
GATE = ["reason", "figure", "sign", "needed", "figure_unit"]
SCALED = ("scorecard_pay", "surplus_share")
OF_SCORES = {"scores", "grades"}
NOTHING = pd.DataFrame({name: pd.Series(dtype=float if name in ("amount", "potential", "figure", "needed") else "str")
                        for name in [*LEDGER, *GATE] if name != "rule"})
# What each kind must be given; a kind whose populations were not read is left out.
READS = {"scorecard_pay": ("scores",), "surplus_share": ("team_targets", "own", "person_days"),
         "milestones": ("milestones", "project_members"), "stages": ("squad_skus", "person_days"),
         "per_unit": ("own", "person_days"), "streak": ("grades", "at_end"), "tranches": ("tranches", "company_growth"),
         "redemption": ("redemptions",), "menu": ("choices",), "fund": ("applications",), "as_given": ("adjustments",)}


@dataclass(frozen=True)
class Settlement:
    """A quarter under one plan: `scores` per assignment, `metrics` per assignment × metric, `ledger` (one row per
    beneficiary and item; `line` is its row in `results[rule]`, the rule's own columns), `awards`, `totals`: what is
    payable, in all and by rule; `by_rule` and `by_status` are Σ potential in yuan, the project money of a fund included."""

    quarter: str
    plan: dict
    phase: str
    seasons: list
    scores: pd.DataFrame
    metrics: pd.DataFrame
    ledger: pd.DataFrame
    totals: dict
    results: dict
    awards: pd.DataFrame


def run(plan: dict, period: Period, people: pd.DataFrame, values: pd.DataFrame, targets: pd.DataFrame, parents: dict,
        last=None, releases=None, bonus=None, populations: dict | None = None, placed: tuple | None = None,
        kept: dict | None = None) -> Settlement:
    """Scores and ledger; pure arithmetic over people, no SQL. Rounded once per ledger row. `placed` as for `scores.score`.
    `kept`: of the same data and targets, the results of rules that read no score; those run again only under other
    parameters, and it holds the latest ones afterwards."""
    phase = plans.phase(plan, period)
    scored, lines = scores.score(plan, period, people, values, targets, parents, last, releases, bonus, placed)
    given = _given(plan, phase, scored, values, targets, populations or {})
    context = {"quarter_days": period.days, "phase_factor": plan["phases"][phase]["commission_factor"], "budget_factor": 1.0}
    kept = {} if kept is None else kept
    results, budget = _results(plan, phase, given, context, kept), plan["company"]["budget"]
    if budget and plan["company"]["over_budget"] == "scale" and _payable(plan, results) > budget:
        context["budget_factor"] = _factor(plan, results, budget)
        results = _results(plan, phase, given, context, kept)
    ledger, factor = _ledger(results), context["budget_factor"]
    paid = _pay_of_scores(plan, given, results, context)
    return Settlement(period.label, plan, phase, plans.seasons(plan, period), paid, lines, ledger,
                      _totals(plan, ledger, budget, factor), results, _awards(plan, phase, given))


def active(plan: dict, phase: str) -> dict[str, dict]:
    """The rules that are on in a phase, in the plan's order."""
    return {name: rule for name, rule in plan["rules"].items()
            if rule.get("on", True) and phase in (rule.get("phases") or [phase])}


def counted(plan: dict, ledger: pd.DataFrame) -> pd.Series:
    """Whether each ledger row is part of what is payable in yuan: the project money of a fund stands beside it."""
    funds = [name for name, rule in plan["rules"].items() if rule["kind"] == "fund"]
    return ledger["unit"].eq("CNY") & ~ledger["rule"].isin(funds)


def _given(plan: dict, phase: str, scored: pd.DataFrame, values: pd.DataFrame, targets: pd.DataFrame, populations: dict) -> dict:
    rocket_only = any(rule["kind"] == "stages" and rule.get("members") == "rocket_only" for rule in active(plan, phase).values())
    on_rocket = scored["team_id"].isin(populations["squads"]["team_id"]) if rocket_only and "squads" in populations else False
    teams = targets[targets["subject_type"].eq("team")].rename(columns={"subject_id": "team_id"})
    given = populations | {"scores": scored.assign(on_rocket_only=on_rocket), "values": values,
                           "team_targets": teams.reset_index(drop=True)}
    if "grades" in populations:
        given["grades"] = pd.concat([scored[["employee_id", "grade"]].assign(back=0, since=True), populations["grades"]])
    return given


def _results(plan: dict, phase: str, given: dict, context: dict, kept: dict) -> dict[str, pd.DataFrame]:
    return {name: _result(name, rule | (context if rule["kind"] in SCALED else {}), given, kept)
            for name, rule in active(plan, phase).items() if all(p in given for p in READS.get(rule["kind"], ("never",)))}


def _result(name: str, rule: dict, given: dict, kept: dict) -> pd.DataFrame:
    if OF_SCORES.intersection(READS[rule["kind"]]):
        return rules.KINDS[rule["kind"]](given, rule).reset_index(drop=True)
    known, frame = kept.get(name, (None, None))
    if known != rule:
        frame = rules.KINDS[rule["kind"]](given, rule).reset_index(drop=True)
        kept[name] = plans.copied(rule), frame  # a draft's tiers may be changed in place afterwards
    return frame.copy(deep=False)


def _pay_of_scores(plan: dict, given: dict, results: dict, context: dict) -> pd.DataFrame:
    """The scores with what the first scorecard rule makes of them; with the product's own base where no such rule is on."""
    name = next((n for n in results if plan["rules"][n]["kind"] == "scorecard_pay"), None)
    if name:
        return results[name]
    rule = next((r for r in plan["rules"].values() if r["kind"] == "scorecard_pay"), {"base_bonus": 0.0})
    return rules.KINDS["scorecard_pay"](given, rule | context)


def _own_money(plan: dict, results: dict) -> dict[str, pd.DataFrame]:
    """The rules that count against the budget: project money of a fund does not."""
    return {name: frame for name, frame in results.items() if plan["rules"][name]["kind"] != "fund"}


def _payable(plan: dict, results: dict) -> float:
    return sum(float(f.loc[f["unit"].eq("CNY"), "amount"].sum()) for f in _own_money(plan, results).values())


def _factor(plan: dict, results: dict, budget: float) -> float:
    """max(0, budget − other payable) ÷ what is scaled, before rounding and splitting."""
    scaled = [name for name in results if plan["rules"][name]["kind"] in SCALED]
    exact = sum(float((f.drop_duplicates("row") if "row" in f else f)["unrounded"].sum()) for f in (results[n] for n in scaled))
    others = _payable(plan, {name: frame for name, frame in results.items() if name not in scaled})
    return max(0.0, budget - others) / exact if exact else 1.0


def _ledger(results: dict[str, pd.DataFrame]) -> pd.DataFrame:
    parts = {name: frame for name, frame in results.items() if len(frame)}
    lines = [np.arange(len(frame)) for frame in parts.values()]
    told = [name for name in [*LEDGER, *GATE] if name != "rule"]
    rows = pd.concat([NOTHING, *(frame[[name for name in told if name in frame]] for frame in parts.values())], ignore_index=True)
    rule = pd.array([*parts], dtype="str").take(np.repeat(np.arange(len(parts)), [len(line) for line in lines]))
    return added(rows, {"rule": rule, "line": np.concatenate([*lines, []]).astype(int)})[[*LEDGER, *GATE, "line"]]


def _totals(plan: dict, ledger: pd.DataFrame, budget: float, factor: float) -> dict:
    yuan, own = ledger["unit"].eq("CNY").to_numpy(), counted(plan, ledger).to_numpy()
    amount, potential = ledger["amount"].to_numpy(), np.nan_to_num(ledger["potential"].to_numpy())
    return {"payable_cny": round(float(amount[own].sum()), 2),
            "payable_by_rule": _sums(ledger["rule"], own, amount), "by_rule": _sums(ledger["rule"], yuan, potential),
            "by_status": dict(sorted(_sums(ledger["status"], yuan, potential).items())), "budget": budget or None,
            "factor": factor}


def _sums(names: pd.Series, which: np.ndarray, amounts: np.ndarray) -> dict[str, float]:
    codes, known = pd.factorize(names[which])
    return dict(zip(known, np.bincount(codes, amounts[which], len(known)).round(2).tolist(), strict=True))


def _awards(plan: dict, phase: str, given: dict) -> pd.DataFrame:
    columns = ["month", "award", "winner_type", "winner", "figure"]
    found = [rules.KINDS["top"](given, rule).assign(award=name) for name, rule in active(plan, phase).items()
             if rule["kind"] == "top" and "monthly" in given]
    if not found:
        return pd.DataFrame(columns=columns)
    return pd.concat(found)[columns].sort_values(["month", "award", "winner"], kind="stable", ignore_index=True)


SCORES = ["employee_id", "from_date", "to_date", "role", "level", "team_id", "scorecard", "score", "provisional",
          "grade", "covered_weight", "bonus_points", "eligible_days", "base"]
LINES = ["metric", "level", "value", "numerator", "denominator", "target", "floor", "attainment", "score", "weight",
         "missing"]


def as_json(settled: Settlement, provenance: pd.DataFrame | None = None) -> dict:
    """The settlement as the shell prints it."""
    lines = {segment: part[LINES].to_dict("records") for segment, part in settled.metrics.groupby("segment")}
    people = settled.scores[SCORES].assign(
        from_date=pd.to_datetime(settled.scores["from_date"]).dt.strftime("%Y-%m-%d"),
        to_date=pd.to_datetime(settled.scores["to_date"]).dt.strftime("%Y-%m-%d")).to_dict("records")
    ledger = settled.ledger[LEDGER].to_dict("records")
    won = settled.awards.groupby(["month", "award"], sort=False)["winner"].agg(list)
    return {"quarter": settled.quarter,
            "plan": {"name": settled.plan["name"], "version": settled.plan["version"], "phase": settled.phase,
                     "seasons": settled.seasons},
            "scores": [person | {"metrics": [line | {"missing": line["missing"] or None} for line in lines.get(i, [])]}
                       for i, person in enumerate(people)],
            "ledger": [row | {"why": explanation.why(settled, i, provenance)} for i, row in enumerate(ledger)],
            "awards": [{"month": month, "award": award, "winners": winners} for (month, award), winners in won.items()],
            "totals": settled.totals}
