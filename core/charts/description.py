"""What a chart says, the one unit it is drawn in and the places of its shapes: the same on screen and on a slide."""

from dataclasses import dataclass

import pandas as pd

from core import text

KINDS = ("bar", "barh", "line", "stacked", "heatmap", "radar", "step", "point", "waterfall", "scatter")
OVER_X = ("step", "scatter")
SCALES = {"zh": ((1e8, "亿"), (1e4, "万")), "en": ((1e9, "B"), (1e6, "M"), (1e3, "K"))}
WORDS = {"yuan": {"zh": "元", "en": "¥"}, "percent": {"zh": "%", "en": "%"}, "count": {"zh": "", "en": ""},
         "points": {"zh": "分", "en": "points"}, "score": {"zh": "分", "en": "points"},
         "minutes": {"zh": "分钟", "en": "min"}, "hours": {"zh": "小时", "en": "h"}, "days": {"zh": "天", "en": "days"}}
WIDE = 8


@dataclass(frozen=True)
class Series:
    """A named row of values, one a category (step, scatter: one an x); None is missing and stays a gap.

    `style`: actual (the first blue, each further one its own colour, dash, marker and pattern), previous, target, scenario.
    `low`, `high`: ends of each value's interval, None where it has none (point, step). `x`: plain numbers (step, scatter).
    `labels`: a name a point (scatter), or what a cell says instead of its number (heat map; None: its number).
    `at_risk`: people still observed at each of the chart's categories (step).
    """

    name: str
    values: tuple
    style: str = "actual"
    low: tuple = ()
    high: tuple = ()
    x: tuple = ()
    labels: tuple = ()
    at_risk: tuple = ()


@dataclass(frozen=True)
class Chart:
    """What a chart says; title = the finding; subtitle = metric, unit, period, n; definition = how its figures are made.

    What `categories` are: bar, barh, line, stacked, radar, point: the named places; heatmap: the columns (a series is a row);
    step: the x at which `at_risk` is counted; scatter: none; waterfall: start, each part, end, where the one series holds the
    start, each part's signed share of the change, the end. `x_title`, `y_title` name the axes of step and scatter.
    Refused (ValueError): another kind, no name for x, tuples of different lengths, parts that do not add up to the change.
    """

    kind: str
    title: str
    subtitle: str
    categories: tuple
    series: tuple[Series, ...]
    unit: str
    alt: str
    note: str = ""
    definition: str = ""
    x_title: str = ""
    y_title: str = ""

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is none of {', '.join(KINDS)}")
        if self.kind in OVER_X and not self.x_title:
            raise ValueError(f"{self.kind} needs the name of its x")
        for series in self.series:
            places = len(series.x if self.kind in OVER_X else self.categories)
            if len(series.values) != places or any(len(ends) not in (0, places) for ends in (
                    series.low, series.high, series.labels)) or len(series.at_risk) not in (0, len(self.categories)):
                raise ValueError(f"{series.name!r} does not hold one value for each of {places} places")
        if self.kind == "waterfall":
            _adds_up(self.series[0].values)


def _adds_up(values: tuple) -> None:
    start, *parts, end = values
    if abs(start + sum(part for part in parts if part is not None) - end) > 1e-6 * max(1, abs(start), abs(end)):
        raise ValueError(f"the parts {parts} do not lead from {start} to {end}")


def scaled(chart: Chart, lang: str) -> tuple[float, str]:
    """(factor, unit word): the one unit the whole chart is drawn in; values × factor are what is shown."""
    if chart.unit == "percent":
        return 100.0, "%"
    largest = max((abs(v) for s in chart.series for v in s.values if v is not None), default=0)
    word = WORDS.get(chart.unit, {}).get(lang, "")
    if chart.unit in ("yuan", "count"):
        for size, scale in SCALES[lang]:
            if largest >= size:
                return 1 / size, f"{word}{scale}" if lang == "en" else f"{scale}{word}"
    return 1.0, word


def shown(chart: Chart, lang: str, of: str = "values") -> list[list[float | None]]:
    """Each series' values (or its `low`, `high`) in the chart's unit, as both screen and slide draw them."""
    factor, _ = scaled(chart, lang)
    return [[None if v is None else round(v * factor, 6) for v in getattr(series, of)] for series in chart.series]


def decimals(chart: Chart, lang: str) -> int:
    """Places behind the point of the chart's labels: none for whole counts and times, two where all values are below ten or
    one would else read 0.0; a heat map writes whole levels whole and has no room for them in many columns; a waterfall
    goes by its parts."""
    rows = shown(chart, lang)
    values = [abs(v) for row in rows for v in (row[1:-1] if chart.kind == "waterfall" else row) if v is not None]
    if chart.unit == "count" and scaled(chart, lang)[0] == 1:
        return 0
    if chart.unit in ("minutes", "hours", "days") and all(v == int(v) for v in values):
        return 0
    if chart.kind == "heatmap" and (len(chart.categories) > WIDE or all(v == int(v) for v in values)):
        return 0
    if chart.kind in ("heatmap", "step", "point") and chart.unit == "percent":
        return 1
    # Beside large values a small one would read 0.0, as if it were none.
    lost = any(0 < v < 0.05 for v in values)
    return 2 if lost or max(values, default=0) < 10 else 1


