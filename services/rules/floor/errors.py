"""Why the floor says no. Codes are stable."""

from services.refusal import Refused
from services.wire import FloorShown


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
    """This request to speak is somebody else's."""

    code = "floor_not_yours"
    status = 403
    vi = "Đăng ký phát biểu này là của người khác."


class FloorMoved(Refused):
    """Somebody else was quicker: the floor is at revision {revision} now. Look at it and decide again."""

    code = "floor_moved"
    status = 409
    carries = {"floor": FloorShown}  # noqa: RUF012 - as the base class declares it
    vi = "Đã có người thao tác trước: danh sách phát biểu nay ở bước {revision}. Xin xem lại rồi quyết định."


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


class LaneRulesUnsound(Refused):
    """These rules of speaking cannot work: {what}."""

    code = "lane_rules_unsound"
    status = 422
    vi = "Quy tắc phát biểu không hợp lệ: {what}."


class FloorProfileUnknown(Refused):
    """There are no rules of speaking named {profile}."""

    code = "floor_profile_unknown"
    status = 404
    vi = "Không có bộ quy tắc phát biểu {profile}."


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


class StanceWrong(Refused):
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
    """You have asked here already ({request}); this list takes {most} at a time."""

    code = "already_waiting"
    status = 409
    vi = "Đồng chí đã đăng ký ở danh sách này ({request}); mỗi người được chờ {most} lượt."


class SpeechesUsedUp(Refused):
    """This person has had all {most} speeches that the rules give for this item."""

    code = "speeches_used_up"
    status = 409
    vi = "Đã hết {most} lượt phát biểu theo quy định cho nội dung này."


class TimeUsedUp(Refused):
    """There is no speaking time left; with a reason, the chair may give more."""

    code = "time_used_up"
    status = 409
    vi = "Đã hết thời gian phát biểu; chủ tọa có thể cho thêm, có nêu lý do."


class RequestIdTaken(Refused):
    """Another request to speak has this id."""

    code = "request_id_taken"
    status = 409
    vi = "Đã có đăng ký phát biểu khác mang mã này."


class RequestUnknown(Refused):
    """There is no such request to speak."""

    code = "request_unknown"
    status = 404
    vi = "Không có đăng ký phát biểu này."


class NotWaiting(Refused):
    """This request to speak does not wait; it is {state}."""

    code = "request_not_waiting"
    status = 409
    vi = "Đăng ký phát biểu này không còn chờ; trạng thái: {state}."


class NobodyFollows(Refused):
    """Nobody follows whom they could be put behind."""

    code = "nobody_follows"
    status = 409
    vi = "Không còn ai ở phía sau để nhường lượt."


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
    """Somebody was called here and has not begun ({turn})."""

    code = "called_already"
    status = 409
    vi = "Đã mời một người và người đó chưa phát biểu ({turn})."


class SomebodySpeaks(Refused):
    """Somebody speaks now ({turn})."""

    code = "somebody_speaks"
    status = 409
    vi = "Đang có người phát biểu ({turn})."


class TurnUnknown(Refused):
    """There is no such turn."""

    code = "turn_unknown"
    status = 404
    vi = "Không có lượt phát biểu này."


class TurnTransition(Refused):
    """A turn that is {state} cannot do this ({act})."""

    code = "turn_transition"
    status = 409
    vi = "Lượt phát biểu ở trạng thái {state} không thể thực hiện việc này ({act})."


class NoAnswersHere(Refused):
    """Here is nothing to answer: only a question that was put can be answered."""

    code = "no_answers_here"
    status = 409
    vi = "Không có gì để trả lời: chỉ trả lời câu hỏi chất vấn đã nêu."


class SpeakerMissing(Refused):
    """Say who speaks: a member of the roll, or a name."""

    code = "speaker_missing"
    status = 422
    vi = "Cần nêu người phát biểu: đại biểu trong danh sách hoặc họ tên."


class VoteUnderWay(Refused):
    """A vote is under way ({poll}): this waits until it is over."""

    code = "vote_under_way"
    status = 409
    vi = "Đang biểu quyết ({poll}): việc này chờ đến khi biểu quyết xong."


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
