"""Vectors of messages: texts that decode and encode again to the same bytes, and texts that must be refused."""

from typing import Any

import msgspec

from services import wire
from services.rules.profiles import PROFILES
from tests.support import vectors_floor, vectors_minutes, vectors_passkeys
from tests.support.vectors_floor import LANE, REQUEST, TURN
from tests.support.vectors_signed import compact
from tests.support.vectors_trees import KEY, LEAVES, ORIGIN, checkpoint, log_key, receipt, root
from tests.support.vectors_votes import case, definition

AT = 1_795_000_000_000
HASH = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
HDND = PROFILES["hdnd"]
DEFINITION = definition(HDND)
BODY = DEFINITION.body
DECISION = msgspec.convert(case("", "", HDND, 60, (41, 2, 1), present=(50, 50))["decision"], wire.Decision)
MEETING = wire.Meeting(
    id="ky-hop-12", body="co-quan", title="Kỳ họp thứ 12", place="Hội trường lớn", starts_at=AT
)
MEMBER = wire.Member(
    id="an",
    name="Nguyễn Văn An",
    group="Tổ 1",
    title="Chủ tịch",
    roles=("chair", "delegate"),
    attributes={"giới tính": "nam", "dân tộc": "Kinh"},
)
ENTRY = wire.RollEntry(
    member="an", name="Nguyễn Văn An", group="Tổ 1", seat="A1", attributes={"giới tính": "nam"}
)
ROLL = wire.Roll(body="co-quan", meeting="ky-hop-12", revision=1, entries=(ENTRY,))
AGENDA = wire.AgendaItem(
    id="noi-dung-1",
    position=1,
    title="Dự thảo Nghị quyết",
    note="Tờ trình số 5",
    documents=(wire.Document(title="Tờ trình số 5", sha256=HASH),),
)
PRESENCE = wire.Presence(member="an", present=False, at=AT, reason="Đi công tác")
CREDENTIAL = wire.Credential(member="an", thumbprint=HASH, chain=("MIIB",))
REMOTE_EVIDENCE = wire.RemoteEvidence(
    provider="vnpt", kind="neac769", version="sp769", transaction="pl-01", input_sha256=HASH, verification_code="0471",
    alg="RS256", chain=("MIIB",), form="raw", answered="AAAA", signature="AAAA", started_at=AT, done_at=AT + 2,
    answers=(wire.RemoteAnswer(at=AT + 1, act="v1/signatures/sign", status=200, body="e30="),),
)  # fmt: skip
JWS = compact()
PEM = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"
EXTRACT = wire.Extract(
    origin=ORIGIN,
    log_key=log_key(ORIGIN, KEY),
    start=2,
    frontier=(HASH,),
    lines=('{"kind":"withheld","leaf":"' + HASH + '"}',),
    checkpoint=checkpoint(3, root(LEAVES[:3])),
)
EVIDENCE = wire.Evidence(roll=msgspec.json.encode(ROLL).decode(), credentials=(CREDENTIAL,), ledger=EXTRACT)
POLL = wire.Poll(
    id="bq-01",
    meeting="ky-hop-12",
    state="open",
    title=DEFINITION.title,
    presiding=DEFINITION.presiding,
    options=DEFINITION.options,
    rule=DEFINITION.rule,
    changes=False,
    reruns=None,
    definition=HASH,
    jws=JWS,
    deadline=AT + 60_000,
    opened_at=AT,
    closed_at=None,
    received=12,
    counted="",
    decision=None,
    interim=None,
)
_DRAFT = wire.PollDraft(title="Bỏ phiếu thử", presiding="an", practice=True, item="noi-dung-1")
_WISH = wire.VoidWish(
    poll="bq-01",
    by="an",
    reason="Sai nội dung",
    at=AT,
    expires_at=AT + 600_000,
    payload=HASH,
    act=JWS,
)
_LOG_KEY = "plenary.local/voting/ky-hop-12+2a35d2eb+AcTXvRzXTABsQ7LmMmwDZWVhYYdXzx3FqFMAdnLB6Dh9"
_TURN = wire.Turn(
    id="luot-1",
    item="noi-dung-1",
    lane="speech",
    request="y-kien-2",
    member="an",
    name="Nguyễn Văn An",
    group="Tổ 1",
    stance="for",
    state="ended",
    planned_ms=420_000,
    extended_ms=60_000,
    used_ms=431_042,
    called_at=AT,
    started_at=AT + 1_000,
    ended_at=AT + 432_042,
    in_turn=False,
    next_was="y-kien-1",
)
_USED: dict[str, Any] = {"turns": 1, "planned_ms": 420_000, "used_ms": 431_042, "over_ms": 11_042}
_LOG = wire.TurnLog(
    meeting="ky-hop-12",
    title="Kỳ họp thứ 12",
    body=BODY,
    until=25,
    at=AT + 500_000,
    turns=(
        wire.TurnSpoken(
            turn=_TURN, title="Dự thảo Nghị quyết", used_ms=431_042, over_ms=11_042, by="chu-toa"
        ),
    ),
    persons=(wire.Spent(id="an", name="Nguyễn Văn An", **_USED),),
    groups=(wire.Spent(name="Tổ 1", **_USED),),
    items=(wire.Spent(id="noi-dung-1", name="Dự thảo Nghị quyết", **_USED),),
    overrides=(
        wire.Override(
            index=10,
            at=AT,
            by="chu-toa",
            act="call",
            item="noi-dung-1",
            lane="speech",
            about="Nguyễn Văn An",
            passed_over="Trần Thị Bưởi",
            reason="Đại biểu phải đi công tác",
        ),
    ),
    unreached=(),
    opinions=(),
)
_RECORD: dict[str, Any] = {
    "body": BODY,
    "meeting": "ky-hop-12",
    "index": 24,
    "log": _LOG,
    "evidence": wire.FloorEvidence(credentials=(CREDENTIAL,), ledger=EXTRACT),
}
_RESULT: dict[str, Any] = {
    "body": BODY,
    "meeting": "ky-hop-12",
    "poll": "bq-01",
    "definition": HASH,
    "title": DEFINITION.title,
    "decision": DECISION,
    "evidence": EVIDENCE,
}
_LINE: dict[str, Any] = {"at": AT, "poll": "bq-01"}
_OF: dict[str, Any] = {"index": 7, "request": "a1b2c3d4e5", "meeting": "ky-hop-12"}

