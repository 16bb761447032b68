"""GBFS auto-discovery (pure): from gbfs.json, or a 3.0 manifest.json, to the address of one feed.

Versions 1.1 to 2.3 list feeds by language (`data.en.feeds`), 3.0 without (`data.feeds`); 3.0 calls free_bike_status
vehicle_status. A manifest lists systems (`data.datasets`) with an address for each version of the specification.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lamppost.errors import PullError
from lamppost.notation import find
from lamppost.pull.fault import fault
from lamppost.pull.options import Options
from lamppost.pull.transport.address import join_url


@dataclass(frozen=True)
class Discover:
    """`discover:` of a descriptor."""

    feeds: Mapping[str, str] = field(default_factory=dict)
    """Name of a feed → where in it the records are (empty: as `records:` says); the first that is there is taken."""
    language: str = ""
    system: str = ""
    version: str = ""


@dataclass(frozen=True)
class Found:
    """An address that a document names."""

    url: str
    records: str = ""
    is_index: bool = False
    """It is a gbfs.json, to be asked before there is a feed."""


def read_discover(options: Options) -> Discover | None:
    """`discover: vehicle_status`, or a mapping of `feed` or `feeds`, and of `language`, `system`, `version`."""
    block = options.block("discover", short="feed")
    if block is None:
        return None
    feed, feeds = block.text("feed", ""), block.pairs("feeds")
    discover = Discover(
        feeds or {feed: ""}, block.text("language", ""), block.text("system", ""), block.text("version", "")
    )
    block.close()
    if bool(feed) == bool(feeds):
        raise fault(block.place, "none or both", "one of `feed` and `feeds`", "name the feed to read")
    return discover


def find_feed(index: Any, discover: Discover, base: str, place: str) -> Found:
    """Where the feed is; relative addresses start at `base`. PullError names what there is instead."""
    data = _as_mapping(find(index, "data"))
    if isinstance(data.get("datasets"), list):
        return Found(join_url(base, _find_system(data["datasets"], discover, place)), is_index=True)
    listed = data["feeds"] if "feeds" in data else _find_language(data, discover, place)
    items = [_as_mapping(one) for one in listed] if isinstance(listed, list) else []
    found = {str(one["name"]): str(one["url"]) for one in items if "name" in one and "url" in one}
    for feed, records in discover.feeds.items():
        if feed in found:
            return Found(join_url(base, found[feed]), records)
    wanted = " or ".join(f"`{feed}`" for feed in discover.feeds)
    raise _miss(place, f"no feed {wanted}, only {_list(found)}", "its address")


def _find_language(data: Mapping[str, Any], discover: Discover, place: str) -> Any:
    """The feeds in the wanted language; else in English, else in the first there is."""
    language = discover.language or ("en" if "en" in data else next(iter(data), ""))
    if discover.language and language not in data:
        raise _miss(place, f"no language `{language}`, only {_list(data)}", "the feeds in it")
    return _as_mapping(data.get(language)).get("feeds")


def _find_system(datasets: list[Any], discover: Discover, place: str) -> str:
    systems = {str(one.get("system_id")): one.get("versions") for one in map(_as_mapping, datasets)}
    system = discover.system or (next(iter(systems)) if len(systems) == 1 else "")
    if system not in systems:
        found = f"no system `{system}`" if system else f"{len(systems)} systems"
        raise _miss(place, f"{found}: {_list(systems)}", "`discover.system` to name one of these")
    listed = systems[system]
    items = [_as_mapping(one) for one in listed] if isinstance(listed, list) else []
    versions = {str(one["version"]): str(one["url"]) for one in items if "version" in one and "url" in one}
    version = discover.version or max(versions, default="")
    if version not in versions:
        raise _miss(place, f"no version `{version}` of `{system}`, only {_list(versions)}", "its address")
    return versions[version]


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(sorted(names)[:30]) or "none"


def _miss(place: str, found: str, expected: str) -> PullError:
    return fault(place, found, expected, "correct `discover:` in the descriptor")


def _as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
