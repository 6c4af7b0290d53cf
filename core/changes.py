"""A what-if is a set of changes: {address of a number of the plan: value}. A slider, the shell's --set, a decision."""

import difflib
import re

from core.plan import PlanError, checked, copied

# Addresses that a plan may leave out.
OPTIONAL = {"company.founded": ""}


def parse(pairs: list[tuple[str, str]]) -> dict:
    """The shell's PATH=VALUE pairs as changes: numbers and true/false read as such, all else text."""
    return {path: _value(text) for path, text in pairs}


def _value(text: str):
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def apply(plan: dict, changes: dict) -> dict:
    """The plan with the changes; weights that are not named shrink in proportion so that a card stays at 100 %.
    PlanError for an address the plan does not have, a value of another kind, or a plan that breaks its rules."""
    changed = copied(plan)
    cards: dict[str, dict[str, float]] = {}
    for path, value in changes.items():
        parts = _resolved(changed, path)
        if parts[0] == "scorecards" and len(parts) == 4 and parts[2] == "weights":
            cards.setdefault(parts[1], {})[parts[3]] = value
        else:
            _set(changed, parts, value, path)
    for card, named in cards.items():
        changed["scorecards"][card]["weights"] = rebalanced(changed["scorecards"][card]["weights"], named, card)
    return checked(changed)


def rebalanced(weights: dict, named: dict, card: str = "") -> dict:
    """The weights with the named ones set and the others shrunk in proportion; PlanError where they cannot."""
    where = f"scorecards.{card}.weights"
    for metric, weight in named.items():
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 1:
            raise PlanError(f"{where}.{metric}：“{weight}”应在 0 与 1 之间 · should lie between 0 and 1")
    rest = {metric: weight for metric, weight in weights.items() if metric not in named}
    left, total = 1 - sum(named.values()), sum(rest.values())
    if left < -1e-9 or (abs(left) > 1e-9 and not rest):
        raise PlanError(f"{where}：指定的权重合计 {sum(named.values()):.1%}，应为 100% · the named weights cannot add to 100 %")
    share = {m: max(left, 0) * (w / total if total else 1 / len(rest)) for m, w in rest.items()}
    return {metric: named.get(metric, share.get(metric)) for metric in weights}


def _resolved(plan: dict, path: str) -> list[str]:
    """The address with its names as the plan spells them; `Q4 promotion` finds `q4_promotion`."""
    if path in OPTIONAL:
        return path.split(".")
    here, parts = plan, []
    names = path.split(".")
    if names[0] == "teams" and len(names) == 3 and names[2] == "scorecard":
        return names
    for name in names:
        spelled = {_loose(known): known for known in here} if isinstance(here, dict) else {}
        if _loose(name) not in spelled:
            near = difflib.get_close_matches(name, list(spelled.values()), 3)
            raise PlanError(f"方案中没有“{path}”（{name}）；相近的有：{', '.join(near) or '—'}"
                            f" · the plan has no “{path}”; near: {', '.join(near) or '—'}")
        parts.append(spelled[_loose(name)])
        here = here[parts[-1]]
    return parts


def _loose(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _set(plan: dict, parts: list[str], value, path: str) -> None:
    for name in parts[:-1]:
        plan = plan.setdefault(name, {})
    before = plan.get(parts[-1])
    same_kind = before is None or isinstance(before, bool) == isinstance(value, bool) and (
        isinstance(value, (int, float)) if isinstance(before, (int, float)) else isinstance(value, type(before)))
    if isinstance(before, str) and isinstance(value, (int, float)):
        value, same_kind = str(value), True
    if not same_kind:
        raise PlanError(f"{path}：“{value}”与现值“{before}”类型不同 · “{value}” is of another kind than “{before}”")
    if path == "company.founded":
        from datetime import date
        try:
            value = date.fromisoformat(str(value))
        except ValueError as error:
            raise PlanError(f"{path}：“{value}”应写成 2025-01-06 · write it like 2025-01-06") from error
    plan[parts[-1]] = value
