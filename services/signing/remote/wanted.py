"""A signature that is wanted of a service outside, as it is kept between one step and the next."""

from dataclasses import dataclass
from typing import Literal

from services.signing.remote.port import Grant, Hashed, Pending, RemoteKey

Outcome = Literal["signed", "declined", "expired", "failed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signature that is wanted; times in milliseconds. `matter`: what the caller calls it. `id`: our own number, that
    nobody can guess: some services tell anybody who has it what was signed."""

    id: str
    matter: str
    provider: str
    thumbprint: str
    signing_input: bytes
    title: str
    label: str
    about: bytes
    wanted_at: int
    expires_at: int
    hashes: tuple[Hashed, ...] = ()
    alg: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """One that we work on: nobody else does as long as our lease lasts, whose number is `lease`. Not started as long as
    it is not `pending`.

    `grant`: what its owner came back with from the service's page; `losses`: so often the service may have asked them,
    and what it answered was lost.
    """

    wanted: Wanted
    pending: Pending | None
    lease: int
    grant: Grant | None = None
    losses: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """`outcome` is None until it is over, `signatures` (base64url) empty unless signed. `asked`: the service has taken
    it, under the number `transaction`; `trouble`: the code of what is in the way just now; `confirm_at`: the service's
    page where it is awaited."""

    wanted: Wanted
    outcome: Outcome | None
    signatures: tuple[str, ...]
    asked: bool
    trouble: str
    transaction: str = ""
    confirm_at: str = ""

    @property
    def signature(self) -> str:
        """Of one message."""
        return self.signatures[0] if self.signatures else ""


@dataclass(frozen=True, slots=True)
class Account:
    """A person at a service, and the key there."""

    user: str
    key: RemoteKey


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Where a key of a member lies: our thumbprint, the outside certificate (DER), until when it is good."""

    provider: str
    thumbprint: str
    leaf: bytes
    not_after: int
