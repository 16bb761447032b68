"""The first page of a source: the adapter is let go until it has kept one, and stopped before it asks for more."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lamppost.decode import DECODERS
from lamppost.errors import PullError
from lamppost.model import Page, Pull, Resource, Schema, Snapshot
from lamppost.pull import Response, Transport, pull_resource
from lamppost.pull.transport.access import Access


class Enough(BaseException):
    """Stops an adapter that has its first page."""


class OnePage(Transport):
    """Remembers what it was asked, and refuses to ask again once `folder` holds a page."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.answers: list[Response] = []
        self.folder: Path | None = None

    def ask(self, url: str, access: Access, **how: Any) -> Response:
        """As Transport does, as long as no page has been kept."""
        if self.folder is not None and holds_page(self.folder):
            raise Enough
        response = super().ask(url, access, **how)
        self.answers.append(response)
        return response


@dataclass(frozen=True)
class Came:
    """What one page holds."""

    records: tuple[Mapping[str, Any], ...]
    simulated: bool
    doubt: str = ""
    """Why a pull of everything would fail, as far as one page shows it."""


def pull_page(name: str, pull: Pull, *, env: Mapping[str, str], now: datetime, transport: OnePage) -> Came:
    """The records of the first page; PullError when not even that came."""
    resource = Resource(name, Schema((), ()), pull=pull, key_content=True)
    doubt = ""
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        kept = transport.folder = Path(folder) / "page"
        try:
            snapshot, _receipt = pull_resource(
                name, resource, env=env, cursor=None, folder=kept, now=now, transport=transport
            )
        except Enough:
            snapshot = _describe_page(pull, kept)
        except PullError as error:
            if not holds_page(kept):
                raise
            snapshot, doubt = _describe_page(pull, kept), str(error)
        finally:
            transport.folder = None
        simulated = snapshot.simulated or any(one.simulated for one in transport.answers)
        if not snapshot.pages:
            return Came((), simulated, doubt)
        found = DECODERS[snapshot.decode](snapshot.pages[0].path.read_bytes(), snapshot, "the answer")
        return Came(tuple(found.rows), simulated, doubt)


def holds_page(folder: Path) -> bool:
    """True when an adapter has kept a page there."""
    return folder.is_dir() and any(folder.iterdir())


def _describe_page(pull: Pull, folder: Path) -> Snapshot:
    """The snapshot that the adapter would have given, had it not been stopped after one page."""
    path = min(folder.iterdir(), key=lambda one: one.stat().st_mtime_ns)
    options = pull.options
    dialect = tuple(sorted((str(key), str(value)) for key, value in options.get("dialect", {}).items()))
    return Snapshot(
        (Page(path, path.stem, path.stat().st_size),), options.get("format", "json"),
        str(options.get("records", "")), str(options.get("encoding", "utf-8")), dialect,
    )  # fmt: skip
