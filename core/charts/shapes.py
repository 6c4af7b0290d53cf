"""Charts over named places as Plotly traces: bars, lines, heat map, radar, waterfall. Each function answers (traces, layout)
of (chart, language, dark)."""

import plotly.graph_objects as go

from core import text
from core.charts.axes import GRIDS, amounts, cells, downwards, labels, named, places, plain, wrapped
from core.charts.description import Chart, cell_words, decimals, floats, shown, span, written
from core.charts.looks import INKS, PAPERS, SHADES, Look, looks, loss, readable, shade

MOST_BARS = 24
LETTERS = 50  # of upright bars' labels side by side in half a page
ROW = 34
FLAT, LONGEST = 5, 18


def bars(chart: Chart, lang: str, dark: bool):
    """Bars from zero, upright, lying or stacked; one series' losses in the second colour."""
    rows, sideways = shown(chart, lang), chart.kind == "barh"
    drawn = [v for row in rows for v in row if v is not None]
    form = f",.{decimals(chart, lang)}f"
    said = [labels(values, form) if len(values) <= MOST_BARS else None for values in rows]
    if chart.kind == "bar" and sum(len(label) for row in said for label in row or []) > LETTERS:
        said[1:] = [None] * (len(said) - 1)  # two figures side by side would read as one
    traces = [_bar(chart, series, values, look, dark, words)
              for series, values, look, words in zip(chart.series, rows, looks(chart, dark), said, strict=True)]
    names = {"type": "category", "automargin": True, "tickfont": {"size": 14}}
    axis = amounts(dark, rangemode="tozero")
    if chart.unit == "count" and max(drawn, default=0) <= 5:
        axis["dtick"] = 1
    if sideways:
        least, most = min([0, *drawn]), max([0, *drawn])
        room = 0.2 * (most - least or 1)
        axis["range"] = [least - room if least < 0 else 0, most + room]
    axes = {"yaxis": names | {"autorange": "reversed"}, "xaxis": axis} if sideways else {"xaxis": names, "yaxis": axis}
    many = len(chart.series) > 1
    return traces, axes | {"barmode": "relative" if chart.kind == "stacked" else "group", "bargap": 0.3,
                           "showlegend": many, "margin": {"b": 44 if many else 16},
                           "height": max(320, 96 + 28 * len(chart.categories) * len(rows)) if sideways else 320}


def _bar(chart: Chart, series, values: list, look: Look, dark: bool, words: list | None) -> go.Bar:
    fills = [loss(dark) if len(chart.series) == 1 and v is not None and v < 0 else look.fill for v in values]
    names = [plain(c) for c in chart.categories]
    x, y = (values, names) if chart.kind == "barh" else (names, values)
    outlined = series.style in ("target", "previous")
    return go.Bar(name=plain(series.name), x=x, y=y, orientation="h" if chart.kind == "barh" else "v", cliponaxis=False,
                  text=words, textposition="outside", textfont={"size": 14},
                  insidetextfont={"size": 14, "color": readable(look.fill)},
                  marker={"color": look.fill if set(fills) <= {look.fill} else fills,
                          "line": {"color": look.colour, "width": 1.5 if outlined else 0},
                          "pattern": {"shape": look.pattern, "fgcolor": PAPERS[dark], "fillmode": "overlay", "solidity": 0.2}})


def line(chart: Chart, lang: str, dark: bool):
    """Lines over the categories in their order."""
    traces = [go.Scatter(name=plain(series.name), x=[plain(c) for c in chart.categories], y=values, mode="lines+markers",
                         line={"color": look.colour, "dash": look.dash, "width": 3}, connectgaps=False,
                         marker={"symbol": look.marker, "size": 9})
              for series, values, look in zip(chart.series, shown(chart, lang), looks(chart, dark), strict=True)]
    many = len(chart.series) > 1
    return traces, {"xaxis": {"type": "category", "automargin": True, "tickfont": {"size": 14}}, "yaxis": amounts(dark),
                    "showlegend": many, "margin": {"b": 44 if many else 16}}


