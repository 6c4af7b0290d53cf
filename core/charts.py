"""One chart description → Plotly on screen; the slide takes the same scaled numbers (core/exporting/slides.py)."""

from dataclasses import dataclass

import plotly.graph_objects as go

SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
STYLES = {"actual": ("#0072B2", ""), "previous": ("#9CC7E2", ""), "target": ("#FFFFFF", ""), "scenario": ("#D55E00", "/")}
LOSS = SERIES[1]
FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, Arial, sans-serif"
SCALES = {"zh": ((1e8, "亿"), (1e4, "万")), "en": ((1e9, "B"), (1e6, "M"), (1e3, "K"))}
WORDS = {"yuan": {"zh": "元", "en": "¥"}, "percent": {"zh": "%", "en": "%"}, "count": {"zh": "", "en": ""},
         "points": {"zh": "分", "en": "points"}, "score": {"zh": "分", "en": "points"}}


@dataclass(frozen=True)
class Series:
    """A named row of values, one a category; None is missing and stays a gap."""

    name: str
    values: tuple
    style: str = "actual"


@dataclass(frozen=True)
class Chart:
    """What a chart says: kind bar, barh, line or stacked; title = the finding; subtitle = metric, unit, period, n."""

    kind: str
    title: str
    subtitle: str
    categories: tuple
    series: tuple[Series, ...]
    unit: str
    alt: str
    note: str = ""


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


def shown(chart: Chart, lang: str) -> list[list[float | None]]:
    """Each series' values in the chart's unit, as both screen and slide draw them."""
    factor, _ = scaled(chart, lang)
    return [[None if v is None else round(v * factor, 6) for v in series.values] for series in chart.series]


def decimals(chart: Chart, lang: str) -> int:
    """Places behind the point of the chart's labels: none for whole counts, two where all values are below ten."""
    values = [abs(v) for row in shown(chart, lang) for v in row if v is not None]
    if chart.unit == "count" and scaled(chart, lang)[0] == 1:
        return 0
    return 2 if max(values, default=0) < 10 else 1


def subtitle(chart: Chart, lang: str) -> str:
    """The subtitle with the unit the values are drawn in."""
    unit = scaled(chart, lang)[1]
    return f"{chart.subtitle}（{unit}）" if unit and lang == "zh" else f"{chart.subtitle} ({unit})" if unit else chart.subtitle


def figure(chart: Chart, lang: str, dark: bool = False) -> go.Figure:
    """The chart for the screen, under our own template."""
    ink, paper = ("#E8EDF2", "#14181D") if dark else ("#1F2933", "#FFFFFF")
    drawn, rows = go.Figure(), shown(chart, lang)
    values_drawn = [v for row in rows for v in row if v is not None]
    for series, values in zip(chart.series, rows, strict=True):
        drawn.add_trace(_trace(chart, series, values, ink, decimals(chart, lang)))
    sideways, bars = chart.kind == "barh", len(chart.categories) * len(chart.series)
    categories = {"type": "category", "automargin": True, "tickfont": {"size": 14}}
    amounts = {"gridcolor": "#33404D" if dark else "#E4E9EE", "zerolinecolor": ink, "automargin": True,
               "tickfont": {"size": 13}, "separatethousands": True}
    if chart.unit == "count" and max(values_drawn, default=0) <= 5:
        amounts["dtick"] = 1
    if chart.kind != "line":
        amounts["rangemode"] = "tozero"
    if sideways:
        amounts["range"] = [1.25 * min([0, *values_drawn]), 1.2 * max([0, *values_drawn]) or 1]
    axes = {"yaxis": categories | {"autorange": "reversed"}, "xaxis": amounts} if sideways else {"xaxis": categories,
                                                                                                 "yaxis": amounts}
    drawn.update_layout(
        template="none", font={"family": FONT, "size": 14, "color": ink}, paper_bgcolor=paper, plot_bgcolor=paper,
        title={"text": f"<b>{_plain(chart.title)}</b>", "subtitle": {"text": _plain(subtitle(chart, lang))},
               "font": {"size": 18}, "x": 0.01, "xanchor": "left", "y": 0.985, "yanchor": "top"},
        margin={"l": 16, "r": 24, "t": 64, "b": 16}, height=max(320, 96 + 28 * bars if sideways else 320),
        barmode="relative" if chart.kind == "stacked" else "group", bargap=0.3, showlegend=len(chart.series) > 1,
        legend={"orientation": "h", "y": -0.12}, hoverlabel={"font": {"size": 14}}, **axes)
    return drawn


def _plain(words: str) -> str:
    """Words as text: Plotly reads a few HTML tags, user text must not become one."""
    return words.replace("<", "‹").replace(">", "›")


def _trace(chart: Chart, series: Series, values: list, ink: str, places: int):
    colour, pattern = STYLES.get(series.style, STYLES["actual"])
    if chart.kind == "line":
        dash = {"target": "dot", "previous": "dash"}.get(series.style, "solid")
        line = {"color": ink if series.style == "target" else colour, "dash": dash, "width": 3}
        return go.Scatter(name=_plain(series.name), x=list(chart.categories), y=values, mode="lines+markers", line=line,
                          connectgaps=False)
    losing = [LOSS if v is not None and v < 0 else colour for v in values]
    outline = ink if series.style == "target" else colour
    names = [_plain(str(c)) for c in chart.categories]
    x, y = (values, names) if chart.kind == "barh" else (names, values)
    return go.Bar(name=_plain(series.name), x=x, y=y, orientation="h" if chart.kind == "barh" else "v", cliponaxis=False,
                  texttemplate=f"%{{value:,.{places}f}}" if len(values) <= 24 else None, textposition="outside",
                  marker={"color": losing, "line": {"color": outline, "width": 1.5 if series.style == "target" else 0},
                          "pattern": {"shape": pattern}})


def config(picture: str = "png") -> dict:
    """The chart's own menu: its camera saves a picture (png at double size, or svg); nothing is sent anywhere."""
    return {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
            "toImageButtonOptions": {"format": picture, "filename": "tiejun-chart", "width": 1280, "height": 720,
                                     "scale": 2 if picture == "png" else 1}}
