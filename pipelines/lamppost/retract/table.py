"""One table of one version without the retracted rows: its parts, counts, list of changes, reports and receipt."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats import csv
from lamppost.model import Counts, Diff, Report, Table
from lamppost.retract.find import Found, mark_listing
from lamppost.retract.parts import Bench, describe_files, strike
from lamppost.store import put_object
from lamppost.store.manifest import papers
from lamppost.store.redact import Taken, redact_counts, redact_fields, redact_receipt, redact_report

SNAPSHOT = "snapshot"


@dataclass
class Cutting:
    """What is known while the versions of a dataset are gone through, oldest first."""

    bench: Bench
    found: Found
    touched: bool = False
    """A version so far held one of the rows, or may have: its pull brought it, and so may every later one."""
    cursors: dict[str, str | None] = field(default_factory=dict)
    """Time that only retracted rows have → the greatest one that is left below it."""


def cut_table(cutting: Cutting, table: Table, block: dict[str, Any], resource: dict[str, Any]) -> int | None:
    """Changes the blocks of one table in place; gives the rows taken, None where they cannot be counted."""
    bench, found = cutting.bench, cutting.found
    parts, published, struck = _cut_parts(bench, found, table, block)
    lines, taken = _cut_listing(bench, found, table, block, published, struck=struck)
    if taken != Taken() or lines or struck:
        cutting.touched = True
    if parts != block["parts"]:
        _note_cursors(cutting, table, block)
        block["parts"] = parts
        describe_files(resource, parts)
    if taken != Taken():
        counts = redact_counts(Counts(**block["counts"]), taken, is_snapshot=block.get("mode") == SNAPSHOT)
        block["counts"] = asdict(counts)
        change = block["diff"]
        change |= {key: max(0, change[key] - getattr(taken, key)) for key in ("added", "changed", "removed")}
    block["diff"]["schema_changes"] = found.needles.scrub(block["diff"]["schema_changes"])
    _cut_papers(cutting, block, resource["rows"])
    return None if struck else published


def _cut_parts(
    bench: Bench, found: Found, table: Table, block: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], int, bool]:
    """The parts that are left, how many rows went, and whether one had no rows to look at."""
    left: list[dict[str, Any]] = []
    gone, struck = 0, False
    for part in block["parts"]:
        if not bench.holds(part["path"]):
            struck = True
            left.append(strike(part, len(left) + 1))
            continue
        made, taken = bench.cut_part(part, table.schema, found)
        gone += taken
        left += [{**made, "partition": part["partition"]}] if made else []
    if not left:
        left = [_empty_part(bench, table, twin="parquet" in block["parts"][0])]
    return left, gone, struck


def _empty_part(bench: Bench, table: Table, *, twin: bool) -> dict[str, Any]:
    rows = pa.table({name: pa.array([], pa.string()) for name in table.schema.names})
    return bench.write_part("", rows, table.schema, table.resource, twin=twin)


def _cut_listing(
    bench: Bench, found: Found, table: Table, block: dict[str, Any], published: int, *, struck: bool
) -> tuple[int, Taken]:
    """Lines that went from the list of changes, and what the version's counts lose."""
    change = block["diff"]
    if not change["path"]:
        everything_new = block["counts"]["previous"] == 0
        return 0, Taken(published, added=published if everything_new else 0)
    listing = csv.read(bench.read(change["path"]))
    marked = mark_listing(found, listing, table.schema.primary_key)
    lines = listing.filter(pa.array(marked))
    if not lines.num_rows:
        return 0, Taken(published)
    left = listing.filter(pa.array(~marked))
    data = csv.encode(left, left.column_names)
    change["path"] = put_object(bench.draft, bench.name, data, "csv").path if left.num_rows else ""
    cells = lines.filter(pc.equal(lines.column("change"), "changed"))
    keys = [name for name in lines.column_names if name not in {"change", "field", "was", "is"}]
    changed = cells.select(keys).group_by(keys).aggregate([]).num_rows if cells.num_rows else 0
    change["fields"] = redact_fields(change["fields"], Counter(cells.column("field").to_pylist()))
    kinds = Counter(lines.column("change").to_pylist())
    if struck:  # where the rest of its rows was is not known
        added = min(kinds["added"], published)
        return lines.num_rows, Taken(published, added, min(changed, published - added), 0)
    return lines.num_rows, Taken(published, kinds["added"], changed, kinds["removed"])


def _note_cursors(cutting: Cutting, table: Table, block: Mapping[str, Any]) -> None:
    """For each time of the receipt that only retracted rows have: the greatest one left in the same column."""
    receipt = table.receipt
    if receipt is None:
        return
    times = {receipt.cursor_before, receipt.cursor_after, *(receipt.span or ())} - {None}
    for time in times & cutting.found.needles.texts:
        cutting.cursors[str(time)] = max(_list_below(cutting, table, block, str(time)), default=None)


def _list_below(cutting: Cutting, table: Table, block: Mapping[str, Any], time: str) -> list[str]:
    bench, found = cutting.bench, cutting.found
    names = [name for name in table.schema.names if time in found.cells.get(name, ())]
    latest = []
    for part in block["parts"]:
        if not bench.holds(part["path"]):
            continue
        rows = csv.read(bench.read(part["path"]))
        kept = rows.filter(pa.array(~found.mark(rows, table.schema.primary_key)))
        for name in names:
            column = kept.column(name)
            newest = pc.max(column.filter(pc.less_equal(column, time))).as_py()
            latest += [newest] if newest else []
    return latest


def _cut_papers(cutting: Cutting, block: dict[str, Any], rows: int) -> None:
    bench, needles = cutting.bench, cutting.found.needles
    block["report"] = bench.keep_json(block["report"], redact_report(bench.read_json(block["report"]), needles, rows))
    if block["incoming"]:
        block["incoming"] = bench.keep_json(
            block["incoming"], redact_report(bench.read_json(block["incoming"]), needles)
        )
    if block["receipt"]:
        receipt = bench.read_json(block["receipt"])
        made = redact_receipt(receipt, needles, cutting.cursors, strip=cutting.touched)
        block["receipt"] = bench.keep_json(block["receipt"], made)


def scrub_papers(cutting: Cutting, block: dict[str, Any]) -> None:
    """The reports and the receipt of a neighbouring table: sentences that name one of the rows."""
    for key in ("report", "incoming", "receipt"):
        if block[key]:
            found = cutting.bench.read_json(block[key])
            kept = {name: value for name, value in found.items() if name in {"sizes", "digests", "pages"}}
            block[key] = cutting.bench.keep_json(block[key], cutting.found.needles.scrub(found) | kept)


def empty_table(bench: Bench, table: Table, block: dict[str, Any], resource: dict[str, Any]) -> int:
    """Takes every row out, and all that was said of them; gives how many there were."""
    rows = table.rows
    if rows == 0 and block["receipt"] is None and not block["diff"]["path"]:
        return 0
    parts = [_empty_part(bench, table, twin="parquet" in block["parts"][0])]
    report = papers(Table(table.resource, table.schema, (), Counts(), Diff(), Report(0)))["report"]
    block |= {
        "parts": parts,
        "counts": asdict(Counts()),
        "diff": {**block["diff"], "path": "", "added": 0, "changed": 0, "removed": 0, "fields": {}},
        "report": put_object(bench.draft, bench.name, report[1], "json").path,
        "incoming": None,
        "receipt": None,
    }
    describe_files(resource, parts)
    return rows
