"""`/status.json`: when each dataset was last checked and until when that holds; it moves at each run."""

import json
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from lamppost.model import PLAN, City, Dataset, Dates, Outcome, Version
from lamppost.render.freshness import due_at
from lamppost.render.page import dataset_path, link

FORMAT = 1


def render_status(
    city: City,
    datasets: Mapping[str, Dataset],
    heads: Mapping[str, Version],
    outcomes: Mapping[str, Outcome],
    dates: Dates,
) -> str:
    """JSON text; `outcomes`: dataset → what the last run that asked its source did. Instants are ISO 8601 in UTC."""
    names = sorted({*datasets, *heads} - {PLAN})
    body = {
        "format": FORMAT,
        "city": city.name,
        "built_on": dates.today.isoformat(),
        "simulated": any(heads[name].simulated for name in names if name in heads),
        "datasets": {
            name: _state(name, datasets.get(name), heads.get(name), outcomes.get(name), city.time_zone)
            for name in names
        },
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _state(
    name: str, dataset: Dataset | None, head: Version | None, outcome: Outcome | None, zone: str
) -> dict[str, object]:
    failing = outcome is not None and outcome.verdict in {"failed", "kept"}
    return {
        "title": dataset.title if dataset else name,
        "page": link("index.md", dataset_path(name)),
        "version": head.seq if head else None,
        "version_date": head.date if head else None,
        "rows": head.rows if head else 0,
        "simulated": bool(head and head.simulated),
        "verdict": outcome.verdict if outcome else None,
        "reason": outcome.reason or None if outcome else None,
        "last_checked_at": outcome.checked_at or None if outcome else None,
        "valid_until": None if failing else _valid_until(dataset, outcome, zone),
        "promised": dataset.accrual_periodicity or None if dataset else None,
    }


def _valid_until(dataset: Dataset | None, outcome: Outcome | None, zone: str) -> str | None:
    """The end of the city's day by which the next check is owed; None when nothing was promised or checked."""
    if dataset is None or outcome is None or not outcome.checked_at:
        return None
    checked = datetime.fromisoformat(outcome.checked_at).astimezone(ZoneInfo(zone)).date()
    return due_at(checked, dataset.promise, zone) or None
