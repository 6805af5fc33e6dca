"""E-mail against a real SMTP server: what arrives, who is refused, what is unclear; and what comes back."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email.policy import default as MODERN
from typing import Any

import pytest

from connectors import bounces, dialing
from connectors.base import Account, Broken, Message, Receipt, Retryable, Unknown
from connectors.email import Email, key_of, message_id
from tests.connectors.servers import PostOffice, mail

pytestmark = pytest.mark.usefixtures("at_home")


OPEN: list[Email] = []


@pytest.fixture(autouse=True)
def hung_up() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with mail() as running:
        yield running


def connected(office: PostOffice, password: str = "", **more: Any) -> Email:
    settings = {
        "host": "127.0.0.1",
        "port": office.port,
        "encryption": "none",
        "from_address": "hi@brand.example",
        "from_name": "花间",
        "public_url": "https://rb.example/",
        **more,
    }
    secrets = {"password": password} if password else {}
    OPEN.append(Email(Account(1, "email", "email", settings, secrets)))
    return OPEN[-1]


def letter(to: str = "lin@example.com", key: str = "9:1:1", **body: Any) -> Message:
    given = {"subject": "你好，林", "text": "到店有礼\n.开头的点", **body}
    return Message(key, 1, "email", 7, to, given, "tok-en_1")


def sent(connector: Email, message: Message) -> Receipt:
    [receipt] = connector.send([message])
    return receipt


def test_a_mail_arrives_whole_and_can_be_unsubscribed_by_one_click(office: PostOffice) -> None:
    receipt = sent(connected(office, reply_to="shop@brand.example"), letter(html="<b>到店有礼</b>"))
    assert (receipt.state, receipt.reference) == ("sent", "<rb.9-1-1@brand.example>")
    [one] = office.mails
    assert (one.sender, one.to) == ("hi@brand.example", "lin@example.com")
    read = email.message_from_bytes(one.content, policy=MODERN)
    assert read["Subject"] == "你好，林" and read["From"] == "花间 <hi@brand.example>"
    assert read["Message-ID"] == receipt.reference and key_of(read["Message-ID"]) == "9:1:1"
    assert read["Reply-To"] == "shop@brand.example"
    assert read["List-Unsubscribe"] == "<https://rb.example/u/tok-en_1>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (read.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None and "\n.开头的点" in text.get_content().replace("\r\n", "\n")
    assert "https://rb.example/u/tok-en_1" in text.get_content()
    assert (
        html is not None and "<b>到店有礼</b>" in html.get_content() and "/u/tok-en_1" in html.get_content()
    )


def test_one_connection_serves_many_mails(office: PostOffice) -> None:
    connector = connected(office)
    for number in range(20):
        assert sent(connector, letter(key=f"9:{number}:1")).state == "sent"
    assert len(office.mails) == 20 and office.sessions == 1


@pytest.mark.parametrize("subject", ["hi\r\nBcc: x@y.example", "hi\nX: y", "a\x00b"])
def test_a_header_cannot_be_begun_by_a_text(office: PostOffice, subject: str) -> None:
    assert sent(connected(office), letter(subject=subject)).state == "failed"
    assert office.mails == []


@pytest.mark.parametrize(
    "to", ["lin@example.com\r\nBcc: x@y", "lin@example.com, b@c.example", "<a@b>", "", "lin", "a@b>\n"]
)
def test_what_is_no_address_is_refused_here(office: PostOffice, to: str) -> None:
    assert sent(connected(office), letter(to)).state == "refused"
    assert office.mails == [] and office.sessions == 0


def test_a_recipient_that_the_server_refuses_does_not_hold_the_next(office: PostOffice) -> None:
    office.rcpt["gone@example.com"] = "550 5.1.1 gone@example.com: no such user"
    office.data["full@example.com"] = "554 5.7.1 spam"
    connector = connected(office)
    receipts = connector.send(
        [letter("gone@example.com", "1:1:1"), letter("full@example.com", "1:2:1"), letter(key="1:3:1")]
    )
    assert [one.state for one in receipts] == ["refused", "refused", "sent"]
    assert receipts[0].reason == "550 5.1.1 …@… no such user", "an address belongs into no log"


def test_what_passes_is_tried_again(office: PostOffice) -> None:
    office.rcpt["busy@example.com"] = "451 4.7.1 try later"
    office.data["slow@example.com"] = "452 4.3.1 disk full"
    connector = connected(office)
    with pytest.raises(Retryable) as caught:
        connector.send([letter(key="1:1:1"), letter("busy@example.com", "1:2:1")])
    assert [one.key for one in caught.value.receipts] == ["1:1:1"] and caught.value.after == 60
    with pytest.raises(Retryable):
        sent(connector, letter("slow@example.com"))
    assert sent(connector, letter(key="2:1:1")).state == "sent"


def test_a_connection_lost_after_the_text_leaves_it_open(office: PostOffice) -> None:
    office.data["lost@example.com"] = "drop"
    connector = connected(office)
    with pytest.raises(Unknown):
        sent(connector, letter("lost@example.com"))
    assert connector.repeats_unknown and not connector.keeps_keys
    office.data.clear()
    assert sent(connector, letter("lost@example.com")).state == "sent"
    ids = {email.message_from_bytes(one.content)["Message-ID"] for one in office.mails}
    assert len(office.mails) == 2 and len(ids) == 1, "sent twice, it is the same message"


def test_the_account_itself_may_be_refused() -> None:
    with mail(PostOffice(users={"hi": "right"})) as office:
        good = connected(office, "right", username="hi")
        good.check()
        assert sent(good, letter()).state == "sent"
        with pytest.raises(Broken) as caught:
            sent(connected(office, "wr0ng", username="hi"), letter())
        assert "535" in str(caught.value) and "wr0ng" not in str(caught.value)
        with pytest.raises(Broken):
            connected(office, "right", username="hi", encryption="starttls").check()


def test_a_server_at_home_needs_the_operators_word(office: PostOffice) -> None:
    dialing.configure()
    with pytest.raises(dialing.Forbidden):
        connected(office).check()
    with pytest.raises(dialing.Forbidden):
        connected(office, port=25).check()
    dialing.configure(("127.0.0.0/8",), ())
    with pytest.raises(dialing.Forbidden):
        connected(office).check()


def test_nobody_at_home_is_tried_again() -> None:
    with pytest.raises(Retryable):
        connected(PostOffice(port=65000)).check()


DSN = """From: MAILER-DAEMON@mx.example
To: hi@brand.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I am sorry.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; lin@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--B
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: hello

