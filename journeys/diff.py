"""Differences between two definitions in words: what a marketer changed, not which characters differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from journeys.definition import canonical
from journeys.diff_fields import ExitChange, FieldChange, compare, form_of, of_step
from journeys.diff_forms import FORMS, NODES, REENTRY, SETTINGS, WHAT, WHAT_WORDS
from journeys.kinds.registry import all_kinds
from journeys.naming import Drawing
from journeys.suggesting import suggest_targets
from journeys.value_words import Titles, joined, plain, quoted, say, trigger
from journeys.words import Words

__all__ = ["Change", "counts", "differences", "suggest_targets"]

NAME, KIND = Words("名称", "name"), Words("类型", "kind")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the differences."""

    #: Id of the part; empty for the journey itself.
    node: str
    #: stage | step | arrow | entry | end | goal | exit | settings | note
    what: str
    #: added | removed | changed | moved
    change: str
    name: str
    words: Words
    fields: tuple[FieldChange, ...] = ()
    #: The step or stage with which an arrow came or went; such lines say little of their own.
    part_of: str | None = None

    def json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "node": self.node,
            "what": self.what,
            "change": self.change,
            "name": self.name,
            "words": self.words.json(),
            "fields": [field.json() for field in self.fields],
            "part_of": self.part_of,
        }


def differences(old: Mapping[str, Any], new: Mapping[str, Any], titles: Titles | None = None) -> list[Change]:
    """What was changed from `old` to `new`, both finished or not, in the order of stages, steps, arrows and so on.

    Empty if they mean the same; layout and notes are one quiet line at the end, which `same_meaning` ignores.
    """
    both = _Both(Drawing(old, titles), Drawing(new, titles))
    found = [change for key in WHAT for change in both.parts(key)]
    found += both.settings()
    if not found and canonical(old) != canonical(new):
        words = Words("只有写法不同，意思没有变。", "Written differently, with the same meaning.")
        found.append(Change("", "settings", "changed", "", words))
    return found + both.drawing()


def counts(changes: Sequence[Change]) -> dict[str, int]:
    """How many lines of each sort; the quiet one is not counted."""
    told = {"added": 0, "removed": 0, "changed": 0, "moved": 0}
    for change in changes:
        told[change.change] += change.what != "note"
    return told


