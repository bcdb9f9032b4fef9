"""Every message that crosses a border of Plenary, once, as frozen types.

Whatever is signed, stored in a ledger, sent over HTTP or put on a stream is one of these. `proto/` holds their
JSON Schemas; a test proves the two equal. Times are integers: milliseconds since 1970-01-01T00:00Z (`*_at`, `at`,
`deadline`) unless a name ends in `_s` (seconds). Hashes are SHA-256, base64url without padding (43 characters),
like `x5t#S256` in RFC 7515; only C2SP texts (proofs, checkpoints, `log_key`) use standard base64, as C2SP says.
Signed messages travel as compact JWS (RFC 7515); the bytes are kept as they came and are never built again.
"""

from typing import Annotated, Literal

from msgspec import UNSET, DecodeError, Meta, Struct, UnsetType, field

# In Python `$` also matches before a last line break, in JavaScript it does not: (?!\n) makes them agree.
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]
Hash = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)")]
IdOrEmpty = Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$(?!\n)")]
HashOrEmpty = Annotated[str, Meta(pattern=r"^([A-Za-z0-9_-]{43})?$(?!\n)")]
Millis = Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)]
Count = Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)]
Title = Annotated[str, Meta(min_length=1, max_length=500)]
Line = Annotated[str, Meta(max_length=500)]
Text = Annotated[str, Meta(max_length=20_000)]
Grid = Annotated[int, Meta(ge=0, le=4_095)]
AttributeName = Annotated[str, Meta(min_length=1, max_length=64)]
AttributeValue = Annotated[str, Meta(min_length=1, max_length=200)]
Attributes = Annotated[dict[AttributeName, AttributeValue], Meta(max_length=20)]
Compact = Annotated[str, Meta(max_length=65_536)]
# Where a browser is sent.
Address = Annotated[str, Meta(max_length=4_096)]
# Longer than any certification request that is taken, so that its own refusal tells.
Pem = Annotated[str, Meta(max_length=16_384)]

Role = Literal["operator", "secretary", "chair", "delegate", "observer"]
Choice = Literal["approve", "reject", "abstain"]
Base = Literal["roll", "present", "participating", "for_and_against"]
SeatLayout = Literal["hemicycle", "rows", "drawn"]
PollState = Literal[
    "draft", "announced", "open", "held", "closing", "closed", "declared", "certified", "voided"
]
# Why a ballot that was begun never came: its voter refused, the service let it expire or failed, another ballot of the
# voter was first, the voter began anew, or it came when the vote was over.
Lapse = Literal["declined", "expired", "failed", "overtaken", "begun_anew", "late"]
Unsigned = Literal["declined", "expired", "failed"]
# What becomes of a ballot of which nobody can tell whether the certificate of another authority behind its key was
# revoked before: it counts, and is noted; or it is excluded.
UnknownStatus = Literal["count", "exclude"]
OutcomeName = Literal["carried", "rejected", "no_quorum"]
CHOICES: tuple[Choice, ...] = ("approve", "reject", "abstain")
# What decoding raises for bytes that are no message of the kind: other JSON or none, no text, nested without end.
UNREADABLE = (DecodeError, UnicodeError, RecursionError)


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every message: frozen, by keyword, refusing what it does not know."""


# --- Rules of a vote -------------------------------------------------------------------------------------------


class Threshold(Message, frozen=True, kw_only=True):
    """A fraction to reach: `strict` means more than it, otherwise at least it. Compared in integers only."""

    numerator: Annotated[int, Meta(ge=0, le=1_000_000)]
    denominator: Annotated[int, Meta(ge=1, le=1_000_000)]
    strict: bool


class Quorum(Message, frozen=True, kw_only=True):
    """How many members of the roll must be there: those checked in, or those taking part in the vote."""

    threshold: Threshold
    base: Literal["roll"] = "roll"
    counted: Literal["present", "participating"] = "present"


class Rule(Message, frozen=True, kw_only=True):
    """What carries a motion. `base` is what the threshold is a fraction of; `tie` says who breaks approve = reject."""

    base: Base
    threshold: Threshold
    quorum: Quorum | None = None
    tie: Literal["fails", "chair"] = "fails"


class Option(Message, frozen=True, kw_only=True):
    """One choice with the words shown on the screen; the label is signed together with the choice."""

    choice: Choice
    label: Title
    label_en: Line = ""


class Document(Message, frozen=True, kw_only=True):
    """A document voted on, by the hash of its bytes."""

    title: Title
    sha256: Hash


# --- Bodies, members, the roll ---------------------------------------------------------------------------------


class Body(Message, frozen=True, kw_only=True):
    """An assembly, council, committee or company; `noun` names its members in results (đại biểu Quốc hội)."""

    id: Id
    name: Title
    name_en: Line = ""
    noun: Title = "đại biểu"
    noun_en: Line = "members"
    profile: Id = "general-meeting"


class Member(Message, frozen=True, kw_only=True):
    """A person of a body, with the roles they hold in it. `attributes`: what else is said of them, by name (giới tính,
    dân tộc, khối)."""

    id: Id
    name: Title
    group: Line = ""
    title: Line = ""
    roles: tuple[Role, ...] = ("delegate",)
    attributes: Attributes = field(default_factory=dict)


class RollEntry(Message, frozen=True, kw_only=True):
    """One entitled voter, as printed; with the attributes by which speakers are ordered and figures are given."""

    member: Id
    name: Title
    group: Line = ""
    seat: Line = ""
    attributes: Attributes = field(default_factory=dict)


class Roll(Message, frozen=True, kw_only=True):
    """The frozen list of those entitled to vote. Its hash is the SHA-256 of its JSON bytes as frozen."""

    v: Literal[1] = 1
    body: Id
    meeting: Id
    revision: Annotated[int, Meta(ge=1)]
    entries: tuple[RollEntry, ...]


class Meeting(Message, frozen=True, kw_only=True):
    """A sitting of a body."""

    id: Id
    body: Id
    title: Title
    place: Line = ""
    starts_at: Millis = 0
    state: Literal["planned", "open", "ended"] = "planned"


class AgendaItem(Message, frozen=True, kw_only=True):
    """One item of a meeting's agenda, in order of `position`, with its papers by the hash of their bytes."""

    id: Id
    position: Count
    title: Title
    note: Text = ""
    documents: tuple[Document, ...] = ()


class Presence(Message, frozen=True, kw_only=True):
    """Whether a member is there, since when, and the reason of an absence."""

    member: Id
    present: bool
    at: Millis
    reason: Line = ""


# --- What people sign ------------------------------------------------------------------------------------------


