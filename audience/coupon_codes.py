"""Codes of coupons: made so that a slip of the pen is noticed, and kept by the million."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from audience.tables_rewards import GENERATED, CouponCode, CouponPool
from store.bulk import insert_rows
from store.problem import Problem, problem

#: Digits and capitals without those that are taken for each other (0 O, 1 I L).
CLEAR: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
ALPHABETS: Final = {"clear": CLEAR, "digits": "0123456789", "letters": "ABCDEFGHJKMNPQRSTUVWXYZ"}
SHORTEST, LONGEST, LONGEST_CODE = 4, 24, 64
#: Of the codes that could be made, at most this share is: nobody should hit one by guessing.
CROWDED = 0.001
#: Codes made in one transaction.
PORTION = 20_000
MOST = 5_000_000


class BadCodes(ValueError):
    """These codes cannot be kept; `problems` says which and why."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__("; ".join(f"{one.path}: {one.words['en']}" for one in problems))
        self.problems = list(problems)


def check_character(body: str, alphabet: str) -> str:
    """The character that ends a code whose others are `body` (Luhn's rule for any alphabet).

    It shows one wrong character and nearly every two that were swapped.
    """
    size, total, factor = len(alphabet), 0, 2
    for one in reversed(body):
        digit = alphabet.index(one) * factor
        total += digit // size + digit % size
        factor = 3 - factor
    return alphabet[-total % size]


def make_code(prefix: str, length: int, alphabet: str) -> str:
    """A code of `length` characters after its prefix, the last one the check."""
    body = "".join(secrets.choice(alphabet) for _ in range(length - 1))
    return prefix + body + check_character(body, alphabet)


def is_well_formed(code: str, prefix: str, length: int, alphabet: str) -> bool:
    """True if a code could be one of these, by its check character."""
    body = code.removeprefix(prefix)
    if not code.startswith(prefix) or len(body) != length or not set(body) <= set(alphabet):
        return False
    return check_character(body[:-1], alphabet) == body[-1]


def room(length: int, alphabet: str) -> int:
    """How many codes of this form may be made."""
    return int(len(alphabet) ** (length - 1) * CROWDED)


def add(session: Session, pool: CouponPool, codes: Iterable[str]) -> int:
    """Keep codes in their order, each once; return how many were new. Commits nothing."""
    rows = [
        {"workspace_id": pool.workspace_id, "pool_id": pool.id, "code": one, "state": "free"} for one in codes
    ]
    new = insert_rows(session, CouponCode.__table__, rows, skip_known=True)
    session.execute(update(CouponPool).where(CouponPool.id == pool.id).values(made=CouponPool.made + new))
    return new


def read(lines: Iterable[str]) -> tuple[list[str], list[Problem]]:
    """The codes of a list, one a line or the first column of a CSV file, and what is wrong with others."""
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        code = line.lstrip("\ufeff").split(",")[0].strip().strip('"').strip()
        if not code or (number == 1 and code.lower() in ("code", "codes", "券码", "coupon")):
            continue
        if len(code) > LONGEST_CODE or not code.isprintable() or any(one.isspace() for one in code):
            words = "券码最长 64 个字符，不能有空格。", "A code has 64 characters at most, and no space."
            problems.append(problem(f"line {number}", *words))
        elif code in found:
            problems.append(problem(f"line {number}", "和前面的券码重复。", "The same code as before."))
        else:
            found[code] = None
    return list(found), problems


_UNFINISHED = select(CouponPool.id).where(CouponPool.kind == GENERATED, CouponPool.made < CouponPool.total)
#: True while codes of some pool are still to be made.
UNMADE = _UNFINISHED.exists()


def make_some(session: Session, _now: datetime) -> bool:
    """Make a portion of the codes that pools still lack; True if there may be more to do. Commits nothing."""
    query = _UNFINISHED.order_by(CouponPool.id).limit(1).with_for_update(skip_locked=True)
    pool_id = session.scalar(query)
    if pool_id is None:
        return False
    pool = session.get_one(CouponPool, pool_id, populate_existing=True)
    form, missing = pool.form, min((pool.total or 0) - pool.made, PORTION)
    alphabet = ALPHABETS[form["alphabet"]]
    add(session, pool, {make_code(form["prefix"], form["length"], alphabet): None for _ in range(missing)})
    return True


#: Free codes are taken from the front; those that another worker is taking are passed over.
_TAKE = text("""UPDATE coupon_code SET state = 'taken' WHERE id = ANY(ARRAY(
  SELECT id FROM coupon_code WHERE pool_id = :pool AND state = 'free' ORDER BY id LIMIT :many FOR UPDATE SKIP LOCKED
)) RETURNING code""")
_TAKE_ALONE = text("""UPDATE coupon_code SET state = 'taken' WHERE id IN (
  SELECT id FROM coupon_code WHERE pool_id = :pool AND state = 'free' ORDER BY id LIMIT :many) RETURNING code""")


def take(session: Session, pool_id: int, many: int) -> list[str]:
    """Take so many free codes, or as many as there are, for nobody else to have. Commits nothing."""
    alone = session.get_bind().dialect.name == "sqlite"
    given = session.connection().execute(_TAKE_ALONE if alone else _TAKE, {"pool": pool_id, "many": many})
    return list(given.scalars())


def free(session: Session, pool_ids: Iterable[int]) -> dict[int, int]:
    """How many codes of these pools nobody has."""
    query = (
        select(CouponCode.pool_id, func.count())
        .where(CouponCode.pool_id.in_(list(pool_ids)), CouponCode.state == "free")
        .group_by(CouponCode.pool_id)
    )
    return dict(session.execute(query).all())


def forget(session: Session, pool: CouponPool) -> None:
    """Take away the codes of a pool that goes. Commits nothing."""
    session.execute(delete(CouponCode).where(CouponCode.pool_id == pool.id))
