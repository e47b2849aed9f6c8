"""E-65 without Chromium the page's tests are skipped visibly, and fail where CORA_CI=1 says they must run"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browser import chromium_path


@pytest.mark.parametrize(("value", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_missing_chromium(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CORA_CI", value)
    with pytest.raises(outcome, match="no Chromium"):
        chromium_path()
