"""Reads what the city wrote into the model; every fault is told with its place, and all of them at once."""

from lamppost.load.catalogue import find_unlisted
from lamppost.load.city import load_city
from lamppost.load.dataset import load_datasets, load_withdrawn
from lamppost.load.figures import load_figures
from lamppost.load.page import read_home, read_markdown
from lamppost.load.pages import check_pages, find_figures, outside_code
from lamppost.load.pinpoint import pinpoint
from lamppost.load.plan import load_plan
from lamppost.load.plan_links import check_references
from lamppost.load.words import check_words

__all__ = [
    "check_pages",
    "check_references",
    "check_words",
    "find_figures",
    "find_unlisted",
    "load_city",
    "load_datasets",
    "load_figures",
    "load_plan",
    "load_withdrawn",
    "outside_code",
    "pinpoint",
    "read_home",
    "read_markdown",
]
