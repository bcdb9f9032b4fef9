"""The verdict on a sitting under load: what devices were told, against what is kept; nothing is taken on trust.

Every certificate is proven as a stranger would (`services.rules.proof`), with every receipt that was given for its
poll. Then: acknowledged = in the ledger = in the result.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec

from loadtests.journal import Acknowledged, Asked, Declared, Event, Refused, Sent
from loadtests.programme import Programme
from loadtests.stage import HallSet, Stage
from services import refusal
from services.desk.client import Client
from services.rules import jws, merkle, proof
from services.rules.credential import Anchors, load_anchors
from services.rules.extract import Placed
from services.wire import BallotCast, BallotPayload, Receipt, Withheld

_ballots = msgspec.json.Decoder(BallotCast)


@dataclass(frozen=True, slots=True)
class Told:
    """What the devices of one poll know: ballots sent and refused (JWS, by voter and number), receipts they proved."""

    sent: Mapping[tuple[str, int], str]
    refused: frozenset[tuple[str, int]]
    receipts: Mapping[tuple[str, int], Receipt]


@dataclass(frozen=True, slots=True)
class BallotLine:
    """A ballot as it stands in the ledger: whose, which of theirs, where, the whole line, and the JWS in it."""

    voter: str
    seq: int
    index: int
    line: str
    ballot: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the house keeps of one poll, proven: its ballots, and by voter the place of the one that counts."""

    lines: Sequence[BallotLine]
    counting: Mapping[str, int]


@dataclass(slots=True)
class Verdict:
    """How many of each; `wrong` says what must not be, one sentence each, at most twenty."""

    polls: int = 0
    sent: int = 0
    acknowledged: int = 0
    in_ledger: int = 0
    in_result: int = 0
    lost: int = 0
    doubled: int = 0
    foreign: int = 0
    miscounted: int = 0
    undeclared: int = 0
    unproven: int = 0
    asked: int = 0
    asks_lost: int = 0
    close_to_certificate_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def say(self, what: str) -> None:
        """Something is wrong."""
        if len(self.wrong) < 20:
            self.wrong.append(what)


def compare(poll: str, told: Told, kept: Kept, verdict: Verdict) -> None:
    """Count one poll into the verdict."""
    verdict.polls += 1
    verdict.sent += len(told.sent)
    verdict.acknowledged += len(told.receipts)
    verdict.in_ledger += len(kept.lines)
    verdict.in_result += len(kept.counting)
    places = {(each.voter, each.seq): (each.index, each.line) for each in kept.lines}
    # 1. Whatever a device holds a proven receipt for stands in the ledger, at that very place.
    for ballot, receipt in told.receipts.items():
        if places.get(ballot) != (receipt.index, receipt.entry):
            verdict.lost += 1
            verdict.say(f"{poll}: the acknowledged ballot {ballot} is not in the ledger at {receipt.index}")
    # 2. No ballot stands there twice, none that its device did not send, none that was refused.
    for ballot, times in Counter((each.voter, each.seq) for each in kept.lines).items():
        if times > 1:
            verdict.doubled += 1
            verdict.say(f"{poll}: ballot {ballot} stands in the ledger {times} times")
    for each in kept.lines:
        ballot = (each.voter, each.seq)
        if told.sent.get(ballot) != each.ballot or ballot in told.refused:
            verdict.foreign += 1
            verdict.say(f"{poll}: line {each.index} is no ballot that {each.voter} sent, or it was refused")
    # 3. Of each voter the last ballot in the ledger counts, and nobody else's.
    last = {each.voter: each.index for each in sorted(kept.lines, key=lambda each: each.index)}
    if last != dict(kept.counting):
        verdict.miscounted += 1
        verdict.say(f"{poll}: the result does not count each voter's last ballot")


def compare_undeclared(poll: str, told: Told, ledgers: Sequence[Sequence[bytes]], verdict: Verdict) -> None:
    """Count a poll that no chair declared: its acknowledged ballots must stand in the ledger of a hall all the same.

    `ledgers`: the lines of each. Of a poll that is still open the hash of a line stands in its place.
    """
    for ballot, receipt in told.receipts.items():
        if any(_stands(receipt, lines) for lines in ledgers):
            verdict.undeclared += 1
        else:
            verdict.lost += 1
            verdict.say(f"{poll}: the acknowledged ballot {ballot} is not in the ledger at {receipt.index}")
    if told.receipts:
        verdict.say(
            f"{poll}: it was never declared; of {len(told.receipts)} acknowledged ballots none counts"
        )


def _stands(receipt: Receipt, lines: Sequence[bytes]) -> bool:
    line = receipt.entry.encode()
    withheld = Withheld(leaf=jws.b64_encode(merkle.leaf_hash(line)).decode())
    found = lines[receipt.index] if receipt.index < len(lines) else b""
    return found in (line, msgspec.json.encode(withheld))


