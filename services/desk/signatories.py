"""What `plenary verify` says of who signed a signed edition: a line each, and the same as figures."""

from datetime import datetime
from typing import Any

from services.kit import clock
from services.rules.countersigned import Countersigned, Signer
from services.rules.long_term import TRIAL_POLICY
from services.rules.seal import Signable
from services.signing.countersigned.places import Role
from services.signing.countersigned.signed_pdf import Opened, Signatory
from services.signing.minutes_words import HANOI

_OWN_WORD = "theo lời người ký / by their own word"
# Whoever is shown only the page may have been shown one that does not say it.
_TRIAL = (
    "THỬ NGHIỆM / TRIAL: dấu thời gian do hệ thống tự cấp để thử, không có giá trị chứng minh"
    " / the house stamped the time itself, for trial: it proves no time"
)
_ROLES: dict[Role, str] = {
    "secretary": "Thư ký / Secretary",
    "chair": "Chủ tọa / Chair",
    "seal": "Cơ quan / Body",
}


def told_of_signatories(opened: Opened, presiding: str) -> list[str]:
    """Each signature, and until when the archive holds. `presiding`: the member who declared the result."""
    lines = [_told(each, presiding) for each in opened.signatories]
    for each in opened.archived[-1:]:
        # What nobody renewed in time proves no more than its signatures do: who reads must know.
        ended = each.until < clock.now()
        until = "ĐÃ HẾT HẠN / HAS ENDED" if ended else "cần gia hạn trước / to be renewed before"
        lines.append(
            f"Dấu thời gian lưu trữ / Archive time-stamp: {_moment(each.at)}, {each.by}; {until} {_moment(each.until)}"
        )
    if _are_trial(opened):
        lines.append(_TRIAL)
    return lines


def figures_of_signatories(opened: Opened) -> dict[str, Any]:
    """The same, flat."""
    signed = [
        {
            "role": each.role,
            "name": each.name,
            "member": each.member,
            "level": each.level,
            "claimed_at": each.claimed_at,
            "stamped_at": each.stamped_at,
            "stamped_by": each.stamped_by,
        }
        for each in opened.signatories
    ]
    until = opened.archived[-1].until if opened.archived else None
    return {
        "level": opened.level,
        "signatories": signed,
        "archive_until": until,
        "test_time": _are_trial(opened),
    }


def _are_trial(opened: Opened) -> bool:
    """Whether any of its time-stamps is one for trial."""
    signed, archived = opened.signatories, opened.archived
    return TRIAL_POLICY in {*(each.policy for each in signed), *(each.policy for each in archived)}


def told_of_signers(found: Countersigned[Signable], presiding: str) -> list[str]:
    """The same of certificate.signed.json."""
    trial = [_TRIAL] if _are_trial_of(found) else []
    return [_told_of(each, presiding) for each in found.signers] + trial


def figures_of_signers(found: Countersigned[Signable]) -> dict[str, Any]:
    """The same of certificate.signed.json, flat. `sealed`: the SHA-256 of certificate.json."""
    signed = [
        {
            "role": each.place,
            "member": each.member,
            "claimed_at": each.at,
            "stamped_at": each.behind.stamp.at if each.behind else None,
        }
        for each in found.signers
    ]
    return {
        "level": found.level,
        "signatories": signed,
        "sealed": found.certificate,
        "test_time": _are_trial_of(found),
    }


def _are_trial_of(found: Countersigned[Signable]) -> bool:
    stamps = [*(each.behind.stamp for each in found.signers if each.behind), *found.archives]
    return TRIAL_POLICY in {each.policy for each in stamps}


def _told_of(each: Signer, presiding: str) -> str:
    who = each.member
    if each.place == "chair" and presiding not in ("", each.member):
        who += f", ký thay / instead of {presiding}"
    when = f"{_moment(each.behind.stamp.at)}" if each.behind else f"{_moment(each.at)} {_OWN_WORD}"
    return f"{_ROLES[each.place]}: {who or '–'}; JAdES {'B-LT' if each.behind else 'B-B'}, {when}"


def _told(each: Signatory, presiding: str) -> str:
    who = f"{each.name} ({each.member})" if each.member else each.name
    if each.role == "chair" and presiding not in ("", each.member):
        who += f", ký thay / instead of {presiding}"
    if each.stamped_at is None:
        return f"{_ROLES[each.role]}: {who}; PAdES {each.level}, {_moment(each.claimed_at)} {_OWN_WORD}"
    return f"{_ROLES[each.role]}: {who}; PAdES {each.level}, {_moment(each.stamped_at)}, {each.stamped_by}"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, HANOI).isoformat()
