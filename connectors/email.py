"""E-mail by SMTP: one message at a time over a connection that is kept, with a link to unsubscribe by one click.

The Message-ID is made of our key, so that a message sent twice is the same message for whoever keeps count, and so that
what bounces names the message it answers (connectors/bounces.py reads it).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime, formataddr
from typing import Any

from connectors import brake
from connectors.base import Account, Broken, Halted, Message, Permanent, Receipt, Retryable, Unknown
from connectors.dialing import dial
from connectors.forms import PER_SECOND, field, words

TITLE = words("邮件（SMTP）", "E-mail (SMTP)")
CARRIERS = frozenset({"email"})
CALLS_BACK = True
#: What a mail server may listen at.
PORTS = frozenset({25, 465, 587, 2525})
SECS = 10.0
#: A connection is given up when it has not been used for so long: servers hang up about then.
IDLE_SECS = 20.0
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,255}")
SOMEBODY = re.compile(r"[^\s<>@]+@[^\s<>@]+")
FORM = (
    field("host", "text", "SMTP 服务器", "SMTP server", required=True, longest=255),
    field("port", "number", "端口", "Port", required=True, default=587, min=1, max=65535),
    field(
        "encryption",
        "select",
        "加密",
        "Encryption",
        required=True,
        default="starttls",
        options=(
            ("starttls", words("STARTTLS（常见于 587）", "STARTTLS (usual at 587)")),
            ("tls", words("TLS（常见于 465）", "TLS (usual at 465)")),
            ("none", words("不加密（只用于本机转发）", "None (only for a relay of your own)")),
        ),
    ),
    field("username", "text", "用户名", "User name", longest=320),
    field("password", "secret", "密码或授权码", "Password"),
    field("from_address", "text", "发件地址", "Sender's address", required=True, longest=320),
    field("from_name", "text", "发件人名称", "Sender's name", longest=100),
    field("reply_to", "text", "回复地址", "Reply to", longest=320),
    field(
        "bounce_address",
        "text",
        "退信地址",
        "Bounces go to",
        longest=320,
        help=words("留空则退到发件地址。", "The sender's address if left out."),
    ),
    field(
        "public_url",
        "text",
        "客户能打开的本系统地址",
        "Address of this Roadbook that customers can open",
        required=True,
        url=True,
        help=words("退订链接以它开头。", "Links to unsubscribe begin with it."),
    ),
    PER_SECOND,
)


def make(account: Account) -> Email:
    """The way out to this account's mail server."""
    return Email(account)


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the message with our key."""
    return f"<rb.{key.replace(':', '-')}@{domain}>"


def key_of(told: str) -> str | None:
    """Our key in a Message-ID, None if it is not one of ours."""
    found = re.search(r"<?rb\.(\d+-\d+-\d+|t-\d+)@", told)
    return found[1].replace("-", ":") if found else None


class _Smtp(smtplib.SMTP):
    """Connects only to where it is allowed."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return dial(host, port, PORTS, time.monotonic() + timeout)


