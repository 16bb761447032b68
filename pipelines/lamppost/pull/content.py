"""The content of one answer (pure): parsed, free of an error in disguise, and its records found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Never

from lamppost.notation import ABSENT, find
from lamppost.pull.fault import fault
from lamppost.pull.options import Options, write_scalar

LONGEST_COUNT = 15
"""Digits; also what every JSON reader takes for a whole number."""
SHOWN = 200
"""Characters of an error in an answer that a terminal may show."""
EMPTY: tuple[Any, ...] = (None, False, "", "false", [], {})


@dataclass(frozen=True)
class Rules:
    """`ok_when:` and `fail_when:`: what an answer with a good status must, and must not, say."""

    ok_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """dotted path → the texts of which one must stand there."""
    fail_when: tuple[str, ...] = ()
    """Dotted paths at which nothing, null, false or an empty value must stand."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the rules look."""
        return (*self.ok_when, *self.fail_when)

    def look_into(self, records: str) -> bool:
        """Whether a rule looks into the records themselves, whose list is at the dotted path `records`."""
        return any(_leads_into(path, records) for path in self.paths)


def _leads_into(path: str, records: str) -> bool:
    if not records:
        return path.partition(".")[0].isdigit() or path.startswith("*")
    return f"{path}.".startswith(f"{records}.") or path.startswith("*")


def read_rules(options: Options) -> Rules:
    """`ok_when: {status_code: 1000, state: [done, empty]}` and `fail_when: [error, results.*.error]`."""
    wanted = {path: _read_texts(options, path, value) for path, value in options.mapping("ok_when").items()}
    return Rules(wanted, options.texts("fail_when"))


def _read_texts(options: Options, path: str, value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, (list, tuple)) else [value]
    texts = tuple(text for text in map(write_scalar, items) if text is not None)
    if not texts or len(texts) != len(items):
        raise fault(f"{options.place}.ok_when.{path}", f"{value!r}", "a value, or a list of values", "correct it")
    return texts


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


def check_rules(body: Any, rules: Rules, place: str, shape: str = "") -> None:
    """Refuses an error that came with a good status; `shape` is what may be told of the answer: status, type, length.

    What the answer says itself stands in the error's `detail` alone: it may hold names, addresses, other people's data.
    """
    for path, texts in rules.ok_when.items():
        value = find(body, path)
        if value is ABSENT or write_scalar(value) not in texts:
            found = f"`{path}` is not {' or '.join(texts)}{shape}"
            raise fault(place, found, "an answer that says it is one", _ADVICE, detail=_show(path, value))
    for path in rules.fail_when:
        value = find(body, path)
        if value is not ABSENT and value not in EMPTY:
            raise fault(
                place, f"an error as its answer, in `{path}`{shape}", "records", _ADVICE, detail=_show(path, value)
            )


_ADVICE = "pull by hand to see what it says, then correct the descriptor or ask the source's operator"


def _show(path: str, value: Any) -> str:
    text = "nothing" if value is ABSENT else json.dumps(value, ensure_ascii=False, default=str)
    return f"{path} = {text if len(text) <= SHOWN else text[:SHOWN] + '…'}"


def find_records(body: Any, path: str, place: str) -> list[Any]:
    """The list at `path`; PullError when there is none."""
    value = find(body, path)
    if isinstance(value, list):
        return value
    found = "nothing" if value is ABSENT else f"a {type(value).__name__}"
    where = f"at `{path}`" if path else "as its answer"
    raise fault(place, f"{found} {where}", "a list of records", "correct `records:` in the descriptor")


def is_count(text: str) -> bool:
    """True for digits alone, and no more of them than a number of records can have."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT


def find_count(body: Any, path: str, place: str) -> int:
    """The whole number at `path`; PullError when there is none."""
    return read_count(find(body, path), path, place)


def read_count(value: Any, name: str, place: str) -> int:
    """The number that was found under `name`; PullError when it is none."""
    text = str(value)
    if is_count(text):
        return int(text)
    found = f"no count at `{name}`" if value in (None, "", ABSENT) else f"what is at `{name}` is no whole number"
    raise fault(place, found, "digits alone", "correct `count:` in the descriptor")
