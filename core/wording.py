"""A ledger row's parts in words: its item, and the value, formula and source of each of its steps."""

import ast
import re

import pandas as pd

from core import explanation, text
from core.datasets import DATASETS
from core.explanation import Step
from core.metrics import METRICS

SIGNS = {ast.Add: (" + ", 1), ast.Sub: (" − ", 1), ast.Mult: (" × ", 2), ast.Div: (" ÷ ", 2)}
SOURCES = {"Σ of the members": "members", "largest remainder": "remainder", "all rows before": "history",
           "no grade": "no_grade", "member_months.innovation_support": "bonus"}


def label(step: Step, lang: str) -> str:
    """The step's name; a metric's figure begins with the metric."""
    named = getattr(step, lang)
    return f"{getattr(METRICS[step.metric], lang)} {named}" if "." in step.name and step.metric in METRICS else named


def value(step: Step, lang: str) -> str:
    """The step's value in its unit at full precision; “—” where there is none."""
    unit = explanation.unit_of(step)
    if text.missing(step.value):
        return "—"
    if unit == "status":
        return text.say(f"page.status.{step.value}", lang)
    if unit == "word":
        return choice("employees", "level", step.value, lang) if step.name == "level" else str(step.value)
    return explanation.money(step.value, unit, lang) if unit in ("CNY", "shares", "days") else text.full(step.value, unit, lang)


def how(step: Step, steps: list[Step], lang: str) -> str:
    """How the step came to its value: the formula in words and in numbers, or where it was read."""
    if step.name.endswith(".score"):
        return _say("curve", lang, curve=step.source.split()[-1], version=step.source.split()[1])
    if not step.formula:
        return source(step.source, lang)
    if step.name == "amount":
        return _say("amount_rule", lang)
    known = {other.name: other for other in steps}
    tree = ast.parse(re.sub(r"(?<![<>=])=(?!=)", "==", step.formula), mode="eval").body
    words = _spelled(tree, lambda name: label(known[name], lang), lang)
    if any("." in name for name in explanation.names(step.formula)):  # the metrics' names stand in the card's own table
        return _spelled(tree, lambda name: value(known[name], lang), lang)
    numbers = _spelled(tree, lambda name: value(known[name], lang), "")
    words = words if numbers in (words, value(step, lang)) else f"{words} = {numbers}"
    return words if step.source == step.formula else _say("source.read", lang, formula=words, source=source(step.source, lang))


def source(said: str, lang: str) -> str:
    """Where a step was read, in words: a place of the plan, rows of a file, or what it was taken from."""
    if said in SOURCES:
        return _say(f"source.{SOURCES[said]}", lang)
    if said.startswith("plan v"):
        version, _, rest = said.removeprefix("plan ").partition(" ")
        rest = rest.replace("position_value", word("employees", "position_value", lang))
        return _say("source.plan", lang, version=version, address=rest)
    if said.startswith("bonus_target"):
        return said.replace("bonus_target", word("employees", "bonus_target", lang), 1)
    if said.startswith("scores of "):
        return _say("source.scores", lang, quarter=said.removeprefix("scores of "))
    if said.startswith("company "):
        _, metric, quarter = said.split()
        return _say("source.company", lang, metric=getattr(METRICS[metric], lang), quarter=quarter)
    return text.say(f"page.reason.{said}", lang) if text.has(f"page.reason.{said}") else said


def item(settled, row: int, teams: dict, lang: str) -> str:
    """What a ledger row is about: the post and its days, the project's milestone, the SKU's stage, the award …"""
    entry = settled.ledger.iloc[row]
    paid = settled.results[entry["rule"]].iloc[int(entry["line"])]
    kind, team = settled.plan["rules"][entry["rule"]]["kind"], str(teams.get(paid.get("team_id"), paid.get("team_id")))
    if kind == "scorecard_pay":
        days = f"{paid['from_date']:%m-%d} – {paid['to_date']:%m-%d}"
        return " · ".join([choice("employees", "role", paid["role"], lang), team, days])
    if kind == "milestones":
        return f"{paid['project'] or paid['project_id']} · {choice('milestones', 'milestone', paid['milestone'], lang)}"
    if kind == "stages":
        named = paid["sku"] if pd.notna(paid["sku"]) else paid["sku_id"]
        return f"{team} · {named} · {_say('stage', lang, number=paid['stage'])}"
    if kind == "tranches":
        return f"{paid['grant_id']} · {_say('tranche', lang, number=paid['number'])}"
    if kind == "redemption":
        return f"{paid['date']:%m-%d} · {choice('collaboration_points', 'kind', paid['kind'], lang)}"
    if kind == "as_given":
        return str(paid["note"])
    if kind == "fund":
        return " · ".join([team, str(paid["topic"])] if pd.notna(paid.get("topic")) else [team, str(entry["item"])])
    return str(paid["benefit"]) if kind == "menu" else team if kind in ("surplus_share", "per_unit") else str(entry["item"])


def word(dataset: str, column: str, lang: str) -> str:
    """A column's name as people see it."""
    return DATASETS[dataset].column(column).zh if lang == "zh" else column


def choice(dataset: str, column: str, code, lang: str) -> str:
    """A column's stored code as its word."""
    return DATASETS[dataset].column(column).choices.get(code, {}).get(lang, str(code))


def _say(key: str, lang: str, **values) -> str:
    return text.say(f"statement.{key}", lang, **values)


def _spelled(node, said, lang: str, outer: int = 0) -> str:
    """A formula's tree in words; `said` writes a step. Without a language how it is rounded is left out."""
    if isinstance(node, ast.BinOp):
        sign, rank = SIGNS[type(node.op)]
        right = rank + isinstance(node.op, (ast.Sub, ast.Div))
        whole = _spelled(node.left, said, lang, rank) + sign + _spelled(node.right, said, lang, right)
        return f"({whole})" if rank < outer else whole
    if isinstance(node, ast.Call):
        return _called(node.func.id, node.args, said, lang, outer)
    if isinstance(node, ast.Compare):
        return f"{_spelled(node.left, said, lang)} {COMPARED[type(node.ops[0])]} {_spelled(node.comparators[0], said, lang)}"
    if isinstance(node, ast.Constant):
        return f"{node.value:g}" if isinstance(node.value, (int, float)) else str(node.value)
    return said(ast.unparse(node))


COMPARED = {ast.Eq: "=", ast.Lt: "<", ast.GtE: "≥"}


def _called(name: str, parts: list, said, lang: str, outer: int) -> str:
    """ROUND to nine places only removes binary noise: it is not told; the others are named in words."""
    if name in ("MAX", "MIN"):  # the limit last
        parts = sorted(parts, key=lambda part: isinstance(part, ast.Constant))
    noise = name == "ROUND" and ast.unparse(parts[1]) != "2"
    if noise or not lang:
        return _spelled(parts[2] if name == "IF" else parts[0], said, lang, outer)
    told = [_spelled(part, said, lang) for part in parts]
    return _say(f"function.{name.lower()}", lang, **dict(zip("abc", told, strict=False)))
