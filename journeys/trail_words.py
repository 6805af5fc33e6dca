"""A line of the trail in words, with the rules that decided it: "因为 城市 = 上海，走「华东」"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from journeys.naming import Drawing
from journeys.value_words import quoted, trigger
from journeys.words import Words
from rules.conditions import Rule, parse
from rules.contact_policy import REASONS
from rules.errors import NotUnderstood
from rules.explain import Reason, told

MOST_NAMED = 4
RESULTS = {
    "completed": Words("走完", "completed"),
    "converted": Words("转化", "converted"),
    "lost": Words("流失", "lost"),
    "expired": Words("过期", "expired"),
    "exited": Words("手动退出", "let go by hand"),
    "archived": Words("旅程归档", "the journey was archived"),
    "cancelled": Words("随上级旅程结束", "ended with the journey that started it"),
    "holdout": Words("对照组期满", "its time as held out is over"),
}
#: Why the engine stopped somebody; what is not listed is the name of a fault, which the log tells more of.
ERRORS = {
    "loop_limit": Words(
        "在循环里转了太多次：一天之内同一步超过 50 次，或一口气走了 200 步",
        "it went round too often: one step more than 50 times within a day, or 200 steps in one run",
    ),
    "entry_gone": Words(
        "进入时的触发已不在这个版本里", "the trigger it came in by is not in this version any more"
    ),
}


def why_stopped(error: str) -> Words:
    """Why the engine stopped somebody, in words."""
    return ERRORS.get(error, Words(error, error))


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the trail says, wherever it comes from."""

    op: str
    stage: str | None
    step: str | None
    exit: str | None
    arrow: str | None
    detail: Mapping[str, Any]


