"""Replies are held against the committed OpenAPI schema, so that neither can drift from the other unseen."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).resolve().parents[2] / "frontend" / "openapi.json"
PREFIX = "/api/v1/"
PROBLEM_MEMBERS = {"type", "title", "status", "code", "detail", "params", "errors"}

formats = FormatChecker(formats=())


def _checks(name: str) -> Callable[[Callable[[Any], object]], Callable[[Any], object]]:
    return formats.checks(name, raises=ValueError)


@_checks("uuid")
def _uuid(value: Any) -> bool:
    return value is None or str(UUID(value)) == value


@_checks("date")
def _date(value: Any) -> bool:
    return value is None or bool(date.fromisoformat(value))


@_checks("date-time")
def _time(value: Any) -> bool:
    """RFC 3339 in UTC: the interface compares times as text."""
    return value is None or (value.endswith("Z") and datetime.fromisoformat(value).tzinfo is not None)


@_checks("uri")
def _uri(value: Any) -> bool:
    return value is None or value.startswith("http")


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's dialect as JSON Schema, closed: what the schema does not name must not be in a reply."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _as_json_schema(value) for key, value in node.items() if key != "nullable"}
    if plain.get("type") == "object" and "properties" in plain:
        plain.setdefault("additionalProperties", False)
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


@cache
def document() -> dict[str, Any]:
    """The committed schema."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


@cache
def _registry() -> "Registry[Any]":
    contents = _as_json_schema({"components": document()["components"]})
    return Registry().with_resource("urn:api", Resource(contents=contents, specification=DRAFT202012))


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Path patterns, those without parameters first. A tile's number may have several parts."""
    templates = sorted(document()["paths"], key=lambda path: path.count("{"))
    parameter = re.compile(r"\{(\w+)\}")
    return [
        (re.compile(parameter.sub(lambda found: ".+" if found[1] == "tile" else "[^/]+", path)), path)
        for path in templates
    ]


def template_of(path: str) -> str | None:
    """The schema's path that an address belongs to."""
    return next((template for pattern, template in _templates() if pattern.fullmatch(path)), None)


@cache
def _validator(template: str, method: str, status: int) -> Draft202012Validator | None:
    """For a reply's JSON; None where the schema promises something else than JSON."""
    operation = document()["paths"][template].get(method)
    assert operation, f"the schema does not know {method.upper()} {template}"
    reply = operation["responses"].get(str(status))
    assert reply, f"the schema does not know status {status} of {method.upper()} {template}"
    content = reply.get("content", {}).get("application/json")
    if content is None:
        return None
    schema = _as_json_schema(content["schema"])
    text = json.dumps(schema).replace("#/components/", "urn:api#/components/")
    return Draft202012Validator(json.loads(text), registry=_registry(), format_checker=formats)


def check(method: str, path: str, response: HttpResponseBase) -> None:
    """Hold a reply of the API against the schema; a refusal against RFC 9457. Raises AssertionError."""
    status = response.status_code
    if status >= 400:
        check_problem(response)
        return
    template = template_of(path.partition("?")[0])
    assert template, f"{path} is not in the schema"
    validator = _validator(template, method.lower(), status)
    if validator is None:
        return
    assert response["Content-Type"] == "application/json"
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(response.content))]  # type: ignore[attr-defined]  # a stream is no JSON
    assert not errors, f"{method} {path} {status} departs from the schema: {errors[:5]}"


def check_problem(response: HttpResponseBase) -> None:
    """A problem detail (RFC 9457, section 3) with our extension members."""
    assert response["Content-Type"] == "application/problem+json", (response.status_code, response["Content-Type"])
    body = json.loads(response.content)  # type: ignore[attr-defined]  # a stream is no JSON
    assert set(body) == PROBLEM_MEMBERS
    assert body["status"] == response.status_code
    assert body["type"] == f"/problems/{body['code']}"
    assert re.fullmatch(r"[a-z][a-z0-9_]*", body["code"])
    assert body["title"] and body["detail"]
    assert isinstance(body["params"], dict)
    assert all(set(error) == {"field", "code", "detail"} for error in body["errors"])
