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

import errno
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

    `detail` may hold a piece of the answer: for the terminal of whoever pulls by hand, never to be stored. `issues` are
    what is wrong with an answer that could be read, such as `ragged-row`.
    """

    def __init__(self, message: str = "", detail: str = "", issues: Sequence["Issue"] = ()) -> None:
        super().__init__(message)
        self.detail = detail
        self.issues = tuple(issues)


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


ADVICE = {
    errno.ENOSPC: "free space",
    errno.EDQUOT: "free space, or ask for a larger quota",
    errno.EROFS: "mount the disk for writing",
    errno.EACCES: "grant the right to read and write there",
    errno.EPERM: "grant the right to read and write there",
    errno.EMFILE: "raise the limit of open files (`ulimit -n`)",
    errno.ENFILE: "close other programs",
    errno.EFBIG: "raise the limit of the size of files (`ulimit -f`)",
    errno.EIO: "check the disk",
    errno.ENOMEM: "free memory",
    errno.EAGAIN: "raise the limit of processes (`ulimit -u`)",
}
"""What helps when the machine has no more of something."""
SHORT_OF_MEMORY = (
    "can't start new thread",
    "Failed to launch worker thread",
    "failed to map segment from shared object",
    "cannot allocate memory",
    "Out of Memory Error: Allocation failure",
    "returned NULL without setting an exception",
    "error return without exception set",
)
"""Words of Python, of Arrow, of DuckDB and of the system's loader that have no type of their own."""


def is_shortage(error: BaseException) -> bool:
    """True when the machine lacks something, so that neither the city nor lamppost is at fault."""
    if isinstance(error, OSError):
        return error.errno in ADVICE
    if isinstance(error, MemoryError):
        return True
    return any(words in str(error) for words in SHORT_OF_MEMORY)


def name_shortage(error: BaseException) -> str:
    """The cause and what to do, in words that hold no path: `No space left on device; free space and run again`."""
    if isinstance(error, OSError):
        return (
            f"{error.strerror or type(error).__name__}; {ADVICE.get(error.errno or 0, 'free the cause')} and run again"
        )
    return "Out of memory; give this machine more of it, or publish less at once (`partition:`), and run again"
