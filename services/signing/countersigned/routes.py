"""The routes of the signed edition, as data."""

from services.access import Act, ForeignBody
from services.kit.route import Route
from services.refusal import Refused
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.rules.errors import TextUnclean
from services.rules.jws import NotWellFormed, SignatureWrong
from services.signing.countersigned import errors, handlers
from services.signing.countersigned.pdf_errors import PictureNotTaken
from services.signing.countersigned.steps import SignedPaper
from services.signing.remote.errors import AccountUnknown, RemoteAskedTooOften, RemoteKeyUnfit
from services.wire import (
    RemotePairAsked,
    RemotePairShown,
    SignatureBegun,
    SignatureGiven,
    SignaturePrepared,
    SignaturesShown,
)

_KEY: tuple[type[Refused], ...] = (CredentialUnknown, CredentialRevoked, CredentialExpired)

# What may be refused of who begins to sign.
_BEGUN: tuple[type[Refused], ...] = (
    ForeignBody,
    errors.RoleMissing,
    errors.ReasonMissing,
    TextUnclean,
    errors.SamePersonTwice,
    errors.SignedAlready,
    errors.OutOfTurn,
    errors.StampAwaited,
    errors.KeyCannotSignPages,
    errors.PageRefused,
    PictureNotTaken,
    *_KEY,
)
# What signatures may be refused for that are brought to the desk.
_BROUGHT: tuple[type[Refused], ...] = (
    ForeignBody,
    errors.PreparationUnknown,
    errors.PreparationOver,
    errors.SignedAlready,
    NotWellFormed,
    SignatureWrong,
    *_KEY,
)


_AT: dict[SignedPaper, str] = {"certificate": "/certificates/{certificate}", "minutes": "/minutes/{minutes}"}


def _routes(kind: SignedPaper, called: str, reads: Act) -> tuple[Route, ...]:
    """Those of one kind of paper; `reads`: what one must be allowed to see who signed."""
    at, unknown = _AT[kind], handlers.UNKNOWN[kind]
    return (
        _standing(at, unknown, called, reads),
        *_by_device(at, unknown),
        *_by_service(at, unknown),
        *_files(at, unknown, reads),
    )


def _standing(at: str, unknown: type[Refused], called: str, reads: Act) -> Route:
    return Route(
        "GET",
        f"{at}/signatures",
        handlers.signatures,
        reads,
        f"Who signed {called}, and what is awaited.",
        gives=SignaturesShown,
        refuses=(unknown,),
    )


def _by_device(at: str, unknown: type[Refused]) -> tuple[Route, ...]:
    """What a person's own device asks for and brings."""
    return (
        Route(
            "POST",
            f"{at}/signatures/begun",
            handlers.begin,
            "certificate.sign",
            "What the caller is to sign, as secretary or as chair. What they began before is good no more.",
            takes=SignatureBegun,
            gives=SignaturePrepared,
            status=201,
            refuses=(unknown, *_BEGUN),
        ),
        Route(
            "GET",
            f"{at}/signatures/{{prepared}}/page.pdf",
            handlers.page,
            "certificate.sign",
            "The page that was prepared for the caller, with the place for their signature.",
            gives_media=handlers.MEDIA["pdf"],
            refuses=(unknown, errors.PreparationUnknown, errors.PreparationOver),
        ),
        Route(
            "POST",
            f"{at}/signatures",
            handlers.sign,
            "certificate.sign",
            "The caller's signatures to what was prepared. The same bytes again are answered as before.",
            takes=SignatureGiven,
            gives=SignaturesShown,
            refuses=(unknown, errors.RoleMissing, *_BROUGHT),
        ),
    )


def _by_service(at: str, unknown: type[Refused]) -> tuple[Route, ...]:
    """The same from a signing service outside."""
    return (
        Route(
            "POST",
            f"{at}/signatures/remote",
            handlers.ask_service,
            "certificate.sign",
            "Have the service where the caller's key lies sign what was prepared, page and statement, confirmed once;"
            " the same again tells how that stands.",
            takes=RemotePairAsked,
            gives=RemotePairShown,
            status=202,
            refuses=(unknown, AccountUnknown, RemoteKeyUnfit, RemoteAskedTooOften, *_BROUGHT),
        ),
        Route(
            "GET",
            f"{at}/signatures/{{prepared}}/remote",
            handlers.asked_service,
            "certificate.sign",
            "How what a service is to sign for the caller stands.",
            gives=RemotePairShown,
            refuses=(unknown, *_BROUGHT),
        ),
    )


def _files(at: str, unknown: type[Refused], reads: Act) -> tuple[Route, ...]:
    return (
        Route(
            "GET",
            f"{at}.signed.json",
            handlers.signed_json,
            reads,
            "The statement with the signatures of secretary, chair and seal.",
            gives_media=handlers.MEDIA["json"],
            refuses=(unknown, errors.SignedEditionNotYet),
        ),
        Route(
            "GET",
            f"{at}.signed.pdf",
            handlers.signed_pdf,
            reads,
            "The page with the signatures of secretary, chair and seal. A renewed archive time-stamp changes it.",
            gives_media=handlers.MEDIA["pdf"],
            refuses=(unknown, errors.SignedEditionNotYet),
        ),
    )


ROUTES = (
    *_routes("certificate", "a certificate", "anyone"),
    *_routes("minutes", "the minutes of a sitting", "minutes.read"),
)
