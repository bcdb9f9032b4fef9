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
