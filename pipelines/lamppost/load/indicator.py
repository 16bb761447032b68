"""Reads the front matter of an indicator: a query over published data, a baseline and a target."""

from typing import Literal, cast, get_args

from lamppost.load.figures import is_one_select
from lamppost.load.plan_items import read_id, read_illustrative
from lamppost.load.section import Section
from lamppost.model import Indicator, Point
from lamppost.model.plan import Better, Kind

CADENCES = ("hourly", "daily", "weekly", "monthly", "quarterly", "yearly")


def read_indicator(section: Section) -> Indicator:
    """`kind:` is the kind of measure where the folder tells what the page is, else `kind: indicator` and `measure:`."""
    key = "kind" if section.text("kind") in get_args(Kind) else "measure"
    dataset, sql, inputs = _read_data(section)
    baseline, target, set_by = _read_points(section)
    indicator = Indicator(
        id=read_id(section),
        title=section.text("title", required=True),
        dataset=dataset,
        sql=sql,
        unit=section.text("unit", required=True),
        kind=cast("Kind", section.choice(key, get_args(Kind), required=True, default="count")),
        better=cast("Better", section.choice("better", get_args(Better), required=True, default="up")),
        cadence=cast(
            'Literal["hourly", "daily", "weekly", "monthly", "quarterly", "yearly"]',
            section.choice("cadence", CADENCES, required=True, default="yearly"),
        ),
        inputs=inputs,
        baseline=baseline,
        target=target,
        target_set_by=set_by,
        limits=_read_limits(section),
        note=section.text("note"),
    )
    indicator = Indicator(**{**vars(indicator), "illustrative": read_illustrative(section)})
    section.close()
    return indicator


def _read_data(section: Section) -> tuple[str, str, tuple[str, ...]]:
    form = section.section("data", required=True)
    if form is None:
        return "", "", ()
    dataset = form.text("dataset", required=True)
    sql = form.text("sql", required=True)
    if (node := form.find("sql")) and sql and not is_one_select(sql):
        form.note("wrong-value", node, "expected one SELECT that gives rows (date, value), without `;` in it")
    inputs = form.texts("from") or ((dataset,) if dataset else ())
    form.close()
    return dataset, sql, inputs


def _read_points(section: Section) -> tuple[Point | None, Point | None, str]:
    baseline, target = section.section("baseline"), section.section("target")
    first, last = _read_point(baseline), _read_point(target)
    set_by = target.text("set_by", required=True) if target else ""
    for form in (baseline, target):
        if form:
            form.close()
    if target and first and last and last.date <= first.date:
        message = f"the target's date {last.date} is not after the baseline's {first.date}; correct one of them"
        target.note("wrong-value", target.find("date") or target.node, message)
    return first, last, set_by


def _read_point(form: Section | None) -> Point | None:
    if form is None:
        return None
    value, day = form.number("value", required=True), form.day("date", required=True)
    return None if value is None or day is None else Point(day, value)


def _read_limits(section: Section) -> tuple[float | None, float | None]:
    form = section.section("limits")
    if form is None:
        return None, None
    low, high = form.number("min"), form.number("max")
    if low is not None and high is not None and low >= high:
        form.note("wrong-value", form.node, f"min {low:g} is not below max {high:g}; exchange them")
    form.close()
    return low, high
