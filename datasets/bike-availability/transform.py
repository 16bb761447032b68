"""Rounds positions to about 100 meters, so that a bike at somebody's door does not point at the door."""

from decimal import Decimal, InvalidOperation

import pandas as pd

GRID = Decimal("0.001")


def transform(table: pd.DataFrame) -> pd.DataFrame:
    """Rounds `longitude` and `latitude`; text in, text out, one row for each row."""
    rounded = table.copy()
    for name in ("longitude", "latitude"):
        rounded[name] = table[name].map(round_degrees, na_action="ignore")
    return rounded


def round_degrees(text: str) -> str:
    """Three decimals; text that is no number stays as it is, so that validation shows it."""
    try:
        return str(Decimal(text).quantize(GRID))
    except InvalidOperation:
        return text
