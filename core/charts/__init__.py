"""One chart description → Plotly on screen; the slide takes the same scaled numbers (core/exporting/slides.py)."""

from core.charts.axes import FONT
from core.charts.description import Chart, Series, at_risk, decimals, scaled, shown, subtitle, table
from core.charts.looks import SERIES
from core.charts.screen import config, figure

__all__ = ["FONT", "SERIES", "Chart", "Series", "at_risk", "config", "decimals", "figure", "scaled", "shown", "subtitle", "table"]
