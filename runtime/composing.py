"""What a leased message needs before it can go: its contact, its material, the hard stops, the finished text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from audience.identities import of_contacts
from audience.tables import Contact
from audience.tables_groups import CustomerGroup
from connectors.base import Message
from content import materials
from content.bodies import compose
from content.carriers import CARRIERS
from content.rendering import BadText, RenderError, scene
from rules.contact_policy import Blocked, Consent, Refuse, Touch
from rules.zones import known_zone, zone_of
from runtime import faults
from runtime.database import Transaction
from runtime.routes import Routes
from runtime.rows import Parcel
from store.bulk import among
from store.links import Unsubscribing, unsubscribing
from store.secrets import Vault
from store.subjects import is_group, kind_of, of_group, row_id
from store.tables import Workspace

#: Asked again at the last moment; nothing else may stop a message that has left its journey.
HARD_STOPS = (Consent(), Blocked())
#: Carriers whose messages hold a link to unsubscribe.
WITH_A_LINK = frozenset({"email"})


@dataclass(slots=True)
class Verdict:
    """A message that will not go: its state, and why."""

    state: str
    reason: str


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
    #: (workspace id, key) -> (carrier, body)
    bodies: dict[tuple[int, str], tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    workspaces: dict[int, str] = field(default_factory=dict)


def gather(tx: Transaction, routes: Routes, parcels: Sequence[Parcel]) -> Desk:
    """Read what these messages need, a few statements for each workspace."""
    desk = Desk()
    by_workspace: dict[int, list[Parcel]] = {}
    for parcel in parcels:
        by_workspace.setdefault(parcel.workspace_id, []).append(parcel)
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
        found = materials.many(tx.session, workspace_id, {parcel.content for parcel in theirs})
        for key, material in found.items():
            desk.bodies[workspace_id, key] = (material.carrier, material.body)
    return desk


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
    touch = Touch(parcel.carrier, person.attributes, person.tags, person.zone)
    for stop in HARD_STOPS:
        answer = stop.ask(touch, now)
        if isinstance(answer, Refuse):
            return Verdict("refused", answer.because)
    material = desk.bodies.get((parcel.workspace_id, parcel.content))
    if material is None:
        return Verdict("failed", f"there is no material {parcel.content}")
    told = scene(
        name=person.name,
        attributes=person.attributes,
        tags=person.tags,
        told=parcel.scene,
        workspace=desk.workspaces[parcel.workspace_id],
    )
    try:
        body = compose(material[0], material[1], told, person.zone, now)
    except BadText:
        return Verdict("failed", f"the text of {parcel.content} cannot be used")
    except RenderError as error:
        return Verdict("failed", str(error)[:500])
    wanted = CARRIERS[parcel.carrier].identity if parcel.carrier in CARRIERS else None
    to = person.names.get(wanted) if wanted else None
    if reaches_people and wanted and to is None:
        return Verdict("refused", f"the contact has no {wanted}")
    link = None
    if reaches_people and vault is not None and parcel.carrier in WITH_A_LINK:
        link = unsubscribing(vault, Unsubscribing(parcel.workspace_id, parcel.contact_id, parcel.carrier))
    return Message(parcel.key, parcel.workspace_id, parcel.carrier, parcel.contact_id, to, body, link)
