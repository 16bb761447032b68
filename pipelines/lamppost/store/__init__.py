"""The only maker of versions: immutable objects named by hash, and manifests that are created exactly once.

A version is made in this order: `put_object` for every part and diff, `compose`, which keeps reports and receipts and
gives the manifest, `commit`, which creates it or raises TakenError. Importing this package loads no data library.
"""

from lamppost.store.commit import create
from lamppost.store.manifest import same_descriptor, same_parts
from lamppost.store.objects import Stored, measure, put_object, sweep
from lamppost.store.records import commit_figure, encode_figure, parse_figure, write_run
from lamppost.store.version import Store, commit, compose, open_store

__all__ = [
    "Store",
    "Stored",
    "commit",
    "commit_figure",
    "compose",
    "create",
    "encode_figure",
    "measure",
    "open_store",
    "parse_figure",
    "put_object",
    "same_descriptor",
    "same_parts",
    "sweep",
    "write_run",
]
