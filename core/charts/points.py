"""Charts of single points as Plotly traces: step lines, dots with whiskers, scatter. Each function answers (traces, layout)
of (chart, language, dark)."""

import plotly.graph_objects as go

from core.charts.axes import amounts, cells, downwards, labels, named, plain
from core.charts.description import Chart, at_risk, decimals, shown, steps
from core.charts.looks import PAPERS, Look, looks

LINE = 20
MOST_LABELS = 30


def step(chart: Chart, lang: str, dark: bool):
    """Step lines over a number, each in its band, named at its end, with the numbers at risk under the axis."""
    rows, lows, highs = (shown(chart, lang, of) for of in ("values", "low", "high"))
    traces, ends = [], []
    for series, values, low, high, look in zip(chart.series, rows, lows, highs, looks(chart, dark), strict=True):
        traces += [*_bands(series, low, high, look)]
        corners = steps(series.x, values)
        traces.append(go.Scatter(name=plain(series.name), x=[x for x, _ in corners], y=[y for _, y in corners], mode="lines",
                                 line={"color": look.colour, "dash": look.dash, "width": 3}, showlegend=False, connectgaps=False))
        last = next((corner for corner in reversed(corners) if corner[1] is not None), None)
        ends += [(*last, series.name, look.colour)] if last else []
    most = max((v for row in (*rows, *highs) for v in row if v is not None), default=1)
    wide = 8 * max(cells(series.name) for series in chart.series) + 20
    under = _under(chart, lang)
    return traces, {
        "xaxis": amounts(dark, tickvals=list(chart.categories), showgrid=False, zeroline=False,
                         range=[0, max(x for s in chart.series for x in s.x)], title=named(chart.x_title)),
        "yaxis": amounts(dark, range=[0, 1.04 * most], title=named(chart.y_title)), "showlegend": False,
        "annotations": [*_ends(ends, most, PAPERS[dark]), *under], "height": 360 + LINE * (len(rows) + 1 if under else 0),
        "margin": {"l": max(wide + 20, 100) if under else 16, "r": wide, "b": 70 + LINE * (len(rows) + 1) if under else 60}}


def _under(chart: Chart, lang: str) -> list[dict]:
    """The numbers at risk as lines of a table under the axis, each figure below its x."""
    rows = at_risk(chart, lang)
    place = {"y": 0, "yref": "paper", "yanchor": "top", "showarrow": False, "font": {"size": 14}}
    notes = []
    for number, (name, *counts) in enumerate(rows):
        down = place | {"yshift": -54 - LINE * number}
        notes.append(down | {"text": plain(name), "x": 0, "xref": "paper", "xanchor": "right", "xshift": -24})
        notes += [down | {"text": count, "x": x} for x, count in zip(chart.categories, counts, strict=True) if number]
    return notes


def _bands(series, low: list, high: list, look: Look):
    """The band between the lower and the upper steps, its edges thin lines."""
    for values, filled in ((low, None), (high, "tonexty")):
        corners = steps(series.x, values) if values else []
        if corners:
            yield go.Scatter(x=[x for x, _ in corners], y=[y for _, y in corners], mode="lines", hoverinfo="skip", fill=filled,
                             line={"color": look.colour, "width": 0.7, "dash": look.dash}, showlegend=False,
                             fillcolor=_thin(look.colour))


def _thin(colour: str) -> str:
    return "rgba({},{},{},0.13)".format(*(int(colour[at:at + 2], 16) for at in (1, 3, 5)))


def _ends(ends: list, most: float, paper: str) -> list[dict]:
    """Names beside the ends of their lines, moved apart where they would touch; none above the picture."""
    ends, places, apart = sorted(ends, key=lambda end: end[1]), [], 0.075 * most
    for _, y, _, _ in ends:
        places.append(max(y, places[-1] + apart) if places else y)
    places = [min(y, most - apart * above) for above, y in enumerate(reversed(places))][::-1]
    return [{"x": x, "y": y, "text": f"<b>{plain(name)}</b>", "xanchor": "left", "xshift": 6, "showarrow": False,
             "bgcolor": paper, "opacity": 0.8, "borderpad": 1, "font": {"color": colour, "size": 14}}
            for (x, _, name, colour), y in zip(ends, places, strict=True)]


