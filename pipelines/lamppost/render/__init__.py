"""Renders: from the model to the text of pages, one module a kind of page; pure functions, no file is written."""