async def _ledger(client: Client, path: str, token: str) -> list[bytes]:
    """The lines between head and checkpoint of a ledger file."""
    _, *lines, _ = (await client.ask("GET", path, token=token)).splitlines()
    return lines


async def judge(client: Client, stage: Stage, told: Iterable[Event]) -> Verdict:
    """Everything that was told in a run, against a server that still runs."""
    verdict = Verdict()
    anchors = Anchors(load_anchors(await client.trust()))
    tokens = [await client.sign_in(hall.secretary.device()) for hall in stage.halls]
    events = list(told)
    polls = _by_poll(events)
    for declared in (each for each in events if isinstance(each, Declared)):
        file = await client.file(declared.certificate, "json", tokens[declared.hall])
        seen = polls.pop(declared.poll, Told({}, frozenset(), {}))
        await asyncio.to_thread(_judge_poll, declared.poll, file, anchors, seen, verdict)
        verdict.close_to_certificate_s.append(round(declared.seconds, 3))
    if any(seen.receipts for seen in polls.values()):
        ledgers = [
            await _ledger(client, f"/voting/meetings/{hall.meeting}/ledger", token)
            for hall, token in zip(stage.halls, tokens, strict=True)
        ]
        for poll, seen in polls.items():
            compare_undeclared(poll, seen, ledgers, verdict)
    for number, hall in enumerate(stage.halls):
        asked = [each for each in events if isinstance(each, Asked) and each.hall == number]
        await _judge_floor(client, hall, tokens[number], asked, verdict)
    _must_be_whole(stage.programme, verdict)
    return verdict


def _must_be_whole(programme: Programme, verdict: Verdict) -> None:
    """A run in which polls or voters were missing proves nothing."""
    polls = programme.halls * programme.votes
    if verdict.polls != polls:
        verdict.say(f"{verdict.polls} polls were decided, not {polls}")
    if programme.ballots is not None and verdict.in_result != programme.ballots:
        verdict.say(f"{verdict.in_result} voters are in the results, not {programme.ballots}")


def _by_poll(events: Iterable[Event]) -> dict[str, Told]:
    sent: dict[str, dict[tuple[str, int], str]] = defaultdict(dict)
    refused: dict[str, set[tuple[str, int]]] = defaultdict(set)
    receipts: dict[str, dict[tuple[str, int], Receipt]] = defaultdict(dict)
    for event in events:
        match event:
            case Sent():
                sent[event.poll][event.voter, event.seq] = event.ballot
            case Refused():
                refused[event.poll].add((event.voter, event.seq))
            case Acknowledged():
                receipts[event.receipt.poll][event.voter, event.seq] = event.receipt
            case Declared() | Asked():
                pass
    return {poll: Told(sent[poll], frozenset(refused[poll]), receipts[poll]) for poll in {*sent, *receipts}}


def _judge_poll(poll: str, file: bytes, anchors: Anchors, told: Told, verdict: Verdict) -> None:
    try:
        proven = proof.verify_certificate(file, anchors)
    except refusal.Refused as refused:
        verdict.unproven += 1
        verdict.say(f"{poll}: its certificate is not proven: {refused.text_en}")
        return
    prove_receipts(poll, told, partial(proof.verify_receipts, proven=proven), verdict)
    lines = [_ballot_line(placed) for placed in proven.history.ballots]
    counting = {voter: vote.index for voter, vote in proven.votes.items()}
    compare(poll, told, Kept(lines, counting), verdict)


def prove_receipts(
    poll: str, told: Told, prove: Callable[[Sequence[Receipt]], None], verdict: Verdict
) -> None:
    """Prove all receipts; where one cannot be, say of each which: what is lost is what is looked for here."""
    try:
        prove(list(told.receipts.values()))
    except refusal.Refused:
        for ballot, receipt in told.receipts.items():
            try:
                prove([receipt])
            except refusal.Refused as refused:
                verdict.unproven += 1
                verdict.say(f"{poll}: the receipt of {ballot} is not proven: {refused.text_en}")


def _ballot_line(placed: Placed) -> BallotLine:
    signed = _ballots.decode(placed.line).jws
    said = msgspec.json.decode(jws.b64_decode(signed.split(".")[1].encode()), type=BallotPayload)
    return BallotLine(said.voter, said.seq, placed.index, placed.line.decode(), signed)


async def _judge_floor(
    client: Client, hall: HallSet, token: str, asked: Sequence[Asked], verdict: Verdict
) -> None:
    """Each request to speak that was received stands in the floor's ledger, at its place."""
    verdict.asked += len(asked)
    if not asked:
        return
    lines = await _ledger(client, f"/floor/meetings/{hall.meeting}/ledger", token)
    for each in asked:
        if each.index >= len(lines) or lines[each.index] != each.entry.encode():
            verdict.asks_lost += 1
            verdict.say(f"{hall.meeting}: request {each.request} is not in the floor's ledger")
