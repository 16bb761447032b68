"""What every adapter is given, and the two things all of them read the same way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lamppost.model import Pull, Resource
from lamppost.pull.options import Options
from lamppost.pull.transport import Transport


@dataclass(frozen=True)
class Job:
    """One resource to pull; `pull` is its `pull:` with every `${NAME}` filled in."""

    place: str
    """`wifi-usage/clients`: where errors say they happened."""
    resource: Resource
    pull: Pull
    cursor: str | None
    """Greatest value of the cursor field that is already kept; the lookback is still to be taken off."""
    folder: Path
    now: datetime
    transport: Transport
    private: Path | None = None
    """The city's private folder; None where nothing may be kept between two runs."""
    memory: Mapping[str, str] = field(default_factory=dict)
    """What the last committed pull wished to be reminded of (`Snapshot.memory`); empty when it must not matter."""

    def options(self) -> Options:
        """The adapter's options, to be taken key by key."""
        return Options(self.pull.options, "pull")


def read_dialect(options: Options) -> tuple[tuple[str, str], ...]:
    """`dialect:` sorted, as a snapshot carries it."""
    return tuple(sorted(options.pairs("dialect").items()))


def record_path(pull: Pull, field: str) -> str:
    """Where in a source record the schema field `field` comes from."""
    source = pull.fields.get(field)
    return source.path if source else field
