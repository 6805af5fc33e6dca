"""The ledger of points: lines are only ever added, each once, and the balance is always their sum.

Whoever books has locked the contact. The balance also stands in the contact's attribute `points_SCHEME`, so that
rules, segments, texts and journeys know it as they know any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from audience import contacts
from audience.changes import Change, lock
from audience.tables_rewards import PointsAccount, PointsEntry, PointsScheme
from store.bulk import among, insert_rows
from store.clock import has_come
from store.database import begin_write

ADD, SPEND, SET, EXPIRE = "add", "spend", "set", "expire"
#: No balance is ever beyond this, so that it is the same number in JSON and everywhere.
MOST: Final = 2**52
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
#: Accounts whose points run out that are looked at in one transaction.
PORTION = 500


@dataclass(slots=True, frozen=True)
class Line:
    """What is to be booked; `key` makes a repeated try the same line. `act` set means: let `amount` be the balance."""

    contact_id: int
    scheme: str
    key: str
    act: str
    amount: int
    at: datetime
    reason: str = ""
    by: str = ""
    source_id: int | None = None
    #: Of what was earned: by which rule, on which local day, and how much a day that rule may give.
    rule: str = ""
    day: str = ""
    per_day: int | None = None


@dataclass(slots=True, frozen=True)
class Booked:
    """What came of a line: the balance after it. `done` is False if there were not enough points."""

    balance: int
    amount: int
    done: bool = True
    fresh: bool = True


def attribute_of(scheme: str) -> str:
    """The contact's attribute in which the balance stands."""
    return f"points_{scheme}"


def book(session: Session, workspace_id: int, lines: Sequence[Line], now: datetime) -> list[Booked | None]:
    """Book lines in their order, each once; None where there is no such scheme or contact. Commits nothing."""
    if not lines:
        return []
    begin_write(session)
    people = {
        n
        for n, row in lock(session, {one.contact_id for one in lines}).items()
        if row.workspace_id == workspace_id
    }
    schemes = _schemes(session, workspace_id, {one.scheme for one in lines})
    known = _known(session, workspace_id, lines)
    ids = sorted(people & {one.contact_id for one in lines})
    balances = _balances(session, [one.id for one in schemes.values()], ids)
    earned = _earned(session, ids, lines)
    found: list[Booked | None] = []
    rows: list[dict[str, Any]] = []
    changes: dict[tuple[int, str], Change] = {}
    for line in lines:
        scheme = schemes.get(line.scheme)
        if scheme is None or line.contact_id not in people:
            found.append(None)
            continue
        place = scheme.id, line.contact_id
        before = balances.get(place, 0)
        if line.key in known:
            found.append(Booked(before, known[line.key], fresh=False))
            continue
        amount = _amount(line, before, earned)
        after = before + amount
        if (after < 0 and amount < 0 and not scheme.may_owe and line.act != EXPIRE) or abs(after) > MOST:
            found.append(Booked(before, 0, done=False))
            continue
        found.append(Booked(after, amount))
        if amount == 0:
            continue
        known[line.key] = amount
        balances[place] = after
        rows.append(_row(workspace_id, scheme, line, amount, after))
        changes[line.contact_id, scheme.key] = Change(
            workspace_id,
            line.contact_id,
            line.at,
            {attribute_of(scheme.key): after},
            source_id=line.source_id,
            by="points",
        )
    insert_rows(session, PointsEntry.__table__, rows)
    _keep(session, workspace_id, rows, balances, {one.id: one for one in schemes.values()})
    contacts.change(session, list(changes.values()), now)
    return found


def _amount(line: Line, before: int, earned: dict[tuple[int, str, str], int]) -> int:
    if line.act == SET:
        return line.amount - before
    amount = -line.amount if line.act in (SPEND, "exchange", EXPIRE) else line.amount
    if line.per_day is not None:
        place = line.contact_id, line.rule, line.day
        amount = max(min(amount, line.per_day - earned[place]), 0)
        earned[place] += amount
    return amount


