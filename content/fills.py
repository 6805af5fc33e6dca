"""What staff and the brand say in open slots: kept by material, member of staff and day, checked before it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content import policies, slots
from content.checks import forbidden_in
from content.tables import Material
from content.tables_materials import SlotFill
from store.bulk import among
from store.database import begin_write
from store.problem import Problem, problem

#: In place of a member of staff: what the brand says for all of them.
BRAND = 0


class BadFill(ValueError):
    """The words cannot stand in this slot; `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{where}: {said['en']}" for where, said in self.problems))


@dataclass(slots=True, frozen=True)
class Filled:
    """What somebody says in a slot; `day` is empty if he says it every day."""

    slot: str
    staff: int
    day: str
    words: str


def fill(
    session: Session,
    material: Material,
    slot: str,
    words: str,
    *,
    staff: int = BRAND,
    day: str = "",
    now: datetime,
    by: str,
) -> None:
    """Say something in a slot, or with empty words let its usual ones stand again; raises BadFill."""
    begin_write(session)
    opened = {one.name: one for one in slots_of(material)}
    if slot not in opened:
        raise BadFill([problem("slot", f"没有“{slot}”这处留白。", f"There is no slot “{slot}”.")])
    where = (
        SlotFill.workspace_id == material.workspace_id,
        SlotFill.material_id == material.id,
        SlotFill.staff == staff,
        SlotFill.slot == slot,
        SlotFill.day == day,
    )
    text = words.strip()
    wrong = fill_problems(session, material.workspace_id, opened[slot], text)
    if wrong:
        raise BadFill(wrong)
    session.execute(delete(SlotFill).where(*where))
    if text:
        row = SlotFill(workspace_id=material.workspace_id, material_id=material.id, staff=staff, slot=slot)
        row.day, row.words, row.at, row.by = day, text, now, by[:120]
        session.add(row)
    session.flush()


def fill_problems(session: Session, workspace_id: int, slot: slots.Slot, words: str) -> list[Problem]:
    """Say why these words cannot stand in a slot."""
    found: list[Problem] = []
    if len(words) > slot.longest:
        found.append(
            problem(
                "words",
                f"最多 {slot.longest} 个字，现在有 {len(words)} 个。",
                f"{slot.longest} characters at most; there are {len(words)}.",
            )
        )
    if any((ord(one) < 32 and one != "\n") or "\ud800" <= one <= "\udfff" for one in words):
        found.append(problem("words", "含有无法发送的字符。", "There are characters that cannot be sent."))
    for word in forbidden_in(words, policies.read(session, workspace_id).forbidden()):
        found.append(
            problem(
                "words",
                f"含有禁用词“{word}”，请换个说法。",
                f"“{word}” is a forbidden word: say it otherwise.",
            )
        )
    return found


def slots_of(material: Material) -> list[slots.Slot]:
    """The slots of a material, in all its variants."""
    found = {one.name: one for one in slots.of_body(material.body)}
    for variant in material.variants or ():
        for one in slots.of_body(variant["body"]):
            found.setdefault(one.name, one)
    return list(found.values())


def of(session: Session, workspace_id: int, material_ids: Collection[int]) -> dict[int, list[Filled]]:
    """{material id: what stands in its slots} for all staff and days."""
    found: dict[int, list[Filled]] = {}
    if not material_ids:
        return found
    query = select(SlotFill).where(
        SlotFill.workspace_id == workspace_id, among(session, SlotFill.material_id, list(material_ids))
    )
    for row in session.scalars(query.order_by(SlotFill.id)):
        found.setdefault(row.material_id, []).append(Filled(row.slot, row.staff, row.day, row.words))
    return found


def best(filled: Sequence[Filled], staff: int | None, day: str) -> dict[str, str]:
    """{slot: words}: one's own before the brand's, those of the day before those of every day."""
    ranked: dict[str, tuple[tuple[bool, bool], str]] = {}
    for one in filled:
        if one.staff not in (BRAND, staff) or one.day not in ("", day):
            continue
        rank = one.staff != BRAND, one.day != ""
        if one.slot not in ranked or rank > ranked[one.slot][0]:
            ranked[one.slot] = rank, one.words
    return {slot: words for slot, (_, words) in ranked.items()}
