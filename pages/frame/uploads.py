"""An upload in its five stages, as people read and decide it."""

import secrets
from pathlib import Path

import pandas as pd
import streamlit as st

from core import consequences, importing, text
from core.datasets import DATASETS
from core.exporting.corrected import Refused, corrected
from core.importing import Upload
from core.importing.report import rejected_rows
from pages.frame import controls, matching, show
from pages.frame.session import Session

COUNTS = ("rows", "inserted", "updated", "unchanged", "skipped", "rejected")
SEVERITIES = ("error", "warning", "note")
ENCODINGS = ("", "utf-8", "gb18030", "big5", "utf-16")
KINDS = ["xlsx", "xls", "csv", "tsv", "txt", "zip"]


def stages(look: Session) -> None:
    """The whole way from files to a saved batch, every stage visible."""
    handed = st.file_uploader(look.say("data.files"), type=KINDS, accept_multiple_files=True,
                              key=f"files{st.session_state.get('handed', 0)}")
    upload = _prepared(look, handed) if handed else _forget()
    _steps(look, upload)
    if upload is None:
        return
    _read(look, upload)
    _heading(look, "match")
    matching.stage(look, upload)
    _heading(look, "check")
    _check(look, upload, handed)
    _heading(look, "consequences")
    replace = _consequences(look, upload)
    _heading(look, "save")
    _save(look, upload, replace)


def _heading(look: Session, name: str) -> None:
    st.markdown(f"#### {look.say(f'stage.{name}')}")


def _steps(look: Session, upload: Upload | None) -> None:
    """The five stages in one row, each with where it stands."""
    said = dict.fromkeys(("read", "match", "check", "consequences", "save"), look.say("stage.waiting"))
    if upload:
        unsure, total = sum(sheet.unsure for sheet in upload.sheets), _sum(upload)
        said = {"read": look.say("stage.read_done", files=len({s.file for s in upload.sheets}), sheets=len(upload.sheets),
                                 rows=f"{total['rows']:,}"),
                "match": look.say("stage.match_open", sheets=unsure) if unsure else look.say("stage.match_done"),
                "check": look.say("stage.check_open", errors=upload.errors) if upload.errors else look.say("stage.check_done"),
                "consequences": look.say("stage.consequences_done", **total),
                "save": look.say("stage.save_blocked" if upload.errors or not upload.staged else "stage.save_ready")}
    for place, (name, words) in zip(st.columns(5), said.items(), strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f"**{look.say(f'stage.{name}')}**")
            st.caption(words)


def _sum(upload: Upload) -> dict[str, int]:
    return {name: sum(getattr(sheet, name) for sheet in upload.sheets) for name in COUNTS}


def _prepared(look: Session, handed) -> Upload:
    """The files handed in, read and checked but not saved; read again only when files or what was decided of them
    change. The uploaded bytes lie under names of our own and are dropped after reading."""
    decisions, encodings = st.session_state.get("decisions", {}), st.session_state.get("encodings", {})
    asked = (str(look.store.path), look.store.version(), look.lang, tuple(file.file_id for file in handed),
             repr(sorted(decisions.items())), repr(sorted(encodings.items())))
    if st.session_state.get("upload", (None,))[0] != asked:
        _forget("upload", "figures")
        st.session_state["upload"] = (asked, _reading(look, handed, decisions, encodings))
    return st.session_state["upload"][1]


def _forget(*names: str) -> None:
    """Drops what was read before and its staged rows, by default also what was decided of it."""
    if before := st.session_state.get("upload"):
        importing.discard(before[1])
    for name in names or ("upload", "figures", "decisions", "encodings"):
        st.session_state.pop(name, None)


def _reading(look: Session, handed, decisions: dict, encodings: dict) -> Upload:
    waiting = st.empty()
    with waiting.container():
        bar, files = st.progress(0.0, look.say("data.reading", file="")), []
        st.button(look.say("read.cancel"), on_click=_cancelled, args=(look.say("read.cancelled"),))
    try:
        for file in handed:
            path = look.store.stage_folder() / f"{secrets.token_hex(8)}{Path(file.name).suffix.lower()[:8]}"
            path.write_bytes(file.getbuffer())
            files.append((file.name, path))
        return importing.prepare(look.store, files, decisions=decisions, encodings=encodings, remembered=True, lang=look.lang,
                                 told=lambda done, name: bar.progress(min(done, 1.0), look.say("data.reading", file=name)))
    finally:
        for _, path in files:
            path.unlink(missing_ok=True)
        waiting.empty()


def _cancelled(said: str) -> None:
    """Runs before the page does again, which itself ends the reading; the files are taken back."""
    st.session_state["handed"] = st.session_state.get("handed", 0) + 1
    st.session_state["said"] = said


