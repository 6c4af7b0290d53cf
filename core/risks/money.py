"""Risks of what is paid: front-end rush, the budget, cliffs of the plan."""

import pandas as pd

from core import belonging, settlement
from core.risks.evidence import Facts, risen, row, subject

# Projects whose after-sales milestone fell due in the quarter, with how many milestones of the front of it were met and what
# these were worth (null without a pool or a share).
REGRET = """with front as (select project_id, share from milestones where milestone in ('presale', 'final_payment')
    and case when better = 'lower' then round(actual, 9) < round(target, 9) else round(actual, 9) >= round(target, 9) end)
select a.project_id, a.actual, a.target, a.better = 'lower' as lower, count(front.project_id) as met,
    sum(p.bonus_pool * front.share) as released
from milestones as a join projects as p using (project_id) left join front on front.project_id = a.project_id
where a.milestone = 'after_sales' and a.due_date between $start and $end and a.actual is not null and a.target is not null
group by all order by 1"""


def rush(facts: Facts, limits: dict) -> list:
    """Projects with presale or final payment met and after-sales missed, with the money that was released for the front
    (before); the company's refund rate up by the share on the quarter before (a team's swings too much to be a sign)."""
    found = []
    for project, actual, target, lower, met, released in facts.con.execute(
            REGRET, {"start": facts.period.start, "end": facts.period.end}).fetchall():
        missed = round(actual, 9) >= round(target, 9) if lower else round(actual, 9) < round(target, 9)
        found.append(row("after_sales_missed", missed and met > 0, actual, target, "plain", ("project", project),
                         before=released, detail="<" if lower else "≥"))
    return found + [row("refund_rise", risen(m.value, m.previous, limits["refund_rise"]), m.value,
                        m.previous * (1 + limits["refund_rise"]), "percent", subject(m), before=m.previous, n=m.n)
                    for m in facts.rows("refund_rate", ("company",)) if pd.notna(m.previous)]


def budget(facts: Facts, limits: dict) -> list:
    """What is payable against the budget and against its warning share; by rule and by team where it fires. Without a budget
    nothing is judged."""
    settled, whole = facts.settled, facts.plan["company"]["budget"]
    if not whole:
        return []
    payable = settled.totals["payable_cny"]
    over = round(payable - whole, 2) > 0
    fired = over or round(payable - limits["share"] * whole, 2) > 0
    found = [row("over_budget" if over else "near_budget", fired, payable, whole if over else limits["share"] * whole, "yuan",
                 n=len(settled.ledger))]
    if not fired:
        return found
    mine = settled.ledger[settlement.counted(facts.plan, settled.ledger)]
    team = belonging.teams(facts.con, settled).reindex(mine.index)
    sides = (("budget_rule", "rule", mine["rule"]), ("budget_team", "team", team))
    return found + [row(condition, True, float(amount), None, "yuan", (kind, name)) for condition, kind, group in sides
                    for name, amount in mine["amount"].groupby(group).sum().sort_values(ascending=False).items() if amount > 0]


def cliff(facts: Facts, limits: dict) -> list:
    """Thresholds of the plan with people just below them: bars of grades, jumps of curves, gates of the rules. How many, and
    which threshold; never who. Grades and curves are told with nobody below them too."""
    settled, within = facts.settled, limits["within"]
    if settled.scores["score"].isna().all():
        return []
    found = [*_grade_bars(settled, within), *_curve_jumps(settled, within), *_gates(settled, within)]
    least = limits["people"]
    return [row(condition, people >= least, people, least, "count", told, n=people, before=bar, detail=detail)
            for condition, told, bar, detail, people in found]


def _just_below(figure, bar, within: float):
    """Whether a figure misses a bar by at most the share of it."""
    return (figure.round(9) < round(bar, 9)) & (figure >= bar - within * abs(bar) - 1e-9)


def _grade_bars(settled, within: float):
    people = settled.scores[settled.scores["score"].notna()]
    mean = (people["score"] * people["days"]).groupby(people["employee_id"]).sum() / people.groupby("employee_id")["days"].sum()
    for grade, bar in settled.plan["grades"].items():
        if bar > 0:
            yield "grade_bar", ("grade", grade), bar, "", int(_just_below(mean, bar, within).sum())


def _curve_jumps(settled, within: float):
    lines = settled.metrics
    who = lines["segment"].map(settled.scores["employee_id"])
    for name, points in settled.plan["curves"].items():
        for bar in sorted({x for (x, y), (right, above) in zip(points, points[1:], strict=False) if x == right and above > y}):
            cards = [(card, metric) for card, said in settled.plan["scorecards"].items() for metric in said["weights"]
                     if said.get("curves", {}).get(metric, "default") == name]
            on_it = pd.MultiIndex.from_frame(lines[["scorecard", "metric"]]).isin(cards)
            below = on_it & _just_below(lines["attainment"], bar, within)
            yield "curve_jump", ("curve", name), bar, "", who[below].nunique()


def _gates(settled, within: float):
    """Rows of the ledger that missed a figure of their rule: by rule and bar, with the unit of the bar."""
    missed = settled.ledger[settled.ledger["status"].eq("not_met") & settled.ledger["beneficiary_type"].eq("employee")
                            & settled.ledger["figure"].notna() & settled.ledger["needed"].notna()]
    reach = missed["figure"].sub(missed["needed"]).abs() <= within * missed["needed"].abs() + 1e-9
    near = missed[reach]
    for (rule, _, needed, unit), rows in near.groupby(["rule", "reason", "needed", "figure_unit"], sort=True):
        yield "gate", ("rule", rule), needed, unit, rows["beneficiary_id"].nunique()
