"""Publishes a city's open data and the progress of its plans as a static site."""

__version__ = "0.1.0"
