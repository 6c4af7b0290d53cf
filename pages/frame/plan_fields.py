"""One widget for each type of field of a plan: it shows the draft's value and writes what is entered back into it."""

from datetime import date

import pandas as pd
import streamlit as st

from core.metrics import METRICS
from core.plan import values
from core.plan.fields import Field
from core.plan.problems import entry_name
from pages.frame import plan_draft as drafts
from pages.frame.session import Session

EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
TABLES = {"card": "scorecards", "post_card": "scorecards", "cards": "scorecards", "role": "roles", "phase": "phases",
          "phases": "phases"}


def form(look: Session, draft: dict, address: tuple, fields: list[Field], columns: int = 2) -> None:
    """The fields of one entry, side by side."""
    for start in range(0, len(fields), columns):
        for place, field in zip(st.columns(columns), fields[start:start + columns], strict=False):
            with place:
                widget(look, draft, (*address, field.name), field)


def widget(look: Session, draft: dict, address: tuple, field: Field) -> None:
    """The widget of one field."""
    if field.choices and len(field.choices) == 1 and field.required:
        return
    DRAWN.get(field.type, _choice)(look, draft, address, field)


def _write(draft: dict, address: tuple, key: str, read) -> None:
    drafts.put(draft, address, read(st.session_state[key]))


def _bound(draft: dict, address: tuple, shown, read) -> dict:
    """What a widget takes to show a value and to write what is entered."""
    key = drafts.key(draft, *address)
    st.session_state[key] = shown
    return {"key": key, "on_change": _write, "args": (draft, address, key, read)}


def _number(look: Session, draft: dict, address: tuple, field: Field) -> None:
    value, scale = drafts.get(draft["plan"], address, field.default), 100 if field.type == "share" else 1
    shown = round(float(value) * scale, 9) if values.is_number(value) else None
    label = f"{field.label(look.lang)} (%)" if field.type == "share" else field.label(look.lang)
    st.number_input(label, value=None if shown is None else "min", step=1.0, format="%.10g",
                    **_bound(draft, address, shown, lambda entered: whole(entered, scale)))


def whole(entered: float | None, scale: float = 1):
    """An entered number as the plan holds it: whole where it is, a per cent as a share."""
    if entered is None:
        return None
    value = round(entered / scale, 12)
    return int(value) if value == int(value) else value


def _boolean(look: Session, draft: dict, address: tuple, field: Field) -> None:
    value = drafts.get(draft["plan"], address, field.default)
    st.toggle(field.label(look.lang), **_bound(draft, address, value is True, bool))


def _text(look: Session, draft: dict, address: tuple, field: Field) -> None:
    value = drafts.get(draft["plan"], address)
    st.text_input(field.label(look.lang), max_chars=values.LONGEST_TEXT, placeholder="10-01" if field.type == "day" else None,
                  **_bound(draft, address, "" if value is None else str(value)[:values.LONGEST_TEXT],
                           lambda entered: entered.strip() or None))


def _date(look: Session, draft: dict, address: tuple, field: Field) -> None:
    value = drafts.get(draft["plan"], address)
    shown = date.fromisoformat(str(value)) if values.is_day(value) else None
    shown = shown if shown and EARLIEST <= shown <= LATEST else None
    st.date_input(field.label(look.lang), value=None, min_value=EARLIEST, max_value=LATEST,
                  **_bound(draft, address, shown, lambda entered: entered))


def options(plan: dict, field: Field) -> list:
    """What can be chosen for a field."""
    if field.choices:
        return list(field.choices)
    if field.type == "metric":
        return [name for name in values.scorable() if METRICS[name].additive or not field.additive]
    if field.type == "phases":
        return values.names(plan, "phases")
    return values.names(plan, "scorecards") if field.type == "cards" else values.KNOWN[field.type](plan)


def named(look: Session, plan: dict, field: Field):
    """A function that says an option of a field in words."""
    def say(option) -> str:
        if option is None:
            return "—"
        if field.choices and option in field.choices:
            return field.choices[option][look.lang]
        if field.type == "metric":
            return look.metric(option)
        if field.type == "level":
            return values.DATASETS["employees"].column("level").choices.get(option, {}).get(look.lang, option)
        if option in ("company", "auto") and field.type in ("post_card", "phase"):
            return look.say(f"plan.{option}")
        return entry_name(plan, TABLES.get(field.type, "curves"), option, look.lang)
    return say


