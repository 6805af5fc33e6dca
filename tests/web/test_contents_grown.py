"""Materials grown: versions, reviews, checks, open slots, variants and scripts, over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from audience.tables import Contact, Event
from audience.tables_people import Staff, StaffRelation
from content.tables import Material
from content.tables_materials import VariantMessage
from insights.variants import choose
from journeys.tables import GoalHit
from store import clock
from store.database import begin_write, db
from store.tables import Outbox
from tests.web.conftest import House
from tests.web.rows import NOW, furnish
from tests.web.test_journeys_api import DEFINITION

WORDS = {"key": "welcome", "name": "欢迎", "carrier": "wecom_direct", "body": {"text": "你好，我是小美。"}}
FINE = {name: {"fine": True} for name in ("compliance", "fit", "appeal")}
OPEN = '新品到店。{% slot "场景" max: 12 %}周末愉快{% endslot %}满 199 减 30。'


def made(client: Any, **changed: Any) -> dict[str, Any]:
    answer = client.post("contents", json=WORDS | changed)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json
    return told


def test_each_change_of_words_is_a_version_that_can_be_compared_and_gone_back_to(house: House) -> None:
    owner = house.client("owner", "main")
    one = made(owner, category="activation", topic="welcome")
    assert (one["version"], one["status"], one["category"]) == (1, "draft", "activation")
    place = f"contents/{one['id']}"
    same = owner.put(place, json=WORDS | {"category": "brand"}).json
    assert (same["version"], same["category"], same["topic"]) == (1, "brand", "welcome")
    two = owner.put(place, json=WORDS | {"body": {"text": "你好，我是小美，送你一张券。"}}).json
    assert two["version"] == 2 and two["category"] == "brand"
    listed = owner.get(f"{place}/versions").json["items"]
    assert [version["number"] for version in listed] == [2, 1]
    compared = owner.get(f"{place}/compare?before=1&after=2").json["changes"]
    assert compared == [
        {
            "path": "text",
            "pieces": [
                {"how": "same", "text": "你好，我是小美"},
                {"how": "in", "text": "，送你一张券"},
                {"how": "same", "text": "。"},
            ],
        }
    ]
    back = owner.post(f"{place}/back", json={"version": 1}).json
    assert (back["version"], back["body"]) == (3, WORDS["body"])
    assert owner.get(f"{place}/compare?before=1&after=9").status_code == 404


def test_a_review_approves_or_sends_back_and_not_ones_own_words(house: House) -> None:
    owner, editor = house.client("owner", "main"), house.client("editor", "main")
    one = made(owner)
    place = f"contents/{one['id']}"
    assert owner.put("contents/policy", json={"review": "error", "others_review": True}).status_code == 200
    assert owner.post(f"{place}/submit").json["status"] == "review"
    assert owner.post(f"{place}/submit").json["code"] == "not-a-draft"
    own = owner.post(f"{place}/review", json={"version": 1, "answers": FINE})
    assert (own.status_code, own.json["code"]) == (409, "author")
    silent = FINE | {"fit": {"fine": False}}
    assert (
        editor.post(f"{place}/review", json={"version": 1, "answers": silent}).json["code"] == "note-missing"
    )
    sent = FINE | {"fit": {"fine": False, "note": "不适合老客"}}
    assert editor.post(f"{place}/review", json={"version": 1, "answers": sent}).json["verdict"] == "sent_back"
    assert owner.get(place).json["status"] == "sent_back"
    assert editor.post(f"{place}/review", json={"version": 1, "answers": FINE}).json["verdict"] == "approved"
    two = owner.put(place, json=WORDS | {"body": {"text": "全网最低价！"}}).json
    assert (two["status"], two["approved_version"]) == ("draft", 1)
    assert editor.post(f"{place}/review", json={"version": 1, "answers": FINE}).json["code"] == "moved"
    assert editor.post(f"{place}/review", json={"version": 2, "answers": FINE}).json["code"] == "forbidden"
    assert [row["verdict"] for row in owner.get(f"{place}/reviews").json["items"]] == [
        "approved",
        "sent_back",
    ]


def test_customers_read_the_approved_version_where_texts_are_reviewed(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client("owner", "main")
    one = made(owner)
    place = f"contents/{one['id']}"
    owner.post(f"{place}/review", json={"version": 1, "answers": FINE})
    owner.put(place, json=WORDS | {"body": {"text": "改过了"}})
    said = f"{place}/words?contact_id={rows.contact_id}"
    assert owner.get(said).json["text"] == "改过了", "nobody asks for reviews yet"
    owner.put("contents/policy", json={"review": "warning"})
    told = owner.get(said).json
    assert (told["text"], told["version"]) == ("你好，我是小美。", 1)


def test_publishing_tells_of_what_is_not_approved_or_over(house: House) -> None:
    owner = house.client("owner", "main")
    one = made(owner)
    say = {"id": "say", "stage": "trust", "kind": "send"}
    say |= {"config": {"carrier": "wecom_direct", "content": "welcome"}}
    follow = {"id": "a4", "from": "say", "exit": "sent", "to": "bought"}
    definition = DEFINITION | {
        "steps": [*DEFINITION["steps"], say],
        "arrows": [
            *DEFINITION["arrows"][1:],
            {"id": "a1", "from": "pause", "exit": "next", "to": "say"},
            follow,
        ],
    }
    journey = owner.post("journeys", json={"name": "x"}).json

    def codes() -> dict[str, str]:
        answer = owner.post(f"journeys/{journey['id']}/check", json={"definition": definition})
        assert answer.status_code == 200, answer.text
        return {one["code"]: one["severity"] for one in answer.json["problems"]}

    assert "unapproved-content" not in codes()
    owner.put("contents/policy", json={"review": "warning"})
    assert codes()["unapproved-content"] == "warning"
    owner.put("contents/policy", json={"review": "error"})
    assert codes()["unapproved-content"] == "error"
    owner.post(f"contents/{one['id']}/review", json={"version": 1, "answers": FINE})
    assert "unapproved-content" not in codes()
    owner.put(f"contents/{one['id']}", json=WORDS | {"expires_at": "2020-01-01T00:00:00+00:00"})
    assert codes()["expired-content"] == "error"
    listed = owner.get("contents?expiring=7").json["items"]
    assert [material["id"] for material in listed] == [one["id"]]


def test_a_colleague_s_look_and_the_lists_of_words(house: House) -> None:
    owner = house.client("owner", "main")

    def codes(carrier: str, topic: str = "", **body: Any) -> set[str]:
        answer = owner.post("contents/check", json={"carrier": carrier, "body": body, "topic": topic})
        assert answer.status_code == 200, answer.text
        return {one["code"] for one in answer.json["findings"]}

    assert "forbidden-word" in codes("sms", text="国家级品质")
    assert {"no-opt-out", "no-signature", "segments"} <= codes("sms", text="你好")
    assert codes("sms", text="你好", signature="花间", opt_out="拒收请回复R") == {"segments"}
    assert "no-unsubscribe" in codes("email", subject="a", text="b")
    assert {"all-capitals", "exclamation"} <= codes("email", subject="a", text="BUY NOW WITH ALL!!!! 退订")
    assert "unknown-variable" in codes("wecom_direct", text="{{ contact.nothing_like_it }}")
    assert {"no-who", "no-what", "no-next"} <= codes("wecom_direct", "welcome", text="你好")
    assert {"welcome-who", "welcome-what", "welcome-next"} <= codes(
        "wecom_direct", "welcome", text="我是小美，入会就送好礼，回复 1 领取"
    )
    lists = [
        {"key": "own", "on": True, "words": ["竞品", " 竞品 "]},
        {"key": "absolute", "on": False, "words": []},
    ]
    kept = owner.put("contents/policy", json={"lists": lists}).json["lists"]
    assert next(one for one in kept if one["key"] == "own")["words"] == ["竞品"]
    assert "forbidden-word" in codes("sms", text="比竞品好")
    assert "forbidden-word" not in codes("sms", text="国家级品质")
    mix = {"activation": 60, "conversion": 30, "brand": 20}
    assert owner.put("contents/policy", json={"mix": mix}).status_code == 422


def test_the_mix_of_the_month_and_names(house: House) -> None:
    owner = house.client("owner", "main")
    for key, category in (("a", "activation"), ("b", "activation"), ("c", "brand"), ("d", "")):
        made(owner, key=key, category=category)
    mix = owner.get("contents/mix").json
    assert (mix["made"], mix["without"]) == (3, 1)
    assert [(part["percent"], part["plan"]) for part in mix["parts"]] == [(66.7, 50), (0.0, 30), (33.3, 20)]
    name = owner.get("contents/proposal?topic=welcome").json
    made(owner, **name)
    again = owner.get("contents/proposal?topic=welcome").json
    assert again["key"] == f"{name['key']}-2" and again["name"].endswith("-2")
    assert owner.get("contents/mix?month=2026-13").status_code == 422


def test_staff_fill_slots_and_the_core_stays(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client("owner", "main")
    one = made(owner, key="open", body={"text": OPEN})
    place = f"contents/{one['id']}"
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        staff = Staff(workspace_id=rows.workspace_id, key="mei", name="小美", active=True, created_at=NOW)
        session.add(staff)
        session.flush()
        session.add(
            StaffRelation(
                workspace_id=rows.workspace_id,
                contact_id=rows.contact_id,
                staff_id=staff.id,
                since=NOW,
                updated_at=NOW,
            )
        )
        mei = staff.id
        session.commit()
    said = f"{place}/words?contact_id={rows.contact_id}"
    told = owner.get(said).json
    assert told["text"] == "新品到店。周末愉快满 199 减 30。"
    assert told["slots"] == [{"name": "场景", "default": "周末愉快", "filled": None, "max": 12}]
    assert owner.put(f"{place}/slots", json={"slot": "场景", "words": "双十一快乐"}).status_code == 200
    assert owner.get(said).json["text"] == "新品到店。双十一快乐满 199 减 30。"
    evil = {"slot": "场景", "words": "{{stage}}{%", "staff_id": mei}
    assert owner.put(f"{place}/slots", json=evil).status_code == 200
    assert owner.get(said).json["text"] == "新品到店。{{stage}}{%满 199 减 30。", "a filling is never markup"
    assert owner.put(f"{place}/slots", json=evil | {"words": "长" * 13}).status_code == 422
    assert owner.put(f"{place}/slots", json=evil | {"words": "最佳"}).status_code == 422
    assert owner.put(f"{place}/slots", json=evil | {"slot": "别处"}).status_code == 422
    assert owner.put(f"{place}/slots", json=evil | {"day": "2026-02-30"}).status_code == 422
    assert owner.put(f"{place}/slots", json=evil | {"words": ""}).status_code == 200
    assert owner.get(said).json["slots"][0]["filled"] == "双十一快乐"
    assert owner.get(f"{place}/slots").json["items"][0]["filled"][0]["words"] == "双十一快乐"


def test_variants_are_compared_with_honest_intervals_and_one_is_chosen(house: House) -> None:
    owner = house.client("owner", "main")
    other = {"key": "b", "weight": 50, "body": {"text": "另一种"}}
    bad = owner.post("contents", json=WORDS | {"variants": [other | {"weight": 100}]})
    assert bad.status_code == 422
    one = made(owner, variants=[other], choosing={"by": "replied", "sample": 40})
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        here, now = house.ids["main"], clock.now(session)
        _sent(session, here, one["id"], "a", people=60, replying=5, now=now)
        _sent(session, here, one["id"], "b", people=60, replying=40, now=now)
        session.commit()
    told = owner.get(f"contents/{one['id']}/results").json
    a, b = told["variants"]
    assert (a["sent"], a["replied"], b["replied"], b["converted"]) == (60, 5, 40, 40)
    assert b["reply_rate"]["least"] < 40 / 60 < b["reply_rate"]["most"]
    assert told["better"] == {"replied": "b", "converted": "b"}
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        assert choose(session, clock.now(session)) == 1
        assert choose(session, clock.now(session)) == 0
        session.commit()
        assert session.scalar(select(Material.winner).where(Material.id == one["id"])) == "b"
    assert owner.post(f"contents/{one['id']}/winner", json={"variant": "z"}).status_code == 422
    assert owner.post(f"contents/{one['id']}/winner", json={"variant": ""}).json["winner"] == ""


def _sent(
    session: Any, here: int, material: int, variant: str, *, people: int, replying: int, now: Any
) -> None:
    for number in range(people):
        contact = Contact(workspace_id=here, external_id=f"{variant}{number}", created_at=NOW, updated_at=NOW)
        contact.name, contact.attributes, contact.tags = "x", {}, []
        session.add(contact)
        session.flush()
        place = {"workspace_id": here, "journey_id": 1, "version_id": 1, "enrollment_id": contact.id}
        row = Outbox(
            **place, contact_id=contact.id, key=f"{contact.id}:1:0", step="say", visit=1, seq=1, scene={}
        )
        row.carrier, row.content, row.due_at, row.not_before = "sms", "welcome", now, now
        row.state, row.sent_at = "delivered", now
        session.add(row)
        session.flush()
        session.add(
            VariantMessage(
                outbox_id=row.id, workspace_id=here, material_id=material, version=1, variant=variant
            )
        )
        event = {"workspace_id": here, "contact_id": contact.id, "name": "replied", "properties": {}}
        late = now + (timedelta(hours=1) if number < replying else timedelta(hours=30))
        session.add(Event(id=row.id, **event, occurred_at=late, stored_at=late))
        if number < replying:
            session.add(GoalHit(enrollment_id=contact.id, goal="g", workspace_id=here, version_id=1, at=late))


def test_scripts_are_found_and_their_copies_counted(house: House) -> None:
    owner, viewer = house.client("owner", "main"), house.client("viewer", "main")
    body = {"question": "为什么比别家贵？", "answers": ["我们含售后", "原料不同"], "tags": ["价格"]}
    one = owner.post("scripts", json=body).json
    owner.post(
        "scripts", json=body | {"question": "什么时候发货", "tags": [], "stage": "w1", "answers": ["当天"]}
    )
    assert [row["question"] for row in viewer.get("scripts?q=售后 贵").json["items"]] == [body["question"]]
    assert [row["id"] for row in viewer.get("scripts?tag=价格").json["items"]] == [one["id"]]
    assert len(viewer.get("scripts?stage=w1").json["items"]) == 2
    assert len(viewer.get("scripts?stage=w2").json["items"]) == 1
    place = f"scripts/{one['id']}"
    assert viewer.post(f"{place}/copied", json={"answer": 1}).json["copies"] == [0, 1]
    assert viewer.post(f"{place}/copied", json={"answer": 7}).status_code == 404
    changed = owner.put(place, json=body | {"answers": ["原料不同", "新答法"]}).json
    assert changed["copies"] == [1, 0]
    assert owner.put(place, json=body | {"answers": []}).status_code == 422
    assert owner.delete(place).status_code == 204
