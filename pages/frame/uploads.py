"""An upload in its five stages, as people read and decide it."""

import pandas as pd
import streamlit as st

from core import importing
from core.importing import Sheet, Upload
from pages.frame import checking, matching, saving, show
from pages.frame.session import Session

ENCODINGS = ("", "utf-8", "gb18030", "big5", "utf-16")
KINDS = ["xlsx", "xls", "csv", "tsv", "txt", "zip"]


def stages(look: Session) -> None:
    """The whole way from files to a saved batch, every stage visible."""
    handed = st.file_uploader(look.say("data.files"), type=KINDS, accept_multiple_files=True,
                              key=f"files{st.session_state.get('handed', 0)}")
    # Steps and progress keep their places, so that nothing jumps while a long file is read.
    steps, work = st.empty(), st.empty()
    upload = _prepared(look, handed, steps, work) if handed else _forget()
    _steps(look, steps, upload)
    if upload is None:
        return
    show.heading(look.say("stage.read"))
    _read(look, upload)
    show.heading(look.say("stage.match"))
    matching.stage(look, upload)
    show.heading(look.say("stage.check"))
    checking.stage(look, upload, handed)
    show.heading(look.say("stage.consequences"))
    replace = saving.consequences_of(look, upload)
    show.heading(look.say("stage.save"))
    if batch := saving.saved(look, upload, replace):
        _forget()
        st.session_state["handed"] = st.session_state.get("handed", 0) + 1
        st.session_state["said"] = look.say("data.saved", batch=batch)
        st.rerun()


def _steps(look: Session, place, upload: Upload | None, state: str = "waiting") -> None:
    """The five stages in one row, each with where it stands."""
    said = dict.fromkeys(("read", "match", "check", "consequences", "save"), look.say(f"stage.{state}"))
    if upload:
        unsure = sum(sheet.unsure for sheet in upload.sheets)
        rows, inserted, updated = (sum(getattr(s, n) for s in upload.sheets) for n in ("rows", "inserted", "updated"))
        said = {"read": look.say("stage.read_done", files=len({s.file for s in upload.sheets}), sheets=len(upload.sheets),
                                 rows=f"{rows:,}"),
                "match": look.say("stage.match_open", sheets=unsure) if unsure else look.say("stage.match_done"),
                "check": look.say("stage.check_open", errors=upload.errors) if upload.errors else look.say("stage.check_done"),
                "consequences": look.say("stage.consequences_done", inserted=f"{inserted:,}", updated=f"{updated:,}"),
                "save": look.say("stage.save_blocked" if upload.errors or not upload.staged else "stage.save_ready")}
    for column, (name, words) in zip(place.columns(5), said.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{look.say(f'stage.{name}')}**")
            st.caption(words)


def _prepared(look: Session, handed, steps, work) -> Upload:
    """The files handed in, read and checked but not saved; read again only when files or what was decided of them
    change. The uploaded bytes lie under names of our own and are dropped after reading."""
    decisions, encodings = st.session_state.get("decisions", {}), st.session_state.get("encodings", {})
    asked = (str(look.store.path), look.store.version(), look.lang, tuple(file.file_id for file in handed),
             repr(sorted(decisions.items())), repr(sorted(encodings.items())), st.session_state.get("added", ""))
    if st.session_state.get("upload", (None,))[0] != asked:
        _forget("upload", "figures")
        _steps(look, steps, None, "working")
        st.session_state["upload"] = (asked, _reading(look, work, handed, decisions, encodings))
    return st.session_state["upload"][1]


def _forget(*names: str) -> None:
    """Drops what was read before and its staged rows, by default also what was decided of it."""
    if before := st.session_state.get("upload"):
        importing.discard(before[1])
    for name in names or ("upload", "figures", "decisions", "encodings", "added"):
        st.session_state.pop(name, None)


def _reading(look: Session, work, handed, decisions: dict, encodings: dict) -> Upload:
    with work.container():
        bar, files = st.progress(0.0, look.say("data.reading", file="")), []
        st.button(look.say("read.cancel"), on_click=_cancelled, args=(look.say("read.cancelled"),))
    names = importing.told_apart([file.name for file in handed])
    given = [(name, file.getbuffer()) for name, file in zip(names, handed, strict=True)]
    added = [(f"{look.say('offer.file')} {name}.csv", said.encode()) for name, said in checking.added().items()]
    try:
        for name, content in given + added:
            files.append((name, importing.lay(look.store, name, content)))
        return importing.prepare(look.store, files, decisions=decisions, encodings=encodings, remembered=True, lang=look.lang,
                                 told=lambda done, name: bar.progress(min(done, 1.0), look.say("data.reading", file=name)))
    finally:
        for _, path in files:
            path.unlink(missing_ok=True)
        work.empty()


def _cancelled(said: str) -> None:
    """Runs before the page does again, which itself ends the reading; the files are taken back."""
    st.session_state["handed"] = st.session_state.get("handed", 0) + 1
    st.session_state["said"] = said


def _read(look: Session, upload: Upload) -> None:
    """What each sheet was taken for, and a manual choice of the encoding where the automatic one may be wrong."""
    show.table(look, pd.DataFrame([{
        look.say("column.file"): sheet.file, look.say("column.sheet"): sheet.sheet or "—",
        look.say("column.dataset"): look.dataset(sheet.dataset) if sheet.dataset else look.say("data.unknown"),
        look.say("column.header_row"): sheet.header_row, look.say("column.rows"): sheet.rows,
        look.say("column.encoding"): sheet.encoding or "—",
        look.say("column.ignored"): look.say("comma").join(sheet.ignored_columns) or "—",
        look.say("column.dropped"): look.say("comma").join(sheet.dropped_personal_columns) or "—"}
        for sheet in upload.sheets]), show.counted(look), key="found")
    for sheet in upload.sheets:
        chosen = st.session_state.get("encodings", {}).get(sheet.file, "")
        doubtful = chosen or sheet.encoding == "gb18030" or any("encoding" in issue.code for issue in sheet.issues)
        if doubtful and not sheet.sheet and " › " not in sheet.file:
            _encoding(look, sheet, chosen)


def _encoding(look: Session, sheet: Sheet, chosen: str) -> None:
    key = f"encoding_{sheet.file}"
    st.selectbox(look.say("read.encoding", file=show.plain(sheet.file)), ENCODINGS, index=ENCODINGS.index(chosen), key=key,
                 format_func=lambda name: name or look.say("read.auto", encoding=sheet.encoding or "—"),
                 on_change=_decoded, args=(sheet.file, key))


def _decoded(file: str, key: str) -> None:
    others = {name: used for name, used in st.session_state.get("encodings", {}).items() if name != file}
    st.session_state["encodings"] = others | ({file: st.session_state[key]} if st.session_state[key] else {})


def stored(look: Session, counts: dict[str, int]) -> pd.DataFrame:
    """Rows stored per dataset, and what the empty ones would add."""
    return pd.DataFrame([{
        look.say("column.dataset"): look.dataset(name), look.say("column.rows"): count,
        look.say("column.state"): look.say("data.there" if count else "data.absent"),
        look.say("column.adds"): look.adds(name)} for name, count in counts.items()])
