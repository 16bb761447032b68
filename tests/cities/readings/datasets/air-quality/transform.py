"""One instant out of four columns; the readings are in Beijing's time, which has no summer time."""

import pandas as pd


def transform(table: pd.DataFrame) -> pd.DataFrame:
    """Put the hour of each reading into `observed_at`."""
    pad = {name: table[name].str.zfill(2) for name in ("month", "day", "hour")}
    observed = table["year"] + "-" + pad["month"] + "-" + pad["day"] + "T" + pad["hour"] + ":00:00+08:00"
    return table.assign(observed_at=observed).drop(columns=["year", "month", "day", "hour"])
