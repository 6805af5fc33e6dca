"""Contact ways: how many, how long, and by which number they are changed."""

from __future__ import annotations

from typing import Any

from tests.connectors.wecom.conftest import Fake


def add(fake: Fake, **more: Any) -> dict[str, Any]:
    return fake.call("externalcontact/add_contact_way", {"type": 2, "scene": 2, "user": ["lili"], **more})


def test_a_company_has_so_many_ways(fake: Fake) -> None:
    assert fake.world.rules["way.most"] == 500_000
    fake.rule(way__most=2)
    assert [add(fake)["errcode"] for _ in range(3)] == [0, 0, 41066]


def test_a_way_has_its_limits(fake: Fake) -> None:
    for number in range(101):
        fake.act("staff", userid=f"s{number}")
    users = [f"s{number}" for number in range(101)]
    assert add(fake, user=users[:100])["errcode"] == 0 and add(fake, user=users)["errcode"] == 40058
    for name in ("state", "remark"):
        assert add(fake, **{name: "好" * 30})["errcode"] == 0
        assert add(fake, **{name: "好" * 31})["errcode"] == 40058


def test_temporary_ways_are_counted_and_end(fake: Fake) -> None:
    assert fake.world.rules["way.temporary_day"] == 100_000
    assert add(fake, is_temp=True, expires_in=14 * 86_400 + 1)["errcode"] == 40058
    fake.rule(way__temporary_day=1)
    way = add(fake, is_temp=True, expires_in=14 * 86_400)
    assert add(fake, is_temp=True)["errcode"] == 45009
    assert fake.act("customer/scan", config_id=way["config_id"])["userid"] == "lili"
    fake.later(14 * 86_400 + 1)
    assert "over" in fake.act("customer/scan", config_id=way["config_id"])["error"]
    assert add(fake, is_temp=True)["errcode"] == 0


def test_a_way_is_changed_by_its_config_id(fake: Fake) -> None:
    config_id = add(fake, state="shop-7")["config_id"]
    change = {"config_id": config_id, "user": ["wangwei"]}
    assert fake.call("externalcontact/update_contact_way", change)["errcode"] == 0
    assert fake.act("customer/scan", state="shop-7")["userid"] == "wangwei"
    assert (
        fake.call("externalcontact/get_contact_way", {"config_id": config_id})["contact_way"]["state"]
        == "shop-7"
    )
    assert fake.call("externalcontact/del_contact_way", {"config_id": config_id})["errcode"] == 0
    assert fake.call("externalcontact/get_contact_way", {"config_id": config_id})["errcode"] == 40058
