"""What is done about each error of WeCom: one table, looked at by whoever calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.base import Broken, ConnectorError, Permanent, Retryable, Unknown
from connectors.wecom.facts import value

#: What is done: fetch the token anew | stop until somebody has looked | leave the API alone for its window |
#: fewer at once | try again soon | this receiver cannot be reached so | the system failed.
REFRESH, BROKEN, WINDOW, FEWER, AGAIN, DENIED, SYSTEM = (
    "refresh", "broken", "window", "fewer", "again", "denied", "system",
)  # fmt: skip
#: Seconds until the next attempt, where WeCom says nothing.
SOON, WINDOW_SECS, SYSTEM_SECS = 1.0, 60.0, 30.0


@dataclass(frozen=True, slots=True)
class Action:
    """What an error means and what is done about it."""

    fact: str
    does: str
    says: str


ACTIONS = (
    Action("error.refresh", REFRESH, "the access token is not valid any more"),
    Action("error.config", BROKEN, "the secret of the app is wrong: copy it anew from the admin console"),
    Action("error.rate", WINDOW, "this API was asked too often and rests for a while"),
    Action("error.concurrency", FEWER, "too many calls at once"),
    Action("error.version", AGAIN, "somebody else changed it at the same time"),
    Action("error.welcome", DENIED, "the welcome was missed: its 20 seconds are over, or they chat already"),
    Action("error.inactive", DENIED, "the member of staff has not activated or verified his account"),
    Action("error.customer", DENIED, "WeCom does not know this customer"),
    Action("error.relation", DENIED, "they are not friends any more"),
    Action(
        "error.address", BROKEN, "the address of this server is not among the app's trusted ones (企业可信IP)"
    ),
    Action(
        "error.permission", BROKEN, "the app may not do this, or does not see this member of staff (可见范围)"
    ),
    Action("error.robot", DENIED, "the group's robot was removed or disabled"),
    Action("error.system", SYSTEM, "WeCom is busy"),
)
#: By errcode.
BY_CODE: Mapping[int, Action] = {code: action for action in ACTIONS for code in value(action.fact)}
#: More errors with the same remedies, from the rows about the calls themselves.
MORE: Mapping[int, Action] = {
    value("mass.nobody"): Action("mass.nobody", DENIED, "nobody of them is a friend of staff"),
    value("welcome.archive"): Action("welcome.archive", DENIED, "the customer has not agreed to the archive"),
    value("mass.dispatching"): Action("mass.dispatching", AGAIN, "the task is being dispatched"),
    value("mass.cancelled"): Action("mass.cancelled", DENIED, "the task was cancelled"),
    value("mass.reminded_too_often"): Action("mass.reminded_too_often", DENIED, "reminded three times today"),
    value("moment.jobs"): Action("moment.jobs", AGAIN, "too many Moments tasks at once"),
    value("app.nobody"): Action("app.nobody", DENIED, "none of them is a member of staff who sees the app"),
    40013: Action("error.config", BROKEN, "the corp id is wrong: copy it anew from the admin console"),
}


class Denied(Permanent):
    """WeCom will not do this for this receiver."""

    def __init__(self, code: int, says: str) -> None:
        super().__init__(f"{code} {says}")
        self.code, self.says = code, says

    @property
    def lost(self) -> bool:
        """True if there is no relation between staff and customer any more."""
        return self.code in value("error.relation")


def action(code: int) -> Action | None:
    """What is done about an errcode; None for one that stands in no list, which is never tried again."""
    return BY_CODE.get(code) or MORE.get(code)


def error(code: int, message: str, *, sends: bool) -> ConnectorError:
    """The failure to raise; `sends` if the call may have reached somebody and may not be repeated."""
    found = action(code)
    if found is None:
        return Permanent(f"{code} {message[:200]}")
    said = f"{code} {found.says}"
    if found.does == BROKEN:
        return Broken(said)
    if found.does == DENIED:
        return Denied(code, found.says)
    if found.does == SYSTEM:
        return Unknown(said) if sends else Retryable(said, SYSTEM_SECS)
    return Retryable(said, {WINDOW: WINDOW_SECS, FEWER: SOON, AGAIN: SOON}.get(found.does, SYSTEM_SECS))
