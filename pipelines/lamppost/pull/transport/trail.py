"""What was asked and what came back, for the run's own record: never a byte of an answer, never a query."""

from collections import Counter, deque
from collections.abc import Mapping

from lamppost.pull.transport.address import show_url
from lamppost.pull.transport.expect import read_type
from lamppost.pull.transport.trouble import name_status

FIRST, LAST = 100, 99
"""Lines kept of a long trail: how it began, and how it ended; one line between them says how many there were."""


def describe(status: int, headers: Mapping[str, str], body: bytes | None) -> str:
    """`HTTP 200 OK, text/csv, 89 bytes`; of a body that was not read, the length that its header declares."""
    declared = headers.get("content-length", "").strip()
    if body is not None:
        size = f", {len(body):,} bytes"
    else:
        size = f", {int(declared[:15]):,} bytes" if declared.isascii() and declared.isdigit() else ""
    return f"HTTP {name_status(status)}, {read_type(headers.get('content-type', ''))}{size}"


class Trail:
    """The lines since they were last taken."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=LAST)
        self._kinds: Counter[str] = Counter()

    def add(self, method: str, url: str, outcome: str, seconds: float, attempt: int) -> None:
        """Notes one answer, or that none came; `outcome` begins with the kind it is counted as, up to a comma."""
        line = f"{method} {show_url(url)} → {outcome}, {seconds:.2f} s, attempt {attempt}"
        if len(self._first) < FIRST:
            self._first.append(line)
            return
        if len(self._last) == LAST:
            self._kinds[_name_line(self._last[0])] += 1
        self._last.append(line)

    def take(self) -> tuple[str, ...]:
        """The lines, at most 200, and forgets them."""
        count = self._kinds.total()
        kinds = ", ".join(f"{number:,} times {kind}" for kind, number in self._kinds.most_common())
        lines = (*self._first, *([f"… {count:,} more: {kinds}"] if count else []), *self._last)
        self._first, self._last, self._kinds = [], deque(maxlen=LAST), Counter()
        return lines


def _name_line(line: str) -> str:
    return line.partition(" → ")[2].partition(",")[0]