class StepUpDemand(Message, frozen=True, kw_only=True):
    """That voters confirm their ballots with a passkey: where they have one, or else the ballot is not taken. `origin`:
    the pages on which they do so, exactly (RFC 6454). A ballot that a signing service signs has none."""

    when: Literal["optional", "required"]
    origin: Annotated[str, Meta(pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$(?!\n)", max_length=300)]


class PollDefinition(Message, frozen=True, kw_only=True):
    """The exact question. The chair signs it to open the vote (JWS typ `plenary-poll+jws`); the SHA-256 of that
    compact JWS is the `poll` of every ballot, so nothing on a screen can change under a signature. A `practice` vote is
    counted and declared like any other, says so in its result, and never has a certificate. `grace_s`: how long after
    the end a ballot may still come that was begun with a signing service before it. `unknown_status`: what becomes of
    ballots whose outside certificates nobody could tell about at close; left out, they count."""

    v: Literal[1] = 1
    origin: str
    meeting: Id
    meeting_title: Line = ""
    id: Id
    body: Body
    title: Title
    title_en: Line = ""
    text: Text = ""
    documents: tuple[Document, ...] = ()
    options: tuple[Option, ...]
    secrecy: Literal["named"] = "named"
    rule: Rule
    roll: Hash
    presiding: Id
    duration_s: Annotated[int, Meta(ge=1, le=864_000)] | None = None
    changes: bool = False
    interim: Literal["hidden", "totals"] = "hidden"
    reruns: Id | None = None
    without_quorum: Line = ""
    practice: bool = False
    grace_s: Annotated[int, Meta(ge=0, le=60)] = 0
    unknown_status: UnknownStatus | UnsetType = UNSET
    step_up: StepUpDemand | UnsetType = UNSET


class BallotPayload(Message, frozen=True, kw_only=True):
    """One person's vote (JWS typ `plenary-ballot+jws`): choice and the label as displayed. `seq` is 1, or one more
    than the ballot it `supersedes` (SHA-256 of that compact JWS) where changing one's vote is allowed."""

    v: Literal[1]
    meeting: Id
    poll: Hash
    choice: Choice
    label: Title
    voter: Id
    seq: Annotated[int, Meta(ge=1, le=1_000_000)]
    supersedes: Hash | None = None


ActName = Literal["announce", "hold", "resume", "extend", "close", "declare", "void"]


class ActPayload(Message, frozen=True, kw_only=True):
    """An act of the chair or secretary on a poll (JWS typ `plenary-act+jws`). `poll` is the poll's id, `definition`
    the hash voted on (empty before opening), `result` the hash of the counted result that is being declared."""

    v: Literal[1] = 1
    act: ActName
    meeting: Id
    poll: Id
    definition: HashOrEmpty = ""
    reason: Line = ""
    seconds: Annotated[int, Meta(ge=1, le=864_000)] | None = None
    result: HashOrEmpty = ""


class LoginPayload(Message, frozen=True, kw_only=True):
    """Proof of possession of an enrolled key (JWS typ `plenary-login+jws`) over a challenge of the server."""

    v: Literal[1] = 1
    challenge: str
    audience: str


class Token(Message, frozen=True, kw_only=True):
    """What a short-lived access token says (JWS typ `plenary-token+jws`, EdDSA). `exp`, `iat` in seconds. Who signed in
    with a key has its thumbprint in `credential`; with a passkey, its id in `passkey`, and no `credential`."""

    v: Literal[1] = 1
    sub: Id
    body: Id
    roles: tuple[Role, ...]
    iat: int
    exp: int
    credential: HashOrEmpty = ""
    passkey: HashOrEmpty = ""


# --- The meeting desk over HTTP ---------------------------------------------------------------------------------


class MeetingPlan(Message, frozen=True, kw_only=True):
    """A meeting to plan. Give an `id` to be able to ask again after a lost answer; `body` is the address's."""

    title: Title
    id: Id | None = None
    body: Id | None = None
    place: Line = ""
    starts_at: Millis = 0


class FrozenRoll(Message, frozen=True, kw_only=True):
    """The exact bytes of a frozen roll, as text, and their hash."""

    sha256: Hash
    roll: str


class PresenceOwn(Message, frozen=True, kw_only=True):
    """One comes, or leaves with a reason; the time is the server's."""

    present: bool
    reason: Line = ""


class PresenceCorrected(Message, frozen=True, kw_only=True):
    """The secretary marks one member: `reason` of an absence, and `why` the desk does it for them."""

    present: bool
    reason: Line = ""
    why: Line = ""


class PresenceMark(Message, frozen=True, kw_only=True):
    """The secretary marks one member of several; the time is the server's. `why`: as in PresenceCorrected."""

    member: Id
    present: bool
    reason: Line = ""
    why: Line = ""


class PresenceLogged(Message, frozen=True, kw_only=True):
    """One change of presence as it was kept: what, by whom (the member, or the secretary for them), and why."""

    member: Id
    present: bool
    at: Millis
    reason: Line = ""
    by: Id
    why: Line = ""


class CredentialHeld(Message, frozen=True, kw_only=True):
    """The best key of a member. Who is not listed never enrolled one. `not_after`: until when it is good."""

    member: Id
    state: Literal["good", "expired", "revoked"]
    not_after: Millis


class Seat(Message, frozen=True, kw_only=True):
    """A place in the hall, whose it is, and whether they are there (None: never marked)."""

    seat: Line
    member: Id
    name: Title
    group: Line = ""
    presence: Presence | None = None


class SeatPlace(Message, frozen=True, kw_only=True):
    """Where a seat stands: its centre, on a grid on which a seat takes 10 by 10; x to the right as delegates look at
    the desk, y away from it. A seat without a name is known by its `member`; an empty `member` is an empty chair."""

    seat: Line = ""
    member: IdOrEmpty = ""
    x: Grid
    y: Grid
    row: Line = ""


class SeatPlanWanted(Message, frozen=True, kw_only=True):
    """How the seats stand: laid out by the server, or drawn. Only a drawn plan has `places`."""

    layout: SeatLayout
    places: tuple[SeatPlace, ...] = ()


class SeatPlan(Message, frozen=True, kw_only=True):
    """Every seat of the roll in its place, in the order of the roll, then empty chairs; all within `width` by `height`.
    `revision` counts what was drawn or chosen; 0: nothing yet, a hemicycle is laid out."""

    revision: Count
    layout: SeatLayout
    width: Count
    height: Count
    places: tuple[SeatPlace, ...]


class ChallengeAsked(Message, frozen=True, kw_only=True):
    """Ask for a challenge for this certificate, by its thumbprint."""

    credential: Hash


class Challenge(Message, frozen=True, kw_only=True):
    """What to sign, with the address it is signed for, before `expires_at`."""

    challenge: Annotated[str, Meta(max_length=200)]
    audience: str
    expires_at: Millis


class Admission(Message, frozen=True, kw_only=True):
    """The access token, and what it says."""

    token: Compact
    expires_at: Millis
    member: Id
    body: Id
    roles: tuple[Role, ...]


# --- Passkeys over HTTP (WebAuthn Level 3; bytes as base64url without padding) -----------------------------------

Bytes = Annotated[str, Meta(max_length=8_192, pattern=r"^[A-Za-z0-9_-]*$(?!\n)")]
Transport = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}$(?!\n)")]


class PasskeyChallenge(Message, frozen=True, kw_only=True):
    """What a passkey is to sign: the bytes of this text; `site` is the name that passkeys of this house belong to."""

    challenge: Annotated[str, Meta(max_length=200)]
    site: str
    expires_at: Millis


class PasskeyWanted(Message, frozen=True, kw_only=True):
    """What a new passkey is to be made with: the challenge, for whom (`person`, their handle), and those they have."""

    challenge: PasskeyChallenge
    person: Bytes
    member: Id
    name: Title
    house: Title
    known: tuple[Bytes, ...]


class PasskeyMade(Message, frozen=True, kw_only=True):
    """A passkey that was made, as the browser tells of it, and what its owner calls it."""

    client_data: Bytes
    attestation: Bytes
    transports: Annotated[tuple[Transport, ...], Meta(max_length=8)] = ()
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class PasskeyAsserted(Message, frozen=True, kw_only=True):
    """A passkey's answer to a challenge; `id` is its credential id, `person` the handle that it keeps."""

    id: Bytes
    client_data: Bytes
    authenticator_data: Bytes
    signature: Bytes
    person: Bytes


class Passkey(Message, frozen=True, kw_only=True):
    """A passkey of a member; `id` is the SHA-256 of its credential id. Times are 0 for what did not happen.
    `replayed_at`: when it counted backwards last, and was refused."""

    id: Hash
    member: Id
    name: str
    transports: tuple[str, ...]
    backup_eligible: bool
    backed_up: bool
    created_at: Millis
    used_at: Millis
    replayed_at: Millis


class PasskeyLogged(Message, frozen=True, kw_only=True):
    """What happened to a passkey: added, used to sign in, refused because it counted backwards, removed by somebody
    (`by`), or ended together with its member's keys (`by` empty)."""

    passkey: Hash
    member: Id
    what: Literal["added", "entered", "replayed", "removed", "ended"]
    at: Millis
    by: IdOrEmpty = ""


class Recovery(Message, frozen=True, kw_only=True):
    """A lost key was renewed by a login with a passkey: the new key, and the good one that it took the place of."""

    member: Id
    thumbprint: Hash
    replaces: HashOrEmpty
    passkey: Hash
    at: Millis


class StepUpEvidence(Message, frozen=True, kw_only=True):
    """That a passkey confirmed a ballot's payload: what it signed, its signature, its public key (COSE). No ballot."""

    authenticator_data: Bytes
    client_data: Bytes
    signature: Bytes
    public_key: Bytes


class PasskeyVoucher(Message, frozen=True, kw_only=True):
    """Whose a passkey is, by the word of the meeting desk (JWS typ `plenary-passkey+jws`, EdDSA). Seconds."""

    v: Literal[1] = 1
    body: Id
    member: Id
    public_key: Bytes
    backup_eligible: bool
    iat: int
    exp: int


class PasskeyVouched(Message, frozen=True, kw_only=True):
    """A passkey of one's own that may confirm ballots: its credential id, its public key (COSE), and the voucher."""

    id: Bytes
    transports: tuple[str, ...]
    public_key: Bytes
    voucher: Compact


class ConfirmedBallot(Message, frozen=True, kw_only=True):
    """A ballot as ever, and beside it that a passkey of its voter confirmed it."""

    ballot: Compact
    evidence: StepUpEvidence
    voucher: Compact


# --- Polls over HTTP ---------------------------------------------------------------------------------------------


class PollDraft(Message, frozen=True, kw_only=True):
    """A poll being prepared. Options, rule and changes that are left out come from the profile (the body's own if none
    is named). Without `duration_s` no clock closes the poll. `item`: the agenda item it belongs to."""

    id: Id | None = None
    title: Title
    title_en: Line = ""
    text: Text = ""
    documents: tuple[Document, ...] = ()
    presiding: Id
    profile: Id | None = None
    options: tuple[Option, ...] | None = None
    rule: Rule | None = None
    duration_s: Annotated[int, Meta(ge=1, le=864_000)] | None = None
    changes: bool | None = None
    interim: Literal["hidden", "totals"] = "hidden"
    reruns: Id | None = None
    practice: bool = False
    item: IdOrEmpty = ""
    grace_s: Annotated[int, Meta(ge=0, le=60)] = 0
    unknown_status: UnknownStatus | UnsetType = UNSET
    step_up: Literal["optional", "required"] | UnsetType = UNSET


class DraftShown(Message, frozen=True, kw_only=True):
    """A draft with all that its profile has added, and the hash of it as it is kept: what a change must have `seen`."""

    draft: PollDraft
    sha256: Hash


class DraftChange(Message, frozen=True, kw_only=True):
    """Another draft in place of the one `seen`, which nobody may have changed meanwhile."""

    seen: Hash
    draft: PollDraft


class Poll(Message, frozen=True, kw_only=True):
    """A poll as anybody of the body may see it: never a choice or a total before it is closed, unless its
    definition says so (`interim`). `rechecking`: it is cut, and not counted before others have told of certificates."""

    id: Id
    meeting: Id
    state: PollState
    title: Title
    presiding: Id
    options: tuple[Option, ...]
    rule: Rule
    changes: bool
    reruns: Id | None
    definition: HashOrEmpty
    jws: Compact
    deadline: Millis | None
    opened_at: Millis | None
    closed_at: Millis | None
    received: Count
    counted: HashOrEmpty
    decision: "Decision | None"
    interim: "Counts | None"
    practice: bool = False
    item: IdOrEmpty = ""
    grace_s: Count = 0
    pending: Count = 0
    grace_ends_at: Millis | None = None
    unknown_status: UnknownStatus = "count"
    rechecking: bool = False


class BallotIntent(Message, frozen=True, kw_only=True):
    """A ballot to be signed by a service outside: its JWS signing input (`protected.payload`), and which service."""

    input: Compact
    provider: Id


class IntentShown(Message, frozen=True, kw_only=True):
    """A ballot that was begun, for its voter: the hash of its signing input, and how it stands; `why` it lapsed."""

    poll: Id
    input_sha256: Hash
    provider: Id
    state: Literal["pending", "signed", "cast", "lapsed"]
    at: Millis
    why: Lapse | None = None


class Voiding(Message, frozen=True, kw_only=True):
    """Two signatures over the same payload bytes: the chair or secretary, and a second person."""

    act: Compact
    second: Compact


class VoidWish(Message, frozen=True, kw_only=True):
    """One person of the desk has signed that a poll be annulled: a second one annuls it by signing the same `payload`
    (its SHA-256; the bytes are the middle part of `act`). It stands until `expires_at` if nobody does."""

    poll: Id
    by: Id
    reason: Line
    at: Millis
    expires_at: Millis
    payload: Hash
    act: Compact


class VoidWishes(Message, frozen=True, kw_only=True):
    """All wishes of a meeting that stand now; told to screens of the desk."""

    wishes: tuple[VoidWish, ...] = ()


class DraftsMoved(Message, frozen=True, kw_only=True):
    """The drafts of a meeting are others than at the `mark` before, empty if nothing is known; which, is asked for.
    Told to screens of the desk."""

    mark: Annotated[str, Meta(max_length=64)] = ""


class Counted(Message, frozen=True, kw_only=True):
    """A counted result: the hash that the chair signs to declare it, the ledger line it is of, and the decision."""

    sha256: Hash
    line: str
    decision: "Decision"


# --- The voting ledger: one line each, in order -----------------------------------------------------------------


class Entry(Message, frozen=True, kw_only=True, tag_field="kind"):
    """A line of the ledger; `at` never goes backwards. The Merkle leaf is the line's bytes, without newline."""

    at: Millis
    poll: Id


class PollAnnounced(Entry, frozen=True, kw_only=True, tag="poll.announced"):
    """The question is on the screens; nobody can vote yet."""

    title: Title
    jws: Compact


class PollOpened(Entry, frozen=True, kw_only=True, tag="poll.opened"):
    """The chair's signed definition, who was present, and when the clock closes the poll (None: no deadline)."""

    definition: Compact
    present: tuple[Id, ...]
    deadline: Millis | None


class BallotCast(Entry, frozen=True, kw_only=True, tag="ballot"):
    """A ballot exactly as it came. One that a service outside has signed names the `salt` (32 bytes, base64url) of the
    line with which it was begun. `confirmed`: a passkey of its voter confirmed it (see StepUpDemand)."""

    jws: Compact
    salt: HashOrEmpty = ""
    confirmed: StepUpEvidence | UnsetType = UNSET


class BallotBegun(Entry, frozen=True, kw_only=True, tag="ballot.begun"):
    """A voter has asked a signing service for the signature of a ballot: `commitment` is the SHA-256 of a salt and the
    JWS signing input, so that it tells nobody the choice, and nobody another choice afterwards."""

    voter: Id
    commitment: Hash
    provider: Id


class BallotLapsed(Entry, frozen=True, kw_only=True, tag="ballot.lapsed"):
    """The ballot that the voter had begun will not come."""

    voter: Id
    why: Lapse


class PollHeld(Entry, frozen=True, kw_only=True, tag="poll.held"):
    """Voting is interrupted; the clock stands."""

    jws: Compact


class PollResumed(Entry, frozen=True, kw_only=True, tag="poll.resumed"):
    """Voting goes on, with the time that was left."""

    jws: Compact
    deadline: Millis | None


class PollExtended(Entry, frozen=True, kw_only=True, tag="poll.extended"):
    """More time, decided before the deadline passed."""

    jws: Compact
    deadline: Millis


class PollClosing(Entry, frozen=True, kw_only=True, tag="poll.closing"):
    """The end of voting, while `begun` ballots are still with signing services: they may come `until` then, no other.
    `jws` and `present` are as in PollClosed, which follows when all have come or lapsed, or the time is up, and repeats
    both: who leaves while the others wait was there."""

    jws: Compact
    cause: Literal["chair", "deadline"]
    present: tuple[Id, ...]
    until: Millis
    begun: Count


class PollClosed(Entry, frozen=True, kw_only=True, tag="poll.closed"):
    """The cut: every ballot above this line counts, none below. `jws` is the chair's act, or the ledger key's act
    when the deadline closed the poll; `present` is who was checked in then, `ballots` how many lines were cast."""

    jws: Compact
    cause: Literal["chair", "deadline"]
    present: tuple[Id, ...]
    ballots: Count


class Rechecked(Message, frozen=True, kw_only=True):
    """What was found out after the cut of the certificate of another authority, `outside` by its thumbprint if anybody
    could tell it, behind the key of a credential that has cast ballots (`thumbprint`). `known_at`: what says so was
    true then; 0 if nothing does. `why` it was revoked, or why that is unknown. `evidence`: the SHA-256 of each list and
    answer, DER, that says so."""

    thumbprint: Hash
    outside: HashOrEmpty = ""
    kind: Literal["good", "revoked", "unknown"]
    why: Line = ""
    revoked_at: Millis = 0
    known_at: Millis = 0
    checked_at: Millis
    evidence: Annotated[tuple[Hash, ...], Meta(max_length=32)] = ()


class PollRechecked(Entry, frozen=True, kw_only=True, tag="poll.rechecked"):
    """After the cut, before the count: whether the certificates of other authorities behind ballots were good. One for
    each credential whose own certificate says that it is a link, in order of thumbprint; there is no such line where no
    ballot was cast with a link."""

    found: tuple[Rechecked, ...]


class Counts(Message, frozen=True, kw_only=True):
    """Valid last ballots by choice."""

    approve: Count
    reject: Count
    abstain: Count


class QuorumCheck(Message, frozen=True, kw_only=True):
    """Who was counted, how many were needed, and whether that sufficed."""

    counted: Count
    needed: Count
    met: bool


class RecheckCounts(Message, frozen=True, kw_only=True):
    """Voters whose last ballot was signed with a key that another authority certified: all, those not counted because
    that certificate was revoked before the ballot was cast, and those of whom it is unknown, which `policy` decides."""

    checked: Count
    revoked: Count
    unknown: Count
    policy: UnknownStatus


class Decision(Message, frozen=True, kw_only=True):
    """The arithmetic of a result. `needed` is the least number of approvals that carries; `base_count` the number
    the threshold is a fraction of; sentences are what is read out, with every percentage naming its base. `rechecked`
    is there if certificates of other authorities were asked about after the cut."""

    counts: Counts
    roll: Count
    present: Count
    participating: Count
    base: Base
    base_count: Count
    needed: Count
    quorum_open: QuorumCheck | None
    quorum_close: QuorumCheck | None
    tie_broken_by: IdOrEmpty
    outcome: OutcomeName
    sentence: str
    sentence_en: str
    rechecked: RecheckCounts | UnsetType = UNSET


class PollCounted(Entry, frozen=True, kw_only=True, tag="poll.counted"):
    """The result, counted twice by different roads and found equal."""

    definition: Hash
    decision: Decision


class PollAlarmed(Entry, frozen=True, kw_only=True, tag="poll.alarmed"):
    """The two counts differ. Nothing will be declared; the poll can only be voided."""


class PollDeclared(Entry, frozen=True, kw_only=True, tag="poll.declared"):
    """The chair's signature over the counted result's hash (SHA-256 of the `poll.counted` line)."""

    jws: Compact


class PollCertified(Entry, frozen=True, kw_only=True, tag="poll.certified"):
    """The certificate that signing issued: its id and the SHA-256 of certificate.json."""

    certificate: Id
    sha256: Hash


class PollVoided(Entry, frozen=True, kw_only=True, tag="poll.voided"):
    """Annulled, with a reason and a second person: both sign the same payload bytes. `ballots`: how many lines were
    cast, if the vote was under way; of one that was over its cut says so."""

    jws: Compact
    second: Compact
    ballots: Count | UnsetType = UNSET


LedgerEntry = (
    PollAnnounced
    | PollOpened
    | BallotCast
    | BallotBegun
    | BallotLapsed
    | PollHeld
    | PollResumed
    | PollExtended
    | PollClosing
    | PollClosed
    | PollRechecked
    | PollCounted
    | PollAlarmed
    | PollDeclared
    | PollCertified
    | PollVoided
)


# --- Receipts, evidence, certificates ---------------------------------------------------------------------------


class Receipt(Message, frozen=True, kw_only=True):
    """What a voter keeps: the ledger line with their ballot, and a C2SP tlog-proof of its place."""

    v: Literal[1] = 1
    poll: Id
    index: Count
    entry: str
    proof: str


class Credential(Message, frozen=True, kw_only=True):
    """A person's certificate (base64 DER, then its issuers up to, not including, the trust anchor)."""

    member: Id
    thumbprint: Hash
    chain: tuple[str, ...]


class RemoteAnswer(Message, frozen=True, kw_only=True):
    """What a signing service answered to one act of ours, as it came: `body` in base64, `at` when it was whole here."""

    at: Millis
    act: Title
    status: Annotated[int, Meta(ge=100, le=599)]
    body: str


class RemoteEvidence(Message, frozen=True, kw_only=True):
    """How a service outside came to sign a message, to be checked with the service gone (`rules/remote_evidence`).

    `input_sha256` is of the JWS signing input; `chain` base64 DER, leaf first. `answered` is the signature as the
    service wrote it, in its `form`; `signature` the same as JWS wants it (base64url).
    """

    v: Literal[1] = 1
    provider: Id
    kind: Literal["csc", "neac769", "mysign"]
    version: Line
    transaction: Line
    input_sha256: Hash
    verification_code: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")]
    alg: Literal["ES256", "RS256", "PS256"]
    chain: tuple[str, ...]
    form: Literal["raw", "der", "cms"]
    answered: str
    signature: str
    answers: tuple[RemoteAnswer, ...]
    started_at: Millis
    done_at: Millis


class Withheld(Message, frozen=True, kw_only=True, tag_field="kind", tag="withheld"):
    """In an extract, the place of a line that belongs to another poll: only its leaf hash (base64url)."""

    leaf: Hash


class LedgerFile(Message, frozen=True, kw_only=True):
    """ledger.jsonl beside the certificate of a great poll: how many lines of the ledger it has, and its SHA-256."""

    lines: Count
    sha256: Hash


class Extract(Message, frozen=True, kw_only=True):
    """A run of a ledger, provable alone: the RFC 6962 tree of size `start` has the perfect subtrees `frontier`
    (largest first, base64url); `lines` follow, one entry each; `checkpoint` signs the tree after the last line.
    `file`: where the lines stand that are too many for a certificate; `lines` has none then."""

    origin: str
    log_key: str
    start: Count
    frontier: tuple[Hash, ...]
    lines: tuple[str, ...]
    checkpoint: str
    file: LedgerFile | UnsetType = UNSET


class LogKey(Message, frozen=True, kw_only=True):
    """The name of a meeting's ledger and its public key, as in an Extract: for phones to pin and others to compare."""

    origin: str
    log_key: str


class Evidence(Message, frozen=True, kw_only=True):
    """Everything a stranger needs to count again: the roll's bytes, the voters' certificates, the ledger."""

    roll: str
    credentials: tuple[Credential, ...]
    ledger: Extract


class Result(Message, frozen=True, kw_only=True, tag_field="type", tag="result.v1"):
    """On the work stream `{k}:results`: all that signing needs, so that nobody asks back."""

    body: Body
    meeting: Id
    poll: Id
    definition: Hash
    title: Title
    decision: Decision
    evidence: Evidence
    request: str = ""


class GreatResult(Message, frozen=True, kw_only=True, tag_field="type", tag="great-result.v1"):
    """On the work stream `{k}:results`: a result whose ledger is too long for one message. `ledger` has none of its
    `lines`, of which there are so many: signing asks for them in parts, and knows the credentials itself."""

    body: Body
    meeting: Id
    poll: Id
    definition: Hash
    title: Title
    decision: Decision
    roll: str
    ledger: Extract
    lines: Count
    request: str = ""


class PartWanted(Message, frozen=True, kw_only=True, tag_field="type", tag="part-wanted.v1"):
    """On the work stream `{k}:parts`: signing asks for lines `start` ≤ index < `end` of a poll's ledger, as many as go
    into one part. `answer`: the stream that waits for it."""

    poll: Id
    start: Count
    end: Count
    answer: Annotated[str, Meta(min_length=1, max_length=128)]


class LedgerPart(Message, frozen=True, kw_only=True, tag_field="type", tag="ledger-part.v1"):
    """The answer to a PartWanted: lines of the ledger from `start` on, those of other polls withheld."""

    poll: Id
    start: Count
    lines: tuple[str, ...]


class LinkEvidence(Message, frozen=True, kw_only=True):
    """Who else vouches for the key of a credential (`thumbprint`): the outside path from its leaf to its anchor, each
    certificate by its SHA-256, and the LinkPayload that the key's holder signed (compact JWS)."""

    thumbprint: Hash
    path: tuple[Hash, ...]
    proof: Annotated[str, Meta(max_length=8192)]


class RemoteBallot(Message, frozen=True, kw_only=True):
    """How a service outside came to sign a ballot (SHA-256 of its compact JWS): the SHA-256 of a RemoteEvidence."""

    ballot: Hash
    evidence: Hash


class OutsideEvidence(Message, frozen=True, kw_only=True):
    """certificate.evidence.json, beside a certificate whose statement names its SHA-256: what others said of the keys
    behind its ballots. `objects`: every certificate, list, answer (DER) and RemoteEvidence (JSON) that is named here or
    in the line `poll.rechecked`, in base64, once each, in order of their SHA-256."""

    format: Literal["plenary-outside/1"] = "plenary-outside/1"
    poll: Id
    definition: Hash
    links: tuple[LinkEvidence, ...]
    remote: tuple[RemoteBallot, ...]
    objects: tuple[str, ...]


class Statement(Message, frozen=True, kw_only=True):
    """What the seal signs: the payload of certificate.json (JWS typ `plenary-certificate+jws`). `outside`: the SHA-256
    of certificate.evidence.json, where anybody outside had a part in the vote."""

    format: Literal["plenary-certificate/1"] = "plenary-certificate/1"
    id: Id
    issued_at: Millis
    software: str
    body: Body
    meeting: Id
    poll: Id
    definition: Hash
    title: Title
    decision: Decision
    evidence: Evidence
    outside: Hash | UnsetType = UNSET


class CertificateFile(Message, frozen=True, kw_only=True):
    """certificate.json: a flattened JWS (RFC 7515 section 7.2.2) in exactly this order of members."""

    payload: str
    protected: str
    signature: str


# --- The certificate, signed by persons -------------------------------------------------------------------------

# In the order in which they sign; the body's seal follows.
SigningRole = Literal["secretary", "chair"]
# What stands behind a signature (ETSI EN 319 102-1): itself alone, a time-stamp, what it takes to validate it too, and
# all that under an archive time-stamp.
SignatureLevel = Literal["B-B", "B-T", "B-LT", "B-LTA"]


class UnprotectedHeader(Message, frozen=True, kw_only=True):
    """What was put beside a signature later (JAdES `etsiU`): base64url of a JSON object each."""

    etsiU: tuple[str, ...]


class SignedPart(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One signature of a SignedFile. `header` is left out where nothing stands behind the signature."""

    protected: str
    header: UnprotectedHeader | None = None
    signature: str


class SignedFile(Message, frozen=True, kw_only=True):
    """certificate.signed.json: a JWS in the general serialisation (RFC 7515 section 7.2.1), in exactly this order of
    members; `signatures`: of the secretary, of the chair, and the body's seal."""

    payload: str
    signatures: tuple[SignedPart, ...]


class SignatureBegun(Message, frozen=True, kw_only=True):
    """Who signs as what. `instead`: why another chair signs, and not the one who declared the result. `credential`:
    one's own at a signing service, by its thumbprint; empty: the one signed in with."""

    role: SigningRole
    instead: Line = ""
    credential: HashOrEmpty = ""


class SignaturePrepared(Message, frozen=True, kw_only=True):
    """What a person is to sign, twice. First the page, at `…/signatures/{id}/page.pdf`, with the SHA-256 `page`: of its
    bytes [a, a+b) and [c, c+d) by `byte_range` (a, b, c, d) the SHA-256 is in `attributes`, the signed attributes of
    RFC 5652 (DER, base64url), and those are signed. Then the statement, as it stands in certificate.json: the signing
    input is `protected`, a full stop, its base64url."""

    id: Id
    certificate: Id
    role: SigningRole
    member: Id
    page: Hash
    byte_range: Annotated[tuple[Count, ...], Meta(min_length=4, max_length=4)]
    attributes: Annotated[str, Meta(max_length=4_096)]
    protected: Annotated[str, Meta(max_length=65_536)]


class SignatureGiven(Message, frozen=True, kw_only=True):
    """Both signatures to what was prepared, base64url: `page` as CMS has it (ECDSA: DER), `statement` as JWS has it
    (ECDSA: r and s, 64 bytes)."""

    prepared: Id
    page: Annotated[str, Meta(max_length=1_024)]
    statement: Annotated[str, Meta(max_length=1_024)]


class RemotePairAsked(Message, frozen=True, kw_only=True):
    """What was prepared is to be signed by the service where the key lies: page and statement, confirmed once."""

    prepared: Id
    provider: Id


class RemotePairShown(Message, frozen=True, kw_only=True):
    """How two signatures at a service stand; the codes are to be compared with those in the service's app. `trouble`:
    the code of what is in the way just now; it is tried again. `signed`: both are kept, or neither is."""

    prepared: Id
    state: Literal["pending", "signed", "declined", "expired", "failed"]
    page_code: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")]
    statement_code: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")]
    expires_at: Millis
    trouble: Line = ""


class SignerShown(Message, frozen=True, kw_only=True):
    """A person who signed. `level` is empty while the time-stamp is still to come; `instead` as in SignatureBegun."""

    role: SigningRole
    member: Id
    name: Line
    at: Millis
    level: Literal["", "B-B", "B-LT"]
    instead: Line = ""


class SignaturesShown(Message, frozen=True, kw_only=True):
    """Who signed a certificate or minutes (its id in `certificate`), and what is awaited. `presiding`: who is to sign
    as chair, of a certificate who declared the result; empty for any chair. `level`: of the signed edition, empty until
    there is one; `json_sha256`, `pdf_sha256`: of its files. `test_time`: the time is stamped by an authority for trials
    only. `trouble`: the code of why it does not go on by itself, `fault` if it is ours; it is tried again."""

    certificate: Id
    presiding: IdOrEmpty
    signed: tuple[SignerShown, ...]
    awaited: Literal["secretary", "chair", "stamp", "seal", ""]
    level: Literal["", "B-B", "B-T", "B-LT", "B-LTA"] = ""
    json_sha256: HashOrEmpty = ""
    pdf_sha256: HashOrEmpty = ""
    test_time: bool = False
    trouble: Line = ""


# --- Enrolment and certificates over HTTP -----------------------------------------------------------------------


class InvitesAsked(Message, frozen=True, kw_only=True):
    """Invite these members of a body to enrol a key."""

    members: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=10_000)]


