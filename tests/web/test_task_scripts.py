"""Scripts beside a task: those that fit come first, with the customer's values; the staff read the words of their own."""

from __future__ import annotations

from typing import Any

import pytest

from audience.tables_tasks import StaffTask
from journeys.tables import Journey
from store.database import begin_write, db
from tests.web.conftest import House
from tests.web.rows import Rows, furnish
from tests.web.test_tasks_api import give, hire


@pytest.fixture
def rows(house: House) -> Rows:
    return furnish(house, "main")


def script(house: House, question: str, *answers: str, **more: Any) -> int:
    given = {"question": question, "answers": list(answers) or ["好的"], **more}
    made = house.client().post("scripts", json=given)
    assert made.status_code == 201, made.text
    return int(made.json["id"])


def questions(house: House, task: int) -> list[str]:
    return [one["question"] for one in house.browser("staff").get(f"tasks/{task}/scripts").json["items"]]


def test_those_that_fit_come_first_with_the_customers_values(house: House, rows: Rows) -> None:
    owner = house.client()
    hire(house, "amy", email="staff@main.example")
    script(house, "能退吗？", "可以的，{{ contact.name }}。")
    script(house, "这一步要做什么？", "先听。", stage="trust")
    script(house, "敏感肌能用吗？", "先试。", tags=["敏感肌"])
    script(house, "别的阶段", stage="elsewhere")
    script(house, "别的旅程", journey="elsewhere")
    assert owner.patch(f"contacts/{rows.contact_id}", json={"tags": ["敏感肌"]}).status_code == 200
    found = questions(house, rows.task_id)
    assert found.index("这一步要做什么？") == 0
    assert found.index("敏感肌能用吗？") < found.index("能退吗？"), "he wears the tag"
    assert not {"别的阶段", "别的旅程"} & set(found)
    items = house.browser("staff").get(f"tasks/{rows.task_id}/scripts").json["items"]
    (said,) = [one["answers"] for one in items if one["question"] == "能退吗？"]
    assert said == ["可以的，林-main。"]


def test_those_of_a_template_lie_beside_tasks_of_its_clones(house: House, rows: Rows) -> None:
    hire(house, "amy", email="staff@main.example")
    script(house, "模板里的", journey="spring")
    assert "模板里的" not in questions(house, rows.task_id)
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        task = session.get_one(StaffTask, rows.task_id)
        session.get_one(Journey, task.journey_id).template = "spring"
        session.commit()
    assert questions(house, rows.task_id)[0] == "模板里的"


def test_a_broken_answer_is_shown_as_it_stands(house: House, rows: Rows) -> None:
    hire(house, "amy", email="staff@main.example")
    script(house, "坏的", "{% for x in (1..999999999) %}{{ x }}{% endfor %}")
    items = house.browser("staff").get(f"tasks/{rows.task_id}/scripts")
    assert items.status_code == 200 and "{% for" in str(items.json)


def test_a_copy_is_counted_for_the_staff_too(house: House, rows: Rows) -> None:
    hire(house, "amy", email="staff@main.example")
    number = script(house, "能退吗？")
    staff = house.browser("staff")
    assert staff.post(f"scripts/{number}/copied", json={"answer": 0}).json["copies"] == [1]


def test_nobody_reads_what_lies_beside_a_task_of_others(house: House, rows: Rows) -> None:
    amy, ben = hire(house, "amy", email="staff@main.example"), hire(house, "ben", team="售后")
    his, mine = give(house, rows, ben, 3), give(house, rows, amy, 4)
    staff = house.browser("staff")
    assert staff.get(f"tasks/{his}/scripts").status_code == 404
    assert staff.get(f"tasks/{mine}/scripts").status_code == 200
    assert house.client(slug="other").get(f"tasks/{mine}/scripts").status_code == 404
    assert house.client("viewer").get(f"tasks/{mine}/scripts").status_code == 403


def test_the_staff_read_the_words_of_their_own_tasks_alone(house: House, rows: Rows) -> None:
    words = f"contents/{rows.content_id}/words"
    staff = house.browser("staff")
    assert staff.get(words).status_code == 404, "an account that is nobody of the staff"
    amy, ben = hire(house, "amy", email="staff@main.example"), hire(house, "ben", team="售后")
    give(house, rows, amy, 3)
    assert staff.get(f"{words}?contact_id={rows.contact_id}").status_code == 200
    assert staff.get(f"{words}?contact_id={rows.contact_id}&staff_id={ben}").status_code == 200
    stranger = house.client().post("contacts/batch", json={"contacts": [{"external_id": "stranger"}]})
    assert stranger.status_code in (200, 201)
    other = house.client().get("contacts?q=stranger").json["items"][0]["id"]
    assert staff.get(f"{words}?contact_id={other}").status_code == 404
    assert house.client("viewer").get(f"{words}?contact_id={other}").status_code == 200
    assert house.client("sender").get(words).status_code == 403
