"""Names and addresses of published files; whoever writes a file and whoever links it ask here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedFile:
    """One file that a reader can fetch; `path` is from the site's root."""

    resource: str
    format: str
    """A key of `formats.FORMATS`."""
    path: str
    size: int
    rows: int
    sha256: str


def file_name(resource: str, extension: str, *, simulated: bool) -> str:
    """`lights.csv`; simulated data carry the word in the file's very name: `lights.simulated.csv`."""
    return f"{resource}.simulated.{extension}" if simulated else f"{resource}.{extension}"


def newest_path(dataset: str, resource: str, extension: str, *, simulated: bool) -> str:
    """Where the newest version's file lies, from the site's root; the bytes there change."""
    return f"data/{dataset}/{file_name(resource, extension, simulated=simulated)}"


def manifest_path(dataset: str, seq: int) -> str:
    """Where the manifest of one version lies, from the site's root; it never changes."""
    return f"data/{dataset}/v{seq}.json"


def fixed_path(dataset: str, part_path: str) -> str:
    """Where one object of a version lies, from the site's root; `part_path` is relative to the manifest."""
    return f"data/{dataset}/{part_path}"


def record_path(figure: str, n: int) -> str:
    """Where the n-th record of a figure lies, from the site's root; it never changes."""
    return f"figures/{figure}/{n}.json"


def join_url(site: str, path: str) -> str:
    """The absolute address of a path from the site's root."""
    return f"{site.rstrip('/')}/{path}"
