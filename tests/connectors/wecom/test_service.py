"""The customer service, and consent to the archive of chats."""

from __future__ import annotations

from tests.connectors.wecom.conftest import Fake


def test_the_service_answers_five_times_in_48_hours(fake: Fake) -> None:
    def answer() -> int:
        return int(fake.call("kf/send_msg", {"touser": "wm1", "open_kfid": "kf1"})["errcode"])

    assert answer() == 95001
    fake.act("service/customer", external_userid="wm1")
    assert [answer() for _ in range(6)] == [0] * 5 + [95001]
    fake.act("service/customer", external_userid="wm1")
    fake.later(48 * 3600 - 10)
    assert answer() == 0
    fake.later(20)
    assert answer() == 95001


def test_a_code_of_an_event_is_good_for_20_seconds_or_48_hours(fake: Fake) -> None:
    def say(code: str) -> int:
        return int(fake.call("kf/send_msg_on_event", {"code": code, "msgtype": "text"})["errcode"])

    first, second = (
        fake.act("service/customer", external_userid="wm1", enter=True)["code"] for _ in range(2)
    )
    last = fake.act("service/event", external_userid="wm1")["code"]
    fake.later(19)
    assert [say(first), say(first)] == [0, 95002]
    fake.later(2)
    assert say(second) == 95002
    fake.later(47 * 3600)
    assert say(last) == 0


def test_consent_to_the_archive_is_asked_for_100_at_once(fake: Fake) -> None:
    yes, no = fake.add(), fake.add()
    fake.act("customer/archive", external_userid=yes)
    rows = [{"userid": "lili", "exteranalopenid": one} for one in (yes, no)]
    told = fake.call("msgaudit/check_single_agree", {"info": rows})["agreeinfo"]
    assert [one["agree_status"] for one in told] == ["Agree", "Disagree"]
    assert fake.call("msgaudit/check_single_agree", {"info": rows * 51})["errcode"] == 40058
