"""What a save replaces and leaves out, and what it would do before it is done."""

import threading
from datetime import date, datetime

import duckdb
import pytest

from core import periods, quarter
from core import store as stores
from tests.staging import stage
from tests.test_store import amounts, answer, line, month, save

Q3 = periods.quarter("2026Q3")
STAFF = "employee_id,name,role,level,team_id,hire_date\nE1,A,operations,junior,T1,2026-01-01"


@pytest.fixture
def store(tmp_path):
    return stores.open(tmp_path / "ours.duckdb")


def order(name, number, amount=1.0, day="2026-07-01", **other):
    return line(name, number, amount) | {"paid_at": datetime.fromisoformat(day), **other}


def test_gone_are_the_orders_of_the_files_months_that_it_lacks(store):
    save(store, "orders", [order("a", 1), order("a", 2), order("b", 1), order("c", 1, day="2026-06-30")])
    staged = stage(store, "orders", [order("a", 1, day="2026-07-31")], "later.csv")
    gone = store.gone(staged)["orders"]
    assert (gone.count, gone.months, gone.shop, gone.team) == (1, ["2026-07"], None, None)
    assert gone.rows == [{"order_id": "b", "_file": "file.csv", "_row": 4}]
    assert len(amounts(store)) == 4


def test_a_file_of_one_shop_or_team_says_nothing_of_the_others(store):
    save(store, "orders", [order("a", 1, shop="x", team_id="T1"), order("b", 1, shop="y", team_id="T1"),
                           order("c", 1, shop="x", team_id="T2"), order("d", 1)])
    one = store.gone(stage(store, "orders", [order("n", 1, shop="x", team_id="T1")]))["orders"]
    assert (one.count, one.shop, one.team, [row["order_id"] for row in one.rows]) == (1, "x", "T1", ["a"])
    for other in ("y", None):
        two = store.gone(stage(store, "orders", [order("n", 1, shop="x"), order("m", 1, shop=other)], "two.csv"))["orders"]
        assert (two.count, two.shop, two.team) == (4, None, None)


def test_an_order_that_lies_partly_in_another_shop_is_not_gone(store):
    save(store, "orders", [order("a", 1, shop="x"), order("a", 2, shop="y"), order("b", 1, shop="x")])
    staged = stage(store, "orders", [order("n", 1, shop="x")], "later.csv")
    assert [row["order_id"] for row in store.gone(staged)["orders"].rows] == ["b"]
    store.save(staged, [], {"orders"})
    held = store.cursor().execute("select order_id, line_id from orders order by all").fetchall()
    assert held == [("a", "1"), ("a", "2"), ("n", "1")]


def test_rows_without_a_date_are_counted_but_never_replaced(store):
    save(store, "employees", [{"employee_id": "E1", "hire_date": date(2026, 1, 1)}, {"employee_id": "E2"}])
    staged = stage(store, "employees", [{"employee_id": "E1"}], "later.csv")
    gone = store.gone(staged)["employees"]
    assert (gone.count, gone.months, gone.rows[0]["employee_id"]) == (1, [], "E2")
    with pytest.raises(stores.StoreError, match="员工花名册") as refusal:
        store.save(staged, [], {"employees"})
    assert refusal.value.code == "no_period" and len(store.batches()) == 1


def test_of_equal_answers_the_surplus_that_is_stored_is_gone(store):
    save(store, "nps_responses", [answer(9), answer(9), answer(9), answer(3)])
    gone = store.gone(stage(store, "nps_responses", [answer(9)], "later.csv"))["nps_responses"]
    assert gone.count == 3 and {row["score"] for row in gone.rows} == {3, 9}


def test_replacing_a_month_leaves_the_other_months_and_undo_brings_it_back(store):
    save(store, "team_months", [month("T1", 1.0), month("T2", 2.0), month("T1", 4.0) | {"month": "2026-06"}])
    batch = store.save(stage(store, "team_months", [month("T1", 10.0), month("T3", 20.0)], "later.csv"), [], {"team_months"})
    total = "select sum(gmv) from team_months"
    assert store.cursor().execute(total).fetchone() == (34.0,)
    assert store.batches()[0]["gone"] == 1
    store.undo(batch)
    assert store.cursor().execute(total).fetchone() == (7.0,)


def test_undoing_a_correction_does_not_bring_back_what_a_later_file_replaced(store):
    save(store, "orders", [order("a", 1)])
    correction = save(store, "orders", [order("a", 1, day="2026-06-30")], "correction.csv")
    store.save(stage(store, "orders", [order("b", 1)], "july.csv"), [], {"orders"})
    assert len(amounts(store)) == 2
    store.undo(correction)
    assert store.cursor().execute("select order_id from orders").fetchall() == [("b",)]


