"""Where in a document of JSON the list of records stands, found without reading it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lamppost.decode.json_strict import Numeral, parse_json
from lamppost.errors import RefusedError
from lamppost.notation import find

BOM = b"\xef\xbb\xbf"
MAX_AROUND = 8 * 2**20
"""Bytes beside the records; more than this is read whole, if it is read at all."""
_STANDIN = "-0.271828e-77"
"""Stands where the list of records was; a number, so that it cannot be inside a text unnoticed."""


def find_list(data: bytes, path: str) -> tuple[Mapping[str, Any], int, int] | None:
    """What stands around the list of records, its beginning and its end, if the last bracket of all is its end."""
    return next(find_lists(data, path, 1), None)


def find_lists(data: bytes, path: str, most: int) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    """The same for the last brackets, `most` of them: guesses that are proven by reading both.

    The rest must be sound JSON with the stand-in, as a number, at `path`; then the list can be nowhere else.
    """
    if not path:
        yield {}, 0, len(data)
        return
    start = re.search(rb'"%b"\s*:\s*(?=\[)' % re.escape(path.rpartition(".")[2].encode()), data)
    first, last = start.end() if start else 0, len(data)
    for _guess in range(most if start else 0):
        last = data.rfind(b"]", first, last) + 1
        frame = _read_frame(data, first, last, path)
        if frame is not None:
            yield frame, first, last
        last -= 1


def _read_frame(data: bytes, first: int, last: int, path: str) -> Mapping[str, Any] | None:
    if last <= first or len(data) - last + first > MAX_AROUND:
        return None
    try:
        text = (data[:first] + _STANDIN.encode() + data[last:]).decode()
        root = parse_json(text, "")
    except (UnicodeDecodeError, RefusedError):
        return None
    found = find(root, path)
    if not isinstance(found, Numeral) or found != _STANDIN or text.count(_STANDIN) > 1:
        return None
    return take_frame(root)


def take_frame(root: Any) -> Mapping[str, Any]:
    """What stands beside the records at the top, lists apart."""
    return {key: one for key, one in root.items() if type(one) is not list} if type(root) is dict else {}
