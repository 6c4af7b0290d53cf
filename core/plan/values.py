"""Whether a value of a plan is what its field says: one plain function per type, each yields (where within the value,
code, value, places of the text)."""

import difflib
import math
import re
from datetime import date, datetime

from core.datasets import DATASETS
from core.metrics import METRICS
from core.plan.fields import Field

LARGEST = 1e15
LONGEST_TEXT = 200
EMPTY = '""'
PRIORITIES = ("urgent", "important", "routine")


def wrong(field: Field, value, plan: dict):
    """Everything that is wrong with a value, given the plan whose cards, curves, grades … it may refer to."""
    yield from TYPES[field.type](field, value, plan)


def is_number(value) -> bool:
    """Whether a value is a number that can be counted with: no true/false, not infinite, not beyond 1e15."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST and not math.isnan(value)


def near(name, known) -> str:
    """The known names that look like a name, for a message."""
    return ", ".join(difflib.get_close_matches(str(name)[:100], [str(k) for k in known], 3, 0.5)) or "—"


def _number(field: Field, value, plan):
    if not is_number(value):
        yield (), "not_a_number", value, {}
        return
    unit = " (= {:g} %)" if field.type == "share" else ""
    for bound, broken, code in ((field.min, lambda b: value < b, "below"), (field.max, lambda b: value > b, "over"),
                                (field.above, lambda b: value <= b, "not_above")):
        if bound is not None and broken(bound):
            yield (), code, value, {"bound": f"{bound:g}{unit.format(100 * bound)}"}


def _integer(field: Field, value, plan):
    if is_number(value) and value != int(value):
        yield (), "not_whole", value, {}
    else:
        yield from _number(field, value, plan)


SHARE = Field("", "", "", "share", min=0, max=1)
AMOUNT = Field("", "", "", "number", min=0)
POSITIVE = Field("", "", "", "number", above=0, max=10_000)


def _share(field: Field, value, plan):
    yield from _number(SHARE if field.max is None else field, value, plan)


def _boolean(field: Field, value, plan):
    if not isinstance(value, bool):
        yield (), "not_boolean", value, {}


def _text(field: Field, value, plan):
    if not isinstance(value, str):
        yield (), "not_text", value, {}
    elif len(value) > LONGEST_TEXT or any(not letter.isprintable() for letter in value):
        yield (), "bad_text", value, {"most": LONGEST_TEXT}


def is_day(value) -> bool:
    """Whether a value is a calendar day: a TOML date, or a text such as 2025-01-06."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return bool(date.fromisoformat(value))
        except ValueError:
            return False
    return isinstance(value, date) and not isinstance(value, datetime)


def _date(field: Field, value, plan):
    if not is_day(value):
        yield (), "not_a_date", value, {}


def _day(field: Field, value, plan):
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", value) if isinstance(value, str) else None
    try:
        date(2024, int(found[1]), int(found[2]))
    except (TypeError, ValueError):
        yield (), "not_a_day", value, {}


def _choice(field: Field, value, plan):
    if not isinstance(value, str) or value not in field.choices:
        said = {lang: ", ".join(f"{name or EMPTY} ({words[lang]})" for name, words in field.choices.items())
                for lang in ("zh", "en")}
        yield (), "not_one_of", value, {"choices": said}


def _metric(field: Field, value, plan):
    if not isinstance(value, str) or value not in METRICS:
        yield (), "no_metric", value, {"near": near(value, METRICS)}
    elif METRICS[value].from_scores:
        yield (), "from_scores", value, {}
    elif field.additive and not METRICS[value].additive:
        yield (), "not_additive", value, {"near": ", ".join(name for name, m in METRICS.items() if m.additive)}


def scorable() -> list[str]:
    """The metrics that a plan can use: all but those that are made of scores themselves."""
    return [name for name, metric in METRICS.items() if not metric.from_scores]


def names(plan: dict, table: str) -> list:
    """The names of a table's entries, [] where the plan has no such table."""
    return list(plan[table]) if isinstance(plan.get(table), dict) else []


def levels() -> list[str]:
    """The levels that the roster knows."""
    return list(DATASETS["employees"].column("level").choices)


KNOWN = {"card": lambda plan: names(plan, "scorecards"), "post_card": lambda plan: [*names(plan, "scorecards"), "company"],
         "role": lambda plan: names(plan, "roles"), "level": lambda plan: levels(), "grade": lambda plan: names(plan, "grades"),
         "phase": lambda plan: ["auto", *names(plan, "phases")], "curve": lambda plan: names(plan, "curves")}


def _known(field: Field, value, plan):
    accepted = KNOWN[field.type](plan)
    if not isinstance(value, str) or value not in accepted:
        yield (), f"no_{field.type}", value, {"near": near(value, accepted) if value else ", ".join(accepted[:12])}


