"""A report in Markdown, for a pull request or the page that GitHub shows of a run (pure)."""

from collections.abc import Callable, Iterator, Sequence

from lamppost.model import Issue, Sample

HEAD = "| what | where | number |\n|---|---|--:|"
_LETTERS = frozenset("<>&[]`*_|\\!#~")


def name_place(sample: Sample) -> str:
    """Where one sample stands, in the source's own terms if they are known."""
    return sample.place or (f"row {sample.row:,}" if sample.row else "")


def tabulate(issues: Sequence[Issue], name: Callable[[Sample], str] = name_place) -> Iterator[str]:
    """One table with a line for each issue, errors first and the most frequent before; nothing of no issues."""
    if not issues:
        return
    yield HEAD
    for one in sorted(issues, key=lambda one: (one.severity, -one.count)):
        places = list(dict.fromkeys(filter(None, map(name, one.samples))))
        more = f" and {one.count - len(places):,} more" if places and one.count > len(places) else ""
        where = f"{'; '.join(places)}{more}" if places else one.place
        mark = "" if one.severity == "error" else "warning, "
        yield f"| {mark}{escape(one.code)}: {escape(one.message)} | {escape(where)} | {one.count:,} |"


def escape(text: str) -> str:
    """One line in which no character of a source can become Markdown or HTML."""
    return "".join(f"&#{ord(one)};" if one in _LETTERS else one for one in " ".join(text.split()))
