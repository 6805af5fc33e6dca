"""A workspace with one of everything in it, so that every address has something to find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audience.tables import Contact, Event, Identity, Known
from audience.tables_files import Export, Import
from audience.tables_groups import CustomerGroup, GroupMember
from audience.tables_people import AttributeType, Staff, StaffRelation
from audience.tables_segments import Segment, SegmentMember
from audience.tables_watch import EventWarning
from content.tables import Material
from journeys import drafts, versions
from journeys.tables import Counter, Enrollment, JourneyMove, Trail
from store.database import begin_write, db
from store.tables import ApiKey, Inbox, Outbox
from tests.web.code_rows import code_of
from tests.web.conftest import House
from tests.web.connection_rows import furnish_connections
from tests.web.content_rows import furnish_contents
from tests.web.guard_rows import furnish_guards
from tests.web.matching_rows import lifecycle_of, scene_of
from tests.web.reward_rows import furnish_rewards
from tests.web.tag_rows import furnish_tags
from tests.web.task_rows import furnish_tasks
from tests.web.test_journeys_api import DEFINITION
from tests.web.tier_rows import tiers_of

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class Rows:
    """Ids of what was made, by the names that path parameters bear."""

    workspace_id: int
    contact_id: int
    journey_id: int
    draft_id: int
    enrollment_id: int
    message_id: int
    content_id: int
    import_id: int
    key_id: int
    move_id: int
    number: int = 1
    slug: str = "beauty"
    source: str = "live"
    segment_key: str = "nobody"
    staff_id: int = 10**9
    #: An attribute of the catalogue.
    name: str = "favourite"
    group_id: int = 10**9
    dimension_key: str = "nothing"
    override_id: int = 10**9
    run_id: int = 10**9
    pool_key: str = "nothing"
    scheme_key: str = "nothing"
    program_key: str = "nothing"
    draw_key: str = "nothing"
    scene_key: str = "nothing"
    code_key: str = "nothing"
    callback_id: str = "nothing"
    lifecycle_key: str = "nothing"
    #: Of groups that were put into the journey together.
    batch: str = "feedbeef"
    category_key: str = "nobody"
    definition_id: int = 10**9
    rule_id: int = 10**9
    job_id: int = 10**9
    export_id: int = 10**9
    guard_id: int = 10**9
    trip_id: int = 10**9
    task_id: int = 10**9
    case_id: int = 10**9
    connection_id: int = 10**9
    wecom_id: int = 10**9
    taker_id: int = 10**9
    test_id: int = 10**9
    script_id: int = 10**9
    #: An event of the catalogue, and something wrong about it.
    event_name: str = "nothing"
    warning_id: int = 10**9

    def path(self, template: str) -> str:
        """`/journeys/{journey_id}` with the ids filled in."""
        return template.format(**self.__dict__)


def furnish(house: House, slug: str) -> Rows:
    """Put one of everything into the workspace `slug`."""
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        here = house.ids[slug]
        contact = Contact(
            workspace_id=here,
            external_id=f"c-{slug}",
            name=f"林-{slug}",
            attributes={"city": "杭州"},
            tags=["vip"],
            created_at=NOW,
            updated_at=NOW,
        )
        session.add(contact)
        session.flush()
        session.add(Identity(workspace_id=here, contact_id=contact.id, kind="phone", value="13800138000"))
        drawn = drafts.create(session, here, "活的", DEFINITION, now=NOW, actor="test")
        version = versions.publish(session, drawn, 1, lambda _: [], now=NOW, actor="test").version
        unpublished = drafts.create(session, here, "草稿", DEFINITION, now=NOW, actor="test")
        enrollment = Enrollment(
            workspace_id=here,
            journey_id=drawn.id,
            version_id=version.id,
            subject_id=contact.id,
            entry_id="in-1",
            status="waiting",
            stage="trust",
            step="pause",
            visit=1,
            seq=1,
            entered_journey=NOW,
            entered_stage=NOW,
            step_begun=NOW,
            step_due=NOW.replace(day=3),
            taken_at=NOW,
            due_at=NOW.replace(day=3),
            state={},
        )
        session.add(enrollment)
        session.flush()
        many: list[Any] = [
            Trail(
                workspace_id=here,
                enrollment_id=enrollment.id,
                version_id=version.id,
                at=NOW,
                op="stage",
                stage="trust",
                visit=1,
                seq=1,
                detail=None,
            ),
            Counter(version_id=version.id, node="trust", workspace_id=here, here=1, passed=1),
            Counter(version_id=version.id, node="in-1", workspace_id=here, here=0, passed=1),
            Counter(version_id=version.id, node="lost", workspace_id=here, here=0, passed=2),
            Counter(version_id=version.id, node="pause next", workspace_id=here, here=0, passed=4),
            Counter(version_id=version.id, node="a1", workspace_id=here, here=0, passed=4),
            Counter(version_id=version.id, node="bought resting", workspace_id=here, here=3, passed=0),
        ]
        session.add_all(many)
        signal = Inbox(
            workspace_id=here,
            kind="event",
            name="friend_added",
            event_id=f"e-{slug}",
            contact_id=contact.id,
            occurred_at=NOW,
            stored_at=NOW,
            data={},
            state="done",
        )
        session.add(signal)
        session.flush()
        session.add(
            Event(
                id=signal.id,
                workspace_id=here,
                contact_id=contact.id,
                name="friend_added",
                event_id=f"e-{slug}",
                occurred_at=NOW,
                stored_at=NOW,
                properties={},
            )
        )
        message = Outbox(
            workspace_id=here,
            key=f"{enrollment.id}:1:1",
            journey_id=drawn.id,
            version_id=version.id,
            enrollment_id=enrollment.id,
            contact_id=contact.id,
            step="pause",
            visit=1,
            seq=1,
            carrier="sms",
            content="hello",
            scene={},
            due_at=NOW,
            not_before=NOW,
            state="sent",
            rendered={"text": "你好"},
        )
        material = Material(
            workspace_id=here,
            key="hello",
            name="问候",
            carrier="sms",
            body={"text": "{{ contact.name }} 你好"},
            updated_at=NOW,
            updated_by="test",
        )
        key = ApiKey(
            workspace_id=here,
            name="spare",
            prefix="rb_spare",
            secret_hash=f"spare-{slug}",
            role="viewer",
            created_at=NOW,
        )
        taken = Import(
            workspace_id=here, filename="a.csv", columns=["id"], mapping={}, state="waiting", created_at=NOW
        )
        move = JourneyMove(
            workspace_id=here,
            journey_id=drawn.id,
            from_version_id=version.id,
            to_version_id=version.id,
            mode="move",
            targets={},
            state="done",
            at=NOW,
            by="test",
        )
        session.add_all([message, material, taken, key, move])
        session.flush()
        listed = Segment(
            workspace_id=here,
            key=f"list_{slug}",
            name="名单",
            kind="static",
            state="static",
            count=1,
            created_at=NOW,
            updated_at=NOW,
        )
        session.add(listed)
        session.flush()
        dimension, override, run = tiers_of(here, contact.id, NOW)
        session.add(SegmentMember(segment_id=listed.id, contact_id=contact.id, workspace_id=here, since=NOW))
        rows = Rows(
            here,
            contact.id,
            drawn.id,
            unpublished.id,
            enrollment.id,
            message.id,
            material.id,
            taken.id,
            key.id,
            move.id,
            segment_key=listed.key,
            dimension_key=dimension,
            override_id=override,
            run_id=run,
            scene_key=scene_of(here, slug, NOW),
            code_key=code_of(here, slug, NOW),
            lifecycle_key=lifecycle_of(here, contact.id, NOW),
            staff_id=_staff(here, contact.id),
            group_id=_group(here, drawn.key, contact.id),
            **furnish_tags(here, contact.id, NOW),
            **furnish_contents(here, NOW),
            **_files_and_events(here),
            **furnish_connections(here, NOW),
            **furnish_tasks(here, enrollment, NOW),
            **furnish_rewards(here, contact.id, NOW),
            **furnish_guards(here, drawn.id, NOW),
        )
        session.commit()
    return rows


def _files_and_events(here: int) -> dict[str, Any]:
    """An export, an event of the catalogue, and a warning about it."""
    name = f"known_{here}"
    export = Export(workspace_id=here, kind="contacts", filename="a", state="waiting", created_at=NOW)
    known = Known(workspace_id=here, kind="event", name=name, detail={}, first_seen=NOW)
    warning = EventWarning(
        workspace_id=here, name=name, code="not_declared", detail={}, first_at=NOW, last_at=NOW
    )
    db.session.add_all([export, known, warning])
    db.session.flush()
    return {"export_id": export.id, "event_name": name, "warning_id": warning.id}


def _group(here: int, journey: str, contact_id: int) -> int:
    """A customer group with one member, which was put into a journey."""
    group = CustomerGroup(
        workspace_id=here,
        key=f"chat-{here}",
        name="群",
        attributes={},
        tags=[],
        created_at=NOW,
        updated_at=NOW,
    )
    db.session.add(group)
    db.session.flush()
    member = GroupMember(workspace_id=here, group_id=group.id, contact_id=contact_id, joined_at=NOW)
    signal = Inbox(
        workspace_id=here,
        kind="enroll",
        name=journey,
        event_id=f"\x1fgroups:feedbeef:{group.id}",
        contact_id=-group.id,
        occurred_at=NOW,
        stored_at=NOW,
        data={},
        state="done",
    )
    db.session.add_all([member, signal])
    db.session.flush()
    return group.id


def _staff(here: int, contact_id: int) -> int:
    """A member of staff who is the contact's friend, and an attribute of the catalogue."""
    person = Staff(workspace_id=here, key="wang", name="王", created_at=NOW)
    db.session.add(person)
    db.session.flush()
    friend = StaffRelation(
        workspace_id=here, contact_id=contact_id, staff_id=person.id, since=NOW, updated_at=NOW
    )
    meant = AttributeType(workspace_id=here, name="favourite", type="text", created_at=NOW, updated_at=NOW)
    db.session.add_all([friend, meant])
    db.session.flush()
    return person.id
