"""Who is whose customer as a messenger lists it: contacts, friendships, notes and tags, taken in page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audience import contacts, friends, staff
from audience.changes import Change
from audience.identities import locate
from audience.tables import Contact
from audience.tables_channels import ChannelCode
from audience.tables_people import StaffRelation
from audience.tables_tags import TagChange
from audience.tables_wecom import WecomFollow, WecomTag
from audience.values import LONGEST_TAG
from store.bulk import among, insert_rows, update_rows

#: Who changes a tag that came from there.
WECOM = "wecom"
EXTERNAL_USERID, UNIONID = "external_userid", "unionid"
#: What tells one pair of customer and staff from the others.
PAIR = "connection_id", "contact_id", "staff_key"
#: How somebody was added, where no channel code says it better; other numbers are kept as they are.
ADD_WAYS: Mapping[int, str] = {
    1: "扫描二维码", 2: "搜索手机号", 3: "名片分享", 4: "群聊", 5: "手机通讯录", 6: "微信联系人",
    10: "视频号", 16: "获客链接", 201: "内部成员共享", 202: "管理员分配",
}  # fmt: skip


@dataclass(slots=True, frozen=True)
class Company:
    """Whose list it is."""

    workspace_id: int
    connection_id: int


@dataclass(slots=True, frozen=True)
class Followed:
    """One customer of one member of staff."""

    external_userid: str
    staff_key: str
    since: datetime
    name: str = ""
    unionid: str = ""
    remark: str = ""
    state: str = ""
    add_way: int = 0
    #: Ids of tags; None if nothing is said of them.
    tags: tuple[str, ...] | None = ()


def keep(
    session: Session, company: Company, rows: Sequence[Followed], round_: int, now: datetime
) -> dict[str, int]:
    """Keep what a page of the list says; returns {external_userid: contact id}.

    Nobody is told that they became friends: that is what calls are for. Tags are changed, and told, as those of
    anybody. Nothing is committed.
    """
    if not rows:
        return {}
    ids = _people(session, company.workspace_id, rows, now)
    known = [row for row in rows if row.external_userid in ids]
    people = friends.known_staff(session, company.workspace_id, {row.staff_key for row in known}, now)
    _relate(session, company.workspace_id, known, ids, people, now)
    _wear(session, company, known, ids, round_, now)
    return ids


def part(session: Session, company: Company, pairs: Iterable[tuple[int, str]], now: datetime) -> None:
    """Customers (contact id, staff key) whom a whole list did not name any more are nobody's there. Not committed."""
    gone = sorted(set(pairs))
    people = friends.known_staff(session, company.workspace_id, {key for _, key in gone}, now) if gone else {}
    for contact_id, key in gone:
        session.execute(
            update(StaffRelation)
            .where(
                StaffRelation.workspace_id == company.workspace_id,
                StaffRelation.contact_id == contact_id,
                StaffRelation.staff_id == people[key],
                StaffRelation.group_key == "",
                StaffRelation.state == "friend",
            )
            .values(state="none", since=now, updated_at=now)
        )
    before = _tags_of(session, company, {contact for contact, _ in gone})
    for contact_id, key in gone:
        row = session.get(WecomFollow, (company.connection_id, contact_id, key))
        if row is not None:
            session.delete(row)
    session.flush()
    _tell(session, company, before, _tags_of(session, company, {contact for contact, _ in gone}), now)
    staff.project(session, company.workspace_id, sorted({contact for contact, _ in gone}), now)


def learn_tags(
    session: Session,
    company: Company,
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    now: datetime,
) -> None:
    """Keep the company's tags, given as (name of the group, [(id, name)]); what is not among them is gone.

    Of two tags of one name, the second is worn as group=name. Who wears one that was renamed wears it by its new
    name. Nothing is committed.
    """
    mine = WecomTag.connection_id == company.connection_id
    known = {row.tag_id: row for row in session.scalars(select(WecomTag).where(mine))}
    listed = {tag_id for _, tags in groups for tag_id, _ in tags}
    for tag_id, row in known.items():
        row.gone = tag_id not in listed
    taken = {row.name: tag_id for tag_id, row in known.items() if not row.gone}
    renamed: dict[str, tuple[str, str]] = {}
    for group, tags in groups:
        for tag_id, name in tags:
            worn, old = _worn(group, name, tag_id, taken), known.get(tag_id)
            if old is not None and taken.get(old.name) == tag_id and old.name != worn:
                del taken[old.name]
            taken[worn] = tag_id
            if old is None:
                old = known[tag_id] = WecomTag(
                    connection_id=company.connection_id, tag_id=tag_id, workspace_id=company.workspace_id
                )
                session.add(old)
            elif old.name != worn:
                renamed[tag_id] = old.name, worn
            old.name, old.group_name, old.gone = worn, group[:100], False
    session.flush()
    if renamed:
        _rename(session, company, renamed, now)