class Teller:
    """Tells lines of trails of one version."""

    def __init__(self, drawing: Drawing, zone: ZoneInfo) -> None:
        self.drawing, self.zone = drawing, zone

    def reasons(self, line: Line) -> list[Reason]:
        """Every comparison that was judged for this line, in drawn order, with what it saw."""
        seen = line.detail.get("saw") or {}
        titles = self.drawing.titles.fields
        return [reason for rule in self._rules(line) for reason in told(rule, seen, self.zone, titles)]

    def words(self, line: Line) -> Words:
        """The line as a sentence without a full stop."""
        say = OPS.get(line.op)
        said = say(self, line) if say is not None else Words(line.op, line.op)
        because = self._because(line)
        if because is None:
            return said
        return Words(f"因为 {because}，{said}", f"{said.en}, because {because.en}")

    # -- rules ------------------------------------------------------------------------------------------------

    def _rules(self, line: Line) -> list[Rule]:
        if line.op == "step":
            return _parsed(self._of_step(line))
        arrows = [(line.detail.get("by") if line.op == "through" else None), line.arrow]
        return _parsed(rule for arrow in arrows for rule in self._of_arrow(arrow))

    def _of_step(self, line: Line) -> Iterable[Any]:
        step = self.drawing.parts["steps"].get(line.step or "") or {}
        config = step.get("config") or {}
        if step.get("kind") == "branch":
            for way in config.get("rules") or ():
                yield way.get("rule")
                if way.get("exit") == line.exit:
                    return
        elif step.get("kind") == "wait_event":
            yield from (e.get("where") for e in config.get("events") or () if e.get("exit") == line.exit)

    def _of_arrow(self, arrow_id: str | None) -> Iterable[Any]:
        arrow = self.drawing.parts["arrows"].get(arrow_id or "") or {}
        yield (arrow.get("on") or {}).get("rule")
        yield arrow.get("where")

    def _because(self, line: Line) -> Words | None:
        """What decided: the comparisons of the rule that held, or of all of them if none did."""
        reasons = self.reasons(line)
        if line.op == "step" and reasons and line.exit not in ("else", "timeout"):
            seen = line.detail.get("saw") or {}
            taken = _parsed(self._of_step(line))[-1:]
            reasons = [r for rule in taken for r in told(rule, seen, self.zone, self.drawing.titles.fields)]
            reasons = [reason for reason in reasons if reason.held is not False] or reasons
        if not reasons:
            return None
        said = list(dict.fromkeys(_saw(reason) for reason in reasons))[:MOST_NAMED]
        return Words("、".join(said), ", ".join(words.en for words in said))

    # -- lines ------------------------------------------------------------------------------------------------

    def opened(self, line: Line) -> Words:
        label = self.drawing.label(line.detail.get("entry"))
        if line.detail.get("holdout"):
            return Words(f"由入口{label}进入旅程，属于对照组", f"entered through {label.en} and is held out")
        return Words(f"由入口{label}进入旅程", f"entered the journey through {label.en}")

    def entered(self, line: Line) -> Words:
        label, by = self.drawing.label(line.stage), self._trigger(line.arrow)
        if by is None:
            return Words(f"进入阶段{label}", f"entered stage {label.en}")
        return Words(f"{by}：进入阶段{label}", f"entered stage {label.en} ({by.en})")

    def passed(self, line: Line) -> Words:
        label, by = self.drawing.label(line.stage), self._trigger(line.arrow)
        zh = f"，{by}" if by else ""
        return Words(f"经过阶段{label}，没有停留{zh}", f"passed through stage {label.en}")

    def left(self, line: Line) -> Words:
        label = self.drawing.label(line.step)
        exit = self.drawing.exit_title(line.step or "", line.exit or "")
        step = self.drawing.parts["steps"].get(line.step or "") or {}
        if step.get("kind") in ("branch", "split"):
            way = quoted(exit)
            return Words(f"走{way}", f"took {way.en} at {label.en}")
        because = str(line.detail.get("because") or "")
        if because:
            zh, en = REASONS.get(because, (because, because))
            return Words(f"步骤{label}：{exit}（{zh}）", f"step {label.en}: {exit.en} ({en})")
        return Words(f"步骤{label}：{exit}", f"step {label.en}: {exit.en}")

    def held(self, line: Line) -> Words:
        label, because = self.drawing.label(line.step), str(line.detail.get("because") or "")
        zh, en = REASONS.get(because, (because, because))
        until = self._clock(line.detail.get("until"))
        return Words(
            f"步骤{label}暂不发送（{zh}），等到 {until}", f"step {label.en} is held ({en}) until {until}"
        )

    def tasked(self, line: Line) -> Words:
        label = self.drawing.label(line.step)
        if line.detail.get("act") == "escalated":
            to = line.detail.get("to")
            return Words(
                f"任务{label}到期没有结果，上报给 {to}", f"task {label.en} was not done and went to {to}"
            )
        return Words(f"任务{label}交给员工", f"task {label.en} was given to the staff")

    def rests(self, line: Line) -> Words:
        label = self.drawing.label(line.stage)
        return Words(f"在阶段{label}停留", f"rests in stage {label.en}")

    def ended(self, line: Line) -> Words:
        result = str(line.detail.get("result") or "")
        told_ = RESULTS.get(result, Words(result, result))
        to = (self.drawing.parts["arrows"].get(line.arrow or "") or {}).get("to")
        by = self._trigger(line.arrow)
        zh = f"{by}：" if by else ""
        if to in self.drawing.parts["ends"]:
            label = self.drawing.label(to)
            return Words(
                f"{zh}到达终点{label}，离开旅程（{told_}）", f"reached {label.en} and left ({told_.en})"
            )
        return Words(f"{zh}离开旅程（{told_}）", f"left the journey ({told_.en})")

    def stopped(self, line: Line) -> Words:
        label = self.drawing.label(line.step or line.stage or "")
        why = why_stopped(str(line.detail.get("error") or ""))
        return Words(f"在{label}出错停下（{why}），等人处理", f"stopped by an error at {label.en} ({why.en})")

    def passed_over(self, line: Line) -> Words:
        return Words("同一时刻不再进入同一阶段，略过", "passed over: no stage is entered twice at once")

    def came_back(self, line: Line) -> Words:
        label = self.drawing.label(line.step or line.stage or "")
        return Words(f"回到上次的位置{label}", f"came back to {label.en}")

    def reached(self, line: Line) -> Words:
        label = self.drawing.label(line.detail.get("goal"))
        return Words(f"达成目标{label}", f"reached the goal {label.en}")

    def jumped(self, line: Line) -> Words:
        label, by = self.drawing.label(line.detail.get("to")), self._trigger(line.arrow)
        zh = f"{by}：" if by else ""
        return Words(f"{zh}转到步骤{label}", f"went on to step {label.en}")

    def moved(self, line: Line) -> Words:
        detail = line.detail
        if "from" in detail:
            zh = "退回" if detail.get("back") else "迁移"
            en = "brought back" if detail.get("back") else "moved"
            target = self.drawing.label(detail["target"]) if detail.get("target") else None
            where = Words(f"，到{target}", f", to {target.en}") if target else Words("", "")
            return Words(
                f"从第 {detail['from']} 版{zh}到第 {detail.get('to')} 版{where}",
                f"{en} from version {detail['from']} to version {detail.get('to')}{where.en}",
            )
        label = self.drawing.label(detail.get("to"))
        return Words(f"被手动移到{label}", f"moved by hand to {label.en}")

    def _trigger(self, arrow_id: str | None) -> Words | None:
        arrow = self.drawing.parts["arrows"].get(arrow_id or "")
        on = (arrow or {}).get("on")
        # Of a rule that held the reasons tell more.
        return trigger(on, self.drawing.titles) if on and on.get("type") != "when" else None

    def _clock(self, at: Any) -> str:
        try:
            return f"{datetime.fromisoformat(str(at)).astimezone(self.zone):%Y-%m-%d %H:%M}"
        except ValueError:
            return str(at)


