"""A what-if is a set of changes: {address of a number of the plan: value}. A slider, the shell's --set, a decision."""

import difflib
import json
import re
from contextlib import suppress
from datetime import date
from functools import reduce

from core.plan import PlanError, checked, copied
from core.plan.fields import field_at
from core.plan.problems import located


def parse(pairs: list[tuple[str, str]]) -> dict:
    """The shell's PATH=VALUE pairs as changes: numbers, true/false and lists like [[0,0.01],[3000,0.03]] read as such, all
    else text."""
    return {path: _value(text) for path, text in pairs}


def _value(text: str):
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if text.startswith("["):
        with suppress(ValueError):
            return json.loads(text)
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def apply(plan: dict, changes: dict) -> dict:
    """The plan with the changes; weights that are not named shrink in proportion so that a scorecard, a dimension or the
    evaluation stays at 100 %.
    PlanError for an address the plan does not have, a value of another kind, or a plan that breaks its rules."""
    changed = copied(plan)
    weights: dict[tuple, dict[str, float]] = {}
    for path, value in changes.items():
        parts = _resolved(changed, path)
        if parts[-2:-1] == ["weights"]:
            weights.setdefault(tuple(parts[:-1]), {})[parts[-1]] = value
        else:
            _set(changed, parts, value)
    for address, named in weights.items():
        *above, _ = address
        entry = reduce(dict.__getitem__, above, changed)
        entry["weights"] = rebalanced(entry["weights"], named, address)
    return checked(changed)


def rebalanced(weights: dict, named: dict, where: tuple) -> dict:
    """The weights at the address `where` with the named ones set and the others shrunk in proportion; PlanError where they
    cannot."""
    for metric, weight in named.items():
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 1:
            raise PlanError(located({}, (*where, metric), "not_a_share", weight))
    rest = {metric: weight for metric, weight in weights.items() if metric not in named}
    left, total = 1 - sum(named.values()), sum(rest.values())
    if left < -1e-9 or (abs(left) > 1e-9 and not rest):
        raise PlanError(located({}, where, "named_total", total=f"{100 * sum(named.values()):.4g}"))
    share = {m: max(left, 0) * (w / total if total else 1 / len(rest)) for m, w in rest.items()}
    return {metric: named.get(metric, share.get(metric)) for metric in weights}


def _resolved(plan: dict, path: str) -> list[str]:
    """The address with its names as the plan spells them; `Q4 promotion` finds `q4_promotion`. What a plan may leave out
    (a founding date, a team's scorecard) can be named too."""
    here, parts, names = plan, [], path.split(".")
    if names[0] == "teams" and len(names) == 3 and names[2] == "scorecard":
        return names
    for name in names:
        spelled = {_loose(known): known for known in here} if isinstance(here, dict) else {}
        if _loose(name) not in spelled:
            if isinstance(here, dict) and len(names) == len(parts) + 1 <= 3 and field_at(plan, (*parts, name)):
                return [*parts, name]
            near = difflib.get_close_matches(name[:100], list(spelled.values()), 3)
            raise PlanError(located({}, (), "no_address", path, name=name[:100], near=", ".join(near) or "—"))
        parts.append(spelled[_loose(name)])
        here = here[parts[-1]]
    return parts


def _loose(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _set(plan: dict, parts: list[str], value) -> None:
    field = field_at(plan, tuple(parts))
    for name in parts[:-1]:
        plan = plan.setdefault(name, {})
    if isinstance(plan.get(parts[-1]), str) and isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if field and field.type == "date":
        with suppress(ValueError):  # what is no day is named by the check
            value = date.fromisoformat(str(value))
    plan[parts[-1]] = value
