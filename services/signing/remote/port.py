"""The port to signing services outside: a person's key lies there, the person confirms in an app or on a page.

All of them sign the SHA-256 of the JWS signing input (RFC 7515 section 5.1), so that a ballot is the same message
whoever signs it. `start` tells the service; `ask` asks how it stands, as often as one likes, and brings the signature
that was verified with the enrolled key. Nothing runs for a signature that is pending: it is a value, kept by whoever
asks.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import msgspec

from services.rules import verification_code
from services.wire import RemoteAnswer, RemoteEvidence

Kind = Literal["csc", "neac769", "mysign"]
Purpose = Literal["person", "seal"]
# What a service calls a transaction: it stands in addresses and in our database.
Number = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~:-]{0,99}$(?!\n)")]

# Evidence has to stay small: of repeated answers that say the same the first is kept, and of others so many, and so
# much of them (base64). The last is always kept: the signature is in it.
MOST_ANSWERS, MOST_HEARD = 32, 65_536


@dataclass(frozen=True, slots=True)
class Display:
    """What the person reads in the service's app beside the hash; `code` stands on our own screen too."""

    title: str
    choice: str
    code: str

    @classmethod
    def of(cls, title: str, choice: str, signing_input: bytes) -> "Display":
        """The display of a message, with its own code."""
        return cls(title, choice, verification_code.of(signing_input))


@dataclass(frozen=True, slots=True)
class RemoteKey:
    """A key at a service: its name there, and its certificates (DER, leaf first), not yet believed."""

    id: str
    chain: tuple[bytes, ...]


class Hashed(msgspec.Struct, frozen=True):
    """One of several things that are signed at once: its SHA-256, and what the service's app shows of it."""

    sha256: bytes
    label: str

    @property
    def code(self) -> str:
        """Its own verification code."""
        return verification_code.of_hash(self.sha256)


@dataclass(frozen=True, slots=True)
class Order:
    """A signature that is wanted until `expires_at` (milliseconds). `id` is ours and used once: where a service takes
    our number, it is this one.

    `user` is the name of the person at the service; `key` is the enrolled one. `hashes`: several signatures that are
    wanted in one, by the algorithm `alg`, in place of that of a message; all of them or none.
    """

    id: str
    user: str
    key: RemoteKey
    signing_input: bytes
    display: Display
    expires_at: int
    purpose: Purpose = "person"
    hashes: tuple[Hashed, ...] = ()
    alg: str = ""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that the person has not confirmed yet; all that it takes to ask for it, also after a restart.

    `transaction` is the service's number; times in milliseconds. `confirm_at`: where the person's browser is to be
    sent, empty if the service asks the person itself; then `transaction` is ours, for this one way there and back, and
    `verifier` belongs to it (RFC 7636), shown to nobody.
    """

    provider: str
    kind: Kind
    order: str
    user: str
    key: str
    chain: tuple[bytes, ...]
    signing_input: bytes
    code: str
    transaction: str
    started_at: int
    expires_at: int
    answers: tuple[RemoteAnswer, ...] = ()
    label: str = ""
    hashes: tuple[Hashed, ...] = ()
    alg: str = ""
    confirm_at: str = ""
    verifier: str = ""

    @classmethod
    def of(
        cls,
        order: Order,
        provider: str,
        kind: Kind,
        transaction: str,
        started_at: int,
        *,
        label: str = "",
        confirm_at: str = "",
        verifier: str = "",
    ) -> "Pending":
        """What was ordered of a service, before anything was heard of it."""
        return cls(
            provider=provider,
            kind=kind,
            order=order.id,
            user=order.user,
            key=order.key.id,
            chain=order.key.chain,
            signing_input=order.signing_input,
            code=order.display.code,
            transaction=transaction,
            started_at=started_at,
            expires_at=order.expires_at,
            label=label,
            hashes=order.hashes,
            alg=order.alg,
            confirm_at=confirm_at,
            verifier=verifier,
        )

    def __repr__(self) -> str:
        """For logs: no message, no person, no secret."""
        return f"Pending({self.provider}, {self.order})"

    def heard(self, answer: RemoteAnswer) -> "Pending":
        """The same with one more answer, unless the last one said the same. Should our clock have stepped back since,
        that is no reason to lose a signature: an answer came no earlier than the one before."""
        last = self.answers[-1] if self.answers else None
        answer = msgspec.structs.replace(answer, at=max(answer.at, last.at if last else self.started_at))
        if last and (last.act, last.status, last.body) == (answer.act, answer.status, answer.body):
            return self
        kept = self.answers[: MOST_ANSWERS - 1]
        while sum(len(each.body) for each in kept) > MOST_HEARD:
            kept = kept[:-1]
        return msgspec.structs.replace(self, answers=(*kept, answer))


@dataclass(frozen=True, slots=True)
class Done:
    """Signed: the signature as JWS wants it, verified, and how it came to be; of several, the others in `more`."""

    signature: bytes
    evidence: RemoteEvidence
    more: tuple["Done", ...] = ()


@dataclass(frozen=True, slots=True)
class StillPending:
    """Not yet; `pending` is what to ask with next."""

    pending: Pending


@dataclass(frozen=True, slots=True)
class Declined:
    """It will not be signed; `why` is a word for the log: the person said no, or the service cannot."""

    pending: Pending
    why: Literal["person", "service"]


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody confirmed in time."""

    pending: Pending


Outcome = Done | StillPending | Declined | Expired


class Grant(msgspec.Struct, frozen=True):
    """What a person's browser came back with from the service's page: a code, good once, or a no, and whose.

    Never a PIN nor a one-time password: whoever sees those can sign anything with them (decision 0019).
    """

    code: str = ""
    no: Literal["", "person", "service"] = ""

    def __repr__(self) -> str:
        """For logs: nothing of it."""
        return "Grant(…)"


class SigningService(Protocol):
    """A service outside. All of it may raise the refusals of `errors`."""

    async def certificates(self, user: str, purpose: Purpose = "person") -> list[RemoteKey]:
        """The person's keys there, for enrolment."""

    async def start(self, order: Order) -> Pending:
        """Have the person asked."""

    async def ask(self, pending: Pending, grant: Grant | None = None) -> Outcome:
        """How it stands; `grant` once the person is back from the service's page."""
