"""The page's finding and its five figures."""

import pandas as pd

from core import text
from core.metrics import METRICS
from pages.frame import draw, show
from pages.frame.session import Session
from pages.frame.team import leaving, requests, satisfaction, say, smallest

RATES = {"attrition_rate": ("rate", "leavers", "people", "headcount"),
         "core_attrition_rate": ("core_rate", "core_leavers", "core_people", "core_headcount"),
         "early_attrition_rate": ("early_rate", "early_leavers", "hires", None)}


def finding(look: Session) -> str:
    """Who left, of whom core and new people, and how long requests took."""
    now = leaving.figures(look, look.period)
    parts = [say(look, "nobody")]
    if now is not None:
        rate = "" if text.missing(now["rate"]) else say(look, "finding_rate", rate=look.number(now["rate"], "percent"),
                                                            headcount=f"{now['headcount']:.1f}",
                                                            annual=look.number(now["annual"], "percent"))
        parts = [say(look, "finding", people=now["people"], leavers=now["leavers"], rate=rate,
                          core=say(look, "finding_core", core=now["core_leavers"]) if now["core_people"] else "")]
    row = draw.subject_row(look, look.period.label, "collaboration_satisfaction")
    if row is not None:
        parts.append(say(look, "finding_hidden") if row["hidden"] else
                     say(look, "finding_satisfaction", score=look.number(row["value"], "score")))
    asked = requests.totals(look)
    if asked is not None and not text.missing(asked["cycle_days"]):
        parts.append(say(look, "finding_requests", days=look.number(asked["cycle_days"], "days")))
    return look.say("semicolon").join(parts)


def cards(look: Session) -> list[dict]:
    """Attrition of all, core and new people, satisfaction, on-time delivery, against the quarter before and the target."""
    now, before = leaving.figures(look, look.period), leaving.figures(look, look.period.previous())
    told = [_attrition(look, name, now, before) for name in RATES]
    return [*told, _satisfaction(look), _on_time(look)]


def _card(look: Session, name: str, value, before, row, shown: str = "", certainty: str = "") -> dict:
    metric = METRICS[name]
    return {"label": look.metric(name), "value": shown or look.number(value, metric.unit), "good": metric.better,
            "help": metric.means[look.lang], "against": look.say("overview.against"),
            "delta": show.change(look, value, before, metric.unit), "certainty": certainty,
            "note": draw.against_target(look, row, metric.unit)}


def _attrition(look: Session, name: str, now: pd.Series | None, before: pd.Series | None) -> dict:
    rate, left, of, headcount = RATES[name]
    row = draw.subject_row(look, look.period.label, name)
    if now is None or not now[of]:
        return _card(look, name, None, None, row)
    if text.missing(now[rate]):
        short = say(look, "counts_short", left=now[left], of=now[of])
        return _card(look, name, None, None, None, short) | {"note": say(look, "small", least=smallest(look))}
    counts = say(look, "counts_hires", left=now[left], of=now[of])
    if headcount:
        counts = say(look, "counts", left=now[left], headcount=f"{now[headcount]:.1f}")
        annual = look.number(now[rate] * 365 / look.period.days, "percent")
        counts += look.say("comma") + look.say("overview.annualised", rate=annual)
    return _card(look, name, now[rate], None if before is None else before[rate], row, certainty=counts)


def _satisfaction(look: Session) -> dict:
    name = "collaboration_satisfaction"
    row = draw.subject_row(look, look.period.label, name)
    if row is None or row["hidden"]:
        hidden = say(look, "hidden", least=satisfaction.least(look)) if row is not None else ""
        return _card(look, name, None, None, row) | {"certainty": hidden}
    return _card(look, name, row["value"], row["previous"], row, certainty=say(look, "answers", n=f"{row['n']:.0f}"))


def _on_time(look: Session) -> dict:
    now, before = requests.totals(look), requests.totals(look, look.period.previous())
    row = draw.subject_row(look, look.period.label, "on_time_delivery") if look.team else None
    if now is None:
        return _card(look, "on_time_delivery", None, None, row)
    interval = look.say("overview.interval", low=look.number(now["on_time_low"], "percent"),
                        high=look.number(now["on_time_high"], "percent"))
    counted = look.say("overview.observations", n=f"{int(now['due']):,}")
    return _card(look, "on_time_delivery", now["on_time_share"], None if before is None else before["on_time_share"], row,
                 certainty=look.say("comma").join([counted, interval]) if now["due"] else "")
