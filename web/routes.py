"""Every resource of the API, in the order in which the documentation shows them."""

from __future__ import annotations

from web.api.acts import acts
from web.api.api_keys import api_keys
from web.api.attributes import attributes
from web.api.audit import audits
from web.api.catalogue import suggestions
from web.api.codes import codes
from web.api.comparing import comparing
from web.api.connections import connections
from web.api.consent import consents
from web.api.contact_tags import contact_tags
from web.api.contacts import contacts
from web.api.content_desk import content_desk
from web.api.content_results import content_results
from web.api.content_reviews import content_reviews
from web.api.content_slots import content_slots
from web.api.contents import contents
from web.api.coupon_issues import coupons
from web.api.draws import draws
from web.api.enrollments import enrollments
from web.api.erasing import persons
from web.api.event_catalogue import event_catalogue
from web.api.event_sources import event_sources
from web.api.events import events
from web.api.exports import exports
from web.api.group_enrolling import group_enrolling
from web.api.group_members import group_members
from web.api.group_transfers import group_handing
from web.api.groups import groups
from web.api.guards import guards
from web.api.imports import imports
from web.api.inside import inside
from web.api.journeys import journeys
from web.api.kinds import kinds
from web.api.lifecycles import resource as lifecycles
from web.api.members import members
from web.api.merging import unions
from web.api.messages import messages
from web.api.moving import moving
from web.api.points import points
from web.api.policies import policies
from web.api.publishing import publishing
from web.api.referrals import referrals
from web.api.rfm import rfm
from web.api.scenes import tables as scenes
from web.api.scripts import scripts
from web.api.segment_people import segment_people
from web.api.segments import segments
from web.api.session import session
from web.api.simulating import simulating
from web.api.staff import staff
from web.api.stop import stop
from web.api.suppressions import suppressions
from web.api.tag_jobs import tag_jobs
from web.api.tag_rules import tag_rules
from web.api.tags import tags
from web.api.task_desk import unusual
from web.api.tasks import staff_tasks
from web.api.templates import templates
from web.api.test_clock import test_clock
from web.api.tier_overrides import tiers
from web.api.wecom import wecom
from web.api.what_if import what_if
from web.api.work import work
from web.api.workspaces import rooms
from web.resource import Resource

RESOURCES: tuple[Resource, ...] = (
    session,
    rooms,
    members,
    api_keys,
    connections,
    wecom,
    group_handing,
    stop,
    guards,
    audits,
    contacts,
    contact_tags,
    tags,
    tag_rules,
    tag_jobs,
    unions,
    consents,
    suppressions,
    persons,
    staff,
    codes,
    staff_tasks,
    unusual,
    attributes,
    groups,
    group_members,
    group_enrolling,
    events,
    event_sources,
    event_catalogue,
    tiers,
    rfm,
    lifecycles,
    scenes,
    suggestions,
    kinds,
    journeys,
    publishing,
    policies,
    moving,
    comparing,
    simulating,
    what_if,
    inside,
    enrollments,
    acts,
    messages,
    contents,
    content_desk,
    content_reviews,
    content_slots,
    content_results,
    scripts,
    coupons,
    points,
    referrals,
    draws,
    imports,
    exports,
    segments,
    segment_people,
    templates,
    work,
)
#: Only there in test mode.
TEST_RESOURCES: tuple[Resource, ...] = (test_clock,)
