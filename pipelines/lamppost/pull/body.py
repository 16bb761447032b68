"""The body of an answer: read against a clock and a cap, inflated, and known to be whole or cut."""

import time
import zlib
from collections.abc import Callable, Mapping

GZIP = 16 + zlib.MAX_WBITS
STEP = 1 << 16
MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<!--")


class CutBodyError(Exception):
    """The body ended before its end; asking again may help."""


class BigBodyError(Exception):
    """The body is bigger than the cap, as sent or inflated."""


class SlowBodyError(Exception):
    """The deadline passed while the body was still coming."""


def read_body(read: Callable[[int], bytes], *, end: float, max_bytes: int) -> bytes:
    """Everything `read` gives until it gives nothing; `read` must return what has come, without waiting for more.

    A wall clock check between two reads is what stops a server that sends one byte a second.
    """
    parts: list[bytes] = []
    size = 0
    while part := read(STEP):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise BigBodyError
        if time.monotonic() > end:
            raise SlowBodyError
    return b"".join(parts)


def check_length(body: bytes, headers: Mapping[str, str]) -> bool:
    """True when the transfer itself showed that nothing is missing: chunks with an end, or the declared length.

    CutBodyError when the length differs. False for a body that ends when the connection closes: nobody can tell.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return True
    declared = headers.get("content-length", "")
    if not declared.isdigit():
        return False
    if int(declared) != len(body):
        raise CutBodyError(f"{len(body)} of {declared} bytes came")
    return True


def inflate(body: bytes, *, max_bytes: int) -> bytes:
    """The content of a gzip body, all members; CutBodyError when its trailer is missing (RFC 1952 §2.3)."""
    parts: list[bytes] = []
    room = max_bytes
    while body.rstrip(b"\0"):
        engine = zlib.decompressobj(GZIP)
        try:
            part = engine.decompress(body, room + 1)
        except zlib.error:
            raise CutBodyError("its gzip content is broken") from None
        if len(part) > room:
            raise BigBodyError
        if not engine.eof:
            raise CutBodyError("its gzip content has no end")
        parts.append(part)
        room -= len(part)
        body = engine.unused_data
    return b"".join(parts)


def is_markup(body: bytes, content_type: str) -> bool:
    """True for a page made for people; error pages and login pages come with status 200 and any content type."""
    if content_type.partition(";")[0].strip().lower() in {"text/html", "application/xhtml+xml"}:
        return True
    return body[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(MARKUP)
