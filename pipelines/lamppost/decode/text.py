"""Bytes to text in the declared encoding; nothing is ever guessed."""

import codecs

from lamppost.errors import RefusedError

_HTML = ("<!doctype html", "<html")


def is_utf8(encoding: str) -> bool:
    """True for UTF-8 under any of its names."""
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def looks_like_html(head: str) -> bool:
    """True when a text that begins like this is a page made for people."""
    return head.lstrip()[:14].lower().startswith(_HTML)


def decode_text(data: bytes, encoding: str, place: str) -> str:
    """The text of a page, without a byte order mark; refused when it is empty, HTML, or not in `encoding`."""
    try:
        codec = codecs.lookup(encoding).name
        text = data.decode("utf-8-sig" if codec == "utf-8" else codec)
    except LookupError:
        raise RefusedError(
            f"{place}: found the encoding {encoding!r} declared, expected one that Python knows such as utf-8 or cp1252"
        ) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RefusedError(
            f"{place}, line {line}: byte {error.start} (0x{data[error.start]:02X}) is not {encoding}, "
            f"expected {encoding} text; declare the source's encoding, or ask for the file again if it was cut"
        ) from None
    if not text.strip():
        raise RefusedError(f"{place}: found nothing but white space, expected data; ask the source's owner")
    if looks_like_html(text):
        raise RefusedError(
            f"{place}: found an HTML page, expected data; the source may ask for a sign-in or show an error page"
        )
    return text
