"""The page of the meeting desk says what the desk does."""

import inspect
import re

from services.kit.openapi import describe
from services.meeting import errors, passkey_errors, passkey_routes, routes
from services.refusal import REFUSALS, Refused

ROUTES = (*routes.ROUTES, *passkey_routes.ROUTES)
DOCUMENT = describe("meeting", ROUTES)
OURS = [
    kind
    for module in (errors, passkey_errors)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Refused)
]


def test_every_route_is_named_once() -> None:
    """Operation ids are unique, and every route stands on the page."""
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(ROUTES)


def test_every_refusal_is_promised() -> None:
    """Every refusal of the meeting desk stands on some route, and its code is listed for all."""
    promised = {refusal for route in ROUTES for refusal in route.refuses}
    ours = {kind for kind in OURS if kind is not Refused}
    assert ours <= promised
    assert all(REFUSALS[kind.code] is kind for kind in ours)


def test_texts_tell_the_same_facts() -> None:
    """The Vietnamese text never names a fact that the English one does not know, and both can be shown."""
    for kind in OURS:
        if kind is not Refused:
            english, vietnamese = (
                set(re.findall(r"{(\w+)}", text)) for text in (kind.__doc__ or "", kind.vi)
            )
            assert vietnamese == english, kind


def test_sheets_are_text() -> None:
    """Where a list may also come as a sheet, the page has both, each with its own schema."""
    content = DOCUMENT["paths"]["/meeting/meetings/{meeting}/roll"]["put"]["requestBody"]["content"]
    assert content["text/csv"]["schema"] == {"type": "string"}
    assert content["application/json"]["schema"]["type"] == "array"
