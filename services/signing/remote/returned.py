"""HTTP of a person's browser that comes back from a service's own page (RFC 6749 section 4.1.2).

What it brings says nothing of who sits before it, and needs to say nothing: the code is worth something only together
with the secret of this one request (RFC 7636) and our own password, and permits one signature over the hash that the
service was told beforehand. `state` is our number of this one way there and back, which nobody can guess.
"""

from typing import Literal

from aiohttp import web

from services.kit.route import Call, Route
from services.signing.remote.furnishing import STORE
from services.signing.remote.port import Grant

# The page that says: close me, and go on where you came from. The code does not stay in the browser's address.
LANDING = "/returned"
LONGEST = 4_096


async def returned(call: Call) -> web.Response:
    """Anybody: keep what was brought, if that request waits for it; answered alike in any case."""
    said = {name: call.request.query.get(name, "") for name in ("code", "state", "error")}
    usable = all(len(each) <= LONGEST and each.isascii() and each.isprintable() for each in said.values())
    if usable and said["state"] and bool(said["code"]) != bool(said["error"]):
        # Of all errors one is the person's own (RFC 6749 section 4.1.2.1).
        no: Literal["person", "service"] = "person" if said["error"] == "access_denied" else "service"
        grant = Grant(code=said["code"]) if said["code"] else Grant(no=no)
        await call.app[STORE].grant(call.part("provider"), said["state"], grant)
    return web.Response(
        status=303,
        headers={"Location": LANDING, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/remote/{provider}/returned",
        returned,
        "anyone",
        "A browser comes back from a signing service's own page, with a code or with a no; it is sent on to a page of"
        " ours that says so.",
        status=303,
        query=(("code", str), ("state", str), ("error", str)),
    ),
)
