"""The nouns that more than one room uses: frozen dataclasses without behaviour beyond reading themselves."""

from lamppost.model.city import City, Dates, Mantra, Words
from lamppost.model.dataset import (
    Checks,
    Dataset,
    Derive,
    Field,
    FieldSource,
    FigureQuery,
    Publish,
    Pull,
    Resource,
    Schema,
)
from lamppost.model.issue import Issue, Report, Sample
from lamppost.model.plan import (
    Action,
    Area,
    Group,
    Indicator,
    Milestone,
    Plan,
    Point,
    Strategy,
    Update,
    Value,
)
from lamppost.model.pull import Page, Receipt, Snapshot
from lamppost.model.run import Outcome, RunRecord
from lamppost.model.version import Counts, Diff, FigureRecord, Part, Table, Version

__all__ = [
    "Action",
    "Area",
    "Checks",
    "City",
    "Counts",
    "Dataset",
    "Dates",
    "Derive",
    "Diff",
    "Field",
    "FieldSource",
    "FigureQuery",
    "FigureRecord",
    "Group",
    "Indicator",
    "Issue",
    "Mantra",
    "Milestone",
    "Outcome",
    "Page",
    "Part",
    "Plan",
    "Point",
    "Publish",
    "Pull",
    "Receipt",
    "Report",
    "Resource",
    "RunRecord",
    "Sample",
    "Schema",
    "Snapshot",
    "Strategy",
    "Table",
    "Update",
    "Value",
    "Version",
    "Words",
]
