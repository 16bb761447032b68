"""Datasets as the city declares them: Data Package words plus our blocks `pull`, `protect`, `checks`, `publish`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from lamppost.model.checks import Checks
from lamppost.notation import UNITS

Adapter = Literal["http", "poll", "mqtt", "files", "sql"]
Mode = Literal["snapshot", "append", "upsert"]
_NUMBERS = ("number", "integer")

ROW_ID = "row_id"
"""The field that `key: content` adds: a hash of the row's values."""


@dataclass(frozen=True)
class FieldSource:
    """Where a schema field's text comes from in one source record."""

    path: str
    """Dotted path into the record: `attributes.WATTS`, `geometry.coordinates.0`; for tables the column's name."""
    convert: str = ""
    """`as:`, one of `notation.CONVERSION_NAMES`; empty: the text as it came."""
    zone: str = ""
    """Of the time zone database; where `convert` is `local`, what the source's clocks show."""
    otherwise: tuple[str, ...] = ()
    """Paths tried in order when there is nothing at `path`, or the year 1 that a device without a clock sends."""


@dataclass(frozen=True)
class Geometry:
    """`pull.geometry`: how the source writes where things are; what is published is GeoJSON in WGS 84."""

    form: Literal["geojson", "esri", "point"] = "geojson"
    """The member `geometry` of each record, as GeoJSON or as ArcGIS has it; or a point in the columns `x` and `y`."""
    crs: str = ""
    """`EPSG:2229`; empty: what the source says, or WGS 84 where its format means that."""
    x: str = ""
    """Path of the longitude or easting."""
    y: str = ""
    axes: Literal["xy", "yx"] = "xy"
    """`yx`: the source writes latitude or northing first."""


@dataclass(frozen=True)
class Pull:
    """What is asked of which source, and how often."""

    adapter: Adapter
    options: Mapping[str, Any]
    """Adapter options after the preset's defaults were merged in; `${NAME}` still unfilled."""
    fields: Mapping[str, FieldSource]
    """field (or dropped column, or input of transform.py) → source; empty: columns keep their own names."""
    preset: str = ""
    every: timedelta = timedelta(days=1)
    lookback: timedelta | None = None
    cursor: str = ""
    """Field whose greatest value (minus lookback) is where the next pull starts; empty: pull everything."""
    geometry: Geometry | None = None
    """None: the records have no place, or are GeoJSON's features, which always have one."""
    accept_unproven: str = ""
    """The reason why a pull that cannot be proven complete is published all the same; shown on the page."""


@dataclass(frozen=True)
class Derive:
    """One SELECT over other datasets' newest versions, in place of a pull."""

    inputs: tuple[str, ...]
    """Dataset names; in SQL each resource is a table named `dataset` or `dataset_resource`, dashes as underscores."""
    sql: str
    sql_path: Path


@dataclass(frozen=True)
class Publish:
    """How accepted rows become versions."""

    mode: Mode = "snapshot"
    event_time: str = ""
    """Field that decides which of two rows with one key is newer (upsert)."""
    every: timedelta | None = None
    """A version at most this often; None: as often as a pull brings something new."""
    partition_by: Literal["", "day", "month", "year", "value"] = ""
    partition_of: str = ""
    formats: tuple[str, ...] = ("csv", "json", "parquet")
    partition_formats: tuple[str, ...] = ()
    """Formats in which each partition is offered by itself where the whole table is too large for them."""
    sort: tuple[str, ...] = ()
    """What rows of Parquet files are sorted by before the primary key; empty: partition, then event time."""
    days_since: str = ""
    """With `month`: the one that is open. From it on each day is a part of its own; they merge once it has closed."""


@dataclass(frozen=True)
class Field:
    """One Table Schema field."""

    name: str
    type: str
    title: str = ""
    description: str = ""
    descriptor: Mapping[str, Any] = field(default_factory=dict)
    """The field as published, constraints and all."""

    @property
    def unit(self) -> str:
        """The unit that is declared, or the one that a number's name ends in; empty for a plain count."""
        declared = self.descriptor.get("unit")
        if declared or self.type not in _NUMBERS:
            return str(declared or "")
        return UNITS.get(self.name.rpartition("_")[2], "")


