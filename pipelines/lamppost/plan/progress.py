"""Where an indicator stands: pace on the declared path first, outlook second, freshness always, never an average.

The rules and their numbers are printed for readers in docs/about/method.md. The pace is `(c - b) / (path(t) - b)` with
baseline b, newest value c and t its date; it takes zero and negative values, which growth rates do not.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from lamppost.model import Indicator, Point
from lamppost.plan import badges
from lamppost.plan.badges import Tone
from lamppost.plan.chance import could_be_chance
from lamppost.plan.outlook import Outlook, forecast, name_trend
from lamppost.plan.times import CADENCE_DAYS, decimal_year, periods_between, years_between
from lamppost.plan.words import say_day, say_list, say_number, say_share

Freshness = Literal["fresh", "out of date", "no recent evidence"]

ON_PACE, BEHIND = 0.95, 0.60
EARLY_SHARE, EARLY_PERIODS = 0.15, 2
OUT_OF_DATE, NO_EVIDENCE = 1.5, 2.5
"""Ages, in periods of the cadence."""

_TOLERANCE = 1e-9
"""Two sums of months that should be equal may differ in the last digit."""


@dataclass(frozen=True)
class Pace:
    """How far along the path the newest value is."""

    verdict: Literal["on pace", "behind", "far behind", "wrong way", "too early"]
    value: float | None
    """1 is exactly on the path; None when it is too early to divide."""
    closed: float
    """Share of the gap between baseline and target that is closed."""
    elapsed: float
    """Share of the time between them that is gone at the newest value's date."""
    expected: float
    """The path's value on that date."""


@dataclass(frozen=True)
class Progress:
    """The verdict on one indicator, with everything needed to compute it again in a spreadsheet."""

    badge: str
    sentence: str
    """Why, in one plain sentence with its numbers."""
    tone: Tone = "none"
    number: float | None = None
    """The pace; None where the rule is another one."""
    pace: Pace | None = None
    outlook: Outlook | None = None
    freshness: Freshness = "fresh"
    by_chance: bool = False
    latest: Point | None = None
    original: Pace | None = None
    """The pace on the target that was first declared, when it moved since."""
    frozen: bool = False
    """The deadline has passed: this verdict stays."""


@dataclass(frozen=True)
class RollUp:
    """Several indicators together: counted, never averaged."""

    counts: Mapping[str, int]
    """badge → how many, worst first."""
    cohort: Mapping[str, int]
    """The same for those that were in the plan when it was adopted, which no later addition can move."""
    worst: str
    """Id of the worst one; empty when none is bad."""
    evidenced: int
    total: int
    sentence: str


def judge(
    indicator: Indicator,
    points: Sequence[Point],
    today: date,
    *,
    original: Point | None = None,
    path: Sequence[Point] = (),
) -> Progress:
    """Judge one indicator from its observations, oldest first; those of `today` or later are of open periods.

    `original` is the target first declared, when it moved; `path` holds promised values between baseline and target
    (none: a straight line). For `keep-within` the indicator's limits are the band.
    """
    seen = tuple(point for point in points if point.date < today)
    if not seen:
        return Progress(badges.NO_DATA, "No data yet because no period of this indicator is over and published.")
    found = _judge_seen(indicator, seen, today, path)
    if original and indicator.baseline and original != indicator.target and original.value != indicator.baseline.value:
        found = replace(found, original=measure_pace(indicator, seen[-1], indicator.baseline, original))
    return _judge_age(replace(found, latest=found.latest or seen[-1]), indicator, today)


def measure_pace(
    indicator: Indicator, latest: Point, baseline: Point, target: Point, path: Sequence[Point] = ()
) -> Pace:
    """The pace of one value on the path from baseline to target, which must differ."""
    whole = years_between(baseline.date, target.date)
    gone = years_between(baseline.date, latest.date)
    elapsed = gone / whole if whole > 0 else 1.0
    closed = (latest.value - baseline.value) / (target.value - baseline.value)
    expected = _path_value((baseline, *path, target), latest.date)
    periods = periods_between(baseline.date, latest.date, indicator.cadence)
    early = elapsed < EARLY_SHARE - _TOLERANCE and periods < EARLY_PERIODS - _TOLERANCE
    if gone <= 0 or early or expected == baseline.value:
        return Pace("too early", None, closed, elapsed, expected)
    value = (latest.value - baseline.value) / (expected - baseline.value)
    return Pace(_name_pace(value), value, closed, elapsed, expected)


