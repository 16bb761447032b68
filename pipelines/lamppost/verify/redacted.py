"""What was retracted from a place: said beside the findings, because it is nothing that is wrong."""

from collections.abc import Iterator

from lamppost.errors import StoreError
from lamppost.store import Store
from lamppost.verify.seen import clean


def list_redactions(store: Store) -> Iterator[str]:
    """A sentence for each retraction that each version names; what cannot be read is left to the findings."""
    for name in store.datasets():
        for seq in store.versions(name):
            try:
                redacted = store.read(name, seq).redacted
            except StoreError:
                continue
            for one in redacted:
                rows = "rows not known" if one.rows is None else f"{one.rows:,} {'row' if one.rows == 1 else 'rows'}"
                yield clean(f"{name} version {seq}: redacted on {one.date} by {one.by} ({rows}): {one.reason}")