def _row(workspace_id: int, scheme: PointsScheme, line: Line, amount: int, after: int) -> dict[str, Any]:
    expires = None
    if amount > 0 and scheme.expires_days is not None:
        expires = line.at + timedelta(days=scheme.expires_days)
    return {
        "workspace_id": workspace_id,
        "scheme_id": scheme.id,
        "contact_id": line.contact_id,
        "key": line.key,
        "amount": amount,
        "balance": after,
        "act": line.act,
        "reason": line.reason[:200],
        "rule": line.rule,
        "day": line.day,
        "at": line.at,
        "expires_at": expires,
        "source_id": line.source_id,
        "by": line.by[:120],
    }


def _schemes(session: Session, workspace_id: int, keys: Iterable[str]) -> dict[str, PointsScheme]:
    query = select(PointsScheme).where(
        PointsScheme.workspace_id == workspace_id,
        PointsScheme.state == "on",
        among(session, PointsScheme.key, keys),
    )
    return {one.key: one for one in session.scalars(query)}


def _known(session: Session, workspace_id: int, lines: Sequence[Line]) -> dict[str, int]:
    query = select(PointsEntry.key, PointsEntry.amount).where(
        PointsEntry.workspace_id == workspace_id,
        among(session, PointsEntry.key, [line.key for line in lines]),
    )
    return dict(session.execute(query).all())


def _balances(session: Session, schemes: Sequence[int], ids: Sequence[int]) -> dict[tuple[int, int], int]:
    query = select(PointsAccount.scheme_id, PointsAccount.contact_id, PointsAccount.balance).where(
        PointsAccount.scheme_id.in_(schemes), among(session, PointsAccount.contact_id, ids)
    )
    return {(scheme, number): balance for scheme, number, balance in session.execute(query)}


def _earned(session: Session, ids: Sequence[int], lines: Sequence[Line]) -> dict[tuple[int, str, str], int]:
    """What capped rules have given these contacts on those days."""
    found: dict[tuple[int, str, str], int] = defaultdict(int)
    capped = [line for line in lines if line.per_day is not None]
    if capped:
        query = (
            select(PointsEntry.contact_id, PointsEntry.rule, PointsEntry.day, func.sum(PointsEntry.amount))
            .where(
                among(session, PointsEntry.contact_id, ids),
                among(session, PointsEntry.rule, {line.rule for line in capped}),
                among(session, PointsEntry.day, {line.day for line in capped}),
            )
            .group_by(PointsEntry.contact_id, PointsEntry.rule, PointsEntry.day)
        )
        for number, rule, day, total in session.execute(query):
            found[number, rule, day] = int(total)
    return found


def _keep(
    session: Session,
    workspace_id: int,
    rows: Sequence[dict[str, Any]],
    balances: dict[tuple[int, int], int],
    schemes: dict[int, PointsScheme],
) -> None:
    """Write the balances of the accounts that these lines changed."""
    places = sorted({(row["scheme_id"], row["contact_id"]) for row in rows})
    if not places:
        return
    due: dict[tuple[int, int], datetime | None] = dict.fromkeys(places)
    if any(schemes[scheme].expires_days is not None for scheme, _ in places):
        due |= _due(session, places)
    values = [
        {
            "scheme_id": scheme,
            "contact_id": number,
            "workspace_id": workspace_id,
            "balance": balances[scheme, number],
            "due_at": due[scheme, number],
        }
        for scheme, number in places
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(PointsAccount)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["scheme_id", "contact_id"],
            set_={"balance": insert.excluded.balance, "due_at": insert.excluded.due_at},
        ),
        values,
        execution_options={"synchronize_session": False},
    )


# -- points that run out --------------------------------------------------------------------------------------


def over(entries: Iterable[tuple[int, datetime | None]], now: datetime) -> tuple[int, datetime | None]:
    """How many points have run out by `now` and are not written off yet, and when the next ones will.

    `entries` are (amount, when it runs out) of one account in their order. What is spent is taken from those that
    run out first.
    """
    lots = sorted((at, amount) for amount, at in entries if amount > 0 and at is not None)
    spent = -sum(amount for amount, _ in entries if amount < 0)
    gone = 0
    for at, amount in lots:
        used = min(amount, spent)
        spent -= used
        if at <= now:
            gone += amount - used
        elif amount > used:
            return gone, at
    return gone, None


