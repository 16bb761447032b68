"""Privacy rules in a run: what is rounded away is nowhere, and a value that a rule guards is in no message."""

from tests.drivers.conftest import DESCRIPTOR, SCHEMA, Town, make_well

ROUNDED = f"{DESCRIPTOR}    protect: {{depth_m: {{round: 1}}}}\n    checks: {{quarantine: {{max: 50%}}}}\n"
BOUNDED = SCHEMA.replace("type: number,", "type: number, constraints: {maximum: 100},")


def read_all(town: Town) -> str:
    files = [one for one in town.root.rglob("*") if one.is_file() and "private" not in one.parts]
    return "\n".join(one.read_bytes().decode("utf-8", "replace") for one in files)


def test_digits_that_a_rule_rounds_away_are_nowhere(town: Town) -> None:
    town.write("datasets/wells/dataset.yaml", ROUNDED)
    town.source.items = [make_well(1) | {"depth_m": 12.345678}, make_well(2) | {"depth_m": 0.25}, make_well(3)]
    assert town.run().outcomes["wells"].published == 3
    (part,) = town.head("wells").tables[0].parts
    text = (town.root / "store/datasets/wells" / part.path).read_text(encoding="utf-8")
    assert text == "well_id,depth_m\nw1,12.3\nw2,0.2\nw3,4.5\n"
    assert "345678" not in read_all(town)


def test_no_message_shows_a_value_that_a_rule_guards(town: Town) -> None:
    town.write("datasets/wells/dataset.yaml", ROUNDED)
    town.write("schemas/wells.yaml", BOUNDED)
    town.source.items = [*map(make_well, range(4, 9)), make_well(1) | {"depth_m": "behind the house"}]
    town.source.items.append(make_well(2) | {"depth_m": 777.77})
    outcome = town.run().outcomes["wells"]
    assert (outcome.verdict, outcome.quarantined) == ("published", 2)
    incoming = town.head("wells").tables[0].incoming
    assert incoming
    assert [(one.code, one.samples[0].value) for one in incoming.issues] == [
        ("type-error", None),
        ("constraint-error", None),
    ]
    assert "keeps out of sight, expected at most 100" in incoming.issues[1].message
    assert not [text for text in ("behind the house", "777.7", "777.8") if text in read_all(town)]
