"""What the minutes say of ballots that services outside were to sign; pure."""

from services.rules.begun import Record
from services.rules.proof import Proven
from services.wire import Lapse

_WHY: dict[Lapse, str] = {
    "declined": "đại biểu từ chối ký",
    "expired": "hết hạn tại dịch vụ ký số",
    "failed": "dịch vụ không ký được",
    "overtaken": "đại biểu đã bỏ phiếu bằng cách khác",
    "begun_anew": "đại biểu gửi ký lại",
    "late": "đến muộn",
}


def facts(proven: Proven) -> list[list[str]]:
    """Label and text of each; nothing where no ballot was begun."""
    found, grace = proven.history.begun, proven.definition.grace_s
    if not found.begun:
        return []
    waited = f"tối đa {grace} giây sau khi kết thúc" if grace else "không có"
    return [["Phiếu ký qua dịch vụ ký số", _became(found)], ["Thời gian chờ chữ ký", waited]]


def _became(found: Record) -> str:
    parts = [f"nhận trước khi kết thúc {found.in_time}", f"trong thời gian chờ {found.in_grace}"]
    parts += [f"{_WHY[why]} {number}" for why, number in sorted(found.lapsed.items())]
    if found.cut_off:
        parts.append(f"chưa ký xong khi chốt {found.cut_off}")
    return f"Gửi ký {found.begun}: {', '.join(parts)}"
