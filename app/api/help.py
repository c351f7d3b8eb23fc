"""Writes the help from the OpenAPI document, so that it lists what there is."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

ADDRESS = "http://localhost:8000"
EXAMPLE_BY_PARAMETER: Mapping[str, str] = {
    "analysis_id": "analysis_20250827_143052_abc12345",
    "batch_id": "batch_20250827_143052_abc12345",
    "repair_id": "repair_20250827_143052_abc12345",
    "number": "0",
    "role": "audio",
}


def help_of(openapi: Mapping[str, Any], *, address: str = ADDRESS) -> list[dict[str, Any]]:
    """Return every endpoint with its purpose and a curl command, in the document's order."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "tags": operation.get("tags", []),
            "curl": operation.get("x-curl", "").replace(ADDRESS, address)
            or curl_of(openapi, method, path, operation, address=address),
        }
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    ]


def curl_of(
    openapi: Mapping[str, Any],
    method: str,
    path: str,
    operation: Mapping[str, Any],
    *,
    address: str,
) -> str:
    """Return a curl command for one operation, with the examples of its document."""
    query = []
    for parameter in operation.get("parameters", []):
        example = _example(parameter)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(example or parameter["name"]))
        elif parameter["in"] == "query" and example is not None:
            query.append(f"{parameter['name']}={example}")
    words = [
        "curl",
        "-X",
        method.upper(),
        address + path + ("?" + "&".join(query) if query else ""),
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        words += ["-H", "Content-Type: application/json", "-d", json.dumps(_body(openapi, body))]
    return shlex.join(words)


def _example(parameter: Mapping[str, Any]) -> Any:
    schema = parameter.get("schema", {})
    for examples in (parameter.get("examples"), schema.get("examples")):
        if isinstance(examples, list) and examples:
            return examples[0]
        if isinstance(examples, dict) and examples:
            return next(iter(examples.values()))["value"]
    if parameter["in"] == "path":
        return EXAMPLE_BY_PARAMETER.get(parameter["name"])
    return schema.get("default")


def _body(openapi: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    schema = body["schema"]
    for candidate in _resolved(openapi, schema):
        if candidate.get("examples"):
            return candidate["examples"][0]
    return {}


def _resolved(openapi: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in (schema, *schema.get("anyOf", ())):
        yield one
        if "$ref" in one:
            yield openapi["components"]["schemas"][one["$ref"].rpartition("/")[2]]
