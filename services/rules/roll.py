"""The roll as the evidence of a vote, or of a sitting, carries it: its exact bytes."""

import msgspec

from services.refusal import Refused
from services.rules import jws
from services.rules.proof_errors import RollWrong
from services.wire import Roll

_rolls = msgspec.json.Decoder(Roll)
# No browser counts further.
_LATEST = 9_007_199_254_740_991


def read_roll(raw: bytes, body: str, meeting: str) -> Roll:
    """The roll of this meeting, everybody on it once. Raises RollWrong."""
    try:
        roll = jws.parse(raw, _rolls)
    except Refused as error:
        raise RollWrong(what="not well formed") from error
    if roll.revision > _LATEST:
        raise RollWrong(what="not well formed")
    if (roll.body, roll.meeting) != (body, meeting):
        raise RollWrong(what="body or meeting")
    if not roll.entries or len({entry.member for entry in roll.entries}) != len(roll.entries):
        raise RollWrong(what="a member twice, or none")
    return roll
