"""Where the pages of staff and technicians are."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.console.arrivals import arrivals_page
from hub.web.console.durations import durations_page, post_duration
from hub.web.console.fleet_map import fleet_page
from hub.web.console.follow_up import follow_up_page, post_follow_up
from hub.web.console.replan import post_replan, replan_page
from hub.web.console.sign_in import post_sign_in, post_sign_out, sign_in_page
from hub.web.console.technician import technician_page as staff_technician_page
from hub.web.console.technician_forms import post_device_name, post_device_revoked, post_tracking
from hub.web.console.today import post_enrolment as post_new_enrolment
from hub.web.console.today import staff_page
from hub.web.console.visibility import post_visibility, visibility_page
from hub.web.console.visit import post_invitation
from hub.web.console.visit import visit_page as staff_visit_page
from hub.web.technician.enrol import enrolment_page, post_enrolment
from hub.web.technician.page import post_sign_out as post_technician_sign_out
from hub.web.technician.page import post_status, technician_page
from hub.web.technician.shell import manifest, module, worker
from hub.web.technician.state import technician_state
from hub.web.technician.steps import call_arrival, call_sharing

STAFF_ROUTES = (
    Route("/staff", staff_page),
    Route("/staff/map", fleet_page),
    Route("/staff/visits/{booking_id}", staff_visit_page),
    Route("/staff/visits/{booking_id}/invitation", post_invitation, methods=["POST"]),
    Route("/staff/visits/{booking_id}/follow-up", follow_up_page),
    Route("/staff/visits/{booking_id}/follow-up", post_follow_up, methods=["POST"]),
    Route("/staff/sign-in", sign_in_page),
    Route("/staff/sign-in", post_sign_in, methods=["POST"]),
    Route("/staff/sign-out", post_sign_out, methods=["POST"]),
    Route("/staff/arrivals", arrivals_page),
    Route("/staff/durations", durations_page),
    Route("/staff/durations/{service_type_id}", post_duration, methods=["POST"]),
    Route("/staff/replan", replan_page),
    Route("/staff/replan/{plan_id}", post_replan, methods=["POST"]),
    Route("/staff/visibility", visibility_page),
    Route("/staff/visibility", post_visibility, methods=["POST"]),
    Route("/staff/technicians/{resource_id}", staff_technician_page),
    Route("/staff/technicians/{resource_id}/enrolment", post_new_enrolment, methods=["POST"]),
    Route("/staff/technicians/{resource_id}/tracking", post_tracking, methods=["POST"]),
    Route("/staff/technicians/{resource_id}/devices/{device_id}/name", post_device_name, methods=["POST"]),
    Route("/staff/technicians/{resource_id}/devices/{device_id}/revoked", post_device_revoked, methods=["POST"]),
)
TECHNICIAN_ROUTES = (
    Route("/tech", technician_page),
    Route("/tech/manifest.webmanifest", manifest),
    Route("/tech/worker.js", worker),
    Route("/tech/app/{version}/{name}", module),
    Route("/tech/state", technician_state),
    Route("/tech/sharing", call_sharing, methods=["POST"]),
    Route("/tech/sign-out", post_technician_sign_out, methods=["POST"]),
    Route("/tech/enrol/{token}", enrolment_page),
    Route("/tech/enrol/{token}", post_enrolment, methods=["POST"]),
    Route("/tech/visits/{booking_id}/status", post_status, methods=["POST"]),
    Route("/tech/visits/{booking_id}/arrival", call_arrival, methods=["POST"]),
)
