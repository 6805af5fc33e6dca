"""How many customers a member of staff, and a company, can have."""

from __future__ import annotations

from connectors.wecom.facts import value
from tests.connectors.wecom.conftest import Fake


def test_a_member_of_staff_has_so_many_customers(fake: Fake) -> None:
    assert (value("capacity.staff"), value("capacity.staff_expanded"), value("capacity.staff_most")) == (
        5000,
        20000,
        50000,
    )
    fake.rule(capacity__staff=2, capacity__staff_most=4)
    people = [fake.add() for _ in range(2)]
    assert "as many customers" in fake.act("customer/add", userid="lili")["error"]
    fake.act("staff", userid="lili", capacity=20_000)
    for _ in range(2):
        fake.add()
    assert "as many customers" in fake.act("customer/add", userid="lili")["error"], (
        "nor more than any may have"
    )
    fake.act("staff/delete_customer", userid="lili", external_userid=people[0])
    assert fake.add()


def test_a_company_has_so_many_customers(fake: Fake) -> None:
    assert value("capacity.company") == 50_000
    fake.rule(capacity__company=1)
    fake.add("lili")
    assert "company" in fake.act("customer/add", userid="wangwei")["error"]
