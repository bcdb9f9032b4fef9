"""Why the floor says no to who asks to speak or writes. Codes are stable."""

from services.refusal import Refused
from services.rules.floor.errors import Worded


class NotYours(Refused):
    """This request to speak is somebody else's: only the desk asks for others, and takes others off with a reason."""

    code = "floor_not_yours"
    status = 403
    vi = (
        "Đăng ký phát biểu này là của người khác: chỉ bàn chủ tọa được đăng ký thay,"
        " hoặc bỏ khỏi danh sách có nêu lý do."
    )


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


class StanceWrong(Worded):
    """This list asks for one of these: {stances}."""

    code = "stance_wrong"
    status = 422
    vi = "Danh sách này chỉ nhận các quan điểm: {stances}."


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


class SpeechesUsedUp(Refused):
    """This person has had all {most} speeches that the rules give in this list."""

    code = "speeches_used_up"
    status = 409
    vi = "Đã hết {most} lượt phát biểu theo quy định ở danh sách này."


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


class NotWaiting(Worded):
    """This request to speak is {state}: that cannot be done with it now."""

    code = "request_not_waiting"
    status = 409
    vi = "Đăng ký phát biểu này {state}: không thể làm việc này."


class NotInvited(Refused):
    """Only who asked to speak and was not reached is invited to write."""

    code = "not_invited_to_write"
    status = 403
    vi = "Chỉ người đã đăng ký mà chưa được phát biểu mới được mời gửi ý kiến bằng văn bản."


class WrittenTooOften(Refused):
    """This person has written {most} opinions on this item: the last one stands."""

    code = "written_too_often"
    status = 409
    vi = "Đã gửi {most} ý kiến bằng văn bản về nội dung này; ý kiến gửi sau cùng có giá trị."
