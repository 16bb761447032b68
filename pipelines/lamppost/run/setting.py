"""What one run needs from outside: nothing below reads the clock or the environment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lamppost.beside import SECONDS
from lamppost.model import City, Dates, Issue
from lamppost.pull import Transport
from lamppost.run.sizes import USUAL, Sizes
from lamppost.store import Store

Tell = Callable[[str, str], None]
"""Called with (dataset, stage) as each stage begins."""
Notice = Callable[[str, Sequence[Issue]], None]
"""Called with (dataset, issues) once it is known what a run found in it, whether or not it was published."""


@dataclass(frozen=True)
class Setting:
    """The city, where its versions are kept, and the world around them."""

    city: City
    store: Store
    dates: Dates
    env: Mapping[str, str]
    transport: Transport
    tell: Tell = field(default=lambda *_: None)
    notice: Notice = field(default=lambda *_: None)
    transform_seconds: float = SECONDS
    sizes: Sizes = USUAL

    @property
    def snapshots(self) -> Path:
        """Where raw bytes are kept: private/, or a scratch folder when the city keeps nothing private."""
        return (self.city.private or self.city.root / "build" / "scratch") / "snapshots"
