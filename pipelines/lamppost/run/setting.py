"""What one run needs from outside: nothing below reads the clock or the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lamppost.model import City, Dates
from lamppost.pull import Transport
from lamppost.store import Store

Tell = Callable[[str, str], None]
"""Called with (dataset, stage) as each stage begins."""


@dataclass(frozen=True)
class Setting:
    """The city, where its versions are kept, and the world around them."""

    city: City
    store: Store
    dates: Dates
    env: Mapping[str, str]
    transport: Transport
    tell: Tell = field(default=lambda *_: None)

    @property
    def snapshots(self) -> Path:
        """Where raw bytes are kept: private/, or a scratch folder when the city keeps nothing private."""
        return (self.city.private or self.city.root / "build" / "scratch") / "snapshots"