class Invite(Message, frozen=True, kw_only=True):
    """A code for one member, good once and until `expires_at`. It is shown here and never again."""

    member: Id
    code: str
    expires_at: Millis


class Enrolment(Message, frozen=True, kw_only=True):
    """An invite's code, as read or typed, and a PKCS#10 request in PEM, signed by the key it is for."""

    code: Annotated[str, Meta(max_length=100)]
    request: Pem


class Renewal(Message, frozen=True, kw_only=True):
    """A PKCS#10 request in PEM for the key that takes the place of the one signed in with."""

    request: Pem


class Enrolled(Message, frozen=True, kw_only=True):
    """The certificate (PEM, then its issuers up to, not including, the trust anchor) and how long it is good."""

    member: Id
    thumbprint: Hash
    chain: tuple[str, ...]
    not_after: Millis


class LinkAsked(Message, frozen=True, kw_only=True):
    """An invite's code, and the certificate of another authority that is to be linked: PEM, leaf first, one each."""

    code: Annotated[str, Meta(max_length=100)]
    chain: Annotated[tuple[Pem, ...], Meta(min_length=1, max_length=8)]


class LinkPayload(Message, frozen=True, kw_only=True):
    """Possession of a key that another authority certified, told to us (JWS typ `plenary-link+jws`).

    `certificate` is the thumbprint of that certificate, `invite` the hash of the code: whose key it is to be. Without
    an invite it is linked by the word of a member who is signed in, `beside` the credential that they signed in with.
    """

    v: Literal[1] = 1
    audience: str
    body: Id
    member: Id
    certificate: Hash
    invite: HashOrEmpty
    asked_at: Millis
    beside: HashOrEmpty = ""


