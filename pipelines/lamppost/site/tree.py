"""The tree of pages on disk: the contract with every site engine; only files that changed are rewritten."""

from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from lamppost.errors import BuildError
from lamppost.model import FigureRecord
from lamppost.notation import figures_in

MARKER = ".lamppost-tree"


def append_figures(path: str, text: str, records: Mapping[str, FigureRecord], known: Collection[str] = ()) -> str:
    """Add one link reference for each figure that the page at `path` (relative to docs) uses.

    The reference's title carries what `site.markdown` shows: `shown | value | record number | simulated`. A figure in
    `known` that has no record yet (its dataset was never published) reads "no value yet".
    """
    up = "../" * (len(PurePosixPath(path).parts) - 1)
    lines = []
    for name in figures_in(text):
        one = records.get(name)
        if one is not None:
            title = f"{one.shown} | {one.rounded} | {one.n} | {'simulated' if one.simulated else ''}"
            lines.append(f'[figure:{name}]: {up}figures/{name}.md "{title}"')
        elif name in known:
            lines.append(f'[figure:{name}]: {up}figures/index.md "no value yet |  |  | "')
    return text.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n" if lines else text


def write_tree(folder: Path, files: Mapping[str, bytes]) -> tuple[int, int]:
    """Make `folder` hold exactly `files`; give the numbers of files written and removed.

    Refuses a folder that holds something but was not made by this function: nothing of a person's is ever deleted.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        found = f"{folder}: not empty and not written by lamppost"
        raise BuildError(f"{found}; expected a folder to build in; move it away")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
    written = sum(_write(folder / _safe(path), content) for path, content in files.items())
    return written, _remove_others(folder, {folder / path for path in files})


def _safe(path: str) -> PurePosixPath:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise BuildError(f"page {path!r}: leaves the site's folder; expected a path below it")
    return pure


def _write(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _remove_others(folder: Path, keep: set[Path]) -> int:
    stale = [path for path in folder.rglob("*") if path.is_file() and path not in keep and path.name != MARKER]
    for path in stale:
        path.unlink()
    for path in sorted((one for one in folder.rglob("*") if one.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
    return len(stale)
