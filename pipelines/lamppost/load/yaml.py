"""YAML as the city may write it: 1.2 core scalars only, and each value knows its file, line and column.

PyYAML finds the events, nothing of it builds values: by its YAML 1.1 rules `NO` is false, `12:30` is 750, `01234` is
668, a repeated key wins in silence, and aliases multiply. Here each of these is an `Issue` that says what to write.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from lamppost.model import Issue

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

_CORE: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]{0,17})(\.[0-9]{1,20})?|\.[0-9]{1,20})([eE][-+]?[0-9]{1,2})?")
_WORDS = frozenset({"yes", "no", "on", "off"})
_NUMERIC = frozenset("+-.0123456789")
"""What every spelling of a number begins with."""
_AMBIGUOUS = (
    (re.compile(r"[-+]?0[0-9_]+(\.[0-9]*)?|[-+]?0o[0-7]+"), "some YAML readers take it for an octal number"),
    (re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?"), "some YAML readers take it for a number in base 60"),
    (re.compile(r"[-+]?0[xX][0-9a-fA-F]+|[-+]?0[bB][01]+"), "it is a number in another base"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?"), "some YAML readers take it for a number"),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), "it is not a finite number"),
    (re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"), "it is a number that would not be kept exactly"),
)


class Node(NamedTuple):
    """One value and where it stands: `value` is a scalar, a tuple of nodes, or a mapping from key to node."""

    value: Any
    file: str
    """Relative to the city's folder, with forward slashes."""
    line: int
    column: int
    key: str = ""
    """Dotted path from the file's root, such as `resources[0].pull.url`."""
    raw: str = ""
    """A scalar as it is written: `1.10` is the number 1.1, but the id 1.10."""

    @property
    def place(self) -> str:
        """For `Issue.place`: `datasets/trees/dataset.yaml:7:5 resources[0].pull.url`."""
        return f"{self.file}:{self.line}:{self.column} {self.key}".rstrip()

    def plain(self) -> Any:
        """The value without its places: str, int, float, bool, None, list, dict."""
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value


class _StopError(Exception):
    """Ends the reading of one file whose rest would only repeat the fault."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.message)
        self.issue = issue


def read_yaml(path: Path, file: str, faults: list[Issue]) -> Node | None:
    """The root mapping of a file; None when it cannot be read, with the reason in `faults`."""
    text = read_text(path, file, faults)
    return None if text is None else parse_yaml(text, file, faults)


def read_text(path: Path, file: str, faults: list[Issue]) -> str | None:
    """A file of the city's as text with LF line ends; None and an issue when it is missing, too large or not UTF-8."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"found {size:,} bytes, expected at most {MAX_BYTES:,}; split the file or move the data out of it"
            faults.append(Issue("file-size", file, message))
            return None
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8, expected UTF-8 text; save the file with the encoding UTF-8"
        faults.append(Issue("file-encoding", file, message))
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.append(Issue("file-unreadable", file, f"cannot be read: {reason}; expected a readable file"))
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_yaml(text: str, file: str, faults: list[Issue], *, first_line: int = 1) -> Node | None:
    """The root mapping of `text`; `first_line` is the line of the file on which `text` starts (front matter)."""
    if len(text.encode()) > MAX_BYTES:
        faults.append(Issue("file-size", file, f"found more than {MAX_BYTES:,} bytes; split the file"))
        return None
    try:
        root = _read_quickly(text, file, first_line) or _Reading(text, file, first_line, faults).document()
    except _StopError as stop:
        faults.append(stop.issue)
        return None
    except yaml.YAMLError as error:
        faults.append(_explain_syntax(error, text, file, first_line))
        return None
    if root is None or not isinstance(root.value, Mapping):
        place = root.place if root else file
        found = "a list" if root and isinstance(root.value, tuple) else "text" if root and root.raw else "nothing"
        faults.append(
            Issue("yaml-root", place, f"found {found}, expected `key: value` lines; see the form in the docs")
        )
        return None
    return root


def _read_quickly(text: str, file: str, first_line: int) -> Node | None:
    """The root, found by libyaml in an eighth of the time; None for all that is not simply right."""
    own: list[Issue] = []
    if not text.isascii() or "\t" in text or not hasattr(yaml, "CSafeLoader"):
        return None
    try:
        root = _Reading(text, file, first_line, own, yaml.CSafeLoader).document()
    except (_StopError, yaml.YAMLError):
        return None
    return None if own else root


