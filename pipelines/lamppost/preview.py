"""Driver of `lamppost pull`: asks one source and shows what came; publishes nothing."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from lamppost.errors import LoadError
from lamppost.load import load_datasets
from lamppost.model import City, Dates, Issue, Receipt, Resource
from lamppost.pull import Transport, pull_resource
from lamppost.table.protect import protect_rows
from lamppost.table.read import read
from lamppost.table.transform import transform

ROWS = 5


def preview(city: City, name: str, *, dates: Dates, env: Mapping[str, str]) -> Iterator[str]:
    """Yield lines for people: each resource's receipt in words, then its first rows as they would be published."""
    datasets, faults = load_datasets(city)
    if name in faults:
        raise LoadError(faults[name])
    dataset = next((one for one in datasets if one.name == name), None)
    if dataset is None:
        listed = ", ".join(one.name for one in datasets)
        raise LoadError([Issue("unknown-dataset", name, f"no such dataset; expected one of: {listed}")])
    for resource in dataset.resources:
        if resource.pull is None:
            yield f"{name}/{resource.name}: derived from {', '.join(dataset.inputs)}; there is no source to ask."
            continue
        with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
            yield from _preview(name, resource, Path(folder), dates, env)


def _preview(name: str, resource: Resource, folder: Path, dates: Dates, env: Mapping[str, str]) -> Iterator[str]:
    assert resource.pull is not None
    snapshot, receipt = pull_resource(
        name, resource, env=env, cursor=None, folder=folder, now=dates.now, transport=Transport()
    )
    yield f"{name}/{resource.name}: {describe(receipt)}"
    rows = read(snapshot, resource.pull)
    if resource.transform is not None:
        rows, filtered = transform(rows, resource.transform)
        yield f"transform.py dropped {filtered} rows."
    rows, issues = protect_rows(rows, resource)
    for issue in issues:
        yield f"{issue.severity}: {issue.message}"
    for row in rows.drop_columns(["_row"]).slice(0, ROWS).to_pylist():
        cells = [f"{key}={'(empty)' if value is None else value}" for key, value in row.items()]
        yield "  " + " · ".join(cells)


def describe(receipt: Receipt) -> str:
    """The receipt as two sentences: what came from where, and why that is (not) all of it."""
    declared = "no count declared"
    if receipt.declared is not None:
        declared = f"{receipt.declared:,} declared by {receipt.declared_by}"
    marked = " (simulated data)" if receipt.simulated else ""
    came = f"{receipt.received:,} records{marked} from {receipt.source}, {declared}."
    return f"{came} {receipt.verdict.capitalize()}: {receipt.reason}"
