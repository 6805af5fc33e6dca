"""The published clients for Python and Node, unchanged, against the running web; then the database is looked at."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from segment.analytics import Client
from segment.analytics.request import APIError

from tests.web.conftest import House
from tests.web.serving import NODE, node, serving
from tests.web.test_segment import happened, names, people


def look(house: House, user: str, event_id: str, visitor: str, old: str) -> None:
    """What each client has told must stand there, once."""
    told = happened(house)
    events = [event for event in told if event.contact_id > 0]
    assert {event.name for event in told if event not in events} == {"group_created", "group_joined"}
    found = people(house)
    one = found[user]
    assert set(found) == {user}, "the visitor and the customer are one"
    assert (one.name, one.attributes) == (
        "林一",
        {"address_city": "杭州", "group_id": "g-1", "group_name": "花间", "group_seats": 3},
    )
    assert {("anonymous", visitor), ("anonymous", old)} <= names(house, one)
    assert {kind for kind, _ in names(house, one)} == {"anonymous", "email"}
    assert sorted(event.name for event in events) == [
        "group_joined",
        "order_completed",
        "page_viewed",
        "product_viewed",
        "screen_viewed",
    ]
    by_name = {event.name: event for event in events}
    paid = by_name["order_completed"]
    assert paid.event_id == event_id and paid.properties == {"total": 199.5, "coupon": None}
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert abs(paid.occurred_at - yesterday) < timedelta(minutes=2)
    assert by_name["product_viewed"].properties == {"sku": "a-1"}
    assert by_name["page_viewed"].properties == {"url": "https://shop.example/", "name": "Home"}
    assert {event.contact_id for event in events} == {one.id}
    assert all(event.event_id for event in events)


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "packed"])
def test_the_python_client(house: House, database_url: str, tmp_path: Path, gzip: bool) -> None:
    failed: list[Any] = []
    with serving(database_url, tmp_path) as base:
        client = Client(
            house.keys["main", "sender"],
            host=base,
            gzip=gzip,
            max_retries=0,
            on_error=lambda error, items: failed.append(error),
        )
        client.track(anonymous_id="py-visitor", event="Product Viewed", properties={"sku": "a-1"})
        client.identify(
            "py-1",
            {"name": "林一", "email": "lin@py.example", "address": {"city": "杭州"}},
            anonymous_id="py-visitor",
        )
        client.track(
            "py-1",
            "Order Completed",
            {"total": 199.5, "coupon": None},
            timestamp=datetime.now(UTC) - timedelta(days=1),
            message_id="py-order-1",
        )
        client.flush()
        client.track("py-1", "Order Completed", message_id="py-order-1")
        client.page("py-1", name="Home", properties={"url": "https://shop.example/"})
        client.screen("py-1", name="Cart")
        client.group("py-1", "g-1", {"name": "花间", "seats": 3})
        client.alias("py-old-phone", "py-1")
        client.flush()
        client.join()
    assert not failed
    look(house, "py-1", "py-order-1", "py-visitor", "py-old-phone")


def test_the_python_client_is_told_of_a_wrong_key_and_of_nothing_to_keep(
    house: House, database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path) as base:
        wrong = Client("rb_wrong", host=base, sync_mode=True, max_retries=0)
        with pytest.raises(APIError) as told:
            wrong.track("u", "paid")
        assert told.value.status == 401
        nameless = Client(house.keys["main", "sender"], host=base, sync_mode=True, max_retries=0)
        with pytest.raises(APIError) as told:
            nameless.track("u", "订单")
        assert told.value.status == 422 and "batch[0].event" in told.value.message
        assert requests.post(f"{base}/v1/batch", data=b"x" * 600_000, timeout=10).status_code in (401, 413)
    assert not happened(house)


def test_the_node_client(house: House, database_url: str, tmp_path: Path) -> None:
    program = node()
    with serving(database_url, tmp_path) as base:
        env = os.environ | {"ROADBOOK_HOST": base, "ROADBOOK_WRITE_KEY": house.keys["main", "sender"]}
        told = subprocess.run(
            [program, "send.js"], cwd=NODE, env=env, capture_output=True, text=True, timeout=90
        )
    assert told.returncode == 0, told.stdout + told.stderr
    look(house, "node-1", "node-order-1", "node-visitor", "node-old-phone")
