"""Stage 2 of an upload: which dataset a sheet is, which column feeds which field, what an unknown word means."""

from dataclasses import asdict

import streamlit as st

from core.datasets import DATASETS, Column
from core.importing import Decision, Sheet, Upload
from pages.frame import show
from pages.frame.session import Session

LEFT_OUT = ""
MOST_WORDS = 30


def stage(look: Session, upload: Upload) -> None:
    """The sheets that need a decision, open; the others behind one line. Sheets with the same headers are one decision."""
    alike: dict[str, list[Sheet]] = {}
    for sheet in upload.sheets:
        if sheet.samples:
            alike.setdefault(sheet.key, []).append(sheet)
    unsure = [sheets for sheets in alike.values() if any(sheet.unsure for sheet in sheets)]
    for sheets in unsure:
        with st.container(border=True):
            _sheets(look, sheets)
    if sure := [sheets for sheets in alike.values() if sheets not in unsure]:
        with st.expander(look.say("match.all")):
            for sheets in sure:
                _sheets(look, sheets)


def _sheets(look: Session, sheets: list[Sheet]) -> None:
    sheet = max(sheets, key=lambda sheet: sheet.unsure)
    kind, sure = st.columns([2, 3], vertical_alignment="bottom")
    with kind:
        _dataset(look, sheet, look.say("comma").join(dict.fromkeys(each.sheet or each.file for each in sheets)))
    with sure:
        if sheet.remembered:
            st.caption(look.say("match.remembered"))
            st.button(look.say("match.forget"), key=_key(sheet, "forget"), on_click=_decide, args=(sheet.key, Decision()))
        elif sheet.missing_columns:
            st.caption(look.say("match.lacking", columns=look.say("comma").join(map(look.field, sheet.missing_columns))))
        elif sheet.dataset:
            st.caption(look.say("match.sure", confidence=f"{sheet.confidence:.0%}"))
    if sheet.dataset:
        _gross(look, sheet)
        for each in sheets:
            _own_values(look, each)
        _other_ways(look, sheet)
        _date_order(look, next((s for s in sheets if any(i.code == "ambiguous_dates" for i in s.issues)), sheet))
        _order_amount(look, next((s for s in sheets if any(i.code == "order_amount_repeated" for i in s.issues)), sheet))
        _words(look, sheets)
        _columns(look, sheet)


def _key(sheet: Sheet, *parts) -> str:
    return "_".join(["match", sheet.key[:16], *map(str, parts)])


def _decide(key: str | tuple, decision: Decision) -> None:
    st.session_state.setdefault("decisions", {})[key] = decision


def _changed(sheet: Sheet, part: str, name: str, key: str) -> None:
    """One answer of the user's becomes part of what was decided of sheets with these headers."""
    decided = asdict(sheet.decided)
    answer = st.session_state[key]
    if part == "dataset":
        decided = asdict(Decision(dataset=answer))
    elif part == "columns":
        taken = {header: field for header, field in decided["columns"].items() if field != answer or not answer}
        decided["columns"] = taken | {name: answer}
    elif part == "words":
        field, word = name.split("\0")
        words = decided["words"].get(field, {}) | {word: answer}
        decided["words"][field] = {word: choice for word, choice in words.items() if choice}
    else:
        decided["values"] = {k: v for k, v in (decided["values"] | {name: (answer or "").strip()}).items() if v}
    fields = {column.name for column in DATASETS[sheet.dataset].columns} if sheet.dataset else set()
    if part == "own":
        _decide((sheet.file, sheet.sheet), Decision(values={k: v for k, v in decided["values"].items() if k in fields}))
    else:
        decided["values"] = {k: v for k, v in decided["values"].items() if k not in fields}
        _decide(sheet.key, Decision(**decided))


def _dataset(look: Session, sheet: Sheet, named: str) -> None:
    key = _key(sheet, "dataset")
    options = [*DATASETS, LEFT_OUT]
    chosen = sheet.dataset or (LEFT_OUT if sheet.decided.dataset == LEFT_OUT else None)
    st.selectbox(look.say("match.taken_as", sheet=show.plain(named)), options, key=key,
                 index=options.index(chosen) if chosen is not None else None, placeholder=look.say("match.unknown"),
                 format_func=lambda name: look.dataset(name) if name else look.say("match.leave_out"),
                 on_change=_changed, args=(sheet, "dataset", "", key))


def _gross(look: Session, sheet: Sheet) -> None:
    """The user says which of two columns was paid, where one equals the other plus the refund."""
    if not sheet.gross:
        return
    net = next(header for header, field in sheet.mapping.items() if field == "paid_amount")
    key = _key(sheet, "gross")
    said = {sheet.gross: look.say("match.gross_choice", value=sheet.gross), net: look.say("match.net_choice", column=net)}
    st.radio(look.say("match.gross", value=show.plain(sheet.gross), column=show.plain(net)), [sheet.gross, net], index=None,
             format_func=said.get, key=key, on_change=_paid, args=(sheet, key))


def _paid(sheet: Sheet, key: str) -> None:
    decided = asdict(sheet.decided)
    decided["columns"] |= {st.session_state[key]: "paid_amount"}
    _decide(sheet.key, Decision(**decided))


