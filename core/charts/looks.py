"""How series and cells look, in light and in dark: colour, and what tells them apart without it. The same on slides."""

from typing import NamedTuple

from core.charts.description import Chart

SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
ON_DARK = ("#56B4E9", "#F0894A", "#2CB98A", "#E0A0C8", "#E8EDF2")
REST = ("#767676", "#9AA5B1")
LIGHTER = ("#9CC7E2", "#2F7FB0")
INKS, PAPERS = ("#1F2933", "#E8EDF2"), ("#FFFFFF", "#14181D")
SHADES = (("#EAF3FA", "#00456E"), ("#1D2E3C", "#A6D8F7"))
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
MARKERS = ("circle", "square", "diamond", "triangle-up", "x")
PATTERNS = ("", "\\", "x", ".", "-")


class Look(NamedTuple):
    """How a series looks: its colour, and what tells it apart without colour."""

    colour: str
    fill: str
    dash: str
    marker: str
    pattern: str


def looks(chart: Chart, dark: bool = False) -> list[Look]:
    """A look for each series: actual ones by their place among the actual ones, five in colour and the rest grey."""
    colours, found, place = ON_DARK if dark else SERIES, [], 0
    ink, paper, lighter = INKS[dark], PAPERS[dark], LIGHTER[dark]
    for series in chart.series:
        if series.style == "previous":
            found.append(Look(colours[0] if dark else "#4F93C2", lighter, "dash", "circle-open", ""))
        elif series.style == "target":
            found.append(Look(ink, paper, "dot", "diamond-open", ""))
        elif series.style == "scenario":
            found.append(Look(colours[1], colours[1], "dashdot", "square", "/"))
        else:
            colour = colours[place] if place < len(colours) else REST[dark]
            found.append(Look(colour, colour, DASHES[place % 5], MARKERS[place % 5], PATTERNS[place % 5]))
            place += 1
    return found


def loss(dark: bool = False) -> str:
    """The colour of what falls: never alone, its sign or pattern says the same."""
    return (ON_DARK if dark else SERIES)[1]


def shade(share: float, dark: bool = False) -> tuple[str, str]:
    """(colour, ink) of a heat map's cell whose value lies at this share (0–1) of the scale; the ink is the more readable."""
    low, high = (_channels(colour) for colour in SHADES[dark])
    cell = "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in zip(low, high, strict=True))
    return cell, readable(cell)


def readable(colour: str) -> str:
    """The ink, white or black, that is read best on a colour."""
    return max("#FFFFFF", "#000000", key=lambda ink: contrast(colour, ink))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG)."""
    low, high = sorted(_light(_channels(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def _light(channels: list[int]) -> float:
    linear = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> list[int]:
    return [int(colour[at:at + 2], 16) for at in (1, 3, 5)]
