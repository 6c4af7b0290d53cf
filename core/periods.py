"""Calendar months and quarters in the company's local time; a period contains its first and last day whole."""

import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """A calendar month or quarter: `label` is `2026-07` or `2026Q3`; `start` and `end` are inclusive."""

    kind: str
    label: str
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def previous(self) -> "Period":
        """The period of the same kind that ends the day before this one starts."""
        return _containing(self.kind, self.start - timedelta(days=1))

    def year_before(self) -> "Period":
        return _containing(self.kind, self.start.replace(year=self.start.year - 1))

    def quarter(self) -> "Period":
        """The quarter that contains this period (itself if it is one)."""
        return quarter_of(self.start)


def quarter(label: str) -> Period:
    """The quarter written `2026Q3`; ValueError for anything else."""
    found = re.fullmatch(r"(\d{4})Q([1-4])", label)
    if not found:
        raise ValueError(f"“{label}” is no quarter; write it like 2026Q3")
    return quarter_of(date(int(found[1]), 3 * int(found[2]) - 2, 1))


def month(label: str) -> Period:
    """The month written `2026-07`; ValueError for anything else."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", label)
    if not found:
        raise ValueError(f"“{label}” is no month; write it like 2026-07")
    return month_of(date(int(found[1]), int(found[2]), 1))


def quarter_of(day: date) -> Period:
    number = (day.month + 2) // 3
    start = date(day.year, 3 * number - 2, 1)
    return Period("quarter", f"{day.year}Q{number}", start, _last_day(day.year, 3 * number))


def month_of(day: date) -> Period:
    return Period("month", f"{day:%Y-%m}", day.replace(day=1), _last_day(day.year, day.month))


def months_of(period: Period) -> list[Period]:
    """The calendar months of a period, in order."""
    first = period.start.month
    return [month_of(date(period.start.year, m, 1)) for m in range(first, period.end.month + 1)]


def _containing(kind: str, day: date) -> Period:
    return quarter_of(day) if kind == "quarter" else month_of(day)


def _last_day(year: int, month_number: int) -> date:
    following = date(year + month_number // 12, month_number % 12 + 1, 1)
    return following - timedelta(days=1)
