"""Group robots."""

from __future__ import annotations

from tests.connectors.wecom.conftest import Fake


def say(fake: Fake, key: str, text: str = "开团了") -> int:
    return int(
        fake.raw("webhook/send", {"key": key}, {"msgtype": "text", "text": {"content": text}})["errcode"]
    )


def test_a_robot_speaks_20_times_a_minute(fake: Fake) -> None:
    one, two = fake.act("robot/make")["key"], fake.act("robot/make")["key"]
    assert [say(fake, one) for _ in range(21)] == [0] * 20 + [45009]
    assert say(fake, two) == 0
    fake.later(61)
    assert say(fake, one) == 0
    fake.rule(robot__window_seconds=65)
    assert [say(fake, two) for _ in range(21)].count(0) == 20


def test_a_robot_says_2048_bytes(fake: Fake) -> None:
    key = fake.act("robot/make")["key"]
    assert say(fake, key, "好" * 682 + "!!") == 0 and say(fake, key, "好" * 683) == 40058
