"""What can go wrong, as exceptions; problems *in data* are not here, they are `lamppost.model.Issue` values.

    LamppostError                 anything said to the user in a sentence, never as a traceback
    ├── LoadError                 what the city wrote cannot be understood; carries all issues at once (exit code 2)
    ├── PullError                 a source did not give what was asked: down, slow, cut, HTML, wrong count
    │   └── PendingError          the source says: not yet; asked again next time, and nobody's fault
    ├── RefusedError              the data came, but a promise forbids publishing it: invalid, empty, undeclared
    ├── QueryError                a figure's or a derived dataset's SELECT failed, or tried what it may not
    ├── StoreError                the store is damaged or cannot be written
    │   └── TakenError            another run committed this number first: settle again on the new parent
    └── BuildError                the site could not be made; the old one is untouched

The drivers (`run`, `cli`) catch `LamppostError` for each dataset alone, so that one failure stays one failure.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lamppost.model import Issue


class LamppostError(Exception):
    """Said to the user as it stands: place · what was found · what was expected · what to do."""


class LoadError(LamppostError):
    """What the city wrote cannot be understood; `issues` names every fault, not just the first."""

    def __init__(self, issues: Sequence["Issue"]) -> None:
        super().__init__("\n".join(f"{issue.place}: {issue.message}" for issue in issues))
        self.issues = tuple(issues)


class PullError(LamppostError):
    """A source did not give what was asked; the message holds neither a secret nor a byte of an answer.

    `detail` may hold a piece of the answer: for the terminal of whoever pulls by hand, never to be stored.
    """

    def __init__(self, message: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class PendingError(PullError):
    """The source is still preparing what was asked, such as the trips of the last hour."""


class RefusedError(LamppostError):
    """The data came, but a promise forbids publishing it; `issues` are shown on the dataset's page."""

    def __init__(self, message: str, issues: Sequence["Issue"] = ()) -> None:
        super().__init__(message)
        self.issues = tuple(issues)


class QueryError(LamppostError):
    """A SELECT failed, or tried what it may not: files, network, settings, more than one statement."""


class StoreError(LamppostError):
    """The store is damaged or cannot be written; nothing was half committed."""


class TakenError(StoreError):
    """Another run committed this version number first."""


class BuildError(LamppostError):
    """The site could not be made; the old one is untouched."""
