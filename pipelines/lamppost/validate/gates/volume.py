"""How much came, against what was published before: rows, failed rows, bytes a record."""

from collections.abc import Iterable

from lamppost.model import Checks, Issue, Receipt, Resource

GROWTH = 9.0
"""A snapshot of more than ten times the rows before is another table, or the same one ten times."""
FEW = 100
"""Of fewer rows than this, growth and size say nothing."""
_SWING = 3.0
_MOST = 3
_UNSEEN = "unchecked-row"


def check_empty(place: str, read: int) -> tuple[Issue, ...]:
    """`empty-pull`: a pull without a single row never empties a dataset."""
    if read:
        return ()
    message = (
        "found no rows, expected at least one; the last version stays; ask the source's owner, or correct the query"
    )
    return (Issue("empty-pull", place, message),)


def check_rows(place: str, rows: int, checks: Checks) -> tuple[Issue, ...]:
    """`too-few-rows`: what would be published has fewer rows than `checks.rows.min`."""
    if rows >= checks.min_rows:
        return ()
    message = (
        f"found {rows:,} rows to publish, expected at least {checks.min_rows:,}; the last version stays; "
        "check the source, or lower `checks: {rows: {min: …}}`"
    )
    return (Issue("too-few-rows", place, message),)


def check_shrink(place: str, previous: int, settled: int, resource: Resource, *, removed: int = 0) -> tuple[Issue, ...]:
    """`shrunk`: a snapshot loses a larger share of the previous version's rows than `checks.rows.shrink`.

    With `removed` (rows whose key is gone) a snapshot in which all keys were exchanged is caught too; rows whose key is
    their content cannot be followed, so for them only the number counts.
    """
    if resource.publish.mode != "snapshot" or not previous:
        return ()
    lost = max(previous - settled, 0 if resource.key_content else removed)
    if lost / previous <= resource.checks.shrink:
        return ()
    message = (
        f"{lost:,} of {previous:,} rows would go ({lost / previous:.1%}), expected at most "
        f"{resource.checks.shrink:.1%}; the last version stays; check the source, or raise "
        "`checks: {rows: {shrink: …}}` if they are really gone"
    )
    return (Issue("shrunk", place, message),)


def check_growth(place: str, previous: int, settled: int, resource: Resource) -> tuple[Issue, ...]:
    """`grown`: more rows are added than `checks.rows.grow` allows; undeclared, only a tenfold snapshot is too much."""
    declared = resource.checks.grow
    most = declared if declared is not None else GROWTH
    if not previous or (declared is None and (resource.publish.mode != "snapshot" or previous < FEW)):
        return ()
    more = settled - previous
    if more <= previous * most:
        return ()
    message = (
        f"{more:,} rows would come to {previous:,} ({more / previous:+.0%}), expected at most {most:+.0%}; check that "
        "the source sends nothing twice, or raise `checks: {rows: {grow: …}}`"
    )
    return (Issue("grown", place, message),)


def check_quarantine(
    place: str, quarantined: int, read: int, checks: Checks, issues: Iterable[Issue] = ()
) -> tuple[Issue, ...]:
    """`too-many-quarantined`: a larger share of the pull's rows failed than `checks.quarantine.max`.

    The message names the most frequent of the `issues` for which they failed.
    """
    if not read or quarantined / read <= checks.quarantine_max:
        return ()
    found = list(issues)
    unseen = sum(one.count for one in found if one.code == _UNSEEN)
    errors = [one for one in found if one.severity == "error" and one.code != _UNSEEN]
    errors.sort(key=lambda one: -one.count)
    why = "".join(f" [{one.code}, {one.count:,}{_say_first(one)}] {one.message}." for one in errors[:_MOST])
    failed, seen = quarantined - unseen, max(read - unseen, 1)
    rows = f"{failed:,} of the first {seen:,} rows" if unseen else f"{failed:,} of {read:,} rows"
    rest = f"; the other {unseen:,} were not looked at" if unseen else ""
    message = (
        f"{rows} failed ({failed / seen:.1%}), expected at most {checks.quarantine_max:.1%}{rest}; the last version "
        "stays; correct the source or the schema" + (f". Most often:{why}" if why else "")
    )
    return (Issue("too-many-quarantined", place, message),)


def _say_first(issue: Issue) -> str:
    place = next((one.place for one in issue.samples if one.place), "")
    return f", first at {place}" if place else ""


def check_bytes(place: str, before: Receipt | None, now: Receipt | None) -> tuple[Issue, ...]:
    """`size-swing`: a record comes with three times, or a third of, the bytes that it had at the last version."""
    if before is None or now is None or min(before.received, now.received) < FEW or not (before.size and now.size):
        return ()
    was, came = before.size / before.received, now.size / now.received
    if max(was / came, came / was) < _SWING:
        return ()
    message = (
        f"a record has {came:,.0f} bytes on average, before it had {was:,.0f}; expected about the same; look for "
        "columns that are new, empty or cut, or for another encoding"
    )
    return (Issue("size-swing", place, message),)
