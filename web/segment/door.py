"""The addresses of the protocol: each takes calls durably, then answers as the clients expect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app
from sqlalchemy.orm import Session

from audience import events as happenings
from audience.identities import EXTERNAL
from store import clock
from store.database import db
from store.problem import Problem as Wrong
from web.access import SENDER, actor, here, needs
from web.errors import MOST_ERRORS, invalid
from web.idempotency import first_time
from web.resource import in_one_piece
from web.segment import crowds, people
from web.segment.calls import KINDS, Call, read
from web.segment.letter import Letter, opened, who
from web.shown import located, places

segment = Blueprint("segment", __name__, url_prefix="/v1")
#: What the audience calls a field, and what the protocol calls it.
FIELDS = {"name": "event", "event_id": "messageId", "occurred_at": "timestamp", EXTERNAL: "userId"}


def _place(path: str, *others: str) -> Callable[[Callable[[], Response]], Callable[[], Response]]:
    """Serve a view at these addresses; its body is read before a transaction begins."""

    def decorate(view: Callable[[], Response]) -> Callable[[], Response]:
        run = in_one_piece(view)

        @wraps(view)
        def whole() -> Response:
            opened()
            return run()

        marked = needs(SENDER)(whole)
        marked.asks_who = who  # type: ignore[attr-defined]
        for number, rule in enumerate((path, *others)):
            endpoint = f"{view.__name__}_{number}" if number else view.__name__
            segment.add_url_rule(rule, endpoint, marked, methods=["POST"], strict_slashes=False)
        return marked

    return decorate


@_place("/batch", "/import")
def batch() -> Response:
    """Up to 500 calls of every kind, each with its `type`."""
    letter = opened()
    given = [(call.get("type") if isinstance(call, Mapping) else None, call) for call in letter.calls()]
    return _answer(letter, [(kind, call, f"batch.{number}.") for number, (kind, call) in enumerate(given)])


def _single(kind: str) -> None:
    """Serve the address that takes one call of this kind."""

    def one() -> Response:
        letter = opened()
        return _answer(letter, [(kind, letter.body, "")])

    one.__name__ = kind
    _place(f"/{kind}")(one)


for _kind in KINDS:
    _single(_kind)


def _answer(letter: Letter, given: Sequence[tuple[Any, Any, str]]) -> Response:
    """Store what can be stored; 422 if nothing can, else success, with what could not in `warnings`."""
    session = db.session()
    now = clock.now(session)
    said: list[Wrong] = []
    calls: list[Call] = []
    for number, (kind, call, path) in enumerate(given):
        if number in letter.spoiled:
            said += letter.spoiled[number]
            continue
        found = read(kind, call, path, letter.sent_at, now, said)
        if found is not None:
            calls.append(found)
    calls, repeated = _new(session, calls)
    said += people.take(session, here(), actor().name, calls, now)
    said += crowds.take(session, here(), calls, now)
    refused = _events(session, [call for call in calls if call.event is not None], now, said)
    if not repeated and len(calls) == refused:
        raise invalid(*located(said))
    body: dict[str, Any] = {"success": True}
    if said:
        body["warnings"] = places(said[:MOST_ERRORS])
        current_app.logger.info("segment: %d places of %d calls were not kept", len(said), len(given))
    return current_app.json.response(body)


def _new(session: Session, calls: Sequence[Call]) -> tuple[list[Call], int]:
    """The calls that were not taken before, and how many were; events are told apart by the inbox itself."""
    named = {f"message {call.message_id}": call for call in calls if call.event is None and call.message_id}
    fresh = first_time(session, here(), named)
    left = [
        call
        for call in calls
        if call.event is not None
        or not call.message_id
        or (f"message {call.message_id}" in fresh and named[f"message {call.message_id}"] is call)
    ]
    return left, len(calls) - len(left)


def _events(session: Session, calls: Sequence[Call], now: Any, said: list[Wrong]) -> int:
    """Put the events of these calls into the inbox; how many were refused."""
    if not calls:
        return 0
    taken = happenings.take(session, here(), [_event(call) for call in calls], now, path="batch")
    refused = set()
    for wrong in taken.errors:
        number, _, rest = wrong.path.removeprefix("batch.").partition(".")
        refused.add(number)
        field, dot, below = rest.partition(".")
        said.append(Wrong(f"{calls[int(number)].path}{FIELDS.get(field, field)}{dot}{below}", wrong.words))
    return len(refused)


def _event(call: Call) -> dict[str, Any]:
    kind, value = call.keys[0]
    whose = {EXTERNAL: value} if kind == EXTERNAL else {"identity": {kind: value}}
    return {**(call.event or {}), **whose}
