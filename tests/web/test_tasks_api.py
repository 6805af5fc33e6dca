"""Tasks over the API: the list of each, the day of the staff, results that count once, who may see what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from audience.tables_people import Staff
from audience.tables_tasks import StaffTask
from store.database import begin_write, db
from store.tables import Account, Inbox
from store.tables_guards import Guard, GuardTally, GuardTrip
from tests.web.conftest import Caller, House
from tests.web.rows import NOW, Rows, furnish


@pytest.fixture
def rows(house: House) -> Rows:
    return furnish(house, "main")


def hire(house: House, key: str, team: str = "顾问", email: str | None = None) -> int:
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        account = session.scalar(select(Account.id).where(Account.email == email)) if email else None
        row = Staff(workspace_id=house.ids["main"], key=key, name=key, team=team, active=True, created_at=NOW,
                    account_id=account)  # fmt: skip
        session.add(row)
        session.flush()
        number = row.id
        session.commit()
        return number


def give(house: House, rows: Rows, staff_id: int | None, n: int, **more: Any) -> int:
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        task = session.scalars(select(StaffTask).where(StaffTask.id == rows.task_id)).one()
        same = {
            c.name: getattr(task, c.name) for c in StaffTask.__table__.columns if c.name not in ("id", "key")
        }
        row = StaffTask(**{**same, "key": f"t{n}", "staff_id": staff_id, **more})
        session.add(row)
        session.flush()
        number = row.id
        session.commit()
        return number


def signals(house: House) -> int:
    with house.app.app_context():
        return len(db.session.scalars(select(Inbox.id).where(Inbox.kind == "task")).all())


def test_a_task_as_it_is_shown(house: House, rows: Rows) -> None:
    (task,) = house.client().get("tasks").json["items"]
    assert task["title"] == "请致电 林-main" and task["phone"] == "138****8000"
    assert "".join(piece["text"] for piece in task["words"]) == "林-main 你好"
    assert "活的" in task["why"]["zh"] and "stage" in task["why"]["en"]
    assert task["open"] and task["history"][0]["act"] == "given"
    assert house.client().get("tasks?state=done").json["items"] == []
    assert house.client(slug="other").get("tasks").json["items"] == []


def test_the_result_counts_once(house: House, rows: Rows) -> None:
    editor, path = house.client("editor"), f"tasks/{rows.task_id}/result"
    first = editor.post(path, json={"result": "sent", "note": "很高兴"})
    assert first.status_code == 200 and first.json["state"] == "done"
    assert editor.post(path, json={"result": "sent"}).status_code == 200, "the second press"
    other = editor.post(path, json={"result": "not_suitable"})
    assert (other.status_code, other.json["code"]) == (409, "task-done") and "已发送" in other.json["detail"]
    assert signals(house) == 1


def test_a_task_taken_back_says_so(house: House, rows: Rows) -> None:
    number = give(house, rows, None, 2, state="withdrawn", closed_at=NOW)
    for act, body in (("result", {"result": "sent"}), ("confirm", {}), ("hand-over", {"team": "教务"})):
        answer = house.client("editor").post(f"tasks/{number}/{act}", json=body)
        assert (answer.status_code, answer.json["code"]) == (409, "task-withdrawn"), act
    late = give(house, rows, None, 3, state="timed_out", closed_at=NOW)
    assert house.client("editor").post(f"tasks/{late}/result", json={"result": "sent"}).status_code == 200
    wrong = house.client("editor").post(f"tasks/{rows.task_id}/result", json={"result": "danced"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "no-such-result")


def test_the_same_key_from_two_devices(house: House, rows: Rows) -> None:
    sent = {"json": {"result": "sent"}, "headers": {"Idempotency-Key": f"task-{rows.task_id}-sent"}}
    answers = [house.client("editor").post(f"tasks/{rows.task_id}/result", **sent) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200] and answers[0].json == answers[1].json
    assert signals(house) == 1


def staff_browser(house: House) -> Caller:
    return house.browser("staff")


def test_the_staff_see_their_own_and_nothing_else(house: House, rows: Rows) -> None:
    amy = hire(house, "amy", email="staff@main.example")
    ben = hire(house, "ben", team="售后")
    mine, his = give(house, rows, amy, 2), give(house, rows, ben, 3)
    caller = staff_browser(house)
    seen = {one["id"] for one in caller.get("tasks").json["items"]}
    assert seen == {rows.task_id, mine}, "one's own, and what one's team has"
    assert caller.get(f"tasks/{his}").status_code == 404
    assert caller.post(f"tasks/{his}/result", json={"result": "sent"}).status_code == 404
    assert caller.get(f"tasks/day?staff_id={ben}").status_code == 404
    assert caller.get("session").json["workspace"]["role"] == "staff"
    for path in ("contacts", "journeys", "tasks/load", "unusual-cases", "staff", "messages", "audit"):
        assert caller.get(path).status_code == 403, path
    taken = caller.post(f"tasks/{rows.task_id}/confirm")
    assert taken.json["staff_name"] == "amy" and taken.json["state"] == "confirmed"
    assert house.client("viewer").get("tasks").status_code == 403


def test_the_day_is_one_list_by_customer_what_matters_first(house: House, rows: Rows) -> None:
    amy = hire(house, "amy", email="staff@main.example")
    give(house, rows, amy, 2, due_at=NOW + timedelta(hours=3), scene={"event": {"amount": 880}})
    alone = give(house, rows, amy, 3, contact_id=None, enrollment_id=None, title="准备会员日",
                 due_at=NOW - timedelta(hours=1))  # fmt: skip
    caller = staff_browser(house)
    day = caller.get("tasks/day").json
    assert day["person"]["name"] == "amy" and day["open"] == 3
    first, second = day["customers"]
    assert len(first["tasks"]) == 2 and first["name"] == "林-main" and first["value"] > second["value"]
    assert second["tasks"][0]["id"] == alone and second["contact_id"] is None
    assert house.client("editor").get(f"tasks/day?staff_id={amy}").json["open"] == 3
    crew = caller.get("tasks/crew").json
    assert "顾问" in crew["teams"] and "amy" in [one["name"] for one in crew["people"]]


def test_handing_over_to_another_team_keeps_the_history(house: House, rows: Rows) -> None:
    tom = hire(house, "tom", team="教务")
    answer = house.client("editor").post(
        f"tasks/{rows.task_id}/hand-over", json={"team": "教务", "note": "已成交，请排课"}
    )
    assert (answer.json["staff_id"], answer.json["team"]) == (tom, "教务")
    assert [line["act"] for line in answer.json["history"]] == ["given", "assigned", "handed_over"]
    assert answer.json["history"][-1]["note"] == "已成交，请排课"
    nobody = house.client("editor").post(f"tasks/{rows.task_id}/hand-over", json={})
    assert nobody.status_code == 422


def test_not_suitable_is_reviewed_later(house: House, rows: Rows) -> None:
    answer = house.client("editor").post(f"tasks/{rows.task_id}/not-suitable", json={"reason": "正在退款"})
    assert answer.json["result"] == "not_suitable" and signals(house) == 1
    cases = house.client("editor").get("unusual-cases").json["items"]
    assert cases[0]["reason"] == "正在退款" and cases[0]["contact_name"] == "林-main"
    path = f"unusual-cases/{cases[0]['id']}/review"
    done = house.client("editor").post(path, json={"verdict": "changed", "answer": "加了退款分支"})
    assert done.json["state"] == "reviewed"
    assert house.client("editor").post(path, json={"verdict": "kept"}).status_code == 409


def test_leads_see_the_load_and_give_many_to_another(house: House, rows: Rows) -> None:
    amy, ben = hire(house, "amy"), hire(house, "ben")
    ids = [give(house, rows, amy, n, due_at=NOW - timedelta(days=400)) for n in range(4)]
    load = {one["staff_id"]: one for one in house.client("editor").get("tasks/load").json["items"]}
    assert (load[amy]["open"], load[amy]["overdue"], load[ben]["open"]) == (4, 4, 0)
    assert load[None]["team"] == "顾问" and load[None]["open"] == 1
    late = house.client("editor").get("tasks?overdue=true").json["items"]
    assert {one["id"] for one in late} == set(ids)
    moved = house.client("editor").post(
        "tasks/reassign", json={"ids": ids[:3], "staff_id": ben, "note": "休假"}
    )
    assert moved.json == {"moved": 3}
    load = {one["staff_id"]: one for one in house.client("editor").get("tasks/load").json["items"]}
    assert (load[amy]["open"], load[ben]["open"]) == (1, 3)


def test_a_task_for_nobody_in_particular(house: House, rows: Rows) -> None:
    hire(house, "amy")
    due = (NOW + timedelta(days=7)).isoformat()
    made = house.client("editor").post("tasks", json={"title": "准备会员日", "team": "顾问", "due_at": due})
    assert made.status_code == 201 and made.json["staff_name"] == "amy" and made.json["contact_id"] is None
    done = house.client("editor").post(f"tasks/{made.json['id']}/result", json={"result": "done"})
    assert done.json["state"] == "done" and signals(house) == 0
    assert house.client("editor").post("tasks", json={"title": "x"}).status_code == 422


def pause(house: House, key: str, action: str = "pause") -> int:
    """Let a guard have tripped at a member of staff; returns the trip's id."""
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        mine = {"workspace_id": house.ids["main"], "rule": {"measure": "deletion", "per": "staff"}}
        guard = Guard(**mine, name="员工被删过多", state="on", since=NOW, updated_at=NOW, updated_by="t")
        session.add(guard)
        session.flush()
        trip = GuardTrip(**mine, guard_id=guard.id, per="staff", subject=key, action=action, at=NOW, touches=40,
                         hits=10, woken=False)  # fmt: skip
        session.add(trip)
        session.flush()
        number = trip.id
        session.commit()
        return number


