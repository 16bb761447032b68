"""Raw bytes on disk, named by their hash, exactly as they came."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from lamppost.errors import PullError
from lamppost.model import Page


def keep_page(
    folder: Path, body: bytes, extension: str, context: Mapping[str, str] | None = None, *, rows: int = 0
) -> Page:
    """Writes `<sha256>.<extension>` below `folder`, whole or not at all, and tells where it is."""
    digest = hashlib.sha256(body).hexdigest()
    path = folder / f"{digest}.{extension}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (path.exists() and path.stat().st_size == len(body)):
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(body)
            part.replace(path)
    except OSError as error:
        raise unwritable(folder, error) from None
    return Page(path, digest, len(body), tuple((context or {}).items()), rows)


def unwritable(folder: Path, error: OSError) -> PullError:
    """The error for a snapshot folder that cannot be written."""
    reason = error.strerror or type(error).__name__
    return PullError(
        f"{folder.name}: {reason} · expected a folder to keep snapshots in · free space, or check its rights"
    )
