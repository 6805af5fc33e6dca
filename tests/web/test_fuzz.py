"""The API against its own description: whatever schemathesis invents, no answer is a 5xx or of another shape."""

from __future__ import annotations

import os
import time
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from tests.web.conftest import House
from tests.web.rows import furnish

#: For each operation and mode; about 10,000 in all with ROADBOOK_NIGHTLY=1.
EXAMPLES = 90 if os.environ.get("ROADBOOK_NIGHTLY") == "1" else 3
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]
SLOWEST_SECS = 5.0
#: Every example here is a try to guess a password: the throttle answers, and has tests of its own.
LEFT_OUT = {("POST", "/api/v1/session")}


def test_no_example_breaks_the_promise(house: House) -> None:
    rows = furnish(house, "main")
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.app)
    chosen = [schemathesis.checks.CHECKS.get_one(name) for name in CHECKS]
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) not in LEFT_OUT:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                tried += fuzz(operation, mode, house.keys["main", "owner"], rows, chosen)
    assert tried > 300


def fuzz(operation: Any, mode: GenerationMode, key: str, rows: Any, chosen: list[Any]) -> int:
    """Try one operation with invented cases, half of them on rows that are there; gives how many."""
    count = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def examine(case: Any) -> None:
        nonlocal count
        count += 1
        if count % 2:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = getattr(rows, name)
        begun = time.monotonic()
        answer = case.call(headers={**(case.headers or {}), "Authorization": f"Bearer {key}"})
        assert time.monotonic() - begun < SLOWEST_SECS, case.as_curl_command()
        case.validate_response(answer, checks=chosen)

    try:
        examine()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # an operation without arguments takes nothing wrong
    return count
