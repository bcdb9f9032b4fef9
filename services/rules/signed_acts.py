"""Who opened, held, extended, closed and declared a poll: every act's signature, against the line it stands in."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.refusal import Refused
from services.rules import act, ballot, jws
from services.rules.ballot import Holder
from services.rules.extract import Placed
from services.rules.fold import ActLine, History
from services.rules.proof_errors import ActLineWrong, DeclarationWrong, DefinitionWrong
from services.wire import (
    ActName,
    ActPayload,
    BallotBegun,
    BallotLapsed,
    LedgerEntry,
    PollAlarmed,
    PollAnnounced,
    PollCertified,
    PollClosed,
    PollClosing,
    PollCounted,
    PollDeclared,
    PollDefinition,
    PollExtended,
    PollHeld,
    PollOpened,
    PollRechecked,
    PollResumed,
    PollVoided,
)

Holders = Mapping[str, Holder]

_NAMES: dict[type, ActName] = {
    PollAnnounced: "announce",
    PollHeld: "hold",
    PollResumed: "resume",
    PollExtended: "extend",
    PollClosing: "close",
    PollClosed: "close",
    PollDeclared: "declare",
}
# What only the person may sign who presides; the rest may also be done by another of the desk.
_PRESIDING = frozenset({"hold", "resume", "extend", "close", "declare"})


@dataclass(frozen=True, slots=True)
class Step:
    """One transition of a poll as it was signed; `actor` is a member, or "" for the clock (milliseconds `at`)."""

    act: ActName | Literal["open"]
    index: int
    at: int
    actor: str
    reason: str
    seconds: int | None


def holder_of(holders: Holders, thumbprint: str, at: int) -> Holder:
    """The holder of an evidenced credential that was valid at that time (milliseconds).

    Raises ballot.CredentialUnknown, ballot.CredentialExpired.
    """
    holder = holders.get(thumbprint)
    if holder is None:
        raise ballot.CredentialUnknown
    ballot.must_be_valid(holder, at)
    return holder


def read_definition(history: History, holders: Holders) -> PollDefinition:
    """The question, signed by the person it names as presiding. Raises DefinitionWrong."""
    opened = history.opened
    try:
        definition, _, holder = act.read_definition(
            opened.definition.encode(), lambda thumbprint: holder_of(holders, thumbprint, opened.at)
        )
    except Refused as error:
        raise DefinitionWrong(what=error.code) from error
    if holder.member != definition.presiding:
        raise DefinitionWrong(what="not signed by the person who presides")
    return definition


def read_steps(
    history: History, definition: PollDefinition, definition_hash: str, holders: Holders, log_key: str
) -> tuple[Step, ...]:
    """Every transition, in order, each with a good signature. Raises ActLineWrong, DeclarationWrong."""
    steps = [
        Step(
            "open",
            history.opened_index,
            history.opened.at,
            definition.presiding,
            definition.without_quorum,
            None,
        )
    ]
    deadline, acted = history.opened.deadline, set[str]()
    for placed in history.acts:
        try:
            step, payload = _read_step(placed, definition, definition_hash, holders, log_key)
            must_be_new(placed.entry, acted)
        except Refused as error:
            raise ActLineWrong(index=placed.index, what=str(error.facts.get("what", error.code))) from error
        if isinstance(placed.entry, PollDeclared) and payload.result != jws.digest(history.counted_line):
            raise DeclarationWrong
        if isinstance(placed.entry, PollExtended):
            _must_extend_by(placed.index, payload, deadline, placed.entry.deadline)
        if isinstance(placed.entry, PollExtended | PollResumed):
            deadline = placed.entry.deadline
        steps.append(step)
    return tuple(sorted(steps, key=lambda step: step.index))


def _read_step(
    placed: Placed, definition: PollDefinition, definition_hash: str, holders: Holders, log_key: str
) -> tuple[Step, ActPayload]:
    entry = placed.entry
    if not isinstance(entry, ActLine):
        raise act.ActWrong(what="no act")
    payload, actor = read_act_line(entry, definition, holders, log_key)
    name = act_of(entry)
    act.must_be(
        payload, name, definition.meeting, definition.id, "" if name == "announce" else definition_hash
    )
    return Step(name, placed.index, entry.at, actor, payload.reason, payload.seconds), payload


def act_of(entry: ActLine) -> ActName:
    """Which act a line carries."""
    return _NAMES[type(entry)]


def read_act_line(
    entry: ActLine, definition: PollDefinition | None, holders: Holders, log_key: str
) -> tuple[ActPayload, str]:
    """The genuine act in a line, and the member who signed it; "" of the ledger's own. What it says is for the caller
    to compare. Without a definition anybody may have signed it. Raises a Refused of its signature."""
    raw = entry.jws.encode()
    if isinstance(entry, PollClosing | PollClosed) and entry.cause == "deadline":
        return act.read_server_act(raw, ledger_key(log_key), log_key), ""
    payload, holder = act.read_act(raw, lambda thumbprint: holder_of(holders, thumbprint, entry.at))
    if definition and act_of(entry) in _PRESIDING and holder.member != definition.presiding:
        raise act.ActWrong(what="not signed by the person who presides")
    return payload, holder.member


def must_be_new(entry: LedgerEntry, acted: set[str]) -> None:
    """What may be done again in a poll is signed anew each time: the same bytes again are nobody's will, and no ledger
    of ours has them twice. Raises act.ActWrong; notes the act in `acted`."""
    if not isinstance(entry, PollHeld | PollResumed | PollExtended):
        return
    if entry.jws in acted:
        raise act.ActWrong(what="the same act twice")
    acted.add(entry.jws)


def _must_extend_by(index: int, payload: ActPayload, before: int | None, after: int) -> None:
    if before is None or payload.seconds is None or before + payload.seconds * 1000 != after:
        raise ActLineWrong(index=index, what="seconds")


def ledger_key(log_key: str) -> Ed25519PublicKey:
    """The public key in a ledger's key text, which `note.open_checkpoint` has found well formed."""
    return Ed25519PublicKey.from_public_bytes(b64decode(log_key.split("+", 2)[2])[1:])


def thumbprints_of(entry: LedgerEntry) -> list[str]:
    """The credentials whose signatures a line carries; none for what the ledger itself signed."""
    match entry:
        case PollOpened(definition=compact):
            return [jws.signer_of(compact)]
        case PollVoided(jws=first, second=second):
            return [jws.signer_of(first), jws.signer_of(second)]
        case PollClosing(cause="deadline") | PollClosed(cause="deadline"):
            return []
        case (
            BallotBegun() | BallotLapsed() | PollRechecked() | PollCounted() | PollAlarmed() | PollCertified()
        ):
            return []
        case _:
            return [jws.signer_of(entry.jws)]
