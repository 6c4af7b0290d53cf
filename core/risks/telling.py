"""What a risk found, in words: a sentence a row of evidence, and the row that came nearest to its threshold."""

import numpy as np
import pandas as pd

from core import text
from core.metrics import METRICS
from core.plan.problems import entry_name
from core.wording import choice

# What `before` is counted in where it is not the unit of the value.
BEFORE = {"grade_bar": "score", "curve_jump": "percent", "after_sales_missed": "yuan"}
# What fires only together with another condition of its risk.
TOGETHER = {"headcount", "satisfaction_lower", "ambassadors", "template_reuse", "innovative_design_share"}
LOWER_IS_WORSE = {"satisfaction_lower", "ambassadors", "coverage", "repurchase_below", "survey_below", "innovative_design_share"}


def names(store) -> dict[str, dict]:
    """What teams and projects are called, by id: {"team": …, "project": …}."""
    con = store.cursor()
    return {"team": dict(con.execute("select team_id, coalesce(name, team_id) from teams").fetchall()),
            "project": dict(con.execute("select project_id, coalesce(name, project_id) from projects").fetchall())}


def sentence(found, plan: dict, named: dict, lang: str) -> str:
    """A row of evidence (a named tuple of COLUMNS) as one sentence; `named` as `names` answers it."""
    value, threshold, before = (None if pd.isna(figure) else figure for figure in (found.value, found.threshold, found.before))
    apart = _apart([value, threshold, *([before] if found.condition not in BEFORE else [])], found.unit, lang)
    told = {"value": figure(value, found.unit, lang, apart), "threshold": figure(threshold, found.unit, lang, apart),
            "before": figure(before, found.unit, lang, apart), "n": "—" if pd.isna(found.n) else f"{found.n:,.0f}"}
    if found.condition in BEFORE or found.condition == "gate":
        told["before"] = text.full(before, BEFORE.get(found.condition, found.detail), lang)
    return text.say(f"risk.evidence.{found.condition}", lang, **told, subject=subject(found, plan, named, lang),
                    other=named["team"].get(found.other, found.other), detail=_detail(found, lang))


def figure(value, unit: str, lang: str, exact: bool = False) -> str:
    """A figure of evidence as people say it; with every place where it is to be exact."""
    return text.full(value, unit, lang) if exact or unit == "plain" else text.number(value, unit, lang)


def _apart(figures: list, unit: str, lang: str) -> bool:
    """Whether different figures would be written alike: then they are written exactly."""
    known = {float(value) for value in figures if value is not None}
    return len({figure(value, unit, lang) for value in known}) < len(known)


def subject(found, plan: dict, named: dict, lang: str) -> str:
    """Whom or what a row is about; a pair of teams is told by the team that asks."""
    kind, name = found.subject_type, found.subject_id
    if kind == "company":
        return text.say("risk.subject.company", lang)
    if kind == "role":
        return choice("employees", "role", name, lang)
    if kind == "grade":
        return text.say("risk.subject.grade", lang, name=name)
    if kind in ("rule", "curve"):
        return entry_name(plan, f"{kind}s", name, lang)
    return text.say("risk.subject.none", lang) if pd.isna(name) else named[kind].get(name, name)


def _detail(found, lang: str) -> str:
    said = found.detail
    if not said or found.condition in ("urgent_share", "revised", "late_for_promotion", "gate", "after_sales_missed"):
        return said
    if found.condition == "complaints":
        return text.say("risk.detail.metric", lang, metric=getattr(METRICS[said], lang) if said in METRICS else said)
    if found.condition in ("coverage", "repurchase_below"):
        return text.say("risk.detail.lacks", lang, skills=said)
    return text.say("risk.detail.tenure" if found.condition.startswith("core_") else "risk.detail.months", lang, months=said)


def near(evidence: pd.DataFrame) -> pd.Series:
    """How much of its threshold each row reaches, from 1 on at it (also where lower is worse); NaN where it has none."""
    value, threshold = evidence["value"], evidence["threshold"]
    lower = evidence["condition"].isin(LOWER_IS_WORSE)
    share = (value / threshold.where(threshold != 0)).where(~lower, threshold / value.where(value != 0))
    share = share.where(~evidence["fired"], np.maximum(share, 1 / share.where(share != 0)))
    return share.where(evidence["fired"] | evidence["condition"].ne("after_sales_missed"))


def nearest(evidence: pd.DataFrame):
    """The row that comes nearest to its threshold, as a named tuple; None where no row has one. Of conditions that have to
    hold together it is the one that is furthest from it."""
    share = near(evidence).dropna()
    if share.empty:
        return None
    place = share.idxmin() if set(evidence.loc[share.index, "condition"]) <= TOGETHER else share.idxmax()
    return next(evidence.loc[[place]].itertuples(index=False))
