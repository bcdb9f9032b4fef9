"""The routes of the signed edition, as data."""

from services.access import ForeignBody
from services.kit.route import Route
from services.refusal import Refused
from services.rules.ballot import CredentialExpired, CredentialRevoked, CredentialUnknown
from services.rules.jws import NotWellFormed, SignatureWrong
from services.signing.countersigned import errors, handlers
from services.signing.press_errors import CertificateUnknown
from services.wire import SignatureBegun, SignatureGiven, SignaturePrepared, SignaturesShown

_KEY: tuple[type[Refused], ...] = (CredentialUnknown, CredentialRevoked, CredentialExpired)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/certificates/{certificate}/signatures",
        handlers.signatures,
        "anyone",
        "Who signed a certificate, and what is awaited.",
        gives=SignaturesShown,
        refuses=(CertificateUnknown,),
    ),
    Route(
        "POST",
        "/certificates/{certificate}/signatures/begun",
        handlers.begin,
        "certificate.sign",
        "What the caller is to sign, as secretary or as chair. What they began before is good no more.",
        takes=SignatureBegun,
        gives=SignaturePrepared,
        status=201,
        refuses=(
            CertificateUnknown,
            ForeignBody,
            errors.RoleMissing,
            errors.ReasonMissing,
            errors.SamePersonTwice,
            errors.SignedAlready,
            errors.OutOfTurn,
            errors.StampAwaited,
            errors.KeyCannotSignPages,
            errors.PageRefused,
            *_KEY,
        ),
    ),
    Route(
        "GET",
        "/certificates/{certificate}/signatures/{prepared}/page.pdf",
        handlers.page,
        "certificate.sign",
        "The page that was prepared for the caller, with the place for their signature.",
        gives_media=handlers.MEDIA["pdf"],
        refuses=(errors.PreparationUnknown, errors.PreparationOver),
    ),
    Route(
        "POST",
        "/certificates/{certificate}/signatures",
        handlers.sign,
        "certificate.sign",
        "The caller's signatures to what was prepared. The same bytes again are answered as before.",
        takes=SignatureGiven,
        gives=SignaturesShown,
        refuses=(
            CertificateUnknown,
            ForeignBody,
            errors.PreparationUnknown,
            errors.PreparationOver,
            errors.RoleMissing,
            errors.SignedAlready,
            NotWellFormed,
            SignatureWrong,
            *_KEY,
        ),
    ),
    Route(
        "GET",
        "/certificates/{certificate}.signed.json",
        handlers.signed_json,
        "anyone",
        "The statement with the signatures of secretary, chair and seal.",
        gives_media=handlers.MEDIA["json"],
        refuses=(errors.SignedEditionNotYet,),
    ),
    Route(
        "GET",
        "/certificates/{certificate}.signed.pdf",
        handlers.signed_pdf,
        "anyone",
        "The page with the signatures of secretary, chair and seal. A renewed archive time-stamp changes it.",
        gives_media=handlers.MEDIA["pdf"],
        refuses=(errors.SignedEditionNotYet,),
    ),
)
