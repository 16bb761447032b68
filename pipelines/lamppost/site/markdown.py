"""Python-Markdown extension that puts figures into prose: `{{ trees }}` becomes the number, linked to its page.

It opens no file and knows no page: `site.tree` has appended `[figure:trees]: ../figures/trees.md "1,200 | 1200 | 3 | "`
to every page that names the figure, and this only looks into the page's own link references. So every engine that
speaks Python-Markdown resolves the link and sees a changed number as a changed page.
"""

import re
import xml.etree.ElementTree as ET  # builds elements only; nothing is parsed
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from lamppost.notation import FIGURE

PRIORITY = 175  # after code spans (190) and escapes (180), before links (160)


class FigureProcessor(InlineProcessor):
    """Replaces one `{{ name }}`; a name without a reference stays as written (`load` has refused it long before)."""

    def handleMatch(  # type: ignore[override]  # noqa: N802  Python-Markdown's name; its stub contradicts its parent class
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002  likewise
    ) -> tuple[Any, int | None, int | None]:
        """Give `<a><data class="figure">shown</data></a>` and the span of the match."""
        name = m.group(1)
        reference = self.md.references.get(f"figure:{name}")
        if reference is None:
            return None, None, None
        href, title = reference
        shown, value, record, simulated = ([part.strip() for part in title.split("|")] + ["", "", ""])[:4]
        link = ET.Element("a", {"class": "figure-link", "href": href})
        if not record:  # no value yet: words, not a number that `verify` could look up
            link.text = shown
            return link, m.start(0), m.end(0)
        css = "figure figure--simulated" if simulated else "figure"
        data_element = ET.SubElement(
            link, "data", {"class": css, "data-figure": name, "data-version": record, "value": value}
        )
        data_element.text = shown
        if simulated:
            mark = ET.SubElement(link, "span", {"class": "figure__mark"})
            mark.text = " (simulated data)"
        return link, m.start(0), m.end(0)


class FigureExtension(Extension):
    """Registers the processor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  Python-Markdown's name
        """Add the processor to `md`."""
        md.inlinePatterns.register(FigureProcessor(FIGURE.pattern, md), "figure", PRIORITY)


def makeExtension(**options: Any) -> FigureExtension:  # noqa: N802  the name Python-Markdown looks for
    """Give the extension to Python-Markdown."""
    return FigureExtension(**options)
