"""Workspaces, accounts and members, and the line that every change leaves."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from store import audit, workspaces
from store.tables import Account, Audit, Workspace
from store.workspaces import WorkspaceError
from tests.store.conftest import NOW


def test_a_workspace_with_its_owner(session: Session) -> None:
    made = workspaces.create_workspace(session, " 花间 ", "huajian", NOW)
    account = workspaces.create_account(session, " Owner@Example.com ", "argon2…", NOW, "老板")
    workspaces.add_member(session, made.id, account.id, "owner", NOW)
    session.commit()
    assert (made.name, made.timezone) == ("花间", "Asia/Shanghai")
    assert made.settings["quiet_hours"] == ["22:00", "08:00"]
    found = workspaces.find_account(session, "OWNER@example.com")
    assert found is not None and found.id == account.id
    assert [(one.slug, role) for one, role in workspaces.memberships(session, account.id)] == [
        ("huajian", "owner")
    ]
    assert workspaces.find_account(session, "other@example.com") is None


def test_what_is_taken_or_malformed_is_named(session: Session, workspace: int) -> None:
    account = workspaces.create_account(session, "a@b.cn", "h", NOW)
    workspaces.add_member(session, workspace, account.id, "viewer", NOW)
    attempts = {
        "name": lambda: workspaces.create_workspace(session, " ", "x", NOW),
        "slug": lambda: workspaces.create_workspace(session, "x", "X y", NOW),
        "timezone": lambda: workspaces.create_workspace(session, "x", "x", NOW, "Mars/Base"),
        "email": lambda: workspaces.create_account(session, "A@b.cn", "h", NOW),
        "role": lambda: workspaces.add_member(session, workspace, account.id, "king", NOW),
        "account_id": lambda: workspaces.add_member(session, workspace, account.id, "owner", NOW),
    }
    for field, attempt in attempts.items():
        with pytest.raises(WorkspaceError) as caught:
            attempt()
        assert caught.value.field == field
    with pytest.raises(WorkspaceError, match="taken"):
        workspaces.create_workspace(session, "x", "huajian", NOW)
    for email in ("", "a", "@b", "a b@c.cn", "x" * 330 + "@a.cn"):
        with pytest.raises(WorkspaceError):
            workspaces.create_account(session, email, "h", NOW)
    session.commit()
    assert session.scalar(sa.select(sa.func.count()).select_from(Workspace)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_a_change_and_its_line_stand_or_fall_together(session: Session, workspace: int) -> None:
    audit.record(session, workspace, "a@b.cn", "journey.publish", "journey:7", {"version": 2}, at=NOW)
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Audit)) == 0
    audit.record(session, workspace, "a@b.cn", "journey.publish", "journey:7", {"version": 2}, at=NOW)
    session.commit()
    line = session.scalars(sa.select(Audit)).one()
    assert (line.workspace_id, line.at, line.detail) == (workspace, NOW, {"version": 2})


def test_a_changed_or_missing_line_is_noticed(session: Session, workspace: int) -> None:
    for number in range(6):
        detail = {"n": number, "share": 0.5, "whole": 2.0, "名": [None, True, {"at": NOW}]}
        audit.record(session, workspace, "a", "x", f"t:{number}", detail)
        session.commit()
    assert audit.first_broken(session, workspace) is None
    ids = session.scalars(sa.select(Audit.id).order_by(Audit.id)).all()
    session.execute(sa.update(Audit).where(Audit.id == ids[4]).values(actor="b"))
    assert audit.first_broken(session, workspace) == ids[4]
    session.rollback()
    session.execute(sa.update(Audit).where(Audit.id == ids[3]).values(detail={}))
    assert audit.first_broken(session, workspace) == ids[3]
    session.rollback()
    session.execute(sa.delete(Audit).where(Audit.id == ids[1]))
    assert audit.first_broken(session, workspace) == ids[2]
    session.rollback()
    assert audit.first_broken(session, workspace) is None


def test_lines_written_at_once_are_still_one_chain(
    engine: sa.Engine, session: Session, workspace: int
) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                with Session(engine) as own:
                    audit.record(own, workspace, f"a{number}", "x", str(turn))
                    own.commit()
        except BaseException as error:  # noqa: BLE001 - reported below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == [] and audit.first_broken(session, workspace) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(Audit)) == 30


def test_no_name_forges_a_line(session: Session, workspace: int) -> None:
    audit.record(session, workspace, "a\r\n2026 root", "x\u2028y", "t" * 500)
    session.commit()
    line = session.scalars(sa.select(Audit)).one()
    assert (line.actor, line.action, len(line.target)) == ("a  2026 root", "x y", 120)
