"""Guards of members of staff: nothing new is given to whom many delete, and those who answer for it are told."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta
from email.policy import default as MODERN

import pytest
from sqlalchemy import select, update

from audience import task_acts
from audience.tables_tasks import StaffTask
from connectors import dialing
from content.tables import Material
from insights import guard_preview
from rules.guards import Rule
from runtime.holding import FAR
from runtime.worker import Worker
from store import clock, stops, trips
from store.secrets import Vault
from store.tables import Account, Member, Outbox, Workspace
from store.tables_connections import Connection
from store.tables_guards import GuardHit, GuardTally, GuardTrip
from store.tables_notices import Notice
from tests.connectors.servers import PostOffice, mail
from tests.runtime.charts import exits, journey, send
from tests.runtime.test_guarding import delete, guard, look
from tests.runtime.test_tasks import act, all_tasks, befriend, crew, drawing
from tests.runtime.world import World

STAFF = Rule("deletion", "staff", 24, 72, 10.0, 10, "pause")
CARE = drawing(assign="relationship", team="")


def ask(world: World, *people: str, adviser: int | None = None) -> list[StaffTask]:
    """Enroll these, each a friend of the adviser, and return their tasks."""
    for who in people:
        number = world.person(who)
        if adviser is not None:
            befriend(world, number, adviser)
        world.signal("enroll", "main", who)
    world.run()
    return all_tasks(world)[-len(people) :]


def trip_li(world: World, rule: Rule = STAFF) -> int:
    """Li has told ten customers something, and two of them have deleted her."""
    li = crew(world, "li")["li"]
    guard(world, rule)
    names = [f"c{n}" for n in range(10)]
    for task in ask(world, *names, adviser=li):
        act(world, task, task_acts.finish, "sent")
    world.run()
    delete(world, names[:2])
    assert look(world) == 1
    return li


def release(world: World) -> None:
    with world.database.transaction() as tx:
        row = tx.session.scalars(select(GuardTrip).where(GuardTrip.until.is_(None))).one()
        trips.let_go(tx.session, row, "account:1", "spoken with her", clock.now(tx.session))
    world.run()


def test_what_the_staff_say_they_have_sent_is_a_touch(world: World) -> None:
    world.publish(CARE)
    li = crew(world, "li")["li"]
    guard(world, STAFF)
    first, second, third = ask(world, "a", "b", "c", adviser=li)
    act(world, first, task_acts.finish, "sent")
    act(world, second, task_acts.finish, "sent")
    act(world, third, task_acts.finish, "not_friend")
    world.run()
    delete(world, ["a", "c"])
    look(world)
    look(world)
    counted = world.rows(
        select(GuardTally.per, GuardTally.subject, GuardTally.touches).order_by(GuardTally.per)
    )
    assert counted == [("staff", "li", 2), ("step", f"{first.journey_id}:call", 2)]
    assert world.rows(select(GuardHit.outbox_id, GuardHit.staff)) == [(-first.id, "li")], (
        "nobody spoke with c"
    )


def test_a_deletion_counts_against_nobody_else(world: World) -> None:
    world.publish(CARE)
    wang = crew(world, "wang")["wang"]
    guard(world, STAFF)
    [task] = ask(world, "a", adviser=wang)
    act(world, task, task_acts.finish, "sent")
    world.run()
    delete(world, ["a"])  # who was deleted is Li
    look(world)
    assert world.count(GuardHit) == 0


@pytest.mark.parametrize(("per", "subject"), [("staff", "li"), ("step", "call"), ("material", None)])
def test_the_last_month_knows_of_what_the_staff_sent(world: World, per: str, subject: str | None) -> None:
    world.publish(CARE)
    trip_li(world)
    rule = Rule("deletion", per, 24, 72, 10.0, 10, "pause")
    with world.database.reading() as tx:
        told = guard_preview.preview(tx.session, world.workspace, rule, clock.now(tx.session))
        other = guard_preview.preview(tx.session, world.workspace + 1, rule, clock.now(tx.session))
    assert (told.known, told.messages, told.hits) == (True, 10, 2)
    trips = [(trip.subject.rpartition(":")[2], trip.touches, trip.hits) for trip in told.trips]
    assert trips == ([(subject, 10, 2)] if subject else []), "the task has no material"
    assert (other.messages, other.hits, other.trips) == (0, 0, ())


def test_nothing_new_is_given_to_somebody_paused_until_she_is_released(world: World) -> None:
    world.publish(CARE)
    li = trip_li(world)
    [task] = ask(world, "late", adviser=li)
    assert (task.state, task.staff_id) == ("draft", None)
    assert task.history[-1]["act"] == "held"
    world.run()
    assert len(all_tasks(world)[-1].history) == 2, "it is not looked at again and again"
    release(world)
    task = all_tasks(world)[-1]
    assert (task.state, task.staff_id) == ("assigned", li)


def test_it_goes_to_another_friend_or_to_the_team(world: World) -> None:
    world.publish(drawing(assign="relationship", team="顾问"))
    li = trip_li(world)
    wang = crew(world, "wang", team="别的")["wang"]
    contact = world.person("both")
    befriend(world, contact, wang, "2025-12-01 10:00")
    [task] = ask(world, "both", adviser=li)
    assert task.staff_id == wang, "the older friend"
    zhao = crew(world, "zhao")["zhao"]
    [task] = ask(world, "hers", adviser=li)
    assert task.staff_id == zhao, "the same team"


@pytest.mark.parametrize(("action", "given"), [("pause", "zhao"), ("slow", "zhao"), ("tell", None)])
def test_those_who_take_turns_pass_over_her(world: World, action: str, given: str | None) -> None:
    world.publish(drawing(assign="relationship", team="顾问"))
    trip_li(world, Rule("deletion", "staff", 24, 72, 10.0, 10, action))
    crew(world, "zhao")
    world.publish(drawing(assign="rota", team="顾问"))
    tasks = ask(world, *(f"n{n}" for n in range(8)))
    names = {line["to"] for task in tasks for line in task.history if line["act"] == "assigned"}
    assert names == ({given} if given else {"li", "zhao"})


def test_who_is_slowed_down_still_looks_after_her_own(world: World) -> None:
    world.publish(CARE)
    li = trip_li(world, Rule("deletion", "staff", 24, 72, 10.0, 10, "slow"))
    [task] = ask(world, "mine", adviser=li)
    assert task.staff_id == li


def test_messages_in_her_name_wait_and_those_of_others_go(world: World) -> None:
    world.publish(CARE)
    li = trip_li(world)
    wang = crew(world, "wang")["wang"]
    say = journey(
        entries=[{"id": "in", "on": {"type": "hand"}, "to": "one"}],
        stages=[{"id": "one", "initial": "greet"}],
        steps=[send("greet", "one", "hello")],
        arrows=[exits("a1", "greet", "sent", "won")],
    )
    world.publish(say)
    for who, adviser in (("hers", li), ("his", wang)):
        befriend(world, world.person(who), adviser)
        world.signal("enroll", "main", who)
    world.run()
    assert world.messages("his") == [("hello", "delivered")]
    assert world.messages("hers") == [("hello", "pending")]
    [(until, why)] = world.rows(select(Outbox.not_before, Outbox.reason).where(Outbox.state == "pending"))
    assert (until, why) == (FAR, "a guard holds it back: li")
    befriend(world, world.person("hers"), wang, "2026-03-01 10:00")  # it is still hers to be let go
    release(world)
    with world.database.transaction() as tx:
        clock.set_now(tx.session, clock.now(tx.session) + timedelta(minutes=11))
    world.run()
    assert world.messages("hers") == [("hello", "delivered")]


# -- who is told --------------------------------------------------------------------------------------------------


def accounts(world: World) -> dict[str, int]:
    """An owner, an editor who owns a material, and somebody who has left."""
    with world.database.transaction() as tx:
        now = clock.now(tx.session)
        found = {}
        for name, role, active in (
            ("boss", "owner", True),
            ("writer", "editor", True),
            ("gone", "owner", False),
        ):
            row = Account(
                email=f"{name}@brand.example", name=name, password_hash="", active=active, created_at=now
            )
            tx.session.add(row)
            tx.session.flush()
            tx.session.add(Member(workspace_id=world.workspace, account_id=row.id, role=role, created_at=now))
            found[name] = row.id
        return found


@pytest.fixture
def office(world: World) -> PostOffice:
    """The workspace's own mail server."""
    vault = Vault(["k" * 64])
    with mail() as running:
        dialing.configure(["127.0.0.0/8"], [running.port])  # the server of a brand's own network
        now = datetime.now(UTC)
        with world.database.transaction() as tx:
            tx.session.add(
                Connection(
                    workspace_id=world.workspace, connector="email", name="邮箱", carriers=["email"],
                    callback_id="e" * 32, created_at=now, updated_at=now,
                    settings={
                        "host": "127.0.0.1", "port": running.port, "encryption": "none",
                        "from_address": "hi@brand.example", "public_url": "https://rb.example",
                    },
                )
            )  # fmt: skip
        world.worker = Worker(world.database, vault=vault)
        yield running
        if world.worker.deliver.registry.has_account(world.workspace, "email"):
            world.worker.deliver.registry.connector(world.workspace, "email").close()
        dialing.configure()


