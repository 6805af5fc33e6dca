"""Journeys as large as anybody draws: stages on a grid, in each a chain of sends, waits and branches."""

from __future__ import annotations

from typing import Any

STEPS_EACH = 15
COLUMNS = 20
STAGE_WIDTH, STAGE_HEIGHT = 320, 2000
COLUMN_PITCH, ROW_PITCH = 560, 2160
STEP_PITCH, FIRST_STEP = 128, 72
#: Every so many stages, an arrow leads back over several others.
JUMP_EVERY, JUMP_OVER = 7, 5


def journey(steps: int) -> dict[str, Any]:
    """A definition with that many steps (rounded up to whole stages), every thing placed."""
    count = -(-steps // STEPS_EACH)
    stages, cards, arrows, layout = [], [], [], {}
    for s in range(count):
        stage = f"stage-{s}"
        stages.append({"id": stage, "name": f"阶段 {s + 1}", "initial": f"step-{s}-0"})
        x, y = s % COLUMNS * COLUMN_PITCH, s // COLUMNS * ROW_PITCH
        layout[stage] = {"x": x, "y": y, "w": STAGE_WIDTH, "h": STAGE_HEIGHT}
        for n in range(STEPS_EACH):
            cards.append(card(s, n))
            layout[f"step-{s}-{n}"] = {"x": 24, "y": FIRST_STEP + n * STEP_PITCH}
            if n:
                before = cards[-2]
                arrows.append(
                    {
                        "id": f"a-{s}-{n}",
                        "from": before["id"],
                        "exit": EXITS[before["kind"]],
                        "to": cards[-1]["id"],
                    }
                )
        if s:
            on = {"type": "after", "duration": "P7D"} if s % 2 else {"type": "event", "name": "order_paid"}
            arrows.append({"id": f"t-{s}", "from": f"stage-{s - 1}", "on": on, "to": stage})
        if s >= JUMP_OVER and s % JUMP_EVERY == 0:
            on = {"type": "event", "name": "order_refunded"}
            arrows.append({"id": f"j-{s}", "from": stage, "on": on, "to": f"stage-{s - JUMP_OVER}"})
    layout["in"] = {"x": -280, "y": 60}
    layout["lost"] = {"x": 0, "y": -(-count // COLUMNS) * ROW_PITCH + 120}
    return {
        "format": 1,
        "subject": "contact",
        "entries": [{"id": "in", "on": {"type": "event", "name": "friend_added"}, "to": "stage-0"}],
        "stages": stages,
        "steps": cards,
        "arrows": [*arrows, {"id": "any", "from": "*", "on": {"type": "event", "name": "friend_deleted"}, "to": "lost"}],
        "ends": [{"id": "lost", "name": "流失", "result": "lost"}],
        "goals": [],
        "settings": {},
        "layout": layout,
        "notes": [],
    }  # fmt: skip


EXITS = {"send": "sent", "wait": "next", "branch": "vip"}


def card(s: int, n: int) -> dict[str, Any]:
    """The n-th step of a stage: every fifth asks, every second waits, the others speak."""
    if n % 5 == 2:
        rule = {"combinator": "and", "rules": [{"field": "tags", "operator": "has", "value": "VIP"}]}
        config: dict[str, Any] = {"rules": [{"exit": "vip", "name": "会员", "rule": rule}]}
        kind = "branch"
    elif n % 2:
        kind, config = "wait", {"until": {"for": f"P{n}D", "at": "20:00"}}
    else:
        kind, config = "send", {"carrier": "wecom_direct", "content": "welcome-beauty"}
    return {"id": f"step-{s}-{n}", "stage": f"stage-{s}", "kind": kind, "config": config}
