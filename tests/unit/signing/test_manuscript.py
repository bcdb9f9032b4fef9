"""From a result to the words of its certificate: the same, however the message that brought it is spelled."""

import msgspec
import pytest

from services.signing import manuscript
from tests.support.evidence import Sitting, by_choice


@pytest.mark.parametrize("indent", [-1, 2], ids=["as we spell it", "otherwise"])
def test_what_is_signed_is_spelled_as_we_spell_it(indent: int) -> None:
    """A view of the message where that is the same bytes; else not."""
    vote = Sitting(members=5)
    vote.play(by_choice(vote.ids, 3, 1, 1))
    result = vote.result(request="req-12345678")
    message = msgspec.json.format(msgspec.json.encode(result), indent=indent)
    stated = manuscript.of_result(result, message=message).state("gcn-1", 1)
    assert stated == manuscript.of_result(result).state("gcn-1", 1)


def test_what_nobody_has_read_is_not_signed() -> None:
    """A member that we do not know."""
    vote = Sitting(members=5)
    vote.play(by_choice(vote.ids, 3, 1, 1))
    result = vote.result(request="req-12345678")
    said = msgspec.json.decode(msgspec.json.encode(result))
    said["evidence"]["smuggled"] = "x"
    stated = manuscript.of_result(result, message=msgspec.json.encode(said)).state("gcn-1", 1)
    assert b"smuggled" not in stated
