"""Why the floor says no to an act as such, or a check to a ledger. Codes are stable.

Of lists, requests and turns: `lane_errors`, `request_errors`, `turn_errors`.
"""

from services.refusal import Refused
from services.wire import FloorShown

# What the Vietnamese texts call what goes over the wire in English words.
_WORDS = {
    "waiting": "đang chờ",
    "called": "đã được mời, chưa bắt đầu",
    "running": "đang phát biểu",
    "paused": "đang tạm dừng",
    "ended": "đã kết thúc",
    "dropped": "đã hủy",
    "spoken": "đã phát biểu",
    "withdrawn": "đã rút",
    "removed": "đã được bàn chủ tọa bỏ khỏi danh sách",
    "unreached": "chưa đến lượt khi nội dung kết thúc",
    "interposed": "là câu hỏi xen ngang",
    "unlimited": "không giới hạn thời gian",
    "start": "bắt đầu",
    "pause": "tạm dừng",
    "resume": "tiếp tục",
    "extend": "thêm thời gian",
    "end": "kết thúc",
    "interpose": "cho hỏi xen ngang",
    "for": "tán thành",
    "against": "không tán thành",
    "other": "ý kiến khác",
    "quoted_by": "nêu tiêu chí luân phiên khi và chỉ khi danh sách xếp theo tiêu chí",
    "stances": "cần ít nhất một quan điểm, mỗi quan điểm nêu một lần",
    "alternating needs for and against": "luân phiên hai phía cần cả tán thành và không tán thành",
    "waiting_per_person": "số đăng ký chờ cùng lúc không thể nhiều hơn số lượt phát biểu của mỗi người",
}


class Worded(Refused):
    """A refusal whose facts are words of the floor."""

    words = dict.fromkeys(("state", "act", "stances", "what"), _WORDS)


class ForeignFloor(Refused):
    """The act was signed for another meeting."""

    code = "floor_foreign_meeting"
    vi = "Hành vi được ký cho một phiên họp khác."


class DeskOnly(Refused):
    """Only the chair or the secretary may do this."""

    code = "floor_desk_only"
    status = 403
    vi = "Chỉ chủ tọa hoặc thư ký được làm việc này."


class FloorMoved(Refused):
    """Somebody else, the clock or a vote was quicker: the floor is at revision {revision}. Look, then decide again."""

    code = "floor_moved"
    status = 409
    carries = {"floor": FloorShown}  # noqa: RUF012 - as the base class declares it
    vi = (
        "Bàn khác, đồng hồ hoặc một cuộc biểu quyết đã làm thay đổi trước: danh sách phát biểu nay ở bước {revision}."
        " Chưa ghi nhận gì; xin xem lại rồi quyết định."
    )


class FloorReasonMissing(Refused):
    """This needs a reason; everybody will see it."""

    code = "floor_reason_missing"
    status = 422
    vi = "Việc này cần nêu lý do; mọi người sẽ thấy lý do."


class VoteUnderWay(Refused):
    """A vote is under way: this waits until it is over."""

    code = "vote_under_way"
    status = 409
    vi = "Đang biểu quyết: việc này chờ đến khi biểu quyết xong."


class RecordWrong(Refused):
    """The sealed turn log is not what the floor's ledger says: {what}."""

    code = "record_wrong"
    vi = "Nhật ký phát biểu đã ký không khớp với sổ phát biểu: {what}."


class ReplayDiffers(Refused):
    """Line {index} of the floor's ledger is not what the rules make of it: {what}."""

    code = "floor_replay_differs"
    vi = "Dòng {index} của sổ phát biểu không đúng với quy tắc: {what}."
