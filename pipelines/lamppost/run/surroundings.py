"""What gates need to know beside the rows: the clock, the boundary, and the keys of other datasets."""

from dataclasses import replace

import pyarrow.compute as pc

from lamppost.errors import RefusedError
from lamppost.model import Box, Dataset, Dates, Field, Receipt, Reference, Resource
from lamppost.store import Store
from lamppost.table.keys import find_normal
from lamppost.validate.gates import Keys, Surroundings


def look_around(dataset: Dataset, store: Store, dates: Dates, boundary: Box | None) -> Surroundings:
    """RefusedError when a dataset that keys refer to has no version yet."""
    references = [(key, one.schema.field(key.field)) for one in dataset.resources for key in one.checks.references]
    keys = {key: _read_keys(key, field, dataset, store) for key, field in references}
    return Surroundings(dates.now, boundary, keys)


def _read_keys(key: Reference, field: Field, dataset: Dataset, store: Store) -> Keys:
    head = store.head(key.dataset)
    table = None if head is None else head.table(key.resource) if key.resource else head.tables[0]
    if head is None or table is None or key.target not in table.schema.names:
        found = "has no version with such a field yet" if head else "has no version yet"
        raise RefusedError(
            f"{dataset.name}: `{key.field}` refers to {key.written}, which {found}; expected one; it comes once "
            f"{key.dataset} was published"
        )
    column = store.table_whole(head, table.resource).column(key.target)
    normal = find_normal(field.type, table.schema.field(key.target).type)
    return Keys(frozenset(pc.unique(column.drop_null()).to_pylist()), head.seq, normal)


def note_versions(receipt: Receipt | None, resource: Resource, around: Surroundings) -> Receipt | None:
    """The receipt, with a sentence for each version in which keys were looked up."""
    if receipt is None:
        return None
    notes = tuple(
        f"Each `{key.field}` was looked up in `{key.target}` of {key.dataset}, version {around.keys[key].seq}."
        for key in resource.checks.references
    )
    return replace(receipt, notes=(*receipt.notes, *notes))
