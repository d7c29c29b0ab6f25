"""All tables of the hub, as SQLAlchemy Core describes them; `hub/store/migrations` makes them."""

from hub.store.tables.access import api_key, device, invitation, link
from hub.store.tables.answers import stored_answer
from hub.store.tables.arrivals import eta_prediction, eta_score
from hub.store.tables.base import metadata
from hub.store.tables.catalogue import (
    characteristic,
    requirement,
    service_duration_proposal,
    service_role,
    service_type,
)
from hub.store.tables.directory import account, asset, contact, location, portal, territory
from hub.store.tables.learned import eta_factor, eta_model, eta_range
from hub.store.tables.messages import message
from hub.store.tables.people import enrolment, session, staff
from hub.store.tables.plans import day_plan
from hub.store.tables.resources import (
    crew_member,
    preference,
    resource,
    resource_characteristic,
    resource_territory,
    time_off,
    working_hours,
)
from hub.store.tables.tracking import crossing, lease, track_import, track_point, upkeep
from hub.store.tables.travel import geocoded, travel_time
from hub.store.tables.visits import booking, booking_resource, event, feedback, reservation, work_order

__all__ = [
    "account",
    "api_key",
    "asset",
    "booking",
    "booking_resource",
    "characteristic",
    "contact",
    "crew_member",
    "crossing",
    "day_plan",
    "device",
    "enrolment",
    "eta_factor",
    "eta_model",
    "eta_prediction",
    "eta_range",
    "eta_score",
    "event",
    "feedback",
    "geocoded",
    "invitation",
    "lease",
    "link",
    "location",
    "message",
    "metadata",
    "portal",
    "preference",
    "requirement",
    "reservation",
    "resource",
    "resource_characteristic",
    "resource_territory",
    "service_duration_proposal",
    "service_role",
    "service_type",
    "session",
    "staff",
    "stored_answer",
    "territory",
    "time_off",
    "track_import",
    "track_point",
    "travel_time",
    "upkeep",
    "work_order",
    "working_hours",
]
