"""A chart for the screen, under our own template: title, subtitle, its shape, its menu."""

import plotly.graph_objects as go

from core.charts import points, shapes
from core.charts.axes import FONT, wrapped
from core.charts.description import Chart, subtitle
from core.charts.looks import INKS, PAPERS

TITLE, SUBTITLE = 42, 54  # letters across half a page of 1280 px
DRAWN = {"bar": shapes.bars, "barh": shapes.bars, "stacked": shapes.bars, "line": shapes.line, "heatmap": shapes.heatmap,
         "radar": shapes.radar, "waterfall": shapes.waterfall, "step": points.step, "point": points.point,
         "scatter": points.scatter}


def figure(chart: Chart, lang: str, dark: bool = False) -> go.Figure:
    """The chart for the screen, light or dark; user text is shown as text, a missing value is a gap."""
    traces, layout = DRAWN[chart.kind](chart, lang, dark)
    ink, paper = INKS[dark], PAPERS[dark]
    title, below = wrapped(chart.title, TITLE), wrapped(subtitle(chart, lang), SUBTITLE)
    lines = title.count("<br>")
    top = 58 + 26 * lines + 18 * below.count("<br>")
    lifted = 14 if lines else 0  # Plotly draws a title of several lines so much higher, however many they are
    margin = {"l": 16, "r": 24, "t": 12, "b": 16} | layout.pop("margin", {})
    height = layout.pop("height", 320)
    drawn = go.Figure(traces)
    drawn.update_layout(
        template="none", font={"family": FONT, "size": 14, "color": ink}, paper_bgcolor=paper, plot_bgcolor=paper,
        title={"text": f"<b>{title}</b>", "subtitle": {"text": below, "font": {"size": 14, "color": ink}},
               "font": {"size": 18}, "x": 0, "xref": "container", "pad": {"l": 12, "t": 12 + lifted}, "xanchor": "left",
               "y": 1, "yanchor": "top"},
        margin=margin | {"t": top + margin["t"]}, height=height + top - 58 + margin["t"],
        legend={"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "x": 0, "font": {"size": 14}},
        hoverlabel={"font": {"size": 14, "family": FONT}, "align": "left"})
    return drawn.update_layout(layout)


def config(picture: str = "png") -> dict:
    """The chart's own menu: its camera saves a picture (png at double size, or svg); nothing is sent anywhere."""
    return {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
            "toImageButtonOptions": {"format": picture, "filename": "tiejun-chart", "width": 1280, "height": 720,
                                     "scale": 2 if picture == "png" else 1}}
