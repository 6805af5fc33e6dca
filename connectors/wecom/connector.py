"""The connector of WeCom: broadcasts that staff confirm, the welcome, groups, group robots, and Moments.

WeCom takes no key of ours. What may have gone out is therefore never sent again: it is left to a person.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors import brake
from connectors.base import (
    Account,
    ConnectorError,
    Halted,
    Message,
    Permanent,
    Receipt,
    Retryable,
    State,
    Unknown,
)
from connectors.wecom.client import Client
from connectors.wecom.errors import Denied
from connectors.wecom.facts import value
from connectors.wecom.form import CALLS_BACK, CARRIERS, FORM, TITLE
from connectors.wecom.robots import Robots
from connectors.wecom.saying import Saying, digest
from connectors.wecom.watching import Watching

__all__ = ["CALLS_BACK", "CARRIERS", "FORM", "TITLE", "WeCom", "make"]

#: The keys that are remembered, so that one message is not sent twice by one process.
MOST_KEYS = 20_000
#: The same Moment of the same member of staff within this time is one.
MOMENT_SECS = 3600.0 * 24


def make(account: Account) -> WeCom:
    """The connector of an account."""
    return WeCom(account)


class WeCom:
    """One company's WeCom; threads may share it."""

    carriers = CARRIERS
    most = int(value("mass.customers"))
    keeps_keys = False
    #: Messages of one call for one commit: what says the same becomes one task for staff to confirm, not many.
    together = int(value("mass.customers"))

    def __init__(self, account: Account, clock: Callable[[], float] = time.monotonic) -> None:
        settings, secrets = account.settings, account.secrets
        self.clock = clock
        self.client = Client(
            str(settings.get("corp_id", "")),
            str(secrets.get("secret", "")),
            str(settings.get("address") or ""),
            clock,
        )
        self.agent_id = str(settings.get("agent_id") or "")
        self.saying, self.watching = Saying(self.client, clock), Watching(self.client, clock)
        self.robots = Robots(self.client, str(secrets.get("robots") or ""), clock)
        self.moments_staff = [
            one.strip() for one in str(settings.get("moments_staff") or "").split(",") if one.strip()
        ]
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Receipt | None] = OrderedDict()
        self._owners: dict[str, tuple[float, str]] = {}
        self._posted: dict[tuple[str, str], tuple[float, str]] = {}

    def send(self, messages: Sequence[Message]) -> list[Receipt]:
        """Send messages; those that say the same become one task.

        `sent` means that WeCom has the task; `delivered`, by `later`, that a member of staff confirmed it. A failure in
        the middle names what was done before, and what was not begun.
        """
        if len(messages) > self.most:
            raise ValueError(f"Send at most {self.most} messages at once.")
        done = self._recalled(messages)
        fresh = {m.key: m for m in messages if m.key not in done}
        groups = [part for group in _grouped(list(fresh.values())) for part in self._parts(group)]
        stopped = brake.asked()
        for place, group in enumerate(groups):
            if stopped():
                raise Halted([done[m.key] for m in messages if m.key in done])
            try:
                receipts = self._sent(group)
            except Halted as error:
                error.receipts = [done[m.key] for m in messages if m.key in done]
                raise
            except Denied as error:
                receipts = _all(group, "failed" if group[0].welcome_code else "refused", str(error))
            except Retryable as error:
                error.receipts = [done[m.key] for m in messages if m.key in done]
                raise
            except Unknown as error:
                self._remember({message.key: None for message in group})
                error.receipts = [done[m.key] for m in messages if m.key in done]
                error.unasked = [m.key for later in groups[place + 1 :] for m in later]
                raise
            except Permanent as error:
                if not done and place == len(groups) - 1:
                    raise
                receipts = _all(group, "failed", str(error))
            self._remember({receipt.key: receipt for receipt in receipts})
            done.update({receipt.key: receipt for receipt in receipts})
        return [done[message.key] for message in messages]

    def later(self) -> list[Receipt]:
        """What staff have done meanwhile with the tasks of this process, and with those of `watch`."""
        return self.watching.ask()

    def watch(self, carrier: str, reference: str, keys: Sequence[tuple[str, str]]) -> None:
        """Ask after a task of an earlier process; `keys` are (the receiver's name at WeCom, our key).

        Of a Moment the names are `userid|external_userid`: whoever publishes it (empty: anybody), and for whom.
        """
        self.watching.add(reference, keys, moment=carrier == "moments")

    def check(self) -> None:
        """Try the account without sending anything; raises as `send`."""
        self.client.call("externalcontact/get_corp_tag_list", {})

    def close(self) -> None:
        self.client.wire.close()

    def mark_tags(
        self, userid: str, external_userid: str, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """Add and remove tags, by their ids, on what is between staff and customer; raises as `send`.

        WeCom does not call back about it, so whoever asks for it tells the journeys himself.
        """
        body = {
            "userid": userid,
            "external_userid": external_userid,
            "add_tag": list(add),
            "remove_tag": list(remove),
        }
        self.client.call("externalcontact/mark_tag", body)

    def tag_ids(self, names: Sequence[str], group: str = "Roadbook") -> dict[str, str]:
        """The ids of the company's tags by their names; those that are not there are made in `group`."""
        told = self.client.call("externalcontact/get_corp_tag_list", {})
        known = {
            str(tag["name"]): str(tag["id"])
            for one in told.get("tag_group") or []
            for tag in one.get("tag") or []
        }
        missing = [name for name in dict.fromkeys(names) if name not in known]
        if missing:
            body = {"group_name": group, "tag": [{"name": name} for name in missing]}
            made = self.client.call("externalcontact/add_corp_tag", body)["tag_group"]["tag"]
            known.update({str(tag["name"]): str(tag["id"]) for tag in made})
        return {name: known[name] for name in names}

    def remind(self, reference: str) -> None:
        """Remind staff of a task; WeCom lets this happen three times a day. Raises as `send`."""
        self.client.call("externalcontact/remind_groupmsg_send", {"msgid": reference})

    def cancel(self, reference: str) -> None:
        """Take back what staff have not sent yet; raises as `send`."""
        self.client.call("externalcontact/cancel_groupmsg_send", {"msgid": reference})

    def _sent(self, group: Sequence[Message]) -> list[Receipt]:
        first = group[0]
        if first.welcome_code:
            return self._welcome(first)
        if first.carrier == "wecom_group":
            return self.robots.say(group) if self.robots.has(first.to) else self._to_groups(group)
        return self._moment(group) if first.carrier == "moments" else self._to_customers(group)

    def _welcome(self, message: Message) -> list[Receipt]:
        body = {"welcome_code": message.welcome_code, **self.saying.message(message.body)}
        self.client.call("externalcontact/send_welcome_msg", body, sends=True)
        return _all([message], "delivered")

    def _to_customers(self, group: Sequence[Message]) -> list[Receipt]:
        body = {"chat_type": "single", **self.saying.message(group[0].body)}
        body["external_userid"] = list(dict.fromkeys(str(message.to) for message in group))
        if group[0].sender:
            body["sender"] = group[0].sender
        return self._task(group, body)

    def _parts(self, group: Sequence[Message]) -> Iterator[list[Message]]:
        """Groups of one owner each, since each owner confirms his own; those with a robot by themselves."""
        if group[0].carrier != "wecom_group":
            yield list(group)
            return
        owners: dict[str, list[Message]] = {}
        for message in group:
            try:
                owner = "" if self.robots.has(message.to) else self._owner(str(message.to))
            except ConnectorError:
                owner = ""  # it is asked for again, alone, and fails for this group only
            if owner:
                owners.setdefault(owner, []).append(message)
            else:
                yield [message]
        yield from owners.values()

    def _to_groups(self, group: Sequence[Message]) -> list[Receipt]:
        owner, said = self._owner(str(group[0].to)), self.saying.message(group[0].body)
        chats = list(dict.fromkeys(str(message.to) for message in group))
        return self._task(group, {"chat_type": "group", "sender": owner, "chat_id_list": chats, **said})

    def _task(self, group: Sequence[Message], body: Mapping[str, Any]) -> list[Receipt]:
        told = self.client.call("externalcontact/add_msg_template", body, sends=True)
        msgid, failed = str(told.get("msgid") or ""), set(told.get("fail_list") or [])
        going = [(str(m.to), m.key) for m in group if m.to not in failed]
        if going:
            self.watching.add(msgid, going)
        return [
            *_all([m for m in group if m.to in failed], "refused", "not a friend of this member of staff"),
            *_all([m for m in group if m.to not in failed], "sent", None, msgid),
        ]

    def _owner(self, chat_id: str) -> str:
        until, owner = self._owners.get(chat_id, (0.0, ""))
        if self.clock() >= until:
            told = self.client.call("externalcontact/groupchat/get", {"chat_id": chat_id})
            owner = str(told["group_chat"]["owner"])
            self._owners[chat_id] = self.clock() + 600, owner
        return owner

    def _moment(self, group: Sequence[Message]) -> list[Receipt]:
        """One Moment for the staff of all these customers; what they have posted today is not posted again."""
        body, staff = group[0].body, self._publishers(group)
        said, now = digest(body), self.clock()
        fresh = sorted({who for who in staff.values() if self._posted.get((said, who), (0.0, ""))[0] <= now})
        if fresh:
            told = self.client.call(
                "externalcontact/add_moment_task", self._moment_body(body, fresh), sends=True
            )
            self._posted.update({(said, who): (now + MOMENT_SECS, str(told["jobid"])) for who in fresh})
        done = []
        for message in group:
            who = staff[message.key]
            job = self._posted[said, who][1]
            self.watching.add(job, [(f"{who}|{message.to}", message.key)], moment=True)
            done += _all([message], "sent", None, job)
        return done

    def _publishers(self, group: Sequence[Message]) -> dict[str, str]:
        usual = self.moments_staff[0] if self.moments_staff else ""
        staff = {message.key: message.sender or usual for message in group}
        if not all(staff.values()):
            raise Permanent(
                "nobody publishes this Moment: name staff in the connection, or give customers an owner"
            )
        return staff

    def _moment_body(self, body: Mapping[str, Any], staff: Sequence[str]) -> dict[str, Any]:
        told = self.saying.message(body)
        visible: dict[str, Any] = {"sender_list": {"user_list": list(staff)}}
        if body.get("tags"):
            visible["external_contact_list"] = {"tag_list": list(body["tags"])}
        return {**told, "visible_range": visible}

    def _recalled(self, messages: Sequence[Message]) -> dict[str, Receipt]:
        """The receipts of keys that this process has sent before; raises Unknown for one of unknown fate."""
        with self._lock:
            known = {m.key: self._known[m.key] for m in messages if m.key in self._known}
        done = {key: receipt for key, receipt in known.items() if receipt is not None}
        if len(done) < len(known):
            error = Unknown("it was handed to WeCom before, and whether it went out cannot be told")
            error.receipts = list(done.values())
            error.unasked = [m.key for m in messages if m.key not in known]
            raise error
        return done

    def _remember(self, known: Mapping[str, Receipt | None]) -> None:
        with self._lock:
            self._known.update(known)
            while len(self._known) > MOST_KEYS:
                self._known.popitem(last=False)


def _grouped(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Messages that one call can carry, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Message]] = {}
    for m in messages:
        own = m.key if m.welcome_code or m.to is None else ""
        sender = "" if m.carrier == "moments" else m.sender
        groups.setdefault((m.carrier, own, sender, digest(m.body)), []).append(m)
    for group in groups.values():
        size = int(value("mass.chats" if group[0].carrier == "wecom_group" else "mass.customers"))
        for begin in range(0, len(group), size):
            yield group[begin : begin + size]


def _all(
    group: Sequence[Message], state: State, reason: str | None = None, reference: str | None = None
) -> list[Receipt]:
    now = datetime.now(UTC)
    return [Receipt(message.key, state, now, reference, reason) for message in group]