def settle(world: World) -> None:
    """Let the notices go, as if all pauses were over."""
    for _ in range(3):
        with world.database.transaction() as tx:
            tx.session.execute(update(Notice).values(not_before=datetime(2020, 1, 1, tzinfo=UTC)))
        world.worker.notices._looked = float("-inf")
        if not world.worker.notices.run():
            return


def told(office: PostOffice) -> list[tuple[str, str, str]]:
    found = []
    for one in office.mails:
        letter = email.message_from_bytes(one.content, policy=MODERN)
        found.append((one.to, letter["Subject"], letter.get_content()))
    return sorted(found)


def test_owners_are_told_by_mail_once(world: World, office: PostOffice) -> None:
    accounts(world)
    world.publish(CARE)
    trip_li(world)
    settle(world)
    look(world)
    settle(world)
    [(to, subject, text)] = told(office)
    assert (to, subject) == ("boss@brand.example", "守护：li")
    assert "10 次触达有 2 次删好友（20.0%）" in text and "it is paused until somebody lets it go" in text
    assert "/u/" not in text, "it is no advertising"


def test_a_mail_begins_in_the_language_of_the_workspace(world: World, office: PostOffice) -> None:
    accounts(world)
    world.publish(CARE)
    with world.database.transaction() as tx:
        workspace = tx.session.get_one(Workspace, world.workspace)
        workspace.settings = {**workspace.settings, "language": "en"}
    trip_li(world)
    settle(world)
    [(_, subject, text)] = told(office)
    first, *_, second = text.split("\n\n" if "\r" not in text else "\r\n\r\n")
    assert subject == "Guard: li"
    assert "li, 2 of 10 touches, people who delete us (20.0 %): it is paused" in first
    assert "10 次触达有 2 次删好友（20.0%）" in second, "whoever reads the other one is told as well"


