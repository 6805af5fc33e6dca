"""Materials belong to a workspace, have the form of their carrier, and are changed by whoever saw them last."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from content import materials
from content.bodies import body_problems, body_variables, compose
from content.carriers import CARRIERS, listed
from content.materials import BadMaterial, KeyTaken, MaterialMoved, NoMaterial
from content.rendering import RenderError, scene
from tests.content.conftest import NOW


def make(session: Session, workspace: int, key: str = "welcome", **given: Any) -> materials.Material:
    body = given.pop("body", {"text": "你好 {{ contact.name }}"})
    carrier = given.pop("carrier", "wecom_direct")
    return materials.create(
        session, workspace, key=key, name="欢迎", carrier=carrier, body=body, now=NOW, by="a@b"
    )


def test_a_material_is_kept_changed_and_removed(session: Session, workspaces: tuple[int, int]) -> None:
    mine, other = workspaces
    make(session, mine)
    session.commit()
    assert materials.get(session, mine, "welcome").body == {"text": "你好 {{ contact.name }}"}
    with pytest.raises(NoMaterial):
        materials.get(session, other, "welcome")
    make(session, other)
    changed = materials.change(
        session, mine, "welcome", revision=1, name="新", carrier="sms", body={"text": "好"}, now=NOW, by="c"
    )
    session.commit()
    assert (changed.revision, changed.carrier, changed.updated_by) == (2, "sms", "c")
    assert materials.get(session, other, "welcome").carrier == "wecom_direct"
    with pytest.raises(MaterialMoved) as moved:
        materials.change(
            session, mine, "welcome", revision=1, name="x", carrier="sms", body={"text": "y"}, now=NOW
        )
    assert moved.value.revision == 2
    session.rollback()
    assert materials.get(session, mine, "welcome").body == {"text": "好"}
    materials.remove(session, mine, "welcome")
    session.commit()
    with pytest.raises(NoMaterial):
        materials.remove(session, mine, "welcome")
    assert materials.keys(session, other) == {"welcome": "wecom_direct"}


def test_a_key_is_taken_once(session: Session, workspaces: tuple[int, int]) -> None:
    make(session, workspaces[0])
    with pytest.raises(KeyTaken):
        make(session, workspaces[0])
    make(session, workspaces[0], "other")
    session.commit()
    assert set(materials.keys(session, workspaces[0])) == {"welcome", "other"}


def test_pages_follow_the_keys(session: Session, workspaces: tuple[int, int]) -> None:
    for number in range(5):
        make(session, workspaces[0], f"m{number}", carrier="sms" if number % 2 else "sandbox")
    make(session, workspaces[1], "m9")
    first, after = materials.page(session, workspaces[0], limit=2)
    assert [one.key for one in first] == ["m0", "m1"] and after == "m1"
    rest, end = materials.page(session, workspaces[0], after=after, limit=10)
    assert [one.key for one in rest] == ["m2", "m3", "m4"] and end is None
    assert [one.key for one in materials.page(session, workspaces[0], carrier="sms")[0]] == ["m1", "m3"]
    assert (
        materials.page(session, workspaces[0], q="欢迎")[0]
        and not materials.page(session, workspaces[0], q="%")[0]
    )
    assert set(materials.many(session, workspaces[0], ["m1", "m1", "none", "m9"])) == {"m1"}


@pytest.mark.parametrize(
    ("carrier", "body", "path"),
    [
        ("pigeon", {"text": "x"}, "carrier"),
        ("sms", [], "body"),
        ("sms", {}, "body.text"),
        ("sms", {"text": ""}, "body.text"),
        ("sms", {"text": 5}, "body.text"),
        ("sms", {"text": "x" * 501}, "body.text"),
        ("sms", {"text": "x\x00"}, "body.text"),
        ("sms", {"text": "\ud800"}, "body.text"),
        ("sms", {"text": "x", "subject": "y"}, "body.subject"),
        ("sms", {"text": "{{ name }}"}, "body.text"),
        ("email", {"text": "x"}, "body.subject"),
        ("wecom_direct", {"text": "好" * 1334}, "body.text"),
        ("wecom_direct", {"text": "x", "attachments": {}}, "body.attachments"),
        (
            "wecom_direct",
            {"text": "x", "attachments": [{"type": "link", "url": "http://a"}] * 10},
            "body.attachments",
        ),
        (
            "wecom_direct",
            {"text": "x", "attachments": [{"type": "gif", "url": "http://a"}]},
            "body.attachments.0.type",
        ),
        ("wecom_direct", {"text": "x", "attachments": [{"type": "link"}]}, "body.attachments.0.url"),
        (
            "wecom_direct",
            {"text": "x", "attachments": [{"type": "link", "url": "javascript:alert(1)"}]},
            "body.attachments.0.url",
        ),
        (
            "wecom_direct",
            {"text": "x", "attachments": [{"type": "link", "url": "http://[", "title": "t"}]},
            "body.attachments.0.url",
        ),
    ],
)
def test_a_body_has_the_form_of_its_carrier(carrier: str, body: Any, path: str) -> None:
    found = body_problems(carrier, body)
    assert path in [one.path for one in found]
    assert all(one.words["zh"] and one.words["en"] for one in found)


def test_all_that_is_wrong_is_said_at_once(session: Session, workspaces: tuple[int, int]) -> None:
    with pytest.raises(BadMaterial) as caught:
        materials.create(
            session, workspaces[0], key="No Key", name=" ", carrier="email", body={"text": "{{ x }}"}, now=NOW
        )
    assert {one.path for one in caught.value.problems} == {"key", "name", "body.subject", "body.text"}


def test_a_body_is_written_whole() -> None:
    body = {
        "text": "你好 {{ contact.name }}",
        "attachments": [
            {"type": "link", "title": "{{ event.title }}", "url": "https://x.cn/?u={{ contact.id9 }}"}
        ],
    }
    assert body_problems("wecom_direct", body) == []
    done = compose("wecom_direct", body, scene(name="林", told={"event": {"title": "礼"}}))
    assert done == {
        "text": "你好 林",
        "attachments": [{"type": "link", "title": "礼", "url": "https://x.cn/?u="}],
    }
    assert done.missing == ("contact.id9",)
    assert body_variables("wecom_direct", body) == ["contact.id9", "contact.name", "event.title"]
    with pytest.raises(RenderError, match="too long"):
        compose("sms", {"text": "{{ contact.long }}"}, scene(attributes={"long": "x" * 600}))


def test_every_carrier_has_a_form_in_both_languages() -> None:
    assert list(CARRIERS) == [
        "wecom_direct",
        "wecom_group",
        "moments",
        "official_account",
        "mini_program",
        "sms",
        "email",
        "sandbox",
    ]
    for carrier in listed():
        assert carrier["title"]["zh"] and carrier["title"]["en"]
        assert any(field["name"] == "text" and field["required"] for field in carrier["form"])
        for field in carrier["form"]:
            assert field["title"]["zh"] and field["title"]["en"]
    direct = next(field for field in listed()[0]["form"] if field["name"] == "attachments")
    assert direct["max"] == 9 and [one["name"] for one in direct["of"]] == ["type", "title", "url"]