def point(chart: Chart, lang: str, dark: bool):
    """A dot a category with its interval as a whisker, from top to bottom in the caller's order."""
    rows, lows, highs = (shown(chart, lang, of) for of in ("values", "low", "high"))
    traces = [_dots(chart, lang, place, values, low, high, look)
              for place, (values, low, high, look) in enumerate(zip(rows, lows, highs, looks(chart, dark), strict=True))]
    many, beside = len(rows) > 1, sum(series.style != "target" for series in chart.series)
    names = downwards(chart.categories, above=0.3)  # room for the first figure
    return traces, {"yaxis": names, "xaxis": amounts(dark, zeroline=True, zerolinewidth=1.5),
                    "scattermode": "group", "showlegend": many, "margin": {"b": 44 if many else 16, "r": 40},
                    "height": max(320, 110 + (24 + 22 * beside) * len(chart.categories))}


def _dots(chart: Chart, lang: str, place: int, values: list, low: list, high: list, look: Look) -> go.Scatter:
    """Dots with whiskers: the first series with its figures, targets on the first one's rows."""
    series, whisker = chart.series[place], None
    if low and high:
        whisker = {"type": "data", "symmetric": False, "color": look.colour, "thickness": 2, "width": 6,
                   "array": _beyond(values, high), "arrayminus": _beyond(low, values)}
    return go.Scatter(name=plain(series.name), x=values, y=list(range(len(values))), mode="markers+text", error_x=whisker,
                      orientation="h", marker={"symbol": look.marker, "size": 12, "color": look.colour}, cliponaxis=False,
                      offsetgroup="0" if series.style == "target" else str(place),
                      text=labels(values, f",.{decimals(chart, lang)}f") if place == 0 else None, textposition="top center",
                      textfont={"size": 14}, hovertext=_ranges(chart, lang, values, low, high), hoverinfo="name+text")


def _ranges(chart: Chart, lang: str, values: list, low: list, high: list) -> list[str]:
    form = f",.{decimals(chart, lang)}f"
    ends = zip(labels(low, form), labels(high, form), strict=True) if low and high else [("", "")] * len(values)
    return [f"{value} [{a}, {b}]" if a and b else value for value, (a, b) in zip(labels(values, form), ends, strict=True)]


def _beyond(low: list, high: list) -> list[float]:
    """How far the second lies beyond the first; 0 draws no whisker."""
    return [0 if a is None or b is None else round(b - a, 6) for a, b in zip(low, high, strict=True)]


def scatter(chart: Chart, lang: str, dark: bool):
    """A marker a point, named where the names have room; the others are named under the mouse."""
    room = roomy(chart, lang)
    traces = []
    for at, (series, values, look) in enumerate(zip(chart.series, shown(chart, lang), looks(chart, dark), strict=True)):
        names = [plain(label) for label in series.labels] or [plain(series.name)] * len(values)
        traces.append(go.Scatter(
            name=plain(series.name), x=list(series.x), y=values, mode="markers+text", hovertext=names, cliponaxis=False,
            text=[name if (at, place) in room else "" for place, name in enumerate(names)], textposition="middle right",
            textfont={"size": 14}, marker={"symbol": look.marker, "size": 11, "color": look.colour, "opacity": 0.85},
            hovertemplate=f"%{{hovertext}}<br>%{{x:,}} · %{{y:,.{decimals(chart, lang)}f}}<extra></extra>"))
    many = len(chart.series) > 1
    return traces, {"xaxis": amounts(dark, title=named(chart.x_title), zeroline=False),
                    "yaxis": amounts(dark, title=named(chart.y_title), zeroline=False), "showlegend": many,
                    "height": 400, "margin": {"r": 110, "b": 76 if many else 40}}


def roomy(chart: Chart, lang: str) -> set[tuple[int, int]]:
    """(series, place) of the labels that fit beside their points without touching another label or point."""
    rows = shown(chart, lang)
    every = [(s, p, series.x[p], rows[s][p]) for s, series in enumerate(chart.series) for p in range(len(series.x))
             if series.x[p] is not None and rows[s][p] is not None and series.labels]
    if not every:
        return set()
    wide, high = (max(v) - min(v) or 1 for v in zip(*((x, y) for _, _, x, y in every), strict=True))
    points = [((x - every[0][2]) / wide, (y - every[0][3]) / high) for _, _, x, y in every]
    kept, boxes = set(), []
    for (s, p, _, _), (x, y) in zip(every, points, strict=True):
        right = x + 0.016 * cells(chart.series[s].labels[p]) + 0.02
        touched = any(x < a < right and abs(b - y) < 0.05 for a, b in points) or any(
            x < end and begin < right and abs(at - y) < 0.06 for begin, end, at in boxes)
        if not touched and len(kept) < MOST_LABELS:
            kept.add((s, p))
            boxes.append((x, right, y))
    return kept
