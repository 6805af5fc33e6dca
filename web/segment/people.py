"""What calls say about contacts: whom they join, what they set, and who stays apart because two are known already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from audience import contacts
from audience.identities import EXTERNAL, Key, locate, match
from store import audit
from store.problem import Problem, problem
from web import merging
from web.idempotency import first_time
from web.segment.calls import ANONYMOUS, Call

#: (the call, the name that belongs to somebody else)
Apart = tuple[Call, Key]
KEPT_APART = (
    "该标识属于另一个联系人；两个联系人都保留，没有合并。",
    "This name belongs to another contact. Both were kept as they are; they were not merged.",
)


def take(
    session: Session, workspace_id: int, actor: str, calls: Sequence[Call], now: datetime
) -> list[Problem]:
    """Join names and set what the calls say; return what could not be done.

    A name that belongs to somebody else is left with him: both contacts stay, and the audit tells of it once in two
    days. Calls keep in `keys` only the names that are theirs. Nothing is committed.
    """
    wanted = [
        call for call in calls if call.about or len(call.keys) > 1 or call.kind in ("identify", "alias")
    ]
    apart: list[Apart] = []
    _unite(session, workspace_id, actor, wanted, now)
    persons, clashes = match(session, workspace_id, [call.keys for call in wanted])
    while any(clashes):
        for call, clash in zip(wanted, clashes, strict=True):
            if clash is not None:
                call.keys.remove(clash)
                apart.append((call, clash))
        persons, clashes = match(session, workspace_id, [call.keys for call in wanted])
    changed = [
        call
        for call, person in zip(wanted, persons, strict=True)
        if call.about or (person is not None and (person.id is None or person.fresh))
    ]
    result = contacts.upsert(session, workspace_id, [_item(call) for call in changed], now, by=actor)
    said = [_told(wrong, changed) for wrong in result.errors]
    apart += _both_known(session, workspace_id, wanted)
    said += [problem(f"{call.path}{_where(call, key)}", *KEPT_APART) for call, key in apart]
    _note(session, workspace_id, actor, apart, now)
    return said


def _unite(session: Session, workspace_id: int, actor: str, calls: Sequence[Call], now: datetime) -> None:
    """Make one contact of two whom an `identify` or `alias` says to be one, by names that the workspace trusts."""
    said = [call for call in calls if call.kind in ("identify", "alias")]
    people = [
        [*call.keys, *([(EXTERNAL, call.previous)] if call.previous is not None else [])] for call in said
    ]
    done = merging.identify(session, workspace_id, people, actor, now)
    if done:
        audit.record(session, workspace_id, actor, "contacts.merged", "", merging.told(done), now)


def _item(call: Call) -> dict[str, object]:
    external = next((value for kind, value in call.keys if kind == EXTERNAL), None)
    identities = {kind: value for kind, value in call.keys if kind != EXTERNAL}
    return {"external_id": external, "identities": identities, **call.about}


def _told(wrong: Problem, calls: Sequence[Call]) -> Problem:
    _, number, rest = wrong.path.split(".", 2)
    return Problem(calls[int(number)].path + rest.replace("attributes", "traits", 1), wrong.words)


def _where(call: Call, key: Key) -> str:
    if call.previous is not None:
        return "previousId"
    return "anonymousId" if key[0] == ANONYMOUS else f"traits.{key[0]}"


def _both_known(session: Session, workspace_id: int, calls: Sequence[Call]) -> list[Apart]:
    """Those calls whose earlier id is itself the external id of another contact."""
    before: dict[Key, Call] = {(EXTERNAL, call.previous): call for call in calls if call.previous is not None}
    if not before:
        return []
    found = locate(session, workspace_id, [*before, *(call.keys[0] for call in before.values())])
    return [
        (call, key)
        for key, call in before.items()
        if key in found and key not in call.keys and found[key] != found.get(call.keys[0])
    ]


def _note(session: Session, workspace_id: int, actor: str, apart: Sequence[Apart], now: datetime) -> None:
    """Write into the audit which contacts were kept apart, by their ids; each two once in two days."""
    if not apart:
        return
    found = locate(session, workspace_id, {key for call, clash in apart for key in (call.keys[0], clash)})
    pairs: dict[str, tuple[int, int, str]] = {}
    for call, clash in apart:
        one, other = found.get(call.keys[0]), found.get(clash)
        if one is not None and other is not None:
            pairs[f"apart {one[0]} {other[0]}"] = one[0], other[0], clash[0]
    for name in sorted(first_time(session, workspace_id, pairs)):
        one_id, other_id, kind = pairs[name]
        detail = {"other": f"contact:{other_id}", "kind": kind}
        audit.record(session, workspace_id, actor, "identity.kept_apart", f"contact:{one_id}", detail, now)
