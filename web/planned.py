"""The planner: which touches lie ahead of the people inside, day by day, and which the policies hold or leave out.

Played for a sample of real people over all live journeys, by the very policies that the engine asks; the sample's
numbers are told together with how many people there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from audience.tables import Contact
from audience.tables_people import Staff, StaffRelation
from journeys import touch_plan
from journeys.foreseeing import Course
from journeys.lifecycle import LIVE
from journeys.naming import Drawing
from journeys.position import ENDED, Facts
from journeys.tables import Enrollment, Journey, Version
from journeys.touch_plan import HELD, MOVED, REFUSED, SENT, Line, Touched
from rules.contact_policy import REASONS
from rules.reach import Reach
from rules.zones import local, zone_of
from store.bulk import among
from store.database import db
from store.subjects import is_group
from store.tables import Workspace
from web.access import here
from web.real import facts_of, pauses_of, plan_of, position_of

#: People who are played ahead, and held or refused touches that are told one by one.
MOST_PLAYED, MOST_TOLD, MOST_STAFF = 400, 40, 50
WECOM = ("wecom_direct", "wecom_group", "moments")
A_DAY = timedelta(days=1)


class Planner:
    """One reckoning, by the saved policies or by others that are tried."""

    def __init__(self, now: datetime, days: int, reach: Reach):
        self.session, self.now, self.days, self.reach = db.session(), now, days, reach
        self.workspace = self.session.get_one(Workspace, here())
        self.zone = zone_of(self.workspace.timezone)
        self.first = local(now, self.zone).date()
        self.acts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
        self.because: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.by_journey: dict[str, Counter[str]] = defaultdict(Counter)
        self.sent_to: dict[str, Counter[int]] = defaultdict(Counter)
        self.told: list[tuple[int, Touched]] = []

    def reckon(self) -> dict[str, Any]:
        """The touches of the coming days, as the API tells them."""
        subjects, of = self._subjects()
        lines, drawings = self._lines(subjects)
        self.session.rollback()  # playing takes a while and holds no connection
        until = self.now + self.days * A_DAY
        touch_plan.by_subject(sorted(lines.items()), self.now, until, self._take)
        return {
            "sample": len(lines),
            "of": of,
            "exact": of == len(subjects),
            "days": [(self.first + n * A_DAY).isoformat() for n in range(self.days + 1)],
            "carriers": self._carriers(),
            "reasons": self._reasons(),
            "journeys": [
                {"journey": key, "name": drawings[key][0], **self._acts(acts)}
                for key, acts in sorted(self.by_journey.items())
            ],
            "people": self._people(drawings),
            "staff": self._staff(),
        }

    # -- who ------------------------------------------------------------------------------------------------

    def _subjects(self) -> tuple[list[int], int]:
        """Some of those inside of live journeys, spread evenly over all, and how many those are."""
        inside = (
            Enrollment.workspace_id == here(),
            Enrollment.status != ENDED,
            Enrollment.journey_id.in_(
                select(Journey.id).where(Journey.workspace_id == here(), Journey.status == LIVE)
            ),
        )
        each = select(Enrollment.subject_id).where(*inside).distinct().subquery()
        of = self.session.scalars(select(func.count()).select_from(each)).one()
        step = max(1, -(-of // MOST_PLAYED))
        placed = select(
            each.c.subject_id, func.row_number().over(order_by=each.c.subject_id).label("place")
        ).subquery()
        chosen = select(placed.c.subject_id).where(placed.c.place % step == 0).limit(MOST_PLAYED)
        return sorted(self.session.scalars(chosen)), of

    def _lines(self, subjects: Sequence[int]) -> tuple[dict[int, list[Line]], dict[str, tuple[str, Drawing]]]:
        rows = self.session.scalars(
            select(Enrollment)
            .join(Journey, Journey.id == Enrollment.journey_id)
            .where(
                Enrollment.workspace_id == here(),
                among(self.session, Enrollment.subject_id, subjects),
                Enrollment.status != ENDED,
                Journey.status == LIVE,
            )
            .order_by(Enrollment.id)
        ).all()
        journeys = {
            row.id: row
            for row in self.session.scalars(
                select(Journey).where(
                    Journey.workspace_id == here(), Journey.id.in_({e.journey_id for e in rows})
                )
            )
        }
        versions = {
            row.id: row
            for row in self.session.scalars(
                select(Version).where(
                    Version.workspace_id == here(), Version.id.in_({e.version_id for e in rows})
                )
            )
        }
        plans = {
            id_: plan_of(journeys[v.journey_id], v.definition, self.reach) for id_, v in versions.items()
        }
        pauses = {id_: pauses_of(journey) for id_, journey in journeys.items()}
        known: dict[int, Facts] = {}
        for kind in (False, True):
            some = {s for s in subjects if is_group(s) is kind}
            if some:
                known |= facts_of(some, list(plans.values()))
        lines: dict[int, list[Line]] = defaultdict(list)
        for row in rows:
            if row.subject_id in known:
                course = Course(position_of(row), known[row.subject_id])
                key = journeys[row.journey_id].key
                lines[row.subject_id].append(Line(key, plans[row.version_id], course, pauses[row.journey_id]))
        drawings = {
            journeys[v.journey_id].key: (journeys[v.journey_id].name, Drawing(v.definition))
            for _, v in sorted(versions.items())
        }
        return lines, drawings

    # -- what -----------------------------------------------------------------------------------------------

    def _take(self, subject: int, touched: Touched) -> None:
        day = (local(touched.at, self.zone).date() - self.first).days
        if not 0 <= day <= self.days:
            return
        self.acts[day, touched.carrier][touched.act] += 1
        self.by_journey[touched.journey][touched.act] += 1
        if touched.because:
            self.because[touched.act, touched.because][touched.carrier] += 1
        if touched.act in (SENT, MOVED):
            self.sent_to[touched.carrier][subject] += 1
        elif touched.because and len(self.told) < MOST_TOLD:
            self.told.append((subject, touched))

    @staticmethod
    def _acts(acts: Mapping[str, int]) -> dict[str, int]:
        return {act: acts.get(act, 0) for act in (SENT, MOVED, HELD, REFUSED)}

    def _carriers(self) -> list[dict[str, Any]]:
        carriers = sorted({carrier for _, carrier in self.acts})
        return [
            {
                "carrier": carrier,
                "per_day": [self._acts(self.acts.get((day, carrier), {})) for day in range(self.days + 1)],
                "people": len(self.sent_to[carrier]),
                "most_to_one": max(self.sent_to[carrier].values(), default=0),
            }
            for carrier in carriers
        ]

    def _reasons(self) -> list[dict[str, Any]]:
        return [
            {
                "act": act,
                "because": because,
                "words": dict(zip(("zh", "en"), REASONS.get(because, (because, because)), strict=True)),
                "total": sum(of.values()),
                "carriers": dict(of),
            }
            for (act, because), of in sorted(self.because.items(), key=lambda kv: -sum(kv[1].values()))
        ]

    def _people(self, drawings: Mapping[str, tuple[str, Drawing]]) -> list[dict[str, Any]]:
        """Some of those whose touches are held or left out, with what and until when."""
        ids = {subject for subject, _ in self.told if not is_group(subject)}
        names = dict(
            self.session.execute(
                select(Contact.id, Contact.name).where(
                    Contact.workspace_id == here(), among(self.session, Contact.id, ids)
                )
            ).all()
        )
        return [
            {
                "contact_id": subject if not is_group(subject) else None,
                "name": names.get(subject, ""),
                "journey": touched.journey,
                "journey_name": drawings[touched.journey][0],
                "step": touched.step,
                "step_name": drawings[touched.journey][1].name(touched.step),
                "carrier": touched.carrier,
                "act": touched.act,
                "at": touched.at,
                "until": touched.until,
                "because": dict(zip(("zh", "en"), REASONS.get(touched.because, ("", "")), strict=True)),
            }
            for subject, touched in self.told
        ]

    def _staff(self) -> list[dict[str, Any]]:
        """How many of the touches that the staff must confirm would fall to each, by the first friendship."""
        work: Counter[int] = Counter()
        for carrier in WECOM:
            work.update(self.sent_to.get(carrier, {}))
        owners: dict[int, tuple[int, str]] = {}
        for contact, staff, name in self.session.execute(
            select(StaffRelation.contact_id, Staff.id, Staff.name)
            .join(Staff, Staff.id == StaffRelation.staff_id)
            .where(
                StaffRelation.workspace_id == here(),
                StaffRelation.state == "friend",
                StaffRelation.group_key == "",
                among(self.session, StaffRelation.contact_id, [s for s in work if not is_group(s)]),
            )
            .order_by(StaffRelation.since, StaffRelation.id)
        ):
            owners.setdefault(contact, (staff, name))
        touches: Counter[tuple[int, str]] = Counter()
        people: Counter[tuple[int, str]] = Counter()
        for subject, number in work.items():
            if subject in owners:
                touches[owners[subject]] += number
                people[owners[subject]] += 1
        return [
            {"staff_id": one[0], "name": one[1], "touches": number, "people": people[one]}
            for one, number in touches.most_common(MOST_STAFF)
        ]