def ids_of_tags(session: Session, company: Company, names: Iterable[str]) -> dict[str, str]:
    """{tag as it is worn here: its id there}, of those that the company has."""
    query = select(WecomTag.name, WecomTag.tag_id).where(
        WecomTag.connection_id == company.connection_id,
        WecomTag.gone.is_(False),
        among(session, WecomTag.name, sorted(set(names))),
    )
    return dict(session.execute(query).all())


def _rename(
    session: Session, company: Company, renamed: Mapping[str, tuple[str, str]], now: datetime
) -> None:
    query = select(WecomFollow.contact_id, WecomFollow.tags).where(
        WecomFollow.connection_id == company.connection_id
    )
    before: dict[int, set[str]] = {}
    after: dict[int, set[str]] = {}
    for contact_id, tags in session.execute(query):
        mine = [renamed[tag] for tag in tags if tag in renamed]
        before.setdefault(contact_id, set()).update(old for old, _ in mine)
        after.setdefault(contact_id, set()).update(new for _, new in mine)
    _tell(session, company, before, after, now)


def _worn(group: str, name: str, tag_id: str, taken: Mapping[str, str]) -> str:
    plain = name.strip()[:LONGEST_TAG] or tag_id[:LONGEST_TAG]
    return plain if taken.get(plain, tag_id) == tag_id else f"{group.strip()}={plain}"[:LONGEST_TAG]


def _people(session: Session, workspace_id: int, rows: Sequence[Followed], now: datetime) -> dict[str, int]:
    """The contacts of these customers, made or found; a union id that belongs to somebody else is left alone."""
    one = {row.external_userid: row for row in rows}
    keys = [(EXTERNAL_USERID, name) for name in one]
    found = locate(
        session, workspace_id, keys + [(UNIONID, row.unionid) for row in one.values() if row.unionid]
    )
    numbers = [number for number, _ in found.values()]
    named = set(
        session.scalars(select(Contact.id).where(among(session, Contact.id, numbers), Contact.name != ""))
    )
    ids: dict[str, int] = {}
    for with_union in (True, False):
        wanted = [name for name in sorted(one) if name not in ids]
        given = []
        for name in wanted:
            identities = {EXTERNAL_USERID: name}
            if with_union and one[name].unionid:
                identities[UNIONID] = one[name].unionid
            number = next((found[key][0] for key in identities.items() if key in found), None)
            called = {} if number in named or not one[name].name else {"name": one[name].name[:200]}
            given.append({"identities": identities, **called})
        if given:
            result = contacts.upsert(session, workspace_id, given, now, by=WECOM)
            ids |= {name: number for name, number in zip(wanted, result.ids, strict=True) if number}
    return ids


def _relate(
    session: Session,
    workspace_id: int,
    rows: Sequence[Followed],
    ids: Mapping[str, int],
    people: Mapping[str, int],
    now: datetime,
) -> None:
    contact_ids = sorted(set(ids.values()))
    query = select(StaffRelation).where(
        among(session, StaffRelation.contact_id, contact_ids), StaffRelation.group_key == ""
    )
    known = {(row.contact_id, row.staff_id): row for row in session.scalars(query)}
    sources = _sources(session, workspace_id, {row.state for row in rows if row.state})
    fresh: dict[tuple[int, int], dict[str, object]] = {}
    for row in rows:
        place = ids[row.external_userid], people[row.staff_key]
        source = sources.get(row.state) or (
            ADD_WAYS.get(row.add_way, f"add_way {row.add_way}") if row.add_way else ""
        )
        old = known.get(place)
        if old is None:
            fresh[place] = {
                "workspace_id": workspace_id, "contact_id": place[0], "staff_id": place[1], "group_key": "",
                "state": "friend", "since": row.since, "remark": row.remark[:200], "source": source[:200],
                "updated_at": now,
            }  # fmt: skip
            continue
        # A customer who deleted the member of staff is still listed: one side of the relation stays.
        if old.state != "friend" and not (old.state == "deleted" and old.since > row.since):
            old.state, old.since = "friend", row.since
        if old.remark != row.remark[:200] or (source and not old.source):
            old.remark, old.source, old.updated_at = row.remark[:200], old.source or source[:200], now
    # Whoever was told of as a friend in the meantime is one already.
    insert_rows(session, StaffRelation.__table__, list(fresh.values()), skip_known=True)
    session.flush()
    staff.project(session, workspace_id, contact_ids, now)


def _sources(session: Session, workspace_id: int, states: Iterable[str]) -> dict[str, str]:
    query = select(ChannelCode.state, ChannelCode.name).where(
        ChannelCode.workspace_id == workspace_id, among(session, ChannelCode.state, sorted(states))
    )
    return dict(session.execute(query).all())


