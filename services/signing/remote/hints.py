"""HTTP of what services tell by themselves (webhooks): that there is news of a transaction, and nothing more.

Nobody says who they are there, so nothing else is read of it: the service is asked, and what it answers is verified.
"""

from services.kit.route import Call, Route
from services.signing.remote.furnishing import STORE
from services.wire import RemoteHint


async def hint(call: Call) -> None:
    """Anybody: ask the service soon, if there is such a transaction."""
    said: RemoteHint = call.body
    named = said.transaction_id or said.meta_data.transaction_id
    await call.app[STORE].hint(call.part("provider"), named)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/remote/{provider}/hints",
        hint,
        "anyone",
        "A signing service tells that there is news of a transaction: it is asked soon, and nothing is believed.",
        takes=RemoteHint,
        status=204,
    ),
)
