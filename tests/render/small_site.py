"""One small dataset, `lights`, in two versions, and the site it stands on."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from lamppost.model import (
    City,
    Counts,
    Dataset,
    Diff,
    Field,
    FigureRecord,
    Issue,
    Mantra,
    Part,
    Publish,
    Pull,
    Receipt,
    Report,
    Resource,
    Sample,
    Schema,
    Table,
    Version,
)
from lamppost.render.context import SiteContext
from lamppost.render.files import PublishedFile, newest_path

CITY = City(
    root=Path(), name="Lampton", url="https://lampton.example/data/", time_zone="America/Los_Angeles",
    publisher="City of Lampton", contact="data@lampton.example", licence="CC0-1.0", store=Path(), private=None,
    mantra=Mantra("Light for all"), repo_url="https://code.example/lampton/site",
)  # fmt: skip
WATTS = {"name": "watts_w", "type": "integer", "constraints": {"minimum": 0, "maximum": 1000}}
SCHEMA = Schema(
    (
        Field("light_id", "string", "Light", "Painted on the pole.", {"constraints": {"required": True}}),
        Field("lamp_type", "string", "Lamp"),
        Field("watts_w", "integer", "Power", descriptor=WATTS),
    ),
    ("light_id",),
)
RECEIPT = Receipt(
    source="https://maps.example/lights", adapter="http", received=2600, declared=2600, declared_by="@iot.count",
    pages=(500, 500, 500, 500, 500, 100), size=1_300_000, stopped="no next link", verdict="complete",
    reason="As many records came as the source declares (@iot.count).",
)  # fmt: skip
INCOMING = Report(
    2600,
    (
        Issue(
            "constraint-error", "lights", "The power is below zero.", count=12, samples=(Sample(7, "watts_w", "-40"),)
        ),
    ),
    (7,),
)
COUNTS = Counts(
    read=2600, quarantined=12, accepted=2588, added=38, changed=120, unchanged=2430,
    previous=2550, settled=2588, published=2588,
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """What pages of the tests are rendered from."""

    context: SiteContext
    dataset: Dataset
    history: tuple[Version, ...]
    files: tuple[PublishedFile, ...] = ()
    rows: pa.Table = field(default_factory=lambda: text_table([("L-1", "LED", "54"), ("L-2", None, "70")]))

    def with_context(self, **changes: Any) -> "Site":
        """The same site, of which the context says something else."""
        return replace(self, context=replace(self.context, **changes))


def text_table(rows: list[tuple[str | None, ...]], schema: Schema = SCHEMA) -> pa.Table:
    """Rows as the store gives them: text, null for missing."""
    columns = zip(*rows, strict=True)
    return pa.table({name: pa.array(list(one), pa.string()) for name, one in zip(schema.names, columns, strict=True)})


def make_version(seq: int, *, simulated: bool = False) -> Version:
    """Version `seq` of `lights`."""
    part = Part("", f"objects/{'ab' * 32}.csv", "ab" * 32, 9000, 2588, f"objects/{'cd' * 32}.parquet", "cd" * 32, 3000)
    diff = Diff("objects/what-changed.csv", 38, 120, 0, {"watts_w": 120}, ("field lamp_type added",))
    table = Table("lights", SCHEMA, (part,), COUNTS, diff, Report(2588), RECEIPT, INCOMING, formats=("csv", "json"))
    return Version(
        "lights",
        seq,
        seq - 1 or None,
        "",
        "ef" * 32,
        (date(2026, 11, 20) + timedelta(days=seq)).isoformat(),
        (table,),
        simulated,
    )


def make_figure(n: int, *, simulated: bool = False) -> FigureRecord:
    """The n-th record of the figure `power`."""
    return FigureRecord(
        name="power", n=n, value=f"120{n}.4567", shown=f"1,20{n}.5", rounded=f"120{n}.5", title="Power of all lights",
        unit="kW", round=1, note="Lamps only.", sql="SELECT sum(watts_w)\n\nFROM lights", inputs={"lights": n},
        input_hashes={"lights": "ef" * 32}, date=f"2026-11-{20 + n}", simulated=simulated,
    )  # fmt: skip


def make_site(*, simulated: bool) -> Site:
    """A site with one dataset and one figure."""
    pull = Pull("http", {}, {})
    resource = Resource(
        "lights", SCHEMA, pull, title="Lights", drop=("owner_phone",), publish=Publish(formats=("csv", "json"))
    )
    dataset = Dataset(
        "lights", "Street lights", "Every lamp the city keeps burning.", (resource,),
        ({"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/", "title": "CC0"},),
        ({"title": "Public Works", "roles": ["steward"], "email": "works@lampton.example"},),
        ("light",), "R/P1D", timedelta(days=1), "streetscape",
    )  # fmt: skip
    history = (make_version(2, simulated=simulated), make_version(1, simulated=simulated))
    context = SiteContext(
        CITY, date(2026, 11, 22), datasets={"lights": dataset}, heads={"lights": history[0]},
        figures={"power": make_figure(2, simulated=simulated)},
    )  # fmt: skip
    files = tuple(
        PublishedFile(
            "lights", one, newest_path("lights", "lights", one, simulated=simulated), 184_000, 2588, "9f" * 32
        )
        for one in ("csv", "json")
    )
    return Site(context, dataset, history, files)
