"""Everything that is wrong with a plan, at once."""

import re

from core.plan import values
from core.plan.fields import ENTRIES, FIELDS, KINDS, NAMED, RISKS, SETTINGS, TABLES, Field
from core.plan.problems import Problem, located

MOST_ENTRIES = 2000
NAME = r"[\w-]{1,64}"
GRADE = r"[\w+-]{1,8}"


def problems(plan: dict) -> list[Problem]:
    """What is wrong, in the order of the document; [] for a plan that can be put into force. Never raises for what the
    document holds."""
    broken = [located(plan, (table,), "not_a_table", plan.get(table)) for table in TABLES
              if not isinstance(plan.get(table, {}), dict)]
    if broken:
        return broken
    found = [*_fields(plan, (), FIELDS["document"], plan, allowed=TABLES)]
    for table in SETTINGS:
        found += _fields(plan, (table,), FIELDS[table], plan.get(table, {}))
    for table in NAMED:
        found += _named(plan, table)
    return [*found, *_curves(plan), *_grades(plan), *_phases(plan), *_rules(plan), *_risks(plan)]


def _fields(plan: dict, address: tuple, fields: dict[str, Field], held: dict, allowed: tuple = ()):
    for name, field in fields.items():
        if name in held:
            for inner, code, value, places in values.wrong(field, held[name], plan):
                yield located(plan, (*address, name, *inner), code, value, **places)
        elif field.required:
            yield located(plan, (*address, name), "missing_field")
    for name in list(held)[:MOST_ENTRIES]:
        if name not in fields and name not in allowed:
            yield located(plan, (*address, name), "unknown_key", name, near=values.near(name, [*fields, *allowed]))


def _named(plan: dict, table: str):
    entries = plan.get(table, {})
    if len(entries) > MOST_ENTRIES:
        yield located(plan, (table,), "too_many", len(entries), most=MOST_ENTRIES)
        return
    for name, entry in entries.items():
        good = name.isprintable() and 0 < len(name) <= 100 if table == "teams" else re.fullmatch(NAME, name)
        if not good or (table, name) == ("scorecards", "company"):
            yield located(plan, (table, name), "bad_name" if not good else "reserved_name", name)
        elif table in ENTRIES and not isinstance(entry, dict):
            yield located(plan, (table, name), "not_a_table", entry)
        elif table in ENTRIES:
            yield from _fields(plan, (table, name), ENTRIES[table], entry)


def _curves(plan: dict):
    for name, points in plan.get("curves", {}).items():
        for _, code, value, places in values.curve(points):
            yield located(plan, ("curves", name), code, value, **places)
    if "default" not in plan.get("curves", {}):
        yield located(plan, ("curves", "default"), "no_default_curve")


def _grades(plan: dict):
    grades = plan.get("grades", {})
    bars = list(grades.items())[:50]
    for name, bar in bars:
        if not re.fullmatch(GRADE, name):
            yield located(plan, ("grades", name), "bad_grade", name)
        for _, code, value, places in values.wrong(Field("", "", "", "number", min=0), bar, plan):
            yield located(plan, ("grades", name), code, value, **places)
    if not all(values.is_number(bar) for _, bar in bars):
        return
    for (above, high), (name, low) in zip(bars, bars[1:], strict=False):
        if low >= high:
            yield located(plan, ("grades", name), "grades_fall", low, above=above, bar=f"{high:g}")
    if not bars or bars[-1][1] != 0:
        yield located(plan, ("grades", bars[-1][0]) if bars else ("grades",), "grades_end", bars[-1][1] if bars else "—")


def _phases(plan: dict):
    entries = plan.get("phases", {})
    years = [(name, entry["from_year"]) for name, entry in entries.items()
             if isinstance(entry, dict) and values.is_number(entry.get("from_year"))]
    if not years or len(years) < len(entries):
        if not entries:
            yield located(plan, ("phases",), "no_phases")
        return
    if years[0][1] != 0:
        yield located(plan, ("phases", years[0][0], "from_year"), "phases_begin", years[0][1])
    for (_, before), (name, year) in zip(years, years[1:], strict=False):
        if year <= before:
            yield located(plan, ("phases", name, "from_year"), "phases_rise", year, before=f"{before:g}")


def _rules(plan: dict):
    for name, rule in plan.get("rules", {}).items():
        if not re.fullmatch(NAME, name):
            continue
        if not isinstance(rule, dict):
            yield located(plan, ("rules", name), "not_a_table", rule)
        elif str(rule.get("kind"))[:100] not in KINDS:
            yield located(plan, ("rules", name, "kind"), "no_kind", rule.get("kind", "—"),
                          near=values.near(rule.get("kind"), KINDS), all=", ".join(KINDS))
        else:
            yield from _fields(plan, ("rules", name), KINDS[rule["kind"]].fields, rule)
            yield from _between(plan, name, rule)


def _between(plan: dict, name: str, rule: dict):
    kind = KINDS[rule["kind"]]
    bounds = [rule.get(field) for field in kind.rising]
    if bounds and all(map(values.is_number, bounds)) and bounds[0] > bounds[1]:
        yield located(plan, ("rules", name, kind.rising[0]), "not_rising", bounds[0], other=f"{bounds[1]:g}")
    if kind.one_of and sum(field in rule for field in kind.one_of) != 1:
        said = {lang: text_or.join(kind.fields[field].label(lang) for field in kind.one_of)
                for lang, text_or in (("zh", "、"), ("en", ", "))}
        yield located(plan, ("rules", name), "one_of", rule.get(kind.one_of[0]), fields=said)


def _risks(plan: dict):
    for name, risk in plan.get("risks", {}).items():
        if name not in RISKS:
            yield located(plan, ("risks", name), "no_risk", name, near=values.near(name, RISKS))
        elif not isinstance(risk, dict):
            yield located(plan, ("risks", name), "not_a_table", risk)
        else:
            yield from _fields(plan, ("risks", name), RISKS[name].fields, risk)
