"""Two versions of a plan side by side: every difference with its address, and what each costs in a quarter."""

from dataclasses import dataclass

from core import quarter
from core.periods import Period
from core.plan import copied, in_force
from core.plan.problems import words
from core.store import Store

# What others refer to comes first when something is added, and last when it is taken away.
ORDER = ("curves", "dimensions", "risks", "scorecards", "phases", "grades", "roles", "teams", "seasons", "rules")
OWN = ("version", "effective_from")


@dataclass(frozen=True)
class Difference:
    """One line of a comparison: the address of a value, of the weights of a card, of the grades, or of a whole entry that
    only one version has; None where a version has none."""

    address: tuple
    before: object
    after: object

    @property
    def path(self) -> str:
        return ".".join(map(str, self.address))


@dataclass(frozen=True)
class Cost:
    """A difference with the quarter's payable total (yuan) before and after it, those above it being made already."""

    difference: Difference
    before: float
    after: float

    @property
    def change(self) -> float:
        return round(self.after - self.before, 2)


def differences(old: dict, new: dict) -> list[Difference]:
    """Everything that differs, in the order in which one version becomes the other: additions, changes, removals; so that
    what is referred to is there at each step. The version's own number and first day are left out."""
    found = [d for d in _walked(old, new, ()) if d.address[0] not in OWN]
    return sorted(found, key=_step)


def _walked(old, new, address: tuple):
    together = address == ("grades",) or (len(address) in (2, 3) and address[-1] == "weights")
    tables = len(address) == 1 and address[0] in ORDER
    if tables and not together:
        old, new = old or {}, new or {}
    if isinstance(old, dict) and isinstance(new, dict) and not together:
        for name in dict.fromkeys([*old, *new]):
            yield from _walked(old.get(name), new.get(name), (*address, name))
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield Difference(address, old, new)


def _step(difference: Difference) -> tuple[int, int]:
    place = ORDER.index(difference.address[0]) if difference.address[0] in ORDER else len(ORDER)
    if difference.before is None:
        return 0, place
    return (2, -place) if difference.after is None else (1, place)


def stepped(plan: dict, difference: Difference) -> dict:
    """The plan with one difference made; it is not checked: only the last step has to be a whole plan."""
    changed = copied(plan)
    here = changed
    for name in difference.address[:-1]:
        here = here.setdefault(name, {})
    if difference.after is None:
        here.pop(difference.address[-1], None)
    else:
        here[difference.address[-1]] = copied(difference.after)
    return changed


def costs(store: Store, period: Period, old: dict, new: dict, told=lambda part: None) -> list[Cost]:
    """What each difference costs in the quarter, made one after the other in the order of `differences`: the changes add
    up to the whole. One settlement a difference; `told(fraction)` hears how far it is."""
    plan, found = old, []
    lines = differences(old, new)
    total = quarter.settle(store, period, plan).totals["payable_cny"]
    for number, difference in enumerate(lines, 1):
        plan, before = stepped(plan, difference), total
        total = quarter.settle(store, period, plan).totals["payable_cny"]
        found.append(Cost(difference, before, total))
        told(number / len(lines))
    return found


def label(old: dict, new: dict, difference: Difference, lang: str) -> str:
    """The address of a difference in words, as the version that has it calls it."""
    return words(old if difference.after is None else new, difference.address, lang)


def by_rule(settled) -> dict[str, float]:
    """What is payable of each rule in yuan; rules that pay nothing are 0. They add up to what is payable in all."""
    sums = settled.totals["payable_by_rule"]
    return {rule: float(sums.get(rule, 0.0)) for rule in dict.fromkeys([*settled.plan["rules"], *sums])}


def changed_quarters(saved: list[dict], first, quarters: list[Period]) -> list[str]:
    """The quarters that a new version with this first day would rule, oldest first."""
    mine = {"version": 1 + max((plan["version"] for plan in saved), default=0), "effective_from": first}
    return sorted(q.label for q in quarters if in_force([*saved, mine], q.start) is mine)
