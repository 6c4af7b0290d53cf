"""The process dies in the middle of a save or an undo."""

from tests.faults import kill


def test_whatever_was_saved_survives_ten_kills_and_nothing_is_half_there(tmp_path):
    assert kill.survived(10, tmp_path, seed=3) == (10, [])
