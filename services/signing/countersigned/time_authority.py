"""Who stamps what persons sign: an authority by its URL, our own for trials if that is asked for, or nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from services.kit.clock import Clock
from services.kit.complaint import Complaint
from services.kit.files import write_once
from services.kit.settings import Settings
from services.refusal import Refused
from services.rules.credential import load_anchors
from services.signing.countersigned import trial_authority
from services.signing.countersigned.acts import Materials
from services.signing.countersigned.pages import Stamps
from services.signing.countersigned.stamping import TimeStamper, UrlStamper
from services.signing.countersigned.trial_authority import TrialAuthority, TrialStamper

_TRIAL = "trial-time.key"


class TimeAuthorityRefused(Complaint):
    """The settings for time-stamps do not fit together; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class TimeAuthority:
    """Who stamps: how it is asked, its anchors (PEM), whose it is, and what else says that it is good now
    (milliseconds). To stamp is to wait: it is done in a thread."""

    stamper: TimeStamper
    trust: bytes
    kind: Stamps
    materials: Callable[[int], Materials]


def of(settings: Settings, keys: Path, clock: Clock) -> TimeAuthority | None:
    """The authority that the settings name; None: signatures have no time-stamps. Raises TimeAuthorityRefused."""
    if settings.tsa_url and settings.test_tsa:
        raise TimeAuthorityRefused(
            "PLENARY_TSA_URL and PLENARY_TEST_TSA: which of them stamps? Take one away"
        )
    if settings.tsa_url:
        trust = _trust(settings.tsa_trust)
        return TimeAuthority(UrlStamper(settings.tsa_url, trust), trust, "given", lambda _: Materials())
    if settings.test_tsa:
        trial = _trial(keys / _TRIAL)
        return TimeAuthority(TrialStamper(trial, clock), trial.trust, "trial", trial.materials)
    return None


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
