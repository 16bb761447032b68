"""Reads what the city wrote into the model; every fault is told with its place, and all of them at once."""

from lamppost.load.city import load_city
from lamppost.load.dataset import load_datasets
from lamppost.load.figures import load_figures
from lamppost.load.page import read_home, read_markdown
from lamppost.load.pages import check_pages, find_figures, outside_code
from lamppost.load.plan import load_plan
from lamppost.load.plan_links import check_references
from lamppost.load.words import check_words

__all__ = [
    "check_pages",
    "check_references",
    "check_words",
    "find_figures",
    "load_city",
    "load_datasets",
    "load_figures",
    "load_plan",
    "outside_code",
    "read_home",
    "read_markdown",
]
