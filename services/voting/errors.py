"""What voting refuses, and how it says so."""

from services.refusal import Refused

_STATES = {
    "draft": "còn là bản chuẩn bị",
    "announced": "đã công bố nhưng chưa mở",
    "open": "đang mở",
    "held": "đang tạm dừng",
    "closing": "đã kết thúc, đang chờ chữ ký từ dịch vụ ký số",
    "closed": "đã đóng",
    "declared": "đã công bố kết quả",
    "certified": "đã có giấy chứng nhận",
    "voided": "đã bị hủy",
}
_ACTS = {
    "draft": "sửa hoặc xóa bản chuẩn bị",
    "announce": "công bố nội dung biểu quyết",
    "open": "mở biểu quyết",
    "hold": "tạm dừng",
    "resume": "tiếp tục",
    "extend": "gia hạn",
    "close": "đóng biểu quyết",
    "cut": "chốt phiếu",
    "declare": "công bố kết quả",
    "certify": "cấp giấy chứng nhận",
    "void": "hủy",
}


class PollUnknown(Refused):
    """There is no such poll."""

    code = "poll_unknown"
    status = 404
    vi = "Không có cuộc biểu quyết này."


class PollExists(Refused):
    """A different poll with this id exists already."""

    code = "poll_exists"
    status = 409
    vi = "Đã có cuộc biểu quyết khác mang mã này."


class DraftUnsound(Refused):
    """The draft cannot be voted on: {what}."""

    code = "draft_unsound"
    vi = "Dự thảo biểu quyết chưa hợp lệ: {what}."


class DraftChanged(Refused):
    """Somebody else has changed this draft meanwhile. Look at it again."""

    code = "draft_changed"
    status = 409
    vi = "Bản chuẩn bị này vừa được người khác sửa. Xin xem lại rồi sửa tiếp."


class DefinitionDiffers(Refused):
    """What was signed is not this poll as it stands now. Ask for the definition again."""

    code = "definition_differs"
    status = 409
    vi = "Nội dung đã ký khác với cuộc biểu quyết hiện tại. Xin lấy lại nội dung để ký."


class TransitionWrong(Refused):
    """A poll that is {state} cannot do this ({act})."""

    code = "poll_transition"
    status = 409
    vi = "Cuộc biểu quyết {state}: không thể {act}."
    words = {"state": _STATES, "act": _ACTS}  # noqa: RUF012 - as the base class declares it


class NoQuorum(Refused):
    """Only {present} of {needed} members needed are present. Open without quorum only with a stated reason."""

    code = "no_quorum"
    status = 409
    vi = "Mới có {present}/{needed} đại biểu cần có mặt. Chỉ mở khi nêu rõ lý do."


class NotPresiding(Refused):
    """Only the person who presides over this poll may do this."""

    code = "not_presiding"
    status = 403
    vi = "Chỉ chủ tọa điều hành cuộc biểu quyết này được thực hiện."


class ReasonMissing(Refused):
    """This needs a stated reason."""

    code = "reason_missing"
    vi = "Việc này phải nêu lý do."


class SecondPersonMissing(Refused):
    """This needs the signature of a second person of the desk over the same text."""

    code = "second_person_missing"
    status = 403
    vi = "Việc này cần chữ ký của người thứ hai trên cùng nội dung."


class StepUpMissing(Refused):
    """This vote asks that each ballot be confirmed with a passkey, and this one was not."""

    code = "step_up_missing"
    status = 403
    vi = "Cuộc biểu quyết này yêu cầu xác nhận từng phiếu bằng khóa truy cập (passkey); phiếu này chưa được xác nhận."


class StepUpUnasked(Refused):
    """This vote does not ask that ballots be confirmed with a passkey: send the ballot alone."""

    code = "step_up_unasked"
    status = 409
    vi = "Cuộc biểu quyết này không yêu cầu xác nhận phiếu bằng khóa truy cập: xin gửi riêng phiếu."


class StepUpForeign(Refused):
    """The passkey that confirmed this ballot is not its voter's."""

    code = "step_up_foreign"
    status = 403
    vi = "Khóa truy cập đã xác nhận phiếu này không phải của người bỏ phiếu."