def _wear(
    session: Session,
    company: Company,
    rows: Sequence[Followed],
    ids: Mapping[str, int],
    round_: int,
    now: datetime,
) -> None:
    """Keep the tags of these pairs, and put on and take off what that changes of the whole contact."""
    contact_ids = set(ids.values())
    before = _tags_of(session, company, contact_ids)
    mine = WecomFollow.connection_id == company.connection_id
    query = select(WecomFollow).where(mine, among(session, WecomFollow.contact_id, sorted(contact_ids)))
    known = {(row.contact_id, row.staff_key): row for row in session.scalars(query)}
    # A tag that nobody has told us of yet waits for the next reading.
    there = set(
        session.scalars(select(WecomTag.tag_id).where(WecomTag.connection_id == company.connection_id))
    )
    fresh, changed = {}, []
    for row in rows:
        place = ids[row.external_userid], row.staff_key
        old = known.get(place)
        tags = None if row.tags is None else sorted(there & set(row.tags))
        if old is None:
            fresh[place] = {
                "connection_id": company.connection_id, "contact_id": place[0], "staff_key": place[1],
                "workspace_id": company.workspace_id, "external_userid": row.external_userid[:255],
                "tags": tags or [], "round": round_,
            }  # fmt: skip
        else:
            changed.append(
                {
                    "connection_id": company.connection_id, "contact_id": place[0], "staff_key": place[1],
                    "tags": old.tags if tags is None else tags, "round": max(round_, old.round),
                }
            )  # fmt: skip
    if insert_rows(session, WecomFollow.__table__, list(fresh.values()), skip_known=True) < len(fresh):
        # Another reading was faster; that this round has seen them, too, must not be lost.
        seen = [{k: row[k] for k in (*PAIR, "round")} for row in fresh.values()]
        update_rows(session, WecomFollow.__table__, seen, keys=PAIR)
    update_rows(session, WecomFollow.__table__, changed, keys=PAIR)
    session.expire_all()
    _tell(session, company, before, _tags_of(session, company, contact_ids), now)


def _tags_of(session: Session, company: Company, contact_ids: Iterable[int]) -> dict[int, set[str]]:
    """What each wears there, on whichever side, as it is called here."""
    query = select(WecomFollow.contact_id, WecomFollow.tags).where(
        WecomFollow.connection_id == company.connection_id,
        among(session, WecomFollow.contact_id, sorted(contact_ids)),
    )
    rows = session.execute(query).all()
    wanted = {tag for _, tags in rows for tag in tags}
    names = dict(
        session.execute(
            select(WecomTag.tag_id, WecomTag.name).where(
                WecomTag.connection_id == company.connection_id,
                among(session, WecomTag.tag_id, sorted(wanted)),
            )
        ).all()
    )
    found: dict[int, set[str]] = {}
    for contact_id, tags in rows:
        found.setdefault(contact_id, set()).update(names[tag] for tag in tags if tag in names)
    return found


def _tell(
    session: Session,
    company: Company,
    before: Mapping[int, set[str]],
    after: Mapping[int, set[str]],
    now: datetime,
) -> None:
    """Put on what has come there, and take off what has gone and was put on from there."""
    came, went = {}, {}
    for contact_id in {*before, *after}:
        old, new = before.get(contact_id, set()), after.get(contact_id, set())
        came[contact_id], went[contact_id] = new - old, old - new
    ours = _put_on_by_others(session, {c: tags for c, tags in went.items() if tags})
    changes = [
        Change(
            company.workspace_id, contact_id, now, by=WECOM, add=tuple(sorted(came[contact_id])),
            remove=tuple(sorted(tag for tag in went[contact_id] if (contact_id, tag) not in ours)),
        )
        for contact_id in sorted(came)
        if came[contact_id] or went[contact_id]
    ]  # fmt: skip
    contacts.change(session, [one for one in changes if one.add or one.remove], now)


def _put_on_by_others(session: Session, went: Mapping[int, set[str]]) -> set[tuple[int, str]]:
    """Of these, what a person, a rule or a journey put on last, which WeCom does not take off."""
    last: dict[tuple[int, str], tuple[bool, str | None]] = {}
    query = (
        select(TagChange.contact_id, TagChange.tag, TagChange.put_on, TagChange.by)
        .where(
            among(session, TagChange.contact_id, sorted(went)),
            among(session, TagChange.tag, sorted({tag for tags in went.values() for tag in tags})),
        )
        .order_by(TagChange.id)
    )
    for contact_id, tag, put_on, by in session.execute(query):
        last[contact_id, tag] = (put_on, by)
    return {place for place, (put_on, by) in last.items() if put_on and by != WECOM}
