"""Why the floor says no. Codes are stable."""

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
    "stances": "cần ít nhất một chiều ý kiến, mỗi chiều nêu một lần",
    "alternating needs for and against": "luân phiên hai phía cần cả tán thành và không tán thành",
    "waiting_per_person": "số đăng ký chờ cùng lúc không thể nhiều hơn số lượt phát biểu của mỗi người",
}


class _Worded(Refused):
    """A refusal whose facts are such words, several with commas between them: people read them in Vietnamese."""

    @property
    def text(self) -> str:
        """The Vietnamese text with Vietnamese words for its facts."""
        text = self.vi
        for name, value in self.facts.items():
            words = ", ".join(_WORDS.get(each, each) for each in str(value).split(", "))
            text = text.replace("{" + name + "}", words)
        return text


class ForeignFloor(Refused):
    """The act was signed for another meeting."""

    code = "floor_foreign_meeting"
    vi = "Hành vi được ký cho một phiên họp khác."


class DeskOnly(Refused):
    """Only the chair or the secretary may do this."""

    code = "floor_desk_only"
    status = 403
    vi = "Chỉ chủ tọa hoặc thư ký được làm việc này."


class NotYours(Refused):
    """This request to speak is somebody else's: only the desk asks for others, and takes others off with a reason."""

    code = "floor_not_yours"
    status = 403
    vi = (
        "Đăng ký phát biểu này là của người khác: chỉ bàn chủ tọa được đăng ký thay,"
        " hoặc bỏ khỏi danh sách có nêu lý do."
    )


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


class ItemUnknown(Refused):
    """There is no such item on the agenda."""

    code = "item_unknown"
    status = 404
    vi = "Không có nội dung này trong chương trình."


class ItemEnded(Refused):
    """This item has ended."""

    code = "item_ended"
    status = 409
    vi = "Nội dung này đã kết thúc."


class LaneUnknown(Refused):
    """There is no such list of speakers."""

    code = "lane_unknown"
    status = 404
    vi = "Không có danh sách phát biểu này."


class LaneOpenAlready(Refused):
    """This list of speakers is open already."""

    code = "lane_open"
    status = 409
    vi = "Danh sách phát biểu này đang mở."


class LaneClosed(Refused):
    """This list of speakers is closed."""

    code = "lane_closed"
    status = 409
    vi = "Danh sách phát biểu này đã đóng đăng ký."


class LaneRulesUnsound(_Worded):
    """These rules of speaking cannot work: {what}."""

    code = "lane_rules_unsound"
    status = 422
    vi = "Quy tắc phát biểu không hợp lệ: {what}."


class ListFull(Refused):
    """The list is full: it takes {length} requests."""

    code = "list_full"
    status = 409
    vi = "Danh sách đã đủ {length} lượt đăng ký."


class SpeakerNotOnRoll(Refused):
    """The speaker is not on the roll of this meeting."""

    code = "speaker_not_on_roll"
    status = 403
    vi = "Người phát biểu không có trong danh sách đại biểu của phiên họp."


class SpeakerAbsent(Refused):
    """Check in first: only who is present may ask to speak."""

    code = "speaker_absent"
    status = 409
    vi = "Xin điểm danh trước: chỉ đại biểu có mặt mới được đăng ký phát biểu."


class GuestsNotTaken(Refused):
    """This list takes no guests."""

    code = "guests_not_taken"
    status = 409
    vi = "Danh sách này không nhận khách mời."


class StanceWrong(_Worded):
    """This list asks for one of these: {stances}."""

    code = "stance_wrong"
    status = 422
    vi = "Danh sách này chỉ nhận các loại ý kiến: {stances}."


class NoteTooLong(Refused):
    """The note has {length} characters; at most {most} are taken."""

    code = "note_too_long"
    status = 422
    vi = "Nội dung đăng ký dài {length} ký tự; tối đa {most} ký tự."


class AlreadyWaiting(Refused):
    """This person waits here already; the list takes {most} of each at a time."""

    code = "already_waiting"
    status = 409
    vi = "Đã có đăng ký đang chờ ở danh sách này; mỗi người được chờ cùng lúc {most} lượt."


class WithdrawnTooOften(Refused):
    """This person has withdrawn {most} times in this list; the desk may still ask for them."""

    code = "withdrawn_too_often"
    status = 409
    vi = "Đã rút đăng ký {most} lần ở danh sách này; muốn phát biểu, xin đề nghị bàn chủ tọa đăng ký thay."


class ChangedTooOften(Refused):
    """This request has been changed {most} times: it stays as it is."""

    code = "changed_too_often"
    status = 409
    vi = "Đăng ký này đã được sửa {most} lần, không sửa được nữa."


