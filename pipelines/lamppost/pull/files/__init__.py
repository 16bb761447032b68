"""Adapter `files`: what people and programs drop into a folder, here or elsewhere, with a proof that each is whole."""

from lamppost.pull.files.adapter import pull_files

__all__ = ["pull_files"]