def test_a_quarter_is_settled_in_a_trial_as_after_the_save_and_nobody_else_notices(stored, staged):
    store = stored(employees=STAFF, team_months="month,team_id,gmv\n2026-07,T1,100")
    later = {"team_months": staged(store.stage_folder(), "team_months", "month,team_id,gmv\n2026-08,T1,900")}
    before, version = quarter.evaluate(store, Q3), store.version()
    with store.trial(later) as trial:
        tried = quarter.evaluate(trial, Q3)
        assert set(quarter.settle(trial, Q3).scores["employee_id"]) == {"E1"}
        assert quarter.evaluate(store, Q3).equals(before) and store.version() == version != trial.version()
    assert len(store.batches()) == 1 and not tried.equals(before)
    store.save(later, [])
    after = quarter.evaluate(store, Q3)
    assert tried.equals(after)
    with store.trial_undo(2) as trial:
        assert quarter.evaluate(trial, Q3).equals(before)
    assert quarter.evaluate(store, Q3).equals(after)


def test_no_two_trials_share_a_version(store):
    versions = []
    for _ in range(2):
        with store.trial(stage(store, "orders", [order("a", 1)])) as trial:
            versions.append(trial.version())
    assert versions[0] != versions[1] and max(versions) < 0


def test_a_trial_that_fails_leaves_the_store_ready(store):
    with pytest.raises(ZeroDivisionError), store.trial(stage(store, "orders", [order("a", 1)])):
        raise ZeroDivisionError
    save(store, "orders", [order("b", 1)])
    assert len(amounts(store)) == 1


def test_two_sessions_that_save_at_once_both_do(store):
    staged = [stage(store, "orders", [order(f"{n}-{i}", 1) for i in range(500)], f"{n}.csv") for n in range(4)]
    sessions = [threading.Thread(target=store.save, args=(rows, [])) for rows in staged]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join()
    assert [batch["batch"] for batch in store.batches()] == [4, 3, 2, 1] and store.counts()["orders"] == 2000


def test_who_waits_too_long_for_another_writer_is_told(store, monkeypatch):
    monkeypatch.setattr(stores, "PATIENCE", 0.01)
    with store.trial(stage(store, "orders", [order("a", 1)])), pytest.raises(stores.StoreError) as refusal:
        store.save(stage(store, "orders", [order("b", 1)], "b.csv"), [])
    assert refusal.value.code == "busy" and store.batches() == []


def test_a_decision_is_remembered_and_changes_no_figure(store):
    before = store.version()
    store.remember("headers of a", {"列": "gmv"})
    store.remember("headers of a", {"列": "profit"})
    assert store.remembered("headers of a") == {"列": "profit"} and store.remembered("others") is None
    assert store.version() == before


def test_the_history_says_what_each_batch_changed(store):
    store.save(stage(store, "orders", [order("a", 1)]),
               [{"file": "a.csv", "inserted": 3, "updated": 1, "unchanged": 0, "rejected": 2}, {"file": "b.csv", "inserted": 4}])
    batch = store.batches()[0]
    assert {name: batch[name] for name in (*stores.COUNTED, "gone")} == {
        "inserted": 7, "updated": 1, "unchanged": 0, "rejected": 2, "gone": 0}


def test_a_database_of_the_first_version_opens_and_goes_on(tmp_path):
    with duckdb.connect(str(tmp_path / "ours.duckdb")) as con:
        con.execute("create schema rows; create schema meta")
        con.execute("create table meta.batches (batch INTEGER, saved_at TIMESTAMP, undone_at TIMESTAMP, files VARCHAR,"
                    " datasets VARCHAR); insert into meta.batches values (1, now()::timestamp, null, '[]', '[\"team_months\"]')")
        con.execute("create table rows.team_months (month VARCHAR, team_id VARCHAR, gmv DOUBLE, _batch INTEGER, _file VARCHAR,"
                    " _sheet VARCHAR, _row INTEGER, _group UBIGINT, _key UBIGINT, _hash UBIGINT, _part VARCHAR,"
                    " _current BOOLEAN); insert into rows.team_months values"
                    " ('2026-07', 'T1', 5, 1, 'old.csv', '', 2, 1, 2, 3, '', true)")
    store = stores.open(tmp_path / "ours.duckdb")
    staged = stage(store, "team_months", [month("T1", 5.0), month("T2", 6.0)])
    frame = store.compare(staged)["team_months"]
    assert (frame["inserted"].sum(), frame["unchanged"].sum()) == (1, 1)
    store.save(staged, [])
    store.undo(1)
    assert store.counts()["team_months"] == 2
    store.close()
    assert stores.open(store.path).batches()[0]["batch"] == 2


def test_a_column_declared_later_holds_its_default_in_what_was_saved_before(store, tmp_path):
    save(store, "teams", [{"team_id": "T1", "name": "A", "kind": "squad"}])
    store.cursor().execute("drop view team_tree; drop view main.teams; alter table rows.teams drop column kind;"
                           " delete from meta.made")
    store.close()
    again = stores.open(tmp_path / "ours.duckdb")
    assert again.cursor().execute("select kind, region from teams").fetchall() == [("standing", None)]
    again.close()


def test_opening_a_database_again_writes_nothing(store):
    store.close()
    before = store.path.read_bytes()
    opened = stores.open(store.path)
    opened.close()
    assert store.path.read_bytes() == before
