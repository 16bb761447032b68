"""What a file says of itself where its format has room for it: a second sheet, the contents table of a GeoPackage."""

from collections.abc import Iterator
from dataclasses import dataclass

from lamppost.model import Field


@dataclass(frozen=True)
class About:
    """Of one table of one version; all texts as published."""

    name: str
    """The resource."""
    title: str = ""
    description: str = ""
    publisher: str = ""
    licence: str = ""
    """Name and address, in words."""
    version: str = ""
    date: str = "1970-01-01"
    """ISO day on which the version was made: the only time that a file may carry."""
    source: str = ""
    """The page that this comes from."""
    simulated: bool = False

    def lines(self) -> Iterator[tuple[str, str]]:
        """Label and text of everything that is known."""
        known = {
            "Title": self.title or self.name,
            "Simulated data": "These numbers are made up. They say nothing about the city." if self.simulated else "",
            "Description": " ".join(self.description.split()),
            "Publisher": self.publisher,
            "Licence": self.licence,
            "Version": f"{self.version}, made on {self.date}" if self.version else "",
            "Source": self.source,
        }
        return ((label, text) for label, text in known.items() if text)

    def sentence(self) -> str:
        """The same in one text."""
        return " ".join(f"{label}: {text.rstrip('.')}." for label, text in self.lines() if label != "Title")


def describe_field(field: Field) -> str:
    """Title and description of a field on one line."""
    words = " ".join(field.description.split())
    return ": ".join(one for one in (field.title, words) if one)
