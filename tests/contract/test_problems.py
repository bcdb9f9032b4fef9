"""Every refusal as it goes over the wire: problem+json that the schema takes, in both languages, with its facts."""

import json
import re
from typing import Any

import jsonschema
import msgspec
import pytest

from services.kit import problem
from services.kit.problem import Problem
from services.refusal import Refused
from tests.support import proto

_REFUSALS = proto.refusals()
_PLACES = re.compile(r"\{(\w+)\}")
_VIETNAMESE = re.compile(
    r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE
)


@pytest.fixture(params=sorted(_REFUSALS))
def refusal(request: pytest.FixtureRequest) -> type[Refused]:
    """Each refusal there is."""
    return _REFUSALS[request.param]


def test_it_is_valid_problem_json(refusal: type[Refused]) -> None:
    """What is sent is valid by problem.schema.json."""
    answer = problem.respond(refusal(), "a1b2c3d4e5")
    body: Any = answer.body
    jsonschema.validate(json.loads(body), proto.problem_schema())
    assert answer.content_type == "application/problem+json"
    assert answer.status == refusal.status == json.loads(body)["status"]
    assert answer.headers["X-Request-Id"] == "a1b2c3d4e5"


def test_both_texts_have_the_same_facts(refusal: type[Refused]) -> None:
    """A fact told in one language is told in the other; `closed_at_text` is `closed_at` as a clock shows it. The names
    of acts are for programs: only English has them.
    """
    english, vietnamese = (
        {place.removesuffix("_text") for place in _PLACES.findall(text)}
        for text in (refusal.__doc__ or "", refusal.vi)
    )
    assert english - ({"act"} if refusal.code == "not_allowed" else set()) == vietnamese


def test_facts_are_filled_in(refusal: type[Refused]) -> None:
    """With its facts, no text shows a place that is left open."""
    facts = dict.fromkeys(_PLACES.findall(f"{refusal.vi} {refusal.__doc__}"), 7)
    shown = msgspec.json.decode(
        msgspec.json.encode(problem.render(refusal(**facts), "a1b2c3d4e5")), type=Problem
    )
    assert not _PLACES.search(shown.detail + shown.detail_en)


def test_texts_are_sentences_of_their_language(refusal: type[Refused]) -> None:
    """Both are whole sentences, and the Vietnamese one has its diacritics."""
    english = " ".join((refusal.__doc__ or "").split())
    for text in (english, refusal.vi):
        assert text.endswith((".", "}")), text
        first = text.split()[0]
        assert first[0].isupper() or first[0] == "{" or "." in first, text
    assert _VIETNAMESE.search(refusal.vi), refusal.vi


def test_codes_are_words(refusal: type[Refused]) -> None:
    """A code is small letters and underscores, so that it can be a name in any language."""
    assert re.fullmatch(r"[a-z][a-z0-9_]{2,40}", refusal.code)
