"""Everything about the plan that is computed: where it stands, what contradicts itself, what moved, its tables.

Pure: no file, no clock, no network. `points` turns a query's answer into observations, `progress` judges an indicator,
`delivery` judges an action, `checks` finds contradictions, `table` makes the dataset `plan`, `changes` writes the
change log's sentences.
"""

from lamppost.plan.changes import Decided, DiffRow, tell
from lamppost.plan.checks import check_plan
from lamppost.plan.delivery import Delivery, deliver
from lamppost.plan.points import read_points
from lamppost.plan.progress import Progress, RollUp, judge, roll_up
from lamppost.plan.table import dataset, tables

__all__ = [
    "Decided",
    "Delivery",
    "DiffRow",
    "Progress",
    "RollUp",
    "check_plan",
    "dataset",
    "deliver",
    "judge",
    "read_points",
    "roll_up",
    "tables",
    "tell",
]
