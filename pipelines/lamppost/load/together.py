"""What several blocks, or several datasets, must not say together."""

from collections.abc import Iterator, Mapping

from lamppost.load.names import suggest
from lamppost.model import City, Dataset, Issue, Reference, Resource


def check_together(city: City, dataset: Dataset) -> Iterator[Issue]:
    """Faults of a dataset whose blocks are sound each by itself."""
    place = f"datasets/{dataset.name}/dataset.yaml"
    for resource in dataset.resources:
        for found in _find_losses(city, resource):
            yield Issue("lost-rows", f"{place} resources {resource.name}", found)
        if resource.checks.inside == "city" and city.boundary is None:
            message = (
                "`inside: city` needs the city's boundary; write `boundary: [west, south, east, north]` under "
                "`extra.city` in mkdocs.yml, or the same four numbers here"
            )
            yield Issue("missing-key", f"{place} resources {resource.name} checks.inside", message)


def check_targets(dataset: Dataset, known: Mapping[str, Dataset]) -> Iterator[Issue]:
    """Faults of the keys that are looked up in the datasets `known` by name; an unsound one is not among them."""
    for resource in dataset.resources:
        for key in resource.checks.references:
            if key.dataset in known and (why := _explain_target(key, known[key.dataset])):
                place = f"datasets/{dataset.name}/dataset.yaml resources {resource.name} checks.references.{key.field}"
                yield Issue("unknown-reference", place, f"found `{key.written}`, {why}")


def _explain_target(key: Reference, other: Dataset) -> str:
    """Why there is no such field; empty when there is."""
    names = [one.name for one in other.resources]
    if not key.resource and len(names) > 1:
        return f"but {other.name} has several resources; write {other.name}.<resource>.{key.target}"
    found = [one for one in other.resources if not key.resource or one.name == key.resource]
    if not found:
        return f"but {other.name} has no resource `{key.resource}`.{suggest(key.resource, names)}"
    fields = found[0].schema.names
    return "" if key.target in fields else f"but it has no field `{key.target}`.{suggest(key.target, fields)}"


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
    every = resource.publish.every
    if adapter == "poll" and city.private is None and mode != "snapshot" and every and every > resource.pull.every:
        yield (
            "it is polled more often than versions are made, and with `private: none` there is no folder where rows "
            "could wait; name one under `extra.city.private` in mkdocs.yml, or take `every:` out of `publish:`"
        )
