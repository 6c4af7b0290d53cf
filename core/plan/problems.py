"""What is wrong with a plan, as data: the address, the rule that is broken, the value; said in the user's words."""

from dataclasses import dataclass, field

from core import text
from core.metrics import METRICS
from core.plan.fields import RISKS, SETTINGS, field_at

LONGEST = 60


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `address` as a tuple of names (() = the whole document), `code` of data/text/plan.toml,
    the value found, what the text needs beside it, and `where` the address in words."""

    address: tuple
    code: str
    value: object = None
    places: dict = field(default_factory=dict)
    where: dict = field(default_factory=dict)

    @property
    def path(self) -> str:
        return ".".join(map(str, self.address))

    def say(self, lang: str) -> str:
        """Where, what is wrong, and the way out."""
        places = {name: said[lang] if isinstance(said, dict) else said for name, said in self.places.items()}
        what = text.say(f"plan.problem.{self.code}", lang, value=shown(self.value), **places)
        where = self.where.get(lang) or self.path
        return f"{where}{text.say('plan.colon', lang)}{what}" if where else what


class PlanError(Exception):
    """The plan breaks a rule; `problems` holds each. As a string it names each address and says it in both languages."""

    def __init__(self, *problems: Problem):
        self.problems = list(problems)
        super().__init__("\n".join(f"{p.path + ' — ' if p.path else ''}{p.say('zh')} · {p.say('en')}" for p in problems))

    def say(self, lang: str) -> str:
        return "\n".join(problem.say(lang) for problem in self.problems)


def shown(value) -> str:
    """A value as a message quotes it: cut to 60 letters, on one line."""
    said = value if isinstance(value, str) else str(value)[: 4 * LONGEST] if _short(value) else type(value).__name__
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    return said if len(said) <= LONGEST else said[:LONGEST] + "…"


def _short(value) -> bool:
    """Whether a value can be written out at little cost; a number of thousands of digits cannot at all."""
    if isinstance(value, int):
        return abs(value) < 10**30
    return not isinstance(value, (dict, list)) or len(value) <= 20


def located(plan: dict, address: tuple, code: str, value=None, **places) -> Problem:
    """A problem with its address in the words of the plan."""
    where = {lang: words(plan, address, lang) for lang in text.LANGUAGES}
    return Problem(tuple(map(str, address)), code, value, places, where)


def words(plan: dict, address: tuple, lang: str) -> str:
    """An address in words: ("scorecards", "operations", "weights", "gmv") is 评分卡 运营 · 权重 · GMV."""
    if not address:
        return ""
    field_ = field_at(plan, address)
    if len(address) == 1 or address[0] in SETTINGS:
        table = f"plan.part.{address[0]}"
        first = field_.label(lang) if field_ else text.say(table, lang) if text.has(table) else shown(address[-1])
        return " · ".join([first, *(shown(part) for part in address[2:])])
    said = [f"{text.say('plan.part.' + address[0], lang)} {entry_name(plan, address[0], address[1], lang)}"]
    if len(address) > 2:
        said.append(field_.label(lang) if field_ else shown(address[2]))
    return " · ".join(said + [_inner_name(part, lang) for part in address[3:]])


def entry_name(plan: dict, table: str, name: str, lang: str) -> str:
    """What an entry (a scorecard, a rule …) is called in a language: its own name there, else in Chinese, else its key."""
    if table == "risks" and name in RISKS:
        return getattr(RISKS[name], lang)
    entries = plan.get(table)
    entry = entries.get(name) if isinstance(entries, dict) else None
    called = [entry.get(lang), entry.get("zh")] if isinstance(entry, dict) else []
    return shown(next((said for said in called if isinstance(said, str) and said.strip()), name))


def _inner_name(part, lang: str) -> str:
    return getattr(METRICS[part], lang) if part in METRICS else shown(part)
