"""The disk is full, the folder cannot be written, a file is damaged: said clearly, and nothing is lost."""

import os
import subprocess
import sys

import pytest

from core import importing
from core import store as stores
from core.store.buyer_key import buyer_key
from tests.staging import stage


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 12 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root alone")
    yield disk
    for opened in list(stores._opened.values()):
        if opened.path.is_relative_to(disk):
            opened.close()
    subprocess.run(["umount", "-l", str(disk)], check=True)


def lines(count, order="a"):
    return [{"order_id": f"{order}{i}", "line_id": "1", "paid_at": None, "paid_amount": float(i),
             "buyer_id": os.urandom(16).hex()} for i in range(count)]


def orders(store):
    return store.cursor().execute("select count(*), sum(paid_amount) from orders").fetchone()


def refused(work, code):
    with pytest.raises(stores.StoreError) as refusal:
        work()
    assert refusal.value.code == code, refusal.value
    return refusal.value


def test_a_full_disk_is_said_loses_nothing_and_once_there_is_room_all_goes_on(small_disk):
    store = stores.open(small_disk / "ours.duckdb")
    first = store.save(stage(store, "orders", lines(10_000)), [])
    staged = stage(store, "orders", lines(30_000, "b"))
    filler = small_disk / "filler"
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4k"], capture_output=True)
    assert "ours.duckdb" in refused(lambda: store.save(staged, []), "disk_full").say("zh")
    assert orders(stores.open(store.path)) == (10_000, 49_995_000.0)
    refused(lambda: stores.open(store.path).undo(first), "disk_full")
    filler.unlink()
    store = stores.open(store.path)
    store.save(staged, [])
    assert orders(store)[0] == 40_000
    store.close()
    assert orders(stores.open(store.path))[0] == 40_000


def test_a_file_system_that_limits_the_size_of_a_file_is_said_too(tmp_path):
    script = ("import resource, signal, sys; from pathlib import Path; from core import store as stores\n"
              "from tests.faults.test_disk import lines, orders; from tests.staging import stage\n"
              "store = stores.open(Path(sys.argv[1])); store.save(stage(store, 'orders', lines(10)), [])\n"
              "staged = stage(store, 'orders', lines(150_000, 'b'))\n"
              "resource.setrlimit(resource.RLIMIT_FSIZE, (2**21, 2**21))\n"
              "try: store.save(staged, [])\n"
              "except stores.StoreError as refusal: print(refusal.code, orders(stores.open(store.path)))\n")
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path / "ours.duckdb")], capture_output=True, text=True)
    assert run.stdout.strip() == "disk_full (10, 45.0)", run.stderr
    assert orders(stores.open(tmp_path / "ours.duckdb")) == (10, 45.0)


def test_a_read_only_folder_is_refused_with_its_place(small_disk):
    stores.open(small_disk / "ours.duckdb").close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refusal = refused(lambda: stores.open(small_disk / "ours.duckdb"), "cannot_open")
    assert str(small_disk) in refusal.say("en") and "只读" in refusal.say("zh")


def test_a_folder_that_is_a_file_is_refused_with_its_place(tmp_path):
    (tmp_path / "data").write_text("")
    assert "data" in refused(lambda: stores.open(tmp_path / "data" / "ours.duckdb"), "cannot_open").say("en")


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    path = tmp_path / "ours.duckdb"
    path.write_bytes(b"no database at all" * 1000)
    refused(lambda: stores.open(path), "broken")
    assert path.read_bytes().startswith(b"no database")


@pytest.mark.parametrize("half", [0, 100, -100])
def test_a_half_written_stage_file_is_refused_and_nothing_is_saved(tmp_path, half):
    store = stores.open(tmp_path / "ours.duckdb")
    staged = stage(store, "orders", lines(100))
    staged["orders"].write_bytes(staged["orders"].read_bytes()[:half])
    for work in (store.save, lambda staged, _: store.compare(staged), lambda staged, _: store.gone(staged)):
        assert "file.csv.parquet" in str(refused(lambda work=work: work(staged, []), "stage_broken"))
    assert store.batches() == [] and orders(store) == (0, None)


def test_what_a_crashed_run_left_on_the_stage_is_removed_on_opening(tmp_path):
    (tmp_path / "stage" / "ours").mkdir(parents=True)
    (tmp_path / "stage" / "ours" / "half.parquet").write_text("half")
    stores.open(tmp_path / "ours.duckdb")
    assert not list(tmp_path.rglob("half.parquet"))


def test_the_buyers_key_stays_the_same_and_is_its_owners_alone(tmp_path):
    store = stores.open(tmp_path / "ours.duckdb")
    assert buyer_key(store) == buyer_key(store) == (tmp_path / "buyer.key").read_text()
    assert (tmp_path / "buyer.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("buyer*")] == ["buyer.key"]


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("ab"),
                                    lambda path: path.write_text("0" * 64)])
def test_a_lost_key_is_made_anew_only_while_no_buyer_is_stored(tmp_path, damage):
    store = stores.open(tmp_path / "ours.duckdb")
    key = buyer_key(store)
    batch = store.save(stage(store, "orders", lines(1)), [])
    damage(tmp_path / "buyer.key")
    assert "buyer.key" in str(refused(lambda: buyer_key(store), "key_lost"))
    store.undo(batch)
    assert len(buyer_key(store)) == 64 and buyer_key(store) != key




def test_a_disk_that_is_full_while_an_upload_is_read_is_said_and_leaves_nothing(small_disk):
    store = stores.open(small_disk / "ours.duckdb")
    big = ("订单号,付款时间,实付金额\n" + "".join(f"{i},2026-07-01,{i}\n" for i in range(400_000))).encode()
    refused(lambda: importing.lay(store, "o.csv", big * 2), "disk_full")
    path = small_disk.parent / "o.csv"
    path.write_bytes(big)
    with open(small_disk / "filler", "wb", buffering=0) as filler, pytest.raises(OSError):
        while True:
            filler.write(b"x" * 65_536)
    try:
        upload = importing.prepare(store, [("o.csv", path)])
    except stores.StoreError as refusal:
        said = {refusal.code}
    else:
        said = {issue.code for sheet in upload.sheets for issue in sheet.issues}
        importing.discard(upload)
    assert "disk_full" in said and list(store.stage_folder().iterdir()) == []
