"""The statistics of staff, in which deletions show."""

from __future__ import annotations

from tests.connectors.wecom.conftest import Fake

DATA, DAY = "externalcontact/get_user_behavior_data", 86_400


def test_statistics_have_their_limits(fake: Fake) -> None:
    now = int(fake.world.now())

    def code(users: list[str], begin: int, end: int) -> int:
        return int(fake.call(DATA, {"userid": users, "start_time": begin, "end_time": end})["errcode"])

    assert code(["lili"] * 100, now - 30 * DAY, now) == 0
    assert code(["lili"] * 101, now - DAY, now) == 40058
    assert code(["lili"], now - 31 * DAY, now) == 40058
    assert code(["lili"], now - 179 * DAY, now - 160 * DAY) == 0
    assert code(["lili"], now - 181 * DAY, now - 160 * DAY) == 40058


def test_deletions_are_counted(fake: Fake) -> None:
    people = [fake.add("lili") for _ in range(3)]
    for one in people[:2]:
        fake.act("customer/delete_staff", userid="lili", external_userid=one)
    now = int(fake.world.now())
    told = fake.call(DATA, {"userid": ["lili"], "start_time": now - DAY, "end_time": now})["behavior_data"]
    assert sum(day["negative_feedback_cnt"] for day in told) == 2
    assert sum(day["new_contact_cnt"] for day in told) == 3
