"""Which tables hold something of a contact, and what becomes of it when contacts are merged, told or erased.

Names of tables and columns are data here, so that rooms this one may not import are in the list too. A table with
a column `contact_id`, `subject_id` or `enrollment_id` that has no entry fails tests/house/test_belongings.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Session

from store.database import db

#: Columns that say whose a row is.
OWNED_BY: Final = ("contact_id", "subject_id", "enrollment_id")


@dataclass(frozen=True, slots=True)
class Counted:
    """A number kept elsewhere of how many of these rows there are; rows taken away are taken off it."""

    table: str
    column: str
    #: The column of our row that names the other's row.
    by: str
    #: Which of our rows count, as SQL; empty if all do.
    only: str = ""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One table with rows of contacts."""

    table: str
    column: str = "contact_id"
    #: Which rows are meant, as SQL; empty if all are.
    only: str = ""
    #: Which of them are worth moving.
    moved: str = ""
    #: move: to the keeper, where his own row does not stand in the way; drop: it is made anew; by_hand: other code
    #: does it, which `note` names.
    merge: str = "move"
    #: delete, by_hand, or the columns that are emptied.
    erase: str | Mapping[str, Any] = "delete"
    #: False for what says nothing of the person.
    told: bool = True
    counted: Counted | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """A column in which names of people may stand although no other column says whose row it is."""

    table: str
    column: str
    note: str = field(default="", compare=False)


UNITING: Final = "journeys/uniting.py"

BELONGINGS: Final[tuple[Belonging, ...]] = (
    Belonging("contact", "id", merge="by_hand", erase="delete", note="audience/merging.py"),
    Belonging("identity"),
    Belonging("event"),
    Belonging("inbox", moved="state = 'new'"),
    Belonging("outbox", merge="move", erase={"scene": {}, "rendered": None}),
    Belonging(
        "enrollment", "subject_id", "subject_kind = 'contact'", merge="by_hand", erase="by_hand", note=UNITING
    ),
    Belonging("trail", "enrollment_id", merge="by_hand", erase="by_hand", note=UNITING),
    Belonging("knock", "enrollment_id", merge="by_hand", erase="by_hand", told=False, note=UNITING),
    Belonging("goal_hit", "enrollment_id", merge="by_hand", erase="by_hand", note=UNITING),
    Belonging("moved_person", "enrollment_id", merge="by_hand", erase="by_hand", told=False, note=UNITING),
    Belonging("recheck", merge="drop", told=False),
    Belonging("recheck_later", merge="drop", told=False),
    Belonging("consent_change"),
    Belonging("channel_join"),
    Belonging("staff_relation"),
    Belonging("wecom_follow"),
    Belonging("wecom_deed"),
    Belonging("wecom_transfer"),
    Belonging("staff_task"),
    Belonging("unusual_case"),
    Belonging("segment_member", counted=Counted("segment", "count", "segment_id")),
    Belonging("segment_stay"),
    Belonging("attribute_change"),
    Belonging("tag_change", told=True),
    Belonging("tag_expiry"),
    Belonging("tag_rule_holder"),
    Belonging("tier_standing"),
    Belonging("tier_override"),
    Belonging("tier_change"),
    Belonging("rfm_score"),
    Belonging("coupon_issue"),
    Belonging("points_account", merge="drop", note="audience/points.py reckons it anew"),
    Belonging("points_entry"),
    Belonging("referral_code"),
    Belonging("referral", note="audience/referrals.py, also where somebody is the inviter"),
    Belonging("referral_reward"),
    Belonging("draw_entry"),
    Belonging(
        "group_member",
        counted=Counted("customer_group", "member_count", "group_id", "left_at IS NULL"),
    ),
)

#: Where a name may stand in a text: searched for it when somebody is erased.
SEARCHED: Final[tuple[Searched, ...]] = (
    Searched("import_part", "cells"),
    Searched("import_problem", "reason"),
    Searched("wecom_welcome", "external_userid"),
    Searched("wecom_unknown", "data"),
    Searched("wecom_look", "key"),
)


def tables() -> Iterator[tuple[Belonging, Table]]:
    """Each entry with its table, as far as this house has it."""
    for one in BELONGINGS:
        table = db.metadata.tables.get(one.table)
        if table is not None:
            yield one, table


def rivals(table: Table, column: str) -> Iterator[tuple[list[str], str]]:
    """The columns in which two rows of one contact must differ, each list with the rows it is said of as SQL."""
    uniques: list[tuple[list[str], str]] = [([c.name for c in table.primary_key], "")]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            uniques.append(([c.name for c in constraint.columns], ""))
    for index in table.indexes:
        if isinstance(index, Index) and index.unique:
            only = index.dialect_options["postgresql"].get("where")
            uniques.append(([c.name for c in index.columns], "" if only is None else str(only)))
    for columns, only in uniques:
        if column in columns:
            yield [name for name in columns if name != column], only


def move(session: Session, one: Belonging, table: Table, keep: int, drop: int) -> None:
    """Give the rows of `drop` to `keep`; one that the keeper has already, by a unique key, goes away."""
    ids = {"keep": keep, "drop": drop}
    mine = " AND ".join(filter(None, (f'"{one.column}" = :drop', one.only, one.moved)))
    if one.merge == "drop":
        session.execute(text(f'DELETE FROM "{one.table}" WHERE {mine}'), ids)
        return
    for columns, only in rivals(table, one.column):
        same = "".join(f' AND k."{name}" = "{one.table}"."{name}"' for name in columns)
        both = f" AND ({only})" if only else ""
        there = f'SELECT 1 FROM "{one.table}" k WHERE k."{one.column}" = :keep{same}{both}'
        take_away(session, one, f"{mine}{both} AND EXISTS ({there})", ids)
    session.execute(text(f'UPDATE "{one.table}" SET "{one.column}" = :keep WHERE {mine}'), ids)


def take_away(session: Session, one: Belonging, whose: str, ids: Mapping[str, int]) -> None:
    """Delete rows, and take them off the number kept of them."""
    counted = one.counted
    if counted is not None:
        only = f" AND {counted.only}" if counted.only else ""
        fewer = (
            f'SELECT "{counted.by}" AS by, count(*) AS n FROM "{one.table}" WHERE {whose}{only} GROUP BY 1'
        )
        for number, count in session.execute(text(fewer), ids).all():
            change = (
                f'UPDATE "{counted.table}" SET "{counted.column}" = "{counted.column}" - :n WHERE id = :id'
            )
            session.execute(text(change), {"n": count, "id": number})
    session.execute(text(f'DELETE FROM "{one.table}" WHERE {whose}'), ids)
