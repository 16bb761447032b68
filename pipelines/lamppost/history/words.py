"""How versions are said on a terminal: plain lines, a thing a line, that a screen reader reads and a pipe takes."""

import unicodedata
from collections.abc import Mapping

from lamppost.model import Diff, Receipt

MOST = 60
"""Letters of a cell that a line shows; the CSV has all of them."""


def clean(text: str) -> str:
    """`text` on one line, and nothing in it that would move a terminal's cursor or colour it."""
    return "".join(f"\\x{ord(one):02x}" if unicodedata.category(one) in {"Cc", "Cf"} else one for one in text)


def cell(value: str | None) -> str:
    """One cell, cut where it is long; a null says so."""
    if not value:
        return "(empty)"
    shown = clean(value)
    return shown if len(shown) <= MOST else f"{shown[: MOST - 3].rstrip()}..."


def count_rows(number: int) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{number:,} {'row' if number == 1 else 'rows'}"


def tally(added: int, changed: int, removed: int) -> str:
    """`+2 ~1 -0`: added, changed, removed."""
    return f"+{added:,} ~{changed:,} -{removed:,}"


def name_fields(fields: Mapping[str, int]) -> str:
    """`watts_w in 120 rows, lamp_type in 1 row`, the commonest first."""
    ordered = sorted(fields.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{name} in {count_rows(number)}" for name, number in ordered)


def describe_pull(receipt: Receipt | None, inputs: Mapping[str, int]) -> str:
    """Where rows came from: the receipt in a sentence, or the versions that a table was computed from."""
    if inputs:
        return "computed from " + ", ".join(f"{name}@{seq}" for name, seq in sorted(inputs.items()))
    if receipt is None:
        return "no pull: made by lamppost"
    marked = " (simulated data)" if receipt.simulated else ""
    proof = f": {clean(receipt.reason)}" if receipt.reason else ""
    return f"{receipt.verdict} pull of {count_rows(receipt.received)}{marked} from {clean(receipt.source)}{proof}"


def tell_schema(change: Diff) -> list[str]:
    """Changes of the columns, a line each."""
    return [clean(one) for one in change.schema_changes]