def _own_values(look: Session, sheet: Sheet) -> None:
    """One value for each column that a file lacks, asked file by file, as two files of the same headers may be two teams;
    also for the team of orders, which the ownership table may give."""
    if not sheet.dataset:
        return
    columns = {column.name: column for column in DATASETS[sheet.dataset].columns}
    told = [name for name in sheet.decided.values if name in columns]
    unowned = ["team_id"] if _without_team(sheet) else []
    for column in (columns[name] for name in dict.fromkeys([*sheet.missing_columns, *told, *unowned])):
        key, value = _key(sheet, "own", column.name, sheet.file, sheet.sheet), sheet.decided.values.get(column.name, "")
        label = look.say("match.own_value", column=look.field(column.name), sheet=show.plain(sheet.sheet or sheet.file))
        changed = {"key": key, "on_change": _changed, "args": (sheet, "own", column.name, key)}
        if column.choices:
            options = ["", *column.choices]
            st.selectbox(label, options, index=options.index(value) if value in options else 0, **changed,
                         format_func=lambda name, column=column: column.choices[name][look.lang] if name else "—")
        else:
            st.text_input(label, value, **changed)


def _without_team(sheet: Sheet) -> bool:
    return sheet.dataset == "orders" and "team_id" not in sheet.mapping.values()


def _other_ways(look: Session, sheet: Sheet) -> None:
    """What would do instead of one value for a whole sheet."""
    if "team_id" in sheet.missing_columns or _without_team(sheet):
        st.caption(look.say("match.or_ownership"))
    if "paid_amount" in sheet.missing_columns:
        st.caption(look.say("match.computed"))


def _date_order(look: Session, sheet: Sheet) -> None:
    """Asks whether day or month comes first, where no column of the sheet tells."""
    if any(issue.code == "ambiguous_dates" for issue in sheet.issues) or "date_order" in sheet.decided.values:
        key, orders = _key(sheet, "date_order"), ("dmy", "mdy")
        order = sheet.decided.values.get("date_order")
        st.radio(look.say("data.date_order"), orders, index=orders.index(order) if order else None, horizontal=True,
                 key=key, format_func=lambda order: look.say(f"data.{order}"), on_change=_changed,
                 args=(sheet, "values", "date_order", key))


def _order_amount(look: Session, sheet: Sheet) -> None:
    """Asks whether an amount that all lines of an order repeat is the order's or the line's."""
    answer = sheet.decided.values.get("order_amount")
    if answer or any(issue.code == "order_amount_repeated" for issue in sheet.issues):
        key, answers = _key(sheet, "order_amount"), ("once", "each")
        paid = next((header for header, field in sheet.mapping.items() if field == "paid_amount"), "")
        st.radio(look.say("match.order_amount", column=show.plain(paid)), answers, key=key,
                 index=answers.index(answer) if answer in answers else None,
                 format_func=lambda name: look.say(f"match.{name}"), on_change=_changed,
                 args=(sheet, "values", "order_amount", key))


def _words(look: Session, sheets: list[Sheet]) -> None:
    """What each word means that is none of a column's choices."""
    counts: dict[tuple[str, str], int] = {}
    for sheet in sheets:
        told = {(field, word): 0 for field, words in sheet.decided.words.items() for word in words}
        unread = {(field, word): count for field, words in sheet.words.items() for word, count in words.items()}
        for said, count in (told | unread).items():
            counts[said] = counts.get(said, 0) + count
    for (field, word), count in list(counts.items())[:MOST_WORDS]:
        _word(look, sheets[0], DATASETS[sheets[0].dataset].column(field), word, count)


def _word(look: Session, sheet: Sheet, column: Column, word: str, count: int) -> None:
    key, options = _key(sheet, "word", column.name, word), ["", *column.choices]
    chosen = sheet.decided.words.get(column.name, {}).get(word, "")
    st.selectbox(look.say("match.word", column=look.field(column.name), word=show.plain(word), count=count or "—"), options,
                 index=options.index(chosen), key=key, on_change=_changed,
                 format_func=lambda name: column.choices[name][look.lang] if name else look.say("match.open"),
                 args=(sheet, "words", f"{column.name}\0{word}", key))


def _columns(look: Session, sheet: Sheet) -> None:
    """Every header with a few of its values and the field that it feeds; no two headers feed one field."""
    fields = ["", *(column.name for column in DATASETS[sheet.dataset].columns)]
    with st.expander(look.say("match.details", columns=len(sheet.samples)), expanded="near" in sheet.how.values()):
        for i, (header, cells) in enumerate(sheet.samples.items()):
            name, values, field = st.columns([2, 3, 2], vertical_alignment="center")
            name.markdown(show.plain(header))
            values.caption(show.plain(look.say("comma").join(cells) or "—"))
            key = _key(sheet, "column", i, sheet.mapping.get(header, ""))
            field.selectbox(look.say("match.field"), fields, index=fields.index(sheet.mapping.get(header, "")), key=key,
                            format_func=lambda name: look.field(name) if name else look.say("match.nothing"),
                            label_visibility="collapsed", on_change=_changed, args=(sheet, "columns", header, key))
            if sheet.how.get(header) == "near":
                field.caption(look.say("match.near"))
