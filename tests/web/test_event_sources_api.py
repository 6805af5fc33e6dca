"""Other systems' events over the API, with a key that can only send."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.database import db
from store.tables import Inbox
from tests.web.conftest import House
from tests.web.rows import furnish


def test_every_example_is_taken_with_a_key_that_only_sends(house: House) -> None:
    furnish(house, "main")
    owner = house.client()
    secret = owner.post("api-keys", json={"name": "直播", "role": "sender"}).json["secret"]
    listed = owner.get("event-sources").json["items"]
    assert {one["source"] for one in listed} == {
        "mini_program", "channels", "live", "group_buy", "lucky_draw", "vote",
    }  # fmt: skip
    keyed = house.app.test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    for one in listed:
        for accepted, duplicates in ((1, 0), (0, 1)):
            answer = keyed.post(
                f"/api/v1/event-sources/{one['source']}", json={"events": [one["example"]]}, headers=headers
            )
            assert answer.status_code == 202, answer.text
            assert (answer.json["accepted"], answer.json["duplicates"]) == (accepted, duplicates)
    assert keyed.get("/api/v1/event-sources", headers=headers).status_code == 403
    with house.app.app_context():
        names = set(db.session.scalars(select(Inbox.name).where(Inbox.event_id.is_not(None))))
    assert {"order_paid", "live_left", "group_buy_succeeded", "lucky_draw_won", "voted"} <= names


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"events": []}, 422),
        ({"events": "x"}, 422),
        ({"events": [{"type": "sing"}]}, 422),
        ({"events": [{"type": "like", "who": {"unionid": "u" * 999}}]}, 422),
        ({"events": [{"type": "like", "who": {"unionid": "u"}, "time": 4102444800}]}, 422),
        ({"events": [{"type": "like", "who": {"unionid": "u"}, "time": "never"}]}, 422),
        ({"events": [{"type": "like", "who": {"unionid": "u"}, "data": {"a": {"b": [1]}}}]}, 202),
        ({}, 422),
    ],
)
def test_odd_bodies_are_answered(house: House, body: dict[str, Any], status: int) -> None:
    furnish(house, "main")
    assert house.client().post("event-sources/live", json=body).status_code == status


def test_the_good_are_taken_beside_the_bad(house: House) -> None:
    furnish(house, "main")
    body = {"events": [{"type": "sing"}, {"type": "like", "who": {"unionid": "u"}}, {"type": "like"}]}
    told = house.client().post("event-sources/live", json=body).json
    assert told["accepted"] == 1
    assert [one["path"] for one in told["errors"]] == ["events[0].type", "events[2].who"]
    assert house.client().post("event-sources/nothing", json=body).status_code == 404