def _read(look: Session, upload: Upload) -> None:
    _heading(look, "read")
    show.table(look, pd.DataFrame([{
        look.say("column.file"): sheet.file, look.say("column.sheet"): sheet.sheet or "—",
        look.say("column.dataset"): look.dataset(sheet.dataset) if sheet.dataset else look.say("data.unknown"),
        look.say("column.header_row"): sheet.header_row, look.say("column.rows"): sheet.rows,
        look.say("column.encoding"): sheet.encoding or "—",
        look.say("column.ignored"): look.say("comma").join(sheet.ignored_columns) or "—",
        look.say("column.dropped"): look.say("comma").join(sheet.dropped_personal_columns) or "—"}
        for sheet in upload.sheets]), counted(look), key="found")
    for sheet in upload.sheets:
        if sheet.encoding and " › " not in sheet.file:
            _encoding(look, sheet)


def _encoding(look: Session, sheet) -> None:
    """A manual choice of the encoding, offered where the automatic one may be wrong or was overridden."""
    chosen = st.session_state.get("encodings", {}).get(sheet.file, "")
    if chosen or sheet.encoding == "gb18030" or any("encoding" in issue.code for issue in sheet.issues):
        key = f"encoding_{sheet.file}"
        st.selectbox(look.say("read.encoding", file=show.plain(sheet.file)), ENCODINGS, index=ENCODINGS.index(chosen), key=key,
                     format_func=lambda name: name or look.say("read.auto", encoding=sheet.encoding),
                     on_change=lambda: st.session_state.update(encodings=st.session_state.get("encodings", {})
                                                               | {sheet.file: st.session_state[key]}))


def _check(look: Session, upload: Upload, handed) -> None:
    """Every problem, grouped by what is wrong; a chosen group shows all its cells."""
    issues = [(sheet, issue) for sheet in upload.sheets for issue in sheet.issues]
    if not issues:
        st.caption(look.say("check.none"))
        return
    totals = {s: sum(issue.count for _, issue in issues if issue.severity == s) for s in SEVERITIES}
    st.caption(look.say("check.summary", errors=totals["error"], warnings=totals["warning"], notes=totals["note"]))
    groups = grouped(issues)
    chosen = show.table(look, pd.DataFrame([_group(look, key, found) for key, found in groups.items()]), counted(look),
                        key="groups", select=True)
    if chosen is not None and chosen < len(groups):
        show.table(look, problems(look, list(groups.values())[chosen]), counted(look), key="problems")
    _downloads(look, upload, issues, handed)


def grouped(issues: list) -> dict[tuple, list]:
    """(sheet, problem) pairs by severity, code, file, sheet and column; errors first, then by how many."""
    groups: dict[tuple, list] = {}
    for sheet, issue in issues:
        groups.setdefault((issue.severity, issue.code, sheet.file, sheet.sheet, issue.column), []).append((sheet, issue))
    return dict(sorted(groups.items(), key=lambda pair: (SEVERITIES.index(pair[0][0]), -sum(i.count for _, i in pair[1]))))


def _group(look: Session, key: tuple, found: list) -> dict:
    severity, _, file, sheet, column = key
    cells = [issue.cell.rpartition("!")[2] for _, issue in found if issue.cell]
    return {look.say("column.severity"): look.say(f"severity.{severity}"),
            look.say("column.count"): sum(issue.count for _, issue in found),
            look.say("column.column"): column or "—", look.say("column.message"): found[0][1].message,
            look.say("column.suggestion"): found[0][1].suggestion or "—",
            look.say("column.cells"): look.say("comma").join(cells[:8]) + (" …" if len(cells) > 8 else "") or "—",
            look.say("column.sheet"): sheet or file}


def problems(look: Session, found: list) -> pd.DataFrame:
    """(sheet, problem) pairs as a table with their cells."""
    return pd.DataFrame([{
        look.say("column.severity"): look.say(f"severity.{issue.severity}"), look.say("column.file"): sheet.file,
        look.say("column.cell"): issue.cell or "—", look.say("column.value"): issue.value or "—",
        look.say("column.message"): issue.message, look.say("column.suggestion"): issue.suggestion or "—",
        look.say("column.count"): issue.count} for sheet, issue in found])


def _downloads(look: Session, upload: Upload, issues: list, handed) -> None:
    """Each file with its bad cells marked, and the list of all problems."""
    for file in handed:
        marks = [(sheet.sheet, issue) for sheet, issue in issues if sheet.file == file.name and issue.cell]
        if any(issue.severity != "note" for _, issue in marks):
            encoding = next((sheet.encoding for sheet, _ in issues if sheet.file == file.name), "")
            st.download_button(look.say("check.workbook", file=show.plain(file.name)),
                               lambda file=file, marks=marks, encoding=encoding: _marked(look, file, marks, encoding),
                               f"{Path(file.name).stem}-{look.say('check.sheet')}.xlsx", controls.XLSX,
                               key=f"marked_{file.file_id}", on_click="ignore")
    st.download_button(look.say("check.list"), lambda: show.book(look, {look.say("check.sheet"): problems(look, issues)}),
                       f"{look.say('check.sheet')}.xlsx", controls.XLSX, key="list", on_click="ignore")


