"""What `pull:` and `publish:` must not say together, because rows would be lost without anybody noticing."""

from collections.abc import Iterator

from lamppost.model import City, Dataset, Issue, Resource


def check_together(city: City, dataset: Dataset) -> Iterator[Issue]:
    """Faults of a dataset whose blocks are sound each by itself."""
    place = f"datasets/{dataset.name}/dataset.yaml"
    for resource in dataset.resources:
        for found in _find_losses(city, resource):
            yield Issue("lost-rows", f"{place} resources {resource.name}", found)


def _find_losses(city: City, resource: Resource) -> Iterator[str]:
    if resource.pull is None:
        return
    mode, adapter = resource.publish.mode, resource.pull.adapter
    if adapter == "mqtt" and mode == "snapshot":
        yield (
            "each pull brings new messages only, and `mode: snapshot` would throw the earlier ones away; "
            "write `publish: {mode: upsert, event_time: …}` or `mode: append`"
        )
    elif resource.pull.cursor and mode == "snapshot":
        yield (
            "with `cursor:` each pull brings only what is new, and `mode: snapshot` would throw the earlier rows away; "
            "write `publish: {mode: upsert, event_time: …}`, or take `cursor:` out"
        )
    if adapter == "sql" and resource.pull.cursor and resource.key_content:
        yield (
            "with `cursor:` and `key: content` a row equal to an older one counts as that one, and a changed row "
            "stands beside what it was; declare a `primaryKey`, or take `cursor:` out"
        )
    if adapter == "mqtt" and city.private is None:
        yield (
            "`private: none` keeps nothing between two runs, but a message must lie on our disk before the broker may "
            "forget it; name a folder under `extra.city.private` in mkdocs.yml, and run where it stays"
        )
