"""The life of a journey: every act in every status, allowed or refused with a sentence."""

from __future__ import annotations

import pytest

from journeys.lifecycle import ACTS, STATUSES, NotAllowed, after, allowed

EXPECTED = {
    ("draft", "publish"): "live",
    ("live", "publish"): "live",
    ("paused", "publish"): "paused",
    ("live", "pause"): "paused",
    ("paused", "resume"): "live",
    ("draft", "archive"): "archived",
    ("live", "archive"): "archived",
    ("paused", "archive"): "archived",
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", STATUSES)
def test_each_act_in_each_status(status: str, act: str) -> None:
    if (status, act) in EXPECTED:
        assert after(status, act) == EXPECTED[status, act]
        assert act in allowed(status)
        return
    with pytest.raises(NotAllowed) as refused:
        after(status, act)
    assert act not in allowed(status)
    assert refused.value.words.endswith("。")
    assert str(refused.value).endswith(".")


def test_an_archived_journey_can_do_nothing_more() -> None:
    assert allowed("archived") == ()
