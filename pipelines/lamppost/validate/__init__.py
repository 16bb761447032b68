"""What is wrong with rows: frictionless finds it, plain words say it, gates weigh it, quarantine keeps it out."""

from lamppost.validate.partitions import KeyIndex, Repeat, find_repeats, fingerprint, index_keys, tell_repeats
from lamppost.validate.quarantine import quarantine_rows, renumber, split
from lamppost.validate.table import validate

__all__ = [
    "KeyIndex",
    "Repeat",
    "find_repeats",
    "fingerprint",
    "index_keys",
    "quarantine_rows",
    "renumber",
    "split",
    "tell_repeats",
    "validate",
]
