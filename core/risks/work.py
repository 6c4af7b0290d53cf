"""Risks of how work flows: complaints about incentives, walls between teams, templates all alike."""

import math
from datetime import timedelta

from core.analysis import requests
from core.risks.evidence import Facts, risen, row, subject, unit

SHOWN = 3  # requests named by their number; how many there are stands beside them

COMPLAINED = """select metric, sum(coalesce(count, 1)) as complaints from feedback
where kind = 'incentive_complaint' and date between $start and $end and metric is not null
  and team_id in (select team_id from team_tree where ancestor = $team) group by metric order by 2 desc, 1 limit 1"""

# Whom the team works for: how much of what each team asks is urgent, and how often it is revised.
ASKING = """select from_team, count(*) as asked, avg((priority = 'urgent')::int) as urgent,
    sum(coalesce(revisions, 0)) / count(*) as revisions
from requests join postings on postings.employee_id = owner_id
 and created_at::date between postings.from_date and postings.to_date
where created_at::date between $start and $end and team_id in (select team_id from team_tree where ancestor = $team)
group by from_team order by asked desc, from_team"""

MOST = """select max(coalesce(revisions, 0)), count(*) from requests where delivered_at::date between $start and $end"""

# Single requests by asking team: delivered in the quarter and revised so often; due in it for a promotion, and late.
REVISED = """select from_team, count(*) as n, string_agg(request_id, ', ' order by revisions desc, request_id) as which
from (select * from requests where delivered_at::date between $start and $end and revisions >= $revisions)
group by from_team order by n desc, from_team"""

LATE = """select from_team, count(*) as n, string_agg(request_id, ', ' order by due_at, request_id) as which
from requests join projects using (project_id)
where projects.kind = 'promotion' and due_at::date between $start and $end and coalesce(delivered_at > due_at, due_at < $after)
group by from_team order by n desc, from_team"""


def incentive_failure(facts: Facts, limits: dict) -> list:
    """Complaints of a team up by the share on the quarter before and at least so many (the threshold is the higher of both);
    beside them the metric most complained of, and for a team that others ask of, their urgent share and revisions. Without
    a quarter before nothing is judged."""
    found = []
    for measured in facts.rows("incentive_complaints", ("team",)):
        if measured.previous != measured.previous:
            continue
        told, bar = subject(measured), math.ceil(round(measured.previous * (1 + limits["rise"]), 9))
        fired = measured.value >= limits["least"] and risen(measured.value, measured.previous, limits["rise"])
        metric = _most_complained(facts, measured.subject_id) if fired else ""
        found.append(row("complaints", fired, measured.value, max(limits["least"], bar), "count", told,
                         before=measured.previous, detail=metric))
        if fired:
            found += [row("urgent_share", True, urgent, None, "percent", told, team, before=None, n=asked,
                          detail=f"{revisions:.1f}") for team, asked, urgent, revisions in _asking(facts, told[1])]
    return found


def _span(facts: Facts) -> dict:
    return {"start": facts.period.start, "end": facts.period.end}


def _most_complained(facts: Facts, team: str) -> str:
    found = facts.con.execute(COMPLAINED, _span(facts) | {"team": team}).fetchone()
    return found[0] if found else ""


def _asking(facts: Facts, team: str) -> list:
    return facts.con.execute(ASKING, _span(facts) | {"team": team}).fetchall()


def collaboration_wall(facts: Facts, limits: dict) -> list:
    """Pairs of teams (who asks, who answers) whose cycle or revisions are worse by the share than the quarter before, with
    enough requests delivered in both; single requests revised too often, or late for a promotion."""
    hours, found = facts.plan["definitions"]["sla_hours"], []
    now, earlier = (requests.flow(facts.con, period, hours) for period in (facts.period, facts.period.previous()))
    both = now.merge(earlier, on=["from_team", "to_team"], suffixes=("", "_before"))
    both = both[both["to_team"].notna() & both["from_team"].ne(both["to_team"])].sort_values(["from_team", "to_team"])
    for pair in both.to_dict("records"):
        for condition, figure, counted, of in (("pair_cycle", "cycle_days", "delivered", "days"),
                                               ("pair_revisions", "revisions_per_request", "revised", "ratio")):
            value, before, n = pair[figure], pair[f"{figure}_before"], int(pair[counted])
            if min(n, pair[f"{counted}_before"]) >= limits["least_requests"]:
                found.append(row(condition, risen(value, before, limits["worse"]), value, before * (1 + limits["worse"]), of,
                                 ("team", pair["from_team"]), pair["to_team"], before, n))
    asked = (("revised", REVISED, _span(facts) | {"revisions": limits["revisions"]}),
             ("late_for_promotion", LATE, _span(facts) | {"after": facts.last_day + timedelta(days=1)}))
    most, delivered = facts.con.execute(MOST, _span(facts)).fetchone()
    if delivered:
        found.append(row("most_revised", False, most, limits["revisions"], "count", n=delivered))
    return found + [row(condition, True, n, 1, "count", ("team", team), detail=", ".join(which.split(", ")[:SHOWN]))
                    for condition, sql, places in asked for team, n, which in facts.con.execute(sql, places).fetchall()]


def sameness(facts: Facts, limits: dict) -> list:
    """Template reuse up and the share of innovative designs down on the quarter before, of everybody who designs."""
    sides = {name: next(iter(facts.rows(name, ("company",))), None) for name in ("template_reuse", "innovative_design_share")}
    if any(side is None or side.previous != side.previous for side in sides.values()):
        return []
    reuse, new = sides.values()
    fired = round(reuse.value - reuse.previous, 9) > 0 and round(new.previous - new.value, 9) > 0
    return [row(name, fired, side.value, side.previous, unit(name), before=side.previous, n=side.n)
            for name, side in sides.items()]
