"""How many records a source declares: with each page, or asked for on its own, before and after."""

from collections.abc import Callable, Mapping
from typing import Any

from lamppost.decode.xml_text import list_records
from lamppost.errors import PullError, RefusedError
from lamppost.notation import ABSENT, find
from lamppost.pull.content import find_count, find_records, read_count
from lamppost.pull.fault import fault
from lamppost.pull.http.form import Count
from lamppost.pull.http.paging import Ids
from lamppost.pull.http.question import PageQuestion
from lamppost.pull.template import fill_pairs
from lamppost.pull.transport import Response
from lamppost.pull.transport.address import show_url

Ask = Callable[[PageQuestion, Mapping[str, str]], tuple[Response, Any]]


class Counting:
    """The counts of one pass."""

    def __init__(self, count: Count, names: Mapping[str, str], ask: Ask, *, xml: bool) -> None:
        self._count, self._names, self._ask, self._xml = count, names, ask, xml
        self._counts: list[int] = []
        self.ids: tuple[str, ...] = ()
        self.moved = ""
        """Why the source seems to have changed meanwhile."""

    @property
    def declared(self) -> int | None:
        """The newest count."""
        return self._counts[-1] if self._counts else None

    def short_of(self, received: int) -> int:
        """Declared records that have not come."""
        return max((self.declared or 0) - received, 0)

    def spans(self, received: int) -> bool:
        """Whether as many came as there were at some time, if records only came, or only went, meanwhile."""
        return bool(self._counts) and min(self._counts) <= received <= max(self._counts)

    def begin(self, base: PageQuestion) -> None:
        """Asks for the count, or the ids, where that is how the source tells it."""
        if self._count.params:
            self._counts.append(self._probe(base))
        elif self._count.ids:
            self.ids = self._list_ids(base, self._count.ids)
            self._counts.append(len(self.ids))

    def note(self, response: Response, body: Any, place: str) -> None:
        """Takes the count that comes with a page; some sources send it with the first page only."""
        count = self._count
        if count.is_apart or not count.name or (count.first and self._counts):
            return
        value = response.headers.get(count.header.lower()) if count.header else find(body, count.path)
        if self._counts and (value is None or value is ABSENT):
            return
        self._counts.append(read_count(value, count.name, place))

    def wants_page_1(self, pages: int) -> bool:
        """Whether the count after the pull must be looked for on page 1."""
        return self._count.first and pages > 1

    def end(self, base: PageQuestion, again: tuple[Response, Any] | None) -> None:
        """Asks for the count, or the ids, once more; `again` is page 1 as it is now."""
        if again is not None:
            value = again[0].headers.get(self._count.header.lower()) if self._count.header else None
            value = find(again[1], self._count.path) if value is None else value
            self._counts.append(read_count(value, self._count.name, show_url(again[0].url)))
        elif self._count.params:
            self._counts.append(self._probe(base))
        elif self._count.ids:
            ids = self._list_ids(base, self._count.ids)
            self._counts.append(len(ids))
            if ids != self.ids and set(ids) != set(self.ids):
                self.moved = f"The source's list of ids ({self._count.name}) changed while it was pulled."
        if len(set(self._counts)) > 1:
            moved = f"{self._counts[0]} to {self._counts[-1]}"
            self.moved = f"The source's count ({self._count.name}) moved from {moved} while it was pulled."

    def _probe(self, base: PageQuestion) -> int:
        response, body = self._ask(self._change(base, self._count.params, "count"), self._count.headers)
        if self._count.otherwise is not None and find(body, self._count.path) is ABSENT:
            return self._count.otherwise
        return find_count(body, self._count.path, show_url(response.url))

    def _change(self, base: PageQuestion, params: Mapping[str, str], name: str) -> PageQuestion:
        """The list's own question with these parameters; one written "" is left out."""
        asked = base.put(fill_pairs(params, self._names, f"pull.{name}.params"))
        return PageQuestion(
            base.url, {key: text for key, text in asked.params.items() if text or key not in params}, base.body
        )

    def _list_ids(self, base: PageQuestion, ids: Ids) -> tuple[str, ...]:
        response, body = self._ask(self._change(base, ids.params, "ids"), self._count.headers)
        place = show_url(response.url)
        if find(body, ids.path) is None:  # so ArcGIS says that a layer is empty
            return ()
        try:
            found = list_records(body, ids.path, place) if self._xml else find_records(body, ids.path, place)
        except RefusedError as error:
            raise PullError(str(error), issues=error.issues) from None
        texts = tuple(dict.fromkeys(str(_write_id(one, ids)) for one in found))
        if "" in texts:
            raise fault(place, f"no ids in the list at `{ids.path}`", "texts or numbers", "correct `ids:`")
        return texts


def _write_id(item: Any, ids: Ids) -> Any:
    if not isinstance(item, Mapping):
        return "" if item is None or isinstance(item, list) else item
    found = find(item, "#text" if "#text" in item else ids.key)
    return "" if found is ABSENT or isinstance(found, (list, Mapping)) or found is None else found
