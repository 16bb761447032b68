"""House words: phrases that our own sentences never use, except inside proper names quoted as printed."""

import re
from collections.abc import Mapping

from lamppost.model import City, Issue

_BLANK = r"[\s\u00a0]+"


def check_words(city: City, texts: Mapping[str, str]) -> tuple[Issue, ...]:
    """One issue for each line of `texts` (place → what a reader sees) that holds an avoided phrase, any case."""
    avoided = [(phrase, _compile(phrase, re.IGNORECASE)) for phrase in city.words.avoid]
    names = [_compile(name) for name in sorted(city.words.names, key=len, reverse=True)]
    issues: list[Issue] = []
    for place, text in sorted(texts.items()):
        rest = _blank_names(text, names)
        for phrase, pattern in avoided:
            issues.extend(_explain(city, place, rest, phrase, match) for match in pattern.finditer(rest))
    return tuple(issues)


def _compile(phrase: str, flags: int = 0) -> re.Pattern[str]:
    """Whole words, with any white space (a line break, a no-break space) between them."""
    body = _BLANK.join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){body}(?!\w)", flags)


def _blank_names(text: str, names: list[re.Pattern[str]]) -> str:
    """Proper names become as many blanks with their line breaks, so that lines keep their numbers."""
    for name in names:
        text = name.sub(lambda match: re.sub(r"[^\n]", "\x00", match.group()), text)
    return text


def _explain(city: City, place: str, text: str, phrase: str, match: re.Match[str]) -> Issue:
    line = text.count("\n", 0, match.start()) + 1
    say = next((words for avoid, words in city.words.say.items() if avoid.casefold() == phrase.casefold()), "")
    fix = f"say “{say}”" if say else "say it another way"
    found = " ".join(match.group().split())
    message = f"found “{found}” outside of a proper name; {fix}, or list the name under extra.city.words.names"
    return Issue("avoided-word", f"{place}:{line}", message)