LEDGER = (
    wire.PollAnnounced(**_LINE, title=DEFINITION.title, jws=JWS),
    wire.PollOpened(**_LINE, definition=JWS, present=("an", "binh"), deadline=AT + 60_000),
    wire.PollOpened(**_LINE, definition=JWS, present=(), deadline=None),
    wire.BallotCast(**_LINE, jws=JWS),
    wire.BallotCast(**_LINE, jws=JWS, salt=HASH),
    wire.BallotBegun(**_LINE, voter="an", commitment=HASH, provider="smartca"),
    wire.BallotLapsed(**_LINE, voter="an", why="declined"),
    wire.PollHeld(**_LINE, jws=JWS),
    wire.PollResumed(**_LINE, jws=JWS, deadline=None),
    wire.PollExtended(**_LINE, jws=JWS, deadline=AT + 90_000),
    wire.PollClosing(**_LINE, jws=JWS, cause="chair", present=("an",), until=AT + 30_000, begun=2),
    wire.PollClosed(**_LINE, jws=JWS, cause="deadline", present=("an",), ballots=44),
    wire.PollCounted(**_LINE, definition=HASH, decision=DECISION),
    wire.PollAlarmed(**_LINE),
    wire.PollDeclared(**_LINE, jws=JWS),
    wire.PollCertified(**_LINE, certificate="gcn-01", sha256=HASH),
    wire.PollVoided(**_LINE, jws=JWS, second=JWS),
    wire.PollVoided(**_LINE, jws=JWS, second=JWS, ballots=3),
    wire.PollRechecked(
        **_LINE,
        found=(
            wire.Rechecked(
                thumbprint=HASH, outside=HASH, kind="good", known_at=AT, checked_at=AT, evidence=(HASH,)
            ),
        ),
    ),
    wire.PollCounted(
        **_LINE,
        definition=HASH,
        decision=msgspec.structs.replace(
            DECISION, rechecked=wire.RecheckCounts(checked=1, revoked=0, unknown=0, policy="exclude")
        ),
    ),
)
EVENTS = (
    wire.BodyChanged(index=0, body=BODY),
    wire.MemberChanged(index=1, body="co-quan", members=(MEMBER,)),
    wire.MeetingChanged(index=2, request="a1b2c3d4e5", meeting=MEETING),
    wire.RollFrozen(**_OF, sha256=HASH, roll=EVIDENCE.roll),
    wire.PresenceChanged(**_OF, presence=(PRESENCE,)),
    wire.AgendaChanged(**_OF, items=(AGENDA,)),
    wire.SeatsChanged(**_OF, revision=3),
    wire.CredentialIssued(index=0, body="co-quan", credential=CREDENTIAL, not_after=AT, replaces=HASH),
    wire.CredentialRevoked(index=1, body="co-quan", member="an", thumbprint=HASH, at=AT, reason="superseded"),
    wire.CertificateIssued(**_OF, body="co-quan", poll="bq-01", certificate="gcn-01", sha256=HASH),
    wire.CertificateSigned(
        **_OF, body="co-quan", poll="bq-01", certificate="gcn-01", secretary="binh", chair="an", sha256=HASH
    ),
    wire.PollChanged(
        **_OF, poll="bq-01", state="held", line=msgspec.json.encode(wire.PollHeld(**_LINE, jws=JWS)).decode()
    ),
    wire.BallotsReceived(
        **_OF, poll="bq-01", first=6, leaves=(HASH, HASH), received=2, requests=("r1", "r2")
    ),
    wire.BallotSigned(**_OF, poll="bq-01", commitment=HASH, sealed="c2VhbGVk"),
    wire.BallotUnsigned(**_OF, poll="bq-01", commitment=HASH, sealed="c2VhbGVk"),
    wire.LinksRechecked(
        index=12, meeting="ky-hop-12", poll="bq-01", definition=HASH, cut=AT, sealed="c2VhbGVk"
    ),
    wire.CountAlarm(**_OF, poll="bq-01"),
    *vectors_floor.events(),
    *vectors_minutes.events("co-quan", "ky-hop-12", HASH),
)
SHOWN = wire.PollShown(
    meeting="ky-hop-12", poll="bq-01", state="held", at=AT, title=DEFINITION.title, definition=JWS,
    definition_sha256=HASH, present=50, received=12,
)  # fmt: skip
SNAPSHOT = wire.Snapshot(
    meeting=MEETING,
    agenda=(AGENDA,),
    roll=wire.RollShown(sha256=HASH, revision=1, entries=1),
    seats=3,
    presence={"an": PRESENCE},
    polls={"bq-01": SHOWN},
    certificates={"bq-00": wire.CertificateShown(certificate="gcn-01", sha256=HASH)},
    floor=wire.FloorShown(revision=18, lanes=(wire.LaneShown(lane=LANE, waiting=(REQUEST,)),), turns=(TURN,)),
)
_LINK = wire.LinkPayload(
    audience="https://bieuquyet.example.vn",
    body="hdnd",
    member="an",
    certificate=HASH,
    invite=HASH,
    asked_at=AT,
)
_STANDING = wire.LinkStanding(member="an", thumbprint=HASH, kind="good", why="", revoked_at=0, checked_at=AT)
GOOD: dict[str, tuple[Any, ...]] = {
    "act": (
        wire.ActPayload(act="announce", meeting="ky-hop-12", poll="bq-01"),
        wire.ActPayload(
            act="extend", meeting="ky-hop-12", poll="bq-01", definition=HASH, reason="Xin thêm giờ", seconds=30
        ),
        wire.ActPayload(act="declare", meeting="ky-hop-12", poll="bq-01", definition=HASH, result=HASH),
    ),
    "admission": (
        wire.Admission(token=JWS, expires_at=AT, member="an", body="co-quan", roles=("chair", "delegate")),
    ),
    "agenda-item": (AGENDA,),
    "ballot": (
        wire.BallotPayload(
            v=1, meeting="ky-hop-12", poll=HASH, choice="approve", label="Tán thành", voter="an", seq=1
        ),
        wire.BallotPayload(
            v=1,
            meeting="ky-hop-12",
            poll=HASH,
            choice="abstain",
            label="Không biểu quyết",
            voter="an",
            seq=2,
            supersedes=HASH,
        ),
    ),
    "ballot-intent": (wire.BallotIntent(input="e30.e30", provider="smartca"),),
    "ballot-to-sign": (wire.BallotToSign(input="e30.e30", title=DEFINITION.title, label="Tán thành"),),
    "ballot-wanted": (
        wire.BallotWanted(
            body="co-quan",
            meeting="ky-hop-12",
            poll="bq-01",
            voter="an",
            commitment=HASH,
            provider="smartca",
            thumbprint=HASH,
            sealed="c2VhbGVk",
        ),
    ),
    "ballots-unwanted": (wire.BallotsUnwanted(meeting="ky-hop-12", poll="bq-01", sealed="c2VhbGVk"),),
    "body": (BODY, wire.Body(id="bc", name="Ban Chấp hành")),
    "certificate-file": (wire.CertificateFile(payload="e30", protected="e30", signature="AA"),),
    "certificate-notice": (wire.CertificateNotice(id="gcn-01", sha256=HASH, issued_at=AT),),
    "challenge": (
        wire.Challenge(challenge="1795000120000.AAAA.BBBB", audience="https://bieuquyet.example.vn", expires_at=AT),
    ),
    "challenge-asked": (wire.ChallengeAsked(credential=HASH),),
    "counted": (wire.Counted(sha256=HASH, line=msgspec.json.encode(LEDGER[8]).decode(), decision=DECISION),),
    "credential": (CREDENTIAL,),
    "credential-held": (wire.CredentialHeld(member="an", state="good", not_after=AT),),
    "decision": (DECISION,),
    "enrolled": (wire.Enrolled(member="an", thumbprint=HASH, chain=(PEM.replace(" REQUEST", ""),), not_after=AT),),
    "enrolment": (wire.Enrolment(code="ABCD-EFGH-JKMN-PQRS", request=PEM),),
    "evidence": (EVIDENCE,),
    "extract": (EXTRACT, msgspec.structs.replace(EXTRACT, lines=(), file=wire.LedgerFile(lines=1, sha256=HASH))),
    "great-result": (
        wire.GreatResult(
            **{name: value for name, value in _RESULT.items() if name != "evidence"},
            roll=EVIDENCE.roll, ledger=msgspec.structs.replace(EXTRACT, lines=()), lines=1, request="a1b2c3d4e5",
        ),
    ),
    "part-wanted": (wire.PartWanted(poll="bq-01", start=2, end=3, answer="{0}:part:" + "0a" * 16),),
    "ledger-part": (wire.LedgerPart(poll="bq-01", start=2, lines=EXTRACT.lines),),
    **vectors_floor.good(BODY, EVIDENCE.roll, JWS),
    **vectors_minutes.good(BODY, MEETING, AGENDA, DECISION, EVIDENCE, HASH),
    "floor-record": (wire.FloorRecord(**_RECORD, request="a1b2c3d4e5"),),
    "floor-statement": (wire.FloorStatement(**_RECORD, id="nk-01", issued_at=AT, software="plenary 0.1.0"),),
    "turn-log": (_LOG,),
    "floor-news": (
        wire.FloorNewsShown(
            revision=17, requests=(REQUEST,), left={"yc-02": "withdrawn"},
            queues=(wire.QueueChange(item="muc-1", lane="speech", start=0, removed=1, put=("yc-01",)),),
        ),
        wire.FloorNewsShown(
            revision=18, lanes=(LANE,), turns=(wire.TurnNews(cause="start", what="started", turn=TURN),), votes=(),
            acts=(wire.ActShown(act="start", by="chu-toa", reason="Theo đề nghị"),),
        ),
    ),
    "frozen-roll": (wire.FrozenRoll(sha256=HASH, roll=EVIDENCE.roll),),
    "intent-shown": (
        wire.IntentShown(poll="bq-01", input_sha256=HASH, provider="smartca", state="pending", at=AT),
        wire.IntentShown(
            poll="bq-01", input_sha256=HASH, provider="smartca", state="lapsed", at=AT, why="declined"
        ),
    ),
    "invite": (wire.Invite(member="an", code="ABCD-EFGH-JKMN-PQRS", expires_at=AT),),
    "invites-asked": (wire.InvitesAsked(members=("an", "binh")),),
    "ledger-entry": LEDGER,
    "link": (wire.Link(code="ABCD-EFGH-JKMN-PQRS", chain=(PEM.replace(" REQUEST", ""),), proof=JWS),),
    "link-asked": (wire.LinkAsked(code="ABCD-EFGH-JKMN-PQRS", chain=(PEM.replace(" REQUEST", ""),)),),
    "link-challenge": (wire.LinkChallenge(payload=msgspec.json.encode(_LINK).decode()),),
    "link-payload": (_LINK,),
    "link-shown": (wire.LinkShown(standing=_STANDING, path=("MIIB", "MIIC"), proof=JWS, evidence=("MIID",)),),
    "link-standing": (_STANDING, wire.LinkStanding(
        member="an", thumbprint=HASH, kind="revoked", why="keyCompromise", revoked_at=AT, checked_at=AT
    )),
    "login": (wire.LoginPayload(challenge="1795000120000.AAAA.BBBB", audience="https://bieuquyet.example.vn"),),
    "links-to-recheck": (
        wire.LinksToRecheck(
            body="co-quan",
            meeting="ky-hop-12",
            poll="bq-01",
            definition=HASH,
            cut=AT,
            until=AT + 20_000,
            thumbprints=(HASH,),
        ),
    ),
    "log-key": (wire.LogKey(origin="plenary.local/voting/ky-hop-12", log_key=_LOG_KEY),),
    "meeting": (MEETING,),
    "meeting-plan": (
        wire.MeetingPlan(title="Kỳ họp thứ 12"),
        wire.MeetingPlan(title="Kỳ họp thứ 12", id="ky-hop-12", body="co-quan", place="Hội trường lớn", starts_at=AT),
    ),
    "member": (MEMBER, wire.Member(id="binh", name="Trần Thị Bình")),
    **vectors_passkeys.MESSAGES,
    "poll": (POLL, msgspec.structs.replace(POLL, state="closed", counted=HASH, decision=DECISION, closed_at=AT)),
    "poll-definition": (
        DEFINITION,
        msgspec.structs.replace(DEFINITION, duration_s=60, changes=True, reruns="bq-00", practice=True),
        msgspec.structs.replace(DEFINITION, unknown_status="exclude"),
    ),
    "poll-draft": (
        wire.PollDraft(title="Nghị quyết về chuyển đổi số", presiding="an"),
        wire.PollDraft(
            id="bq-01", title="Nghị quyết", presiding="an", rule=HDND.rule, options=HDND.options, duration_s=60
        ),
    ),
    "draft-shown": (wire.DraftShown(draft=_DRAFT, sha256=HASH),),
    "draft-change": (wire.DraftChange(seen=HASH, draft=_DRAFT),),
    "poll-profile": (HDND,),
    "presence": (PRESENCE,),
    "presence-corrected": (wire.PresenceCorrected(present=True, why="Điện thoại hết pin"),),
    "presence-logged": (
        wire.PresenceLogged(member="an", present=True, at=AT, by="thu-ky", why="Điện thoại hết pin"),
    ),
    "presence-mark": (wire.PresenceMark(member="an", present=False, reason="Đi công tác"),),
    "presence-own": (wire.PresenceOwn(present=True),),
    "progress": (wire.Progress(poll="bq-01", received=12),),
    "connected": (
        wire.Connected(at=AT, count=2, members=("an", "binh")),
        wire.Connected(at=AT, count=2, came=("cuc",), went=("binh",)),
        wire.Connected(at=AT, count=None),
    ),
    "received-from": (wire.ReceivedFrom(poll="bq-01", voters=("an", "binh")),),
    "outside-evidence": (
        wire.OutsideEvidence(
            poll="bq-01",
            definition=HASH,
            links=(wire.LinkEvidence(thumbprint=HASH, path=(HASH,), proof=JWS),),
            remote=(wire.RemoteBallot(ballot=HASH, evidence=HASH),),
            objects=("AAAA",),
        ),
    ),
    "recheck-wanted": (
        wire.RecheckWanted(definition=HASH, cut=AT, sealed="AAAA"),
    ),
    "receipt": (msgspec.convert(receipt()["cases"][0]["receipt"], wire.Receipt),),
    "remote-evidence": (REMOTE_EVIDENCE,),
    "remote-hint": (wire.RemoteHint(transaction_id="pl-01"), wire.RemoteHint(meta_data=wire.RemoteMeta(transaction_id="pl-01"))),
    "remote-key-shown": (wire.RemoteKeyShown(id="54010101", name="Nguyễn Văn An", not_after=AT),),
    "remote-keys-asked": (wire.RemoteKeysAsked(code="ABCD-EFGH", user="012345678901"),),
    "remote-link-asked": (wire.RemoteLinkAsked(code="ABCD-EFGH", user="012345678901", key="54010101"),),
    "remote-link-shown": (
        wire.RemoteLinkShown(state="pending", verification_code="0471", expires_at=AT),
        wire.RemoteLinkShown(
            state="linked", verification_code="0471", expires_at=AT,
            enrolled=wire.Enrolled(member="an", thumbprint=HASH, chain=("MIIB",), not_after=AT),
        ),
    ),
    "remote-own-key": (wire.RemoteOwnKey(provider="vnpt", service="VNPT SmartCA", thumbprint=HASH, name="Nguyễn Văn An", alg="RS256", not_after=AT),),
    "remote-own-link-asked": (wire.RemoteOwnLinkAsked(user="012345678901", key="54010101"), wire.RemoteOwnLinkAsked(user="012345678901", key="54010101", attempt=2)),
    "remote-pair-asked": (wire.RemotePairAsked(prepared="ky-01", provider="vnpt"),),
    "remote-pair-shown": (
        wire.RemotePairShown(prepared="ky-01", state="pending", page_code="0471", statement_code="1188", expires_at=AT),
        wire.RemotePairShown(prepared="ky-01", state="pending", page_code="0471", statement_code="1188", expires_at=AT, trouble="remote_busy"),
    ),
    "remote-request-shown": (wire.RemoteRequestShown(state="wanted", expires_at=AT, trouble="remote_unreachable"),),
    "remote-service-shown": (wire.RemoteServiceShown(id="vnpt", name="VNPT SmartCA"),),
    "remote-page-asked": (wire.RemotePageAsked(instead="https://service.example.vn/authorize?request_uri=urn:1"),),
    "remote-user-asked": (wire.RemoteUserAsked(user="012345678901"),),
    "renewal": (wire.Renewal(request=PEM),),
    "record-notice": (wire.RecordNotice(id="nk-01", line=24, sha256=HASH, issued_at=AT),),
    "result": (wire.Result(**_RESULT, request="a1b2c3d4e5"),),
    "revocation": (wire.Revocation(reason="lost"),),
    "roll": (ROLL,),
    "seat": (
        wire.Seat(seat="A1", member="an", name="Nguyễn Văn An", group="Tổ 1", presence=PRESENCE),
        wire.Seat(seat="A2", member="binh", name="Trần Thị Bình"),
    ),
    "seat-plan": (
        wire.SeatPlan(
            revision=3,
            layout="drawn",
            width=35,
            height=20,
            places=(wire.SeatPlace(seat="A1", member="an", x=10, y=15, row="A"), wire.SeatPlace(seat="A2", x=30, y=15)),
        ),
    ),
    "seat-plan-wanted": (
        wire.SeatPlanWanted(layout="rows"),
        wire.SeatPlanWanted(layout="drawn", places=(wire.SeatPlace(member="an", x=10, y=15),)),
    ),
    "server-time": (wire.ServerTime(now=AT),),
    "signature-begun": (wire.SignatureBegun(role="secretary"), wire.SignatureBegun(role="chair", instead="Chủ tọa đi công tác")),
    "signature-given": (wire.SignatureGiven(prepared="ky-01", page="AAAA", statement="AAAA"),),
    "signature-prepared": (
        wire.SignaturePrepared(
            id="ky-01", certificate="gcn-01", role="chair", member="an", page=HASH, byte_range=(0, 840, 33_608, 512),
            attributes="MYGl", protected="e30",
        ),
    ),
    "signatures-shown": (
        wire.SignaturesShown(certificate="gcn-01", presiding="an", signed=(), awaited="secretary"),
        wire.SignaturesShown(
            certificate="gcn-01", presiding="an", awaited="", level="B-LTA", json_sha256=HASH, pdf_sha256=HASH, test_time=True,
            signed=(wire.SignerShown(role="secretary", member="binh", name="Trần Thị Bình", at=AT, level="B-LT"),),
        ),
    ),
    "signed-file": (
        wire.SignedFile(
            payload="e30",
            signatures=(
                wire.SignedPart(protected="e30", signature="AA"),
                wire.SignedPart(protected="e30", header=wire.UnprotectedHeader(etsiU=("e30",)), signature="AA"),
            ),
        ),
    ),
    "snapshot": (SNAPSHOT, wire.Snapshot()),
    "statement": (wire.Statement(**_RESULT, id="gcn-01", issued_at=AT, software="plenary 0.1.0"),),
    "stream-event": EVENTS,
    "token": (wire.Token(sub="an", body="co-quan", roles=("chair", "delegate"), iat=1, exp=901, credential=HASH),),
    "turn-event": (
        wire.TurnEvent(
            type="turn.started", timestamp="2026-11-22T01:00:00.000Z", id="msg_gXKkVBVcqvhLvYEhYcBeyw", meeting="ky-hop-12",
            seq=2, index=17, at=AT, seat="A1", camera="speaker", turn=TURN,
        ),
    ),
    "drafts-moved": (wire.DraftsMoved(mark="mrk_7f"), wire.DraftsMoved()),
    "void-wish": (_WISH,),
    "void-wishes": (wire.VoidWishes(wishes=(_WISH,)), wire.VoidWishes()),
    "voiding": (wire.Voiding(act=JWS, second=JWS),),
    "webhook": (
        wire.Webhook(
            id="micro", body="co-quan", url="http://192.168.1.20:8890/hook", active=True, has_secret=True,
            key="whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", failures=3, error="http 503",
        ),
    ),
    "webhook-key": (wire.WebhookKey(key="whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="),),
    "webhook-wanted": (wire.WebhookWanted(url="http://192.168.1.20:8890/hook", secret=True),),
    "withheld": (wire.Withheld(leaf=HASH),),
}  # fmt: skip