@dataclass(frozen=True)
class Round:
    """The privacy rule `{round: 3}`: numbers keep so many digits after the point, half to even."""

    digits: int


Rule = Round
"""What `protect:` does to the values of a published field; a further rule becomes a class of its own, joined here."""


@dataclass(frozen=True)
class Schema:
    """A Table Schema; `descriptor` is what is published and what frictionless reads."""

    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    missing_values: tuple[str, ...] = ("",)
    descriptor: Mapping[str, Any] = field(default_factory=dict)
    guarded: frozenset[str] = frozenset()
    """Fields with a privacy rule other than `keep`: no message shows a value of theirs."""
    removed: Mapping[str, str] = field(default_factory=dict)
    """field that was published once → why it is no more; said by the version in which it goes."""

    @property
    def names(self) -> tuple[str, ...]:
        """Field names in the order they are published."""
        return tuple(item.name for item in self.fields)

    def field(self, name: str) -> Field:
        """The field called `name`; KeyError if there is none."""
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(name)


@dataclass(frozen=True)
class Resource:
    """One table of a dataset; exactly one of `pull` and `derive` is set (neither for the plan's own tables)."""

    name: str
    schema: Schema
    pull: Pull | None = None
    derive: Derive | None = None
    title: str = ""
    description: str = ""
    drop: tuple[str, ...] = ()
    """Source columns that `protect:` names with `drop`: known to the drift gate, never published."""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """field → what `protect:` does to its values, row by row, before they are looked at."""
    key_content: bool = False
    """The source has no key: the engine adds `row_id`, and the diff knows only added and removed."""
    transform: Path | None = None
    checks: Checks = field(default_factory=Checks)
    publish: Publish = Publish()


@dataclass(frozen=True)
class FigureQuery:
    """A named number: one SELECT that gives one value."""

    name: str
    title: str
    sql: str
    inputs: tuple[str, ...]
    """Dataset names whose newest versions the query reads."""
    unit: str = ""
    round: int = 0
    """Digits after the point that are shown, stored and verified."""
    note: str = ""
    place: str = ""
    """File and line where it is written."""


@dataclass(frozen=True)
class Dataset:
    """One folder under datasets/, joined with its schemas."""

    name: str
    title: str
    description: str
    resources: tuple[Resource, ...]
    licenses: tuple[Mapping[str, str], ...] = ()
    contributors: tuple[Mapping[str, Any], ...] = ()
    keywords: tuple[str, ...] = ()
    accrual_periodicity: str = ""
    """ISO 8601 repeating interval such as R/P1D: the promise that freshness is judged against."""
    promise: timedelta | None = None
    """The same as a duration; None when irregular."""
    focus: str = ""
    folder: Path = Path()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Data Package properties exactly as published; our blocks are not in it."""
    identifier: str = ""
    """Minted once, independent of address and title; published as the Data Package's `id`."""
    listed: bool = True
    """False: the city names the dataset and does not publish it. Nothing is pulled, and the site holds none of it."""
    reason: str = ""
    """Why it is not listed."""
    since: str = ""
    """ISO day on which that was decided."""
    removed: Mapping[str, str] = field(default_factory=dict)
    """resource that was published once → why it is no more."""

    @property
    def steward(self) -> str:
        """Title of the contributor with the role `steward`, else of the first contributor, else empty."""
        stewards = [one for one in self.contributors if "steward" in one.get("roles", ())]
        return str((stewards or list(self.contributors) or [{}])[0].get("title", ""))

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the datasets that this one is derived from."""
        return tuple(dict.fromkeys(name for one in self.resources if one.derive for name in one.derive.inputs))

    @property
    def references(self) -> tuple[str, ...]:
        """Names of the datasets in which keys of this one are looked up."""
        return tuple(dict.fromkeys(key.dataset for one in self.resources for key in one.checks.references))
