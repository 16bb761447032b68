"""XML as nested mappings, lists and texts, so that dotted paths reach into it as they do into JSON.

The document is `{root: value}`: `service_requests.request`, `FeatureCollection.@numberMatched`, `rss.channel.item`.

element         only text: that text without the white space around it; nothing inside, or xsi:nil: null;
                else a mapping of its attributes (`@name`), its children by name, and its own text (`#text`)
repetition      children of one name are a list; a name that stands alone is not, so records are found by `list_records`
names           without namespace prefix; only where one document uses a name in two namespaces does the element that is
                not in its parent's namespace keep the prefix it was written with (`atom:link` in RSS beside `link`)
left out        comments, processing instructions, namespace declarations, attributes of XML Schema (`xsi:…`)

No document type, hence no entity, no expansion and nothing external (XML 1.0, Namespaces in XML 1.0).
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from lamppost.decode.records import Records
from lamppost.errors import RefusedError
from lamppost.model import Snapshot
from lamppost.notation import ABSENT, find

DEPTH_LIMIT = 100
"""Elements inside each other; real documents stay below 30."""
NODE_LIMIT = 1_000_000
"""Elements and attributes together: what fits into the memory of a small machine."""
TEXT_LIMIT = 1 << 24
"""Characters of one element's own text; a cell may be far shorter."""
TAG_LIMIT = 1 << 21
"""Bytes of one tag with all its attributes."""
_STEP = 1 << 16
_GAP: Final = " "
"""Stands between namespace, name and prefix in what expat reports; none of them can hold one."""
_WHITE = " \t\r\n"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"


class _UnreadableError(Exception):
    """Why the document is refused; the place is added where it is known."""


class _TwiceNamedError(Exception):
    """A name turned out to stand in two namespaces after elements had been called by it alone."""


class _Frame:
    """An element that is still open; there are millions, so it holds no more than it must."""

    __slots__ = ("content", "name", "nil", "size", "space", "spaces", "texts")

    def __init__(self, name: str, space: str) -> None:
        self.name = name
        self.space = space
        self.nil = False
        self.content: dict[str, Any] = {}
        self.texts: list[str] = []
        self.size = 0
        self.spaces: dict[str, str] | None = None
        """Of its children that have a name with two meanings: name → namespace."""


def decode_xml(data: bytes, snapshot: Snapshot, place: str) -> Records:
    """The elements at `snapshot.records`; one that holds only text is a record with the one key `#text`.

    The document names its own encoding; `snapshot.encoding` overrides it where it is not UTF-8, which XML assumes.
    """
    root = parse_xml(data, place, encoding=snapshot.encoding)
    found = list_records(root, snapshot.records, place)
    return Records([one if isinstance(one, dict) else {} if one is None else {"#text": one} for one in found])


def parse_xml(data: bytes, place: str, *, encoding: str = "utf-8") -> Any:
    """The whole document as `{root: value}`; RefusedError with the line of what is not XML, too big or too deep."""
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise RefusedError(f"{place}: found nothing but white space, expected XML; ask the source's owner")
    override = None if encoding.lower() in {"utf-8", "utf8"} else encoding
    twice: set[str] = set()
    while True:
        reading = _Reading(override, twice)
        try:
            return reading.read(data)
        except _TwiceNamedError:
            twice = reading.list_twice()
        except _UnreadableError as error:
            raise RefusedError(f"{place}, line {reading.line}: {error}") from None
        except expat.ExpatError as error:
            found = f"{expat.ErrorString(error.code)}; expected well-formed XML; the answer may have been cut"
            raise RefusedError(f"{place}, line {error.lineno}, column {error.offset + 1}: {found}") from None
        except (LookupError, ValueError):
            raise RefusedError(
                f"{place}: found an encoding that nobody knows, expected one such as UTF-8; declare the source's"
            ) from None


def list_records(root: Any, path: str, place: str) -> list[Any]:
    """The elements at `path`, a lone one as a list of one; none where their parent is there and they are not.

    RefusedError where the parent is missing too, or where it repeats another element instead.
    """
    found = find(root, path) if path else ABSENT
    if isinstance(found, list):
        return found
    if found is not ABSENT:
        return [found]
    above = find(root, path.rpartition(".")[0]) if "." in path else ABSENT
    if above is None or isinstance(above, str) or (isinstance(above, Mapping) and not _find_repeated(above)):
        return []
    name = next(iter(root))
    there = f"`{_find_repeated(above)}` repeated" if isinstance(above, Mapping) else f"a document `{name}`"
    raise RefusedError(f"{place}: found {there}, expected the records at `{path}`; check `records:`")


def _find_repeated(parent: Mapping[str, Any]) -> str:
    repeated = (name for name, one in parent.items() if isinstance(one, list) and isinstance(one[0], dict))
    return next(repeated, "")


class _Name(NamedTuple):
    """An element's name taken apart, once for all elements of that name."""

    space: str
    local: str
    prefixed: str
    """What it is called outside its parent's namespace: with prefix only where the bare name is used twice."""


