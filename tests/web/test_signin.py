"""Signing in: sessions, cookies, forged requests, guessing."""

from __future__ import annotations

from tests.web.conftest import House


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
    cookie = browser.client.get_cookie("roadbook_session")
    assert browser.delete("session").status_code == 204
    assert browser.get("session").status_code == 401
    browser.client.set_cookie("roadbook_session", cookie.value)
    assert browser.get("session").status_code == 401, "the token still opens something after logging out"
