"""A thousand steps of publishing, going back and retracting, in any order: each version holds what it ought to hold."""

import random
from datetime import date

import pytest
from click.testing import CliRunner

from lamppost.cli import main
from lamppost.formats import csv
from lamppost.verify import verify
from tests.drivers.conftest import DESCRIPTOR, Town
from tests.drivers.search import search

STEPS = 100
DAY = date(2026, 11, 22)
SCHEMA = """
fields:
  - {name: well_id, title: Well, type: string, description: Its number., constraints: {required: true}}
  - {name: owner, title: Owner, type: string, description: Whose it is.}
primaryKey: [well_id]
"""
Rows = dict[str, str]


class Sequence:
    """What every version ought to hold, beside what it holds."""

    def __init__(self, town: Town, chance: random.Random) -> None:
        self.town, self.chance, self.made = town, chance, 0
        self.source: Rows = {}
        self.held: dict[int, Rows] = {}
        self.gone: dict[str, str] = {}

    def publish(self) -> str:
        """Some wells come, go, or change hands; a retracted one still stands at the source."""
        for _ in range(self.chance.randint(1, 3)):
            key = f"w{self.chance.randint(1, 12)}"
            if key in self.source and key not in self.gone and self.chance.random() < 0.3 and len(self.source) > 6:
                del self.source[key]
            elif key not in self.gone:
                self.made += 1
                self.source[key] = f"Owner-{self.made:04d}-{self.chance.getrandbits(32):08x}"
        while len(self.source) < 6:
            self.source.setdefault(f"w{self.chance.randint(1, 12)}", f"Owner-{self.chance.getrandbits(32):08x}")
        self.town.source.items = [{"well_id": key, "owner": owner} for key, owner in sorted(self.source.items())]
        outcome = self.town.run(DAY, "wells").outcomes["wells"]
        wanted = {key: owner for key, owner in self.source.items() if key not in self.gone}
        if self.held and self.held[max(self.held)] == wanted:
            assert outcome.verdict == "unchanged", outcome.reason
        else:
            assert outcome.verdict == "published", outcome.reason
            self.held[max(self.held, default=0) + 1] = wanted
        return "publish"

    def go_back(self) -> str:
        """To any version that holds other rows than the newest."""
        others = [seq for seq, rows in self.held.items() if rows != self.held[max(self.held)]]
        if not others:
            return self.publish()
        to = self.chance.choice(others)
        self.call("rollback", "wells", str(to), "--reason", "A meter was wrong.")
        self.held[max(self.held) + 1] = dict(self.held[to])
        return f"rollback {to}"

    def retract(self) -> str:
        """One well that some version holds, of every owner it ever had."""
        known = sorted({key for rows in self.held.values() for key in rows})
        if len(known) < 8:
            return self.publish()
        key = self.chance.choice(known)
        owners = {rows[key] for rows in self.held.values() if key in rows} | {self.source.get(key, "")}
        self.call("retract", "wells", "--rows", key, "--reason", "It was asked for.", "--by", "City Clerk", "--yes")
        self.gone |= {owner: key for owner in owners if owner} | {key: key}
        for rows in self.held.values():
            rows.pop(key, None)
        return f"retract {key}"

    def call(self, *words: str) -> None:
        result = CliRunner().invoke(main, ["--city", str(self.town.root), *words, "--today", DAY.isoformat()])
        assert result.exit_code == 0, result.output

    def read(self, seq: int) -> Rows:
        """The rows of a version, from its bytes."""
        parts = self.town.store.read("wells", seq).tables[0].parts
        tables = [csv.read(self.town.store.path("wells", part.path)) for part in parts]
        return {row["well_id"]: row["owner"] for table in tables for row in table.to_pylist()}


@pytest.mark.parametrize("seed", range(10))
def test_each_of_a_thousand_steps_ends_at_the_bytes_of_the_version_that_was_asked_for(town: Town, seed: int) -> None:
    town.write("schemas/wells.yaml", SCHEMA)
    town.write("datasets/wells/dataset.yaml", f"{DESCRIPTOR}    checks: {{rows: {{shrink: 100%}}}}\n")
    (town.root / "datasets/wells/figures.yaml").unlink()
    town.write("docs/index.md", "---\nkind: home\nlead: Wells.\n---\n\nWells.\n")
    steps = Sequence(town, random.Random(seed))
    told = [steps.publish()]
    for _ in range(STEPS - 1):
        told.append(steps.chance.choices([steps.publish, steps.go_back, steps.retract], [12, 7, 1])[0]())
        newest = max(steps.held)
        assert (town.head("wells").seq, steps.read(newest)) == (newest, steps.held[newest]), told
    assert {seq: steps.read(seq) for seq in town.store.versions("wells")} == steps.held, told
    assert verify(town.root / "store") == ()
    steps.call("build")
    page = (town.root / "site/datasets/wells.html").read_text(encoding="utf-8")
    assert ("It was asked for." in page) == bool(steps.gone)
    public = csv.read(town.root / "site/data/wells/wells.csv").to_pylist()
    assert {row["well_id"]: row["owner"] for row in public} == steps.held[max(steps.held)]
    owners = [one for one in steps.gone if one.startswith("Owner")]
    assert [one for one in search(town.root, owners) if one.split("/")[0] in {"store", "site"}] == [], told
