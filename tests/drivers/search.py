"""Looks for a text in a folder as a determined stranger would: in every spelling, and inside every container."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow.parquet as pq


def spell(text: str) -> set[bytes]:
    """The text in every encoding that a file of ours, or a stranger's, could have."""
    escaped = json.dumps(text)[1:-1]
    html = "".join(one if one.isascii() else f"&#{ord(one)};" for one in text)
    found = {one.encode() for one in (text, escaped, html, quote(text), quote_plus(text), quote(quote(text)))}
    found |= {text.encode(code) for code in ("utf-16-le", "utf-16-be", "utf-32-le")}
    for shift in range(3):  # base64 shows a text in three ways, by where it begins; its ends hang on the neighbours
        body = base64.b64encode(b"\0" * shift + text.encode())
        piece = body[4 if shift else 0 : -4]
        found |= {piece} if len(piece) >= 8 else set()
    return found


def unpack(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and those inside of them, as far as any reader of the format would get."""
    yield data
    if depth > 3:
        return
    if data[:2] == b"\x1f\x8b":
        yield from unpack(gzip.decompress(data), depth + 1)
    elif data[:4] == b"PAR1":
        yield repr(pq.read_table(io.BytesIO(data)).to_pylist()).encode()
        yield str(pq.read_schema(io.BytesIO(data)).metadata).encode()
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from unpack(archive.read(name), depth + 1)
    elif data[:15] == b"SQLite format 3":
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        yield "\n".join(connection.iterdump()).encode()
        connection.close()


def search(folder: Path, texts: Iterator[str] | list[str]) -> list[str]:
    """`file: text` for each text that is found, file names included."""
    wanted = [(text, spell(text)) for text in texts]
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and not one.is_symlink()):
        name = path.relative_to(folder).as_posix()
        layers = [name.encode(), *unpack(path.read_bytes())]
        found += [f"{name}: {text}" for text, ways in wanted if any(way in one for one in layers for way in ways)]
    return found
