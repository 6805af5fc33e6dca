"""Calls of the brand's systems: signed so that the specification's own library agrees, kept apart by host."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from marshmallow import ValidationError
from svix.webhooks import Webhook as Verifier
from svix.webhooks import WebhookVerificationError

from connectors import dialing, safe_http
from connectors.base import Account, Message, Retryable
from connectors.webhook import FAILURES, Webhook, sign
from journeys.kinds.webhook import HeaderSchema
from tests.connectors.servers import AT_HOME, Desk, Post, raw, web
from tests.connectors.test_safe_http import drip
from tests.quickest import quickest

pytestmark = pytest.mark.usefixtures("at_home")
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()


def connected(url: str, **secrets: str) -> Webhook:
    given = {"secret": SECRET, **secrets}
    return Webhook(Account(1, "webhook", "webhook", {"url": url}, given))


def call(key: str = "9:1:1", **body: Any) -> Message:
    return Message(key, 1, "webhook", 7, None, {"payload": {"name": "林"}, **body})


def test_a_call_is_signed_as_the_specification_says() -> None:
    with web() as desk:
        [receipt] = connected(desk.url).send([call()])
    assert receipt.state == "delivered"
    [post] = desk.posts
    headers = {name.lower(): value for name, value in post.headers.items()}
    Verifier(SECRET).verify(post.body, headers)
    assert json.loads(post.body) == {"name": "林"}
    assert headers["webhook-id"] == "msg_9_1_1" and headers["content-type"] == "application/json"
    for bad in (post.body + b" ", b"{}"):
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(bad, headers)


def test_the_specifications_own_example() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_the_secret_of_before_signs_as_well_for_a_while() -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    with web() as desk:
        connected(desk.url, old_secret=OLD, old_secret_until=soon).send([call()])
        connected(desk.url, old_secret=OLD, old_secret_until=past).send([call()])
    during, after = ({k.lower(): v for k, v in one.headers.items()} for one in desk.posts)
    for secret in (SECRET, OLD):
        Verifier(secret).verify(desk.posts[0].body, during)
    Verifier(SECRET).verify(desk.posts[1].body, after)
    with pytest.raises(WebhookVerificationError):
        Verifier(OLD).verify(desk.posts[1].body, after)


def test_values_of_the_answer_are_kept() -> None:
    told = {"data": {"codes": ["A1", "B2"], "points": 30, "deep": {"x": [1]}}, "long": "x" * 5000, "no": None}
    keep = [
        {"path": "data.codes.1", "name": "code"}, {"path": "data.points", "name": "points"},
        {"path": "data.deep", "name": "object"}, {"path": "long", "name": "long"}, {"path": "no.such", "name": "gone"},
    ]  # fmt: skip
    with web(lambda _: (200, {}, json.dumps(told).encode())) as desk:
        [receipt] = connected(desk.url).send([call(keep=keep)])
    assert receipt.answer == {"code": "B2", "points": 30, "long": "x" * 2000}
    for body in (b"", b"no json", b"[" * 100_000, b'"text"'):
        with web(lambda _, b=body: (200, {}, b)) as desk:  # type: ignore[misc]
            [receipt] = connected(desk.url).send([call(keep=keep)])
        assert receipt.state == "delivered" and receipt.answer is None


@pytest.mark.parametrize("status", [400, 401, 404, 410, 302])
def test_what_the_other_side_will_not_do_has_failed(status: int) -> None:
    with web(lambda _: (status, {"Location": "http://127.0.0.1/"}, b"")) as desk:
        [receipt] = connected(desk.url).send([call()])
    assert receipt.state == "failed" and str(status) in (receipt.reason or "") and len(desk.posts) == 1


def test_what_may_work_later_is_tried_again_and_nothing_twice() -> None:
    def answer(post: Post) -> tuple[int, dict[str, str], bytes]:
        bad = b"bad" in post.body
        return (503 if bad else 200), ({"Retry-After": "7"} if bad else {}), b"{}"

    with web(answer) as desk:
        connector = connected(desk.url)
        with pytest.raises(Retryable) as caught:
            connector.send([call("1:1:1"), call("1:2:1", payload="bad"), call("1:3:1")])
        assert sorted(one.key for one in caught.value.receipts) == ["1:1:1", "1:3:1"]
        assert caught.value.after is None, "the others of the account are not silenced"
        with pytest.raises(Retryable) as caught:
            connector.send([call("1:2:1", payload="bad")])
        assert caught.value.after == 7


def test_headers_and_methods_of_a_step() -> None:
    with web() as desk:
        connector = connected(desk.url, authorization="Bearer t0ken")
        headers = [{"name": "X-Shop", "value": "1"}, {"name": "webhook-id", "value": "mine"}]
        connector.send([call(method="PUT", headers=headers, url=f"{desk.url}/other?a=1")])
        [bad] = connector.send([call(headers=[{"name": "X", "value": "a\r\nY: b"}])])
    [post] = desk.posts
    assert (post.method, post.path, post.headers["X-Shop"]) == ("PUT", "/other?a=1", "1")
    assert post.headers["webhook-id"] == "msg_9_1_1" and post.headers["Authorization"] == "Bearer t0ken"
    assert bad.state == "failed"


#: Names that we write ourselves or that speak to the next machine on the way, and what would begin another header.
BAD_HEADERS = [
    *((name, "x") for name in ("Host", "hOST", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive")),
    *((name, "x") for name in ("Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE", "Trailer")),
    *((name, "x") for name in ("Upgrade", "Expect", "Accept-Encoding", "HTTP2-Settings")),
    *((name, "x") for name in ("X\r\nHost", "X\nY", "X\rY", "X:", "X Y", " X", "X ", "X\t", "", "名", "Ｘ", "X\x00", "X" * 101)),
    *(("X-Shop", value) for value in ("a\r\nHost: b", "a\nb", "a\rb", "a\x00", "a\x7f", "名", "é", "a\x0bb", "a" * 2001)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD_HEADERS)
def test_a_bad_header_of_a_step_is_written_nowhere(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("connectors.webhook.ask", lambda method, url, **_: asked.append(url))
    good = {"name": "X-Fine", "value": "1"}
    [receipt] = connected("http://127.0.0.1:9/").send([call(headers=[good, {"name": name, "value": value}])])
    assert receipt.state == "failed" and "header" in (receipt.reason or "") and asked == []


def test_a_good_header_of_a_step_goes_out_as_it_is() -> None:
    given = {"X-Shop": "a b\tc ~!", "Accept": "application/json", "X.y_z-1": "", "Referer": "x"}
    with web() as desk:
        headers = [{"name": name, "value": value} for name, value in given.items()]
        [receipt] = connected(desk.url).send([call(headers=headers)])
    assert receipt.state == "delivered"
    assert {name: desk.posts[0].headers[name] for name in given} == given


@pytest.mark.parametrize("name", sorted(safe_http.OURS))
def test_the_drawing_refuses_the_same_names(name: str) -> None:
    for written in (name, name.upper()):
        with pytest.raises(ValidationError):
            HeaderSchema().load({"name": written, "value": "x"})


def test_the_authorization_goes_to_its_own_host_alone() -> None:
    with web() as mine, web() as other:
        connected(mine.url, authorization="Bearer t0ken").send([call(url=other.url)])
    assert "Authorization" not in other.posts[0].headers


def test_an_address_inside_has_failed_for_good() -> None:
    with web() as desk:
        dialing.configure((), (desk.port,))
        [receipt] = connected(desk.url).send([call()])
    assert receipt.state == "failed" and desk.posts == []


def test_a_slow_host_frees_the_worker_in_time_and_then_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.webhook.DEADLINE_SECS", 1.0)
    with raw(drip) as port, web() as other:

        def forty() -> None:
            nonlocal connector
            connector = connected(f"http://127.0.0.1:{port}/")
            with pytest.raises(Retryable) as caught:
                connector.send([call(f"1:{n}:1") for n in range(40)] + [call("2:1:1", url=other.url)])
            assert caught.value.receipts == [] or [one.key for one in caught.value.receipts] == ["2:1:1"]

        def once_more() -> None:
            with pytest.raises(Retryable):
                connector.send([call("1:1:1")])

        connector = connected(f"http://127.0.0.1:{port}/")
        assert quickest(forty, 1.5) <= 1.5
        assert quickest(once_more, 0.2) < 0.2, f"after {FAILURES} failures nobody waits for it"
        [receipt] = connector.send([call("2:1:1", url=other.url)])
        assert receipt.state == "delivered", "another host is not concerned"


def test_ten_calls_at_a_time_are_the_most() -> None:
    busy, most, lock, all_there = [0], [0], threading.Lock(), threading.Barrier(10)

    def slow(_: Post) -> tuple[int, dict[str, str], bytes]:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        # The first ten wait for one another, so that an eleventh would be seen beside them.
        with suppress(threading.BrokenBarrierError):
            all_there.wait(2)
        time.sleep(0.05)
        with lock:
            busy[0] -= 1
        return 200, {}, b""

    with web(slow) as desk:
        receipts = connected(desk.url).send([call(f"1:{n}:1") for n in range(30)])
    assert [one.state for one in receipts] == ["delivered"] * 30 and most[0] == 10


def test_ten_seconds_and_a_half_is_the_longest_that_a_worker_waits() -> None:
    with raw(drip) as port:
        dialing.configure(AT_HOME, (port,))

        def called() -> None:
            with pytest.raises(Retryable):
                connected(f"http://127.0.0.1:{port}/").send([call()])

        assert quickest(called, 10.5, tries=3) <= 10.5


def test_a_test_send_needs_no_recipient() -> None:
    with web() as desk:
        body = {"text": "hello", "subject": "s", "title": "t", "test": True}
        [receipt] = connected(desk.url).send([Message("t:1", 1, "webhook", 0, None, body)])
    assert receipt.state == "delivered" and json.loads(desk.posts[0].body)["type"] == "roadbook.test"
    assert isinstance(desk, Desk)