def _choice(look: Session, draft: dict, address: tuple, field: Field) -> None:
    plan = draft["plan"]
    value = drafts.get(plan, address, field.default)
    offered = options(plan, field)
    offered = offered if value is None or value in offered else [*offered, str(value)]
    offered = offered if field.required and value is not None else [None, *offered]
    st.selectbox(field.label(look.lang), offered, format_func=named(look, plan, field),
                 **_bound(draft, address, value if value in offered else None if value is None else str(value),
                          lambda entered: entered))


def _several(look: Session, draft: dict, address: tuple, field: Field) -> None:
    plan = draft["plan"]
    value = drafts.get(plan, address, [])
    held = [str(name) for name in value] if isinstance(value, list) else []
    st.multiselect(field.label(look.lang), list(dict.fromkeys([*options(plan, field), *held])), placeholder="—",
                   format_func=named(look, plan, field), **_bound(draft, address, held, lambda entered: entered or None))


def _amounts(look: Session, draft: dict, address: tuple, field: Field) -> None:
    """A number for each grade, or for each priority of a request."""
    held = drafts.get(draft["plan"], address)
    asked = values.PRIORITIES if field.type == "hours" else values.names(draft["plan"], "grades")
    st.caption(field.label(look.lang))
    names = list(dict.fromkeys([*asked, *(held if isinstance(held, dict) else ())]))
    for place, name in zip(st.columns(max(len(names), 1)), names, strict=False):
        with place:
            label = values.DATASETS["requests"].column("priority").choices[name] if name in values.PRIORITIES else {}
            _number(look, draft, (*address, name), Field(name, label.get("zh", name), label.get("en", name), "number"))


def _tiers(look: Session, draft: dict, address: tuple, field: Field) -> None:
    st.caption(field.label(look.lang))
    held = drafts.get(draft["plan"], address, [])
    rows = [[pair[0], 100 * pair[1]] for pair in held if values.is_number(pair[0]) and values.is_number(pair[1])
            ] if values.pairs(held) else []
    table(draft, address, pd.DataFrame(rows, columns=["from", "rate"], dtype=float),
          {"from": st.column_config.NumberColumn(look.say("plan.tier_from"), format="localized"),
           "rate": st.column_config.NumberColumn(look.say("plan.tier_rate"), format="%.4g")},
          lambda rows: sorted([whole(number(row["from"])), whole(number(row["rate"]), 100)] for row in rows))


def weighed(look: Session, plan: dict, name: str) -> str:
    """What a weight belongs to, in words: a metric, or a dimension of the evaluation."""
    return look.metric(name) if name in METRICS else entry_name(plan, "dimensions", name, look.lang)


def number(cell) -> float:
    """A cell of a table that is being filled in: 0 where nothing is there yet."""
    return 0.0 if cell is None or pd.isna(cell) else float(cell)


def table(draft: dict, address: tuple, frame: pd.DataFrame, columns: dict, read, fixed: bool = False) -> None:
    """A small table in which rows can be changed, added and removed; `read(rows)` makes the plan's value of them."""
    key = drafts.key(draft, "table", *address)
    st.data_editor(frame, key=key, column_config=columns, hide_index=True, num_rows="fixed" if fixed else "dynamic",
                   on_change=_edited, args=(draft, address, key, frame, read), height="content")


def _edited(draft: dict, address: tuple, key: str, frame: pd.DataFrame, read) -> None:
    drafts.put(draft, address, read(rows_after(frame, st.session_state[key])), anew=True)


def rows_after(frame: pd.DataFrame, edits: dict) -> list[dict]:
    """The rows of a table after what was changed, removed and added in it."""
    rows = frame.to_dict("records")
    for place, cells in edits["edited_rows"].items():
        rows[int(place)] |= cells
    kept = [row for place, row in enumerate(rows) if place not in set(edits["deleted_rows"])]
    blank = dict.fromkeys(frame.columns)
    return kept + [blank | added for added in edits["added_rows"]]


DRAWN = {"number": _number, "integer": _number, "share": _number, "boolean": _boolean, "text": _text, "day": _text,
         "date": _date, "cards": _several, "phases": _several, "hours": _amounts, "grade_amounts": _amounts, "tiers": _tiers}
