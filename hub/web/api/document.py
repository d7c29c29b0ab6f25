"""Write the OpenAPI 3.1 document from the operations and their types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec

from hub.web.api.operation import Operation
from hub.web.api.operations import OPERATIONS
from hub.web.once import HEADER
from hub.web.problems import Fault

DATABASE_AWAY = 503
"""What any operation answers then."""
REF = "#/components/schemas/{name}"


class ProblemDocument(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An error, as RFC 9457 describes it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
    conflicts: list[str] = []
    """What is in the way of a time that staff named, in words."""


@cache
def openapi_document() -> dict[str, Any]:
    """Describe every operation."""
    kinds: list[Any] = [ProblemDocument]
    for operation in OPERATIONS:
        kinds += [kind for kind in (operation.body, *operation.answers.values()) if kind is not None]
        kinds += operation.query.values()
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    # The same type gives the same schema, so looking it up by its place in the list is enough.
    schema_of = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, schema_of)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Enroute", "version": version("enroute")},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "device": {"type": "http", "scheme": "bearer", "description": "a device token"},
                "device_password": {"type": "http", "scheme": "basic", "description": "the password is a device token"},
                "device_id": {"type": "apiKey", "in": "query", "name": "id", "description": "a device token"},
                "device_id_in_body": {
                    "type": "apiKey",
                    "in": "query",
                    "name": "device_id",
                    "description": "a device token, also as a member of the body",
                },
                "api_key": {"type": "http", "scheme": "bearer", "description": "an API key"},
            },
        },
    }
    as_answered: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))  # defaults may be tuples
    return as_answered


def _describe(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": (operation.handler.__doc__ or "").strip(),
        "operationId": operation.handler.__name__,
        "security": _security(operation),
        "parameters": _path_parameters(operation.path)
        + [
            {"name": name, "in": "query", "required": False, "schema": schema_of[repr(kind)]}
            for name, kind in operation.query.items()
        ]
        + (
            [{"name": HEADER, "in": "header", "required": False, "schema": {"type": "string"}}]
            if operation.once
            else []
        ),
        "responses": {
            str(status): _answer(status, None if kind is None else schema_of[repr(kind)], operation.also)
            for status, kind in operation.answers.items()
        }
        | {str(status): _problem(status, schema_of) for status in sorted({*operation.problems, DATABASE_AWAY})},
    }
    if operation.body is not None:
        content = {"application/json": {"schema": schema_of[repr(operation.body)]}}
        described["requestBody"] = {"required": True, "content": content}
    elif operation.files:
        described["requestBody"] = {"required": True, "content": {kind: {} for kind in operation.files}}
    return described


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    """Tell what an operation asks for; an empty one among several means that it may be left out."""
    asked: list[dict[str, list[str]]] = [{operation.credential: []}] if operation.credential else []
    asked += [{"api_key": []}] if operation.or_key else []
    return [{}, *asked] if operation.public else asked


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _answer(status: int, schema: Any, also: Sequence[str]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    content: dict[str, Any] = {} if schema is None else {"application/json": {"schema": schema}}
    content |= {kind: {} for kind in also}
    return answer | {"content": content} if content else answer


def _problem(status: int, schema_of: dict[str, Any]) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": schema_of[repr(ProblemDocument)]}}
    return {"description": HTTPStatus(status).phrase, "content": content}