def judge_age(latest: date, today: date, cadence: str) -> Freshness:
    """How old the newest value is, against the cadence: 1.5 periods are out of date, 2.5 are no evidence."""
    age = (today - latest).days / CADENCE_DAYS[cadence]
    if age > NO_EVIDENCE:
        return "no recent evidence"
    return "out of date" if age > OUT_OF_DATE else "fresh"


def roll_up(found: Mapping[str, Progress], cohort: Collection[str] = ()) -> RollUp:
    """Count badges, name the worst indicator, and say how many have evidence at all."""
    rank = {badge: place for place, badge in enumerate(badges.SEVERITY)}
    order = sorted(found, key=lambda one: (rank.get(_bare(found[one].badge), len(rank)), one))
    worst = order[0] if order and _bare(found[order[0]].badge) in rank else ""
    unknown = {badges.NO_DATA, badges.NO_EVIDENCE, badges.NO_VERDICT, badges.NO_BASELINE}
    evidenced = sum(one.badge not in unknown for one in found.values())
    counts = Counter(found[one].badge for one in order)
    sentence = f"{evidenced} of {len(found)} indicators have evidence"
    sentence += f": {say_list([f'{count} {badge}' for badge, count in counts.items()])}." if counts else "."
    kept = Counter(found[one].badge for one in order if one in cohort)
    return RollUp(dict(counts), dict(kept), worst, evidenced, len(found), sentence)


def _judge_seen(indicator: Indicator, seen: tuple[Point, ...], today: date, path: Sequence[Point]) -> Progress:
    if indicator.better == "keep-within":
        return _judge_band(indicator, seen[-1])
    sign = 1 if indicator.better == "up" else -1
    if indicator.target is None:
        return _judge_trend(indicator, seen, sign)
    if indicator.kind == "cumulative" and (fall := _find_fall(seen)):
        sentence = f"Cannot be judged because a running total fell on {say_day(fall.date)}: it was reset or corrected."
        return Progress(badges.NO_VERDICT, sentence)
    if today > indicator.target.date:
        return _judge_deadline(indicator, seen, indicator.target, sign)
    return _judge_target(indicator, seen, indicator.target, sign, path)


def _judge_target(
    indicator: Indicator, seen: tuple[Point, ...], target: Point, sign: int, path: Sequence[Point]
) -> Progress:
    latest, baseline = seen[-1], indicator.baseline
    met = sign * (latest.value - target.value) >= 0
    now = f"the value was {say_number(latest.value, indicator.unit)} on {say_day(latest.date)}"
    goal = f"the target is {say_number(target.value)} {'or more' if sign > 0 else 'or less'}"
    if baseline is None:
        badge = badges.MET if met else badges.NO_BASELINE
        return _say(badge, f"{badge}: {now}, {goal}.")
    if sign * (baseline.value - target.value) >= 0:
        badge = badges.HOLDING if met else badges.SLIPPED
        return _say(badge, f"{badge} because {now}; {goal}, which was already met at the start.")
    if met:
        return _say(badges.MET, f"Target met because {now} and {goal}.")
    since = [point for point in seen if point.date >= baseline.date]
    if any(sign * (point.value - target.value) >= 0 for point in since):
        return _say(badges.LOST, f"Met, then lost: the target was reached before, but {now} and {goal}.")
    if indicator.kind == "yes-no":
        return _say(badges.NOT_YET, f"Not yet: it is to be done by {say_day(target.date)}.")
    pace = measure_pace(indicator, latest, baseline, target, path)
    return _judge_path(indicator, seen, pace, forecast(indicator, seen, target, sign))


def _judge_path(indicator: Indicator, seen: tuple[Point, ...], pace: Pace, outlook: Outlook) -> Progress:
    if pace.verdict == "too early":
        gone = max(pace.elapsed, 0.0)
        sentence = f"Too early to tell because {say_share(gone)} of the time between baseline and target is gone."
        return replace(_say(badges.TOO_EARLY, sentence), pace=pace, outlook=outlook)
    latest, start = seen[-1], indicator.baseline
    chance = indicator.kind == "count" and pace.verdict != "on pace" and could_be_chance(latest.value, pace.expected)
    badge = badges.BADGES[pace.verdict, outlook.verdict]
    if pace.verdict == "wrong way":
        badge = badges.BY_CHANCE if chance else badge
        moved = f"the value went from {say_number(start.value) if start else '?'} to {say_number(latest.value)}"
        why = f"{moved}, away from the target, with {say_share(pace.elapsed)} of the time gone"
    else:
        why = f"{say_share(pace.closed)} of the gap is closed with {say_share(pace.elapsed)} of the time gone"
    if chance:
        why += "; with numbers this small, the difference could be chance"
    sentence = f"{badge} because {why}{_TREND_CLAUSES[outlook.verdict] if pace.verdict != 'wrong way' else ''}."
    return replace(
        _say(badge, sentence), number=pace.value, pace=pace, outlook=outlook, by_chance=chance
    )  # fmt: skip


