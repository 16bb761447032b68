"""The secret that keys the digests in receipts: the city can prove what came, and nobody else can try values out."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

NAME = "LAMPPOST_RECEIPT_KEY"
FILE = "receipt.key"
BYTES = 32


def find_secret(private: Path | None, env: Mapping[str, str]) -> bytes:
    """The environment's secret, else the one in the private folder, which is made when first needed; else none."""
    if named := env.get(NAME, "").strip():
        return named.encode()
    if private is None:
        return b""
    path = private / FILE
    with contextlib.suppress(FileExistsError):
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """Creates the file in one step, so that two runs never use two secrets; readable by its owner only."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{FILE}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES))
        try:
            os.link(part, path)
        except OSError:  # a disk without links: whoever is last wins, before any receipt was written with it
            if not path.exists():
                part.replace(path)
    finally:
        part.unlink(missing_ok=True)
