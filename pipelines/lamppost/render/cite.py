"""How to cite: one line in the manner of APA, and BibTeX; both name the version and an address that never changes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """The same source twice."""

    line: str
    bibtex: str


def cite(key: str, title: str, kind: str, url: str, *, author: str, year: str, site: str, simulated: bool) -> Citation:
    """`kind` stands in brackets: `Data set, version 3`; simulated data say so in both forms."""
    mark = "simulated data; " if simulated else ""
    line = f"{author} ({year}). {title} [{mark}{kind}]. {site}. {url}"
    fields = {
        "author": "{" + _escape(author) + "}",
        "title": _escape(title),
        "year": year,
        "howpublished": _escape(site),
        "note": _escape(f"{mark}{kind}"),
        "url": url,
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return Citation(line, f"@misc{{{key},\n{body}}}")


def _escape(text: str) -> str:
    """Text that BibTeX and LaTeX print as it stands."""
    names = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(names.get(one, f"\\{one}" if one in "&%$#_{}" else one) for one in text)
