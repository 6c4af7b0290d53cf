"""Why: the ordered steps from inputs to the amount of a ledger row, each with its value, its origin and its formula."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core import periods, text
from core.metrics import METRICS

TOLD = tomllib.loads((Path(__file__).parent.parent / "data" / "rules.toml").read_text("utf-8"))
SIGNS = {"≥": "at_least", ">": "more_than", "≤": "at_most", "<": "below"}
NAME = re.compile(r"(?<![0-9.])[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")


@dataclass(frozen=True)
class Step:
    """One step: `formula` (on the names of earlier steps, in a spreadsheet's grammar) where it is computed, else
    `source`: where the value was read. `metric` is the metric that it is about, or ''."""

    name: str
    zh: str
    en: str
    unit: str
    value: object
    source: str
    formula: str = ""
    metric: str = ""


def steps(settled, row: int, provenance: pd.DataFrame | None = None) -> list[Step]:
    """The steps of a ledger row; the last ones are `potential`, `status` and `amount`. A step whose value is not there is
    told only for a metric of a scorecard and where the rule says always, so that what is missing is seen."""
    entry = settled.ledger.iloc[row]
    rule = settled.plan["rules"][entry["rule"]]
    paid = settled.results[entry["rule"]].iloc[int(entry["line"])]
    told = TOLD[rule["kind"]]
    found = _of_scores(settled, paid, provenance) if rule["kind"] == "scorecard_pay" else []
    words = [one for said in told["steps"] for one in _each(said, settled, paid)]
    found += [step for said in words if (step := _step(said, settled, entry["rule"], paid, provenance))]
    options = told.get("alone", "pool")
    if told.get("split") and pd.notna(paid.get("cut")):
        found += [step for said in TOLD["split"]["steps"] if (step := _step(said, settled, entry["rule"], paid, provenance))]
        options = TOLD["split"]["amount"]
    known = {step.name for step in found if _there(step.value)} if _there(entry["potential"]) else set()
    options = [options] if isinstance(options, str) else options
    computed = next((formula for formula in options if set(names(formula)) <= known), "")
    return [*found, Step("potential", "金额", "Amount itself", entry["unit"], entry["potential"], computed or "—", computed),
            Step("status", "状态", "Status", "status", entry["status"], entry["reason"] or ""),
            Step("amount", "现应发", "Payable now", entry["unit"], entry["amount"], 'potential if status is "payable", else 0',
                 'IF(status="payable", potential, 0)' if computed else "")]


def why(settled, row: int, provenance: pd.DataFrame | None = None) -> list[dict]:
    """`steps` as the shell prints them: step, value, source (a formula where the step is computed)."""
    return [{"step": step.name, "value": step.value, "source": step.formula or step.source}
            for step in steps(settled, row, provenance)]


def names(formula: str) -> list[str]:
    """The steps that a formula reads, in order."""
    return NAME.findall(re.sub(r'"[^"]*"', "", formula))


def _each(said: dict, settled, paid: pd.Series) -> list[dict]:
    """A step as it is; one of `each` quarter once for each of the last so many, this one first."""
    if "each" not in said:
        return [said]
    quarters = [periods.quarter(settled.quarter)]
    while len(quarters) < paid[said["each"]]:
        quarters.append(quarters[-1].previous())
    return [said | {"name": f"{said['name']}_{back}", "back": back, **{lang: said[lang].format(quarter=quarter.label)
                                                                     for lang in text.LANGUAGES}}
            for back, quarter in enumerate(quarters)]


def _there(value) -> bool:
    return value is not None and not (not isinstance(value, str) and pd.isna(value))


def _step(said: dict, settled, rule: str, paid: pd.Series, provenance) -> Step | None:
    if any(paid.get(column) != wanted for column, wanted in said.get("only", {}).items()):
        return None
    counted = "score" if _there(paid.get("score")) else "provisional"
    column = {"worth": "potential", "counted": counted}.get(said["name"], said["name"])
    value = paid.get(column)
    if not _there(value) and not said.get("always"):
        return None
    value, unit = value if _there(value) else None, paid["figure_unit"] if said["unit"] == "figure" else said["unit"]
    formula, metric = said.get("formula", ""), paid.get("metric") if said["unit"] == "metric" else ""
    if formula in ("covered", "counted"):
        formula = _card_formula(settled, paid, formula)
    source = formula or _source(said, settled, rule, paid, provenance)
    if said["name"] == "base" and not _there(paid.get("bonus_target")):
        formula = f"{settled.plan['rules'][rule]['base_bonus']} * {paid['position_value']:g}"
    return Step(said["name"], said["zh"], said["en"], unit, value, source, formula, metric or "")


def _source(said: dict, settled, rule: str, paid: pd.Series, provenance) -> str:
    version = f"plan v{settled.plan['version']}"
    prefix = {"project": "_project", "member": "_member"}.get(said["from"], "")
    places = {"plan": f"{version} rules.{rule}.{said.get('plan', said['name'])}", "quarter": settled.quarter,
              "phase": f"{version} phases.{settled.phase}.commission_factor", "budget": f"{version} company.budget",
              "bonus": "member_months.innovation_support", "remainder": "largest remainder", "members": "Σ of the members",
              "history": "all rows before", "last": f"scores of {periods.quarter(settled.quarter).previous().label}"}
    if said["from"] == "grade":
        return _source_of_grade(said, settled, paid)
    if said["from"] in ("company", "year_before"):
        now, name = periods.quarter(settled.quarter), said["metric"]
        line = {"metric": name, "subject_type": "company", "value": paid[said["name"]]}
        read = source_of(line, provenance) if said["from"] == "company" else ""
        return read or f"company {name} {(now if said['from'] == 'company' else now.year_before()).label}"
    if said["from"] == "figure":
        line = {"metric": paid["metric"], "subject_type": paid.get("subject_type", "team"), "value": paid["value"],
                "subject_id": paid.get("subject_id", paid.get("team_id"))}
        return source_of(line, provenance) or paid["metric"]
    if said["from"] == "base":
        return (f"bonus_target · {place(paid)}" if _there(paid["bonus_target"]) else
                f"{version} rules.{rule}.base_bonus × position_value {paid['position_value']:g} · {place(paid)}")
    return places.get(said["from"]) or place(paid, prefix)


def _source_of_grade(said: dict, settled, paid: pd.Series) -> str:
    """Where an earlier quarter's grade was uploaded, else the quarter whose scores gave it."""
    asked = periods.quarter(settled.quarter)
    for _ in range(said.get("back", 1)):
        asked = asked.previous()
    if not _there(paid.get(said["name"])) and not paid.get("grade_open"):
        return "no grade"
    return place(paid, f"_{said['name']}") or f"scores of {asked.label}"


def place(row, prefix: str = "") -> str:
    """Where a row was uploaded: file · sheet · row."""
    parts = [row.get(f"{prefix}_{part}") for part in ("file", "sheet", "row")]
    if prefix == "" and _there(row.get("_last_row")) and row["_last_row"] != row["_row"]:
        parts[2] = f"{row['_row']:.0f}–{row['_last_row']:.0f} ({row['_rows']:.0f})"
    return " · ".join(f"{part:.0f}" if isinstance(part, float) else str(part) for part in parts if _there(part) and part != "")


def _of_scores(settled, paid: pd.Series, provenance) -> list[Step]:
    lines = settled.metrics[settled.metrics["segment"] == paid.name]
    return [step for line in lines.to_dict("records") for step in _metric_steps(line, settled, provenance)]


def _metric_steps(line: dict, settled, provenance) -> list[Step]:
    name, version = line["metric"], f"plan v{settled.plan['version']}"
    aim = place(line) if _there(line["target"]) else ""
    curve = settled.plan["scorecards"].get(line["scorecard"], {}).get("curves", {}).get(name, "default")
    sources = {"figure": source_of(line, provenance) or line["missing"], "target": aim or line["missing"],
               "weight": f"{version} scorecards.{line['scorecard']}.weights.{name}"}
    found = []
    for said in TOLD["metric"]["steps"]:
        formula = said.get("formula", "").replace("{m}", name)
        if formula == "curve":
            formula = curve_formula(settled.plan["curves"][curve], f"{name}.attainment")
        held = formula if _there(line[said["name"]]) else ""
        source = f"{version} curves.{curve}" if said["name"] == "score" else formula or sources[said["from"]]
        found.append(Step(f"{name}.{said['name']}", said["zh"], said["en"], said["unit"], line[said["name"]], source, held, name))
    return found


def curve_formula(points: list, attained: str) -> str:
    """A curve as a spreadsheet formula: piecewise linear, flat outside, the upper point at a jump."""
    formula = f"{points[-1][1]}"
    for (x0, y0), (x1, y1) in zip(reversed(points[:-1]), reversed(points[1:]), strict=True):
        if x1 > x0:
            formula = f"IF({attained} < {x1}, {y0} + ({attained} - {x0}) * {(y1 - y0) / (x1 - x0)!r}, {formula})"
    return f"ROUND(IF({attained} < {points[0][0]}, {points[0][1]}, {formula}), 9)"


def _card_formula(settled, paid: pd.Series, part: str) -> str:
    lines = settled.metrics[(settled.metrics["segment"] == paid.name) & settled.metrics["score"].notna()]
    if part == "covered":
        return "ROUND(" + (" + ".join(f"{m}.weight" for m in lines["metric"]) or "0") + ", 9)"
    if paid.get("released") == "last":
        return ""
    points = " + ".join(f"{m}.weight * {m}.score" for m in lines["metric"]) or "0"
    renormalised = not _there(paid["score"]) or paid.get("released") == "renormalise"
    points = f"({points}) / covered_weight" if renormalised else points
    return f"MAX(0, MIN({settled.plan['score_cap']}, ROUND({points} + bonus_points, 9)))"


def source_of(line: dict, provenance: pd.DataFrame | None) -> str:
    """Where a metric's figure was read: `file · sheet · rows a–b (n)`, several joined by a semicolon."""
    if provenance is None or not _there(line["value"]):
        return ""
    same = (provenance["metric"] == line["metric"]) & (provenance["subject_type"] == line["subject_type"])
    if line["subject_type"] != "company":
        same &= provenance["subject_id"] == line["subject_id"]
    return "; ".join(f"{r.file}{' · ' + r.sheet if r.sheet else ''} · {r.first_row}–{r.last_row} ({r.rows})"
                     for r in provenance[same].itertuples())


def unit_of(step: Step) -> str:
    """The unit that a step is written in: a metric's own where it is about a metric's figure."""
    return METRICS[step.metric].unit if step.unit == "metric" and step.metric in METRICS else step.unit


def reason_text(row, lang: str) -> str:
    """Why a ledger row is not payable, in words, with its figure, the bar, the distance to it and the money behind it; ''
    for a payable row. `row` has the ledger's columns."""
    if not _there(row["reason"]) or not row["reason"]:
        return ""
    key, unit = f"reason.{row['reason']}", row.get("figure_unit")
    figure, needed = row.get("figure"), row.get("needed")
    gap = abs(needed - figure) if _there(figure) and _there(needed) else None
    bar = text.say(f"reason.bar.{SIGNS.get(row.get('sign'), 'at_least')}", lang, needed=text.full(needed, unit, lang))
    return text.say(key if text.has(key) else "reason.other", lang, figure=text.full(figure, unit, lang), bar=bar,
                    needed=text.full(needed, unit, lang), gap=text.distance(gap, unit, lang), code=row["reason"],
                    missed=money(row["potential"], row["unit"], lang))


def money(amount, unit: str, lang: str) -> str:
    """An amount of the ledger in its unit: ¥, shares or days of leave."""
    if not _there(amount):
        return "—"
    return text.full(amount, "yuan", lang) if unit == "CNY" else text.say(f"reason.unit.{unit}", lang, amount=f"{amount:,.10g}")