class _Reading:
    """One pass over the events of one document."""

    def __init__(
        self, text: str, file: str, first_line: int, faults: list[Issue], loader: Any = yaml.SafeLoader
    ) -> None:
        self.events: Iterator[Any] = iter(loader(text).get_event, None)
        self.file = file
        self.first_line = first_line
        self.faults = faults

    def document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _StopError(
                        self.issue(
                            "yaml-documents", event, "a second document starts here, expected one; remove the `---`"
                        )
                    )
            elif isinstance(event, yaml.NodeEvent):
                root = self.node(event, "", 1)
        return root

    def node(self, event: Any, key: str, depth: int) -> Node:
        self.refuse_reference(event, key)
        if depth > MAX_DEPTH:
            raise _StopError(self.issue("yaml-depth", event, f"nested deeper than {MAX_DEPTH} levels; flatten it", key))
        value: Any
        raw = ""
        if isinstance(event, yaml.ScalarEvent):
            value, raw = self.scalar(event, key), event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            value = tuple(self.sequence(key, depth))
        else:
            value = self.mapping(key, depth)
        mark = event.start_mark
        return Node(value, self.file, mark.line + self.first_line, mark.column + 1, key, raw)

    def sequence(self, key: str, depth: int) -> Iterator[Node]:
        for index, event in enumerate(self.events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.node(event, f"{key}[{index}]", depth + 1)

    def mapping(self, key: str, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            name = self.name(event, key)
            node = self.node(next(self.events), f"{key}.{name}" if key else name, depth + 1)
            if name in found:
                message = f"the key is written twice, first in line {found[name].line}; keep one of them"
                self.faults.append(self.issue("yaml-duplicate-key", event, message, node.key))
            else:
                found[name] = node
        return found

    def name(self, event: Any, key: str) -> str:
        self.refuse_reference(event, key)
        if not isinstance(event, yaml.ScalarEvent):
            raise _StopError(self.issue("yaml-key", event, "found a list or mapping as a key, expected a word", key))
        if event.value == "<<" and not event.style:
            raise _StopError(self.issue("yaml-merge", event, "`<<` merges are not read here; write the keys out", key))
        text = str(event.value)
        self.scalar(event, f"{key}.{text}" if key else text)
        return text

    def scalar(self, event: Any, key: str) -> Any:
        text = event.value
        if event.style:
            return text
        if text in _CORE:
            return _CORE[text]
        if text[0] in _NUMERIC:
            if _INTEGER.fullmatch(text):
                return int(text)
            if _NUMBER.fullmatch(text):
                return float(text)
            why = next((why for pattern, why in _AMBIGUOUS if pattern.fullmatch(text)), "")
        else:
            why = "some YAML readers take it for true or false" if text.lower() in _WORDS else ""
        if why:
            message = f'found {text} without quotes, and {why}; write "{text}" if it is text'
            self.faults.append(self.issue("yaml-ambiguous", event, message, key))
        return text

    def refuse_reference(self, event: Any, key: str) -> None:
        """Anchors, aliases and tags end the file: what they would build is never looked at."""
        tag = getattr(event, "tag", None)
        if event.anchor is None and tag is None:
            return
        if event.anchor is not None:
            mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = f"found {mark}{event.anchor}: anchors and aliases are not read here; write the value out"
            raise _StopError(self.issue("yaml-anchor", event, message, key))
        shown = str(tag).replace("tag:yaml.org,2002:", "!!")
        message = f"found the tag {shown}: tags are not read here; write plain text, a number, a list or a mapping"
        raise _StopError(self.issue("yaml-tag", event, message, key))

    def issue(self, code: str, event: Any, message: str, key: str = "") -> Issue:
        place = f"{self.file}:{self.line(event)}:{event.start_mark.column + 1} {key}".rstrip()
        return Issue(code, place, message)

    def line(self, event: Any) -> int:
        return int(event.start_mark.line) + self.first_line


def _explain_syntax(error: yaml.YAMLError, text: str, file: str, first_line: int) -> Issue:
    """One sentence in place of PyYAML's four lines; a tab is named, because it cannot be seen."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + first_line
        message = f"found the character U+{ord(text[error.position]):04X}, expected printable text; delete it"
        return Issue("yaml-syntax", f"{file}:{line}", message)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    problem = getattr(error, "problem", None) or "not YAML"
    lines = text.split("\n")
    written = lines[line] if line < len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())] or "\\t" in problem:
        problem, fix = "found a tab", "indent with spaces"
    else:
        fix = "check the indentation, and put text that holds `: `, ` #` or a leading symbol in quotes"
    return Issue("yaml-syntax", f"{file}:{line + first_line}:{column + 1}", f"{problem}, expected YAML; {fix}")


def front_matter(path: Path, file: str, faults: list[Issue]) -> tuple[Node | None, str]:
    """The front matter and the Markdown below it; (None, whole text) for a page without front matter."""
    text = read_text(path, file, faults)
    if text is None:
        return None, ""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, text
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in {"---", "..."}:
            body = "\n".join(lines[number + 1 :])
            return parse_yaml("\n".join(lines[1:number]), file, faults, first_line=2), body
    faults.append(Issue("yaml-syntax", f"{file}:1", "the front matter never ends; close it with a line `---`"))
    return None, ""
