"""HTTP in, HTTP out, no rule: passkeys."""

from aiohttp import web

from services.kit.route import Call
from services.meeting.passkey_desk import PasskeyDesk
from services.wire import Admission, Passkey, PasskeyChallenge, PasskeyLogged, PasskeyVouched, PasskeyWanted

PASSKEYS: web.AppKey[PasskeyDesk] = web.AppKey("passkeys", PasskeyDesk)


async def wanted(call: Call) -> PasskeyWanted:
    return await call.app[PASSKEYS].wanted(call.who)


async def add(call: Call) -> Passkey:
    return await call.app[PASSKEYS].add(call.who, call.body)


async def own(call: Call) -> list[Passkey]:
    return await call.app[PASSKEYS].own(call.who)


async def vouched(call: Call) -> list[PasskeyVouched]:
    return await call.app[PASSKEYS].vouched(call.who)


async def remove_own(call: Call) -> None:
    await call.app[PASSKEYS].remove(call.part("passkey"), call.who.body, call.who.sub, only_of=call.who.sub)


def _body_of(call: Call) -> str:
    """The body of the path, which must be the token's."""
    body = call.part("body")
    call.must_be_of(body)
    return body


async def of_body(call: Call) -> list[Passkey]:
    return await call.app[PASSKEYS].of_body(_body_of(call))


async def log(call: Call) -> list[PasskeyLogged]:
    return await call.app[PASSKEYS].log(_body_of(call))


async def remove(call: Call) -> None:
    await call.app[PASSKEYS].remove(call.part("passkey"), _body_of(call), call.who.sub)


async def asked(call: Call) -> PasskeyChallenge:
    return call.app[PASSKEYS].asked()


async def enter(call: Call) -> Admission:
    return await call.app[PASSKEYS].admit(call.body)
