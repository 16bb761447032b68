"""`air-quality@3`: how a person names a version."""

import re

from lamppost.errors import LoadError, StoreError
from lamppost.model import Issue, Version
from lamppost.store import Store
from lamppost.store.compare import missing_parts
from lamppost.store.thin import read_answers

ADDRESS = re.compile(r"([a-z0-9][a-z0-9_-]*)(?:@(\d{1,15}))?")


def parse_address(text: str) -> tuple[str, int | None]:
    """Dataset and number, None for the newest; LoadError (misuse) for anything else."""
    match = ADDRESS.fullmatch(text)
    if match is None:
        raise _misuse(text, "is no version; expected a dataset and a number, such as air-quality@3")
    return match[1], int(match[2]) if match[2] else None


def find_version(store: Store, text: str) -> Version:
    """The version that `text` names; LoadError with the ones there are when there is no such."""
    name, seq = parse_address(text)
    numbers = require_published(store, name)
    if seq is not None and seq not in numbers:
        raise _misuse(text, f"there is no such version; expected one of {span(numbers)}; see `lamppost log {name}`")
    return store.read(name, numbers[-1] if seq is None else seq)


def require_published(store: Store, name: str) -> tuple[int, ...]:
    """Numbers of the versions of dataset `name`; LoadError with the names there are when it has none."""
    try:
        numbers = store.versions(name)
    except StoreError as error:  # a name that no dataset can have
        raise _misuse(name, f"is no dataset: {error}") from error
    if not numbers:
        listed = ", ".join(store.datasets()) or "none yet; run `lamppost run` first"
        raise _misuse(name, f"nothing was ever published under this name; published are: {listed}")
    return numbers


def span(numbers: tuple[int, ...]) -> str:
    """`1 to 9` when none is missing, else all of them."""
    if numbers == tuple(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
    return ", ".join(str(one) for one in numbers)


def require_rows(store: Store, version: Version) -> None:
    """StoreError that names the version to ask instead when this one was thinned and its rows are gone."""
    answer = read_answers(store, version.dataset).get(version.seq)
    if answer is not None and missing_parts(store, version):
        name = version.dataset
        raise StoreError(
            f"{name} version {version.seq}: was thinned, its rows are no longer kept; version {answer} answers for it; "
            f"ask for {name}@{answer}"
        )


def _misuse(place: str, message: str) -> LoadError:
    return LoadError([Issue("unknown-version", place, message)])