def test_who_is_paused_takes_nothing_from_the_team(house: House, rows: Rows) -> None:
    amy = hire(house, "amy", email="staff@main.example")
    own = give(house, rows, amy, 2)
    trip, caller = pause(house, "amy"), staff_browser(house)
    pool = f"tasks/{rows.task_id}"
    for act, body in (("confirm", {}), ("result", {"result": "sent"}), ("hand-over", {"staff_id": amy})):
        answer = caller.post(f"{pool}/{act}", json=body)
        assert (answer.status_code, answer.json["code"]) == (409, "staff-paused"), act
        assert "守护“员工被删过多”" in answer.json["detail"] and "请同事领取" in answer.json["detail"]
        told = caller.post(f"{pool}/{act}", json=body, headers={"Accept-Language": "en"}).json["detail"]
        assert "guard “员工被删过多”" in told and "a colleague" in told
        seen = caller.get(pool).json
        assert (seen["staff_id"], seen["open"], seen["state"]) == (None, True, "assigned")
    assert signals(house) == 0
    assert caller.post(f"tasks/{own}/result", json={"result": "sent"}).status_code == 200, (
        "what is hers stays hers"
    )
    day = caller.get("tasks/day").json
    assert day["paused"]["guard"] == "员工被删过多" and day["paused"]["since"]
    assert caller.post(f"{pool}/hand-over", json={"team": "售后"}).status_code == 200, "others may have it"
    other = give(house, rows, None, 3)
    given = house.client("editor").post(f"tasks/{other}/hand-over", json={"staff_id": amy})
    assert given.json["staff_id"] == amy, "who answers for the team may still give her one"
    third = give(house, rows, None, 4, team="顾问")
    with house.app.app_context():
        begin_write(db.session())
        db.session.get_one(GuardTrip, trip).until = NOW
        db.session.commit()
    assert caller.post(f"tasks/{third}/confirm").json["staff_id"] == amy, "released"
    assert caller.get("tasks/day").json["paused"] is None