text
--B--
"""


@pytest.mark.parametrize(
    ("action", "status", "state", "hard"),
    [
        ("failed", "5.1.1", "failed", True),
        ("failed", "5.2.1", "failed", True),
        ("failed", "5.2.2", "failed", False),
        ("failed", "5.7.1", "failed", False),
        ("delivered", "2.0.0", "delivered", False),
        ("delayed", "4.4.1", None, False),
    ],
)
def test_a_bounce_is_read(action: str, status: str, state: str | None, hard: bool) -> None:
    raw = DSN.format(action=action, status=status, message_id=message_id("9:4:1", "brand.example")).encode()
    found = bounces.read_dsn(raw)
    if state is None:
        assert found == []
        return
    [one] = found
    assert (one.state, one.key, one.address, one.hard) == (state, "9:4:1", "lin@example.com", hard)


@pytest.mark.parametrize(
    "raw", [b"", b"Subject: hi\n\nno report", b"\xff\x00" * 100, b"Content-Type: multipart/report"]
)
def test_what_is_no_bounce_says_nothing(raw: bytes) -> None:
    assert bounces.read_dsn(raw) == []


def test_providers_webhooks_are_read() -> None:
    mine = "<rb.9-4-1@brand.example>"
    told = [
        {"event": "bounce", "email": "a@b.example", "smtp-id": mine, "reason": "550 a@b.example unknown"},
        {"event": "bounce", "email": "a@b.example", "smtp-id": mine, "bounce_type": "soft_bounce"},
        {"event": "delivered", "email": "a@b.example", "smtp-id": mine},
        {"event": "spamreport", "email": "a@b.example"},
        {"event": "open", "email": "a@b.example"},
        "nonsense",
        {},
    ]
    hard, soft, good, spam = bounces.read_webhook(told)
    assert (hard.state, hard.key, hard.hard, hard.reason) == ("failed", "9:4:1", True, "550 …@… unknown")
    assert (soft.state, soft.hard) == ("failed", False) and good.state == "delivered"
    assert spam.unsubscribed and spam.complained
    assert (
        bounces.read_webhook(None) == bounces.read_webhook("x") == bounces.read_webhook({"events": 3}) == []
    )
