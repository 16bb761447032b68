"""Keys that are looked up in another dataset's last committed version."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Resource
from lamppost.validate.gates.caught import Caught, Keys, Surroundings, catch


def catch_references(table: pa.Table, resource: Resource, around: Surroundings) -> Iterator[Caught]:
    """`missing-reference`: a value that the other dataset does not have; an empty cell refers to nothing.

    Values are compared as both schemas read them: `007` is the integer 7, but another text.
    """
    for key in resource.checks.references:
        known = around.keys[key]
        column = table.column(key.field)
        bad = pc.invert(_find(column, known))
        message = (
            f"which `{key.target}` of {key.dataset} version {known.seq} does not have ({len(known.values):,} values); "
            f"expected one of them; correct the source, or run {key.dataset} first if it is behind"
        )
        yield from catch("missing-reference", key.field, np.asarray(bad), table, resource, message)


def _find(column: pa.ChunkedArray, known: Keys) -> pa.Array:
    """True where there is nothing or the other dataset has it; each different text is looked at once."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    same = known.normal or (lambda text: text)
    values = frozenset(map(same, known.values))
    found = [text is None or same(text) in values for text in encoded.dictionary.to_pylist()]
    return pa.array(found, pa.bool_()).take(encoded.indices)
