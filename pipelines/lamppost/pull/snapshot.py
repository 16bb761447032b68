"""Raw bytes on disk, named by their hash, exactly as they came."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from lamppost.model import Page
from lamppost.pull.fault import fault


def keep_page(
    folder: Path, body: bytes, extension: str, context: Mapping[str, str] | None = None, *, rows: int = 0
) -> Page:
    """Writes `<sha256>.<extension>` below `folder`, whole or not at all, and tells where it is."""
    digest = hashlib.sha256(body).hexdigest()
    path = folder / f"{digest}.{extension}"
    keep_bytes(path, body)
    return Page(path, digest, len(body), tuple((context or {}).items()), rows)


def keep_bytes(path: Path, body: bytes) -> None:
    """Writes a file that is named by its content, whole or not at all, unless it is there; PullError when it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.exists() and path.stat().st_size == len(body)):
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(body)
            part.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        do = "free space, or check its rights"
        raise fault(path.parent.name, reason, "a folder to keep snapshots in", do) from None
