"""The same event in two sources: marked, never dropped, counted once.

Two rows are one event if they come from different sources and agree in kind, channel, direction, other party, instant (in the same precision), length, words
and attachments. Rows that repeat inside one source are different events: three identical "pick up" in one second stay three. So the first of them in one
source is matched with the first in the other, the second with the second. A row known to the minute is never merged with one known to the second.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def same_as(rows: pd.DataFrame) -> NDArray[np.object_]:
    """For each row the id of the event it repeats, or "".

    `rows` has the columns id, source, position and those of `SAME`; the event that is counted is the one with the smallest source key, so that the order in which
    files were imported changes nothing.
    """
    result = np.full(len(rows), "", dtype=object)
    if rows["source"].nunique() < 2:
        return result
    dated = rows["utc"].notna().to_numpy() & rows["kind"].isin(["message", "call", "email", "voicemail"]).to_numpy()
    if not dated.any():
        return result
    keys = pd.util.hash_pandas_object(rows.loc[dated, list(SAME)], index=False).to_numpy()
    # Most rows have a key of their own: only those that share one are looked at further.
    shared = pd.Series(keys).duplicated(keep=False).to_numpy()
    table = rows.loc[dated].loc[shared].assign(key=keys[shared], row=np.flatnonzero(dated)[shared])
    table["source"] = table["source"].astype(str)  # a category sorts by its code, that is by the order of import
    if table.empty:
        return result
    table = table.sort_values(["source", "position"], kind="stable")
    table["turn"] = table.groupby(["key", "source"], observed=True).cumcount()
    counted = table.groupby(["key", "turn"], observed=True)["id"].transform("first")
    repeats = (counted != table["id"]).to_numpy()
    result[table["row"].to_numpy()[repeats]] = counted.to_numpy()[repeats]
    return result


SAME = ("utc", "precision", "kind", "channel", "direction", "identifier", "seconds", "text", "subject", "attachments")
"""The columns in which two rows must agree."""
