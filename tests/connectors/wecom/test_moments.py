"""Moments: a job, what may be attached, who publishes and who answers."""

from __future__ import annotations

from typing import Any

from tests.connectors.wecom.conftest import Fake

ADD, RESULT = "externalcontact/add_moment_task", "externalcontact/get_moment_task_result"


def add(fake: Fake, text: str = "早安", **more: Any) -> dict[str, Any]:
    return fake.call(ADD, {"text": {"content": text}, **more})


def made(fake: Fake, **more: Any) -> str:
    told = fake.call(RESULT, jobid=add(fake, **more)["jobid"])
    assert told["status"] == 3
    return str(told["result"]["moment_id"])


def media(fake: Fake, **more: Any) -> dict[str, Any]:
    number = fake.world.number("media")
    fake.world.store("media")[number] = {"type": "image", "bytes": 10, **more}
    return {"media_id": number}


def test_a_job_is_known_for_24_hours(fake: Fake) -> None:
    jobid = add(fake)["jobid"]
    fake.later(24 * 3600 - 10)
    assert fake.call(RESULT, jobid=jobid)["status"] == 3
    fake.later(20)
    assert fake.call(RESULT, jobid=jobid)["errcode"] == 40058


def test_a_moment_has_one_kind_of_attachment(fake: Fake) -> None:
    image = {"msgtype": "image", "image": media(fake)}
    link = {"msgtype": "link", "link": {"title": "店", "url": "https://example.com"}}
    assert add(fake, "好" * 2001)["errcode"] == 40058 and add(fake, "好" * 2000)["errcode"] == 0
    codes = [
        add(fake, attachments=given)["errcode"]
        for given in ([image] * 9, [image] * 10, [image, link], [link] * 2)
    ]
    assert codes == [0, 40058, 40058, 40058]


def test_a_video_has_10_mb(fake: Fake) -> None:
    def code(**more: Any) -> int:
        return int(add(fake, attachments=[{"msgtype": "video", "video": media(fake, **more)}])["errcode"])

    assert code(bytes=10 * 1024 * 1024, seconds=30) == 0
    assert code(bytes=10 * 1024 * 1024 + 1) == code(seconds=31) == 40006


def test_a_moment_is_for_so_many_staff(fake: Fake) -> None:
    assert fake.world.rules["moment.users"] == 100_000
    fake.rule(moment__users=2)
    three = {"sender_list": {"user_list": ["lili", "wangwei", "chenjie"]}}
    assert add(fake, visible_range=three)["errcode"] == 40058


def test_tags_make_a_moment_partly_visible(fake: Fake) -> None:
    tag = fake.act("tag/make", name="会员")["id"]
    member, _other = fake.add(), fake.add()
    fake.act("staff/tag", userid="lili", external_userid=member, add=[tag])
    moment = made(fake, visible_range={"external_contact_list": {"tag_list": [tag]}})
    assert fake.act("moment/publish", moment_id=moment, userid="lili")["seen_by"] == [member]


def test_what_is_published_stays(fake: Fake) -> None:
    customer, moment = fake.add(), made(fake)
    fake.act("moment/publish", moment_id=moment, userid="lili")
    assert fake.call("externalcontact/cancel_moment_task", {"moment_id": moment})["errcode"] == 0
    assert len(fake.arrived(customer)) == 1
    assert "cancelled" in fake.act("moment/publish", moment_id=moment, userid="wangwei")["error"]


def test_too_many_jobs_at_once(fake: Fake) -> None:
    fake.rule(moment__jobs_most=2)
    first = add(fake)["jobid"]
    assert [add(fake)["errcode"] for _ in range(2)] == [0, 41078]
    fake.call(RESULT, jobid=first)
    assert add(fake)["errcode"] == 0


def test_staff_must_publish(fake: Fake) -> None:
    customer, moment = fake.add(), made(fake)
    asked = {"moment_id": moment, "userid": "lili"}
    assert fake.call("externalcontact/get_moment_comments", asked)["errcode"] == 41062
    assert fake.arrived(customer) == []
    fake.act("moment/publish", moment_id=moment, userid="lili")
    assert fake.call("externalcontact/get_moment_comments", asked)["errcode"] == 0
    rows = fake.call("externalcontact/get_moment_task", {"moment_id": moment})["task_list"]
    assert {row["userid"]: row["publish_status"] for row in rows} == {"lili": 1, "wangwei": 0, "chenjie": 0}


def test_likes_and_comments_name_the_customer(fake: Fake) -> None:
    customer, moment = fake.add(), made(fake)
    fake.act("moment/publish", moment_id=moment, userid="lili")
    for like in (True, False):
        fake.act("moment/comment", moment_id=moment, userid="lili", external_userid=customer, like=like)
    told = fake.call("externalcontact/get_moment_comments", {"moment_id": moment, "userid": "lili"})
    assert [told[name][0]["external_userid"] for name in ("like_list", "comment_list")] == [
        customer,
        customer,
    ]


def test_how_often_a_customer_sees_moments_is_a_setting(fake: Fake) -> None:
    customer = fake.add()
    assert fake.world.rules["moment.display"] is None
    fake.rule(moment__display=2)
    seen = [fake.act("moment/publish", moment_id=made(fake), userid="lili")["seen_by"] for _ in range(3)]
    assert seen == [[customer], [customer], []]
