"""HTTP in, HTTP out, no rule: lost keys."""

from aiohttp import web

from services.kit.route import Call
from services.signing.recovering import RecoveryDesk
from services.wire import Enrolled, Recovery

RECOVERIES: web.AppKey[RecoveryDesk] = web.AppKey("recoveries", RecoveryDesk)


async def recover(call: Call) -> Enrolled:
    return await call.app[RECOVERIES].recover(call.who, call.body.request, call.request_id)


async def of_body(call: Call) -> list[Recovery]:
    body = call.part("body")
    call.must_be_of(body)
    return await call.app[RECOVERIES].of_body(body)