class LinkChallenge(Message, frozen=True, kw_only=True):
    """The exact LinkPayload, as text, that the key is to sign within ten minutes."""

    payload: str


class Link(Message, frozen=True, kw_only=True):
    """The same code and chain, and the signed LinkPayload (compact JWS)."""

    code: Annotated[str, Meta(max_length=100)]
    chain: Annotated[tuple[Pem, ...], Meta(min_length=1, max_length=8)]
    proof: Annotated[str, Meta(max_length=8192)]


class RemoteMeta(Struct, frozen=True, kw_only=True):
    """Where MySign names the transaction; what else it says is passed over."""

    transaction_id: Annotated[str, Meta(max_length=100)] = ""


class RemoteHint(Struct, frozen=True, kw_only=True):
    """A signing service tells by itself that there is news of a transaction: Decision 769 at the top, MySign within
    `meta_data`. It may come from anybody, so whatever else it says is passed over."""

    transaction_id: Annotated[str, Meta(max_length=100)] = ""
    meta_data: RemoteMeta = RemoteMeta()


class RemoteKeysAsked(Message, frozen=True, kw_only=True):
    """An invite's code, and what a signing service calls its user."""

    code: Annotated[str, Meta(max_length=100)]
    user: Annotated[str, Meta(min_length=1, max_length=100)]


class RemoteKeyShown(Message, frozen=True, kw_only=True):
    """A key at a signing service: what the service calls it, whom its certificate names, when that ends."""

    id: Title
    name: Line
    not_after: Millis


class RemoteLinkAsked(Message, frozen=True, kw_only=True):
    """That key of a user is to be linked to the member of an invite. Sent again, it tells how that stands; `attempt` is
    one more after each that was declined, expired or failed. `instead`: as of a RemotePageAsked."""

    code: Annotated[str, Meta(max_length=100)]
    user: Annotated[str, Meta(min_length=1, max_length=100)]
    key: Title
    attempt: Annotated[int, Meta(ge=1, le=20)] = 1
    instead: Address = ""


class RemoteUserAsked(Message, frozen=True, kw_only=True):
    """What a signing service calls its user."""

    user: Annotated[str, Meta(min_length=1, max_length=100)]


