"""The routes of who lost a key, as data."""

from services.kit.route import Route
from services.rules.ballot import CredentialRevoked, CredentialUnknown
from services.rules.credential_errors import KeyNotTaken
from services.signing import errors, recovery_errors, recovery_handlers
from services.wire import Enrolled, Recovery, Renewal

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/credentials/recover",
        recovery_handlers.recover,
        "credential.renew",
        "Enrol a new key in place of one that was lost, signed in with a passkey at most five minutes ago.",
        takes=Renewal,
        gives=Enrolled,
        status=201,
        refuses=(
            *(recovery_errors.PasskeyLoginNeeded, recovery_errors.PasskeyLoginStale),
            *(CredentialUnknown, CredentialRevoked, KeyNotTaken),
            *(errors.RequestMalformed, errors.PossessionUnproven, errors.KeyTaken, errors.RenewedTooOften),
        ),
    ),
    Route(
        "GET",
        "/bodies/{body}/recoveries",
        recovery_handlers.of_body,
        "credential.read",
        "Which lost keys were renewed with a passkey, the newest first.",
        gives=list[Recovery],
    ),
)
