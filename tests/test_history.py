"""Any saves, replaced periods and undos, in any order, leave what a plain model of the live batches says."""

import datetime
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import store as stores
from core.datasets import DATASETS
from tests.staging import stage

DAYS = {"2026-06": datetime.date(2026, 6, 30), "2026-07": datetime.date(2026, 7, 1)}
MONTHS, TEAMS = st.sampled_from(list(DAYS)), st.sampled_from(["T1", "T2"])
ORDERS = st.builds(
    lambda order, line, month, shop, team, amount: {
        "order_id": order, "line_id": line, "shop": shop, "team_id": team, "paid_amount": amount,
        "paid_at": datetime.datetime.combine(DAYS[month], datetime.time()), "_part": ""},
    st.sampled_from("ab"), st.sampled_from("12"), MONTHS, st.sampled_from(["x", "y", None]), TEAMS, st.sampled_from([1.0, 2.0]))
REPORTS = st.builds(lambda month, team, gmv, day: {"month": month, "team_id": team, "gmv": gmv, "_part": day},
                    MONTHS, TEAMS, st.sampled_from([1.0, 2.0]), st.sampled_from(["", "1", "2"]))
ANSWERS = st.builds(lambda month, team, score: {"date": DAYS[month], "team_id": team, "score": score, "_part": ""},
                    MONTHS, TEAMS, st.integers(9, 10))
ROWS = {"orders": ORDERS, "team_months": REPORTS, "nps_responses": ANSWERS}


def month(row):
    return row.get("month") or str(row.get("date") or row["paid_at"])[:7]


def inside(row, rows):
    shops, teams = {r.get("shop") for r in rows}, {r["team_id"] for r in rows}
    return (month(row) in {month(r) for r in rows} and (len(shops) > 1 or shops == {None} or row.get("shop") in shops)
            and (len(teams) > 1 or row["team_id"] in teams))


def held_after(dataset, batches):
    """The rows that hold, as (batch, row), after these batches (number, rows, whether they replace) one by one."""
    held, group = [], DATASETS[dataset].group
    for number, rows, replaces in batches:
        if replaces:
            version = {}
            for batch, row in held:
                version.setdefault((batch, *identity(row, group)), []).append(inside(row, rows))
            held = [(batch, row) for batch, row in held if not all(version[(batch, *identity(row, group))])]
        if group:
            held = [(batch, row) for batch, row in held if not any(ends(later, row, group) for later in rows)]
            held += [(number, row) for row in rows]
        else:
            already = Counter(identity(row, ()) for _, row in held)
            for row in rows:
                already[identity(row, ())] -= 1
                held += [(number, row)] if already[identity(row, ())] < 0 else []
    return held


def identity(row, group):
    return tuple(str(row.get(name)) for name in (*group, "_part")) if group else tuple(map(str, row.items()))


def ends(later, earlier, group):
    same = all(later[name] == earlier[name] for name in group)
    return same and (later["_part"] == earlier["_part"] or "" in (later["_part"], earlier["_part"]))


def seen(store, dataset):
    names = [name for name in ("order_id", "line_id", "shop", "paid_amount", "gmv", "score", "team_id")
             if name in {c.name for c in DATASETS[dataset].columns}]
    rows = store.cursor().execute(f"select _batch, {', '.join(names)} from {dataset}").fetchall()
    return names, Counter(rows)


def agrees(store, dataset, live):
    names, found = seen(store, dataset)
    wanted = Counter((batch, *(row.get(name) for name in names)) for batch, row in held_after(dataset, live))
    assert found == wanted


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return stores.open(tmp_path_factory.mktemp("history") / "ours.duckdb")


@pytest.mark.parametrize("dataset", ROWS)
@settings(max_examples=15, deadline=None, print_blob=False, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_holds_is_what_the_live_batches_say_and_a_trial_shows_it_before(store, dataset, data):
    for batch in store.batches():
        if not batch["undone_at"]:
            store.undo(batch["batch"])
    assert not seen(store, dataset)[1]
    live, key = [], DATASETS[dataset].key
    rows = st.lists(ROWS[dataset], min_size=1, max_size=4, unique_by=(lambda row: identity(row, key)) if key else None)
    for step in data.draw(st.lists(st.tuples(st.sampled_from(["save", "replace", "undo"]), st.integers(0, 5), rows), max_size=6)):
        before, (action, which, chosen) = seen(store, dataset), step
        if action == "undo" and live:
            undone = live.pop(which % len(live))[0]
            with store.trial_undo(undone) as after:
                agrees(after, dataset, live)
            assert seen(store, dataset) == before
            store.undo(undone)
        elif action != "undo":
            staged, replace = stage(store, dataset, chosen), {dataset} if action == "replace" else set()
            number = max((batch["batch"] for batch in store.batches()), default=0) + 1
            live.append((number, chosen, action == "replace"))
            with store.trial(staged, replace) as after:
                agrees(after, dataset, live)
            assert seen(store, dataset) == before
            assert store.save(staged, [], replace) == number
        agrees(store, dataset, live)
