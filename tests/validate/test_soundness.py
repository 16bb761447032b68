"""What the fast pass proves, frictionless accepts; what is equal, has one hash: the only two promises it makes."""

import pytest

from tests.validate.fuzz import KEYS, SUBJECTS, find_false_proofs, find_parted_keys

MANY = 100_000
"""`nox -s fuzz` looks at a hundred times as many."""


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_cell_is_proven_that_frictionless_refuses(name: str) -> None:
    proven, false = find_false_proofs(name, MANY)
    assert false == []
    assert proven > MANY / 200


@pytest.mark.parametrize("kind", KEYS)
def test_equal_values_have_one_hash(kind: str) -> None:
    equal, parted = find_parted_keys(kind, MANY // 5)
    assert parted == []
    assert equal > MANY / 500
