"""Driver of `lamppost pull`: asks a source and shows what came, or explains what would be asked; publishes nothing."""

import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lamppost.errors import LoadError
from lamppost.load import load_datasets
from lamppost.load.names import suggest_nearest
from lamppost.load.preset import find_names
from lamppost.model import City, Dataset, Dates, Issue, Pull, Receipt, Resource
from lamppost.pull import Transport, pull_resource
from lamppost.pull.explain import explain_resource
from lamppost.pull.words import word_span
from lamppost.render.page import format_period
from lamppost.table.facts import Facts
from lamppost.table.protect import protect_rows
from lamppost.table.read import read
from lamppost.table.transform import transform

ROWS = 5
NARROWEST, WIDEST = 40, 100


def find_dataset(city: City, name: str) -> Dataset:
    """The dataset called `name`; LoadError with its faults, or with the names that there are."""
    datasets, faults = load_datasets(city)
    if name in faults:
        raise LoadError(faults[name])
    dataset = next((one for one in datasets if one.name == name), None)
    if dataset is None:
        names = [one.name for one in datasets]
        expected = suggest_nearest(name, names) or f" The city has {', '.join(names)}."
        raise LoadError([Issue("unknown-dataset", name, f"there is no such dataset.{expected}")])
    return dataset


def preview(city: City, name: str, *, dates: Dates, env: Mapping[str, str], transport: Transport) -> Iterator[str]:
    """Yield lines for people: each resource's receipt in words, then its first rows as they would be published."""
    dataset = find_dataset(city, name)
    for resource in dataset.resources:
        if resource.pull is None:
            yield f"{name}/{resource.name}: derived from {', '.join(dataset.inputs)}; there is no source to ask."
            continue
        with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
            yield from _preview(name, resource, Path(folder), dates, env, transport)


def _preview(
    name: str, resource: Resource, folder: Path, dates: Dates, env: Mapping[str, str], transport: Transport
) -> Iterator[str]:
    assert resource.pull is not None
    snapshot, receipt = pull_resource(
        name, resource, env=env, cursor=None, folder=folder, now=dates.now, transport=transport
    )
    yield f"{name}/{resource.name}: {describe(receipt)}"
    for issue in snapshot.issues:
        yield f"{issue.severity}: {issue.message}"
    facts = Facts()
    rows = read(snapshot, resource.pull, facts)
    yield from facts.notes
    for issue in facts.issues:
        yield f"{issue.severity}: {issue.message}"
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


def explain(city: City, name: str, *, dates: Dates, env: Mapping[str, str], width: int) -> tuple[Sequence[str], bool]:
    """Lines that say what a pull of the dataset would ask, and whether it would be refused; nothing is asked."""
    dataset = find_dataset(city, name)
    lines: list[str] = []
    refused = False
    for resource in dataset.resources:
        if resource.pull is None:
            lines += [f"{name}/{resource.name}: derived from {', '.join(dataset.inputs)}; no source is asked.", ""]
            continue
        found = explain_resource(name, resource, cursor=None, now=dates.now, private=city.private)
        refused = refused or bool(found.refusals)
        lines += [f"{name}/{resource.name}: {_name_adapter(resource.pull)}", ""]
        lines += _block("How often", [_word_rhythm(resource)], width)
        lines += _block("What would be asked, in this order", found.asks, width, numbered=True)
        lines += _block("What must be set", list(_word_names(resource.pull, env)), width)
        lines += _block("How it would be proven that nothing is missing", found.proof, width)
        lines += _block("Refused as it is declared", found.refusals, width)
    return [*lines, "Nothing was asked: this is what you wrote, in words."], refused


def _name_adapter(pull: Pull) -> str:
    return f"preset {pull.preset} (adapter {pull.adapter})" if pull.preset else f"adapter {pull.adapter}"


def _word_rhythm(resource: Resource) -> str:
    pull, publish = resource.pull, resource.publish
    assert pull is not None
    parts = [f"A run asks {format_period(pull.every)}."]
    if pull.cursor:
        back = f"{word_span(pull.lookback)} before" if pull.lookback else "at"
        parts.append(f"After the first pull it starts {back} the newest `{pull.cursor}` that is kept.")
    else:
        parts.append("Every pull asks for everything.")
    if publish.every:
        parts.append(f"A version is made {format_period(publish.every)} at most.")
    if pull.accept_unproven:
        parts.append(f"A pull that cannot be proven is published all the same, because: {pull.accept_unproven}")
    return " ".join(parts)


def _word_names(pull: Pull, env: Mapping[str, str]) -> Iterator[str]:
    """Each name once; a value is never shown."""
    found: dict[str, bool] = {}
    for name, secret in find_names(pull.options):
        found[name] = found.get(name, False) or secret or (pull.adapter == "sql")
    for name, secret in found.items():
        state = "set" if env.get(name, "").strip() else "NOT SET"
        yield f"{name}: {state} ({'a secret' if secret else 'a variable'})"
    if not found:
        yield "Nothing: the descriptor names no variable and no secret."


def _block(title: str, sentences: Sequence[str], width: int, *, numbered: bool = False) -> list[str]:
    """A heading and its sentences, each wrapped with what follows hanging; nothing when there are none."""
    if not sentences:
        return []
    lines = [f"  {title}"]
    room = max(NARROWEST, min(width, WIDEST))
    for number, one in enumerate(sentences, 1):
        mark = f"{number}. " if numbered else "- "
        lines += textwrap.wrap(
            one, room, initial_indent=f"    {mark}", subsequent_indent="    " + " " * len(mark), break_long_words=False
        )
    return [*lines, ""]
