"""Adapter `http`: lists of records behind a web address, page by page, with a proof that none is missing."""

from lamppost.pull.http.adapter import pull_http

__all__ = ["pull_http"]
