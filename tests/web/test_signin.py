"""Signing in: sessions, cookies, forged requests, guessing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from store.database import db
from store.tables import Account, ApiKey, LoginAttempt, LoginSession
from tests.web.conftest import PASSWORD, Caller, House
from tests.web.rows import furnish
from tests.web.test_bad_input import writes

COOKIE = "roadbook_session"


def sign_in(
    caller: Caller, email: str = "owner@main.example", password: str = PASSWORD, **options: Any
) -> Any:
    return caller.post("session", json={"email": email, "password": password}, **options)


def from_address(house: House, address: str) -> Caller:
    caller = house.nobody()
    caller.client.environ_base = {**caller.client.environ_base, "REMOTE_ADDR": address}
    return caller


def test_sign_in_look_and_leave(house: House) -> None:
    browser = house.browser("editor")
    seen = browser.get("session").json
    assert seen["account"]["email"] == "editor@main.example"
    assert seen["workspace"] == {
        "id": house.ids["main"],
        "name": "Main",
        "slug": "main",
        "role": "editor",
        "timezone": "Asia/Shanghai",
    }
    cookie = browser.client.get_cookie(COOKIE)
    assert browser.delete("session").status_code == 204
    assert browser.get("session").status_code == 401
    browser.client.set_cookie(COOKIE, cookie.value)
    assert browser.get("session").status_code == 401, "the token still opens something after signing out"


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: House) -> None:
    plain = sign_in(house.nobody()).headers["Set-Cookie"]
    assert "HttpOnly" in plain and "SameSite=Lax" in plain and plain.startswith(COOKIE)
    safe = sign_in(house.nobody(), base_url="https://localhost").headers["Set-Cookie"]
    assert safe.startswith("__Host-") and "Secure" in safe and "Path=/" in safe and "Domain" not in safe


def test_each_sign_in_is_a_new_session_and_ends_the_one_before(house: House) -> None:
    browser = house.browser()
    first = browser.client.get_cookie(COOKIE).value
    sign_in(browser)
    second = browser.client.get_cookie(COOKIE).value
    assert first != second
    browser.client.set_cookie(COOKIE, first)
    assert browser.get("session").status_code == 401
    browser.client.set_cookie(COOKIE, "chosen-by-somebody-else")
    sign_in(browser)
    assert browser.client.get_cookie(COOKIE).value != "chosen-by-somebody-else"


def test_a_session_ends_by_itself_and_with_its_account(house: House) -> None:
    browser, other = house.browser(), house.browser("editor")
    with house.app.app_context():
        mine = select(LoginSession).join(Account, Account.id == LoginSession.account_id)
        row = db.session.scalars(mine.where(Account.email == "owner@main.example")).one()
        row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
        db.session.execute(update(Account).where(Account.email == "editor@main.example").values(active=False))
        db.session.commit()
    assert browser.get("session").status_code == 401
    assert other.get("session").status_code == 401
    assert sign_in(house.nobody(), "editor@main.example").status_code == 401


def test_writes_of_a_browser_without_its_token(house: House) -> None:
    """Every write: without token, with another's, as a form, from another site; each is 403 and nothing happens."""
    rows = furnish(house, "main")
    browser, token = house.browser(), house.browser().headers["X-CSRF-Token"]
    mine = browser.headers.pop("X-CSRF-Token")
    for method, path, _ in writes(house):
        if path.endswith("/session"):
            continue
        address = rows.path(path)
        tries: dict[str, Any] = {
            "none": {"json": {}},
            "another's": {"json": {}, "headers": {"X-CSRF-Token": token}},
            "a form": {"data": {"name": "x"}, "headers": {"X-CSRF-Token": mine}},
            "a text": {"data": "{}", "content_type": "text/plain", "headers": {"X-CSRF-Token": mine}},
            "another site": {"json": {}, "headers": {"X-CSRF-Token": mine, "Origin": "https://evil.example"}},
            "cross-site": {"json": {}, "headers": {"X-CSRF-Token": mine, "Sec-Fetch-Site": "cross-site"}},
        }
        for name, options in tries.items():
            answer = browser.call(method, address, **options)
            assert answer.status_code == 403, f"{method} {path} with {name}: {answer.status_code}"
    browser.headers["X-CSRF-Token"] = mine
    assert (
        browser.post("journeys", json={"name": "mine"}, headers={"Origin": "http://localhost"}).status_code
        == 201
    )


def test_a_form_cannot_sign_anybody_in(house: House) -> None:
    given = {"email": "owner@main.example", "password": PASSWORD}
    assert house.nobody().post("session", data=given).status_code == 415
    assert sign_in(house.nobody(), headers={"Origin": "https://evil.example"}).status_code == 403


def test_another_workspace_is_entered_only_by_its_members(house: House) -> None:
    browser = house.browser("owner", "main")
    assert browser.put("session/workspace", json={"workspace_id": house.ids["other"]}).status_code == 404
    assert browser.put("session/workspace", json={"workspace_id": house.ids["main"]}).status_code == 200


def test_the_answer_to_a_wrong_password_tells_nothing(house: House) -> None:
    known = sign_in(house.nobody(), password="wrong").json
    unknown = sign_in(house.nobody(), "nobody@main.example").json
    assert {**known, "request_id": ""} == {**unknown, "request_id": ""}
    assert known["status"] == 401 and known["code"] == "wrong-credentials"


