"""What saving, saving again and undoing do to the rows that hold."""

import pandas as pd
import pytest

from core import store as stores
from tests.staging import stage


def save(store, dataset, rows, name="file.csv"):
    return store.save(stage(store, dataset, rows, name), [{"file": name}])


def counts(store, dataset, rows):
    frame = store.compare(stage(store, dataset, rows))[dataset]
    return tuple(int(frame[c].sum()) for c in ("inserted", "updated", "unchanged"))


def amounts(store):
    return [row[0] for row in store.cursor().execute("select paid_amount from orders order by 1").fetchall()]


def line(order, number, amount):
    return {"order_id": order, "line_id": str(number), "paid_at": pd.Timestamp("2026-07-01"), "paid_amount": amount}


def month(team, gmv, part=""):
    return {"month": "2026-07", "team_id": team, "gmv": gmv, "_part": part}


def answer(score):
    return {"date": pd.Timestamp("2026-07-01").date(), "team_id": "T1", "score": score}


@pytest.fixture
def store(tmp_path):
    return stores.open(tmp_path / "ours.duckdb")


def test_the_same_rows_again_change_nothing(store):
    rows = [line("a", 1, 10.0), line("a", 2, 20.0), line("b", 1, 30.0)]
    assert counts(store, "orders", rows) == (3, 0, 0)
    save(store, "orders", rows)
    assert counts(store, "orders", rows) == (0, 0, 3)
    save(store, "orders", rows, "again.csv")
    assert amounts(store) == [10.0, 20.0, 30.0]


def test_the_lines_of_an_order_are_replaced_as_a_whole(store):
    save(store, "orders", [line("a", 1, 10.0), line("a", 2, 20.0), line("b", 1, 30.0)])
    assert counts(store, "orders", [line("a", 1, 11.0)]) == (0, 1, 0)
    save(store, "orders", [line("a", 1, 11.0)], "later.csv")
    assert amounts(store) == [11.0, 30.0]


def test_a_dataset_without_key_stores_only_the_surplus(store):
    save(store, "nps_responses", [answer(9), answer(9)])
    rows = [answer(9), answer(9), answer(9), answer(3)]
    assert counts(store, "nps_responses", rows) == (2, 0, 2)
    save(store, "nps_responses", rows, "more.csv")
    assert store.counts()["nps_responses"] == 4


def test_undo_brings_back_what_held_before(store):
    save(store, "orders", [line("a", 1, 10.0)])
    second = save(store, "orders", [line("a", 1, 99.0), line("c", 1, 5.0)], "second.csv")
    assert amounts(store) == [5.0, 99.0]
    store.undo(second)
    assert amounts(store) == [10.0]
    assert [b["undone_at"] is None for b in store.batches()] == [False, True]


def test_undoing_an_early_batch_leaves_later_ones_right(store):
    first = save(store, "orders", [line("a", 1, 10.0), line("b", 1, 20.0)])
    save(store, "orders", [line("a", 1, 10.0)], "confirms.csv")
    store.undo(first)
    assert amounts(store) == [10.0]


def test_undoing_answers_counts_the_largest_live_batch(store):
    first = save(store, "nps_responses", [answer(9), answer(9)])
    second = save(store, "nps_responses", [answer(9), answer(9), answer(9)], "more.csv")
    store.undo(first)
    assert store.counts()["nps_responses"] == 3
    store.undo(second)
    assert store.counts()["nps_responses"] == 0


def test_a_batch_is_undone_once(store):
    batch = save(store, "orders", [line("a", 1, 10.0)])
    store.undo(batch)
    with pytest.raises(stores.StoreError, match=str(batch)):
        store.undo(batch)


def test_daily_rows_live_beside_each_other_until_a_monthly_row_ends_them(store):
    save(store, "team_months", [month("T1", 1.0, "2026-07-01"), month("T1", 2.0, "2026-07-02")])
    save(store, "team_months", [month("T1", 4.0, "2026-07-03")], "day3.csv")
    assert store.cursor().execute("select sum(gmv) from team_months").fetchone() == (7.0,)
    save(store, "team_months", [month("T1", 100.0)], "month.csv")
    assert store.cursor().execute("select sum(gmv) from team_months").fetchone() == (100.0,)


def test_a_failing_save_leaves_nothing_behind(store):
    save(store, "orders", [line("a", 1, 10.0)])
    staged = stage(store, "orders", [line("b", 1, 20.0)]) | {"teams": store.stage_folder() / "absent.parquet"}
    before = store.version()
    with pytest.raises(Exception, match="absent"):
        store.save(staged, [])
    assert amounts(store) == [10.0] and store.version() == before


def test_the_database_reads_no_file_outside_its_folder(store, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("a\n1\n")
    with pytest.raises(Exception, match="(?i)permission|disabled|access"):
        store.cursor().execute("select * from read_csv(?)", [str(outside)])


def own(team, first=None, last=None, **key):
    return {"team_id": team, "from_date": first and pd.Timestamp(first).date(),
            "to_date": last and pd.Timestamp(last).date()} | key


def homeless(order, day, **keys):
    return {"order_id": order, "line_id": "1", "paid_at": pd.Timestamp(day), "paid_amount": 1.0} | keys


def test_a_line_without_team_takes_it_from_ownership_sku_before_shop_before_channel(store):
    save(store, "ownership", [own("SKU", sku_id="s"), own("SHOP", shop="x"), own("CHANNEL", channel="c")])
    save(store, "orders", [homeless("1", "2026-07-01", sku_id="s", shop="x", channel="c"),
                           homeless("2", "2026-07-01", sku_id="other", shop="x", channel="c"),
                           homeless("3", "2026-07-01", channel="c"), homeless("4", "2026-07-01", channel="d"),
                           homeless("5", "2026-07-01", sku_id="s", team_id="OWN")], "orders.csv")
    found = store.cursor().execute("select team_id from order_lines order by order_id").fetchall()
    assert [team for (team,) in found] == ["SKU", "SHOP", "CHANNEL", None, "OWN"]


def test_a_later_first_day_ends_the_earlier_ownership_even_after_its_own_end(store):
    save(store, "ownership", [own("OLD", shop="x"), own("NEW", "2026-03-01", "2026-04-30", shop="x")])
    days = ["2026-02-28", "2026-03-01", "2026-04-30", "2026-05-01"]
    save(store, "orders", [homeless(str(i), day, shop="x") for i, day in enumerate(days)], "orders.csv")
    found = store.cursor().execute("select team_id from order_lines order by order_id").fetchall()
    assert [team for (team,) in found] == ["OLD", "NEW", "NEW", None]


def test_a_circle_of_parent_teams_ends(store):
    save(store, "teams", [{"team_id": "A", "name": "A", "parent_team": "B"},
                          {"team_id": "B", "name": "B", "parent_team": "A"}])
    assert len(store.cursor().execute("select * from team_tree").fetchall()) == 4
