"""The plan: one checked document of roles, scorecards, curves, seasons, phases and rules; every number has an address."""

import copy
from functools import cache, lru_cache
from pathlib import Path

from core.plan import check, document
from core.plan.calendar import card_of, in_force, overlap, phase, seasons, weights
from core.plan.document import written
from core.plan.fields import FIELDS
from core.plan.problems import PlanError, Problem

__all__ = ["CHOICES", "DEFAULT", "PlanError", "Problem", "at", "card_of", "checked", "copied", "default", "in_force", "load",
           "opened", "overlap", "phase", "problems", "seasons", "weights", "written"]
DEFAULT = Path(__file__).parents[2] / "data" / "plan.toml"
CHOICES = {f"{table}.{name}" if table != "document" else name: tuple(field.choices)
           for table in ("document", "company", "definitions") for name, field in FIELDS[table].items() if field.choices}
CHOICES["company.phase"] = ("auto", "startup", "growth", "mature")


@cache
def _default_text() -> str:
    return DEFAULT.read_text("utf-8")


def default() -> dict:
    """The product's own plan."""
    return load(_default_text())


def load(text: str) -> dict:
    """A TOML document as a checked plan, filled from the product's own where it lacks something (see `opened`);
    PlanError names everything that is wrong."""
    return copied(_loaded(text))


@lru_cache(maxsize=16)
def _loaded(text: str) -> dict:
    return checked(opened(text))


def opened(text: str) -> dict:
    """A TOML document as a plan that may still have problems. A document with phases, seasons, grades or rules keeps
    exactly those; other settings that it lacks are the product's. PlanError where it is no TOML at all."""
    return document.filled(document.read(text), document.read(_default_text()))


def problems(plan: dict) -> list[Problem]:
    """Everything that is wrong with a plan; [] when nothing is."""
    return check.problems(plan)


def checked(plan: dict) -> dict:
    """The plan itself, when nothing is wrong with it; else PlanError."""
    found = check.problems(plan)
    if found:
        raise PlanError(*found)
    return plan


def at(plan: dict, address: str):
    """The value at a dotted address; KeyError where there is none."""
    value = plan
    for name in address.split("."):
        value = value[name]
    return value


def copied(plan: dict) -> dict:
    """A plan that can be changed without changing this one."""
    return copy.deepcopy(plan)
