"""The words and figures of the minutes (biên bản), from what is proven; pure. Percentages name what they are of."""

import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from cryptography.x509.oid import NameOID
from msgspec import UnsetType

from services.rules import certified, wording
from services.rules.proof import Proven
from services.rules.signed_acts import Step
from services.signing import begun_words, recheck_words, step_up_words
from services.wire import Choice, Decision, QuorumCheck, RollEntry, Rule, Threshold

# Viet Nam has had no other since 1975; so no time zone tables are needed, and none can differ.
HANOI = timezone(timedelta(hours=7))

# What the template asks for.
LISTS = (
    *("documents", "options", "facts", "presence", "result", "arithmetic", "steps"),
    *("votes", "tall", "noted", "evidence"),
)
PARTS = (
    *("body", "title", "title_en", "text", "rule", "without_quorum", "noun", "sentence", "sentence_en"),
    *("chair", "checkpoint", "sha256", "url", "id", "issued"),
)

CHOSEN: dict[Choice, str] = {
    "approve": "Tán thành",
    "reject": "Không tán thành",
    "abstain": "Không biểu quyết",
}
_ABSENT = "Không tham gia"
_OUTSIDE = "Bằng chứng của tổ chức chứng thực và dịch vụ ký số bên ngoài, tệp kèm theo (SHA-256)"
_LEDGER = "Sổ phiếu ledger.jsonl, tệp để riêng"
# What surely fits into one line of the list of votes.
_SHORT = frozenset({*CHOSEN.values(), _ABSENT})
_ACTS = {
    "announce": "Công bố nội dung",
    "open": "Mở biểu quyết",
    "hold": "Tạm dừng",
    "resume": "Tiếp tục",
    "extend": "Gia hạn",
    "close": "Đóng biểu quyết",
    "declare": "Công bố kết quả",
}
# Letters whose width is known: none is wider than LETTER em, of the broad ones than LETTER + BROADER.
KNOWN = re.compile(r"[0-9A-Za-z .,()'/\-ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]*")
LETTER, BROADER = 0.55, 0.4
# How many em the columns of names and of places hold.
NAME, PLACE = 20.2, 13.2
_CLOCK = "Đồng hồ hệ thống (hết thời gian)"


