"""The test clock: lets a test, or somebody trying things out, turn the journeys' time on. Test mode only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from journeys.fields import DurationField
from journeys.words import Shape, Words
from rules.duration import Duration
from store import audit, clock
from store.database import db
from web.access import actor, here
from web.errors import invalid
from web.fields import At
from web.resource import Resource

test_clock = Resource("test-clock", "/test/clock", description="The journeys' time; in test mode only.")
EITHER = Words("请给出 now 或 advance 之一。", "Give either now or advance.")
NOT_BACK = Words("时钟只能向前走；请选一个更晚的时间。", "The clock never goes back; choose a later time.")


class ClockArgs(Shape):
    now = At(metadata={"description": "Set the clock to this moment"})
    advance = DurationField(
        positive=True, metadata={"type": "string", "description": "Move it on, such as P7D"}
    )

    @validates_schema(skip_on_field_errors=True)
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError(EITHER)


class ClockOut(Schema):
    now = At(required=True)


@test_clock.get("", least="viewer")
@test_clock.response(200, ClockOut)
def read() -> dict[str, datetime]:
    """What time it is for the journeys."""
    return {"now": clock.now(db.session())}


@test_clock.post("", least="editor")
@test_clock.arguments(ClockArgs)
@test_clock.response(200, ClockOut)
def turn(args: dict[str, Any]) -> dict[str, datetime]:
    """Set the journeys' time, or move it on; it never goes back."""
    session = db.session()
    try:
        if "now" in args:
            moment = clock.set_now(session, args["now"])
        else:
            moment = clock.set_now(session, Duration.parse(args["advance"]).add(clock.now(session), UTC))
    except (clock.ClockError, OverflowError, ValueError):
        raise invalid(("now" if "now" in args else "advance", NOT_BACK)) from None
    audit.record(
        session, here(), actor().name, "clock.turned", "", {"now": moment.isoformat()}, datetime.now(UTC)
    )
    return {"now": moment}
