"""Stages 4 and 5 of an upload: what saving would do, and saving."""

import pandas as pd
import streamlit as st

from core import consequences, importing, text
from core.importing import Upload
from core.importing.report import rejected_rows
from pages.frame import controls, show
from pages.frame.session import Session

COUNTS = ("rows", "inserted", "updated", "unchanged", "skipped", "rejected")


def consequences_of(look: Session, upload: Upload) -> frozenset[str]:
    """What saving would do to rows and key figures; answers the datasets whose period is to be replaced."""
    rows = [{look.say("column.dataset"): look.dataset(sheet.dataset), look.say("column.sheet"): sheet.sheet or sheet.file,
             **{look.say(f"column.{name}"): getattr(sheet, name) for name in COUNTS}}
            for sheet in upload.sheets if sheet.dataset]
    if not rows:
        st.caption(look.say("nothing_found"))
        return frozenset()
    show.table(look, pd.DataFrame(rows), show.counted(look), key="counts")
    replace = frozenset(name for name, gone in upload.gone.items() if gone.count and _gone(look, name, gone))
    period = consequences.touched_quarter(upload) or look.period
    if not replace and not any(sheet.inserted or sheet.updated for sheet in upload.sheets):
        st.caption(look.say("save.nothing_new" if not upload.errors else "consequences.nothing"))
    elif period:
        asked = (st.session_state["upload"][0], period.label, replace)
        if st.session_state.get("figures", (None,))[0] != asked:
            with st.spinner(look.say("consequences.working")):
                st.session_state["figures"] = (asked, consequences.of_saving(look.store, upload, period, replace))
        title = look.say("consequences.figures_valid" if upload.errors else "consequences.figures", quarter=period.label)
        figures(look, title, st.session_state["figures"][1])
    return replace


def figures(look: Session, title: str, compared: list[consequences.Figure]) -> None:
    """Key figures as cards: after, the change, and what they are now."""
    st.markdown(f"**{title}**")
    show.figures(look, [{"label": look.say(f"consequences.{figure.name}"), "value": look.number(figure.after, figure.unit),
                         "note": look.say("consequences.before", value=look.number(figure.before, figure.unit)),
                         "delta": _delta(look, figure)} for figure in compared])


def _delta(look: Session, figure: consequences.Figure) -> str | None:
    if text.missing(figure.before) or text.missing(figure.after):
        return None
    change = round(figure.after - figure.before, 2)
    return f"{'+' if change > 0 else '-'}{look.number(abs(change), figure.unit)}" if change else "±0"


def _gone(look: Session, name: str, gone) -> bool:
    """Says what is stored but no longer in the file; answers whether it shall end with this batch."""
    where = look.say("comma").join(filter(None, [*gone.months[:6], gone.shop, gone.team])) or look.say("consequences.gone_all")
    st.markdown(look.say("consequences.gone_of", dataset=look.dataset(name), count=f"{gone.count:,}", where=show.plain(where)))
    with st.expander(look.say("consequences.gone")):
        show.table(look, pd.DataFrame(gone.rows).rename(columns=look.field), key=f"gone_{name}")
    return bool(gone.months) and st.checkbox(look.say("consequences.replace", count=f"{gone.count:,}"), key=f"replace_{name}")


def saved(look: Session, upload: Upload, replace: frozenset[str]) -> int | None:
    """The save button; blocked by errors unless only the valid rows are asked for. Answers the batch once it is saved."""
    st.caption(look.say("save.means"))
    partly = bool(upload.errors) and st.checkbox(look.say("data.only_valid", count=upload.errors), key="only_valid")
    left_out = sum(sheet.rejected for sheet in upload.sheets if sheet.rejects)
    if left_out:
        rejected(look, lambda: show.book(look, rejected_rows(upload, look.lang)), left_out)
    blocked = bool(upload.errors) and not partly or not upload.staged
    if not st.button(look.say("data.save"), type="primary", disabled=blocked):
        return None
    back = show.book(look, rejected_rows(upload, look.lang)) if left_out else b""
    with st.spinner(look.say("save.working")):
        batch = importing.save(look.store, upload, accept_valid=partly, replace=replace)
    st.session_state["back"] = (back, left_out) if back else None
    return batch


def rejected(look: Session, book, rows: int, key: str = "rejected") -> None:
    """The rows that are not imported, with reasons, as a file."""
    st.download_button(look.say("save.rejected", rows=f"{rows:,}"), book, f"{look.say('save.rejected_name')}.xlsx",
                       controls.XLSX, key=key, on_click="ignore")
