"""A plan as a TOML document: read within limits, filled where an older document lacks something, written out again."""

import json
import math
import re
import tomllib
from datetime import date, datetime, time

from core.plan.fields import KINDS, NAMED, WHOLE
from core.plan.problems import PlanError, Problem

LARGEST = 1 << 20
DEEPEST = 8


def read(document: str) -> dict:
    """What a TOML text holds; PlanError where it is none, too long or too deep."""
    if len(document) > LARGEST:
        raise PlanError(Problem((), "too_large", len(document), {"most": f"{LARGEST:,}"}))
    try:
        held = tomllib.loads(document)
    except RecursionError as error:
        raise PlanError(Problem((), "too_deep", DEEPEST)) from error
    except ValueError as error:
        raise PlanError(Problem((), "not_toml", str(error))) from error
    if _deeper(held, DEEPEST):
        raise PlanError(Problem((), "too_deep", DEEPEST))
    return held


def _deeper(value, left: int) -> bool:
    """Whether tables and lists lie deeper in each other than `left`; looks no deeper than that."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left == 0 or any(_deeper(one, left - 1) for one in inner if isinstance(one, (dict, list)))


def filled(held: dict, base: dict) -> dict:
    """The document with what it lacks of `base`. Settings, roles, scorecards and curves are filled one by one; phases,
    seasons, grades and rules are exactly those of a document that names any: a rule that the product learns later must
    not begin to pay in a quarter that was settled without it."""
    plan = {name: value for name, value in base.items() if not isinstance(value, dict)} | held
    for table in (name for name, value in base.items() if isinstance(value, dict)):
        mine = held.get(table, {})
        if isinstance(mine, dict):
            plan[table] = mine if table in held and table in WHOLE else base[table] | mine
    if isinstance(plan.get("risks"), dict):
        plan["risks"] = {name: base["risks"].get(name, {}) | risk if isinstance(risk, dict) else risk
                         for name, risk in plan["risks"].items()}
    if isinstance(plan.get("rules"), dict):
        plan["rules"] = {name: _with_defaults(rule) for name, rule in plan["rules"].items()}
    return plan


def _with_defaults(rule):
    kind = KINDS.get(rule["kind"]) if isinstance(rule, dict) and isinstance(rule.get("kind"), str) else None
    if not kind:
        return rule
    return rule | {name: field.default for name, field in kind.fields.items()
                   if field.default is not None and name not in rule}


def written(plan: dict) -> str:
    """The plan as TOML; `read` of it is the identical plan."""
    lines = [f"{_key(name)} = {_value(value)}" for name, value in plan.items() if not isinstance(value, dict)]
    for name, table in plan.items():
        if isinstance(table, dict):
            lines += _table(name, table)
    return "\n".join(lines) + "\n"


def _table(name: str, table: dict) -> list[str]:
    if name not in NAMED or not table or not all(isinstance(entry, dict) for entry in table.values()):
        return ["", f"[{_key(name)}]", *(f"{_key(inner)} = {_value(value)}" for inner, value in table.items())]
    lines = []
    for entry, held in table.items():
        lines += ["", f"[{_key(name)}.{_key(entry)}]", *(f"{_key(inner)} = {_value(v)}" for inner, v in held.items())]
    return lines


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }" if value else "{}"
