"""`/SHA256SUMS`: checksums of all but the status, as `sha256sum -c SHA256SUMS` reads them in the site's folder."""

from collections.abc import Mapping

PATH = "SHA256SUMS"


def render_sums(hashes: Mapping[str, str]) -> str:
    """A line a path, in order; a name with a line break or backslash is written as GNU coreutils escapes it."""
    return "".join(_line(path, hashes[path]) for path in sorted(hashes))


def _line(path: str, sha256: str) -> str:
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != path else ""
    return f"{mark}{sha256}  {escaped}\n"
