"""The process dies in the middle of a save or an undo."""

import pytest

from core import store as stores
from tests.faults import kill


def test_whatever_was_saved_survives_ten_kills_and_nothing_is_half_there(tmp_path):
    assert kill.survived(10, tmp_path, seed=3) == (10, [])


@pytest.mark.parametrize(("harm", "noticed"), [
    ("delete from rows.orders where _row = 7", "half a batch"),
    ("update rows.orders set _current = not _current where _row = 7", "what holds is not what the batches say"),
    ("delete from meta.batches where batch = 1; delete from rows.orders where _batch = 1", "batch 1 is lost")])
def test_a_database_that_lost_something_would_be_noticed(tmp_path, harm, noticed):
    store = stores.open(tmp_path / "ours.duckdb")
    for number in (1, 2):
        store.save(kill.staged(store, number, 50)[1], [{"inserted": 50}])
    assert kill.lost(store, [("saved", 2)], {1: True}) == []
    store.cursor().execute(harm)
    assert noticed in " ".join(kill.lost(store, [("saved", 2)], {1: True}))