class _Reading:
    """One pass over a document; `twice` are the names that keep their prefix outside their parent's namespace."""

    def __init__(self, encoding: str | None, twice: set[str]) -> None:
        self._expat = expat.ParserCreate(encoding, namespace_separator=_GAP)
        self._expat.namespace_prefixes = True
        self._expat.ordered_attributes = True
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._read_text
        self._twice = twice
        self._names: dict[str, _Name] = {}
        self._stack = [_Frame("", "")]
        self._nodes = 0

    @property
    def line(self) -> int:
        """Where the reading stands, counted from 1."""
        return self._expat.CurrentLineNumber

    def list_twice(self) -> set[str]:
        """Names that have been seen in more than one namespace, and those known before."""
        counts = Counter(local for _space, local in {(one.space, one.local) for one in self._names.values()})
        return self._twice | {local for local, count in counts.items() if count > 1}

    def read(self, data: bytes) -> Any:
        """The document; _TwiceNamedError when it must be read again with what is known now."""
        for start in range(0, len(data), _STEP):
            self._expat.Parse(data[start : start + _STEP], False)
            if start + _STEP - self._expat.CurrentByteIndex > TAG_LIMIT:
                raise _UnreadableError(f"found a tag of more than {TAG_LIMIT:,} bytes, expected less; check the source")
        self._expat.Parse(b"", True)
        if self.list_twice() != self._twice:
            raise _TwiceNamedError
        return self._stack[0].content

    def _refuse_doctype(self, name: str, *_rest: object) -> None:
        if name.lower() == "html":
            raise _UnreadableError("found an HTML page, expected data; the source may ask for a sign-in")
        raise _UnreadableError(
            "found a document type (<!DOCTYPE …>), expected none: it can make entities out of anything; "
            "ask the source for XML without one"
        )

    def _start(self, written: str, attributes: list[str]) -> None:
        stack = self._stack
        self._nodes += 1 + len(attributes) // 2
        if self._nodes > NODE_LIMIT:
            raise _UnreadableError(f"found more than {NODE_LIMIT:,} elements, expected fewer; ask for smaller pages")
        if len(stack) > DEPTH_LIMIT:
            raise _UnreadableError(f"found elements more than {DEPTH_LIMIT} deep, expected a table's worth")
        name = self._names.get(written) or self._learn(written)
        frame = _Frame(name.local if name.space == stack[-1].space else name.prefixed, name.space)
        if attributes:
            _take_attributes(frame, attributes)
        stack.append(frame)

    def _learn(self, written: str) -> _Name:
        space, local, prefix = _split(written)
        if len(self._stack) == 1 and local.lower() == "html":
            raise _UnreadableError("found an HTML page, expected data; the source may ask for a sign-in")
        prefixed = f"{prefix}:{local}" if prefix and local in self._twice else local
        self._names[written] = name = _Name(space, local, prefixed)
        return name

    def _read_text(self, text: str) -> None:
        frame = self._stack[-1]
        if not frame.texts and not text.strip(_WHITE):
            return  # white space before the first letter is layout, and there is much of it
        frame.texts.append(text)
        frame.size += len(text)
        if frame.size > TEXT_LIMIT:
            raise _UnreadableError(f"found a text of more than {TEXT_LIMIT:,} characters, expected a cell's worth")

    def _end(self, _name: str) -> None:
        frame = self._stack.pop()
        parent, name, value = self._stack[-1], frame.name, _close(frame)
        if name in self._twice:
            _check_meaning(parent, frame)
        held = parent.content.get(name, ABSENT)
        if held is ABSENT:
            parent.content[name] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            parent.content[name] = [held, value]


def _check_meaning(parent: _Frame, child: _Frame) -> None:
    parent.spaces = parent.spaces or {}
    if parent.spaces.setdefault(child.name, child.space) != child.space:
        found = f"found two elements `{child.name}` of different meaning side by side"
        raise _UnreadableError(f"{found}, expected prefixes to tell them apart; ask the source's operator")


def _take_attributes(frame: _Frame, attributes: list[str]) -> None:
    """Attributes by local name; with its prefix where the same element has that name twice."""
    pairs = list(zip(map(_split, attributes[::2]), attributes[1::2], strict=True))
    plain = {local for (space, local, _prefix), _value in pairs if not space}
    for (space, local, prefix), value in pairs:
        if space == _SCHEMA:
            frame.nil = frame.nil or (local == "nil" and value.strip() in {"true", "1"})
            continue
        name = f"@{local}"
        if space and (local in plain or name in frame.content):
            name = f"@{prefix}:{local}"
        frame.content[name] = value


def _close(frame: _Frame) -> Any:
    text = "".join(frame.texts).strip(_WHITE)
    if not frame.content:
        return None if frame.nil or not text else text
    if text:
        frame.content["#text"] = text
    return frame.content


@lru_cache(maxsize=4096)
def _split(written: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix; a name in no namespace is written alone, one in the default without prefix."""
    parts = written.split(_GAP)
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - the three that expat joins
