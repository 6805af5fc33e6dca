"""The Segment protocol: what calls become, what is said about the rest, and that nothing is taken twice."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from audience.tables import Contact, Event, Identity
from runtime.database import Database
from runtime.worker import Worker
from store.database import db
from store.tables import Audit
from tests.web.conftest import Caller, House


def sender(house: House, role: str = "sender", slug: str = "main") -> Caller:
    """A client of the protocol: the write key is the user name, as the published ones send it."""
    named = base64.b64encode(f"{house.keys[slug, role]}:".encode()).decode()
    return Caller(house.app.test_client(), {"Authorization": f"Basic {named}"})


def settle(house: House) -> None:
    """Let the worker take in what is in the inbox."""
    with house.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    database = Database(url)
    Worker(database).intake.run()
    database.close()


def people(house: House, slug: str = "main") -> dict[str | None, Contact]:
    """The contacts by external id, read anew."""
    with house.app.app_context():
        db.session.expire_all()
        rows = db.session.scalars(select(Contact).where(Contact.workspace_id == house.ids[slug])).all()
        db.session.expunge_all()
        return {row.external_id: row for row in rows}


def names(house: House, contact: Contact) -> set[tuple[str, str]]:
    with house.app.app_context():
        query = select(Identity.kind, Identity.value).where(Identity.contact_id == contact.id)
        return {tuple(row) for row in db.session.execute(query)}


def happened(house: House, slug: str = "main") -> list[Event]:
    settle(house)
    with house.app.app_context():
        query = select(Event).where(Event.workspace_id == house.ids[slug]).order_by(Event.id)
        rows = list(db.session.scalars(query))
        db.session.expunge_all()
        return rows


def lines(house: House) -> list[Audit]:
    with house.app.app_context():
        rows = list(db.session.scalars(select(Audit).where(Audit.action == "identity.kept_apart")))
        db.session.expunge_all()
        return rows


def test_each_kind_of_call(house: House) -> None:
    client = sender(house)
    calls: dict[str, dict[str, Any]] = {
        "identify": {
            "userId": "u1",
            "anonymousId": "a1",
            "traits": {
                "name": "林一",
                "email": "Lin@Example.com",
                "plan": "pro",
                "address": {"city": "杭州", "geo": {"lat": 30.2}},
                "First Name": "一",
            },
            "context": {"timezone": "Asia/Tokyo"},
        },
        "track": {
            "userId": "u1",
            "event": "Order Completed",
            "properties": {"total": 9.5, "$currency": "CNY"},
        },
        "page": {"userId": "u1", "name": "首页", "context": {"page": {"url": "https://a.example/"}}},
        "screen": {"anonymousId": "a1", "name": "Cart", "category": "shop"},
        "group": {"userId": "u1", "groupId": 7, "traits": {"name": "花间", "seats": 3}},
        "alias": {"userId": "u1", "previousId": "old-device"},
    }
    for kind, body in calls.items():
        answer = client.post(f"/v1/{kind}", json={"messageId": f"m-{kind}", **body})
        assert (answer.status_code, answer.json) == (200, {"success": True}), (kind, answer.text)
    events = happened(house)
    one = people(house)["u1"]
    assert len(people(house)) == 1 and (one.name, one.timezone) == ("林一", "Asia/Tokyo")
    assert one.attributes == {
        "plan": "pro",
        "address_city": "杭州",
        "address_geo_lat": 30.2,
        "First_Name": "一",
        "group_id": "7",
        "group_name": "花间",
        "group_seats": 3,
    }
    assert names(house, one) == {
        ("anonymous", "a1"),
        ("anonymous", "old-device"),
        ("email", "lin@example.com"),
    }
    assert [(e.name, e.event_id, e.properties, e.contact_id) for e in events if e.contact_id > 0] == [
        ("order_completed", "m-track", {"total": 9.5, "_currency": "CNY"}, one.id),
        ("page_viewed", "m-page", {"page_url": "https://a.example/", "name": "首页"}, one.id),
        ("screen_viewed", "m-screen", {"name": "Cart", "category": "shop"}, one.id),
        ("group_joined", "m-group", {"group": "7"}, one.id),
    ]


def test_a_visitor_who_says_who_he_is_keeps_his_history(house: House) -> None:
    client = sender(house)
    client.post("/v1/track", json={"anonymousId": "a1", "event": "viewed"})
    assert happened(house)[0].contact_id == people(house)[None].id
    client.post("/v1/identify", json={"anonymousId": "a1", "userId": "u1"})
    client.post("/v1/track", json={"anonymousId": "a1", "userId": "u1", "event": "paid"})
    assert {event.contact_id for event in happened(house)} == {people(house)["u1"].id}
    assert len(people(house)) == 1


@pytest.mark.parametrize("how", ["identify", "track", "alias"])
def test_two_who_are_known_already_are_both_kept(house: House, how: str) -> None:
    client = sender(house)
    for call in ({"userId": "u1"}, {"anonymousId": "a1"}):
        assert client.post("/v1/identify", json=call).json == {"success": True}
    calls = {
        "identify": {"userId": "u1", "anonymousId": "a1", "traits": {"vip": True}},
        "track": {"userId": "u1", "anonymousId": "a1", "event": "paid"},
        "alias": {"userId": "u1", "previousId": "a1"},
    }
    where = "previousId" if how == "alias" else "anonymousId"
    for _ in range(2):
        answer = client.post(f"/v1/{how}", json=calls[how], headers={"Accept-Language": "en"})
        assert answer.status_code == 200 and answer.json["success"] is True
        assert [told["path"] for told in answer.json["warnings"]] == [where]
        assert "not merged" in answer.json["warnings"][0]["message"]
    found = people(house)
    assert set(found) == {"u1", None} and names(house, found[None]) == {("anonymous", "a1")}
    assert found["u1"].attributes == ({"vip": True} if how == "identify" else {})
    assert [(line.target, line.detail) for line in lines(house)] == [
        (f"contact:{found['u1'].id}", {"other": f"contact:{found[None].id}", "kind": "anonymous"})
    ]
    if how == "track":
        assert {event.contact_id for event in happened(house)} == {found["u1"].id}


def test_one_device_and_two_people(house: House) -> None:
    client = sender(house)
    client.post("/v1/identify", json={"userId": "u1", "anonymousId": "a1"})
    answer = client.post("/v1/identify", json={"userId": "u2", "anonymousId": "a1", "traits": {"n": 2}})
    assert [told["path"] for told in answer.json["warnings"]] == ["anonymousId"]
    assert people(house)["u2"].attributes == {"n": 2} and not names(house, people(house)["u2"])


def test_an_alias_of_a_known_customer_makes_one_of_two(house: House) -> None:
    client = sender(house)
    for user in ("u1", "u2"):
        client.post("/v1/identify", json={"userId": user})
    answer = client.post("/v1/alias", json={"userId": "u2", "previousId": "u1"})
    assert "warnings" not in answer.json
    assert set(people(house)) == {"u1"} and lines(house) == []
    client.post("/v1/identify", json={"userId": "u2", "traits": {"city": "杭州"}})
    assert people(house)["u1"].attributes["city"] == "杭州"


def test_an_alias_merges_nobody_where_the_workspace_does_not_want_it(house: House) -> None:
    client = sender(house)
    for user in ("u1", "u2"):
        client.post("/v1/identify", json={"userId": user})
    changed = house.client("owner").patch(f"workspaces/{house.ids['main']}", json={"merge_on_identify": []})
    assert changed.status_code == 200
    answer = client.post("/v1/alias", json={"userId": "u2", "previousId": "u1"})
    assert [told["path"] for told in answer.json["warnings"]] == ["previousId"]
    assert set(people(house)) == {"u1", "u2"} and len(lines(house)) == 1


def test_an_address_of_somebody_else_is_left_with_him(house: House) -> None:
    client = sender(house)
    client.post("/v1/identify", json={"userId": "u1", "traits": {"email": "a@b.example"}})
    answer = client.post("/v1/identify", json={"userId": "u2", "traits": {"email": "A@b.example", "n": 1}})
    assert [told["path"] for told in answer.json["warnings"]] == ["traits.email"]
    assert people(house)["u2"].attributes == {"n": 1}


def test_what_is_sent_twice_is_taken_once(house: House) -> None:
    client = sender(house)
    first = {"messageId": "m1", "type": "identify", "userId": "u1", "traits": {"plan": "free"}}
    paid = {"messageId": "m2", "type": "track", "userId": "u1", "event": "paid"}
    for call in (first, {**first, "messageId": "m3", "traits": {"plan": "pro"}}):
        assert client.post("/v1/batch", json={"batch": [call, paid]}).json == {"success": True}
    assert client.post("/v1/batch", json={"batch": [first, paid, paid]}).json == {"success": True}
    assert people(house)["u1"].attributes == {"plan": "pro"}, "an old call undid a newer one"
    assert len(happened(house)) == 1
    assert sender(house, slug="other").post("/v1/identify", json=first).json == {"success": True}
    assert people(house, "other")["u1"].attributes == {"plan": "free"}
    assert people(house)["u1"].attributes == {"plan": "pro"}


def test_a_null_trait_takes_the_attribute_away(house: House) -> None:
    client = sender(house)
    client.post("/v1/identify", json={"userId": "u1", "traits": {"plan": "pro", "n": 1}})
    client.post("/v1/identify", json={"userId": "u1", "traits": {"plan": None}})
    assert people(house)["u1"].attributes == {"n": 1}


def test_times_are_put_right_by_the_clients_clock(house: House) -> None:
    client, now = sender(house), datetime.now(UTC)
    ahead = now + timedelta(hours=5)
    calls = [
        {
            "type": "track",
            "userId": "u",
            "event": "a",
            "timestamp": (ahead - timedelta(minutes=10)).isoformat(),
        },
        {
            "type": "track",
            "userId": "u",
            "event": "b",
            "timestamp": "garbage",
            "originalTimestamp": (ahead - timedelta(days=2)).isoformat(),
        },
        {"type": "track", "userId": "u", "event": "c"},
        {"type": "track", "userId": "u", "event": "d", "timestamp": (ahead + timedelta(hours=2)).isoformat()},
        {"type": "track", "userId": "u", "event": "e", "timestamp": "yesterday"},
    ]
    answer = client.post("/v1/batch", json={"batch": calls, "sentAt": ahead.isoformat()})
    assert [told["path"] for told in answer.json["warnings"]] == ["batch[3].timestamp", "batch[4].timestamp"]
    at = {event.name: event.occurred_at for event in happened(house)}
    for name, before in (("a", timedelta(minutes=10)), ("b", timedelta(days=2)), ("c", timedelta())):
        assert abs(at[name] - (now - before)) < timedelta(minutes=1), name
    assert set(at) == {"a", "b", "c"}
    naive = {"userId": "u", "event": "f", "timestamp": "2026-01-02T03:04:05"}
    assert client.post("/v1/track", json=naive).status_code == 200
    assert happened(house)[-1].occurred_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_what_cannot_be_kept_is_told_by_its_path(house: House) -> None:
    client = sender(house)
    calls = [
        {
            "type": "identify",
            "userId": "u1",
            "traits": {
                "城市": "杭州",
                "a b": 1,
                "a_b": 2,
                "rows": [{"x": 1}],
                "big": 2**60,
                "id": "u1",
                "tags": ["x"],
                "email": 5.5,
                "name": ["x"],
                "timezone": "Mars/Olympus",
                "deep": {"1st": "ok", "空": 1},
            },
        },
        {"type": "track", "userId": "u1", "event": "订单"},
        {"type": "track", "userId": "u1", "event": "ok", "properties": {"list": [{"x": [2**60]}], "n": 1}},
        {"type": "track", "event": "nobody"},
        {"type": "dance", "userId": "u1"},
        {"type": "track", "userId": "u1", "event": "changed"},
        {
            "type": "track",
            "userId": "u1",
            "event": "long",
            "properties": {f"p{n}": "x" * 4000 for n in range(9)},
        },
        {"type": "track", "userId": "u1", "event": "nul", "properties": {"x": "\u0000"}},
        "no call",
        {"type": "track", "userId": {"x": 1}, "event": "x"},
        {"type": "track", "userId": "u1", "event": "x", "messageId": "m" * 300},
        {"type": "group", "userId": "u1"},
        {"type": "alias", "userId": "u1"},
        {"type": "track", "userId": "u1", "event": "x", "properties": [1]},
    ]
    answer = client.post("/v1/batch", json={"batch": calls})
    assert answer.status_code == 200, answer.text
    assert {told["path"] for told in answer.json["warnings"]} == {
        r"batch[0].traits.\u57ce\u5e02",
        "batch[0].traits.a_b",
        "batch[0].traits.rows",
        "batch[0].traits.big",
        "batch[0].traits.tags",
        "batch[0].traits.email",
        "batch[0].traits.name",
        "batch[0].traits.timezone",
        r"batch[0].traits.deep.\u7a7a",
        "batch[1].event",
        "batch[2].properties.list[0].x[0]",
        "batch[3].userId",
        "batch[4].type",
        "batch[5].event",
        "batch[6].properties",
        "batch[7].properties.x",
        "batch[8]",
        "batch[9].userId",
        "batch[10].messageId",
        "batch[11].groupId",
        "batch[12].previousId",
        "batch[13].properties",
    }
    assert people(house)["u1"].attributes == {"a_b": 1, "deep__1st": "ok"}
    assert [(event.name, event.properties) for event in happened(house)] == [("ok", {"n": 1}), ("x", {})]


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        ["", "u1", "\x00", "\ud83d", "x" * 300, "2026-01-01", "9999-12-31T23:59:59-14:00", "track"]
    ),
    st.sampled_from([[], {}, [[]], {"x": {"y": {"z": {"a": {"b": {"c": 1}}}}}}, {"1 2": 3}]),
)
WORDS = [
    "type",
    "userId",
    "anonymousId",
    "previousId",
    "groupId",
    "event",
    "name",
    "category",
    "properties",
    "traits",
    "context",
    "messageId",
    "timestamp",
    "originalTimestamp",
    "sentAt",
]
CALLS = st.fixed_dictionaries(
    {"type": st.sampled_from(["identify", "track", "page", "group", "alias"]), "userId": st.just("u1")},
    optional={
        **{word: ODD for word in WORDS if word not in ("type", "userId")},
        "traits": st.dictionaries(
            st.text(max_size=5) | st.sampled_from(["email", "name", "timezone", "id"]), ODD
        ),
        "context": st.dictionaries(st.sampled_from(["page", "timezone", "locale", "app"]), ODD),
    },
) | st.dictionaries(st.sampled_from(WORDS), ODD)


def test_no_call_breaks_the_door(house: House) -> None:
    client, good = sender(house), {"type": "track", "userId": "u9", "event": "good"}
    taken = 0

    @settings(suppress_health_check=list(HealthCheck))
    @given(st.lists(CALLS, max_size=4), ODD)
    def try_out(calls: list[Any], sent_at: Any) -> None:
        nonlocal taken
        body = json.dumps({"batch": [*calls, good], "sentAt": sent_at}).encode()
        answer = client.post("/v1/batch", data=body)
        if answer.status_code == 422:  # what frames the calls cannot be read
            assert any(told["path"].startswith("sentAt") for told in answer.json["errors"]), answer.text
        else:
            assert (answer.status_code, answer.json["success"]) == (200, True), answer.text
            taken += 1

    try_out()
    assert sum(event.name == "good" for event in happened(house)) == taken > 0


def test_a_number_without_end_spoils_its_own_call_only(house: House) -> None:
    bad = b'{"type": "track", "userId": "u", "event": "x", "properties": {"n": ' + b"9" * 6000 + b"}}"
    body = b'{"batch": [' + bad + b', {"type": "track", "userId": "u", "event": "y"}]}'
    answer = sender(house).post("/v1/batch", data=body)
    assert answer.status_code == 200, answer.text
    assert [told["path"] for told in answer.json["warnings"]] == ["batch[0].properties.n"]
    assert [event.name for event in happened(house)] == ["y"]


NOBODY_DID = {"type": "track", "event": "x"}


@pytest.mark.parametrize(
    ("path", "options", "status", "where"),
    [
        ("batch", {"json": {"batch": []}}, 422, "batch"),
        ("batch", {"json": {"batch": {}}}, 422, "batch"),
        ("batch", {"json": {}}, 422, "batch"),
        ("batch", {"json": {"batch": [{**NOBODY_DID, "userId": "u"}] * 501}}, 422, "batch"),
        ("batch", {"json": {"batch": [NOBODY_DID]}}, 422, "batch[0].userId"),
        ("track", {"json": NOBODY_DID}, 422, "userId"),
        ("track", {"json": {"userId": "u"}}, 422, "event"),
        (
            "track",
            {"data": b'{"userId": "u", "event": "x", "properties": {"n": NaN}}'},
            422,
            "properties.n",
        ),
        ("track", {"json": [1]}, 422, ""),
        ("track", {"data": b"{", "content_type": "application/json"}, 400, ""),
        ("track", {"data": b"", "content_type": "application/json"}, 400, ""),
        ("track", {"data": b"x", "headers": {"Content-Encoding": "gzip"}}, 400, None),
        ("track", {"data": gzip.compress(b"{}")[:-3], "headers": {"Content-Encoding": "gzip"}}, 400, None),
        ("track", {"data": b"x", "headers": {"Content-Encoding": "br"}}, 415, None),
        ("batch", {"data": b" " * 600_000}, 413, None),
        (
            "batch",
            {"data": gzip.compress(b" " * 50_000_000), "headers": {"Content-Encoding": "gzip"}},
            413,
            None,
        ),
    ],
)
def test_what_is_refused_as_a_whole(
    house: House, path: str, options: dict[str, Any], status: int, where: str | None
) -> None:
    answer = sender(house).post(f"/v1/{path}", **options)
    assert answer.status_code == status and answer.mimetype == "application/problem+json", answer.text
    assert [told["path"] for told in answer.json["errors"]] == ([] if where is None else [where])
    assert not people(house) and not happened(house)


def test_a_packed_batch_up_to_the_limit(house: House) -> None:
    call = {"type": "track", "userId": "u1", "event": "paid", "properties": {"note": "x" * 700}}
    calls = [{**call, "messageId": f"m{number}"} for number in range(500)]
    body = json.dumps({"batch": calls}).encode()
    assert 400_000 < len(body) < 500 * 1024
    answer = sender(house).post("/v1/batch/", data=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json) == (200, {"success": True})
    assert len(happened(house)) == 500


def test_who_may_send(house: House) -> None:
    call = {"userId": "u1", "event": "paid"}
    for role, status in (("viewer", 403), ("analyst", 403), ("sender", 200), ("editor", 200), ("owner", 200)):
        key = house.keys["main", role]
        assert sender(house, role).post("/v1/track", json=call).status_code == status
        assert house.client(role).post("/v1/track", json=call).status_code == status
        in_body = house.nobody().post("/v1/track", json={**call, "writeKey": key})
        assert in_body.status_code == status, role
    for headers in ({}, {"Authorization": "Basic !"}, {"Authorization": "Basic cmJfeDo="}):
        for body in (call, {**call, "writeKey": "rb_no"}, {**call, "writeKey": 5}):
            answer = house.nobody().post("/v1/track", json=body, headers=headers)
            assert answer.status_code == 401 and answer.mimetype == "application/problem+json"
    assert house.browser("owner").post("/v1/track", json=call).status_code == 401, "a cookie is no write key"
    foreign = sender(house).post("/v1/track", json=call, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


def test_a_key_writes_into_its_own_workspace_only(house: House) -> None:
    sender(house, slug="other").post("/v1/identify", json={"userId": "u1", "anonymousId": "a1"})
    answer = sender(house).post("/v1/identify", json={"userId": "u2", "anonymousId": "a1"})
    assert answer.json == {"success": True}
    assert set(people(house)) == {"u2"} and set(people(house, "other")) == {"u1"}


def test_the_same_visitor_from_many_sides_at_once_is_one_contact(house: House) -> None:
    go, answers = Barrier(8), []

    def send(number: int) -> None:
        client = sender(house)
        calls = [
            {"type": "identify", "userId": "u1", "anonymousId": "a1", "traits": {f"n{number}": number}},
            {"type": "track", "userId": "u1", "anonymousId": "a1", "event": "paid", "messageId": "m1"},
        ]
        go.wait()
        answers.append(client.post("/v1/batch", json={"batch": calls}).json)

    threads = [Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"success": True}] * 8
    assert people(house)["u1"].attributes == {f"n{number}": number for number in range(8)}
    assert len(people(house)) == 1 and len(happened(house)) == 1


def test_a_live_view_asks_for_what_is_new(house: House) -> None:
    client, owner = sender(house), house.client()
    for name in ("a", "b", "c"):
        client.post("/v1/track", json={"userId": "u1", "event": name})
    first = happened(house)[0].id
    answer = owner.get(f"events?after={first}").json
    assert [event["name"] for event in answer["items"]] == ["c", "b"]
    assert owner.get(f"events?after={answer['items'][0]['id']}").json == {"items": [], "next": None}
    assert owner.get("events?after=x").status_code == 422
