"""Named columns, many at once: one by one they would take longer than the arithmetic that fills them."""

import numpy as np
import pandas as pd


def added(frame: pd.DataFrame, columns: dict) -> pd.DataFrame:
    """The frame with the columns: arrays of its length, or one value for all rows; a column that it has is replaced."""
    rows = np.zeros(len(frame), int)
    new = {name: pd.array([value], dtype="str").take(rows) if isinstance(value, str) else value
           for name, value in columns.items()}
    known = [name for name in columns if name in frame]
    kept = frame.drop(columns=known) if known else frame
    return pd.concat([kept, pd.DataFrame(new, index=frame.index)], axis=1)


def chosen(cases: list, words: list[str], otherwise: str) -> pd.api.extensions.ExtensionArray:
    """Each row's word: that of the first case that is true of it, else the last one."""
    codes = np.select([np.asarray(case, bool) for case in cases], range(len(cases)), len(cases))
    return pd.array([*words, otherwise], dtype="str").take(codes)


def dated(days: pd.Series) -> pd.api.extensions.ExtensionArray:
    """The days as texts like 2026-07-01; few days stand in many rows."""
    codes, known = pd.factorize(pd.to_datetime(days))
    return pd.array([*known.strftime("%Y-%m-%d"), pd.NA], dtype="str").take(codes)