class _Both:
    """The two drawings side by side."""

    def __init__(self, old: Drawing, new: Drawing) -> None:
        self.old, self.new, self.titles = old, new, new.titles

    def parts(self, key: str) -> Iterator[Change]:
        """The lines of all parts of one sort."""
        before, after = self.old.parts[key], self.new.parts[key]
        again = self._drawn_anew() if key == "arrows" else {}
        for id_, part in after.items():
            if id_ in before:
                yield from self._changed(key, id_, before[id_], part)
            elif id_ in again:
                yield from self._changed(key, id_, again[id_], part)
            else:
                yield self._came(self.new, key, id_, part, "added")
        gone = {part["id"] for part in again.values()}
        for id_, part in before.items():
            if id_ not in after and id_ not in gone:
                yield self._came(self.old, key, id_, part, "removed")
        yield from self._order(key)

    def _drawn_anew(self) -> dict[str, Mapping[str, Any]]:
        """Arrows of an exit that were deleted and drawn again: new id -> the old arrow of the same exit."""
        found: dict[str, Mapping[str, Any]] = {}
        for id_, arrow in self.new.parts["arrows"].items():
            old = self.old.by_exit.get(str(arrow.get("from")), {}).get(str(arrow.get("exit")))
            fresh = id_ not in self.old.parts["arrows"] and arrow.get("on") is None
            if fresh and old is not None and old["id"] not in self.new.parts["arrows"]:
                if old["id"] not in {other["id"] for other in found.values()}:
                    found[id_] = old
        return found

    # -- one part ---------------------------------------------------------------------------------------------

    def _came(self, side: Drawing, key: str, id_: str, part: Mapping[str, Any], change: str) -> Change:
        what = WHAT[key]
        verb = Words("新增", "New") if change == "added" else Words("删除", "Removed")
        label, detail = side.label(id_), self._detail(side, key, part)
        if key == "arrows":
            to = side.label(part.get("to"))
            words = Words(f"{verb}{label}，通向{to}", f"{verb.en}: {label.en}, to {to.en}")
        else:
            words = Words(
                f"{verb}{WHAT_WORDS[what]}{label}{f'（{detail}）' if detail else ''}",
                f"{verb.en} {WHAT_WORDS[what].en} {label.en}{f' ({detail.en})' if detail else ''}",
            )
        return Change(id_, what, change, side.name(id_), words, part_of=self._part_of(side, part, key))

    def _detail(self, side: Drawing, key: str, part: Mapping[str, Any]) -> Words | None:
        """What a part is, in brackets behind its name."""
        if key == "steps":
            kind = all_kinds().get(str(part.get("kind")))
            config = part.get("config") or {}
            spec = next(
                (s for s in form_of(str(part.get("kind"))) if s["type"] in ("content", "moment")), None
            )
            title = kind.title if kind else Words(str(part.get("kind")), str(part.get("kind")))
            if spec is None or not config.get(spec["name"]):
                return title
            said = say(str(spec["type"]), config[spec["name"]], self.titles)
            return Words(f"{title}：{said}", f"{title.en}: {said.en}")
        if key == "entries" and part.get("name"):
            return trigger(part.get("on"), self.titles)
        if key == "goals":
            return say("events", part.get("event"), self.titles)
        return None

    def _part_of(self, side: Drawing, part: Mapping[str, Any], key: str) -> str | None:
        if key != "arrows":
            return None
        other = self.old if side is self.new else self.new
        for end in (part.get("from"), part.get("to")):
            if isinstance(end, str) and end in side.kind_of and end not in other.kind_of:
                return end
        return None

    def _changed(
        self, key: str, id_: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterator[Change]:
        fields = list(self._own_fields(key, old, new))
        what = WHAT[key]
        if key == "steps":
            if old.get("kind") != new.get("kind"):
                fields.append(FieldChange("kind", KIND, *(self._kind(part) for part in (old, new))))
            else:
                config = of_step(
                    str(new.get("kind")), old.get("config") or {}, new.get("config") or {}, self.titles
                )
                for found in config:
                    if isinstance(found, ExitChange):
                        yield self._exit(id_, found)
                    else:
                        fields.append(found)
        else:
            told = compare(FORMS[key], *_told(key, old, new), self.titles)
            fields += [field for field in told if isinstance(field, FieldChange)]
        if not fields:
            return
        moved = {"stage"} if key == "steps" else {"from", "exit", "to"} if key == "arrows" else set()
        change = "moved" if any(field.path in moved for field in fields) else "changed"
        yield Change(id_, what, change, self.new.name(id_), self._line(key, id_, old, fields), tuple(fields))

    def _own_fields(self, key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
        """Name, and what joins a part to others."""
        if (old.get("name") or "") != (new.get("name") or ""):
            yield FieldChange("name", NAME, *(plain(part.get("name")) for part in (old, new)))
        for path, title in NODES.items():
            if (old.get(path) or None) == (new.get(path) or None):
                continue
            yield FieldChange(path, title, self._node(self.old, path, old), self._node(self.new, path, new))
        if key == "arrows" and old["id"] != new["id"]:
            yield FieldChange("id", Words("编号", "id"), plain(old["id"]), plain(new["id"]))

    def _node(self, side: Drawing, path: str, part: Mapping[str, Any]) -> Words:
        value = part.get(path)
        if not value:
            return plain(None)
        return side.exit_title(str(part.get("from")), str(value)) if path == "exit" else side.label(value)

    def _kind(self, step: Mapping[str, Any]) -> Words:
        kind = all_kinds().get(str(step.get("kind")))
        return kind.title if kind else plain(step.get("kind"))

    def _exit(self, step: str, found: ExitChange) -> Change:
        verb = Words("新增出口", "new exit") if found.change == "added" else Words("删除出口", "exit removed")
        label = self.new.label(step)
        words = Words(f"步骤{label}{verb}{found.words}", f"Step {label.en}: {verb.en} {found.words.en}")
        return Change(step, "exit", found.change, found.exit, words)

    def _line(self, key: str, id_: str, old: Mapping[str, Any], fields: Sequence[FieldChange]) -> Words:
        what = WHAT_WORDS[WHAT[key]]
        if key == "arrows":
            label = self.old.arrow_label(old)
            return self._arrow_line(label, fields)
        label = self.new.label(id_)
        rest = [field for field in fields if field.path != "name"]
        renamed = next((field for field in fields if field.path == "name"), None)
        said = []
        if renamed is not None:
            was = quoted(renamed.before) if old.get("name") else self.old.label(id_)
            said.append(
                Words(
                    f"{what}{was}改名为{label}", f"{what.en.capitalize()} {was.en} is now called {label.en}"
                )
            )
        if rest:
            told = joined([field.words for field in rest])
            said.append(Words(f"{what}{label}的{told}", f"{what.en.capitalize()} {label.en}: {told.en}"))
        return joined(said)

    def _arrow_line(self, label: Words, fields: Sequence[FieldChange]) -> Words:
        hung = [field for field in fields if field.path in ("from", "exit", "to")]
        rest = [field for field in fields if field.path not in ("from", "exit", "to", "id")]
        said = [field.words for field in (*hung, *rest)]
        if not said:
            return Words(f"{label}重画了一次，走法不变", f"{label.en} was drawn anew and leads the same way")
        told = joined(said)
        first = label.en[:1].upper() + label.en[1:]
        if len(hung) == len(said) == 1 and hung[0].path == "to":
            return Words(
                f"{label}改接：{hung[0].before} → {hung[0].after}",
                f"{first} is connected anew: {hung[0].before.en} → {hung[0].after.en}",
            )
        if hung:
            return Words(f"{label}改接：{told}", f"{first} is connected anew: {told.en}")
        return Words(f"{label}的{told}", f"{first}: {told.en}")

    # -- the whole --------------------------------------------------------------------------------------------

    def _order(self, key: str) -> Iterator[Change]:
        """Parts that stand elsewhere in their list: arrows and entries are asked in drawn order."""
        before = [id_ for id_ in self.old.parts[key] if id_ in self.new.parts[key]]
        after = [id_ for id_ in self.new.parts[key] if id_ in self.old.parts[key]]
        if before == after:
            return
        places = {id_: place for place, id_ in enumerate(self.old.parts[key], 1)}
        kept = {
            before[at + n]
            for at, _, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
            for n in range(size)
        }
        for place, id_ in enumerate(self.new.parts[key], 1):
            if id_ in places and id_ not in kept:
                label = self.new.label(id_)
                title = Words("判断顺序", "order") if key in ("arrows", "entries") else Words("排列", "place")
                field = FieldChange("order", title, plain(places[id_]), plain(place))
                what = Words("", "") if key == "arrows" else WHAT_WORDS[WHAT[key]]
                words = Words(
                    f"{what}{label}的{field.words}", f"{what.en} {label.en}: {field.words.en}".strip()
                )
                yield Change(id_, WHAT[key], "moved", self.new.name(id_), words, (field,))

    def settings(self) -> list[Change]:
        """Settings of the journey as a whole, one line."""
        old, new = self.old.raw.get("settings") or {}, self.new.raw.get("settings") or {}
        fields = [
            *compare(SETTINGS, _without(old), _without(new), self.titles, "settings."),
            *compare(
                REENTRY,
                old.get("reentry") or {},
                new.get("reentry") or {},
                self.titles,
                "settings.reentry.",
            ),
        ]
        for key, default in (("subject", "contact"), ("format", 1)):
            before, after = (side.raw.get(key, default) for side in (self.old, self.new))
            if before != after:
                fields.append(FieldChange(key, Words(key, key), plain(before), plain(after)))
        told = [field for field in fields if isinstance(field, FieldChange)]
        if not told:
            return []
        said = joined([field.words for field in told])
        words = Words(f"旅程设置的{said}", f"Settings: {said.en}")
        return [Change("", "settings", "changed", "", words, tuple(told))]

    def drawing(self) -> list[Change]:
        """Layout and notes as one quiet line: they mean nothing to those inside."""
        old, new = self.old.raw.get("layout") or {}, self.new.raw.get("layout") or {}
        boxes = sum(old.get(id_) != new.get(id_) for id_ in {*old, *new})
        mine, theirs = ({n["id"]: n for n in side.raw.get("notes") or ()} for side in (self.old, self.new))
        notes = sum(mine.get(id_) != theirs.get(id_) for id_ in {*mine, *theirs})
        said = []
        if boxes:
            said.append(Words(f"{boxes} 个图块的位置或大小", f"the place or size of {boxes} boxes"))
        if notes:
            said.append(Words(f"{notes} 张便签", f"{notes} notes"))
        if not said:
            return []
        told = joined(said, "，", ", ")
        return [Change("", "note", "changed", "", Words(f"画面：{told}", f"The drawing: {told.en}"))]


def _told(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A part's fields that are told by its form alone."""
    hidden = {"id", "name", "config", *NODES}
    defaults = {"result": "completed"} if key == "ends" else {}
    return tuple(  # type: ignore[return-value]
        defaults | {k: v for k, v in part.items() if k not in hidden} for part in (old, new)
    )


def _without(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"quiet_hours": "inherit"} | {k: v for k, v in settings.items() if k != "reentry"}
