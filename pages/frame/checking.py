"""Stage 3 of an upload: every problem by what is wrong, the ways to mend it, and who is offered as new."""

import csv
import io
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from core import importing
from core.datasets import DATASETS, Column
from core.exporting.corrected import Refused, corrected
from core.importing import Upload
from pages.frame import controls, show
from pages.frame.session import Session

SEVERITIES = ("error", "warning", "note")
OFFERED = {"teams": "unknown_team", "employees": "unknown_employee"}
MOST_OFFERED = 12
# Pixels of a problem table, together what a page of 1,440 has; a row holds four lines.
WIDTHS = {"severity": 76, "count": 52, "sheet": 104, "file": 104, "cells": 88, "cell": 88, "value": 88, "message": 324,
          "suggestion": 300}
ROW, HEADER, TALLEST = 96, 40, 720


def stage(look: Session, upload: Upload, handed) -> None:
    """Every problem, grouped by what is wrong; a chosen group shows all its cells."""
    issues = [(sheet, issue) for sheet in upload.sheets for issue in sheet.issues]
    if not issues:
        st.caption(look.say("check.none"))
        return
    totals = {s: sum(issue.count for _, issue in issues if issue.severity == s) for s in SEVERITIES}
    st.caption(look.say("check.summary", errors=totals["error"], warnings=totals["warning"], notes=totals["note"]))
    groups = _grouped(issues)
    chosen = _table(look, pd.DataFrame([_group(look, key, found) for key, found in groups.items()]), "groups", select=True)
    if chosen is not None and chosen < len(groups):
        cells = _cells(look, list(groups.values())[chosen])
        _table(look, cells.drop(columns=look.say("column.severity")), "problems")
    _downloads(look, upload, issues, handed)
    for dataset, code in OFFERED.items():
        ids = list(dict.fromkeys(issue.value for _, issue in issues if issue.code.startswith(code)))
        if ids:
            _offer(look, dataset, ids)


def _table(look: Session, frame: pd.DataFrame, key: str, select: bool = False) -> int | None:
    """A table of problems that can be read without scrolling sideways: long sentences break into lines; answers the chosen
    row."""
    widths = {look.say(f"column.{name}"): st.column_config.Column(width=width) for name, width in WIDTHS.items()}
    height = min(TALLEST, ROW * len(frame) + HEADER)
    shown = st.dataframe(frame, hide_index=True, column_config={n: w for n, w in widths.items() if n in frame}, key=key,
                         row_height=ROW, height=height, placeholder="—", selection_mode="single-row",
                         on_select="rerun" if select else "ignore")
    return shown.selection.rows[0] if select and shown.selection.rows else None


def _grouped(issues: list) -> dict[tuple, list]:
    """(sheet, problem) pairs by severity, code, file, sheet and column; errors first, then by how many."""
    groups: dict[tuple, list] = {}
    for sheet, issue in issues:
        groups.setdefault((issue.severity, issue.code, sheet.file, sheet.sheet, issue.column), []).append((sheet, issue))
    return dict(sorted(groups.items(), key=lambda pair: (SEVERITIES.index(pair[0][0]), -sum(i.count for _, i in pair[1]))))


def _group(look: Session, key: tuple, found: list) -> dict:
    severity, _, file, sheet, _ = key
    cells = [issue.cell.rpartition("!")[2] for _, issue in found if issue.cell]
    return {look.say("column.severity"): look.say(f"severity.{severity}"),
            look.say("column.count"): sum(issue.count for _, issue in found), look.say("column.sheet"): sheet or file,
            look.say("column.cells"): look.say("comma").join(cells[:6]) + (" …" if len(cells) > 6 else "") or "—",
            look.say("column.message"): found[0][1].message, look.say("column.suggestion"): found[0][1].suggestion or "—"}