def clock(at: int) -> str:
    """A moment (milliseconds) as read in Viet Nam, with the offset: 09:05:03,120 ngày 28/11/2025 (+07:00)."""
    moment = datetime.fromtimestamp(at // 1000, UTC).astimezone(HANOI)
    return f"{moment:%H:%M:%S},{at % 1000:03d} ngày {moment:%d/%m/%Y} (+07:00)"


def words(proven: Proven, certificate_sha256: str, verify_url: str) -> dict[str, Any]:
    """Everything the template shows, as plain strings, numbers and lists."""
    statement, definition = proven.statement, proven.definition
    decision = statement.decision
    names, votes = _names(proven), _votes(proven)
    return {
        **_beside(proven),
        "body": definition.body.name,
        "title": definition.title,
        "title_en": definition.title_en,
        "text": definition.text,
        "documents": [{"title": one.title, "sha256": one.sha256} for one in definition.documents],
        "options": [{"choice": CHOSEN[one.choice], "label": one.label} for one in definition.options],
        "facts": _facts(proven, names),
        "rule": rule_in_words(definition.rule, definition.body.noun),
        "presence": _presence(proven),
        "without_quorum": definition.without_quorum,
        "result": _result(proven),
        "noun": definition.body.noun,
        "arithmetic": arithmetic(definition.rule, decision),
        "sentence": decision.sentence,
        "sentence_en": decision.sentence_en,
        "chair": names.get(definition.presiding, definition.presiding),
        "steps": [_step(step, names) for step in proven.steps],
        "votes": votes,
        "tall": [
            not (fits(name, NAME) and fits(place, PLACE) and chosen in _SHORT)
            for name, place, chosen, _ in votes
        ],
        "noted": recheck_words.notes(proven),
        "evidence": _evidence(proven, certificate_sha256),
        "checkpoint": statement.evidence.ledger.checkpoint,
        "sha256": certificate_sha256,
        "url": verify_url,
        "id": statement.id,
        "issued": clock(statement.issued_at),
    }


def _names(proven: Proven) -> dict[str, str]:
    """Names of all who took part: as on the roll; of a chair or secretary who is not on it, as certified."""
    names = {entry.member: entry.name for entry in proven.roll.entries}
    for credential in proven.statement.evidence.credentials:
        if credential.member not in names:
            certificate = certified.load_one(b64decode(credential.chain[0]))
            common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            names[credential.member] = str(common[0].value) if common else credential.member
    return names


def _facts(proven: Proven, names: dict[str, str]) -> list[list[str]]:
    definition, history = proven.definition, proven.history
    chair = f"{names.get(definition.presiding, '')} ({definition.presiding})".strip()
    cause = "do chủ tọa đóng" if history.closed.cause == "chair" else "do hết thời gian"
    facts = [
        ["Cơ quan", definition.body.name],
        ["Phiên họp", f"{definition.meeting_title} ({definition.meeting})".strip()],
        ["Mã cuộc biểu quyết", definition.id],
        ["Chủ tọa điều hành", chair],
        ["Hình thức", "Biểu quyết công khai, ghi tên, ký số từng phiếu"],
        ["Mở biểu quyết", clock(history.opened.at)],
        ["Đóng biểu quyết", f"{clock((history.closing or history.closed).at)}, {cause}"],
        *begun_words.facts(proven),
        *step_up_words.facts(proven),
        *recheck_words.facts(proven),
        ["Công bố kết quả", clock(history.declared_at)],
    ]
    if definition.reruns:
        facts.append(["Biểu quyết lại của", definition.reruns])
    return facts


def rule_in_words(rule: Rule, noun: str) -> str:
    """The rule as a sentence."""
    text = (
        f"Được thông qua khi số tán thành {_reaching(rule.threshold)} {wording.base_name(rule.base, noun)}."
    )
    if rule.quorum is not None:
        there = "có mặt" if rule.quorum.counted == "present" else "tham gia biểu quyết"
        text += f" Cần {_reaching(rule.quorum.threshold)} {wording.base_name('roll', noun)} {there}."
    if rule.tie == "chair":
        text += " Khi số tán thành và không tán thành ngang nhau, quyết định theo phía chủ tọa đã biểu quyết."
    return text


def _reaching(threshold: Threshold) -> str:
    fraction = f"{threshold.numerator}/{threshold.denominator}"
    return f"nhiều hơn {fraction}" if threshold.strict else f"ít nhất bằng {fraction}"


def arithmetic(rule: Rule, decision: Decision) -> list[str]:
    """How the figures meet the rule: 437 ≥ 237 = ⌊473 × 1/2⌋ + 1."""
    approve, needed = decision.counts.approve, decision.needed
    enough = "≥" if approve >= needed else "<"
    lines = [f"Tán thành: {approve} {enough} {needed} = {_least(decision.base_count, rule.threshold)}"]
    check = decision.quorum_close
    if check is not None and rule.quorum is not None:
        lines.append(f"Túc số: {_check(check, decision.roll, rule.quorum.threshold)}")
    return lines


def _check(check: QuorumCheck, roll: int, threshold: Threshold) -> str:
    return f"{check.counted} {'≥' if check.met else '<'} {check.needed} = {_least(roll, threshold)}"


def _least(whole: int, threshold: Threshold) -> str:
    fraction = f"{whole} × {threshold.numerator}/{threshold.denominator}"
    if not whole:
        return "ít nhất một phiếu"
    return f"⌊{fraction}⌋ + 1" if threshold.strict else f"⌈{fraction}⌉"


def _presence(proven: Proven) -> list[list[str]]:
    decision, history = proven.statement.decision, proven.history
    quorum = proven.definition.rule.quorum
    rows = []
    for name, present, check in (
        ("Khi mở biểu quyết", len(history.opened.present), decision.quorum_open),
        ("Khi đóng biểu quyết", decision.present, decision.quorum_close),
    ):
        asked = (
            "không quy định" if check is None or quorum is None else _asked(check, quorum.threshold, decision)
        )
        rows.append([name, f"{present}/{decision.roll}", of(present, decision.roll), asked])
    return rows


def _asked(check: QuorumCheck, threshold: Threshold, decision: Decision) -> str:
    return f"{'đủ' if check.met else 'KHÔNG ĐỦ'}: {_check(check, decision.roll, threshold)}"


def of(count: int, whole: int) -> str:
    """A percentage of `whole`, named by it: 92,39% của 473."""
    if not whole:
        return "–"
    units, hundredths = divmod(wording.percent(count, whole), 100)
    return f"{units},{hundredths:02d}% của {whole}"


def _result(proven: Proven) -> list[list[str]]:
    decision = proven.statement.decision
    counts = decision.counts
    rows = [
        ("Tham gia biểu quyết", decision.participating),
        (CHOSEN["approve"], counts.approve),
        (CHOSEN["reject"], counts.reject),
        (CHOSEN["abstain"], counts.abstain),
        (_ABSENT, decision.roll - decision.participating),
    ]
    # Only approvals are measured by the rule; of another base than the roll, the other shares would mislead.
    base = {CHOSEN["approve"]: of(counts.approve, decision.base_count)}
    return [[name, str(number), of(number, decision.roll), base.get(name, "–")] for name, number in rows]


def _step(step: Step, names: dict[str, str]) -> list[str]:
    reason = step.reason
    if step.seconds is not None:
        reason = f"thêm {step.seconds} giây" + (f"; {reason}" if reason else "")
    return [
        _ACTS[step.act],
        clock(step.at),
        f"{names.get(step.actor, '')} ({step.actor})".strip() if step.actor else _CLOCK,
        reason or "–",
        str(step.index),
    ]


def _votes(proven: Proven) -> list[list[str]]:
    rows = []
    for place, entry in enumerate(proven.roll.entries, start=1):
        vote = proven.votes.get(entry.member)
        mark = recheck_words.mark(proven, entry.member)
        absent = recheck_words.NOT_COUNTED if mark else _ABSENT
        chosen = f"{absent if vote is None else CHOSEN[vote.choice]} {mark}".strip()
        index = "–" if vote is None else str(vote.index)
        rows.append([f"{place}. {entry.name}", place_of(entry), chosen, index])
    return rows


def fits(text: str, ems: float) -> bool:
    """Whether a text surely fits into one line of that width."""
    broad = sum(letter.isupper() or letter in "mw" for letter in text)
    return KNOWN.fullmatch(text) is not None and LETTER * len(text) + BROADER * broad <= ems


def place_of(entry: RollEntry) -> str:
    """Where a member belongs and sits: Tổ 3, ghế 2-14."""
    return ", ".join(part for part in (entry.group, entry.seat and f"ghế {entry.seat}") if part) or "–"


def _beside(proven: Proven) -> dict[str, str]:
    """Where the ledger file is, if the certificate names it by hash."""
    if isinstance(proven.statement.evidence.ledger.file, UnsetType):
        return {}
    return {"ledger_file": f"/signing/certificates/{proven.statement.id}.jsonl"}


def _evidence(proven: Proven, certificate_sha256: str) -> list[list[str]]:
    statement = proven.statement
    file = statement.evidence.ledger.file
    return [
        ["SHA-256 của certificate.json", certificate_sha256],
        ["Mã nội dung biểu quyết (SHA-256)", statement.definition],
        ["Danh sách đại biểu (SHA-256)", proven.definition.roll],
        ["Khóa kiểm tra của sổ phiếu", statement.evidence.ledger.log_key],
        *([] if isinstance(file, UnsetType) else [[f"{_LEDGER}, {file.lines} dòng (SHA-256)", file.sha256]]),
        *([] if isinstance(statement.outside, UnsetType) else [[_OUTSIDE, statement.outside]]),
        ["Phần mềm", statement.software],
    ]
