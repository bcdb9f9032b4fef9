"""The routes of passkeys, as data."""

from services.kit.route import Route
from services.meeting import errors, passkey_errors
from services.meeting import passkey_handlers as handlers
from services.refusal import Refused
from services.rules import assertion_errors
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.rules.errors import TextUnclean
from services.wire import (
    Admission,
    Passkey,
    PasskeyAsserted,
    PasskeyChallenge,
    PasskeyLogged,
    PasskeyMade,
    PasskeyVouched,
    PasskeyWanted,
)

_HOLDER: tuple[type[Refused], ...] = (
    *(passkey_errors.PasskeysNeedName, passkey_errors.KeyLoginNeeded, passkey_errors.PasskeysFull),
    *(CredentialUnknown, CredentialRevoked, CredentialExpired),
)
_CHALLENGE: tuple[type[Refused], ...] = (errors.ChallengeWrong, errors.ChallengeExpired, errors.ChallengeUsed)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/passkeys/wanted",
        handlers.wanted,
        "passkey.own",
        "Ask what a new passkey is to be made with; one has just signed in with a key.",
        gives=PasskeyWanted,
        refuses=_HOLDER,
    ),
    Route(
        "POST",
        "/passkeys",
        handlers.add,
        "passkey.own",
        "Add a passkey of one's own.",
        takes=PasskeyMade,
        gives=Passkey,
        status=201,
        refuses=(
            *_HOLDER,
            *_CHALLENGE,
            *assertion_errors.OF_A_PASSKEY,
            TextUnclean,
            passkey_errors.PasskeyTaken,
        ),
    ),
    Route("GET", "/passkeys", handlers.own, "passkey.own", "List one's own passkeys.", gives=list[Passkey]),
    Route(
        "GET",
        "/passkeys/vouchers",
        handlers.vouched,
        "passkey.own",
        "One's own passkeys to confirm ballots with, each with the house's word for whose it is.",
        gives=list[PasskeyVouched],
        refuses=(passkey_errors.PasskeysNeedName,),
    ),
    Route(
        "POST",
        "/passkeys/{passkey}/remove",
        handlers.remove_own,
        "passkey.own",
        "Remove a passkey of one's own.",
        status=204,
        refuses=(passkey_errors.PasskeyNotFound,),
    ),
    Route(
        "GET",
        "/bodies/{body}/passkeys",
        handlers.of_body,
        "credential.read",
        "List the passkeys of a body, by member.",
        gives=list[Passkey],
    ),
    Route(
        "GET",
        "/bodies/{body}/passkeys/log",
        handlers.log,
        "credential.read",
        "What happened to the passkeys of a body, the newest thousand first.",
        gives=list[PasskeyLogged],
    ),
    Route(
        "POST",
        "/bodies/{body}/passkeys/{passkey}/remove",
        handlers.remove,
        "credential.revoke",
        "Remove a passkey of a member.",
        status=204,
        refuses=(passkey_errors.PasskeyNotFound,),
    ),
    Route(
        "POST",
        "/passkeys/challenges",
        handlers.asked,
        "anyone",
        "Ask for a challenge to sign with a passkey.",
        gives=PasskeyChallenge,
        refuses=(passkey_errors.PasskeysNeedName,),
    ),
    Route(
        "POST",
        "/passkeys/tokens",
        handlers.enter,
        "anyone",
        "Get a token for a passkey's answer. It signs nothing; within five minutes it renews a lost key, once.",
        takes=PasskeyAsserted,
        gives=Admission,
        refuses=(
            *(*_CHALLENGE, *assertion_errors.OF_A_PASSKEY),
            *(assertion_errors.AssertionUnsigned, assertion_errors.AssertionReplayed),
            *(passkey_errors.PasskeysNeedName, passkey_errors.PasskeyUnknown, CredentialUnknown),
        ),
    ),
)
