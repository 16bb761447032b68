"""Keys that are looked up in another dataset's last committed version."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Resource
from lamppost.validate.gates.caught import Caught, Surroundings, catch


def catch_references(table: pa.Table, resource: Resource, around: Surroundings) -> Iterator[Caught]:
    """`missing-reference`: a value that the other dataset does not have; an empty cell refers to nothing.

    Values are compared as they are written.
    """
    for key in resource.checks.references:
        known = around.keys[key.written]
        column = table.column(key.field)
        found = pc.is_in(column, value_set=pa.array(sorted(known.values), pa.string()))
        bad = pc.and_(pc.invert(found), pc.is_valid(column))
        message = (
            f"which `{key.target}` of {key.dataset} version {known.seq} does not have ({len(known.values):,} values); "
            f"expected one of them; correct the source, or run {key.dataset} first if it is behind"
        )
        yield from catch("missing-reference", key.field, np.asarray(bad), table, resource, message)
