"""Issues as GitHub's workflow commands, which show them beside the line of YAML that they are about.

GitHub shows ten errors and ten warnings of a step; the log and the job summary hold all.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lamppost.model import Issue, RunRecord

_PLACE = re.compile(r"(?P<file>[^:]+\.(?:ya?ml|md|py|sql))(?::(?P<line>\d+))?(?::(?P<column>\d+))?(?: .*)?")
_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _MESSAGE | {":": "%3A", ",": "%2C"}


def is_wanted(env: Mapping[str, str]) -> bool:
    """True where GitHub reads what is printed."""
    return env.get("GITHUB_ACTIONS") == "true"


def find_folder(root: Path, env: Mapping[str, str]) -> str:
    """The city's folder as seen from the repository, which is what GitHub counts paths from; empty for its root."""
    base = Path(env.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    found = Path(os.path.relpath(root.resolve(), base)).as_posix()
    return "" if found == "." else f"{found}/"


def annotate(issues: Iterable[Issue], folder: str = "") -> list[str]:
    """A command for each issue: `::error file=schemas/trees.yaml,line=7,col=5,title=retyped-column::…`.

    Escaped by GitHub's rules (actions/toolkit, command.ts), in which properties and messages differ. An issue whose
    place is no file has none.
    """
    return [_write(one, folder) for one in issues]


def annotate_run(record: RunRecord, notices: Mapping[str, Sequence[Issue]], folder: str = "") -> list[str]:
    """Of a run: all of what failed, and elsewhere what is to be mended in a file of the city's."""
    failing = {name for name, one in record.outcomes.items() if one.verdict in {"failed", "kept"}}
    return [
        line
        for name, issues in notices.items()
        for line in annotate((one for one in issues if name in failing or _PLACE.fullmatch(one.place)), folder)
    ]


def _write(issue: Issue, folder: str) -> str:
    found = _PLACE.fullmatch(issue.place)
    properties: dict[str, str | None] = {"title": issue.code}
    if found:
        where = {"file": f"{folder}{found['file']}", "line": found["line"], "col": found["column"]}
        properties = where | properties
    told = ",".join(f"{key}={_escape(value, _PROPERTY)}" for key, value in properties.items() if value)
    message = issue.message if found else f"{issue.place}: {issue.message}"
    return f"::{issue.severity} {told}::{_escape(message, _MESSAGE)}"


def _escape(text: str, letters: Mapping[str, str]) -> str:
    return "".join(letters.get(one, one) for one in text)