class WrittenTooOften(Refused):
    """This person has written {most} opinions on this item: the last one stands."""

    code = "written_too_often"
    status = 409
    vi = "Đã gửi {most} ý kiến bằng văn bản về nội dung này; ý kiến gửi sau cùng có giá trị."


class SpeechesUsedUp(Refused):
    """This person has had all {most} speeches that the rules give in this list."""

    code = "speeches_used_up"
    status = 409
    vi = "Đã hết {most} lượt phát biểu theo quy định ở danh sách này."


class TimeUsedUp(Refused):
    """There is no speaking time left; with a reason, the chair may give more."""

    code = "time_used_up"
    status = 409
    vi = "Đã hết thời gian phát biểu; chủ tọa có thể cho thêm, có nêu lý do."


class RequestIdTaken(Refused):
    """Another request to speak, of somebody else or in another list, has this id."""

    code = "request_id_taken"
    status = 409
    vi = "Đã có đăng ký phát biểu khác (của người khác hoặc ở danh sách khác) mang mã này."


class RequestUnknown(Refused):
    """There is no such request to speak."""

    code = "request_unknown"
    status = 404
    vi = "Không có đăng ký phát biểu này."


class NotWaiting(_Worded):
    """This request to speak is {state}: that cannot be done with it now."""

    code = "request_not_waiting"
    status = 409
    vi = "Đăng ký phát biểu này {state}: không thể làm việc này."


class NobodyFollows(Refused):
    """Nobody follows whom they could be put behind."""

    code = "nobody_follows"
    status = 409
    vi = "Phía sau không còn ai đang chờ nên không thể bỏ qua một lượt."


class ArrangementWrong(Refused):
    """The order must name everyone who waits here, once."""

    code = "arrangement_wrong"
    status = 409
    vi = "Thứ tự mới phải nêu đủ những người đang chờ, mỗi người một lần."


class OutOfTurn(Refused):
    """{next} is next. To call somebody else, give a reason."""

    code = "out_of_turn"
    status = 409
    vi = "Người tiếp theo là {next}. Muốn mời người khác, xin nêu lý do."


class CalledAlready(Refused):
    """{name} was called here and has not begun."""

    code = "called_already"
    status = 409
    vi = "Đã mời {name} ở danh sách này và người đó chưa bắt đầu."


class SomebodySpeaks(Refused):
    """{name} speaks now."""

    code = "somebody_speaks"
    status = 409
    vi = "{name} đang phát biểu."


class TurnUnknown(Refused):
    """There is no such turn."""

    code = "turn_unknown"
    status = 404
    vi = "Không có lượt phát biểu này."


class TurnTransition(_Worded):
    """This turn is {state}: that cannot be done with it ({act})."""

    code = "turn_transition"
    status = 409
    vi = "Lượt phát biểu này {state}: không thể {act}."


class NoAnswersHere(Refused):
    """Here is nothing to answer: only a question that was put can be answered."""

    code = "no_answers_here"
    status = 409
    vi = "Không có gì để trả lời: chỉ trả lời câu hỏi chất vấn đã nêu."


class AnsweredAlready(Refused):
    """This question has an answer already, of {name}; with a reason, there may be another."""

    code = "answered_already"
    status = 409
    vi = "Câu hỏi này đã có người trả lời ({name}); mời trả lời thêm cần nêu lý do."


class NotInterposedHere(Refused):
    """The rules of this list know no interposed questions."""

    code = "not_interposed_here"
    status = 409
    vi = "Quy tắc của danh sách này không có câu hỏi xen ngang."


class SpeakerMissing(Refused):
    """Say who speaks: a member of the roll, or a name."""

    code = "speaker_missing"
    status = 422
    vi = "Cần nêu người phát biểu: đại biểu trong danh sách hoặc họ tên."


class VoteUnderWay(Refused):
    """A vote is under way: this waits until it is over."""

    code = "vote_under_way"
    status = 409
    vi = "Đang biểu quyết: việc này chờ đến khi biểu quyết xong."


class NotInvited(Refused):
    """Only who asked to speak and was not reached is invited to write."""

    code = "not_invited_to_write"
    status = 403
    vi = "Chỉ người đã đăng ký mà chưa được phát biểu mới được mời gửi ý kiến bằng văn bản."


class NothingSpoken(Refused):
    """Nobody has spoken here whom one could put back."""

    code = "nothing_spoken"
    status = 409
    vi = "Chưa có ai phát biểu ở danh sách này để đưa trở lại."


class RecordWrong(Refused):
    """The sealed turn log is not what the floor's ledger says: {what}."""

    code = "record_wrong"
    vi = "Nhật ký phát biểu đã ký không khớp với sổ phát biểu: {what}."


class ReplayDiffers(Refused):
    """Line {index} of the floor's ledger is not what the rules make of it: {what}."""

    code = "floor_replay_differs"
    vi = "Dòng {index} của sổ phát biểu không đúng với quy tắc: {what}."
