"""Gates: rules about a pull as a whole, each with its own code (pure). No issues means that the gate is open."""

from lamppost.model import Checks, Issue, Resource


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


def check_quarantine(place: str, quarantined: int, read: int, checks: Checks) -> tuple[Issue, ...]:
    """`too-many-quarantined`: a larger share of the pull's rows failed than `checks.quarantine.max`."""
    if not read or quarantined / read <= checks.quarantine_max:
        return ()
    message = (
        f"{quarantined:,} of {read:,} rows failed ({quarantined / read:.1%}), expected at most "
        f"{checks.quarantine_max:.1%}; the last version stays; see the report, then correct the source or the schema"
    )
    return (Issue("too-many-quarantined", place, message),)
