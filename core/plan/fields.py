"""What a plan document holds, what each kind of rule and each risk takes, as declared in data/plan_fields.toml, kinds.toml and
risks.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Field:
    """One value of a plan: its words, `type`, range (`above` is not included itself), `choices` value → {zh, en};
    a field that is not `required` may be left out and is then `default` (None: absent means none)."""

    name: str
    zh: str
    en: str
    type: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    above: float | None = None
    required: bool = False
    default: object = None
    choices: dict | None = None
    additive: bool = False

    def label(self, lang: str) -> str:
        return getattr(self, lang)


@dataclass(frozen=True)
class Kind:
    """One kind of rule, or one risk: its words, `fields` by name (those of every rule first), and what holds between them."""

    name: str
    zh: str
    en: str
    means: dict
    fields: dict[str, Field]
    rising: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    clause: str = ""

    @property
    def own(self) -> list[Field]:
        """The parameters of this kind alone."""
        return [field for name, field in self.fields.items() if name not in EVERY]


def _fields(declared: dict) -> dict[str, Field]:
    return {name: Field(name, **entry) for name, entry in declared.items()}


def _declared(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text("utf-8"))


def _kinds(declared: dict, every: dict[str, Field]) -> dict[str, Kind]:
    return {name: Kind(name, said["zh"], said["en"], said["means"], every | _fields(said["parameters"]),
                       tuple(said.get("also", {}).get("rising", ())), tuple(said.get("also", {}).get("one_of", ())),
                       said.get("clause", ""))
            for name, said in declared.items()}


_rules, _plan, _risks = _declared("kinds.toml"), _declared("plan_fields.toml"), _declared("risks.toml")
EVERY = _fields(_rules.pop("every")["parameters"])
KINDS = _kinds(_rules, EVERY)
RISKS = _kinds(_risks, _fields(_risks.pop("every")["parameters"]))
NAMED, WHOLE = tuple(_plan.pop("named")), tuple(_plan.pop("whole"))
FIELDS = {table: _fields(said) for table, said in _plan.items()}
# The table of the document → the fields of each of its entries.
ENTRIES = {"roles": FIELDS["role"], "scorecards": FIELDS["scorecard"], "phases": FIELDS["phase"],
           "seasons": FIELDS["season"], "teams": FIELDS["team"], "dimensions": FIELDS["dimension"]}
SETTINGS = ("company", "definitions", "evaluation")
TABLES = (*NAMED, *SETTINGS, "grades")


def field_at(plan: dict, address: tuple) -> Field | None:
    """The field that a value's address belongs to, also of an address within it (a weight, a grade's budget); None for
    curves, grades and a whole entry."""
    if len(address) == 1:
        return FIELDS["document"].get(address[0])
    if address[0] in SETTINGS:
        return FIELDS[address[0]].get(address[1])
    if len(address) < 3:
        return None
    if address[0] == "rules":
        kind = KINDS.get(str(_inner(plan, ("rules", address[1], "kind"))))
        return (kind.fields if kind else EVERY).get(address[2])
    if address[0] == "risks":
        return RISKS[address[1]].fields.get(address[2]) if address[1] in RISKS else None
    return ENTRIES.get(address[0], {}).get(address[2])


def _inner(plan: dict, address: tuple):
    for name in address:
        if not isinstance(plan, dict) or name not in plan:
            return None
        plan = plan[name]
    return plan
