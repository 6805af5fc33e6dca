"""Each error has its action, taken against the fake over HTTP."""

from __future__ import annotations

import pytest

from connectors import dialing
from connectors.base import Broken, ConnectorError, Permanent, Retryable, Unknown
from connectors.wecom import errors
from connectors.wecom.client import Client
from connectors.wecom.facts import facts, value
from tests.connectors.wecom.conftest import Fake

PATH = "externalcontact/get_corp_tag_list"
EXPECTED: dict[str, type[ConnectorError]] = {
    errors.BROKEN: Broken, errors.WINDOW: Retryable, errors.FEWER: Retryable, errors.AGAIN: Retryable,
    errors.DENIED: errors.Denied, errors.SYSTEM: Retryable,
}  # fmt: skip
CODES = sorted(errors.BY_CODE.items())


@pytest.fixture
def client(fake: Fake) -> Client:
    return fake.client()


@pytest.mark.parametrize(("code", "action"), CODES, ids=[str(code) for code, _ in CODES])
def test_each_code_has_its_action(fake: Fake, client: Client, code: int, action: errors.Action) -> None:
    client.call(PATH, {})
    fake.act("fail", path=PATH, code=code)
    asked = fake.world.asked["gettoken"]
    if action.does == errors.REFRESH:
        assert client.call(PATH, {})["errcode"] == 0
        assert fake.world.asked["gettoken"] == asked + 1
        fake.act("fail", path=PATH, code=code, times=2)
        with pytest.raises(Retryable, match=str(code)):
            client.call(PATH, {})
        assert client.call(PATH, {})["errcode"] == 0
        return
    with pytest.raises(EXPECTED[action.does], match=f"^{code} ") as caught:
        client.call(PATH, {})
    rests = client.closed.get(PATH, 0.0) > client.clock()
    assert rests == (action.does == errors.WINDOW), "only what is asked too often rests"
    assert (client.slots.size < client.slots.most) == (action.does == errors.FEWER)
    if isinstance(caught.value, Retryable):
        assert caught.value.after and caught.value.after >= 1
    if isinstance(caught.value, errors.Denied):
        assert caught.value.lost == (code == 84061)


def test_every_error_of_the_table_of_facts_is_handled() -> None:
    rows = {name for name, fact in facts().items() if name.startswith("error.") and fact.value}
    assert rows == {action.fact for action in errors.ACTIONS}


def test_an_api_that_rests_is_not_asked_and_others_are(fake: Fake, client: Client) -> None:
    fake.act("fail", path=PATH, code=45009)
    for _ in range(3):
        with pytest.raises(Retryable, match="45009") as caught:
            client.call(PATH, {})
        assert caught.value.after is not None and 55 < caught.value.after <= 60
    assert fake.world.asked[PATH] == 0 and client.call("getcallbackip")["errcode"] == 0
    now = client.clock()
    client.clock = lambda: now + 61
    assert client.call(PATH, {})["errcode"] == 0


@pytest.mark.parametrize("failing", [{"code": -1}, {"status": 502}, {"drop": True}])
def test_what_the_system_could_not_do_is_asked_again_only_where_that_is_safe(
    fake: Fake, client: Client, failing: dict[str, object]
) -> None:
    fake.act("fail", path=PATH, times=2, **failing)
    with pytest.raises(Retryable):
        client.call(PATH, {})
    with pytest.raises(Unknown):
        client.call(PATH, {}, sends=True)
    assert client.call(PATH, {})["errcode"] == 0


def test_only_failures_of_the_system_are_tried_again(fake: Fake, client: Client) -> None:
    for code in (40058, 40003, 99999):
        fake.act("fail", path=PATH, code=code)
        with pytest.raises(Permanent, match=str(code)):
            client.call(PATH, {})


def test_an_address_inside_is_not_asked_unless_the_operator_allows_it(fake: Fake) -> None:
    dialing.configure()
    client = fake.client()
    with pytest.raises(Permanent):
        client.call(PATH, {})
    assert fake.world.asked == {}


def test_nobody_at_the_address_is_told_apart_from_no_answer(fake: Fake) -> None:
    client = fake.client()
    client.call(PATH, {})
    client.wire.close()
    fake.end()
    with pytest.raises(Retryable):
        client.call(PATH, {}, sends=True)


def test_an_unknown_member_of_staff_is_no_customer_who_is_gone(fake: Fake) -> None:
    body = {"external_userid": fake.add("lili"), "add_tag": [], "remove_tag": []}
    [code] = value("member.unknown")
    assert fake.call("externalcontact/mark_tag", {**body, "userid": "nobody"})["errcode"] == code == 60111
    assert fake.call("externalcontact/mark_tag", {**body, "userid": "wangwei"})["errcode"] == 84061
    said = errors.error(code, "userid not found", sends=False)
    assert isinstance(said, Permanent) and not isinstance(said, errors.Denied), "nothing is concluded from it"
