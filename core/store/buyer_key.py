"""The key that buyers are hashed with; it lies in the data folder, not in the database."""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from core.store import Store, StoreError


def buyer_key(store: Store) -> str:
    """The key that buyers are hashed with: in the data folder, readable by its owner only, made when the first orders
    come. StoreError where buyers are stored that were hashed with another one."""
    path = store.folder / "buyer.key"
    known = store.remembered("buyer_key")
    needed = store.cursor().execute("select 1 from orders where buyer_id is not null limit 1").fetchone()
    key = path.read_text() if path.exists() else ""
    whole = len(key) == 64 and (not known or known["sha256"] == _digest(key))
    if needed and not whole:
        raise StoreError("key_lost", place=str(path))
    if len(key) != 64:
        key = _new_key(path)
    if known != {"sha256": _digest(key)}:
        store.remember("buyer_key", {"sha256": _digest(key)})
    return key


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _new_key(path: Path) -> str:
    """Writes a new key beside its place and moves it there, so that it is never there in half."""
    beside = path.with_suffix(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as opened:
        opened.write(secrets.token_hex(32))
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(beside, path)
    return path.read_text()
