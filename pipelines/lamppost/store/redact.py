"""What is left of counts, reports and receipts when rows are taken out of a version that was published (pure).

All of it works on the JSON blocks as they lie in the store, so that what a newer engine wrote beside them stays.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lamppost.model import Counts

HIDDEN = "(redacted)"
SHORTEST = 4
"""Letters of a text that is looked for inside sentences; a shorter one would be found in every second one."""
NOTE = "Bytes, page sizes and digests of this pull were taken out with a retracted row."


@dataclass(frozen=True)
class Needles:
    """Texts that only the retracted rows hold; wherever a sentence has one as a word of its own, it is hidden."""

    texts: frozenset[str] = frozenset()

    def hide(self, text: str) -> str:
        """`text` without them."""
        pattern = self._pattern()
        return pattern.sub(HIDDEN, text) if pattern else text

    def scrub(self, value: Any) -> Any:
        """A JSON value, every text in it without them; names of members stay."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list | tuple):
            return [self.scrub(one) for one in value]
        return {key: self.scrub(one) for key, one in value.items()} if isinstance(value, Mapping) else value

    def _pattern(self) -> re.Pattern[str] | None:
        long = sorted((one for one in self.texts if len(one) >= SHORTEST), key=lambda one: (-len(one), one))
        if not long:
            return None
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, long))})(?![^\W_])")


@dataclass(frozen=True)
class Taken:
    """How many of the retracted rows a version held, and how many of them it had added, changed and removed."""

    published: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def before(self) -> int:
        """Retracted rows in the version before."""
        return self.published - self.added + self.removed


def redact_counts(counts: Counts, taken: Taken, *, is_snapshot: bool) -> Counts:
    """Row identity without the rows taken: where the pull had brought them, they were filtered."""
    same = taken.published - taken.added - taken.changed
    unchanged = min(same, counts.unchanged) if is_snapshot else 0
    came = min(taken.added + taken.changed + unchanged, counts.accepted)
    return replace(
        counts,
        filtered=counts.filtered + came,
        accepted=counts.accepted - came,
        added=counts.added - taken.added,
        changed=counts.changed - taken.changed,
        unchanged=counts.unchanged - unchanged,
        removed=counts.removed - taken.removed,
        previous=counts.previous - taken.before,
        settled=counts.settled - taken.published,
        published=counts.published - taken.published,
    )


def redact_report(block: Mapping[str, Any], needles: Needles, rows: int | None = None) -> dict[str, Any]:
    """A report without the values in its samples: a row that failed may be the retracted one, and does not say so."""
    issues = [
        {**one, "samples": [{**sample, "value": None, "note": ""} for sample in one["samples"]]}
        for one in block["issues"]
    ]
    cut = {**block, "issues": needles.scrub(issues)}
    return cut if rows is None else {**cut, "rows": rows}


def redact_receipt(
    block: Mapping[str, Any], needles: Needles, cursors: Mapping[str, str | None], *, strip: bool
) -> dict[str, Any]:
    """A receipt without the times of retracted rows (`cursors`: time → what stands in its place).

    With `strip` what measures the bytes goes too: who knows all rows but one can try out what fits.
    """
    made = {key: needles.scrub(block[key]) for key in ("source", "reason", "notes", "stopped", "declared_by")}
    for key in ("cursor_before", "cursor_after"):
        made[key] = cursors.get(block[key], block[key])
    span = block["span"]
    made["span"] = None if span and cursors.keys() & set(span) else span
    if strip:
        made |= {"size": 0, "sizes": [], "digests": []}
        made["notes"] = [*(one for one in made["notes"] if one != NOTE), NOTE]
    return {**block, **made}


def redact_fields(fields: Mapping[str, int], taken: Mapping[str, int]) -> dict[str, int]:
    """Rows in which each field changed, without those taken."""
    left = {name: count - taken.get(name, 0) for name, count in fields.items()}
    return {name: count for name, count in left.items() if count > 0}


def find_private(cells: Mapping[str, Collection[str]], shared: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The texts of retracted rows that no other row shares in the same column."""
    return frozenset(text for name, texts in cells.items() for text in texts if text not in shared.get(name, ()))
