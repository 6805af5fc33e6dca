"""P3 and rows 9 and 10 of the threats for every connector: a provider that does it and hangs up, and addresses at home."""

from __future__ import annotations

import ast
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors import catalogue, dialing
from connectors.base import ConnectorError, Message, Retryable, Unknown
from runtime.deliver import _may_repeat
from tests.connectors.providers import AliyunDesk, Gateway, Hook, WeixinDesk
from tests.connectors.servers import Post, raw, web
from tests.connectors.test_every_connector import message, opened

#: What becomes of a message whose answer was lost: sent again under its key, sent again, or left to a person.
AGAIN, REPEATED, UNKNOWN = "again under its key", "again", "unknown"
LOST = {
    "webhook": AGAIN,
    "email": REPEATED,
    "sms": UNKNOWN,
    "sms_aliyun": UNKNOWN,
    "official_account": UNKNOWN,
    "wecom": UNKNOWN,
}
PROVIDERS: dict[str, type[Any]] = {
    "webhook": Hook,
    "sms": Gateway,
    "sms_aliyun": AliyunDesk,
    "official_account": WeixinDesk,
}
SECRETS = {"sms_aliyun": "aliyun-secret", "official_account": "weixin-secret", "webhook": "c2VjcmV0" * 4}
#: Every place that may open a wire: the guard of addresses and what speaks through it.
WIRES = {"dialing.py", "safe_http.py", "email.py", "wire.py"}


class HangsUp:
    """Does what it is asked as its provider would, and then says nothing."""

    def __init__(self, provider: Any) -> None:
        self.provider, self.done = provider, 0

    def __call__(self, post: Post) -> Any:
        answer = self.provider(post)
        if post.path.startswith("/cgi-bin/token"):
            return answer
        self.done += 1
        raise ConnectionAbortedError


def connected(name: str, url: str) -> tuple[Any, Message]:
    given = {"access_key_id": "A", "template_code": "S", "app_id": "w", "template_id": "T"}
    made = opened(name, url, SECRETS.get(name, "s"), **given)
    return made, message("1:1:0", carrier=min(made.carriers))


def test_each_connector_says_what_becomes_of_a_lost_answer() -> None:
    assert set(LOST) == set(catalogue.MODULES)
    for name, fate in LOST.items():
        made, _ = connected(name, "https://provider.example")
        assert _may_repeat(made) == (fate != UNKNOWN), name
        assert made.keeps_keys == (fate == AGAIN), name


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_did_it_and_hung_up_leaves_it_open(
    name: str, at_home: None, capfd: pytest.CaptureFixture[str]
) -> None:
    hangs_up = HangsUp(PROVIDERS[name]())
    with web(hangs_up) as desk:
        made, one = connected(name, desk.url)
        with pytest.raises((Unknown, Retryable)) as caught:
            made.send([one])
    assert hangs_up.done == 1, "it was done, and asked for once"
    assert isinstance(caught.value, Unknown) or LOST[name] == AGAIN
    assert one.key not in [receipt.key for receipt in getattr(caught.value, "receipts", ())]
    capfd.readouterr()  # the server tells of its own end


@contextmanager
def canary() -> Iterator[tuple[int, list[int]]]:
    """A port at home at which nobody may knock."""
    knocked: list[int] = []

    def heard(wire: socket.socket) -> None:
        knocked.append(1)
        wire.close()

    with raw(heard) as port:
        yield port, knocked


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1"])  # fmt: skip
@pytest.mark.parametrize("name", sorted(catalogue.MODULES))
def test_no_connector_knocks_at_home(name: str, address: str) -> None:
    with canary() as (port, knocked):
        # The port is open to them, so that nothing but the address is in their way.
        dialing.configure((), (port,))
        url = f"http://{address}:{port}"
        more = {
            "host": address.strip("[]"),
            "port": port,
            "encryption": "none",
            "from_address": "a@b.example",
        }
        extra = {"public_url": "https://rb.example", "address": url, "corp_id": "c", "access_key_id": "A"}
        made = opened(
            name, url, SECRETS.get(name, "s"), **more, **extra, template_code="S", app_id="w", template_id="T"
        )
        carrier = "wecom_direct" if name == "wecom" else min(made.carriers)
        to = "a@b.example" if carrier == "email" else "13800138000"
        try:
            receipts = made.send([message("1:1:0", to, carrier, subject="s")])
        except ConnectorError:
            receipts = []
        dialing.configure()
    assert knocked == [], f"{name} went to {address}"
    assert all(receipt.state in ("failed", "refused") for receipt in receipts)


def test_nothing_else_opens_a_wire() -> None:
    """So that what is proved of one is proved of all: connectors speak through the guarded ways alone."""
    barred = {"socket", "http.client", "urllib.request", "requests", "httpx", "aiohttp", "smtplib", "ssl"}
    here = Path(dialing.__file__).parent
    for file in here.rglob("*.py"):
        if file.name in WIRES or "fake" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not barred.intersection(names), f"{file.name} imports {names}"
