"""The rows that came in: protected, validated, the bad ones set apart, the good ones spooled for their partitions."""

from hashlib import sha256

import pyarrow as pa

from lamppost.formats import csv
from lamppost.model import Resource
from lamppost.run.admit_stream import admit_quickly, admit_stream
from lamppost.run.candidate import (
    Candidate,
    Workbench,
    conclude,
    explain_drift,
    is_of_rows,
    leave_out,
    limit_errors,
    protect,
)
from lamppost.run.drawn import Drawn
from lamppost.run.refuse import refuse
from lamppost.run.spool import Spool
from lamppost.validate import gates, renumber, split, validate


def admit(bench: Workbench, resource: Resource, drawn: Drawn, *, quick: bool = True) -> Candidate:
    """Protect and validate the rows that came in; bad ones go to quarantine, too many refuse the version.

    With `quick` a stream may come out `doubted`; without it every row was judged.
    """
    place = f"{bench.dataset.name}/{resource.name}"
    authored = drawn.receipt is None and drawn.inputs is None  # a table of the plan that is empty is meant to be
    fresh = drawn.receipt is None or drawn.receipt.cursor_before is None
    if fresh and not (authored or drawn.unchanged):  # nothing new since the cursor is no empty source
        refuse(place, gates.check_empty(place, drawn.read))
    if isinstance(drawn.rows, pa.Table):
        return _admit_table(bench, resource, drawn, drawn.rows)
    found = admit_quickly(bench, resource, drawn, drawn.rows) if quick else None
    return found or admit_stream(bench, resource, drawn, drawn.rows)


def _admit_table(bench: Workbench, resource: Resource, drawn: Drawn, source: pa.Table) -> Candidate:
    place = f"{bench.dataset.name}/{resource.name}"
    rows, found = protect(bench, source, resource)
    drawn = leave_out(drawn, source.num_rows - rows.num_rows)
    drift = explain_drift(bench, resource, source, found)
    path = bench.staging / f"{resource.name}.incoming.csv"
    csv.write(rows, path, resource.schema.names)
    report = validate(path, resource.schema, mode=resource.publish.mode, limit=limit_errors(rows.num_rows, resource))
    drift = (*drift, *gates.find_retyped(rows, report, resource))
    refuse(place, (*drawn.issues, *drift))
    refuse(place, [one for one in report.issues if one.severity == "error" and not is_of_rows(one)])
    report = gates.add_caught(report, gates.check_incoming(rows, resource, bench.around, report.bad_rows))
    good, bad = split(rows, report)
    spool = Spool(bench.staging, resource.name, resource, bench.sizes)
    spool.add(good)
    digest = "" if bad.num_rows else sha256(path.read_bytes()).hexdigest()
    named = renumber(report, rows, resource.schema)
    return conclude(bench, resource, drawn, spool.close(), report, named, bad, drift, digest)