class RemoteOwnLinkAsked(Message, frozen=True, kw_only=True):
    """That key of a user is to be linked to who is signed in, beside their own. Sent again, it tells how that stands;
    `attempt` is another after each that was declined, expired or failed. `instead`: as of a RemotePageAsked."""

    user: Annotated[str, Meta(min_length=1, max_length=100)]
    key: Title
    attempt: Annotated[int, Meta(ge=1, le=9_007_199_254_740_991)] = 1
    instead: Address = ""


class RemotePageAsked(Message, frozen=True, kw_only=True):
    """Its owner cannot go on with the page of the service that they were shown (`confirm_at`; its tab is closed, or its
    time is up): another in place of this one, for the same words in the same time. Of another than the one that is
    shown it is no change."""

    instead: Address


class RemoteServiceShown(Message, frozen=True, kw_only=True):
    """A signing service that a body may use, by the name that people know it by."""

    id: Id
    name: Title


class RemoteOwnKey(Message, frozen=True, kw_only=True):
    """A key at a signing service that is linked to who asks: our certificate of it, whom the outside one names, until
    when it may be used, by which algorithm it signs."""

    provider: Id
    service: Title
    thumbprint: Hash
    name: Line
    alg: Literal["ES256", "RS256"]
    not_after: Millis


class RemoteRequestShown(Message, frozen=True, kw_only=True):
    """How a ballot stands with the service that is to sign it, for its voter: `wanted` before the service has taken it.
    `trouble`: the code of what is in the way just now; it is tried again until `expires_at`. `confirm_at`: the page of
    the service where it is to be confirmed; empty if the service asks in its own app, and once the person is back."""

    state: Literal["wanted", "asked", "signed", "declined", "expired", "failed"]
    expires_at: Millis
    trouble: Line = ""
    confirm_at: Address = ""


class RemoteLinkShown(Message, frozen=True, kw_only=True):
    """How linking a key at a signing service stands; the code is to be compared with the one in the service's app.
    `input`: what is signed there, the JWS signing input of a LinkPayload, so that who waits can look at it.
    `confirm_at`: as of a RemoteRequestShown."""

    state: Literal["pending", "linked", "declined", "expired", "failed"]
    verification_code: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")]
    expires_at: Millis
    enrolled: Enrolled | None = None
    input: Compact = ""
    confirm_at: Address = ""


class LinkStanding(Message, frozen=True, kw_only=True):
    """What is known of the outside certificate behind a link; `why` it was revoked, or why that is unknown."""

    member: Id
    thumbprint: Hash
    kind: Literal["good", "revoked", "unknown"]
    why: str
    revoked_at: Millis
    checked_at: Millis


class LinkShown(Message, frozen=True, kw_only=True):
    """All that a link rests on: the outside path (base64 DER, leaf to anchor), the signed LinkPayload, and the lists
    and answers (base64 DER) that said what is known."""

    standing: LinkStanding
    path: tuple[str, ...]
    proof: str
    evidence: tuple[str, ...]


class Revocation(Message, frozen=True, kw_only=True):
    """Why a key must be refused from now on."""

    reason: Literal["lost", "left", "compromised"]


class CertificateNotice(Message, frozen=True, kw_only=True):
    """Which certificate a vote has: its id, the SHA-256 of certificate.json, when it was issued."""

    id: Id
    sha256: Hash
    issued_at: Millis


class RecordNotice(Message, frozen=True, kw_only=True):
    """A sealed turn log: its id, the line of the floor's ledger that asked for it, the SHA-256 of turns.json, when it
    was issued."""

    id: Id
    line: Count
    sha256: Hash
    issued_at: Millis


# --- The floor: who may speak ------------------------------------------------------------------------------------

Stance = Literal["for", "against", "other"]
OrderName = Literal[
    "registration", "alternating", "groups", "fewest_turns", "askers_first", "quoted", "manual"
]
Seconds = Annotated[int, Meta(ge=1, le=864_000)]
# Longer than any note that is taken, so that its own refusal tells.
Note = Annotated[str, Meta(max_length=20_000)]
Spans = Annotated[dict[Line, Seconds], Meta(max_length=200)]
Shares = Annotated[dict[Line, Annotated[int, Meta(ge=1, le=10_000)]], Meta(max_length=200)]


class LaneRules(Message, frozen=True, kw_only=True):
    """The rules of one list of speakers. `order`: the algorithm (`services/rules/floor/order.py`); `quoted_by` names
    the attribute of the roll whose values take turns under `quoted` (`group` and any other), `shares` how many turns
    each value gets in a round (1 where not named). Limits in seconds, None for none: of a turn, of a person's second
    and later turns in this lane, of an answer, of an interposed question, of all turns of a person, of the lane, of the
    item (all its lanes), of each group named in `group_s`. At the limit the turn is ended, or goes on and is warned.

    How often anybody may do what makes the ledger longer and nobody speak: withdraw what they asked for themselves, in
    this lane; change one request; write an opinion on the item, who was not reached here."""

    order: OrderName = "registration"
    quoted_by: Line = ""
    shares: Shares = field(default_factory=dict)
    turn_s: Seconds | None = None
    second_s: Seconds | None = None
    answer_s: Seconds | None = None
    interposed_s: Seconds | None = None
    person_s: Seconds | None = None
    lane_s: Seconds | None = None
    item_s: Seconds | None = None
    group_s: Spans = field(default_factory=dict)
    warn_s: Annotated[int, Meta(ge=0, le=3_600)] = 30
    at_limit: Literal["warn", "end"] = "warn"
    turns_per_person: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    waiting_per_person: Annotated[int, Meta(ge=1, le=1_000)] = 1
    withdrawals_per_person: Annotated[int, Meta(ge=1, le=1_000)] = 10
    changes_per_request: Annotated[int, Meta(ge=1, le=1_000)] = 10
    opinions_per_person: Annotated[int, Meta(ge=1, le=1_000)] = 10
    length: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    presence: bool = True
    guests: bool = False
    stances: tuple[Stance, ...] = ("other",)
    interrupts: bool = False
    blocked_by_vote: bool = False
    paused_by_vote: bool = False


class FloorProfile(Message, frozen=True, kw_only=True):
    """A body's rules of speaking: one LaneRules for each lane it has, by the lane's name, and where they are from."""

    id: Id
    name: Title
    name_en: Line
    source: Text
    lanes: dict[Id, LaneRules]


class Lane(Message, frozen=True, kw_only=True):
    """One list of speakers of an agenda item. `lane` names its kind in the profile (speech, debate, question,
    point_of_order, presentation). `arranged`: requests that the desk has put in order by hand; they come first, as
    they stand there, and the algorithm orders those who asked afterwards. `closes_at`: when the clock closes it."""

    item: Id
    lane: Id
    title: Line
    rules: LaneRules
    state: Literal["open", "closed", "ended"] = "open"
    closes_at: Millis | None = None
    arranged: tuple[Id, ...] = ()


class SpeakRequest(Message, frozen=True, kw_only=True):
    """Somebody asks to speak. `number` is the ledger line that took it in: the order of registration. `member` is empty
    for a guest; `by` is who asked for them, if somebody else did."""

    id: Id
    item: Id
    lane: Id
    member: IdOrEmpty
    name: Title
    group: Line = ""
    seat: Line = ""
    stance: Stance = "other"
    note: Note = ""
    number: Count
    at: Millis
    by: IdOrEmpty = ""
    state: Literal["waiting", "called", "spoken", "withdrawn", "removed", "unreached"] = "waiting"


class Turn(Message, frozen=True, kw_only=True):
    """A turn to speak. Milliseconds: `planned_ms` granted (None: no limit), with what was `extended_ms`; `used_ms`
    up to the last stop; while it runs, since `running_since`. `deadline`: when the time is up if it runs on; `warned`:
    how many of the two warnings (before the limit, at it) were given. `in_turn`: it was next by the lane's order, else
    `next_was` is the request passed over. `interrupts`: the turn that waits for the end of this one."""

    id: Id
    item: Id
    lane: Id
    role: Literal["speech", "answer", "interposed"] = "speech"
    request: IdOrEmpty = ""
    answers: IdOrEmpty = ""
    interrupts: IdOrEmpty = ""
    member: IdOrEmpty
    name: Title
    group: Line = ""
    seat: Line = ""
    stance: Stance = "other"
    state: Literal["called", "running", "paused", "ended", "dropped"] = "called"
    planned_ms: Count | None
    extended_ms: Count = 0
    used_ms: Count = 0
    running_since: Millis | None = None
    deadline: Millis | None = None
    warn_at: Millis | None = None
    warned: Annotated[int, Meta(ge=0, le=2)] = 0
    called_at: Millis
    started_at: Millis | None = None
    ended_at: Millis | None = None
    in_turn: bool = True
    next_was: IdOrEmpty = ""


class Opinion(Message, frozen=True, kw_only=True):
    """What somebody who was not reached wrote instead."""

    item: Id
    member: Id
    name: Title
    group: Line = ""
    text: Text
    at: Millis


# What people do on the floor: each is signed by who does it (JWS typ `plenary-floor+jws`).


class FloorAct(Message, frozen=True, kw_only=True, tag_field="act"):
    """An act on the floor of a meeting."""

    v: Literal[1] = 1
    meeting: Id


class Ask(FloorAct, frozen=True, kw_only=True, tag="ask"):
    """Ask to speak. `id` is chosen by the asker: the same again is the same request. The desk may ask for a `member`,
    or where the lane allows it for a `guest` by name."""

    id: Id
    item: Id
    lane: Id
    stance: Stance = "other"
    note: Note = ""
    member: IdOrEmpty = ""
    guest: Line = ""


class ChangeRequest(FloorAct, frozen=True, kw_only=True, tag="change"):
    """Change the stance or the note of a waiting request; the place stays."""

    request: Id
    stance: Stance = "other"
    note: Note = ""


class Withdraw(FloorAct, frozen=True, kw_only=True, tag="withdraw"):
    """Take one's waiting request back."""

    request: Id


class WriteOpinion(FloorAct, frozen=True, kw_only=True, tag="write"):
    """The written opinion of somebody who was not reached when the item ended; the last one stands."""

    item: Id
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]


class DeskAct(FloorAct, frozen=True, kw_only=True):
    """An act of the chair or secretary. `seen` is the floor's revision that their console showed: if another console
    was quicker, the act is refused and nothing happens. `reason` is shown to all."""

    seen: Count
    reason: Line = ""


class OpenLane(DeskAct, frozen=True, kw_only=True, tag="lane.open"):
    """Open a list of speakers, or open it again. Without `rules` the profile's, or those that it had; others need a
    reason. `closes_in_s`: by our clock."""

    item: Id
    lane: Id
    rules: LaneRules | None = None
    closes_in_s: Seconds | None = None


class AdjustLane(DeskAct, frozen=True, kw_only=True, tag="lane.adjust"):
    """New rules or another closing time for a lane (None: no clock closes it); needs a reason. Another algorithm
    orders all who wait anew."""

    item: Id
    lane: Id
    rules: LaneRules | None = None
    closes_in_s: Seconds | None = None