class _SmtpTls(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        wire = dial(host, port, PORTS, time.monotonic() + timeout)
        return self.context.wrap_socket(wire, server_hostname=host)


class Email:
    """Speaks SMTP; knows no keys, but what is unclear may be sent again (its Message-ID is the same)."""

    carriers = CARRIERS
    most = 100
    keeps_keys = False
    repeats_unknown = True

    def __init__(self, account: Account, *, context: ssl.SSLContext | None = None) -> None:
        self.settings, self._password = account.settings, account.secrets.get("password", "")
        self._context = context
        self._lock = threading.Lock()
        self._open: smtplib.SMTP | None = None
        self._used = 0.0

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Send each by itself; what went before a failure stands in its receipts."""
        if len(messages) > self.most:
            raise ValueError(f"Send at most {self.most} messages at once.")
        done: list[Receipt] = []
        with self._lock:
            for message in messages:
                try:
                    done.append(self._one(message))
                except Halted:
                    self._drop()
                    raise Halted(done) from None
                except Retryable as error:
                    self._drop()
                    raise Retryable(str(error), error.after, [*error.receipts, *done]) from error
                except (Permanent, Unknown):
                    self._drop()
                    raise
        return done

    def later(self) -> list[Receipt]:
        """What bounces comes by callback."""
        return []

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._drop()

    def check(self) -> None:
        """Connect and sign in; raises as `send`."""
        with self._lock:
            self._drop()
            self._server()

    def _one(self, message: Message) -> Receipt:
        to = message.to or ""
        if not ADDRESS.fullmatch(to):
            return self._receipt(message, "refused", "this is no e-mail address")
        try:
            mail = self.written(message)
        except (ValueError, TypeError) as error:
            return self._receipt(message, "failed", f"the message cannot be written: {error}"[:500])
        server = self._server()
        sender = self.settings.get("bounce_address") or self.settings["from_address"]
        try:
            self._step(server.mail(sender), sender=True)
            code, said = server.rcpt(to)
            if code >= 500:
                server.rset()
                return self._receipt(message, "refused", _told(code, said))
            self._step((code, said))
            brake.heed()
            self._step(server.docmd("DATA"), good=354)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise Retryable(f"the mail server hung up ({type(error).__name__})") from error
        return self._handed(server, message, mail)

    def _handed(self, server: smtplib.SMTP, message: Message, mail: bytes) -> Receipt:
        """From here on a lost connection leaves open whether the message went out."""
        dotted = re.sub(rb"(?m)^\.", b"..", mail)
        try:
            server.send(dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, said = server.getreply()
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise Unknown("the mail server went silent after it had the message") from error
        self._used = time.monotonic()
        if code >= 500:
            return self._receipt(message, "refused", _told(code, said))
        if code >= 400:
            raise Retryable(_told(code, said))
        return self._receipt(message, "sent", None)

    def written(self, message: Message) -> bytes:
        """The mail as bytes; raises ValueError for what may stand in no header."""
        body, settings = message.body, self.settings
        mail = EmailMessage(policy=LINES)
        mail["Subject"] = _header(body.get("subject"))
        mail["From"] = formataddr((_header(settings.get("from_name")), settings["from_address"]))
        mail["To"] = message.to
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = self._id(message)
        if settings.get("reply_to"):
            mail["Reply-To"] = settings["reply_to"]
        link = self._link(message)
        if link:
            mail["List-Unsubscribe"] = f"<{link}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text, html = str(body.get("text") or ""), body.get("html")
        mail.set_content(text + (f"\n\n--\n退订 Unsubscribe: {link}\n" if link else ""), cte="base64")
        if html:
            foot = f'<p style="font-size:12px"><a href="{link}">退订 Unsubscribe</a></p>' if link else ""
            mail.add_alternative(_with_foot(str(html), foot), subtype="html", cte="base64")
        return mail.as_bytes()

    def _link(self, message: Message) -> str | None:
        if message.unsubscribe is None:
            return None
        return f"{str(self.settings.get('public_url', '')).rstrip('/')}/u/{message.unsubscribe}"

    def _id(self, message: Message) -> str:
        return message_id(message.key, str(self.settings["from_address"]).rpartition("@")[2])

    def _receipt(self, message: Message, state: Any, reason: str | None) -> Receipt:
        return Receipt(message.key, state, datetime.now(UTC), self._id(message), reason)

    def _step(self, reply: tuple[int, bytes], good: int = 250, sender: bool = False) -> None:
        code, said = reply
        if code == good or (good == 250 and 200 <= code < 300):
            return
        if code >= 500 and code != 552:
            told = _told(code, said)
            raise Broken(told) if sender or code in (530, 535) else Permanent(told)
        raise Retryable(_told(code, said), 60.0 if code in (421, 450, 451, 452) else None)

    def _server(self) -> smtplib.SMTP:
        """The connection at hand, or a new one: signed in."""
        if self._open is not None and time.monotonic() - self._used < IDLE_SECS:
            return self._open
        self._drop()
        settings: Mapping[str, Any] = self.settings
        host, port = str(settings["host"]), int(settings.get("port", 587))
        way = settings.get("encryption", "starttls")
        context = self._context or ssl.create_default_context()
        try:
            server: smtplib.SMTP
            if way == "tls":
                server = _SmtpTls(host, port, timeout=SECS, context=context)
            else:
                server = _Smtp(host, port, timeout=SECS)
            server.ehlo_or_helo_if_needed()
            if way == "starttls":
                server.starttls(context=context)
                server.ehlo()
            if settings.get("username"):
                server.login(str(settings["username"]), self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise self._refused(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError:
            raise Broken("the mail server does not offer this encryption, or no signing in") from None
        except smtplib.SMTPResponseException as error:
            raise Retryable(_told(error.smtp_code, error.smtp_error)) from None
        except ssl.SSLError as error:
            raise Broken(f"no safe connection to the mail server: {error.reason}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Retryable(f"the mail server cannot be reached ({type(error).__name__})") from error
        self._open, self._used = server, time.monotonic()
        return server

    def _refused(self, code: int, said: bytes | str) -> Permanent | Retryable:
        return Broken(_told(code, said)) if code >= 500 else Retryable(_told(code, said))

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _header(value: Any) -> str:
    """A text for a header; raises ValueError where it would begin another one."""
    text = str(value or "")
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("a header may hold no line breaks")
    return text


def _with_foot(html: str, foot: str) -> str:
    at = html.lower().rfind("</body>")
    return html + foot if at < 0 else html[:at] + foot + html[at:]


def _told(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    # What servers say often repeats the recipient's address, which belongs into no log.
    return f"{code} {SOMEBODY.sub('…@…', text)}"[:300]
