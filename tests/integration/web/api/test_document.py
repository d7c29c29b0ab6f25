"""The OpenAPI document and what it describes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from hub.web.api.document import openapi_document
from tests.integration.hub import RunningHub, ping_at

DOCUMENT = openapi_document()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def _everything(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _everything(inner)


def _check(value: Any, schema: dict[str, Any], at: str = "$") -> None:
    """Check a value against the part of JSON Schema that the document uses."""
    if "$ref" in schema:
        return _check(value, SCHEMAS[schema["$ref"].rpartition("/")[2]], at)
    if "anyOf" in schema:
        for choice in schema["anyOf"]:
            try:
                return _check(value, choice, at)
            except AssertionError:
                continue
        raise AssertionError(f"{at}: {value!r} fits none of {schema['anyOf']}")
    if "enum" in schema:
        assert value in schema["enum"], at
    if "type" in schema:
        assert isinstance(value, KINDS[schema["type"]]), f"{at}: {value!r} is no {schema['type']}"
    if schema.get("format") == "date-time":
        assert datetime.fromisoformat(value).tzinfo, at
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value), at
        assert set(value) <= set(schema["properties"]), f"{at}: {set(value) - set(schema['properties'])}"
        for name, inner in value.items():
            _check(inner, schema["properties"][name], f"{at}.{name}")
    if isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, schema["items"], f"{at}[{number}]")


def _answer_schema(method: str, path: str, status: int) -> dict[str, Any]:
    [content] = DOCUMENT["paths"][path][method]["responses"][str(status)]["content"].values()
    schema: dict[str, Any] = content["schema"]
    return schema


def test_every_reference_leads_to_a_schema() -> None:
    references = [part["$ref"] for part in _everything(DOCUMENT) if isinstance(part, dict) and "$ref" in part]

    assert references
    assert {reference.removeprefix("#/components/schemas/") for reference in references} == set(SCHEMAS)


def test_every_operation_has_its_own_id_a_summary_and_a_known_credential() -> None:
    operations = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]

    assert DOCUMENT["openapi"] == "3.1.0"
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"] for operation in operations)
    named = {name for operation in operations for one in operation["security"] for name in one}
    assert named <= set(DOCUMENT["components"]["securitySchemes"])


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_every_parameter_of_a_path_is_described(path: str) -> None:
    for operation in DOCUMENT["paths"][path].values():
        described = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert described == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


async def test_the_document_is_answered_and_has_a_page(hub: RunningHub) -> None:
    assert (await hub.http.get("/api/openapi.json")).json() == DOCUMENT

    page = await hub.http.get("/api/docs")
    assert page.status_code == 200
    assert all(path in page.text for path in DOCUMENT["paths"])


async def test_every_described_operation_is_routed(hub: RunningHub) -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method in operations:
            json_body = {"Content-Type": "application/json"}
            url = path.replace("{id}", "x").replace("{token}", "x")
            answer = await hub.http.request(method, url, headers=json_body)
            public = {} in operations[method]["security"]
            known = {401, 404} if not public else {404} if "{id}" in path else {200, 400, 422}
            assert answer.status_code in known, (method, path)
            assert answer.json().get("detail") != "Not Found"


async def test_answers_fit_their_schemas(hub: RunningHub) -> None:
    scene = await hub.scene()
    key = {"Authorization": f"Bearer {scene.api_key}"}
    booking = f"/api/v1/bookings/{scene.visit.booking_id}"
    answers = {
        ("post", "/api/v1/pings"): await hub.ping(scene, ping_at(), ping_at(lat=0, lon=0), {}),
        ("get", "/v/{token}/snapshot"): await hub.http.get(f"/v/{scene.link_token}/snapshot"),
        ("get", "/api/v1/bookings"): await hub.http.get("/api/v1/bookings", headers=key),
        ("get", "/api/v1/bookings/{id}"): await hub.http.get(booking, headers=key),
        ("post", "/api/v1/bookings/{id}/links"): await hub.http.post(
            f"{booking}/links", json={"scope": "track"}, headers=key
        ),
        ("post", "/api/v1/bookings/{id}/status"): await hub.http.post(
            f"{booking}/status", json={"status": "in_progress"}, headers=key
        ),
    }
    for (method, path), answer in answers.items():
        _check(answer.json(), _answer_schema(method, path, answer.status_code))
    assert [answer.status_code for answer in answers.values()] == [202, 200, 200, 200, 201, 200]
