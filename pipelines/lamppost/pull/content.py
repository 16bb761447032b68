"""The content of one answer (pure): parsed, free of an error in disguise, and its records found."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Never

from lamppost.notation import ABSENT, find
from lamppost.pull.fault import fault

SHOWN = 200


def parse_json(body: bytes, place: str) -> Any:
    """The value, numbers as the text they were written in; PullError when it is not whole JSON (RFC 8259)."""
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=_refuse_constant)
    except RecursionError:
        raise fault(place, "JSON nested too deep", "a list of records", "check the address") from None
    except ValueError as error:
        where = f"at byte {error.pos:,}" if isinstance(error, json.JSONDecodeError) else "in an unknown encoding"
        found = f"{len(body):,} bytes that are no JSON ({where})"
        raise fault(place, found, "JSON", "check the address, and whether the answer is cut") from None


def _refuse_constant(name: str) -> Never:
    raise ValueError(name)


def check_errors(body: Any, paths: Sequence[str], place: str) -> None:
    """Refuses an error that came with HTTP 200: anything but null, false or empty at one of `paths`."""
    for path in paths:
        value = find(body, path)
        if value is not ABSENT and value not in (None, False, "", "false", [], {}):
            shown = json.dumps(value, ensure_ascii=False)
            shown = shown if len(shown) <= SHOWN else shown[:SHOWN] + "…"
            raise fault(place, f"an error as its answer: {path} = {shown}", "records", "ask the source's operator")


def find_records(body: Any, path: str, place: str) -> list[Any]:
    """The list at `path`; PullError when there is none."""
    value = find(body, path)
    if isinstance(value, list):
        return value
    found = "nothing" if value is ABSENT else f"a {type(value).__name__}"
    where = f"at `{path}`" if path else "as its answer"
    raise fault(place, f"{found} {where}", "a list of records", "correct `records:` in the descriptor")


def find_count(body: Any, path: str, place: str) -> int:
    """The whole number at `path`; PullError when there is none."""
    text = str(find(body, path))
    if not text.isdigit():
        raise fault(place, f"no count at `{path}`", "a whole number", "correct `count:` in the descriptor")
    return int(text)


def count_csv(body: bytes, encoding: str, dialect: dict[str, str], place: str) -> int:
    """Rows below the header, blank lines apart; PullError for the wrong encoding or a quote that is never closed."""
    try:
        text = body.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
    except LookupError:
        raise fault(place, f"the encoding {encoding!r}", "one that Python knows", "correct `encoding:`") from None
    except UnicodeDecodeError as error:
        found = f"byte {error.start:,} is not {encoding}"
        raise fault(place, found, f"text in {encoding}", "set `encoding:`, such as cp1252") from None
    flags: dict[str, Any] = {
        key: dialect[key] == "true" for key in ("doublequote", "skipinitialspace") if key in dialect
    }
    options = {**dialect, **flags}
    limit = csv.field_size_limit(max(len(text), 1))  # the limit is the process's; a cell may be as long as the file
    try:
        rows = sum(1 for row in csv.reader(io.StringIO(text, newline=""), strict=True, **options) if row)
    except (csv.Error, TypeError) as error:
        raise fault(place, f"no whole CSV ({error})", "every quote closed", "check `dialect:`, or the file") from None
    finally:
        csv.field_size_limit(limit)
    return max(rows - 1, 0)
