"""Rows that were retracted and must not come back: keyed digests of their primary keys, beside the versions.

The list lies in the store, because that is all that a hosted runner keeps. Nobody can try keys out without the city's
secret, which is not in the store. A run that lacks the secret, or has another one, cannot tell whether a row is one of
them: it must not publish, so reading the list fails.
"""

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from lamppost.errors import RefusedError, StoreError
from lamppost.store.manifest import FORMAT, dump
from lamppost.store.objects import Layout

FILE = "retracted.json"
PROBE = "lamppost retracted rows"
WHERE = "LAMPPOST_RECEIPT_KEY, or private/receipt.key where a private folder is kept"
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Barred:
    """The digests of one dataset's retracted rows, and the secret that they are made with."""

    dataset: str
    secret: bytes
    digests: frozenset[str] = frozenset()

    def digest(self, resource: str, names: Sequence[str], key: Key) -> str:
        """HMAC-SHA256 of one row's key; `names` are the key's fields."""
        text = json.dumps([self.dataset, resource, list(names), list(key)], ensure_ascii=False, separators=(",", ":"))
        return _sign(self.secret, text)

    def add(self, resource: str, names: Sequence[str], keys: Iterable[Key]) -> "Barred":
        """The list with these keys too."""
        return replace(self, digests=self.digests | {self.digest(resource, names, key) for key in keys})

    def mark(self, table: pa.Table, resource: str, names: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """True for each row of `table` that was retracted; none where it lacks a field of the key."""
        found = np.zeros(table.num_rows, np.bool_)
        if not self.digests or not set(names) <= set(table.column_names):
            return found
        for row, key in enumerate(zip(*(table.column(name).to_pylist() for name in names), strict=True)):
            found[row] = self.digest(resource, names, key) in self.digests
        return found


def read_barred(store: Layout, name: str, secret: bytes) -> Barred:
    """The list of dataset `name`, empty when nothing was retracted; RefusedError for one made with another secret."""
    if not store.holds(name, FILE):
        return Barred(name, secret)
    place = f"{name}/{FILE}"
    try:
        block = json.loads(store.read_key(store.key(name, FILE)))
        known, check, digests = block["format"], str(block["check"]), frozenset(map(str, block["digests"]))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{place}: not a list of retracted rows; restore the store from its last copy") from error
    if known != FORMAT:
        raise StoreError(f"{place}: format {known!r}; this engine knows {FORMAT}; install a newer lamppost")
    if not secret or not hmac.compare_digest(check, _sign(secret, PROBE)):
        found = "the secret that it was made with is not here" if not secret else "it was made with another secret"
        raise RefusedError(
            f"{name}: rows were retracted, and they cannot be told from others, because {found}; expected the one in "
            f"{WHERE}; bring it back, and run again"
        )
    return Barred(name, secret, digests)


def has_barred(store: Layout, name: str) -> bool:
    """True when rows of dataset `name` were retracted, so that a run needs the secret."""
    return store.holds(name, FILE)


def encode_barred(barred: Barred) -> bytes:
    """The list as the store keeps it."""
    return dump({"format": FORMAT, "check": _sign(barred.secret, PROBE), "digests": sorted(barred.digests)})


def _sign(secret: bytes, text: str) -> str:
    return hmac.digest(secret, text.encode(), "sha256").hex()
