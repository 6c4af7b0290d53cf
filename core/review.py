"""Everything that a quarter is judged by, as plain data: what `evaluate` prints and a review reads."""

from core import evaluation, quarter, risks
from core.analysis import attrition, business, cohorts, growth_tree, requests, roster, skills, survival
from core.datasets import DATASETS
from core.periods import Period
from core.risks import telling

FIGURES = ["metric", "subject_type", "subject_id", "value", "numerator", "denominator", "n", "low", "high", "target", "benchmark",
           "score", "previous", "year_before", "hidden"]
LINES = ["subject_type", "subject_id", "dimension", "metric", "weight", "value", "target", "score", "part", "missing", "hidden",
         "covered_weight"]


def metrics(store, period: Period, plan: dict | None = None) -> list[dict]:
    """Every metric of every subject of a quarter or month (`quarter.evaluate` with ramp-up)."""
    return _rows(quarter.evaluate(store, period, plan, ramp_up=True)[FIGURES])


def report(store, period: Period, plan: dict | None = None, lang: str = "zh") -> dict:
    """The evaluation of a quarter by name, each a list of rows or a dict of such lists: metrics, dimensions (indices, lines),
    contributions (of metrics and of dimensions, against the quarter before), attrition (by group), survival (observed_from,
    tables and medians by role and core), cohorts, nps, requests, skills (people, gaps), growth_tree (by role), risks (with
    evidence and its words). People are in it by name, answers of the survey are not: what is hidden has no number anywhere."""
    plan = plan or quarter.plan_for(store, period)
    con = store.cursor()
    return {"metrics": metrics(store, period, plan), **_dimensions(store, period, plan),
            "attrition": _attrition(con, period, plan), "survival": _survival(store, con, period),
            "cohorts": _rows(cohorts.cohorts(con, as_of=period.end)), "nps": _rows(business.nps_scores(con, period)),
            "requests": _requests(con, period, plan), "skills": _skills(con, period),
            "growth_tree": {role: rows for role in DATASETS["employees"].column("role").choices
                            if (rows := _rows(growth_tree.tree(con, period.end, role)))},
            "risks": _risks(store, period, plan, lang)}


def _rows(frame) -> list[dict]:
    return frame.to_dict("records")


def _dimensions(store, period: Period, plan: dict) -> dict:
    """The dimensions now, and what moved them since the quarter before, both under the one plan."""
    before, now = (evaluation.lines(plan, quarter.evaluate(store, of, plan)) for of in (period.previous(), period))
    indices = evaluation.indices(plan, now)
    moved = evaluation.overall_contributions(plan, evaluation.indices(plan, before), indices)
    return {"dimensions": {"indices": _rows(indices), "lines": _rows(now[LINES])},
            "contributions": {"metrics": _rows(evaluation.contributions(before, now)), "dimensions": _rows(moved)}}


def _attrition(con, period: Period, plan: dict) -> dict:
    least, early = plan["evaluation"]["smallest_group"], plan["definitions"]["early_days"]
    return {by: _rows(attrition.attrition(con, period, by, minimum=least, early_days=early)) for by in roster.GROUPS}


def _survival(store, con, period: Period) -> dict:
    first = survival.first_day(store)
    if first is None or first > period.end:
        return {"observed_from": None}
    tables = {by: survival.tenure(con, first, period.end, by) for by in ("role", "core")}
    return {"observed_from": first, **{by: {"table": _rows(table), "medians": _rows(survival.medians(table))}
                                       for by, table in tables.items()}}


def _requests(con, period: Period, plan: dict) -> dict:
    hours = plan["definitions"]["sla_hours"]
    return {"flow": _rows(requests.flow(con, period, hours)), "asking": _rows(requests.asking(con, period, hours)),
            "sla": _rows(requests.sla(con, period, hours)), "incidents": _rows(requests.incidents(con, period))}


def _skills(con, period: Period) -> dict:
    levels = skills.levels(con, period)
    return {"people": _rows(skills.people(levels)), "gaps": _rows(skills.gaps(levels))}


def _risks(store, period: Period, plan: dict, lang: str) -> list[dict]:
    named = telling.names(store)
    return [{"risk": one.risk, "state": one.state, "sheets": one.sheets, "changes": one.changes,
             "evidence": [row._asdict() | {"said": telling.sentence(row, plan, named, lang)}
                          for row in one.evidence.itertuples(index=False)]}
            for one in risks.findings(store, period, plan)]