def heatmap(chart: Chart, lang: str, dark: bool):
    """A cell for each series × category in one hue, its label or number written in it; an empty cell is the paper."""
    rows, (low, high) = shown(chart, lang), span(chart, lang)
    hover = [[f"{plain(series.name)} · {plain(name)}" for name in chart.categories] for series in chart.series]
    trace = go.Heatmap(z=rows, zmin=low, zmax=high, colorscale=[[0, SHADES[dark][0]], [1, SHADES[dark][1]]], xgap=2, ygap=2,
                       showscale=False, hoverongaps=False, text=hover,
                       hovertemplate="%{text}<br>%{z:,.2f}<extra></extra>")
    inks = [go.Scatter(x=[x for x, _, _ in found], y=[y for _, y, _ in found], mode="text", hoverinfo="skip", showlegend=False,
                       text=[words for _, _, words in found], textfont={"size": 14, "color": ink})
            for ink, found in _by_ink(rows, cell_words(chart, lang), low, high, dark).items()]
    longest = max(cells(name) for name in chart.categories)
    slant = 0 if longest <= FLAT else 6 * min(longest, LONGEST)
    return [trace, *inks], {
        "xaxis": places(chart.categories, LONGEST, side="top", range=[-0.5, len(chart.categories) - 0.5],
                        tickangle=-45 if slant else 0),
        "yaxis": downwards([series.name for series in chart.series]), "height": 90 + ROW * len(rows),
        "margin": {"t": 32 + (slant or 16), "r": 24 + slant}}


def _by_ink(rows: list, words: list, low: float, high: float, dark: bool) -> dict[str, list]:
    """(column, row, words) of each cell that says something, by the ink that is readable on it."""
    found: dict[str, list] = {}
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if words[y][x]:
                ink = INKS[dark] if value is None else shade((value - low) / (high - low), dark)[1]
                found.setdefault(ink, []).append((x, y, plain(words[y][x])))
    return found


def radar(chart: Chart, lang: str, dark: bool):
    """A closed line a series over the categories, clockwise from the top; a missing value breaks it."""
    rows, around = shown(chart, lang), [360 * i / len(chart.categories) for i in range(len(chart.categories))]
    most = max((v for row in rows for v in row if v is not None), default=1)
    traces = [go.Scatterpolar(name=plain(series.name), r=[*values, values[0]], theta=[*around, 0], mode="lines+markers",
                              connectgaps=False, line={"color": look.colour, "dash": look.dash, "width": 3},
                              marker={"symbol": look.marker, "size": 10},
                              text=[plain(c) for c in (*chart.categories, chart.categories[0])],
                              hovertemplate="%{text}<br>%{r:,.2f}<extra>%{fullData.name}</extra>")
              for series, values, look in zip(chart.series, rows, looks(chart, dark), strict=True)]
    line = {"gridcolor": GRIDS[dark], "linecolor": GRIDS[dark]}
    polar = {"bgcolor": PAPERS[dark],
             "radialaxis": line | {"range": [0, 1.08 * most], "angle": 90 - 180 / len(around), "tickangle": 0, "nticks": 5,
                                   "tickfont": {"size": 14}},
             "angularaxis": line | {"rotation": 90, "direction": "clockwise", "tickvals": around, "tickfont": {"size": 14},
                                    "ticktext": [wrapped(c, 14) for c in chart.categories]}}
    return traces, {"polar": polar, "height": 460, "showlegend": len(rows) > 1, "margin": {"l": 90, "r": 90, "t": 30, "b": 76}}


def waterfall(chart: Chart, lang: str, dark: bool):
    """How a figure came from start to end: the parts float, all lengths against the start; a loss in the second colour."""
    found, said = floats(chart, lang), written(chart, lang)
    look = looks(chart, dark)[0]
    fills = [look.fill if bar is None or bar[1] >= bar[0] else loss(dark) for bar in found]
    fills[-1] = INKS[dark]
    least, most = (end(v for bar in found if bar for v in bar) for end in (min, max))
    room = 0.2 * (most - least or 1)
    trace = go.Bar(orientation="h", y=list(range(len(found))), base=[bar[0] if bar else 0 for bar in found],
                   x=[round(bar[1] - bar[0], 6) if bar else None for bar in found], hovertext=said, hoverinfo="text",
                   marker={"color": fills, "pattern": {"shape": ["/" if fill == loss(dark) else "" for fill in fills],
                                                       "fgcolor": PAPERS[dark], "fillmode": "overlay", "solidity": 0.2}})
    notes = [{"x": max(bar) if bar else 0, "y": place, "text": f"<b>{label}</b>", "xanchor": "left", "xshift": 6,
              "showarrow": False, "font": {"size": 14}} for place, (bar, label) in enumerate(zip(found, said, strict=True))]
    return [trace], {"yaxis": downwards(chart.categories), "annotations": notes, "showlegend": False, "bargap": 0.35,
                     "xaxis": amounts(dark, range=[least - room / 4, most + room], zeroline=True, zerolinewidth=2,
                                      tickformat="+,", title=named(text.say("drawn.against_start", lang))),
                     "height": 130 + ROW * len(found)}
