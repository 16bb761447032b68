"""Adversarial cells for each predicate: what is proven, frictionless accepts; equal values have equal hashes.

`python -m tests.validate.fuzz 10000000` looks at so many cells a predicate; the tests look at a share of them.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lamppost.validate.keyed import Key
from lamppost.validate.octets import PADDING, Octets
from lamppost.validate.predicates import Proof, accepts
from lamppost.validate.replay import PROFILE, read_rules

WIDTH = 32
BATCH = 200_000
ALPHABET = np.frombuffer(
    b' +-_.,eExX:0123456789019TZtz/%$abNaIiMSL\0\n\r\t"#~\x7f\x80\xa0\xd9\xa5\xef\xbb\xbf\xff', np.uint8
)
_NUMBERS = (
    b"0 -0 7 -7 00 007 12345678 123456789 999999999999999 1000000000000000 -99999999 0.5 12.50 .5 5. 1.5e3 "
    b"1_000 +7 0x1F NaN inf sNaN 60 60.0000000001 1440 -118.3614512 1234567.8 123456.78901234 99999999.9"
)
_DAYS = (
    b"2026-11-22 2024-02-29 2026-02-29 1900-02-29 2000-02-29 0001-01-01 0000-01-01 9999-12-31 2026-04-31 "
    b"2026-12-32 2026-13-01 2026-00-10 2026-1-1"
)
_INSTANTS = (
    b"2026-11-22T07:00:00Z 2024-02-29T23:59:59Z 2026-11-22T24:00:00Z 2026-11-22T07:60:00Z "
    b"2026-11-22T07:00:60Z 2026-11-22 07:00:00 2026-11-22T07:00:00+01:00 0001-01-01T00:00:00Z"
)
_WORDS = (
    b"ok dim off fault OK SL-00000000 SL-12345678 sl-1 M123456 ab-1234 AB-123 a b ab aab 1 true True TRUE "
    b"false 0 yes 12:30:00 2026 P1D abcdefgh abcdefghi"
)
_TIMES = (
    b"12:30:00 12:30:00Z 13:30:00+01:00 24:00:00 00:00:00 12:30:00.0 2026 0026 +026 0000 P1D PT24H P7D P1W P1Y P12M P1M"
)

SUBJECTS: Mapping[str, tuple[dict[str, Any], bytes]] = {
    "integer": ({"type": "integer"}, _NUMBERS),
    "integer within": ({"type": "integer", "constraints": {"minimum": -7, "maximum": 1440}}, _NUMBERS),
    "integer strictly within": (
        {"type": "integer", "constraints": {"exclusiveMinimum": 0, "exclusiveMaximum": 12345678}},
        _NUMBERS,
    ),
    "number": ({"type": "number"}, _NUMBERS),
    "number within": ({"type": "number", "constraints": {"minimum": -118.3614512, "maximum": 60}}, _NUMBERS),
    "number strictly within": (
        {"type": "number", "constraints": {"exclusiveMinimum": "0.5", "exclusiveMaximum": 99999999.9}},
        _NUMBERS,
    ),
    "number of a list": ({"type": "number", "constraints": {"enum": [7, 12.5, "0.5"]}}, _NUMBERS),
    "boolean": ({"type": "boolean"}, _WORDS),
    "date": ({"type": "date"}, _DAYS),
    "date within": (
        {"type": "date", "constraints": {"minimum": "2000-02-29", "exclusiveMaximum": "2026-11-22"}},
        _DAYS,
    ),
    "datetime": ({"type": "datetime"}, _INSTANTS),
    "datetime within": ({"type": "datetime", "constraints": {"exclusiveMinimum": "2024-02-29T23:59:58Z"}}, _INSTANTS),
    "words": ({"type": "string", "constraints": {"enum": ["ok", "dim", "off", "fault"]}}, _WORDS),
    "long words": ({"type": "string", "constraints": {"enum": ["ok", "SL-12345678", "abcdefgh", "abcdefghi"]}}, _WORDS),
    "length": ({"type": "string", "constraints": {"minLength": 2, "maxLength": 8}}, _WORDS),
    "shape": ({"type": "string", "constraints": {"pattern": "SL-[0-9]{8}"}}, _WORDS),
    "shape of classes": ({"type": "string", "constraints": {"pattern": r"[A-Za-z]{2}-\d{3}[0-4a]"}}, _WORDS),
    "pattern": ({"type": "string", "constraints": {"pattern": r"\w+-?\d*|a b"}}, _WORDS),
    "pattern of lines": ({"type": "string", "constraints": {"pattern": r"(ok|dim)?\s*[a-z]{1,4}"}}, _WORDS),
    "pattern at ends": ({"type": "string", "constraints": {"pattern": "ok|dim$|^SL-[0-9]*"}}, _WORDS),
}
KEYS = {
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "date": _DAYS,
    "datetime": _INSTANTS,
    "boolean": _WORDS,
    "year": _TIMES,
    "time": _TIMES,
    "string": _WORDS,
    "any": _WORDS,
    "duration": _TIMES,
}


def distort(seeds: bytes, many: int, chance: np.random.Generator) -> Octets:
    """Seeds with letters exchanged, cut off and put on; behind each cell stand digits that belong to none."""
    texts = [text.replace(b"_space_", b" ") for text in (*seeds.split(b" "), b"")]
    table = np.zeros((len(texts), WIDTH), dtype=np.uint8)
    for row, text in enumerate(texts):
        table[row, : len(text)] = np.frombuffer(text, np.uint8)
    chosen = chance.integers(0, len(texts), many)
    body, lengths = table[chosen], np.array([len(text) for text in texts])[chosen]
    behind = np.arange(WIDTH) >= lengths[:, None]
    body[behind] = chance.integers(ord("0"), ord("9") + 1, int(behind.sum()), dtype=np.uint8)
    lengths = np.clip(lengths + chance.choice([0] * 12 + [-2, -1, 1, 1, 2, 6], many), 0, WIDTH - 1)
    for _exchange in range(3):
        rows = np.flatnonzero(chance.random(many) < 0.4)
        body[rows, chance.integers(0, np.maximum(lengths[rows], 1))] = chance.choice(ALPHABET, len(rows))
    flat = np.concatenate([body.ravel(), np.full(PADDING, ord("7"), dtype=np.uint8)])
    return Octets(flat, np.arange(many, dtype=np.int64) * WIDTH, lengths.astype(np.int64))


def batches(seeds: bytes, many: int, seed: int) -> Iterator[tuple[Octets, list[str]]]:
    """Cells, and the same as text; what is not UTF-8 no block would hold."""
    chance = np.random.default_rng(seed)
    for first in range(0, many, BATCH):
        cells = distort(seeds, min(BATCH, many - first), chance)
        raw = [
            cells.body[at : at + size].tobytes()
            for at, size in zip(cells.starts.tolist(), cells.lengths.tolist(), strict=True)
        ]
        known = np.array([_is_unicode(text) for text in raw])
        yield cells.take(known), [text.decode() for text, good in zip(raw, known, strict=True) if good]


def _is_unicode(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def make_proof(descriptor: dict[str, Any]) -> Proof:
    """The proof of one field."""
    plan = read_rules({"fields": [{"name": "a", **descriptor}]}, None, None, PROFILE).plan
    assert plan is not None
    return plan.proofs["a"]


def find_false_proofs(name: str, many: int, seed: int = 1) -> tuple[int, list[str]]:
    """(how many cells were proven, those of them that frictionless refuses)."""
    descriptor, seeds = SUBJECTS[name]
    proof, proven, false = make_proof(descriptor), 0, set[str]()
    assert proof.certain is not None
    for cells, texts in batches(seeds, many, seed):
        rows = np.flatnonzero(proof.certain(cells) & ~proof.find_missing(cells)).tolist()
        proven += len(rows)
        false |= {text for text in {texts[row] for row in rows} if not accepts(proof.read, text)}
    return proven, sorted(false)


def find_parted_keys(kind: str, many: int, seed: int = 1) -> tuple[int, list[str]]:
    """(how many cells had equal values, texts whose value another hash stands for too)."""
    proof = make_proof({"type": kind})
    key, hashes, equal, parted = Key((("a", kind),), {"a": proof}, whole=True), dict[Any, int](), 0, list[str]()
    for cells, texts in batches(KEYS[kind], many, seed):
        found = key.hash({"a": cells}, {"a": proof.find_missing(cells)})
        for text, word, has in zip(texts, found.words.tolist(), found.has.tolist(), strict=True):
            value = proof.read(text)[0]
            if value is None or not has:
                continue  # no value, or one that shows itself to frictionless
            if hashes.setdefault(value, word) != word:
                parted.append(text)
            equal += 1
    return equal, parted


def main() -> None:
    """Look at so many cells a predicate and a kind of key, and print what was found; exit code 1 for a false proof."""
    many, failed = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000, False
    for search, names in ((find_false_proofs, list(SUBJECTS)), (find_parted_keys, list(KEYS))):
        for name in names:
            start = time.perf_counter()
            proven, false = search(name, many, seed=many)
            failed |= bool(false)
            seconds = time.perf_counter() - start
            said = f"{name}: {many:,} cells, {proven:,} proven, {len(false)} false {false[:5]}, {seconds:.0f} s"
            print(said, flush=True)  # noqa: T201
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
