"""Bytes to text in the declared encoding; nothing is ever guessed."""

import codecs

from lamppost.errors import RefusedError


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
    if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        raise RefusedError(
            f"{place}: found an HTML page, expected data; the source may ask for a sign-in or show an error page"
        )
    return text
