"""What a leased message needs before it can go: its contact, its material, the hard stops, the finished text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from audience import coupons, facts, scene_asking, staff
from audience.facts import ContactFacts, Everything
from audience.identities import of_contacts
from audience.tables import Contact
from audience.tables_groups import CustomerGroup
from audience.tables_rewards import CouponIssue
from connectors.base import Message
from content import said
from content.bodies import compose
from content.carriers import CARRIERS
from content.rendering import BadText, RenderError, scene
from content.said import Said
from rules.contact_policy import Blocked, Consent, Hold, QuietHours, Refuse, Touch
from rules.zones import known_zone, zone_of
from runtime import calling, faults
from runtime.database import Transaction
from runtime.routes import Routes
from runtime.rows import Parcel
from store import receipts
from store.bulk import among
from store.database import dumps
from store.links import Unsubscribing, unsubscribing
from store.secrets import Vault
from store.subjects import is_group, kind_of, of_group, row_id
from store.tables import Workspace

#: Asked again at the last moment; nothing else may stop a message that has left its journey.
HARD_STOPS = (Consent(), Blocked())
#: Carriers whose messages hold a link to unsubscribe.
WITH_A_LINK = frozenset({"email"})
#: Carriers that tell of addresses that do not exist, and the kind of name they send to.
BOUNCES = {"email": "email", "sms": "phone"}


@dataclass(slots=True)
class Verdict:
    """A message that will not go: its state, and why."""

    state: str
    reason: str
    #: When it is to be tried again, if it only waits.
    until: datetime | None = None


@dataclass(slots=True)
class Person:
    """The receiver as texts and connectors know him; a customer group is one too."""

    name: str
    attributes: Mapping[str, Any]
    tags: Sequence[str]
    zone: ZoneInfo
    #: {kind: value}, the first of each kind.
    names: dict[str, str]
    #: True for a customer group that was given up.
    gone: bool = False


@dataclass(slots=True)
class Desk:
    """Everything that composing a batch of messages reads, read at once."""

    people: dict[tuple[int, int], Person] = field(default_factory=dict)
    #: (workspace id, key) -> the material as it is said now
    said: dict[tuple[int, str], Said] = field(default_factory=dict)
    #: (workspace id, contact id) -> the member of staff who looks after him, of those whose text has open slots
    staff: dict[tuple[int, int], int] = field(default_factory=dict)
    workspaces: dict[int, str] = field(default_factory=dict)
    #: The quiet hours by which a version's messages were let go; a queue can be so long that they begin meanwhile.
    quiet: dict[int, tuple[str, str]] = field(default_factory=dict)
    #: (workspace id, carrier, address) to which nothing is sent any more
    suppressed: set[tuple[int, str, str]] = field(default_factory=set)
    #: (workspace id, contact id) -> what the tables of scenes look at, of those whose text asks one
    matched: dict[tuple[int, int], ContactFacts] = field(default_factory=dict)
    #: (workspace id, contact id) -> (pool, issue, its value), of those whose text speaks of a coupon
    coupons: dict[tuple[int, int], list[tuple[str, CouponIssue, str]]] = field(default_factory=dict)


def gather(tx: Transaction, routes: Routes, parcels: Sequence[Parcel]) -> Desk:
    """Read what these messages need, a few statements for each workspace."""
    desk = Desk()
    by_workspace: dict[int, list[Parcel]] = {}
    for parcel in parcels:
        by_workspace.setdefault(parcel.workspace_id, []).append(parcel)
    for journey_id, version_id in {(parcel.journey_id, parcel.version_id) for parcel in parcels}:
        compiled = routes.compiled(tx, journey_id, version_id)
        if compiled is not None and compiled.plan.quiet_hours:
            desk.quiet[version_id] = compiled.plan.quiet_hours
    for workspace_id, theirs in by_workspace.items():
        workspace = tx.session.execute(
            select(Workspace.name, Workspace.timezone).where(Workspace.id == workspace_id)
        ).one()
        desk.workspaces[workspace_id] = workspace.name
        usual = zone_of(workspace.timezone)
        ids = {parcel.contact_id for parcel in theirs if not is_group(parcel.contact_id)}
        chats = {parcel.contact_id for parcel in theirs if is_group(parcel.contact_id)}
        if chats:
            _gather_groups(tx, desk, workspace_id, chats, usual)
        names = of_contacts(tx.session, workspace_id, ids)
        rows = tx.session.execute(
            select(Contact.id, Contact.name, Contact.attributes, Contact.tags, Contact.timezone).where(
                Contact.workspace_id == workspace_id, among(tx.session, Contact.id, ids)
            )
        )
        for number, name, attributes, tags, zone in rows:
            known = (known_zone(zone) if zone else None) or usual
            own = {kind: values[0] for kind, values in names.get(number, {}).items()}
            desk.people[workspace_id, number] = Person(name, attributes or {}, tags or [], known, own)
        _gather_suppressed(tx, desk, workspace_id, theirs)
        found = said.of(tx.session, workspace_id, {parcel.content for parcel in theirs})
        desk.said |= {(workspace_id, key): material for key, material in found.items()}
        open_ = {p.contact_id for p in theirs if p.content in found and found[p.content].open}
        for number, friend in (staff.friends(tx.session, workspace_id, open_) if open_ else {}).items():
            desk.staff[workspace_id, number] = friend
        _gather_scenes(tx, desk, workspace_id, theirs)
        _gather_coupons(tx, desk, workspace_id, theirs)
    return desk


def _gather_scenes(tx: Transaction, desk: Desk, workspace_id: int, parcels: Sequence[Parcel]) -> None:
    """Read what the tables need that these texts ask, for those who get such a text."""
    asked = {key: one.scenes for (w, key), one in desk.said.items() if w == workspace_id}
    keys = frozenset().union(*asked.values())
    ids = {p.contact_id for p in parcels if asked.get(p.content) and not is_group(p.contact_id)}
    if keys and ids:
        known = facts.load(tx.session, workspace_id, ids, Everything(scenes=keys))
        desk.matched |= {(workspace_id, number): one for number, one in known.items()}


def _gather_suppressed(tx: Transaction, desk: Desk, workspace_id: int, parcels: Sequence[Parcel]) -> None:
    by_carrier: dict[str, set[str]] = {}
    for parcel in parcels:
        person = desk.people.get((workspace_id, parcel.contact_id))
        to = person.names.get(BOUNCES.get(parcel.carrier, "")) if person else None
        if to:
            by_carrier.setdefault(parcel.carrier, set()).add(to)
    for carrier, addresses in by_carrier.items():
        stopped = receipts.suppressed(tx.session, workspace_id, carrier, addresses)
        desk.suppressed |= {(workspace_id, carrier, address) for address in stopped}


def _gather_coupons(tx: Transaction, desk: Desk, workspace_id: int, parcels: Sequence[Parcel]) -> None:
    """Read the coupons of those whose texts speak of one."""
    ids = set()
    for parcel in parcels:
        material = desk.said.get((workspace_id, parcel.content))
        if material and "coupon." in dumps(material.bodies) and not is_group(parcel.contact_id):
            ids.add(parcel.contact_id)
    if ids:
        for number, had in coupons.of_contacts(tx.session, workspace_id, ids).items():
            desk.coupons[workspace_id, number] = had


def _gather_groups(
    tx: Transaction, desk: Desk, workspace_id: int, subjects: Collection[int], usual: ZoneInfo
) -> None:
    ids = [row_id(subject) for subject in subjects]
    rows = tx.session.scalars(
        select(CustomerGroup).where(
            CustomerGroup.workspace_id == workspace_id, among(tx.session, CustomerGroup.id, ids)
        )
    )
    for group in rows:
        zone = (known_zone(group.timezone) if group.timezone else None) or usual
        person = Person(group.name, group.attributes, group.tags, zone, {"chat_id": group.key})
        person.gone = group.dismissed_at is not None
        desk.people[workspace_id, of_group(group.id)] = person


def _greets(parcel: Parcel) -> bool:
    """True for what answers a new friend: seconds count, and he has just spoken to us himself."""
    entry = parcel.scene.get("entry")
    return isinstance(entry, Mapping) and bool(entry.get("welcome"))


def finish(
    desk: Desk, parcel: Parcel, now: datetime, *, reaches_people: bool, vault: Vault | None = None
) -> Message | Verdict:
    """The finished message, or why there will be none. Opens no transaction and asks nobody."""
    faults.hit("render.before")
    if parcel.valid_until is not None and parcel.valid_until < now:
        return Verdict("expired", "its time was over before it could go")
    person = desk.people.get((parcel.workspace_id, parcel.contact_id))
    if person is None:
        return Verdict("failed", "there is no such contact any more")
    if person.gone:
        return Verdict("refused", "the group was given up")
    carrier = CARRIERS.get(parcel.carrier)
    if carrier is not None and carrier.reaches not in (None, kind_of(parcel.contact_id)):
        return Verdict("refused", f"{parcel.carrier} does not reach such a subject")
    if parcel.carrier == calling.WEBHOOK:
        return _call(desk, parcel, person, now)
    touch = Touch(parcel.carrier, person.attributes, person.tags, person.zone)
    for stop in HARD_STOPS:
        answer = stop.ask(touch, now)
        if isinstance(answer, Refuse):
            return Verdict("refused", answer.because)
    quiet = None if _greets(parcel) else desk.quiet.get(parcel.version_id)
    if quiet is not None:
        late = Touch(parcel.carrier, {}, (), person.zone, quiet, spread_key=parcel.key)
        answer = QuietHours().ask(late, now)
        if isinstance(answer, Hold):
            return Verdict("pending", answer.because, answer.until)
    material = desk.said.get((parcel.workspace_id, parcel.content))
    if material is None:
        return Verdict("failed", f"there is no material {parcel.content}")
    if material.over(now):
        return Verdict("expired", f"the material {parcel.content} has expired")
    day = now.astimezone(person.zone).date().isoformat()
    words = material.words(parcel.contact_id, desk.staff.get((parcel.workspace_id, parcel.contact_id)), day)
    told = _told(desk, parcel, person, now)
    try:
        body = compose(words.carrier, words.body, told, person.zone, now, words.filled)
    except BadText:
        return Verdict("failed", f"the text of {parcel.content} cannot be used")
    except RenderError as error:
        return Verdict("failed", str(error)[:500])
    wanted = CARRIERS[parcel.carrier].identity if parcel.carrier in CARRIERS else None
    to = person.names.get(wanted) if wanted else None
    if reaches_people and wanted and to is None:
        return Verdict("refused", f"the contact has no {wanted}")
    if reaches_people and (parcel.workspace_id, parcel.carrier, to) in desk.suppressed:
        return Verdict("refused", "the address does not exist: a message to it came back")
    link = None
    if reaches_people and vault is not None and parcel.carrier in WITH_A_LINK:
        link = unsubscribing(vault, Unsubscribing(parcel.workspace_id, parcel.contact_id, parcel.carrier))
    whom = parcel.workspace_id, parcel.carrier, parcel.contact_id, to
    return Message(parcel.key, *whom, body, link, note=words.note(material.id))


def _scenes(desk: Desk, parcel: Parcel, person: Person, now: datetime) -> dict[str, Any]:
    known = desk.matched.get((parcel.workspace_id, parcel.contact_id))
    if known is None:
        return {}
    return scene_asking.spoken(known.matchings, scene_asking.scene_of(known, person.zone, now))


def _coupons(desk: Desk, parcel: Parcel, person: Person) -> dict[str, dict[str, str]]:
    """By pool, the coupon that the text means: the last one that its journey issued before it, else the contact's last."""
    found: dict[str, tuple[bool, CouponIssue, str]] = {}
    for pool, row, value in desk.coupons.get((parcel.workspace_id, parcel.contact_id), ()):
        own = row.source_id == parcel.enrollment_id
        if own and (row.seq or 0) > parcel.seq:
            continue
        if own or not found.get(pool, (False,))[0]:
            found[pool] = own, row, value
    return {pool: coupons.spoken(row, value, person.zone) for pool, (_, row, value) in found.items()}


def _told(desk: Desk, parcel: Parcel, person: Person, now: datetime) -> dict[str, Any]:
    """What texts may speak of."""
    return scene(
        name=person.name,
        attributes=person.attributes,
        tags=person.tags,
        told=parcel.scene,
        workspace=desk.workspaces[parcel.workspace_id],
        scenes=_scenes(desk, parcel, person, now),
        coupons=_coupons(desk, parcel, person),
    )


def _call(desk: Desk, parcel: Parcel, person: Person, now: datetime) -> Message | Verdict:
    """A call of a system: no touch of the contact, so that no consent is asked for."""
    try:
        body = calling.body(parcel, _told(desk, parcel, person, now), person.zone, now)
    except BadText:
        return Verdict("failed", "a text of the call cannot be used")
    except (RenderError, ValueError) as error:
        return Verdict("failed", str(error)[:500])
    return Message(parcel.key, parcel.workspace_id, parcel.carrier, parcel.contact_id, None, body)
