"""The body of an answer: read against a clock and a cap, inflated, and known to be whole or cut."""

import io
import time
import zlib
from collections.abc import Callable, Mapping
from http.client import HTTPException

GZIP = 16 + zlib.MAX_WBITS
STEP = 1 << 17
FREE = 1 << 20
"""Bytes that any body may inflate to, whatever the ratio."""
GULP = 1 << 20
"""Bytes inflated at once."""
MAX_MEMBERS = 10_000


class CutBodyError(Exception):
    """The body ended before its end; asking again may help."""


class BrokenBodyError(Exception):
    """The body is not what its headers say; asking again may help."""


class TwoLengthsError(HTTPException):
    """Two Content-Length headers that differ (RFC 9112 §6.3)."""


class BigBodyError(Exception):
    """The body is bigger than the cap, as sent or inflated."""


class SlowBodyError(Exception):
    """The deadline passed while the body was still coming."""


class Plain:
    """Takes a body in as it comes: `feed` for each part, `finish` for the whole."""

    def __init__(self, max_bytes: int) -> None:
        self.received = 0
        """Bytes as sent."""
        self._max_bytes = max_bytes
        self._whole = io.BytesIO()  # unlike a list that is joined, it never holds the body twice

    def feed(self, part: bytes) -> None:
        """Takes the next part; BigBodyError when it is one too many."""
        self.received += len(part)
        if self.received > self._max_bytes:
            raise BigBodyError(f"more than {self._max_bytes:,} bytes")
        self._write(part)

    def _write(self, part: bytes) -> None:
        self._whole.write(part)

    def finish(self) -> bytes:
        """The content."""
        return self._whole.getvalue()


class Gzip(Plain):
    """Inflates all members (RFC 1952 §2.2) as they come, each with the CRC and length of its trailer checked.

    CutBodyError without a trailer, BrokenBodyError for anything before, in or after the members that is not gzip.
    """

    def __init__(self, max_bytes: int, max_ratio: float) -> None:
        super().__init__(max_bytes)
        self._max_ratio = max_ratio
        self._engine = zlib.decompressobj(GZIP)
        self._members = 0

    def _write(self, part: bytes) -> None:
        gulp = b""
        while part or (len(gulp) == GULP and not self._engine.eof):
            if self._engine.eof:
                self._open_member()
            try:
                gulp = self._engine.decompress(part, GULP)
            except zlib.error as error:
                raise BrokenBodyError(self._name_break(str(error))) from None
            self._whole.write(gulp)
            self._check_size()
            part = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def _open_member(self) -> None:
        self._members += 1
        if self._members >= MAX_MEMBERS:
            raise BigBodyError(f"more than {MAX_MEMBERS:,} gzip members")
        self._engine = zlib.decompressobj(GZIP)

    def _name_break(self, text: str) -> str:
        if "incorrect header check" not in text:
            return "its gzip content is broken"
        return "something follows the end of its gzip content" if self._members else "it is not gzip, as it says"

    def _check_size(self) -> None:
        size = self._whole.tell()
        if size > self._max_bytes:
            raise BigBodyError(f"more than {self._max_bytes:,} bytes")
        if size > max(FREE, self.received * self._max_ratio):
            raise BigBodyError(f"more than {self._max_ratio:g} times what was sent")

    def finish(self) -> bytes:
        """The content, which is whole."""
        if self.received and not self._engine.eof:
            raise CutBodyError("its gzip content has no end")
        return super().finish()


def read_body(read: Callable[[int], bytes], into: Plain, *, end: float) -> bytes:
    """Everything `read` gives until it gives nothing; `read` must return what has come, without waiting for more.

    A wall clock check between two reads is what stops a server that sends one byte a second.
    """
    while part := read(STEP):
        into.feed(part)
        if time.monotonic() > end:
            raise SlowBodyError
    return into.finish()


def inflate(body: bytes, *, max_bytes: int, max_ratio: float) -> bytes:
    """The content of a gzip file that is there as a whole; raises as `Gzip` does."""
    engine, view = Gzip(max_bytes, max_ratio), memoryview(body)
    for start in range(0, len(body), STEP):
        engine.feed(bytes(view[start : start + STEP]))
    return engine.finish()


def check_length(received: int, headers: Mapping[str, str]) -> bool:
    """True when the transfer itself showed that nothing is missing: chunks with an end, or the declared length.

    CutBodyError when the length differs. False for a body that ends when the connection closes: nobody can tell.
    """
    coding = headers.get("transfer-encoding", "").strip().lower()
    if coding:
        if coding != "chunked":  # then http.client has not taken the chunks apart
            raise BrokenBodyError("its transfer encoding is not chunked")
        return True
    declared = headers.get("content-length", "").partition(",")[0].strip()
    if not (declared.isascii() and declared.isdigit()):
        return False
    if int(declared) != received:
        raise CutBodyError(f"{received} of {declared} bytes came")
    return True
