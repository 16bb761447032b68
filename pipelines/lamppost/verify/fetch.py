"""Brings a published site to this machine, file by file as its own list of checksums names them, within bounds."""

from pathlib import Path
from urllib.parse import quote

from lamppost.errors import StoreError
from lamppost.pull import Transport
from lamppost.pull.transport.access import Access
from lamppost.store.objects import inside
from lamppost.verify.sums import PATH, read_lines

MOST_FILES = 200_000
MOST_BYTES = 4 << 30
SECONDS = 3600.0


def fetch_site(url: str, folder: Path, transport: Transport, most: int = MOST_BYTES) -> int:
    """Fills `folder` with the site at `url`; gives the number of files.

    A file that the site does not have is left out, for `verify` to find. StoreError for a site without a list, or one
    that is larger than `most` bytes; PullError for one that does not answer.
    """
    home = url if url.endswith("/") else f"{url}/"
    access = Access(home=home)
    transport.begin(SECONDS)
    listed = transport.ask(f"{home}{PATH}", access).body
    paths = [path for path, _ in read_lines(listed.decode("utf-8", "replace")) if path]
    if len(paths) > MOST_FILES:
        raise StoreError(f"{PATH}: lists {len(paths):,} files; expected at most {MOST_FILES:,}")
    (folder / PATH).write_bytes(listed)
    total = 0
    for path in paths:
        file = inside(folder, path)
        answer = transport.ask(f"{home}{quote(path)}", access, also={404, 410})
        if answer.status not in {404, 410}:
            total += len(answer.body)
            if total > most:
                raise StoreError(f"{home}: more than {most >> 20} MB; copy it to this machine, and name the folder")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(answer.body)
    return len(paths)
