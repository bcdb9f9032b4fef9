"""Ballots sent to signing services, over HTTP: begun by their voters, who may ask how they stand."""

from services.kit.problem import NotReady
from services.kit.route import Call, Route
from services.refusal import Refused
from services.rules import ballot as rules
from services.rules import jws
from services.voting import errors, handlers
from services.voting.handlers import REMOTE
from services.wire import BallotIntent, IntentShown

_POLL = "/polls/{poll}"
# What the words of a ballot may be refused for, whoever is to sign them.
WORDS: tuple[type[Refused], ...] = (
    NotReady,
    jws.NotWellFormed,
    jws.AlgorithmWrong,
    rules.CredentialUnknown,
    rules.CredentialRevoked,
    rules.CredentialExpired,
    rules.ForeignPoll,
    rules.ForeignMeeting,
    rules.LabelWrong,
    rules.NotYourKey,
    rules.NotOnRoll,
    errors.PollUnknown,
    errors.PollNotOpen,
    errors.PollHeld,
    errors.PollClosed,
    errors.PollVoided,
    errors.AlreadyVoted,
    errors.SequenceWrong,
    errors.BallotsTooMany,
)


async def post_intent(call: Call) -> IntentShown:
    """A ballot is begun with a signing service."""
    await handlers.own(call)
    return await call.app[REMOTE].begin(call.part("poll"), call.body, call.who.sub, call.request_id)


async def get_intent(call: Call) -> IntentShown:
    """What the caller began last, and how it stands."""
    await handlers.own(call)
    return await call.app[REMOTE].of_voter(call.part("poll"), call.who.sub)


async def withdraw_intent(call: Call) -> IntentShown:
    """The caller waits no longer for a signature, and may vote by another way."""
    await handlers.own(call)
    return await call.app[REMOTE].withdraw(call.part("poll"), call.who.sub)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{_POLL}/intents",
        post_intent,
        "ballot.begin",
        "Begin a ballot that a signing service is to sign; the same words again are answered as before.",
        takes=BallotIntent,
        gives=IntentShown,
        status=202,
        refuses=(*WORDS, errors.IntentsTooMany, errors.StepUpMissing),
    ),
    Route(
        "GET",
        f"{_POLL}/intents/mine",
        get_intent,
        "ballot.begin",
        "What the caller began last in this poll, and how it stands.",
        gives=IntentShown,
        refuses=(errors.PollUnknown, errors.IntentUnknown),
    ),
    Route(
        "POST",
        f"{_POLL}/intents/mine/withdraw",
        withdraw_intent,
        "ballot.begin",
        "Wait no longer for the signature of what one began: should it come, it is not cast.",
        gives=IntentShown,
        refuses=(errors.PollUnknown, errors.IntentUnknown),
    ),
)
