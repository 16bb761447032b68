"""Which figure records nobody can compute again, because their inputs were thinned: said, because it is no fault."""

from collections.abc import Iterator

from lamppost.errors import StoreError
from lamppost.store import Store, parse_figure
from lamppost.store.thin import read_answers


def list_thinned(store: Store) -> Iterator[str]:
    """A sentence for each figure with such records; what cannot be read is left to the findings."""
    thinned: dict[str, frozenset[int]] = {}
    for name in store.figure_names():
        numbers = [one for one in store.figure_numbers(name) if _is_thinned(store, name, one, thinned)]
        if numbers:
            many = f"records {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"record {numbers[0]}"
            whole = len(numbers) == numbers[-1] - numbers[0] + 1
            many = many if whole else f"{len(numbers)} of the {many}"
            yield f"figure {name} {many}: inputs thinned, cannot be recomputed; each value stays as it was recorded"


def _is_thinned(store: Store, name: str, number: int, thinned: dict[str, frozenset[int]]) -> bool:
    try:
        inputs = parse_figure(store.figure_bytes(name, number), f"figures/{name}/{number}.json").inputs
        for dataset in inputs.keys() - thinned.keys():
            thinned[dataset] = frozenset(read_answers(store, dataset))
    except StoreError:
        return False
    return any(seq in thinned[dataset] for dataset, seq in inputs.items())
