"""Tables for spreadsheets."""

from __future__ import annotations

import pandas as pd
import pytest

from reports.spreadsheet import unevaluated


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+2", "-x", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_a_formula(text: str) -> None:
    frame = pd.DataFrame({"arch": [text, "|skip|"], "score": [-1.5, 2.0], "words": ["-.5", "+3"]})
    safe = unevaluated(frame)
    assert safe["arch"].to_list() == [f"'{text}", "|skip|"]
    pd.testing.assert_frame_equal(safe[["score", "words"]], frame[["score", "words"]])
