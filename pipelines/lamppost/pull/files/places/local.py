"""A folder on this machine, or one that is mounted here; symbolic links are passed over."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lamppost.errors import PullError
from lamppost.pull.fault import fault
from lamppost.pull.files.places.place import Entry, check_size
from lamppost.pull.transport import MAX_BYTES

CHUNK = 1 << 20


class LocalFolder:
    """Globs may name folders below this one; the whole path would tell readers about our machine."""

    simulated = False

    def __init__(self, folder: str, max_bytes: int = MAX_BYTES) -> None:
        self._folder = Path(folder)
        self._max = max_bytes
        self.shown = f"the folder `{self._folder.name or folder}`"

    def find(self, globs: Sequence[str]) -> list[Entry]:
        """See Place."""
        try:
            root = self._folder.resolve()
            paths = {one for glob in globs for one in self._folder.glob(glob) if self._is_ours(one, root)}
        except (OSError, ValueError, RuntimeError) as error:
            raise fault(self.shown, type(error).__name__, "a folder to read", "check its rights") from None
        if not paths and not self._folder.is_dir():
            raise fault(self.shown, "no such folder", "one", "correct `folder:`, or check that it is mounted")
        names = sorted(one.relative_to(self._folder).as_posix() for one in paths)
        return [self.look(Entry(name)) for name in names]

    def read(self, entry: Entry) -> tuple[bytes, Entry]:
        """See Place."""
        check_size(entry.size or 0, entry.name, self._max)
        whole = io.BytesIO()  # grows with what comes: asked for all at once, the limit itself would be reserved
        for chunk in self.iterate(entry):
            whole.write(chunk)
            check_size(whole.tell(), entry.name, self._max)
        body = whole.getvalue()
        return body, replace(entry, size=len(body))

    def iterate(self, entry: Entry) -> Iterator[bytes]:
        """The file's bytes, a little at a time: of any size, since it is never held as a whole."""
        try:
            with (self._folder / entry.name).open("rb", buffering=0) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise _unreadable(entry, error) from None

    def look(self, entry: Entry) -> Entry:
        """See Place."""
        try:
            found = (self._folder / entry.name).stat()
        except OSError as error:
            raise _unreadable(entry, error) from None
        return Entry(entry.name, found.st_size, str(found.st_mtime_ns), strong=True)

    def close(self) -> None:
        """See Place."""

    def _is_ours(self, path: Path, root: Path) -> bool:
        return path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(root)


def _unreadable(entry: Entry, error: OSError) -> PullError:
    return fault(entry.name, error.strerror or "not readable", "a file to read", "check its rights")
