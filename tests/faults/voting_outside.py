"""A delegate whose key lies at a signing service: begins a ballot, confirms it there, and sees what became of it."""

import json
from random import Random

import msgspec

from services.desk.asking import Declined
from services.wire import BallotIntent, Choice, IntentShown, Receipt
from tests.faults.history import INTENT, RECEIPT, Sent
from tests.faults.services_outside import PROVIDER
from tests.faults.stage import OpenPoll, Play
from tests.support.waiting import until

CHOICES: tuple[Choice, ...] = ("approve", "reject", "abstain")


async def vote(play: Play, poll: OpenPoll, who: str, rng: Random) -> None:
    """Begin a ballot after one's last, and wait until it is cast or will never be."""
    cast = poll.cast.setdefault(who, [])
    raw = play.hall.devices[who].ballot(
        poll.ask, rng.choice(CHOICES), cast[-1] if cast else None, len(cast) + 1
    )
    words = raw.rpartition(b".")[0]
    intent = msgspec.json.encode(BallotIntent(input=words.decode(), provider=PROVIDER))
    path = f"/voting/polls/{poll.poll}/intents"
    sent = await play.insist(lambda: play.once(INTENT, who, poll.poll, path, intent, name="intent"))
    if sent.taken and await _end(play, poll, who) == "cast":
        cast.append((await _mine(play, poll, who))[-1])


async def _end(play: Play, poll: OpenPoll, who: str) -> str:
    """How it ended; `unknown` if the server knows nothing of it any more, which is for the checker to tell."""

    async def ended() -> str:
        path = f"/voting/polls/{poll.poll}/intents/mine"
        try:
            shown = await play.hall.client.get(path, IntentShown, play.hall.tokens[who])
        except Declined as declined:
            if declined.code != "intent_unknown":
                raise
            return "unknown"
        return shown.state if shown.state in ("cast", "lapsed") or await _is_over(play, poll) else ""

    return await until(ended, 150, "the ballot at the service to come or to lapse")


async def _is_over(play: Play, poll: OpenPoll) -> bool:
    """What has not come at the cut never will."""
    path = f"/voting/polls/{poll.poll}"
    raw = await play.hall.client.ask("GET", path, token=play.hall.tokens[play.chair])
    return json.loads(raw)["state"] not in ("open", "held", "closing")


async def _mine(play: Play, poll: OpenPoll, who: str) -> list[bytes]:
    """The ballots of this voter that are in the ledger, in order."""
    return [json.loads(each.entry)["jws"].encode() for each in await _receipts(play, poll, who)]


async def _receipts(play: Play, poll: OpenPoll, who: str) -> list[Receipt]:
    path = f"/voting/polls/{poll.poll}/receipts/{who}"
    try:
        return await play.hall.client.get(path, list[Receipt], play.hall.tokens[who])
    except Declined as declined:
        if declined.status != 404:
            raise
        return []


async def collect_receipts(play: Play, poll: OpenPoll, who: str) -> None:
    """What this voter holds of a poll in the end, written down."""
    began = play.book.now()
    for receipt in await _receipts(play, poll, who):
        raw = json.loads(receipt.entry)["jws"].encode()
        body = msgspec.json.encode(receipt)
        play.book.sent.append(Sent(RECEIPT, who, poll.poll, raw, began, play.book.now(), 200, body))
