"""Coupons, points, referrals and draws over the API."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from audience import coupon_codes, draws, event_watch
from audience.tables_referrals import Draw, DrawEntry
from audience.tables_rewards import PointsScheme
from store import clock
from store.database import db
from store.tables import Audit
from tests.web.conftest import House
from tests.web.reward_rows import POOL, PROGRAM, SCHEME, writes
from tests.web.rows import furnish


def _lines(house: House) -> int:
    with house.app.app_context():
        return db.session.scalars(select(func.count()).select_from(Audit)).one()


def test_each_write_leaves_one_line_in_the_audit(house: House) -> None:
    rows = furnish(house, "main")
    owner = house.client()
    assert owner.post("coupons", json={**POOL, "key": "spare"}).status_code == 201
    for method, path, options in writes(rows.contact_id, rows.pool_key, f"C0-{rows.workspace_id}"):
        before = _lines(house)
        answer = owner.call(method, rows.path(path), **options)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        assert _lines(house) == before + 1, f"{method} {path}"


def test_a_pool_is_made_filled_given_and_used(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    made = owner.post("coupons", json={**POOL, "per_person": 1})
    assert made.status_code == 201 and made.json["key"] == "coupon_1" and made.json["left"] == 0
    sent = owner.post("coupons/coupon_1/codes", json={"codes": ["code", "A1", "A2", "A1", "a b"]}).json
    assert (sent["added"], len(sent["problems"])) == (2, 2)
    assert owner.post("coupons/coupon_1/codes", json={"codes": ["A1"]}).json == {"added": 0, "known": 1, "problems": []}  # fmt: skip
    given = {"contact_id": rows.contact_id, "key": "order-1"}
    first, again = (owner.post("coupons/coupon_1/issues", json=given) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json["code"] == again.json["code"] == "A1"
    full = owner.post("coupons/coupon_1/issues", json={**given, "key": "order-2"})
    assert (full.status_code, full.json["code"]) == (409, "pool-empty")
    assert owner.post("coupons/coupon_1/redeem", json={"code": "A1"}).json["state"] == "redeemed"
    twice = owner.post("coupons/coupon_1/redeem", json={"code": "A1"})
    assert (twice.status_code, twice.json["code"]) == (409, "coupon-not-valid")
    pool = owner.get("coupons/coupon_1").json
    assert (pool["issued"], pool["redeemed"], pool["left"], pool["use_rate"]) == (1, 1, 1, 1.0)
    assert len(pool["days"]) == 30 and sum(day["issued"] for day in pool["days"]) == 1
    assert owner.delete("coupons/coupon_1").json["code"] == "coupons-issued"
    mine = owner.get(f"coupons/contacts/{rows.contact_id}").json
    assert mine["coupons"][0]["value"] == POOL["value"]


def test_rules_for_points_say_what_their_event_is_called_and_whether_it_ever_came(house: House) -> None:
    owner = house.client()
    made = owner.post("points", json=SCHEME).json
    owner.patch(f"points/{made['key']}", json={"earn": [*SCHEME["earn"], {"event": "own_one", "points": 1}]})
    with house.app.app_context():
        now = clock.now(db.session())
        workspace = db.session.scalars(select(PointsScheme.workspace_id)).one()
        event_watch.count(db.session(), workspace, ["group_message"], now)
        db.session.commit()
    told = owner.get("points", headers={"Accept-Language": "zh"}).json["items"][0]["earn"]
    assert [(rule["called"], rule["seen"]) for rule in told] == [("群内发言", True), ("own_one", False)]


def test_no_cell_of_the_export_is_a_formula(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    owner.post("coupons", json={**POOL, "key": "wild"})
    owner.post("coupons/wild/codes", json={"codes": ["=1+2"]})
    owner.post("coupons/wild/issues", json={"contact_id": rows.contact_id, "key": "1"})
    sheet = owner.get("coupons/wild/issues.csv").text
    assert "'=1+2,issued" in sheet and ",=1+2" not in sheet and sheet.startswith("\ufeffcode,state")


def test_codes_to_be_made_must_be_hard_to_guess_and_show_how_far_they_are(house: House) -> None:
    owner = house.client()
    small = {"name": "券", "kind": "generated", "total": 5000, "form": {"length": 4}, "key": "made"}
    bad = owner.post("coupons", json=small)
    assert bad.status_code == 422 and bad.json["errors"][0]["path"] == "total"
    made = owner.post("coupons", json={**small, "form": {"length": 10, "prefix": "R-"}})
    assert made.json["progress"] == 0.0
    with house.app.app_context():
        session = db.session()
        assert coupon_codes.make_some(session, clock.now(session))
        session.commit()
    done = owner.get("coupons/made").json
    assert (done["progress"], done["made"], done["left"]) == (1.0, 5000, 5000)
    assert owner.patch("coupons/made", json={"total": 10}).json["errors"][0]["path"] == "total"


def test_points_are_booked_once_never_overspent_and_changed_for_a_coupon(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    owner.post("coupons", json={**POOL, "key": "gift"})
    owner.post("coupons/gift/codes", json={"codes": ["G1"]})
    body = {**SCHEME, "key": "member", "exchange": [{"points": 100, "pool": "gift"}]}
    assert owner.post("points", json=body).json["attribute"] == "points_member"
    line = {"contact_id": rows.contact_id, "act": "add", "amount": 150, "key": "gift"}
    answers = [owner.post("points/member/lines", json=line).json for _ in range(2)]
    assert answers == [
        {"balance": 150, "amount": 150, "again": False},
        {"balance": 150, "amount": 150, "again": True},
    ]
    too_much = owner.post("points/member/lines", json={**line, "act": "spend", "amount": 151, "key": "x"})
    assert (too_much.status_code, too_much.json["code"], too_much.json["balance"]) == (
        409,
        "points-short",
        150,
    )
    wanted = {"contact_id": rows.contact_id, "pool": "gift", "key": "1"}
    assert owner.post("points/member/exchange", json=wanted).json == {
        "balance": 50,
        "code": "G1",
        "expires_at": None,
    }
    assert owner.get(f"contacts/{rows.contact_id}").json["attributes"]["points_member"] == 50
    owner.post("points/member/lines", json={**line, "key": "more"})
    dry = owner.post("points/member/exchange", json={**wanted, "key": "2"})
    assert dry.json["code"] == "pool-empty"
    assert owner.get("points/member").json["balance"] == 200, "nothing was spent for nothing"
    assert [one["balance"] for one in owner.get("points/member/holders").json["items"]] == [200]


def test_a_draw_is_exact_repeatable_and_can_be_reckoned_again(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    prizes = [{"name": "大奖", "weight": 1, "stock": 1}, {"name": "小奖", "weight": 9, "stock": 4}]
    made = owner.post("draws", json={"name": "抽奖", "key": "wheel", "prizes": prizes, "blank": 5}).json
    assert made["seed"] is None
    drawn = []
    for n in range(40):
        body = {"contact_id": rows.contact_id, "key": f"k{n}"}
        drawn.append(owner.post("draws/wheel/entries", json=body).json)
        assert owner.post("draws/wheel/entries", json=body).json == drawn[-1]
    assert [one["number"] for one in drawn] == list(range(1, 41))
    taken = {one["name"]: one["taken"] for one in owner.get("draws/wheel").json["prizes"]}
    assert taken == {"大奖": 1, "小奖": 4}
    closed = owner.post("draws/wheel/close").json
    assert hashlib.sha256(closed["seed"].encode()).hexdigest() == made["seed_hash"]
    with house.app.app_context():
        draw = db.session.scalars(select(Draw).where(Draw.key == "wheel")).one()
        entries = db.session.scalars(select(DrawEntry).where(DrawEntry.draw_id == draw.id)).all()
        assert all(draws.is_fair(draw, entry) for entry in entries)
    late = owner.post("draws/wheel/entries", json={"contact_id": rows.contact_id, "key": "late"})
    assert late.json["code"] == "draw-closed"


def test_a_campaign_has_a_code_and_a_link(house: House) -> None:
    rows, owner = furnish(house, "main"), house.client()
    body = {**PROGRAM, "key": "friends", "link": "https://example.com/join?code={code}"}
    made = owner.post("referrals", json=body)
    assert made.status_code == 201 and [step["at"] for step in made.json["ladder"]] == [3, 5]
    told = owner.post(f"referrals/contacts/{rows.contact_id}/code").json
    assert told["links"] == [{"program": "friends", "link": f"https://example.com/join?code={told['code']}"}]
    same = owner.post("referrals", json={**PROGRAM, "ladder": [{"at": 3}, {"at": 3}]})
    assert same.status_code == 422 and same.json["errors"][0]["path"] == "ladder"
    assert owner.get("referrals/friends/board").json == {"leaders": [], "hints": []}
