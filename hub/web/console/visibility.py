"""`/staff/visibility`: what the portal's customers see of the technician on the way to them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission, allows
from hub.domain.visibility import Rules
from hub.services.set_visibility import set_visibility
from hub.store import portals
from hub.store.sessions import StaffSession
from hub.store.visibility import get_rules
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import error_page, page_response
from hub.web.sessions import see, signed_in_staff, to_sign_in

PATH = "/staff/visibility"
NUMBERS = ("exact_within_m", "exact_within_min", "closes_after_min")
SWITCHES = ("name", "photo", "phone")
AREA, EXACT = "area", "exact"


async def visibility_page(request: Request) -> Response:
    """Show the rules to staff; who may not change them reads them."""
    person = await signed_in_staff(request)
    return await _page(request, person) if person else to_sign_in(request)


async def post_visibility(request: Request) -> Response:
    """Change the rules."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.MANAGE_PORTAL):
        return await error_page(request, 403)
    try:
        form = await read_form(request)
    except FormRefused:
        return await _page(request, person, 403, faults={"form": "refused"})
    rules, faults = read_rules(form)
    if rules is None:
        return await _page(request, person, 422, form=form, faults=faults)
    services = services_of(request)
    changes = msgspec.structs.asdict(rules)
    await set_visibility(
        services.database, person.portal_id, changes, actor=f"staff:{person.staff_id}", now=services.clock()
    )
    return see(f"{PATH}?done=saved")


def read_rules(form: Mapping[str, str]) -> tuple[Rules | None, dict[str, str]]:
    """Read the rules that a form describes, or which of its fields do not fit and why.

    A number is left empty for none. Without any distance or time everybody sees the place, whatever was chosen.
    """
    values: dict[str, int | bool | None] = {name: name in form for name in SWITCHES}
    faults: dict[str, str] = {}
    for name in NUMBERS:
        text = form.get(name, "").strip()
        values[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
        if text and values[name] is None:
            faults[name] = "number"
    if form.get("place") == EXACT:
        values |= {"exact_within_m": None, "exact_within_min": None}
        faults = {name: why for name, why in faults.items() if name == "closes_after_min"}
    elif not faults and values["exact_within_m"] is None and values["exact_within_min"] is None:
        faults["exact_within_m"] = "none"
    for name in NUMBERS:
        if values[name] is not None:
            try:
                msgspec.convert({name: values[name]}, Rules)
            except msgspec.ValidationError:
                faults[name] = "range"
    return (None, faults) if faults else (msgspec.convert(values, Rules), {})


async def _page(
    request: Request,
    person: StaffSession,
    status_code: int = 200,
    *,
    form: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    services = services_of(request)
    async with services.database.read() as tx:
        portal, rules = await portals.get_portal(tx, person.portal_id), await get_rules(tx, person.portal_id)
    assert portal is not None  # noqa: S101 - staff refer to their portal
    assert rules is not None  # noqa: S101 - each portal has some
    page = await page_response(
        request,
        "staff/visibility.html",
        status_code,
        person=person,
        may_manage=allows(person.role, Permission.MANAGE_PORTAL),
        typed=_typed(rules) if form is None else form,
        faults=faults or {},
        done=request.query_params.get("done") == "saved",
        action=PATH,
        form_token=lambda action: form_token(request, action),
        portal_name=portal.name,
        portal_demo=portal.demo,
    )
    return keep_cookie(request, page)


def _typed(rules: Rules) -> dict[str, str]:
    """Write rules as a form would send them."""
    values = msgspec.structs.asdict(rules)
    numbers = {name: "" if values[name] is None else str(values[name]) for name in NUMBERS}
    return numbers | {name: "on" for name in SWITCHES if values[name]} | {"place": AREA if rules.has_areas else EXACT}
