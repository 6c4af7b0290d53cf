"""How things are shown, the same on every page: sentence, figures, chart with its menu, table, footer, empty state."""

import re

import pandas as pd
import streamlit as st

from core import charts, text
from core.exporting import slides, workbook
from pages.frame import controls
from pages.frame.session import Session

GREY = "color: #767676"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def empty(look: Session, page: str) -> None:
    """What this page would show, which sheets fill it, and the ways to begin."""
    st.subheader(look.say("empty.title"))
    st.write(look.say(f"{page}.empty"))
    controls.start(look)


def sentence(words: str) -> None:
    st.subheader(words)


def heading(words: str) -> None:
    st.markdown(f"#### {words}")


def plain(words: str) -> str:
    """A user's text for a place that reads Markdown: it is shown as it is and can bring no link or picture."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>$~:&])", r"\\\1", str(words))


def change(look: Session, value, before, unit: str) -> str | None:
    """The change in signed words: percentage points for rates, per cent of it for money, how many more for counts; None
    without both."""
    if text.missing(value) or text.missing(before):
        return None
    if unit == "yuan":
        return look.say("change.ratio", change=_signed(100 * (value / before - 1), "%")) if before else None
    if unit == "count":
        return f"{value - before:+,.0f}" if round(value - before) else "±0"
    return look.say("change.points", change=_signed((value - before) * (100 if unit == "percent" else 1)))


def _signed(size: float, unit: str = "") -> str:
    return f"{size:+.1f}{unit}" if round(size, 1) else f"±0.0{unit}"


def figures(look: Session, cards: list[dict]) -> None:
    """Cards side by side: label, value, delta, good (higher|lower|None is neutral), note, certainty."""
    for place, card in zip(st.columns(len(cards)), cards, strict=True):
        with place.container(border=True, height="stretch"):
            against = card.get("against") if card.get("delta") else None
            st.metric(card["label"], card["value"], card.get("delta"), help=card.get("help"), delta_color=_colour(card),
                      delta_arrow=_arrow(card), delta_description=against)
            for note in filter(None, (card.get("note"), card.get("certainty"))):
                st.caption(note)


def _arrow(card: dict) -> str:
    return "off" if (card.get("delta") or "").startswith("±") else "auto"


def _colour(card: dict) -> str:
    """Blue for better, orange for worse: red would mean “up” to some readers."""
    if not card.get("delta") or not card.get("good") or card["delta"].startswith("±"):
        return "off"
    return "blue" if card["delta"].startswith("+") == (card["good"] == "higher") else "orange"


def chart(look: Session, drawn, data: pd.DataFrame | None = None) -> None:
    """A chart with its menu: its figures as a table, how they are made, the same chart as an editable slide, its figures (or
    the fuller table behind them) as a workbook, the picture's format."""
    name = f"chart_{abs(hash(drawn.title + drawn.subtitle))}"
    with st.container(border=True):
        dark = st.context.theme.type == "dark"
        picture = st.session_state.get(name + "picture", "png")
        st.plotly_chart(charts.figure(drawn, look.lang, dark), theme=None, config=charts.config(picture), key=name,
                        alt=drawn.alt)
        if drawn.note:
            st.caption(plain(drawn.note))
        with st.popover(look.say("menu.title")):
            _menu(look, drawn, data, name)


def _menu(look: Session, drawn, data: pd.DataFrame | None, name: str) -> None:
    frame = charts.table(drawn, look.lang) if data is None else data
    formats = _formats(drawn, frame) if data is None else {}
    table(look, frame, formats, key=name + "table")
    st.caption(plain(drawn.definition or drawn.subtitle))
    st.download_button(look.say("menu.slide"), lambda: slides.deck([drawn], look.lang), f"{drawn.title[:40]}.pptx", PPTX,
                       key=name + "slide", on_click="ignore")
    st.download_button(look.say("menu.data"), lambda: workbook.workbook(_sheets(look, drawn, frame), formats, look.lang),
                       f"{drawn.title[:40]}.xlsx", controls.XLSX, key=name + "data", on_click="ignore")
    st.caption(look.say("menu.picture"))
    st.segmented_control(look.say("menu.format"), ("png", "svg"), default="png", required=True,
                         format_func=str.upper, key=name + "picture", label_visibility="collapsed")


