"""What is refused where the roster has no answer."""

from services.refusal import Refused


class MeetingUnknown(Refused):
    """There is no such meeting, or this service has not heard of it yet."""

    code = "meeting_unknown"
    status = 404
    vi = "Không có phiên họp này, hoặc dịch vụ này chưa nhận được."


class RollMissing(Refused):
    """The roll of this meeting is not frozen yet."""

    code = "roll_missing"
    status = 409
    vi = "Danh sách đại biểu của phiên họp chưa được chốt."


class MeetingNotBegun(Refused):
    """The meeting was not opened yet."""

    code = "meeting_not_begun"
    status = 409
    vi = "Phiên họp chưa khai mạc."


class MeetingOver(Refused):
    """This meeting has ended: no vote opens, and nobody asks to speak, is called or speaks any more."""

    code = "meeting_over"
    status = 409
    vi = "Phiên họp đã kết thúc: không mở biểu quyết, không còn đăng ký, mời phát biểu hay phát biểu."