_TREND_CLAUSES = {
    "likely": "; if recent changes go on, the target is reached",
    "too close to call": "; recent changes leave open whether the target is reached",
    "unlikely": "; if recent changes go on, the target is not reached",
    "not enough history": "",
}


def _judge_deadline(indicator: Indicator, seen: tuple[Point, ...], target: Point, sign: int) -> Progress:
    """After the deadline the newest value up to it decides for good; a target met in time and lost later is lost."""
    in_time = [point for point in seen if point.date <= target.date]
    if not in_time:
        return Progress(badges.NO_VERDICT, "Cannot be judged because nothing was observed before the deadline passed.")
    last = in_time[-1]
    said = f"the value was {say_number(last.value, indicator.unit)} on {say_day(last.date)}"
    goal = f"{say_number(target.value)} by {say_day(target.date)}"
    if sign * (last.value - target.value) < 0:
        found = _say(badges.MISSED, f"Missed because {said}; the target was {goal}.")
    elif sign * (seen[-1].value - target.value) < 0:
        found = _say(badges.LOST, f"Met, then lost: {said}, which met the target of {goal}, but not any more.")
    else:
        found = _say(badges.MET, f"Target met because {said}; the target was {goal}.")
    return replace(found, latest=last, frozen=True)


def _judge_band(indicator: Indicator, latest: Point) -> Progress:
    low, high = indicator.limits
    if low is None or high is None:
        return Progress(badges.NO_VERDICT, "Cannot be judged because no band is declared to keep within.")
    badge = badges.HOLDING if low <= latest.value <= high else badges.SLIPPED
    value = say_number(latest.value, indicator.unit)
    sentence = f"{badge} because the value is {value}; it should stay between {say_number(low)} and {say_number(high)}."
    return _say(badge, sentence)


def _judge_trend(indicator: Indicator, seen: tuple[Point, ...], sign: int) -> Progress:
    badge = badges.TRENDS[name_trend(seen, indicator.cadence, sign)]
    moved = f"the value went from {say_number(seen[0].value)} to {say_number(seen[-1].value, indicator.unit)}"
    moved = f"{moved} since {say_day(seen[0].date)}"
    why = "fewer than four changes are on record" if badge == badges.NO_TREND else moved
    return _say(badge, f"{badge} because {why}; no target is set.")


def _judge_age(found: Progress, indicator: Indicator, today: date) -> Progress:
    if found.frozen or found.latest is None:
        return found
    freshness = judge_age(found.latest.date, today, indicator.cadence)
    day = say_day(found.latest.date)
    if freshness == "fresh":
        return found
    if freshness == "out of date":
        sentence = f"{found.sentence.removesuffix('.')} (newest value: {day}; a newer one was due)."
        return replace(
            found, badge=badges.OUT_OF_DATE + found.badge, sentence=sentence, tone="none", freshness=freshness
        )  # fmt: skip
    sentence = f"No recent evidence because the newest value is of {day}; {indicator.cadence} values are promised."
    return replace(found, badge=badges.NO_EVIDENCE, sentence=sentence, tone="none", freshness=freshness)


def _say(badge: str, sentence: str) -> Progress:
    return Progress(badge, sentence, badges.tone_of(badge))


def _name_pace(value: float) -> Literal["on pace", "behind", "far behind", "wrong way"]:
    if value >= ON_PACE:
        return "on pace"
    if value >= BEHIND:
        return "behind"
    return "far behind" if value >= 0 else "wrong way"


def _path_value(path: tuple[Point, ...], day: date) -> float:
    """Straight lines between the path's points; before the first and after the last its own value."""
    if day <= path[0].date:
        return path[0].value
    for start, end in pairwise(path):
        if day <= end.date:
            share = years_between(start.date, day) / (decimal_year(end.date) - decimal_year(start.date))
            return start.value + share * (end.value - start.value)
    return path[-1].value


def _find_fall(points: tuple[Point, ...]) -> Point | None:
    return next((later for earlier, later in pairwise(points) if later.value < earlier.value), None)


def _bare(badge: str) -> str:
    return badge.removeprefix(badges.OUT_OF_DATE)
