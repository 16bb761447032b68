"""Driver of the site: store and plan gathered (`gather`, `history`), pages rendered, files linked, exchanged."""

from lamppost.build.build import Built, build_site

__all__ = ["Built", "build_site"]
