"""What is wrong with rows: frictionless finds it, plain words say it, gates weigh it, quarantine keeps it out."""

from lamppost.validate.quarantine import renumber, split
from lamppost.validate.report import from_json, to_json
from lamppost.validate.table import validate

__all__ = ["from_json", "renumber", "split", "to_json", "validate"]