class CloseLane(DeskAct, frozen=True, kw_only=True, tag="lane.close"):
    """Take no more requests; those who wait stay."""

    item: Id
    lane: Id


class EndItem(DeskAct, frozen=True, kw_only=True, tag="item.end"):
    """End a whole item: its turn ends, its lanes end, those who were not reached are invited to write."""

    item: Id


class Arrange(DeskAct, frozen=True, kw_only=True, tag="arrange"):
    """Put all who wait in a lane into this order; needs a reason."""

    item: Id
    lane: Id
    order: tuple[Id, ...]


class Skip(DeskAct, frozen=True, kw_only=True, tag="skip"):
    """Pass a waiting or called request over once: it comes after the next; needs a reason."""

    request: Id


class Defer(DeskAct, frozen=True, kw_only=True, tag="defer"):
    """Put a waiting or called request at the end; needs a reason."""

    request: Id


class Remove(DeskAct, frozen=True, kw_only=True, tag="remove"):
    """Take a waiting or called request off the list; needs a reason."""

    request: Id


class ReturnLast(DeskAct, frozen=True, kw_only=True, tag="return"):
    """Put the speaker whose turn was the last to end back at the top of the lane; needs a reason. What was used stays
    counted."""

    item: Id
    lane: Id


class Call(DeskAct, frozen=True, kw_only=True, tag="call"):
    """Call a waiting request to speak. Out of turn it needs a reason."""

    request: Id


class CallAnswer(DeskAct, frozen=True, kw_only=True, tag="answer"):
    """Give the floor to somebody to answer a turn: a `member`, or anybody by `name`. A second answer needs a reason."""

    turn: Id
    member: IdOrEmpty = ""
    name: Line = ""


class Interpose(DeskAct, frozen=True, kw_only=True, tag="interpose"):
    """An interposed question to who speaks now, by a `member`, or anybody by `name`: their clock stands, the question's
    runs; when it ends, the speaker goes on. Only where the lane's rules say for how long."""

    turn: Id
    member: IdOrEmpty = ""
    name: Line = ""


class StartTurn(DeskAct, frozen=True, kw_only=True, tag="start"):
    """Who was called speaks now: the clock runs."""

    turn: Id


class PauseTurn(DeskAct, frozen=True, kw_only=True, tag="pause"):
    """The clock stands."""

    turn: Id


class ResumeTurn(DeskAct, frozen=True, kw_only=True, tag="resume"):
    """The clock runs on."""

    turn: Id


class ExtendTurn(DeskAct, frozen=True, kw_only=True, tag="extend"):
    """More time for a turn; needs a reason."""

    turn: Id
    seconds: Seconds


class EndTurn(DeskAct, frozen=True, kw_only=True, tag="end"):
    """The turn is over."""

    turn: Id


class RecordFloor(DeskAct, frozen=True, kw_only=True, tag="record"):
    """Have the turn log of the meeting so far sealed by signing; again with nothing in between, it is the same."""


FloorActs = (
    Ask
    | ChangeRequest
    | Withdraw
    | WriteOpinion
    | OpenLane
    | AdjustLane
    | CloseLane
    | EndItem
    | Arrange
    | Skip
    | Defer
    | Remove
    | ReturnLast
    | Call
    | CallAnswer
    | Interpose
    | StartTurn
    | PauseTurn
    | ResumeTurn
    | ExtendTurn
    | EndTurn
    | RecordFloor
)


# What an act changes: the new value of each thing that changed.


class News(Message, frozen=True, kw_only=True, tag_field="news"):
    """One thing on the floor as it is from now on. `cause` says by which act or event."""

    cause: Id


class LaneNews(News, frozen=True, kw_only=True, tag="lane"):
    """A lane was opened, adjusted, arranged, closed or ended."""

    lane: Lane


class RequestNews(News, frozen=True, kw_only=True, tag="request"):
    """A request was made, changed, called, spoken to, taken back or not reached."""

    request: SpeakRequest


class TurnNews(News, frozen=True, kw_only=True, tag="turn"):
    """A turn was called, started, paused, resumed, extended, warned, ended or dropped (`what`)."""

    what: Literal["called", "started", "paused", "resumed", "extended", "warned", "ended", "dropped"]
    turn: Turn


class OpinionNews(News, frozen=True, kw_only=True, tag="opinion"):
    """Somebody who was not reached wrote."""

    opinion: Opinion


class VoteNews(News, frozen=True, kw_only=True, tag="vote"):
    """Polls that are open now."""

    open: tuple[Id, ...]


AnyNews = LaneNews | RequestNews | TurnNews | OpinionNews | VoteNews


class FloorLine(Message, frozen=True, kw_only=True, tag_field="kind"):
    """A line of the floor's ledger; `at` never goes backwards. State is a fold over the lines' `news`."""

    at: Millis


class FloorBegun(FloorLine, frozen=True, kw_only=True, tag="begun"):
    """The first line: whose floor it is, and by which rules."""

    meeting: Id
    title: Line
    body: Body
    profile: FloorProfile


class RollTaken(FloorLine, frozen=True, kw_only=True, tag="roll"):
    """The roll in force from here on: its exact bytes and their hash."""

    sha256: Hash
    roll: str


class FloorActed(FloorLine, frozen=True, kw_only=True, tag="act"):
    """An act as it was signed, `by` whom, with the roles they held; what the server knew that the rules ask for
    (whether the speaker was `present`, the agenda item's `title`); and what it changed."""

    jws: Compact
    by: Id
    roles: tuple[Role, ...]
    present: bool | None = None
    title: Line = ""
    news: tuple[AnyNews, ...]


class FloorTicked(FloorLine, frozen=True, kw_only=True, tag="clock"):
    """What the server's clock did."""

    news: tuple[AnyNews, ...]


class FloorVote(FloorLine, frozen=True, kw_only=True, tag="vote"):
    """Voting told that a poll opened, or is open no more; `line` is its place in the voting ledger."""

    poll: Id
    state: PollState
    line: Count
    news: tuple[AnyNews, ...]


FloorEntry = FloorBegun | RollTaken | FloorActed | FloorTicked | FloorVote


# The floor over HTTP and on streams.


class FloorReceipt(Message, frozen=True, kw_only=True):
    """What somebody who acted keeps: the ledger line with their act, and a C2SP tlog-proof of its place."""

    v: Literal[1] = 1
    meeting: Id
    index: Count
    entry: str
    proof: str


class Place(Message, frozen=True, kw_only=True):
    """Where a waiting request stands: 1 is next. `before`: the requests ahead, next first. `wait_ms`: what is left of
    the turn that runs and the time granted to those ahead; None where there is no limit to add up."""

    request: SpeakRequest
    place: Count
    before: tuple[Id, ...]
    wait_ms: Count | None


class FloorDone(Message, frozen=True, kw_only=True):
    """The answer to an act: its receipt, the floor's revision after it, and the asker's place if they wait."""

    receipt: FloorReceipt
    revision: Count
    place: Place | None = None


class LaneShown(Message, frozen=True, kw_only=True):
    """A lane, with those who wait in the order in which they will be called."""

    lane: Lane
    waiting: tuple[SpeakRequest, ...] = ()


class FloorShown(Message, frozen=True, kw_only=True):
    """The floor as it stands. `revision`: what an act of the desk must have `seen`. `turns`: called, running or paused,
    in the order in which they were called. `last`: the turn that was the last to end. `votes`: polls open now."""

    revision: Count = 0
    lanes: tuple[LaneShown, ...] = ()
    turns: tuple[Turn, ...] = ()
    last: Turn | None = None
    votes: tuple[Id, ...] = ()


class Opinions(Message, frozen=True, kw_only=True):
    """What was `written` by those who were not reached, and the requests of all who are `invited` to write."""

    written: tuple[Opinion, ...] = ()
    invited: tuple[SpeakRequest, ...] = ()


class QueueChange(Message, frozen=True, kw_only=True):
    """How the order of a lane's waiting requests changed: from place `start` on, `removed` go and `put` come."""

    item: Id
    lane: Id
    start: Count
    removed: Count
    put: tuple[Id, ...]


class Spent(Message, frozen=True, kw_only=True):
    """What a person, a group or an agenda item used: turns, milliseconds granted (of those with a limit), used, and
    used beyond the limit. `id`: the member (empty for a guest) or the item; empty for a group."""

    id: IdOrEmpty = ""
    name: Line
    turns: Count
    planned_ms: Count
    used_ms: Count
    over_ms: Count


class TurnSpoken(Message, frozen=True, kw_only=True):
    """A turn as it was in the end, its item's title, what it used and what of that beyond its limit (milliseconds; of
    a turn under way, up to the last line), who called it."""

    turn: Turn
    title: Line
    used_ms: Count
    over_ms: Count
    by: IdOrEmpty = ""


class Override(Message, frozen=True, kw_only=True):
    """What the desk decided past the order or the rules: its ledger line, which act, by whom, about whom, and why."""

    index: Count
    at: Millis
    by: Id
    act: Id
    item: IdOrEmpty = ""
    lane: IdOrEmpty = ""
    about: Line = ""
    passed_over: Line = ""
    seconds: Count = 0
    reason: Line = ""


class TurnLog(Message, frozen=True, kw_only=True):
    """The floor of a meeting afterwards, up to the ledger's line `until` (not with it): turns in order of calling, who
    used how much (`items`: all that had a list), what the desk overrode, who was not reached and is invited to write,
    and what they wrote."""

    meeting: Id
    title: Line
    body: Body
    until: Count
    at: Millis
    turns: tuple[TurnSpoken, ...]
    persons: tuple[Spent, ...]
    groups: tuple[Spent, ...]
    items: tuple[Spent, ...]
    overrides: tuple[Override, ...]
    unreached: tuple[SpeakRequest, ...]
    opinions: tuple[Opinion, ...]


class FloorEvidence(Message, frozen=True, kw_only=True):
    """Everything a stranger needs to replay the floor: the certificates of those who acted, and the whole ledger."""

    credentials: tuple[Credential, ...]
    ledger: Extract


class FloorRecord(Message, frozen=True, kw_only=True, tag_field="type", tag="floor-record.v1"):
    """On the work stream `{k}:records`: a turn log to be sealed. `index`: the line that asked for it."""

    body: Body
    meeting: Id
    index: Count
    log: TurnLog
    evidence: FloorEvidence
    request: str = ""


class FloorStatement(Message, frozen=True, kw_only=True):
    """What the seal signs of a floor: the payload of turns.json (JWS typ `plenary-floor-record+jws`)."""

    format: Literal["plenary-floor-record/1"] = "plenary-floor-record/1"
    id: Id
    issued_at: Millis
    software: str
    body: Body
    meeting: Id
    index: Count
    log: TurnLog
    evidence: FloorEvidence