def _cells(look: Session, found: list) -> pd.DataFrame:
    """(sheet, problem) pairs as a table with their cells."""
    return pd.DataFrame([{
        look.say("column.severity"): look.say(f"severity.{issue.severity}"), look.say("column.file"): sheet.file,
        look.say("column.cell"): issue.cell or "—", look.say("column.value"): issue.value or "—",
        look.say("column.message"): issue.message, look.say("column.suggestion"): issue.suggestion or "—",
        look.say("column.count"): issue.count} for sheet, issue in found])


def _downloads(look: Session, upload: Upload, issues: list, handed) -> None:
    """Each file with its bad cells marked, and the list of all problems."""
    for name, file in zip(importing.told_apart([file.name for file in handed]), handed, strict=True):
        marks = [(sheet.sheet, issue) for sheet, issue in issues if sheet.file == name]
        if any(issue.cell and issue.severity != "note" for _, issue in marks):
            encoding = next((sheet.encoding for sheet, _ in issues if sheet.file == name), "")
            st.download_button(look.say("check.workbook", file=show.plain(name)),
                               lambda file=file, marks=marks, encoding=encoding: _marked(look, file, marks, encoding),
                               f"{Path(name).stem}-{look.say('check.sheet')}.xlsx", controls.XLSX, type="primary",
                               key=f"marked_{file.file_id}", on_click="ignore")
    st.download_button(look.say("check.list"), lambda: show.book(look, {look.say("check.sheet"): _cells(look, issues)}),
                       f"{look.say('check.sheet')}.xlsx", controls.XLSX, key="list", on_click="ignore")


def _marked(look: Session, file, marks: list, encoding: str) -> bytes:
    """The uploaded workbook with its bad cells marked; where it is too large for that, the list alone."""
    path = importing.lay(look.store, file.name, file.getbuffer())
    try:
        return corrected(file.name, path, marks, look.lang, encoding)
    except Refused:
        return show.book(look, {look.say("check.sheet"): pd.DataFrame(
            [(look.say("check.too_large", file=file.name), "", ""),
             *((issue.cell, issue.message, issue.suggestion) for _, issue in marks)])})
    finally:
        path.unlink(missing_ok=True)


def added() -> dict[str, str]:
    """Rows that were written on the page for this upload: dataset → CSV, empty where there are none."""
    rows, written = st.session_state.get("added") or (), {}
    for dataset in OFFERED:
        mine = [dict(row) for name, row in rows if name == dataset]
        if mine:
            text = io.StringIO()
            table = csv.DictWriter(text, list(mine[0]))
            table.writeheader()
            table.writerows(mine)
            written[dataset] = text.getvalue()
    return written


def _offer(look: Session, dataset: str, ids: list[str]) -> None:
    """Ids that nobody told us of yet, to be added with this upload; nothing is made unless the user says so."""
    key, *columns = [c for c in DATASETS[dataset].columns if c.required]
    with st.expander(look.say(f"offer.{dataset}", count=len(ids))), st.form(f"offer_{dataset}", border=False):
        st.caption(look.say("offer.means", most=MOST_OFFERED))
        rows = []
        for id_ in ids[:MOST_OFFERED]:
            places = st.columns([1, *[1] * len(columns)], vertical_alignment="bottom")
            wanted = places[0].checkbox(show.plain(id_), key=f"offer_{dataset}_{id_}")
            said = {c.name: _asked(look, place, c, f"offer_{dataset}_{id_}_{c.name}")
                    for c, place in zip(columns, places[1:], strict=True)}
            if wanted:
                rows.append((dataset, tuple({key.name: id_, **said}.items())))
        if st.form_submit_button(look.say("offer.add")) and rows:
            st.session_state["added"] = (st.session_state.get("added") or ()) + tuple(rows)
            st.rerun()


def _asked(look: Session, place, column: Column, key: str) -> str:
    label = look.field(column.name)
    if column.choices:
        return place.selectbox(label, list(column.choices), key=key, format_func=lambda name: column.choices[name][look.lang])
    if column.type == "date":
        return str(place.date_input(label, date.today(), key=key))
    return place.text_input(label, key=key).strip()