def test_five_failures_slow_an_account_down_for_that_address_only(house: House) -> None:
    attacker = from_address(house, "203.0.113.5")
    statuses = [sign_in(attacker, password=f"guess{n}").status_code for n in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    refused = sign_in(attacker)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert sign_in(from_address(house, "198.51.100.7")).status_code == 200, "the owner is locked out"
    assert sign_in(attacker).status_code == 429, "somebody else's success let the attacker go on"


def test_a_success_forgets_ones_own_failures(house: House) -> None:
    caller = from_address(house, "198.51.100.7")
    for _ in range(3):
        assert [sign_in(caller, password="typo").status_code for _ in range(4)] == [401] * 4
        assert sign_in(caller).status_code == 200


def test_old_failures_are_forgotten(house: House) -> None:
    caller = from_address(house, "203.0.113.5")
    for n in range(6):
        sign_in(caller, password=f"guess{n}")
    with house.app.app_context():
        db.session.execute(update(LoginAttempt).values(at=datetime.now(UTC) - timedelta(minutes=16)))
        db.session.commit()
    assert sign_in(caller).status_code == 200


def test_a_thousand_guesses_are_hardly_looked_at(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = house.app.config["ROADBOOK_PASSWORDS"]
    looked_at, right = [], passwords.right

    def counted(password: str, kept: str | None) -> bool:
        looked_at.append(password)
        return bool(right(password, kept))

    monkeypatch.setattr(passwords, "right", counted)

    def guess(n: int) -> int:
        email = f"{('owner', 'editor', 'viewer', 'nobody')[n % 4]}@main.example"
        return int(sign_in(from_address(house, "203.0.113.5"), email, f"guess{n}").status_code)

    with ThreadPoolExecutor(8) as pool:
        told = Counter(pool.map(guess, range(1000)))
    assert len(looked_at) <= 25 and set(told) == {401, 429} and told[401] == len(looked_at)


def test_known_and_unknown_take_the_same_time(make_house: Callable[..., House]) -> None:
    house = make_house()
    passwords = house.app.config["ROADBOOK_PASSWORDS"]
    kept = passwords.hash("x" * 12)
    passwords.right("x", None)  # the first one also makes the hash of nobody

    def taken(hashed: str | None) -> float:
        begun = time.perf_counter()
        assert not passwords.right("wrong", hashed)
        return time.perf_counter() - begun

    # By turns, and the shortest of each: what else the machine does meets both, and makes none shorter.
    both = [(taken(kept), taken(None)) for _ in range(30)]
    known, unknown = map(min, zip(*both, strict=True))
    assert abs(known - unknown) < 0.010


def test_api_keys_open_what_their_role_may_until_they_are_taken_back(house: House) -> None:
    owner = house.client()
    made = owner.post("api-keys", json={"name": "shop", "role": "viewer"}).json
    key = Caller(house.app.test_client(), {"Authorization": f"Bearer {made['secret']}"})
    assert key.get("journeys").status_code == 200
    assert key.post("journeys", json={"name": "x"}).status_code == 403
    assert key.get("session").status_code == 403
    listed = owner.get("api-keys").json["items"]
    assert made["secret"] not in str(listed) and listed[0]["used_at"] is not None
    assert owner.delete(f"api-keys/{made['id']}").status_code == 204
    assert key.get("journeys").status_code == 401


def test_api_keys_end_at_their_time(house: House) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = house.client().post("api-keys", json={"name": "k", "role": "owner", "expires_at": soon}).json
    key = Caller(house.app.test_client(), {"Authorization": f"Bearer {made['secret']}"})
    assert key.get("journeys").status_code == 200
    with house.app.app_context():
        db.session.execute(
            update(ApiKey).where(ApiKey.id == made["id"]).values(expires_at=datetime.now(UTC) - timedelta(1))
        )
        db.session.commit()
    assert key.get("journeys").status_code == 401
    past = {"name": "k", "role": "owner", "expires_at": "2020-01-01T00:00:00Z"}
    assert house.client().post("api-keys", json=past).json["errors"][0]["path"] == "expires_at"


def test_no_usable_secret_stands_in_the_database(house: House) -> None:
    browser = house.browser()
    token = browser.client.get_cookie(COOKIE).value
    with house.app.app_context():
        dump = " ".join(
            str(tuple(row))
            for table in db.metadata.sorted_tables
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"'))
        )
    assert token not in dump and PASSWORD not in dump
    assert not any(secret in dump or secret[3:] in dump for secret in house.keys.values())


@pytest.mark.parametrize(
    "header", ["Bearer rb_x", "Bearer ", "Basic b3duZXI6eA==", "rb_x", "Bearer " + "x" * 9000]
)
def test_what_is_no_key_opens_nothing(house: House, header: str) -> None:
    caller = Caller(house.app.test_client(), {"Authorization": header})
    answer = caller.get("journeys")
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_passwords_are_kept_as_argon2id_and_renewed_when_costs_change(house: House) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    with house.app.app_context():
        db.session.execute(
            update(Account).where(Account.email == "owner@main.example").values(password_hash=weak)
        )
        db.session.commit()
    assert sign_in(house.nobody()).status_code == 200
    with house.app.app_context():
        kept = db.session.scalars(
            select(Account.password_hash).where(Account.email == "owner@main.example")
        ).one()
    assert kept.startswith("$argon2id$") and kept != weak
