"""Explain: one module an adapter says in words what a pull would ask, and how it would be proven; nothing is asked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from lamppost.errors import LamppostError
from lamppost.model import Resource
from lamppost.model.dataset import Adapter
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.explain.files import explain_files
from lamppost.pull.explain.http import explain_http
from lamppost.pull.explain.mqtt import explain_mqtt
from lamppost.pull.explain.poll import explain_poll
from lamppost.pull.explain.sql import explain_sql
from lamppost.pull.job import Job
from lamppost.pull.transport import Transport

EXPLAINERS: Mapping[Adapter, Callable[[Job], Explanation]] = {
    "files": explain_files,
    "http": explain_http,
    "mqtt": explain_mqtt,
    "poll": explain_poll,
    "sql": explain_sql,
}
"""Adapter → who explains it."""


def explain_resource(
    dataset: str, resource: Resource, *, cursor: str | None, now: datetime, private: Path | None
) -> Explanation:
    """What pulling the resource would do; a descriptor that its adapter cannot read is a refusal, not an error."""
    assert resource.pull is not None, "only a resource with `pull:` can be explained"
    transport = Transport()
    job = Job(f"{dataset}/{resource.name}", resource, resource.pull, cursor, Path(), now, transport, private)
    try:
        return EXPLAINERS[resource.pull.adapter](job)
    except LamppostError as error:
        return Explanation((), (), (str(error),))
    finally:
        transport.close()


__all__ = ["EXPLAINERS", "Explanation", "explain_resource"]
