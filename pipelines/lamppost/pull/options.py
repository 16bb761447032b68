"""The keys of `pull:` taken one by one, so that one nobody asked for is an error and not a setting without effect."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from lamppost.errors import PullError
from lamppost.notation import parse_duration
from lamppost.pull.fault import fault

Word = TypeVar("Word", bound=str)
REQUIRED = "\0"


def write_scalar(value: Any) -> str | None:
    """A YAML scalar as it is sent: booleans as `true`/`false`; None for what is not a scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else None


class Options:
    """A mapping whose keys are taken; `close` refuses what is left. `place` is dotted: `wifi-usage pull.paging`."""

    def __init__(self, values: Any, place: str) -> None:
        if not isinstance(values, Mapping):
            raise fault(place, f"{values!r}", "a mapping", "write `key: value` lines")
        self._left = dict(values)
        self._known: list[str] = []
        self.place = place

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self._left.pop(key, None)

    def _wrong(self, key: str, found: Any, expected: str) -> PullError:
        return fault(f"{self.place}.{key}", f"{found!r}", expected, "correct the descriptor")

    def text(self, key: str, default: str = REQUIRED) -> str:
        """A scalar as text."""
        value = self._take(key)
        if value is None:
            if default == REQUIRED:
                raise fault(f"{self.place}.{key}", "nothing", "a text", f"write `{key}:` in the descriptor")
            return default
        text = write_scalar(value)
        if text is None:
            raise self._wrong(key, value, "a text")
        return text

    def number(self, key: str, default: int) -> int:
        """A whole number, 0 or more."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not str(value).isdigit():
            raise self._wrong(key, value, "a whole number")
        return int(value)

    def choice(self, key: str, choices: tuple[Word, ...], default: str = REQUIRED) -> Word:
        """One of the words."""
        value = self.text(key, default)
        for word in choices:
            if word == value:
                return word
        raise self._wrong(key, value, f"one of {', '.join(choices)}")

    def span(self, key: str) -> Any:
        """An ISO 8601 duration as a timedelta, or None."""
        text = self.text(key, "")
        span = parse_duration(text) if text else None
        if text and span is None:
            raise self._wrong(key, text, "a duration such as P31D or PT1H")
        return span

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a lone text is a list of one."""
        value = self._take(key)
        items = [] if value is None else value if isinstance(value, (list, tuple)) else [value]
        texts = tuple(text for text in map(write_scalar, items) if text is not None)
        if len(texts) != len(items):
            raise self._wrong(key, value, "a list of texts")
        return texts

    def pairs(self, key: str) -> Mapping[str, str]:
        """A mapping of texts; an entry with null is left out, which is how a descriptor drops a preset's."""
        value = self._take(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self._wrong(key, value, "a mapping")
        pairs = {str(name): write_scalar(one) for name, one in value.items() if one is not None}
        for name, text in pairs.items():
            if text is None:
                raise self._wrong(f"{key}.{name}", value[name], "a text")
        return {name: text for name, text in pairs.items() if text is not None}

    def mapping(self, key: str) -> Mapping[str, Any]:
        """A mapping as it stands, its keys as text; what its values may be is the caller's to say."""
        value = self._take(key)
        if value is not None and not isinstance(value, Mapping):
            raise self._wrong(key, value, "a mapping")
        return {str(name): one for name, one in (value or {}).items()}

    def has(self, key: str) -> bool:
        """Whether the key is there and not taken yet."""
        return self._left.get(key) is not None

    def block(self, key: str, short: str = "") -> "Options | None":
        """A mapping of its own, or None; with `short`, a lone text stands for `{short: text}`."""
        value = self._take(key)
        if value is None:
            return None
        if short and isinstance(value, str):
            value = {short: value}
        return Options(value, f"{self.place}.{key}")

    def close(self) -> None:
        """Refuses keys that were not asked for; a null takes away what a preset brought."""
        for key in (str(name) for name, value in self._left.items() if value is not None):
            near = get_close_matches(key, self._known, n=1)
            do = f"did you mean `{near[0]}`?" if near else "take it out"
            raise fault(f"{self.place}.{key}", "an option nobody reads", f"one of {', '.join(self._known)}", do)
