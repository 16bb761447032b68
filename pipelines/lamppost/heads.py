"""What the drivers ask the store: newest versions as tables for SQL, and how each dataset fared last."""

from collections.abc import Iterable

import pyarrow as pa

from lamppost.model import Outcome, Version
from lamppost.store import Store


def all_heads(store: Store) -> dict[str, Version]:
    """Every dataset's newest version."""
    return {name: head for name in store.datasets() if (head := store.head(name)) is not None}


def table_name(version: Version, resource: str) -> str:
    """What SQL calls a resource: `dataset`, or `dataset_resource` where there are several; dashes as underscores."""
    name = version.dataset if len(version.tables) == 1 else f"{version.dataset}_{resource}"
    return name.replace("-", "_")


def typed_tables(store: Store, heads: Iterable[Version]) -> dict[str, pa.Table]:
    """All tables of the given versions, with typed columns, under the names that SQL may use."""
    return {
        table_name(head, table.resource): store.table_typed(head, table.resource)
        for head in heads
        for table in head.tables
    }


def last_outcomes(store: Store) -> dict[str, Outcome]:
    """The newest outcome of each dataset that says more than "not due", over all runs."""
    newest: dict[str, Outcome] = {}
    for record in store.runs():
        for name, outcome in record.outcomes.items():
            if outcome.verdict != "not due":
                newest.setdefault(name, outcome)
    return newest