OPS: dict[str, Callable[[Teller, Line], Words]] = {
    "open": Teller.opened,
    "stage": Teller.entered,
    "through": Teller.passed,
    "step": Teller.left,
    "hold": Teller.held,
    "task": Teller.tasked,
    "rest": Teller.rests,
    "end": Teller.ended,
    "stop": Teller.stopped,
    "passed_over": Teller.passed_over,
    "back": Teller.came_back,
    "goal": Teller.reached,
    "jump": Teller.jumped,
    "moved": Teller.moved,
}


def _saw(reason: Reason) -> Words:
    """城市 = 上海; 标签 没有 vip; 城市 为空."""
    zh, en = reason.name
    saw = reason.saw
    if reason.field == "tags" and reason.operator not in ("null", "notNull"):
        named = "、".join(map(str, saw or ()))
        if named:
            return Words(f"{zh}带有 {named}", f"{en} include {named.replace('、', ', ')}")
        asked = reason.value if isinstance(reason.value, list) else [reason.value]
        return Words(
            f"{zh}没有 {'、'.join(map(str, asked))}", f"{en} do not include {', '.join(map(str, asked))}"
        )
    if saw is None or saw in ("", []):
        return Words(f"{zh} 为空", f"{en} is empty")
    if isinstance(saw, bool):
        return Words(f"{zh} = {'是' if saw else '否'}", f"{en} = {'yes' if saw else 'no'}")
    shown = (
        f"{saw:g}"
        if isinstance(saw, float)
        else "、".join(map(str, saw))
        if isinstance(saw, list)
        else str(saw)
    )
    return Words(f"{zh} = {shown}", f"{en} = {shown}")


def _parsed(rules: Iterable[Any]) -> list[Rule]:
    found = []
    for raw in rules:
        if not raw:
            continue
        try:
            found.append(parse(raw))
        except NotUnderstood:
            continue
    return found