@pytest.mark.parametrize("action", ["slow", "tell"])
def test_who_is_only_slowed_down_may_take_and_it_counts_as_hers(
    house: House, rows: Rows, action: str
) -> None:
    amy = hire(house, "amy", email="staff@main.example")
    pause(house, "amy", action)
    caller = staff_browser(house)
    assert caller.get("tasks/day").json["paused"] is None
    done = caller.post(f"tasks/{rows.task_id}/result", json={"result": "sent"})
    assert done.json["staff_id"] == amy
    with house.app.app_context():
        counted = db.session.scalars(select(GuardTally.subject).where(GuardTally.per == "staff")).all()
    assert counted == ["amy"], "whoever says it has sent it"
    again = caller.post(f"tasks/{rows.task_id}/result", json={"result": "sent"})
    assert again.status_code == 200


def test_a_result_that_was_given_already_stays_with_whoever_gave_it(house: House, rows: Rows) -> None:
    hire(house, "amy", email="staff@main.example")
    done = give(house, rows, None, 2, state="done", closed_at=NOW, result="sent")
    taken = give(house, rows, None, 3, state="withdrawn", closed_at=NOW)
    pause(house, "amy")
    caller = staff_browser(house)
    same = caller.post(f"tasks/{done}/result", json={"result": "sent"})
    assert same.status_code == 200 and same.json["staff_id"] is None
    late = caller.post(f"tasks/{taken}/result", json={"result": "sent"})
    assert (late.status_code, late.json["code"]) == (409, "task-withdrawn")