def _due(session: Session, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], datetime | None]:
    return {place: over(entries, BEGINNING)[1] for place, entries in _ledger(session, places).items()}


def _ledger(
    session: Session, places: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[tuple[int, datetime | None]]]:
    found: dict[tuple[int, int], list[tuple[int, datetime | None]]] = {place: [] for place in places}
    query = (
        select(PointsEntry.scheme_id, PointsEntry.contact_id, PointsEntry.amount, PointsEntry.expires_at)
        .where(
            among(session, PointsEntry.contact_id, {number for _, number in places}),
            among(session, PointsEntry.scheme_id, {scheme for scheme, _ in places}),
        )
        .order_by(PointsEntry.id)
    )
    for scheme, number, amount, expires in session.execute(query):
        if (scheme, number) in found:
            found[scheme, number].append((amount, expires))
    return found


#: True if points of somebody have run out.
DUE = has_come(PointsAccount.due_at)


def run_out(session: Session, now: datetime) -> bool:
    """Write off a portion of the points that have run out. Commits nothing."""
    begin_write(session)
    query = (
        select(
            PointsAccount.workspace_id, PointsAccount.scheme_id, PointsAccount.contact_id, PointsScheme.key
        )
        .join(PointsScheme, PointsScheme.id == PointsAccount.scheme_id)
        .where(PointsAccount.due_at <= now)
        .order_by(PointsAccount.due_at)
        .limit(PORTION)
    )
    found = session.execute(query).all()
    lock(session, {row.contact_id for row in found})
    ledgers = _ledger(session, [(row.scheme_id, row.contact_id) for row in found])
    lines: dict[int, list[Line]] = defaultdict(list)
    for workspace_id, scheme, number, key in found:
        entries = ledgers[scheme, number]
        gone, following = over(entries, now)
        if gone:
            name = f"expire:{scheme}:{number}:{now.isoformat()}"
            lines[workspace_id].append(Line(number, key, name, EXPIRE, gone, now))
        else:
            _set_due(session, scheme, number, following)
    for workspace_id, theirs in sorted(lines.items()):
        for line, booked in zip(theirs, book(session, workspace_id, theirs, now), strict=True):
            if booked is None:  # the scheme is switched off
                scheme = next(row.scheme_id for row in found if row.key == line.scheme)
                _set_due(session, scheme, line.contact_id, now + timedelta(days=1))
    return bool(found)


def _set_due(session: Session, scheme: int, number: int, due: datetime | None) -> None:
    account = session.get(PointsAccount, (scheme, number))
    if account is not None:
        account.due_at = due
        session.flush()


# -- after contacts were merged -------------------------------------------------------------------------------


def recount(session: Session, workspace_id: int, contact_id: int, now: datetime) -> None:
    """Reckon a contact's accounts from the ledger again; its lines may have come from two contacts."""
    lock(session, {contact_id})
    query = (
        select(PointsScheme, func.coalesce(func.sum(PointsEntry.amount), 0))
        .join(PointsEntry, PointsEntry.scheme_id == PointsScheme.id)
        .where(PointsEntry.workspace_id == workspace_id, PointsEntry.contact_id == contact_id)
        .group_by(PointsScheme.id)
        .order_by(PointsScheme.id)
    )
    found = [(scheme, int(total)) for scheme, total in session.execute(query)]
    rows = [{"scheme_id": scheme.id, "contact_id": contact_id} for scheme, _ in found]
    balances = {(scheme.id, contact_id): total for scheme, total in found}
    _keep(session, workspace_id, rows, balances, {scheme.id: scheme for scheme, _ in found})
    values = {attribute_of(scheme.key): total for scheme, total in found}
    if values:
        contacts.change(session, [Change(workspace_id, contact_id, now, values, by="points")], now)
