"""Looks for `{{ figure }}` in the city's Markdown: known ones only, where a number can be shown with its source."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lamppost.load.names import suggest
from lamppost.load.yaml import front_matter, read_text
from lamppost.model import City, Issue
from lamppost.notation import FIGURE

_HOME = "docs/index.md"
"""The one page whose front matter is running text: its lead, and the captions of its drawn story."""
_PLAN = "docs/plan/"
_FRONT_MATTER = "front matter"
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_HEADING = re.compile(r"\s{0,3}#{1,6}(\s|$)")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-+)\s*$")
_INLINE = "a|abbr|b|br|code|data|em|i|img|kbd|small|span|strong|sub|sup|time"
_HTML = re.compile(rf"\s{{0,3}}<(?!/?(?:{_INLINE})\b)[A-Za-z/!?]")
_MARKDOWN_IN_HTML = re.compile(r"<[^>]*\bmarkdown\b[^>]*>")
_LINK = re.compile(r"(?P<alt>!?)\[(?P<text>[^\[\]]*)\](?=\(|\[)(?:\((?P<address>[^()]*)\))?")
_TAG = re.compile(r"<[A-Za-z/][^>]*>")


@dataclass(frozen=True)
class Use:
    """One `{{ name }}` of a page; `wrong` says where it stands when it cannot be shown there."""

    name: str
    line: int
    wrong: str = ""


def check_pages(city: City, figure_names: Collection[str]) -> tuple[Issue, ...]:
    """Front matter that cannot be read, and every figure that is unknown or stands where it cannot have a source."""
    issues: list[Issue] = []
    for path in sorted((city.root / "docs").rglob("*.md")):
        file = path.relative_to(city.root).as_posix()
        text = read_text(path, file, issues)
        if text is None:
            continue
        if not file.startswith(_PLAN):  # what is read there is said there
            front_matter(path, file, issues)
        for use in find_figures(text):
            place = f"{file}:{use.line}"
            if use.wrong and (file, use.wrong) != (_HOME, _FRONT_MATTER):
                message = f"the figure `{use.name}` stands in {use.wrong}, expected it in running text; move it there"
                issues.append(Issue("figure-place", place, message))
            if use.name not in figure_names:
                message = f"there is no figure `{use.name}`.{suggest(use.name, figure_names)}"
                issues.append(Issue("unknown-reference", place, message))
    return tuple(issues)


def outside_code(text: str) -> str:
    """The Markdown below the front matter without code: what the engine passes on as HTML if it looks like HTML."""
    return "\n".join(_CODE.sub(" ", line) for _, line, where in _walk(text.split("\n")) if where != _FRONT_MATTER)


def find_figures(text: str) -> tuple[Use, ...]:
    """The figures of a page in order; code is skipped, because there the braces are meant as they stand."""
    lines = text.split("\n")
    uses: list[Use] = []
    for number, line, where in _walk(lines):
        visible = _CODE.sub(lambda match: " " * len(match.group()), line)
        following = lines[number] if number < len(lines) else ""
        heading = bool(_HEADING.match(visible)) or bool(visible.strip() and _UNDERLINE.match(following))
        for match in FIGURE.finditer(visible):
            wrong = where or ("a heading" if heading else _find_wrong_place(visible, match))
            uses.append(Use(match.group(1), number, wrong))
    return tuple(uses)


def _walk(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Lines outside of code fences, numbered from 1, each with the block that forbids figures in it, if any."""
    end = _front_matter_end(lines)
    fence, html = "", False
    for number, line in enumerate(lines, start=1):
        if number <= end:
            yield number, line, _FRONT_MATTER
            continue
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark.group(1).startswith(fence) and not line.strip(" `~\t") else fence
            continue
        if mark:
            fence = mark.group(1)
            continue
        opens = bool(_HTML.match(line)) and not _MARKDOWN_IN_HTML.search(line) and not line.lstrip().startswith("</")
        html = (html or opens) and bool(line.strip())
        yield number, line, "raw HTML" if html else ""


def _front_matter_end(lines: list[str]) -> int:
    if lines[0].rstrip() != "---":
        return 0
    return next((number for number, line in enumerate(lines[1:], start=2) if line.rstrip() in {"---", "..."}), 0)


def _find_wrong_place(line: str, figure: re.Match[str]) -> str:
    for link in _LINK.finditer(line):
        if link.start("text") <= figure.start() < link.end("text"):
            return "the description of an image" if link.group("alt") else "the text of a link"
        if link.group("address") and link.start("address") <= figure.start() < link.end("address"):
            return "the address of a link"
    for tag in _TAG.finditer(line):
        if tag.start() <= figure.start() < tag.end():
            return "raw HTML"
    return ""
