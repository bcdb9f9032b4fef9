"""No refusal says English, or a name from inside, to who reads Vietnamese: each class with each word it may be told."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from services.refusal import Refused, in_vietnamese
from services.refusal_words import WORDS
from services.rules.floor.request_errors import NotWaiting, StanceWrong
from services.rules.floor.turn_errors import TurnTransition
from services.rules.proof_errors import CountersignatureWrong
from services.voting import poll
from services.voting.errors import TransitionWrong
from services.wire import ActName, PollState, Role, SpeakRequest, Stance, Turn
from tests.support import proto

_REFUSALS = proto.refusals()
_REQUEST_STATES = get_args(get_type_hints(SpeakRequest)["state"])
_TURN_STATES = get_args(get_type_hints(Turn)["state"])
_TOLD = ("what", "state", "act", "reason", "role", "who", "stances", "place")
_WORD = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*")
# Syllables of Vietnamese without a diacritic, which English has too.
_BOTH = frozenset(
    re.findall(r"\w+", "an ban can cho con do gian hay in khi may no so sang than the theo tin to trong")
)
# What is called so in Vietnamese too.
_TERMS = frozenset(
    re.findall(
        r"\w+", "bit byte certificate csv floor http https json jsonl ledger passkey pdf token turns webhook"
    )
)
_FROM_OUTSIDE = (
    "Object missing required field `title` - at `$.poll`",
    "JSON is malformed: invalid character (byte 3)",
    "KeyError",
    "too many values to unpack (expected 2)",
    "status 503",
    "of somebody's own",
    "poll_transition",
    "someone_else (twice)",
)


def _ascii(text: str) -> set[str]:
    """The words of a text that have no letter but English ones, in small letters; abbreviations are of no language."""
    whole = (word for word in re.findall(r"\w+", re.sub(r"\{\w+\}", "", text)) if word.isascii())
    return {word.lower() for word in whole if _WORD.fullmatch(word) and not word.isupper() and len(word) > 1}


def _written() -> Iterator[str]:
    """Every text in the code of `services` that could be given to a refusal: all literals after a name and `=`."""
    for file in sorted((proto.ROOT / "services").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                given = [*node.args, *(each.value for each in node.keywords)]
                yield from (
                    each.value
                    for each in given
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )


def _is_english(text: str) -> bool:
    return text.isascii() and bool(_ascii(text))


_ENUMERATED = (
    *(value for kind in (PollState, ActName, Role, Stance) for value in get_args(kind)),
    *_REQUEST_STATES,
    *_TURN_STATES,
)
_ENGLISH = (
    (
        {word for kind in _REFUSALS.values() for word in _ascii(kind.__doc__ or "")}
        | {word for key in (*WORDS, *_ENUMERATED, *_FROM_OUTSIDE) for word in _ascii(key)}
    )
    - _BOTH
    - _TERMS
)
_VALUES = sorted(
    {
        *(key.replace("#", "7") for key in WORDS),
        *_ENUMERATED,
        *_FROM_OUTSIDE,
        *_REFUSALS,
    }
)


def _english_in(text: str) -> set[str]:
    """What of a text is English, or a name with an underscore."""
    return (_ascii(text) & _ENGLISH) | set(re.findall(r"[a-z]+_[a-z]+", text))


@pytest.mark.parametrize("code", sorted(_REFUSALS))
def test_a_refusal_speaks_vietnamese_whatever_it_is_told(code: str) -> None:
    """With each word that any refusal is given, its Vietnamese text has no English and no name from inside."""
    kind = _REFUSALS[code]
    assert not _english_in(re.sub(r"\{\w+\}", "", kind.vi)), kind.vi
    for value in _VALUES if any(f"{{{place}}}" in kind.vi for place in _TOLD) else ():
        text = kind(**dict.fromkeys(_TOLD, value)).text
        assert not _english_in(text), (value, text)
        assert not re.search(r"\{(what|state|act|reason|role|who|stances|place)\}|: *\.|\( *\)|: *$", text), (
            value,
            text,
        )


def test_whatever_the_code_says_is_vietnamese_or_nothing() -> None:
    """Every English text that stands in the code, given to a refusal or not, by each meaning of its words."""
    meanings = [{}, *(kind.words[place] for kind in _REFUSALS.values() for place in kind.words)]
    told = {text for text in _written() if _is_english(text)}
    assert len(told) > 1_000
    for words in {id(each): each for each in meanings}.values():
        for text in told:
            said = in_vietnamese(text, words)
            assert not _english_in(said), (text, said)


def test_words_are_parts_of_a_sentence() -> None:
    """No capital at the start but of a name, no full stop, as many numbers in both, and none said in English."""
    for english, vietnamese in WORDS.items():
        assert english.count("#") == vietnamese.count("#"), english
        assert not vietnamese.endswith("."), vietnamese
        assert not vietnamese[1:2].islower() or vietnamese[0].islower(), vietnamese
        assert not _english_in(vietnamese), vietnamese


def _states() -> Iterator[Refused]:
    acts = (*poll.TRANSITIONS, "draft")
    yield from (TransitionWrong(state=state, act=act) for state in get_args(PollState) for act in acts)
    yield from (NotWaiting(state=state) for state in (*_REQUEST_STATES, *_TURN_STATES))
    turn_states = (*_TURN_STATES, "interposed", "unlimited")
    acts = ("start", "pause", "resume", "extend", "end", "interpose")
    yield from (TurnTransition(state=state, act=act) for state in turn_states for act in acts)
    yield from (StanceWrong(stances=", ".join(get_args(Stance)[:many])) for many in (1, 2, 3))
    yield from (
        CountersignatureWrong(role=role, what="typ") for role in ("secretary", "chair", "seal", "person")
    )


def test_every_state_and_act_has_its_word() -> None:
    """None is left out: the sentence tells each of them."""
    for refused in _states():
        for name, fact in refused.facts.items():
            assert in_vietnamese(str(fact), refused.words.get(name, {})), (refused.code, name, fact)


def test_a_state_is_told_as_people_say_it() -> None:
    """The sentence that the chair reads when a poll is past what they want."""
    told = TransitionWrong(state="closing", act="extend")
    assert told.text == "Cuộc biểu quyết đã kết thúc, đang chờ chữ ký từ dịch vụ ký số: không thể gia hạn."
    assert told.text_en == "A poll that is closing cannot do this (extend)."


def test_no_page_of_refusals_calls_anybody_comrade() -> None:
    """Who reads is a delegate, a secretary, a chair: the words of one product, in the services and on the pages."""
    found = [
        f"{file.name}: {said}"
        for room in ("services", "web/src")
        for file in sorted((Path(proto.ROOT) / room).rglob("*"))
        if file.suffix in {".py", ".ts", ".tsx", ".typ"} and "built" not in file.parts
        for said in re.findall(
            r"[Đđ]ồng chí|[Cc]hiều ý kiến|[Đđ]ồng hồ đứng|\bDấu số\b|\b[Bb]ạn\b", file.read_text()
        )
    ]
    assert not found
