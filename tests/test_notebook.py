"""The tour's cells run, one after another, and its outputs are cleared."""

from __future__ import annotations

import json
from typing import Any

from conftest import ROOT

NOTEBOOK = json.loads((ROOT / "notebooks" / "tour.ipynb").read_text(encoding="utf-8"))


def test_every_cell_runs() -> None:
    names: dict[str, Any] = {}
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    assert len(names["numbers"]) > 5
    assert len(names["drawn"]) == 4
    assert all('"showSendToCloud": false' in page for page in names["pages"].values())
    assert names["ratio"].low < names["ratio"].ratio < names["ratio"].high
    assert names["verdict"].word


def test_outputs_are_cleared() -> None:
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in NOTEBOOK["cells"])
