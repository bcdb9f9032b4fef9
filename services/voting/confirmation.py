"""Ballots that a passkey confirmed, over HTTP."""

from aiohttp import web

from services.kit import access_token, clock
from services.kit.access_token import TokenExpired, TokenWrong
from services.kit.route import TOKEN_KEY, Call, Route
from services.refusal import Refused
from services.rules import assertion_errors, jws
from services.voting import errors, handlers, sending
from services.voting.handlers import BOX, LARGEST_BALLOT
from services.voting.step_up import Confirmation
from services.wire import ConfirmedBallot, Receipt

REFUSES: tuple[type[Refused], ...] = (
    jws.SignatureWrong,
    *sending.WORDS,
    TokenWrong,
    TokenExpired,
    errors.StepUpUnasked,
    errors.StepUpForeign,
    *assertion_errors.OF_A_PASSKEY,
    assertion_errors.AssertionUnsigned,
)


async def post_confirmed(call: Call) -> web.StreamResponse:
    """A ballot and its confirmation in, a receipt out."""
    given: ConfirmedBallot = call.body
    key = call.request.config_dict[TOKEN_KEY]
    voucher = access_token.read_voucher(given.voucher, key, clock.now() // 1000)
    cast = await call.app[BOX].cast(
        call.part("poll"),
        given.ballot.encode(),
        call.app[LARGEST_BALLOT],
        call.request_id,
        Confirmation(given.evidence, voucher),
    )
    return handlers.receipt(call.request, cast)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/polls/{poll}/ballots/confirmed",
        post_confirmed,
        "anyone",
        "Cast a signed ballot that a passkey of its voter confirmed; the same ballot again gives the same receipt.",
        takes=ConfirmedBallot,
        gives=Receipt,
        status=201,
        repeated=200,
        refuses=REFUSES,
    ),
)
