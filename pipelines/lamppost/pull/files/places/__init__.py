"""Places where files are dropped: one module a kind, all with the same questions."""

from lamppost.pull.files.places.place import Entry, Place
from lamppost.pull.files.places.source import Source, kind_of, open_place, read_source

__all__ = ["Entry", "Place", "Source", "kind_of", "open_place", "read_source"]