class IntentUnknown(Refused):
    """You have begun no ballot with a signing service in this vote."""

    code = "intent_unknown"
    status = 404
    vi = "Chưa có phiếu nào được gửi ký qua dịch vụ ký số trong cuộc biểu quyết này."


class IntentsTooMany(Refused):
    """You have begun {most} ballots with signing services in this vote. Vote with this device's own key instead."""

    code = "intents_too_many"
    status = 429
    vi = "Đã gửi ký {most} lần trong cuộc biểu quyết này. Xin ký bằng khóa trên thiết bị này."


class WishUnknown(Refused):
    """Nobody asks for this poll to be annulled; or that was withdrawn, or has expired: sign it anew."""

    code = "wish_unknown"
    status = 404
    vi = "Không có đề nghị hủy cuộc biểu quyết này; hoặc đề nghị đã được rút hay hết hạn, xin ký lại."


class WishStands(Refused):
    """{by} has already asked for this poll to be annulled. Sign that, or wait until it is withdrawn or expires."""

    code = "wish_stands"
    status = 409
    vi = "{by} đã đề nghị hủy cuộc biểu quyết này. Xin ký cùng đề nghị đó, hoặc chờ đến khi nó được rút hay hết hạn."


class WishOfAnother(Refused):
    """Only who asked for it may withdraw this."""

    code = "wish_of_another"
    status = 403
    vi = "Chỉ người đã đề nghị mới được rút đề nghị này."


class ResultDiffers(Refused):
    """The result signed is not the result counted."""

    code = "result_differs"
    status = 409
    vi = "Kết quả được ký khác với kết quả đã kiểm."


class NotCounted(Refused):
    """The poll is not counted yet."""

    code = "not_counted"
    status = 409
    vi = "Cuộc biểu quyết chưa kiểm phiếu xong."


class CountsDiffer(Refused):
    """The two counts of this poll differ. Nothing is declared; call the auditors."""

    code = "counts_differ"
    status = 409
    vi = "Hai lần kiểm phiếu không khớp. Không công bố kết quả; xin mời kiểm tra."


class PollNotOpen(Refused):
    """The poll is not open yet."""

    code = "poll_not_open"
    status = 409
    vi = "Cuộc biểu quyết chưa mở."


class PollHeld(Refused):
    """Voting is interrupted for the moment."""

    code = "poll_held"
    status = 409
    vi = "Cuộc biểu quyết đang tạm dừng."


class PollClosed(Refused):
    """The poll closed at {closed_at} (milliseconds since 1970 UTC); the ballot was not accepted."""

    code = "poll_closed"
    status = 409
    vi = "Cuộc biểu quyết đã đóng lúc {closed_at_text}; phiếu không được ghi nhận."


class PollVoided(Refused):
    """The poll was annulled."""

    code = "poll_voided"
    status = 409
    vi = "Cuộc biểu quyết đã bị hủy."


class AlreadyVoted(Refused):
    """You have voted in this poll, and it does not allow a vote to be changed."""

    code = "already_voted"
    status = 409
    vi = "Đã biểu quyết; cuộc biểu quyết này không cho phép đổi lựa chọn."


class SequenceWrong(Refused):
    """The ballot does not follow your last one: {what}."""

    code = "ballot_sequence"
    status = 409
    vi = "Phiếu không nối tiếp phiếu trước của chính đại biểu: {what}."


class BallotsTooMany(Refused):
    """Your vote was changed as often as is taken in one poll ({most} ballots); the last one stands."""

    code = "ballots_too_many"
    status = 409
    vi = "Đã đổi phiếu đến mức nhiều nhất của một cuộc biểu quyết ({most} phiếu); phiếu cuối vẫn có hiệu lực."


class DeadlinePassed(Refused):
    """The deadline has passed; it can only be extended before."""

    code = "deadline_passed"
    status = 409
    vi = "Đã hết giờ biểu quyết; chỉ được gia hạn trước khi hết giờ."


class NoDeadline(Refused):
    """This poll has no deadline to extend."""

    code = "no_deadline"
    status = 409
    vi = "Cuộc biểu quyết này không có thời hạn để gia hạn."


class RerunWrong(Refused):
    """Only a voided poll of the same meeting can be run again."""

    code = "rerun_wrong"
    status = 409
    vi = "Chỉ biểu quyết lại một cuộc biểu quyết đã bị hủy của cùng phiên họp."