def subtitle(chart: Chart, lang: str) -> str:
    """The subtitle with the unit the values are drawn in."""
    unit = scaled(chart, lang)[1]
    return f"{chart.subtitle}（{unit}）" if unit and lang == "zh" else f"{chart.subtitle} ({unit})" if unit else chart.subtitle


def table(chart: Chart, lang: str) -> pd.DataFrame:
    """The chart's figures at full precision under the reader's words: a row a category (heat map: a row a series; step and
    scatter: a row a point), with the ends of the intervals where it has them."""
    said = {key: text.say(f"drawn.{key}", lang) for key in ("category", "series", "point", "low", "high", "value")}
    if chart.kind == "heatmap":
        cells = [[series.name, *series.values] for series in chart.series]
        return pd.DataFrame(cells, columns=_distinct([said["category"], *map(str, chart.categories)]))
    if chart.kind in OVER_X:
        return pd.concat([_points(chart, series, said) for series in chart.series], ignore_index=True)
    columns = [(said["category"], list(chart.categories))]
    for series in chart.series:
        columns.append((series.name, list(series.values)))
        columns += [(f"{series.name} · {said[end]}", list(getattr(series, end))) for end in ("low", "high")
                    if getattr(series, end)]
    return pd.DataFrame(dict(zip(_distinct([name for name, _ in columns]), (values for _, values in columns), strict=True)))


def at_risk(chart: Chart, lang: str) -> list[list[str]]:
    """The numbers at risk as written rows under a heading row of the x; empty where no series counts them, “—” where not
    counted."""
    counted = [series for series in chart.series if series.at_risk]
    rows = [[series.name, *("—" if n is None else f"{n:,}" for n in series.at_risk)] for series in counted]
    return [[text.say("drawn.at_risk", lang), *(f"{x:,}" for x in chart.categories)], *rows] if rows else []


def _points(chart: Chart, series: Series, said: dict) -> pd.DataFrame:
    columns = {said["series"]: [series.name] * len(series.x)}
    if series.labels:
        columns[said["point"]] = list(series.labels)
    columns |= {chart.x_title: list(series.x), chart.y_title or said["value"]: list(series.values)}
    return pd.DataFrame(columns | {said[end]: list(getattr(series, end)) for end in ("low", "high") if getattr(series, end)})


def _distinct(names: list[str]) -> list[str]:
    """Names of columns: one that comes again is numbered, none is lost."""
    return [name if names.index(name) == place else f"{name} · {names[:place].count(name) + 1}"
            for place, name in enumerate(names)]


def steps(x: tuple, values: list) -> list[tuple[float, float | None]]:
    """The corners of a step line: each value holds until the next x; None breaks the line."""
    corners = []
    for place, (at, value) in enumerate(zip(x, values, strict=True)):
        if place and values[place - 1] is not None:
            corners.append((at, values[place - 1]))
        corners.append((at, value))
    return corners


def floats(chart: Chart, lang: str) -> list[tuple[float, float] | None]:
    """A waterfall's bars as (from, to) against the start, so that all begin at zero and small parts stay visible: the start
    is (0, 0), the end runs from 0 to the whole change, a missing part is None."""
    values = shown(chart, lang)[0]
    bars, reached = [(0.0, 0.0)], 0.0
    for part in values[1:-1]:
        bars.append(None if part is None else (reached, round(reached + part, 6)))
        reached = round(reached + (part or 0), 6)
    return [*bars, (0.0, round(values[-1] - values[0], 6))]


def written(chart: Chart, lang: str) -> list[str]:
    """A waterfall's labels: start and end as they are, the parts with their sign, “—” for a missing one."""
    values, places = shown(chart, lang)[0], decimals(chart, lang)
    parts = ["—" if v is None else f"{v:+,.{places}f}" for v in values[1:-1]]
    return [f"{values[0]:,.{places}f}", *parts, f"{values[-1]:,.{places}f}"]


def cell_words(chart: Chart, lang: str) -> list[list[str]]:
    """What each cell of a heat map says: its label, else its number; "" for a missing value without a label."""
    form = f",.{decimals(chart, lang)}f"
    return [[label or ("" if value is None else f"{value:{form}}")
             for value, label in zip(row, series.labels or [None] * len(row), strict=True)]
            for series, row in zip(chart.series, shown(chart, lang), strict=True)]


def span(chart: Chart, lang: str) -> tuple[float, float]:
    """The ends of a heat map's scale: from zero, or from the lowest value where one is negative."""
    values = [v for row in shown(chart, lang) for v in row if v is not None]
    return min([0, *values]), max([0, *values]) or 1
