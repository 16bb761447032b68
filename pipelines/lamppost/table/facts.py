"""What reading finds out beside the rows."""

from dataclasses import dataclass, field

from lamppost.model import Issue


@dataclass
class Facts:
    """Filled in while a snapshot is read, and whole when its last batch was taken."""

    notes: list[str] = field(default_factory=list)
    """Facts in sentences, for the receipt: by which operation coordinates were converted, and how exact it is."""
    issues: list[Issue] = field(default_factory=list)
    """One of severity `error` means that the rows are not to be published."""
    unmapped: set[str] = field(default_factory=set)
    """With `pull.fields`: the source's own columns that no path names, in the words of its records."""
