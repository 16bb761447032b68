"""The words a status is given, as one table: the same that the page on method prints (a test compares them)."""

from collections.abc import Mapping
from typing import Literal

Tone = Literal["good", "fair", "bad", "none"]

BADGES: Mapping[tuple[str, str], str] = {
    ("on pace", "likely"): "On track",
    ("on pace", "too close to call"): "On pace, uncertain",
    ("on pace", "unlikely"): "On pace, but trend falls short",
    ("on pace", "not enough history"): "On pace",
    ("behind", "likely"): "Behind, catching up",
    ("behind", "too close to call"): "Behind",
    ("behind", "unlikely"): "Off track",
    ("behind", "not enough history"): "Behind",
    ("far behind", "likely"): "Far behind, catching up",
    ("far behind", "too close to call"): "Far behind",
    ("far behind", "unlikely"): "Off track",
    ("far behind", "not enough history"): "Far behind",
    ("wrong way", "likely"): "Wrong direction",
    ("wrong way", "too close to call"): "Wrong direction",
    ("wrong way", "unlikely"): "Wrong direction",
    ("wrong way", "not enough history"): "Wrong direction",
}
"""(pace, outlook) → badge."""

MET, LOST, MISSED = "Target met", "Met, then lost", "Missed"
HOLDING, SLIPPED = "Holding", "Slipped off target"
TOO_EARLY, NOT_YET = "Too early to tell", "Not yet"
BY_CHANCE = "Behind, could be chance"
IMPROVING, NO_CHANGE, WORSENING, NO_TREND = "Improving", "No clear change", "Worsening", "Not enough history"
NO_DATA, NO_BASELINE, NO_VERDICT = "No data yet", "No baseline", "Cannot be judged"
NO_EVIDENCE = "No recent evidence"
OUT_OF_DATE = "Out of date: "

TRENDS: Mapping[str, str] = {
    "improving": IMPROVING,
    "no clear change": NO_CHANGE,
    "worsening": WORSENING,
    "not enough history": NO_TREND,
}

SEVERITY = (
    "Wrong direction", MISSED, "Off track", LOST, SLIPPED, "Far behind", "Far behind, catching up", WORSENING,
    "Behind", "Behind, catching up", BY_CHANCE, "On pace, but trend falls short", NO_EVIDENCE, NOT_YET,
    "On pace, uncertain", NO_CHANGE,
)  # fmt: skip
"""Worst first; a badge that is not in it is nothing to worry about, or nothing is known."""

_GOOD = {"On track", "On pace", MET, HOLDING, IMPROVING}
_FAIR = {"On pace, uncertain", "On pace, but trend falls short", "Behind, catching up", "Behind", BY_CHANCE, NO_CHANGE}
_BAD = {"Off track", "Far behind", "Far behind, catching up", "Wrong direction", MISSED, LOST, SLIPPED, WORSENING}


def tone_of(badge: str) -> Tone:
    """How a badge is coloured; what is out of date or not known is never green."""
    if badge in _GOOD:
        return "good"
    if badge in _FAIR:
        return "fair"
    return "bad" if badge in _BAD else "none"