def _marked(look: Session, file, marks: list, encoding: str) -> bytes:
    path = look.store.stage_folder() / f"{secrets.token_hex(8)}{Path(file.name).suffix.lower()[:8]}"
    path.write_bytes(file.getbuffer())
    try:
        return corrected(file.name, path, marks, look.lang, encoding)
    except Refused:
        return show.book(look, {look.say("check.too_large", file=file.name)[:28]: pd.DataFrame(
            [(issue.cell, issue.message, issue.suggestion) for _, issue in marks])})
    finally:
        path.unlink(missing_ok=True)


def _consequences(look: Session, upload: Upload) -> frozenset[str]:
    """What saving would do to rows and key figures; answers the datasets whose period is to be replaced."""
    rows = [{look.say("column.dataset"): look.dataset(sheet.dataset), look.say("column.file"): sheet.sheet or sheet.file,
             **{look.say(f"column.{name}"): getattr(sheet, name) for name in COUNTS}}
            for sheet in upload.sheets if sheet.dataset]
    if not rows:
        st.caption(look.say("nothing_found"))
        return frozenset()
    show.table(look, pd.DataFrame(rows), counted(look), key="counts")
    replace = frozenset(name for name, gone in upload.gone.items() if gone.count and _gone(look, name, gone))
    period = consequences.touched_quarter(upload) or look.period
    if period and any(_sum(upload)[name] for name in ("inserted", "updated")) or replace:
        asked = (st.session_state["upload"][0], period.label, replace)
        if st.session_state.get("figures", (None,))[0] != asked:
            with st.spinner(look.say("consequences.working")):
                st.session_state["figures"] = (asked, consequences.of_saving(look.store, upload, period, replace))
        figures(look, look.say("consequences.figures", quarter=period.label), st.session_state["figures"][1])
    elif not upload.errors:
        st.caption(look.say("save.nothing_new"))
    return replace


def figures(look: Session, title: str, compared: list) -> None:
    """Key figures as cards: after, the change, and what they are now."""
    st.markdown(f"**{title}**")
    show.figures(look, [{"label": look.say(f"consequences.{figure.name}"), "value": look.number(figure.after, figure.unit),
                         "note": look.say("consequences.before", value=look.number(figure.before, figure.unit)),
                         "delta": _delta(look, figure)} for figure in compared])


def _delta(look: Session, figure) -> str | None:
    if text.missing(figure.before) or text.missing(figure.after):
        return None
    change = figure.after - figure.before
    return f"{'+' if change > 0 else '-'}{look.number(abs(change), figure.unit)}" if round(change, 2) else "±0"


def _gone(look: Session, name: str, gone) -> bool:
    """Says what is stored but no longer in the file; answers whether it shall end with this batch."""
    where = look.say("comma").join(filter(None, [*gone.months[:6], gone.shop, gone.team])) or look.say("consequences.gone_all")
    st.caption(look.say("consequences.gone_of", dataset=look.dataset(name), count=f"{gone.count:,}", where=show.plain(where)))
    with st.expander(look.say("consequences.gone")):
        show.table(look, pd.DataFrame(gone.rows).rename(columns=look.field), key=f"gone_{name}")
    return bool(gone.months) and st.checkbox(look.say("consequences.replace", count=f"{gone.count:,}"), key=f"replace_{name}")


def _save(look: Session, upload: Upload, replace: frozenset[str]) -> None:
    """The save button; blocked by errors unless only the valid rows are asked for."""
    st.caption(look.say("save.means"))
    partly = bool(upload.errors) and st.checkbox(look.say("data.only_valid", count=upload.errors), key="only_valid")
    left_out = sum(sheet.rejected for sheet in upload.sheets if sheet.rejects)
    if left_out:
        rejected(look, show.book(look, rejected_rows(upload, look.lang)), left_out)
    blocked = bool(upload.errors) and not partly or not upload.staged
    if st.button(look.say("data.save"), type="primary", disabled=blocked):
        back = show.book(look, rejected_rows(upload, look.lang)) if left_out else b""
        batch = importing.save(look.store, upload, accept_valid=partly, replace=replace)
        st.session_state["handed"] = st.session_state.get("handed", 0) + 1
        _forget()
        st.session_state["said"] = look.say("data.saved", batch=batch) if batch else look.say("data.refused")
        st.session_state["back"] = (back, left_out) if batch and back else None
        st.rerun()


def rejected(look: Session, book: bytes, rows: int, key: str = "rejected") -> None:
    """The rows that are not imported, with reasons, as a file."""
    st.download_button(look.say("save.rejected", rows=f"{rows:,}"), book, f"{look.say('save.rejected_name')}.xlsx",
                       controls.XLSX, key=key, on_click="ignore")


def counted(look: Session) -> dict[str, str]:
    """The columns of these tables that count rows."""
    return {look.say(f"column.{name}"): "count" for name in (*COUNTS, "count")}


def stored(look: Session, counts: dict[str, int]) -> pd.DataFrame:
    """Rows stored per dataset, and what the empty ones would add."""
    return pd.DataFrame([{
        look.say("column.dataset"): look.dataset(name), look.say("column.rows"): count,
        look.say("column.state"): look.say("data.there" if count else "data.absent"),
        look.say("column.adds"): DATASETS[name].adds[look.lang]} for name, count in counts.items()])