# --- Minutes of a whole sitting -----------------------------------------------------------------------------------


class Stay(Message, frozen=True, kw_only=True):
    """From when to when somebody was there; `left` is None of who did not check out."""

    came: Millis
    left: Millis | None


class Attendee(Message, frozen=True, kw_only=True):
    """A member of the roll at a sitting: when they were there, and what was said last of an absence."""

    member: Id
    name: Title
    group: Line = ""
    seat: Line = ""
    stays: tuple[Stay, ...] = ()
    reason: Line = ""


class Officer(Message, frozen=True, kw_only=True):
    """A member of the body's desk, with the roles they held when the minutes were asked for."""

    member: Id
    name: Title
    title: Line = ""
    roles: tuple[Role, ...]


class MinutesWanted(Message, frozen=True, kw_only=True):
    """Asking for the minutes of a sitting: the edition wanted, one more than the last. The same again is answered as
    before."""

    edition: Annotated[int, Meta(ge=1, le=1_000)]


class SittingRecord(Message, frozen=True, kw_only=True, tag_field="type", tag="sitting-record.v1"):
    """What the meeting room alone knows of a sitting, when its secretary asks for minutes: times, `roll` (the exact
    bytes in force), who was there, the agenda, the desk. Sealed in an envelope wherever it travels."""

    body: Body
    meeting: Meeting
    opened_at: Millis
    ended_at: Millis | None
    edition: Annotated[int, Meta(ge=1, le=1_000)]
    asked_at: Millis
    asked_by: Officer
    desk: tuple[Officer, ...]
    roll: str
    attendance: tuple[Attendee, ...]
    agenda: tuple[AgendaItem, ...]
    request: str = ""


class Proceedings(Message, frozen=True, kw_only=True, tag_field="type", tag="proceedings.v1"):
    """The same with what the voting room knows: its whole ledger of the sitting, ballots withheld; the certificates of
    all who signed a line that is shown; and for which agenda item each poll was held (`items`, by poll)."""

    sitting: SittingRecord
    items: dict[str, Id]
    credentials: tuple[Credential, ...]
    ledger: Extract


class ProceedingsTold(Message, frozen=True, kw_only=True, tag_field="type", tag="proceedings-told.v1"):
    """On the work stream `{k}:proceedings`: Proceedings, `sealed` for signing (see kit/envelope)."""

    meeting: Id
    edition: Count
    sealed: str


class Annulled(Message, frozen=True, kw_only=True):
    """That a poll was annulled: when, why, and by which two persons."""

    at: Millis
    reason: Line
    by: Id
    second: Id


class Voted(Message, frozen=True, kw_only=True):
    """A poll of the sitting, as the ledger tells it. Times and `decision` are None of what did not happen;
    `certificate` and `sha256` (of certificate.json) are empty of a poll that has none: practice, or never declared."""

    poll: Id
    title: Title
    item: IdOrEmpty = ""
    state: PollState
    practice: bool
    reruns: IdOrEmpty
    definition: HashOrEmpty
    presiding: IdOrEmpty
    opened_at: Millis | None
    closed_at: Millis | None
    declared_at: Millis | None
    present: Count
    ballots: Count
    decision: Decision | None
    annulled: Annulled | None
    certificate: IdOrEmpty
    sha256: HashOrEmpty


class Spoken(Message, frozen=True, kw_only=True):
    """Who spoke on an agenda item: turns, and how long altogether (milliseconds)."""

    item: Id
    title: Line
    member: IdOrEmpty
    name: Line
    group: Line
    turns: Count
    used_ms: Count


class TurnsMinuted(Message, frozen=True, kw_only=True):
    """What the newest sealed turn log says, in short: its id, the SHA-256 of turns.json, the line that asked for it."""

    record: Id
    sha256: Hash
    line: Count
    spoken: tuple[Spoken, ...]
    out_of_turn: Count
    unreached: Count
    opinions: Count


class MinutesBefore(Message, frozen=True, kw_only=True):
    """The edition that this one follows: its id and the SHA-256 of its minutes.json."""

    minutes: Id
    sha256: Hash


class MinutesEvidence(Message, frozen=True, kw_only=True):
    """What it takes to make the list of polls again: the roll's bytes, who signed, the ledger with ballots withheld."""

    roll: str
    credentials: tuple[Credential, ...]
    ledger: Extract


class MinutesStatement(Message, frozen=True, kw_only=True):
    """What the seal signs of a whole sitting: the payload of minutes.json (JWS typ `plenary-minutes+jws`). `presiding`:
    who presided over the last poll; empty if none was opened."""

    format: Literal["plenary-minutes/1"] = "plenary-minutes/1"
    id: Id
    issued_at: Millis
    software: str
    edition: Annotated[int, Meta(ge=1, le=1_000)]
    before: MinutesBefore | None
    body: Body
    meeting: Id
    title: Title
    place: Line
    starts_at: Millis
    opened_at: Millis
    ended_at: Millis | None
    asked_at: Millis
    asked_by: Officer
    presiding: IdOrEmpty
    desk: tuple[Officer, ...]
    attendance: tuple[Attendee, ...]
    agenda: tuple[AgendaItem, ...]
    polls: tuple[Voted, ...]
    turns: TurnsMinuted | None
    evidence: MinutesEvidence


class MinutesNotice(Message, frozen=True, kw_only=True):
    """An edition of the minutes of a sitting: where to find it, and the hash to compare."""

    id: Id
    edition: Count
    sha256: Hash
    issued_at: Millis


class WebhookWanted(Message, frozen=True, kw_only=True):
    """Where what happens to turns is to be sent. All that is sent is signed with the installation's key; with `secret`
    also with a secret of this webhook's own, `new_secret` makes another. What happens while it is not `active` is not
    sent."""

    url: Annotated[str, Meta(min_length=1, max_length=2_000)]
    active: bool = True
    secret: bool = False
    new_secret: bool = False


class Webhook(Message, frozen=True, kw_only=True):
    """A webhook (Standard Webhooks 1.0.0). `key`: `whpk_…`, to verify it with. `secret`: `whsec_…`, shown once, in the
    answer to what made it. `failures`: tries since the last one that was taken; why the last one failed: `error`."""

    id: Id
    body: Id
    url: str
    active: bool
    key: str
    has_secret: bool
    secret: str = ""
    failures: Count = 0
    error: Line = ""


class WebhookKey(Message, frozen=True, kw_only=True):
    """With what everybody verifies `turn.*` events of this installation: `whpk_…`."""

    key: str


TurnEventName = Literal[
    "turn.called",
    "turn.started",
    "turn.paused",
    "turn.resumed",
    "turn.extended",
    "turn.warned",
    "turn.ended",
    "turn.dropped",
]


class TurnEvent(Message, frozen=True, kw_only=True):
    """What webhooks and the live stream tell when something happens to a turn, byte for byte the same. `id`: the same
    however often it is told. `seq`: counts them for this meeting, from 1; after a gap something was not told here.
    `index`: the line of the floor's ledger. `camera`: what to show for this turn: who is about to speak, who speaks, or
    the hall, unless another turn runs."""

    type: TurnEventName
    timestamp: str
    id: Id
    meeting: Id
    seq: Count
    index: Count
    at: Millis
    seat: Line
    camera: Literal["next", "speaker", "hall", ""]
    turn: Turn


# --- Streams ----------------------------------------------------------------------------------------------------


class Event(Message, frozen=True, kw_only=True, tag_field="type"):
    """A message on a stream. `index` is its place in the journal (of that `key`) or ledger it came from; `request` is
    the id of the HTTP request that caused it, to follow one act through every service."""

    index: Count
    request: str = ""
    key: IdOrEmpty = ""


class BodyChanged(Event, frozen=True, kw_only=True, tag="body.changed"):
    """A body was founded or renamed."""

    body: Body


class MemberChanged(Event, frozen=True, kw_only=True, tag="member.changed"):
    """Members were added or changed."""

    body: Id
    members: tuple[Member, ...]


class MeetingChanged(Event, frozen=True, kw_only=True, tag="meeting.changed"):
    """A meeting was planned, opened or ended."""

    meeting: Meeting


class RollFrozen(Event, frozen=True, kw_only=True, tag="roll.frozen"):
    """A roll in force: its exact bytes and their hash."""

    meeting: Id
    sha256: Hash
    roll: str


class PresenceChanged(Event, frozen=True, kw_only=True, tag="presence.changed"):
    """Members came or left."""

    meeting: Id
    presence: tuple[Presence, ...]


class AgendaChanged(Event, frozen=True, kw_only=True, tag="agenda.changed"):
    """The agenda as it is now."""

    meeting: Id
    items: tuple[AgendaItem, ...]


class SeatsChanged(Event, frozen=True, kw_only=True, tag="seats.changed"):
    """The seats stand otherwise; the plan itself is asked for (`GET …/seats/plan`)."""

    meeting: Id
    revision: Count


class CredentialIssued(Event, frozen=True, kw_only=True, tag="credential.issued"):
    """A key was certified for a member; `replaces` is the thumbprint it takes the place of."""

    body: Id
    credential: Credential
    not_after: Millis
    replaces: HashOrEmpty = ""


class CredentialRevoked(Event, frozen=True, kw_only=True, tag="credential.revoked"):
    """A key must be refused from now on; its old ballots still verify."""

    body: Id
    member: Id
    thumbprint: Hash
    at: Millis
    reason: Literal["superseded", "lost", "left", "compromised"]


class CertificateIssued(Event, frozen=True, kw_only=True, tag="certificate.issued"):
    """A result certificate exists."""

    body: Id
    meeting: Id
    poll: Id
    certificate: Id
    sha256: Hash


class CertificateSigned(Event, frozen=True, kw_only=True, tag="certificate.signed"):
    """The signed edition of a certificate exists: by which persons, and the SHA-256 of certificate.signed.pdf."""

    body: Id
    meeting: Id
    poll: Id
    certificate: Id
    secretary: Id
    chair: Id
    sha256: Hash


class RecordIssued(Event, frozen=True, kw_only=True, tag="record.issued"):
    """A sealed turn log exists: of which line of the floor's ledger, and the SHA-256 of turns.json."""

    body: Id
    meeting: Id
    line: Count
    record: Id
    sha256: Hash


class MinutesAsked(Event, frozen=True, kw_only=True, tag="minutes.asked"):
    """The secretary asks for minutes; `sealed`: a SittingRecord in an envelope, for voting alone."""

    body: Id
    meeting: Id
    edition: Count
    sealed: str


