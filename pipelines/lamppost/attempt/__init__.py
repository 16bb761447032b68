"""Driver of `lamppost try`: one page of a source that nobody has described, and a description of it to start from."""

from lamppost.attempt.attempt import Tried, attempt, save
from lamppost.attempt.options import read_options
from lamppost.attempt.page import OnePage

__all__ = ["OnePage", "Tried", "attempt", "read_options", "save"]
