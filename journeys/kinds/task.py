"""task: give a member of staff something to do for the subject, and go on by what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validates_schema
from marshmallow.validate import Length, OneOf, Range

from journeys.fields import DurationField, Id, MomentField
from journeys.kinds.base import Kind, Leave
from journeys.kinds.send import CARRIERS
from journeys.position import ChangeTask, GiveTask
from journeys.words import REQUIRED, Flag, Many, Part, Shape, Text, Whole, Words
from rules.contact_policy import Hold, Refuse
from rules.duration import Duration

if TYPE_CHECKING:
    from journeys.position import Signal
    from journeys.reading import Reading
    from journeys.walk import Walk

#: How the member of staff is found.
ASSIGN: dict[str, Words] = {
    "relationship": Words("客户的顾问", "The customer's adviser"),
    "rota": Words("团队轮流", "In turn within the team"),
    "load": Words("团队里最空的人", "Whoever has least to do"),
    "person": Words("指定员工", "One person"),
    "team": Words("团队，谁都可以领", "The team; anybody takes it"),
}
NONE, ESCALATE, MESSAGE = "none", "escalate", "message"
FALLBACKS: dict[str, Words] = {
    NONE: Words("直接走超时", "Leave by time out"),
    ESCALATE: Words("上报给另一个人或团队", "Escalate to somebody else"),
    MESSAGE: Words("改为自动发消息", "Send a message instead"),
}
#: What comes of a task unless the author says otherwise.
RESULTS = [
    {"exit": "sent", "name": "已发送"},
    {"exit": "not_sent", "name": "未发送"},
    {"exit": "not_friend", "name": "不是好友"},
    {"exit": "over_limit", "name": "超过次数"},
    {"exit": "not_suitable", "name": "不适合"},
]
#: What each of them cannot do without.
NEEDED: dict[str, tuple[str, ...]] = {
    "rota": ("team",),
    "load": ("team",),
    "team": ("team",),
    "person": ("person",),
    ESCALATE: ("due", "escalate_to", "escalate_for"),
    MESSAGE: ("due", "fallback_carrier", "fallback_content"),
}
TIMEOUT = "timeout"
#: The event that a result is for whoever does not stand at its task any more.
TASK_DONE = "task_done"
MOST_REMINDERS = 3
ESCALATED = "escalated"


class ResultSchema(Shape):
    exit = Id(required=True, metadata={"type": "exit", "title": Words("出口", "Exit")})
    name = Text(longest=60, load_default="", metadata={"type": "text", "title": Words("名称", "Name")})


def _key(zh: str, en: str, type: str, **more: Any) -> Any:
    return Text(
        load_default=None,
        allow_none=True,
        longest=200,
        metadata={"type": type, "title": Words(zh, en), **more},
    )


class TaskSchema(Shape):
    title = Text(
        required=True,
        longest=200,
        validate=Length(1, error=Words("请写明要做什么。", "Say what is to be done.")),
        metadata={"type": "text", "title": Words("任务", "Task")},
    )
    instructions = Text(
        load_default="",
        longest=4000,
        metadata={
            "type": "text",
            "long": True,
            "title": Words("说明", "Instructions"),
            "help": Words(
                "可以用变量，例如 {{ contact.name }}。", "Variables may be used, such as {{ contact.name }}."
            ),
        },
    )
    content = _key("建议话术（素材）", "Suggested words (material)", "content")
    assign = Text(
        load_default="relationship",
        validate=OneOf(list(ASSIGN), error=Words("没有这种分配方式。", "There is no such way to assign.")),
        metadata={"type": "select", "title": Words("交给谁", "Who does it"), "options": ASSIGN},
    )
    person = _key("员工", "Member of staff", "staff", show_if={"assign": "person"})
    team = _key(
        "团队",
        "Team",
        "team",
        help=Words("找不到顾问时，也由这个团队办理。", "Also does it when no adviser is found."),
    )
    due = MomentField(
        load_default=None,
        allow_none=True,
        metadata={"type": "moment", "title": Words("最晚完成", "Due")},
    )
    remind = DurationField(
        load_default=None,
        allow_none=True,
        positive=True,
        metadata={"type": "duration", "title": Words("每隔多久提醒", "Remind every")},
    )
    reminds = Whole(
        load_default=1,
        validate=Range(0, MOST_REMINDERS, error=Words("最多提醒 3 次。", "At most 3 reminders.")),
        metadata={"type": "number", "title": Words("提醒几次", "Reminders")},
    )
    wait = Flag(
        load_default=True,
        metadata={
            "type": "boolean",
            "title": Words("等结果再继续", "Wait for the result"),
            "help": Words(
                "不等时，结果会成为事件 task_done。", "If not, the result comes as the event task_done."
            ),
        },
    )
    results = Many(
        Part(ResultSchema),
        load_default=lambda: [dict(one) for one in RESULTS],
        validate=Length(1, 12, error=Words("要有 1 到 12 种结果。", "Name 1 to 12 results.")),
        metadata={
            "type": "list",
            "title": Words("可选的结果", "Results"),
            "default": RESULTS,
            "help": Words("员工选其中一个，每个是一个出口。", "The staff choose one; each is an exit."),
        },
    )
    fallback = Text(
        load_default=NONE,
        validate=OneOf(list(FALLBACKS), error=Words("没有这种处理方式。", "There is no such fallback.")),
        metadata={"type": "select", "title": Words("到期没有结果时", "If nothing came by then"),
                  "options": FALLBACKS},
    )  # fmt: skip
    escalate_to = _key("上报给（工号或团队）", "Escalate to (staff key or team)", "staff_or_team",
                       show_if={"fallback": ESCALATE})  # fmt: skip
    escalate_for = DurationField(
        load_default=None,
        allow_none=True,
        positive=True,
        metadata={"type": "duration", "title": Words("再等多久", "And wait for"),
                  "show_if": {"fallback": ESCALATE}},
    )  # fmt: skip
    fallback_carrier = Text(
        load_default=None,
        allow_none=True,
        validate=OneOf([*CARRIERS, None], error=Words("没有这个载体。", "There is no such carrier.")),
        metadata={"type": "carrier", "title": Words("载体", "Carrier"), "options": CARRIERS,
                  "show_if": {"fallback": MESSAGE}},
    )  # fmt: skip
    fallback_content = _key("改发的素材", "Material to send", "content", show_if={"fallback": MESSAGE})

    @validates_schema(skip_on_field_errors=True)
    def whole(self, data: Mapping[str, Any], **_: Any) -> None:
        wrong: dict[str, list[str]] = {}
        exits = [one["exit"] for one in data.get("results") or RESULTS]
        if len(exits) != len(set(exits)) or {TIMEOUT, "failed", "next"} & set(exits):
            wrong["results"] = [
                Words(
                    "结果的出口不能重复，也不能叫 timeout、failed 或 next。",
                    "Exits of results must differ, and none may be called timeout, failed or next.",
                )
            ]
        needed = list(NEEDED.get(data.get("assign", ""), ()))
        needed += NEEDED.get(data.get("fallback", ""), ())
        wrong |= {name: [REQUIRED] for name in needed if not data.get(name)}
        if wrong:
            raise ValidationError(dict(wrong))


class Task(Kind):
    """Waits until a member of staff says what came of it; what nobody did leaves by `timeout`."""

    kind = "task"
    title = Words("员工任务", "Staff task")
    help = Words("请员工做一件事，按结果继续。", "Ask the staff to do something, and go on by the result.")
    group, icon = "people", "people"
    exits = None
    failed_like = TIMEOUT
    takes_time = True
    schema = TaskSchema

    def __init__(self, config: Mapping[str, Any], reading: Reading):
        super().__init__(config, reading)
        self.waits = config.get("wait", True) is not False
        self.results = frozenset(one["exit"] for one in config.get("results") or RESULTS)
        self.due = reading.moment(config["due"]) if config.get("due") else None
        self.fallback = config.get("fallback") or NONE
        longer = config.get("escalate_for") if self.fallback == ESCALATE else None
        self.longer = Duration.parse(longer) if longer else None
        if self.fallback == MESSAGE:
            reading.touch()

    @classmethod
    def exits_of(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        if config.get("wait") is False:
            return ("next",)
        results = config.get("results") or RESULTS
        return (*dict.fromkeys(one["exit"] for one in results if one.get("exit")), TIMEOUT)

    def begin(self, walk: Walk, at: datetime) -> Leave:
        none = TIMEOUT if self.waits else "next"
        if walk.is_skipping:
            return none, at
        due, _missing = walk.due(self.due, at) if self.due else (None, False)
        if due is not None and due < at:
            return none, at
        pos = walk.pos
        given = (pos.seq, pos.visit, pos.step or "", at, due, self.waits, self.config, walk.told())
        walk.deeds.append(GiveTask(*given))
        walk.crumb(at, "task", act="given")
        if not self.waits:
            return "next", at
        walk.stand(due)
        return None

    def ring(self, walk: Walk, at: datetime) -> Leave:
        if self.longer is not None and not _is_escalated(walk):
            to, until = str(self.config["escalate_to"]), self.longer.add(at, walk.zone)
            walk.note("task", ESCALATED)
            walk.deeds.append(ChangeTask(walk.pos.seq, at, ESCALATED, to, until))
            walk.crumb(at, "task", act=ESCALATED, to=to)
            walk.stand(until)
            return None
        if self.fallback == MESSAGE and not self._said(walk, at):
            return None
        walk.deeds.append(ChangeTask(walk.pos.seq, at, "timed_out"))
        return TIMEOUT, at

    def hear(self, walk: Walk, signal: Signal, at: datetime) -> Leave:
        if not self.answers(walk, signal):
            return None
        result = str(signal.data.get("result"))
        return (result if result in self.results else "failed"), at

    def answers(self, walk: Walk, signal: Signal) -> bool:
        """True if this is the result of the task at which the subject stands."""
        return signal.kind == "task" and self.waits and signal.data.get("seq") == walk.pos.seq

    def skipped(self, walk: Walk) -> str:
        return TIMEOUT if self.waits else ""

    def retime(self, walk: Walk, at: datetime) -> None:
        if self.due is not None and not _is_escalated(walk) and walk.moved(self.due):
            due, _missing = walk.due(self.due, walk.begun)
            walk.stand(max(due, at) if due else None)

    def recompute(self, walk: Walk, at: datetime) -> Leave:
        if not walk.held and not _is_escalated(walk):
            due = walk.due(self.due, walk.begun)[0] if self.due else None
            walk.stand(max(due, at) if due else None)
        return None

    def _said(self, walk: Walk, at: datetime) -> bool:
        """Say by a message what nobody did; False if the policy holds it until later."""
        walk.held = None
        answer = walk.ask_policy(self.config["fallback_carrier"], None, at)
        if isinstance(answer, Hold):
            walk.hold(answer.until, answer.because, at)
            return False
        if isinstance(answer, Refuse):
            walk.because = answer.because
        else:
            walk.say(self.config["fallback_carrier"], self.config["fallback_content"], at, None, answer=False)
        return True


def _is_escalated(walk: Walk) -> bool:
    """True if the task has gone to somebody else, because nobody did it."""
    return walk.pos.state.get("task") == ESCALATED