def good() -> dict[str, Any]:
    """messages-good.json."""
    return {
        "about": "Each text is valid against `<message>.schema.json`, decodes, and encodes again to the very same bytes: "
        "members in the order of the schema, no spaces, non-ASCII letters as they are, defaults written out.",
        "cases": [
            {"message": name, "text": msgspec.json.encode(value).decode()}
            for name, values in GOOD.items()
            for value in values
        ],
    }


def bad() -> dict[str, Any]:
    """messages-bad.json."""
    cases = [*_bad_ballots(), *_bad_others()]
    return {
        "about": "Each text must be refused. Where `schema` is false, a JSON Schema alone cannot see what is wrong.",
        "cases": [
            {"message": message, "catches": catches, "schema": schema, "text": text}
            for message, catches, schema, text in cases
        ],
    }


Case = tuple[str, str, bool, str]


def _text(message: str, place: int = 0) -> str:
    return msgspec.json.encode(GOOD[message][place]).decode()


def _change(message: str, old: str, new: str, place: int = 0) -> str:
    text = _text(message, place)
    assert old in text, (message, old)
    return text.replace(old, new, 1)


def _bad_ballots() -> list[Case]:
    return [
        ("ballot", "an unknown member let through", True, _change("ballot", '"v":1', '"v":1,"weight":2')),
        ("ballot", "a member left out", True, _change("ballot", '"seq":1,', "")),
        ("ballot", "a member twice (RFC 8259 leaves it open)", False, _change("ballot", '"seq":1', '"seq":2,"seq":1')),
        ("ballot", "numbering that begins at 0", True, _change("ballot", '"seq":1', '"seq":0')),
        ("ballot", "a number without a limit", True, _change("ballot", '"seq":1', '"seq":1e99')),
        ("ballot", "1.0 taken for 1: JSON Schema calls it an integer", False, _change("ballot", '"seq":1', '"seq":1.0')),
        ("ballot", "true taken for 1", True, _change("ballot", '"seq":1', '"seq":true')),
        ("ballot", "a text taken for a number", True, _change("ballot", '"seq":1', '"seq":"1"')),
        ("ballot", "a choice that is none", True, _change("ballot", '"approve"', '"Approve"')),
        ("ballot", "null taken for a choice", True, _change("ballot", '"approve"', "null")),
        ("ballot", "a label without letters", True, _change("ballot", "Tán thành", "")),
        ("ballot", "a label without end", True, _change("ballot", "Tán thành", "x" * 501)),
        ("ballot", "a hash of another length", True, _change("ballot", HASH, HASH[1:])),
        ("ballot", "a hash in standard base64", True, _change("ballot", HASH, "+" + HASH[1:])),
        ("ballot", "an id that is a path", True, _change("ballot", "ky-hop-12", "../ky-hop-12")),
        ("ballot", "an id of other letters (a homograph of an)", True, _change("ballot", '"voter":"an"', '"voter":"аn"')),
        ("ballot", "an id too long", True, _change("ballot", '"voter":"an"', f'"voter":"{"a" * 65}"')),
        ("ballot", "an empty id", True, _change("ballot", '"voter":"an"', '"voter":""')),
        ("ballot", "a hash with a line break behind it", True, _change("ballot", HASH, HASH + "\\n")),
        ("ballot", "an id with a line break behind it ($ matches before it in some languages)", True,
         _change("ballot", '"voter":"an"', '"voter":"an\\n"')),
        ("ballot", "a list for an object", True, "[]"),
        ("ballot", "cut text", False, _text("ballot")[:-1]),
        ("ballot", "something behind the text", False, _text("ballot") + "{}"),
        ("ballot", "a comma too many", False, _text("ballot")[:-1] + ",}"),
        ("ballot", "NaN, which is no JSON", False, _change("ballot", '"seq":1', '"seq":NaN')),
    ]  # fmt: skip