def _formats(drawn, frame: pd.DataFrame) -> dict[str, str]:
    """The chart's unit for every column of its values."""
    kind = drawn.unit if drawn.unit in ("percent", "yuan", "count") else "score"
    return {name: kind for name in frame.columns[1:]
            if pd.api.types.is_numeric_dtype(frame[name]) and name != drawn.x_title}


def _sheets(look: Session, drawn, frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    counted = charts.at_risk(drawn, look.lang)
    return {look.say("menu.sheet"): frame} | ({counted[0][0]: pd.DataFrame(counted[1:], columns=counted[0])} if counted else {})


def book(look: Session, sheets: dict[str, pd.DataFrame]) -> bytes:
    return workbook.workbook(sheets, {}, look.lang)


def table(look: Session, frame: pd.DataFrame, formats: dict[str, str] | None = None, *, key: str,
          select: bool = False, grey: list[bool] | None = None) -> int | None:
    """A table under its visible column names, formats by column (yuan, score, count, or wide for long texts), the rows `grey`
    names in grey; answers the chosen row."""
    if frame.empty:
        st.caption(look.say("nothing_found"))
        return None
    written = {"percent": "percent", "yuan": "%,.2f", "score": "%.2f", "count": "localized"}
    columns = {name: st.column_config.TextColumn(width="large") if kind == "wide" else
               st.column_config.NumberColumn(format=written[kind]) for name, kind in (formats or {}).items()}
    shown = frame if not grey else frame.style.apply(lambda row: [GREY if grey[row.name] else ""] * len(row), axis=1)
    chosen = st.dataframe(shown, hide_index=True, column_config=columns, key=key, placeholder="—",
                          on_select="rerun" if select else "ignore", selection_mode="single-row")
    return chosen.selection.rows[0] if select and chosen.selection.rows else None


def views(look: Session, page: str, drawn: dict, *known, named: str = "view") -> None:
    """A tab a view; the address names the one that is open, and only that one is drawn, from the session and what is `known`."""
    labels = {name: look.say(f"{page}.tab_{name}") for name in drawn}
    asked = st.query_params.get(named)
    # A key a language: what the tabs remember is a label. At first it is the one that the address names.
    key = f"{page}_{look.lang}"
    if key not in st.session_state and asked in labels:
        st.session_state[key] = labels[asked]
    tabs = st.tabs(list(labels.values()), key=key, on_change="rerun")
    for tab, (name, view) in zip(tabs, drawn.items(), strict=True):
        with tab:
            if tab.open:
                if asked != name:
                    st.query_params[named] = name
                view(look, *known)


def counted(look: Session) -> dict[str, str]:
    """The columns of uploads and tables that count rows."""
    names = ("rows", "inserted", "updated", "unchanged", "skipped", "rejected", "count")
    return {look.say(f"column.{name}"): "count" for name in names}


def missing(look: Session, datasets: list[str], what: str) -> None:
    """One line: what is missing and which sheets would fill it."""
    sheets = look.say("or").join(look.dataset(name) for name in datasets)
    stored = look.store.counts()
    st.info(look.say("missing_here" if any(stored[name] for name in datasets) else "missing", what=what, sheets=sheets))


def footer(look: Session, plan: dict) -> None:
    """Data as of the last batch, plan version, definitions in force."""
    live = [batch for batch in look.store.batches() if not batch["undone_at"]]
    st.caption(look.say("footer", batch=live[0]["batch"] if live else 0, version=plan.get("version", 0),
                        day=text.date(live[0]["saved_at"].date(), look.lang) if live else "—",
                        gmv=look.say(f"definition.gmv.{plan['definitions']['gmv']}"),
                        repurchase=look.say(f"definition.repurchase.{plan['definitions']['repurchase_rate']}")))
