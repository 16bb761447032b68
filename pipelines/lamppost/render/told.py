"""A version in plain sentences: the same words on the dataset's page, in the change log and in feeds."""

from collections.abc import Iterator, Mapping

from lamppost.model import Redaction, Table, Version
from lamppost.render.page import plural

APPEND = "append"
MOST = 5
"""So many fields that changed are named; the list of changes has all of them."""
_NO_BREAK = "\N{NO-BREAK SPACE}"


def tell_version(version: Version) -> tuple[str, ...]:
    """Sentences, each with its full stop: why a person made it first, then rows, then columns."""
    return tuple(_sentences(version))


def _sentences(version: Version) -> Iterator[str]:
    if version.withdrawn:
        yield "Withdrawn: nothing new will come, and what was published stays."
    if version.rolled_back_to is not None:
        yield f"Rolled back: the rows of version {version.rolled_back_to} again."
    yield from map(_tell_redaction, version.redacted)
    if version.reason:
        yield f"Reason: {version.reason.rstrip('.')}."
    if version.parent is None:
        yield f"Published for the first time, with {_rows(version.rows)}."
    elif not version.withdrawn:
        for table in version.tables:
            prefix = f"{table.resource}: " if len(version.tables) > 1 else ""
            yield from (f"{prefix}{sentence}" for sentence in tell_table(table))
    yield from _list_columns(version)


def _tell_redaction(one: Redaction) -> str:
    rows = "an unknown number of rows" if one.rows is None else _rows(one.rows) if one.rows else "no row of its own"
    return f"Redacted on {one.date} by {one.by.rstrip('.')}: {rows} taken out, because: {one.reason.rstrip('.')}."


def tell_table(table: Table) -> Iterator[str]:
    """What became of the rows of one table."""
    change, is_revision = table.diff, table.mode == APPEND
    counts = [
        f"{_rows(change.added)} added" if change.added else "",
        f"{_rows(change.changed)} changed" if change.changed and not is_revision else "",
        f"{_rows(change.removed)} removed" if change.removed else "",
    ]
    told = [one for one in counts if one]
    if told:
        yield f"{', '.join(told)}.".capitalize() if not told[0][0].isdigit() else f"{', '.join(told)}."
    if change.changed and is_revision:
        rows = f"{_rows(change.changed)} that {'was' if change.changed == 1 else 'were'} published before changed"
        yield f"Revision: {rows}{_where(table)}."
    elif change.changed:
        yield f"Changed{_where(table)}."
    if not told and not change.changed:
        yield "No row changed."


def _where(table: Table) -> str:
    fields = sorted(table.diff.fields.items(), key=lambda one: (-one[1], one[0]))
    named = [f"{_title(table, name)} in {_rows(count)}" for name, count in fields[:MOST]]
    more = f", and {plural(len(fields) - MOST, 'more column')}" if len(fields) > MOST else ""
    return f": {', '.join(named)}{more}".replace(_NO_BREAK, " ") if named else ""


def _title(table: Table, name: str) -> str:
    """What the page calls the column; its name where it is gone or has no title."""
    return next((one.title for one in table.schema.fields if one.name == name and one.title), name)


def _rows(count: int) -> str:
    return plural(count, "row").replace(_NO_BREAK, " ")


def _list_columns(version: Version) -> Iterator[str]:
    """Changes of the schema, such as `Field lamp_type removed: nobody records it`."""
    for table in version.tables:
        for change in table.diff.schema_changes:
            yield f"{change[:1].upper()}{change[1:].rstrip('.')}."


def receipts_of(version: Version) -> Mapping[str, str]:
    """Table → path of the receipt of its pull, beside the manifest; a derived table has none."""
    tables = version.descriptor.get("lamppost", {}).get("tables", {})
    return {name: block["receipt"] for name, block in tables.items() if block.get("receipt")}
