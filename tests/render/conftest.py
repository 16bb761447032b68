"""Fixtures of the tests of pages; what they hold is built in `small_site`."""

import pytest

from .small_site import Site, make_site


@pytest.fixture
def site() -> Site:
    """Two real versions, nothing simulated, one figure."""
    return make_site(simulated=False)


@pytest.fixture
def practice() -> Site:
    """The same, made by the sandbox."""
    return make_site(simulated=True)
