"""A folder on a web server, read through its index page (Apache, nginx, Caddy, Python), or one file without one."""

from collections.abc import Sequence
from hashlib import sha256
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import quote, unquote

from lamppost.pull.fault import fault
from lamppost.pull.files.places.place import Entry, has_wildcard, is_plain, pick
from lamppost.pull.transport import Response, Transport
from lamppost.pull.transport.access import Access
from lamppost.pull.transport.address import add_path, join_url, origin_of, show_url, split_url

HTML_END = b"</html>"


class WebFolder:
    """Only files that the index links within this very folder count; everything is asked through the transport."""

    def __init__(self, access: Access, transport: Transport) -> None:
        self.shown = show_url(access.home)
        self.simulated = False
        self._access, self._transport = access, transport

    def find(self, globs: Sequence[str]) -> list[Entry]:
        """See Place; when the first glob has no wildcard, that one file is taken to be there without an index."""
        if not has_wildcard(globs[0]):
            return [Entry(globs[0])]
        response = self._ask(self._access.home)
        if b"<" not in response.body[:200] or not (response.whole or HTML_END in response.body.lower()):
            do = "name one file in `glob:`, or ask for a folder with an index"
            raise fault(self.shown, "no whole index page", "HTML that lists the files", do)
        index = _Index(response.url)
        index.feed(response.body.decode("utf-8", "replace"))
        index.close()
        return pick(map(Entry, index.names), globs, self.shown)

    def read(self, entry: Entry) -> tuple[bytes, Entry]:
        """See Place."""
        response = self._ask(self._url(entry))
        return response.body, _note(entry.name, response)

    def look(self, entry: Entry) -> Entry:
        """See Place; an ETag saves the second reading, a time of whole seconds does not."""
        if not entry.stamp.startswith(("sha256 ", "W/")) and entry.stamp:
            response = self._ask(self._url(entry), etag=entry.stamp)
            return entry if response.status == HTTPStatus.NOT_MODIFIED else _note(entry.name, response)
        return _note(entry.name, self._ask(self._url(entry)))

    def close(self) -> None:
        """See Place; the transport outlives it."""

    def _url(self, entry: Entry) -> str:
        return add_path(self._access.home, quote(entry.name))

    def _ask(self, url: str, etag: str = "") -> Response:
        response = self._transport.ask(url, self._access, validators={"etag": etag} if etag else {})
        self.simulated = self.simulated or response.simulated
        if not response.whole and url != self._access.home:
            do = "ask for a server that sends Content-Length"
            raise fault(show_url(url), "a file whose end nothing shows", "its length, or chunks with an end", do)
        return response


class _Index(HTMLParser):
    """Names of the files that a page links in its own folder; links to sort it, and to its parent, are none."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self._url = url
        self._folder = split_url(url).path.rpartition("/")[0] + "/"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        link = dict(attrs).get("href") if tag == "a" else None
        target = join_url(self._url, link) if link else ""
        parts = split_url(target)
        if not target or origin_of(target) != origin_of(self._url) or parts.query or parts.fragment:
            return
        folder, _slash, name = parts.path.rpartition("/")
        if unquote(folder) + "/" == unquote(self._folder) and is_plain(unquote(name)):
            self.names[unquote(name)] = None


def _note(name: str, response: Response) -> Entry:
    """The file as an answer shows it; without an ETag its own content is its mark."""
    etag = response.headers.get("etag", "").strip()
    stamp = etag or "sha256 " + sha256(response.body).hexdigest()
    return Entry(name, len(response.body), stamp, strong=not etag.startswith("W/"))
