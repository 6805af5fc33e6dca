"""What the steps do when the oracle comes to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.journeys.oracle.lines import Remembered, Signal

#: A run of more timeless steps is stopped, and so are more entries of one step within a day.
TIMELESS_STEPS = 200
ENTRIES_A_DAY = 50
TIMELESS_KINDS = ("branch", "split", "send", "update", "tag", "goal")


class StepWork:
    """The part of the oracle that begins steps and leaves them by an exit."""

    def _begin(self, step: Mapping[str, Any]) -> bool:
        """Enter a step; True if it was left again at once."""
        self.step = step["id"]
        back, self.came_back = self.came_back, None
        if step["kind"] == "task":
            # What was asked of the staff has been taken back meanwhile: it is asked anew.
            back = None
        self.begun = back.begun if back else self.now
        if back is None and not self._guarded(step):
            return False
        if step["kind"] == "wait":
            return self._begin_wait(step, back)
        if step["kind"] == "wait_event":
            return self._begin_wait_event(step, back)
        if step["kind"] == "task":
            return self._begin_task(step["config"])
        assert step["kind"] in TIMELESS_KINDS
        self._leave(getattr(self, f"_do_{step['kind']}")(step["config"]))
        return True

    def _guarded(self, step: Mapping[str, Any]) -> bool:
        times = self.entries.setdefault(step["id"], [])
        times.append(self.now)
        self.timeless += step["kind"] in TIMELESS_KINDS
        within_a_day = sum(1 for t in times if self.now - t < timedelta(days=1))
        if self.timeless > TIMELESS_STEPS or within_a_day > ENTRIES_A_DAY:
            self.stopped = True
            self._write("stop", step=step["id"])
            return False
        return True

    def _begin_wait(self, step: Mapping[str, Any], back: Remembered | None) -> bool:
        self.skipping = False
        until = step["config"]["until"]
        self.step_alarm = self.alarms.as_it_was(back.alarm) if back else self.alarms.for_step(until)
        if back is None and self.step_alarm.missing and step["config"].get("if_missing") == "next":
            self._leave("next")
            return True
        if back is None and self.step_alarm.late:
            self._late()
            return self.step is None
        return False

    def _begin_wait_event(self, step: Mapping[str, Any], back: Remembered | None) -> bool:
        self.skipping = False
        longest = step["config"].get("longest")
        if longest:
            self.step_alarm = self.alarms.as_it_was(back.alarm) if back else self.alarms.for_step(longest)
        if back is None and self.step_alarm and self.step_alarm.late:
            self._leave("timeout")
            return True
        if back is None:
            self.recalled = sorted((s for s in self.heard if s.at > self.begun), key=lambda s: s.at)
        return False

    def _begin_task(self, config: Mapping[str, Any]) -> bool:
        """Ask the staff, unless it is too late for it or everything up to the next wait is passed over."""
        if config.get("due") and not self.skipping:
            self.step_alarm = self.alarms.for_step(config["due"])
        if self.skipping or (self.step_alarm and self.step_alarm.late):
            self._leave("timeout")
            return True
        return False

    def _late(self) -> None:
        """A wait whose moment lies before it was due to begin: by `late`, or as its `if_past` says."""
        config, step = self.steps[self.step]["config"], self.step
        choice = config.get("if_past", "skip")
        if any(a["from"] == step and a.get("exit") == "late" for a in self.definition["arrows"]):
            self._leave("late")
        elif choice == "next":
            self.step_alarm = self.alarms.at_next_match(config["until"])
        else:
            self.skipping = choice == "skip"
            self._leave("next")

    def _leave(self, exit_: str) -> None:
        self.exit, self.step_alarm = exit_, None
        if not self.walker.trigger("leave"):
            raise AssertionError(f"{self.step} has no exit {exit_}")

    def _do_branch(self, config: Mapping[str, Any]) -> str:
        return next((r["exit"] for r in config["rules"] if self._holds(r["rule"])), "else")

    def _do_split(self, config: Mapping[str, Any]) -> str:
        assert len(config["variants"]) == 1
        return config["variants"][0]["exit"]

    def _do_send(self, config: Mapping[str, Any]) -> str:
        return "skipped" if self.skipping else "sent"

    def _do_goal(self, config: Mapping[str, Any]) -> str:
        return "next"

    def _do_tag(self, config: Mapping[str, Any]) -> str:
        tags = (self.subject.tags | set(config.get("add", ()))) - set(config.get("remove", ()))
        if tags != self.subject.tags:
            old, self.subject.tags = self.subject.tags, tags
            self._changed("tags", sorted(old), sorted(tags))
        return "next"

    def _do_update(self, config: Mapping[str, Any]) -> str:
        for each in config["set"]:
            target, name = each["target"], each["name"]
            values = self.subject.attributes if target == "attribute" else self.subject.variables
            old = values.get(name)
            if "add" in each:
                new = (old or 0) + each["add"]
            else:
                new = each["value"]
            if new != old:
                values[name] = new
                self._changed(f"{target}.{name}", old, new)
        return "next"

    def _changed(self, field_: str, old: Any, new: Any) -> None:
        self.pending.append(Signal("changed", field_, self.now, {"field": field_, "old": old, "new": new}))