def _bad_others() -> list[Case]:
    return [
        ("act", "an act that is none", True, _change("act", '"announce"', '"open"')),
        ("act", "time given without end", True, _change("act", '"seconds":30', '"seconds":864001', 1)),
        ("act", "time taken away", True, _change("act", '"seconds":30', '"seconds":-30', 1)),
        ("agenda-item", "a place below the first", True, _change("agenda-item", '"position":1', '"position":-1')),
        ("body", "a body without a name", True, _change("body", "Cơ quan mẫu", "")),
        ("certificate-file", "a general JWS: more signatures than the one that was checked", True,
         _change("certificate-file", '"signature":"AA"', '"signature":"AA","header":{}')),
        ("decision", "an outcome that is none", True, _change("decision", '"carried"', '"adopted"')),
        ("decision", "a negative count", True, _change("decision", '"abstain":1', '"abstain":-1')),
        ("decision", "a count that JavaScript cannot hold", True,
         _change("decision", '"abstain":1', '"abstain":9007199254740992')),
        ("ledger-entry", "a line of no kind", True, _change("ledger-entry", '"kind":"poll.announced",', "")),
        ("ledger-entry", "a line of a kind to come", True, _change("ledger-entry", "poll.announced", "poll.merged")),
        ("ledger-entry", "a time that is a fraction", True, _change("ledger-entry", f'"at":{AT}', f'"at":{AT}.5')),
        ("ledger-entry", "closed by nobody", True, _change("ledger-entry", '"deadline"', '"admin"', 11)),
        ("enrolment", "a code without end", True, _change("enrolment", "ABCD", "A" * 101)),
        ("invites-asked", "nobody invited", True, _change("invites-asked", '"an","binh"', "")),
        ("link-asked", "a code of a link without end", True, _change("link-asked", "ABCD", "A" * 101)),
        ("link-standing", "half good", True, _change("link-standing", '"good"', '"fair"')),
        ("member", "a role that the matrix does not know", True, _change("member", '"chair"', '"admin"')),
        ("poll-definition", "a base that is none", True, _change("poll-definition", '"base":"roll"', '"base":"all"')),
        ("poll-definition", "a threshold over zero", True,
         _change("poll-definition", '"denominator":2', '"denominator":0')),
        ("poll-definition", "a threshold as a fraction", True,
         _change("poll-definition", '"numerator":1', '"numerator":0.5')),
        ("poll-definition", "a member that may be left out, as null", True,
         _change("poll-definition", '"practice":false', '"practice":false,"unknown_status":null')),
        ("poll-definition", "a secret poll, which is another format", True,
         _change("poll-definition", '"named"', '"secret"')),
        ("receipt", "an index below the first", True, _change("receipt", '"index":2', '"index":-2')),
        ("presence-mark", "a time of the caller's own", True,
         _change("presence-mark", '"present"', f'"at":{AT},"present"')),
        ("revocation", "a reason that only the server gives", True, _change("revocation", "lost", "superseded")),
        ("roll", "revision 0", True, _change("roll", '"revision":1', '"revision":0')),
        ("roll", "a vote's weight, which there is not", True, _change("roll", '"seat":"A1"', '"seat":"A1","weight":2')),
        ("statement", "a format to come", True, _change("statement", "plenary-certificate/1", "plenary-certificate/2")),
        ("passkey-asserted", "bytes in standard base64", True, _change("passkey-asserted", '"AAEC"', '"+AEC"')),
        ("passkey-logged", "something else that happened", True, _change("passkey-logged", '"removed"', '"signed"')),
        ("passkey-made", "a passkey without a name", True, _change("passkey-made", "iPhone của An", "")),
        ("stream-event", "an event of a type to come", True, _change("stream-event", "body.changed", "body.merged")),
        ("stream-event", "a revocation without a known reason", True, _change("stream-event", "superseded", "other", 8)),
        ("token", "an operator's role misspelt", True, _change("token", '"chair"', '"Operator"')),
    ]  # fmt: skip
