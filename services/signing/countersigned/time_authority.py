"""Who stamps what persons sign: an authority by its URL, our own for trials if that is asked for, or nobody."""

import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from services.kit.clock import Clock
from services.kit.complaint import Complaint
from services.kit.files import write_once
from services.kit.settings import Settings
from services.pki import lists, ocsp
from services.pki.fetching import Allowed, Fetched, Fetcher, NotFetched, allowed
from services.refusal import Refused
from services.rules.certified import load_one
from services.rules.credential import load_anchors
from services.signing.countersigned import trial_authority
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.pages import Stamps
from services.signing.countersigned.pdf_errors import StamperAway
from services.signing.countersigned.stamping import TimeStamper, UrlStamper
from services.signing.countersigned.trial_authority import TrialAuthority, TrialStamper

_TRIAL = "trial-time.key"


class TimeAuthorityRefused(Complaint):
    """The settings for time-stamps do not fit together; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class TimeAuthority:
    """Who stamps: how it is asked, its anchors (PEM), whose it is, and what says that those on a chain of its
    certificates (DER) were not revoked (raises StamperAway). To stamp is to wait: it is done in a thread."""

    stamper: TimeStamper
    trust: bytes
    kind: Stamps
    materials: Callable[[tuple[bytes, ...]], Awaitable[Materials]]


def of(settings: Settings, keys: Path, clock: Clock, fetcher: Fetcher) -> TimeAuthority | None:
    """The authority that the settings name; None: signatures have no time-stamps. Raises TimeAuthorityRefused."""
    if settings.tsa_url and settings.test_tsa:
        raise TimeAuthorityRefused(
            "PLENARY_TSA_URL and PLENARY_TEST_TSA: which of them stamps? Take one away"
        )
    if settings.tsa_url:
        trust = _trust(settings.tsa_trust)
        anchors = tuple(load_anchors(trust))
        stamper = UrlStamper(settings.tsa_url, trust)
        return TimeAuthority(stamper, trust, "given", lambda chain: _fetched(fetcher, anchors, chain))
    if settings.test_tsa:
        trial = _trial(keys / _TRIAL)
        return trial_of(trial, TrialStamper(trial, clock), clock)
    return None


def trial_of(trial: TrialAuthority, stamper: TimeStamper, clock: Clock) -> TimeAuthority:
    """Our own authority for trials, asked by way of this stamper."""

    async def materials(_: tuple[bytes, ...]) -> Materials:
        return trial.materials(clock())

    return TimeAuthority(stamper, trial.trust, "trial", materials)


def may_be_fetched(settings: Settings) -> Allowed:
    """Lists may lie beside the authority itself, also within the house."""
    host = urlsplit(settings.tsa_url).hostname
    return allowed(host or "")


async def _fetched(fetcher: Fetcher, anchors: tuple[bytes, ...], chain: tuple[bytes, ...]) -> Materials:
    """The lists, or else the answers, that say of each certificate on the chain whether it is revoked."""
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    above = [load_one(der) for der in (*chain[1:], *anchors)]
    for certificate in (load_one(der) for der in chain if der not in anchors):
        issuer = next((one for one in above if one.subject == certificate.issuer), None)
        if issuer is None:
            raise StamperAway(what="an issuer of its certificate is not known")
        crl = await _first(fetcher.fetch_list(url) for url in lists.places_of(certificate))
        if crl is not None:
            crls.append(crl)
            continue
        asked = ocsp.question(certificate, issuer, b"")
        answer = await _first(fetcher.ask(url, asked) for url in ocsp.responders_of(certificate))
        if answer is None:
            raise StamperAway(what="whether its certificate is revoked cannot be learnt")
        ocsps.append(answer)
    return Materials((), tuple(crls), tuple(ocsps))


async def _first(tries: Iterator[Coroutine[None, None, Fetched]]) -> bytes | None:
    """What came from the first address that answers."""
    for each in tries:
        with contextlib.suppress(NotFetched):
            return (await each).der
    return None


def ensure(settings: Settings, directory: Path, now: int) -> None:
    """Make what the settings ask for if it is not there, and see that it can be used. Raises TimeAuthorityRefused."""
    if settings.test_tsa:
        ensure_trial(directory, now)
    of(settings, directory, lambda: now, Fetcher(Allowed()))


def ensure_trial(directory: Path, now: int) -> None:
    """Make our own authority for trials if there is none yet; safe when several do so at once."""
    place = directory / _TRIAL
    if not place.exists():
        write_once(place, msgspec.json.encode(trial_authority.found(now)), 0o600)
    trust = _trial(place).trust
    write_once(directory / "trial-time.pem", trust)


def _trial(place: Path) -> TrialAuthority:
    try:
        return msgspec.json.decode(place.read_bytes(), type=TrialAuthority)
    except (OSError, msgspec.DecodeError) as error:
        raise TimeAuthorityRefused(f"{place}: the authority for trials cannot be read") from error


def _trust(name: str) -> bytes:
    if not name:
        raise TimeAuthorityRefused("PLENARY_TSA_TRUST: name the PEM file with the anchors of PLENARY_TSA_URL")
    try:
        trust = Path(name).expanduser().read_bytes()
        load_anchors(trust)
    except (OSError, Refused) as error:
        raise TimeAuthorityRefused(f"PLENARY_TSA_TRUST: {name} cannot be used: {error}") from error
    return trust