def test_the_owner_of_a_material_is_told_too(world: World, office: PostOffice) -> None:
    whose = accounts(world)
    world.publish(drawing(assign="relationship", team="", content="words"))
    with world.database.transaction() as tx:
        tx.session.add(
            Material(
                workspace_id=world.workspace, key="words", name="关怀话术", carrier="wecom_direct",
                body={"text": "你好"}, updated_at=clock.now(tx.session), owner_id=whose["writer"],
            )
        )  # fmt: skip
    trip_li(world, Rule("deletion", "material", 24, 72, 10.0, 10, "tell"))
    settle(world)
    assert [(to, subject) for to, subject, _ in told(office)] == [
        ("boss@brand.example", "守护：关怀话术"),
        ("writer@brand.example", "守护：关怀话术"),
    ]


def test_a_mail_waits_while_everything_is_stopped_and_until_the_server_answers(
    world: World, office: PostOffice
) -> None:
    accounts(world)
    world.publish(CARE)
    trip_li(world)
    with world.database.transaction() as tx:
        stops.stop(tx.session, world.workspace, "account:1", "a wrong price", clock.now(tx.session))
    settle(world)
    assert office.mails == []
    with world.database.transaction() as tx:
        stops.release(tx.session, world.workspace, "account:1", "", clock.now(tx.session))
    world.run()
    office.data["boss@brand.example"] = "drop"
    settle(world)
    assert world.rows(select(Notice.state)) == [("waiting",)]
    office.data.clear()
    settle(world)
    assert world.rows(select(Notice.state)) == [("sent",)]
    letters = [email.message_from_bytes(one.content, policy=MODERN) for one in office.mails]
    assert len(letters) > 1 and len({letter["Message-ID"] for letter in letters}) == 1, (
        "the same letter again"
    )


def test_without_a_mail_server_nothing_is_written(world: World) -> None:
    accounts(world)
    world.publish(CARE)
    trip_li(world)
    assert world.count(Notice) == 0
