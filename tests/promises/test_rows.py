"""P6: no row is lost in silence: of a hundred thousand messy ones each is counted once, and the counts add up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lamppost.model import Counts, Outcome
from tests.promises.conftest import SCHEMA, Ashton

CHECKS = "    checks: {quarantine: {max: 100%}, rows: {shrink: 100%, grow: 100000%}, severity: {unit-change: ignore}}\n"
TIMED = SCHEMA.replace("primaryKey", "  - {name: seen_at, title: Seen, type: datetime, description: When.}\nprimaryKey")
MODES = {
    "snapshot": "mode: snapshot",
    "append": "mode: append",
    "upsert": "mode: upsert, event_time: seen_at, partition: {by: month, of: seen_at}",
}
GOOD = {
    "id": ["a{0}.{1}", "é{0}.{1}"],
    "value": ["1", "2.50", "-0", "1e3"],
    "at": ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"],
}
ID = st.sampled_from([*GOOD["id"] * 6, "same{1}", "", " {0}.{1}"])
NAME = st.sampled_from(
    ["x", "", "a,b", 'say ""no""', "two\nlines", "two\r\nlines", "=1+1", "\u2028", "ﷺ", "\n\n", ",\n,"]
)
VALUE = st.sampled_from([*GOOD["value"] * 4, "", "n/a", "1,5", "NaN", "9" * 30, " 7"])
AT = st.sampled_from([*GOOD["at"] * 6, "2026-02-01T00:30:00+01:00", "soon", "", "2099-01-01T00:00:00Z"])
ROWS = st.lists(st.tuples(ID, NAME, VALUE, AT), min_size=30, max_size=40)
LINES = st.sampled_from(["\n", "\r\n"])


def count_records(data: bytes) -> int:
    """Records behind the header, by quotes and line ends alone, as the engine does not read; blank lines are none."""
    plain = re.sub(rb'"[^"]*"', b"x", data)
    return sum(bool(line.strip(b"\r")) for line in plain.split(b"\n")) - 1


def write(rows: Iterable[tuple[str, ...]], copies: range, end: str) -> bytes:
    """Every cell with a comma, a quote or a line end in quotes; blank lines here and there."""
    lines = ["id,name,value,seen_at"]
    for copy in copies:
        for number, cells in enumerate(rows):
            filled = (cells[0].format(number, copy), *cells[1:])
            lines.append(",".join(f'"{one}"' if set(one) & set(',"\r\n') else one for one in filled))
        lines += [""] * (copy % 2)
    return (end.join(lines) + end * (len(copies) % 3)).encode()


@dataclass
class Ledger:
    """What an independent count finds in the files, run after run."""

    city: Ashton
    rows: int = 0
    verdicts: tuple[str, ...] = ()

    def check(self, sent: bytes, mode: str) -> None:
        """One more pull: what it sent, what is public, what is held back, against what the version says."""
        before = self.count_published(mode)
        self.city.source.routes[f"/{mode}"] = lambda _query: (200, {"Content-Type": "text/csv"}, sent)
        outcome = self.city.run(mode).outcomes[mode]
        self.rows += count_records(sent)
        self.verdicts += (outcome.verdict,)
        if outcome.verdict == "published":
            self.compare(mode, outcome, sent, before)
        else:
            assert outcome.verdict in {"unchanged", "kept"}, outcome.reason
            assert self.count_published(mode) == before

    def compare(self, mode: str, outcome: Outcome, sent: bytes, before: int) -> None:
        """Every number of the version that can be counted from outside."""
        head = self.city.store.head(mode)
        assert head is not None
        counts = head.tables[0].counts
        assert counts.holds()
        assert counts.read == outcome.read == count_records(sent)
        assert counts.published == outcome.published == self.count_published(mode)
        assert counts.previous == before
        held = self.city.root / f"private/quarantine/{mode}/rows.csv"
        assert counts.quarantined == (count_records(held.read_bytes()) if counts.quarantined else 0)

    def count_published(self, mode: str) -> int:
        head = self.city.store.head(mode)
        parts = head.tables[0].parts if head else ()
        return sum(count_records(self.city.store.path(mode, one.path).read_bytes()) for one in parts)


def test_of_a_hundred_thousand_messy_rows_none_is_lost(ashton: Ashton) -> None:
    for mode, words in MODES.items():
        pull_from = f'adapter: http, url: "{ashton.source.url}", path: /{mode}, format: csv'
        ashton.declare(mode, pull_from, TIMED, publish=words, more=CHECKS)
    ledger = Ledger(ashton)

    @settings(max_examples=30, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(
        rows=ROWS,
        first=st.integers(0, 400),
        copies=st.integers(112, 140),
        end=LINES,
        mode=st.sampled_from(sorted(MODES)),
    )
    def pull(rows: list[tuple[str, ...]], first: int, copies: int, end: str, mode: str) -> None:
        ledger.check(write(rows, range(first, first + copies), end), mode)

    pull()
    assert ledger.rows >= 100_000
    assert ledger.verdicts.count("published") >= 15


def test_rows_that_a_transform_drops_are_counted_as_filtered(ashton: Ashton) -> None:
    ashton.declare("csv", f'adapter: http, url: "{ashton.source.url}", path: /csv, format: csv', more=CHECKS)
    ashton.write("datasets/csv/transform.py", "def transform(table):\n    return table[table['value'] != '2']\n")
    sent = b"id,name,value\n1,a,1\n2,b,2\n2,b,2\n3,c,x\n4,d,4\n4,d,4\n"
    ashton.source.routes["/csv"] = lambda _query: (200, {"Content-Type": "text/csv"}, sent)
    assert ashton.run("csv").outcomes["csv"].verdict == "published"
    head = ashton.store.head("csv")
    assert head is not None
    expected = Counts(read=6, filtered=2, quarantined=1, deduplicated=1, accepted=2, added=2, settled=2, published=2)
    assert head.tables[0].counts == expected


def test_a_count_that_is_off_by_one_does_not_hold() -> None:
    whole = Counts(10, 1, 2, 3, 4, 1, 1, 1, 1, 2, 5, 7, 3, 4)
    assert whole.holds()
    for name in vars(whole):
        assert not replace(whole, **{name: getattr(whole, name) + 1}).holds(), name


def test_what_is_held_back_is_public_as_a_number_and_a_reason_and_private_as_rows(ashton: Ashton) -> None:
    ashton.declare("csv", f'adapter: http, url: "{ashton.source.url}", path: /csv, format: csv', more=CHECKS)
    sent = b"id,name,value\n1,a,1\n2,UNSEEN,n/a\n3,c,3\n"
    ashton.source.routes["/csv"] = lambda _query: (200, {"Content-Type": "text/csv"}, sent)
    ashton.run("csv")
    ashton.build()
    text = ashton.page("datasets/csv.html")
    assert "1 held back" in text
    assert "type-error" in text
    kept = ashton.root / "private/quarantine/csv/rows.csv"
    assert "UNSEEN" in kept.read_text(encoding="utf-8")
    for place in ("site", "store"):
        assert not [
            one for one in Path(ashton.root / place).rglob("*") if one.is_file() and b"UNSEEN" in one.read_bytes()
        ]