class MinutesIssued(Event, frozen=True, kw_only=True, tag="minutes.issued"):
    """An edition of the minutes exists. `sha256` is of minutes.json."""

    body: Id
    meeting: Id
    edition: Count
    minutes: Id
    sha256: Hash


class MinutesSigned(Event, frozen=True, kw_only=True, tag="minutes.signed"):
    """Secretary and chair have signed the minutes, and the body's seal is under both. `sha256` is of the signed PDF."""

    body: Id
    meeting: Id
    minutes: Id
    secretary: Id
    chair: Id
    sha256: Hash


class PollChanged(Event, frozen=True, kw_only=True, tag="poll.changed"):
    """A line of the voting ledger other than a ballot, as it stands there; who presides, whether it is a practice vote,
    and the agenda item, of the draft: what screens show before the definition is signed. `rechecking`: with the cut, of
    how many certificates of other authorities is asked now, and until when the count waits at most."""

    meeting: Id
    poll: Id
    state: PollState
    line: str
    presiding: IdOrEmpty = ""
    practice: bool = False
    item: IdOrEmpty = ""
    rechecking: Count = 0
    recheck_until: Millis | None = None


class BallotsReceived(Event, frozen=True, kw_only=True, tag="ballots.received"):
    """A run of ballots, `first` to `index`, by leaf hash only; `received` is how many voters have voted so far,
    `voters` whose first ballot in a named vote is among these: neither how they voted, nor who changed their vote.
    `pending` ballots are with signing services; lines with which one was begun or lapsed are in the run too."""

    meeting: Id
    poll: Id
    first: Count
    leaves: tuple[Hash, ...]
    received: Count
    voters: tuple[Id, ...] = ()
    requests: tuple[str, ...] = ()
    pending: Count = 0


class BallotToSign(Message, frozen=True, kw_only=True):
    """What a signing service is to be asked for (within `BallotWanted.sealed`): the JWS signing input, and the words
    that its voter sees there: the title, and the label of the choice."""

    input: Compact
    title: Title
    label: Title


class BallotWanted(Message, frozen=True, kw_only=True, tag_field="type", tag="ballot.wanted"):
    """A ballot was begun: its signature is wanted from a service outside. `sealed`: a BallotToSign, which only signing
    can open; a stream tells nobody how somebody votes."""

    body: Id
    meeting: Id
    poll: Id
    voter: Id
    commitment: Hash
    provider: Id
    thumbprint: Hash
    sealed: str


class BallotsUnwanted(Message, frozen=True, kw_only=True, tag_field="type", tag="ballots.unwanted"):
    """Ballots of a poll that are not to be signed any more. `sealed`: their commitments (JSON), which only signing can
    open; none: all of that poll, which is over."""

    meeting: Id
    poll: Id
    sealed: str


class BallotSigned(Event, frozen=True, kw_only=True, tag="ballot.signed"):
    """A ballot that was begun has its signature. `sealed`: the compact JWS, which only voting can open."""

    meeting: Id
    poll: Id
    commitment: Hash
    sealed: str


class BallotUnsigned(Event, frozen=True, kw_only=True, tag="ballot.unsigned"):
    """A ballot that was begun will not be signed. `sealed`: why (Unsigned, as JSON), which only signing can say: who
    writes on a stream must not end what somebody is signing."""

    meeting: Id
    poll: Id
    commitment: Hash
    sealed: str


class LinksToRecheck(Message, frozen=True, kw_only=True):
    """What voting wants to know (within `RecheckWanted.sealed`): what is known after the `cut` of the certificates of
    other authorities behind these credentials? Voting waits `until` then."""

    body: Id
    meeting: Id
    poll: Id
    definition: Hash
    cut: Millis
    until: Millis
    thumbprints: tuple[Hash, ...]


class RecheckWanted(Message, frozen=True, kw_only=True, tag_field="type", tag="recheck.wanted"):
    """A poll is cut (the line that closed it was written at `cut`), and ballots in it were cast with links. `sealed`: a
    LinksToRecheck, which only voting can say: who writes on a stream must not ask in its place, as of a cut it is asked
    once."""

    definition: Hash
    cut: Millis
    sealed: str


class LinksRechecked(Event, frozen=True, kw_only=True, tag="links.rechecked"):
    """What was found. `sealed`: a Rechecked for each credential (a list, as JSON), which only voting can open: who
    writes on a stream must not say whose ballot counts."""

    meeting: Id
    poll: Id
    definition: Hash
    cut: Millis
    sealed: str


class CountAlarm(Event, frozen=True, kw_only=True, tag="count.alarm"):
    """The two counts of a poll differ: nothing is declared."""

    meeting: Id
    poll: Id


class TurnSigned(Message, frozen=True, kw_only=True):
    """A TurnEvent as the live stream tells it: its exact bytes (`body`), and what a webhook has in its headers. The
    `timestamp` (seconds) is of when it happened, so whenever it is told, it is the same to the last byte."""

    name: TurnEventName
    id: Id
    timestamp: Count
    signature: str
    body: str


class FloorChanged(Event, frozen=True, kw_only=True, tag="floor.changed"):
    """A line of the floor's ledger as it stands there (a roll's line without the roll), the new order of queues, and
    what happened to turns, in order."""

    meeting: Id
    revision: Count
    line: str
    queues: tuple[QueueChange, ...] = ()
    turns: tuple[TurnSigned, ...] = ()


StreamEvent = (
    BodyChanged
    | MemberChanged
    | MeetingChanged
    | RollFrozen
    | PresenceChanged
    | AgendaChanged
    | SeatsChanged
    | CredentialIssued
    | CredentialRevoked
    | CertificateIssued
    | CertificateSigned
    | RecordIssued
    | MinutesAsked
    | MinutesIssued
    | MinutesSigned
    | PollChanged
    | BallotsReceived
    | BallotSigned
    | BallotUnsigned
    | LinksRechecked
    | CountAlarm
    | FloorChanged
)


# --- What screens are sent (server-sent events) -----------------------------------------------------------------


class RollShown(Message, frozen=True, kw_only=True):
    """The roll in force: its hash, revision and size; the names are read from `meeting`."""

    sha256: Hash
    revision: Count
    entries: Count


class PollShown(Message, frozen=True, kw_only=True):
    """A poll as it stands. `at`: its last act. `definition`: the chair's signed question while one can vote, or could
    again (open, held), else empty; `definition_sha256` stays. `deadline`: when the clock closes it, None while it
    stands. `present`: checked in when it opened. `received`: voters so far. `decision`: once counted. `alarm`: the two
    counts differ. `presiding`, `practice`, `item`: of the draft; once it is open, the signed definition says them.
    `pending`: ballots that are with signing services; while it is closing they may come until `grace_ends_at`.
    `rechecking`: certificates of other authorities that are asked about, before it is counted, `recheck_until` then."""

    meeting: Id
    poll: Id
    state: PollState
    at: Millis
    title: str = ""
    definition: str = ""
    definition_sha256: str = ""
    deadline: Millis | None = None
    present: Count = 0
    received: Count = 0
    decision: Decision | None = None
    alarm: bool = False
    presiding: IdOrEmpty = ""
    practice: bool = False
    item: IdOrEmpty = ""
    pending: Count = 0
    grace_ends_at: Millis | None = None
    rechecking: Count = 0
    recheck_until: Millis | None = None


class CertificateShown(Message, frozen=True, kw_only=True):
    """The certificate of a poll: where to find it and the hash to compare. `signed`: the SHA-256 of the PDF of its
    signed edition, once persons have signed."""

    certificate: Id
    sha256: Hash
    signed: HashOrEmpty = ""


class RecordShown(Message, frozen=True, kw_only=True):
    """A sealed turn log: the line of the floor's ledger that asked for it, where to find it, the hash to compare."""

    line: Count
    record: Id
    sha256: Hash


class MinutesShown(Message, frozen=True, kw_only=True):
    """An edition of the sitting's minutes: where to find it, the hash to compare. `signed`: as of a certificate."""

    edition: Count
    minutes: Id
    sha256: Hash
    signed: HashOrEmpty = ""


class Snapshot(Message, frozen=True, kw_only=True):
    """All that a screen shows of a meeting; presence by member, polls and certificates by poll; sealed turn logs and
    minutes as they came. `seats`: the revision of the plan of the seats."""

    meeting: Meeting | None = None
    agenda: tuple[AgendaItem, ...] = ()
    roll: RollShown | None = None
    seats: Count = 0
    presence: dict[str, Presence] = field(default_factory=dict)
    polls: dict[str, PollShown] = field(default_factory=dict)
    certificates: dict[str, CertificateShown] = field(default_factory=dict)
    records: tuple[RecordShown, ...] = ()
    minutes: tuple[MinutesShown, ...] = ()
    floor: FloorShown | None = None


class ActShown(Message, frozen=True, kw_only=True):
    """An act of the desk as all may see it: which, by whom, and why."""

    act: Id
    by: Id
    reason: Line = ""


class FloorNewsShown(Message, frozen=True, kw_only=True):
    """What changed on the floor, as small as it can be told; `revision`, after it. `requests`: who waits, new or
    changed; `left`: requests that wait no more, by id. `queues`: to be applied in this order to the ids of each lane's
    list, which are then looked up; who came or went since the last frame stands in a splice. `turns`: in the order in
    which it happened. `votes`: polls open now, None if that is as before. `acts`: what the desk did, in order."""

    revision: Count
    lanes: tuple[Lane, ...] = ()
    requests: tuple[SpeakRequest, ...] = ()
    left: dict[Id, Literal["called", "spoken", "withdrawn", "removed", "unreached"]] = field(
        default_factory=dict
    )
    queues: tuple[QueueChange, ...] = ()
    turns: tuple[TurnNews, ...] = ()
    votes: tuple[Id, ...] | None = None
    acts: tuple[ActShown, ...] = ()


class Progress(Message, frozen=True, kw_only=True):
    """How many voters' ballots have been received; how many are `pending` with signing services."""

    poll: Id
    received: Count
    pending: Count = 0


class Connected(Message, frozen=True, kw_only=True):
    """Who has a live screen, at the time `at`: `count` members, None while nobody can know. Screens of the desk and of
    observers are told who: all `members` when they join and after a while of not knowing, later who `came` and who
    `went` (a few seconds after their last screen did). All others are told the count, with the heartbeat."""

    at: Millis
    count: Count | None
    members: tuple[Id, ...] | None = None
    came: tuple[Id, ...] = ()
    went: tuple[Id, ...] = ()


class ReceivedFrom(Message, frozen=True, kw_only=True):
    """Whose ballot is in the ledger, not how they voted: told to screens of the desk and of observers; all when they
    join, later who is new, with every `progress`."""

    poll: Id
    voters: tuple[Id, ...]


class ServerTime(Message, frozen=True, kw_only=True):
    """The server's clock, for countdowns."""

    now: Millis
