"""From a draft to the definition that the chair signs; pure."""

from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from services.rules import majority, profiles
from services.rules.profiles import Profile
from services.rules.text import must_be_legible
from services.voting.errors import DraftUnsound
from services.wire import CHOICES, Body, Option, PollDefinition, PollDraft, Rule, StepUpDemand

_drafts = msgspec.json.Decoder(PollDraft)


def complete(draft: PollDraft, body: Body, identifier: str) -> PollDraft:
    """The draft with what its profile adds, fit to be shown and signed. Raises DraftUnsound, TextUnclean."""
    profile = profiles.profile(draft.profile or body.profile)
    whole = msgspec.structs.replace(
        draft,
        id=identifier,
        profile=profile.id,
        options=draft.options or profile.options,
        rule=draft.rule or profile.rule,
        changes=profile.changes if draft.changes is None else draft.changes,
    )
    _must_be_sound(whole, profile)
    return whole


def _must_be_sound(draft: PollDraft, profile: Profile) -> None:
    options = draft.options or profile.options
    if tuple(option.choice for option in options) != CHOICES:
        raise DraftUnsound(what="options: approve, reject, abstain, in this order")
    if len({option.label for option in options}) != len(options):
        raise DraftUnsound(what="options: two labels are the same")
    majority.must_be_sound(draft.rule or profile.rule)
    for line in (draft.title, *(option.label for option in options), *(one.title for one in draft.documents)):
        must_be_legible(line)
    for text in (draft.title_en, *(option.label_en for option in options)):
        if text:
            must_be_legible(text)
    if draft.text:
        must_be_legible(draft.text, multiline=True)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A completed draft as stored, with nothing left open."""

    id: str
    draft: PollDraft
    options: tuple[Option, ...]
    rule: Rule


def read(stored: bytes) -> Prepared:
    """A completed draft as stored."""
    draft = _drafts.decode(stored)
    if draft.id is None or draft.options is None or draft.rule is None:
        raise ValueError("a draft was stored before it was complete")
    return Prepared(draft.id, draft, draft.options, draft.rule)


@dataclass(frozen=True, slots=True)
class Sitting:
    """Where a poll is held: the body, the meeting and its title, the name of its ledger, the origin of its pages."""

    body: Body
    meeting: str
    title: str
    origin: str
    pages: str


def define(prepared: Prepared, sitting: Sitting, roll: str, without_quorum: str = "") -> PollDefinition:
    """The definition of a completed draft, on this roll."""
    draft = prepared.draft
    return PollDefinition(
        origin=sitting.origin,
        meeting=sitting.meeting,
        meeting_title=sitting.title,
        id=prepared.id,
        body=sitting.body,
        title=draft.title,
        title_en=draft.title_en,
        text=draft.text,
        documents=draft.documents,
        options=prepared.options,
        rule=prepared.rule,
        roll=roll,
        presiding=draft.presiding,
        duration_s=draft.duration_s,
        changes=bool(draft.changes),
        interim=draft.interim,
        reruns=draft.reruns,
        without_quorum=without_quorum,
        practice=draft.practice,
        grace_s=draft.grace_s,
        unknown_status=draft.unknown_status,
        step_up=UNSET
        if isinstance(draft.step_up, UnsetType)
        else StepUpDemand(when=draft.step_up, origin=sitting.pages),
    )