def _list_of(type_: str, table: str):
    def check(field: Field, value, plan):
        if not isinstance(value, list):
            yield (), "not_a_list", value, {}
            return
        accepted = names(plan, table)
        for name in value:
            if not isinstance(name, str) or name not in accepted:
                yield (), f"no_{type_}", name, {"near": near(name, accepted)}
    return check


def _weights(field: Field, value, plan):
    if not isinstance(value, dict) or not value:
        yield (), "no_weights", value, {}
        return
    for metric, weight in value.items():
        for _, code, found, places in [*_metric(field, metric, plan), *_number(SHARE, weight, plan)]:
            yield (metric,), code, found, places
    yield from _whole(value)


def _dimension_weights(field: Field, value, plan):
    if not isinstance(value, dict) or not value:
        yield (), "no_weights", value, {}
        return
    dimensions = names(plan, "dimensions")
    for name in value:
        if name not in dimensions:
            yield (name,), "unknown_key", name, {"near": ", ".join(dimensions)}
    for name in dimensions:
        for _, code, found, places in _number(SHARE, value.get(name), plan):
            yield (name,), code, "—" if found is None else found, places
    yield from _whole(value)


def _whole(weights: dict):
    """That weights add up to 1, where all are numbers."""
    if all(is_number(weight) for weight in weights.values()) and abs((total := sum(weights.values())) - 1) > 1e-6:
        way = {"zh": "补足", "en": "add"} if total < 1 else {"zh": "减少", "en": "take off"}
        yield (), "weights_total", total, {"total": f"{100 * total:.6g}", "left": f"{100 * abs(1 - total):.4g}", "way": way}


def _metric_curves(field: Field, value, plan):
    if not isinstance(value, dict):
        yield (), "not_a_table", value, {}
        return
    for metric, curve in value.items():
        if metric not in METRICS:
            yield (metric,), "no_metric", metric, {"near": near(metric, METRICS)}
        if not isinstance(curve, str) or curve not in names(plan, "curves"):
            yield (metric,), "no_curve", curve, {"near": near(curve, names(plan, "curves"))}


def _tiers(field: Field, value, plan):
    if not pairs(value) or not value:
        yield (), "not_tiers", value, {}
        return
    starts = [start for start, _ in value]
    if starts[0] != 0:
        yield (), "tiers_begin", starts[0], {}
    for before, after in zip(starts, starts[1:], strict=False):
        if after <= before:
            yield (), "tiers_rise", after, {"before": f"{before:g}"}
    for _, rate in value:
        for _, code, found, places in _number(SHARE, rate, plan):
            yield (), code, found, places


def _grade_amounts(field: Field, value, plan):
    if not isinstance(value, dict):
        yield (), "not_a_table", value, {}
        return
    for grade, amount in value.items():
        if grade not in names(plan, "grades"):
            yield (grade,), "no_grade", grade, {"near": near(grade, names(plan, "grades"))}
        for _, code, found, places in _number(AMOUNT, amount, plan):
            yield (grade,), code, found, places
    for grade in names(plan, "grades"):
        if grade not in value:
            yield (grade,), "grade_amount_missing", grade, {}


def _hours(field: Field, value, plan):
    if not isinstance(value, dict):
        yield (), "not_a_table", value, {}
        return
    for name in PRIORITIES:
        for _, code, found, places in _number(POSITIVE, value.get(name), plan):
            yield (name,), code, "—" if found is None else found, places
    for name in value:
        if name not in PRIORITIES:
            yield (name,), "unknown_key", name, {"near": ", ".join(PRIORITIES)}


def curve(points):
    """What is wrong with a curve's points [[attainment, score], …]: the same tuples as `wrong`."""
    if not pairs(points) or len(points) < 2:
        yield (), "not_a_curve", points, {}
        return
    for (x, y), (right, above) in zip(points, points[1:], strict=False):
        if right < x:
            yield (), "curve_left", right, {"before": f"{x:g}"}
        if above < y:
            yield (), "curve_falls", above, {"before": f"{y:g}"}
    for x in sorted({x for x, _ in points if [other for other, _ in points].count(x) > 2}):
        yield (), "curve_jump", x, {}


def pairs(value) -> bool:
    """Whether a value is a list of pairs of numbers."""
    return isinstance(value, list) and len(value) <= 200 and all(
        isinstance(pair, list) and len(pair) == 2 and all(map(is_number, pair)) for pair in value)


TYPES = {"number": _number, "integer": _integer, "share": _share,  "boolean": _boolean, "text": _text, "date": _date,
         "day": _day, "choice": _choice, "metric": _metric, "weights": _weights, "dimension_weights": _dimension_weights,
         "metric_curves": _metric_curves,
         "tiers": _tiers, "grade_amounts": _grade_amounts, "hours": _hours, "cards": _list_of("card", "scorecards"),
         "phases": _list_of("phase", "phases"), **dict.fromkeys(KNOWN, _known)}
