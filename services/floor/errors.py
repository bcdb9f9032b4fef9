"""What the floor's service refuses beside its rules, and how it says so."""

from services.refusal import Refused


class MeetingOver(Refused):
    """This meeting has ended: nobody asks to speak, is called or speaks any more."""

    code = "meeting_over"
    status = 409
    vi = "Phiên họp đã kết thúc: không còn đăng ký, mời phát biểu hay phát biểu."


class OtherSigner(Refused):
    """This was signed by somebody else than who is signed in."""

    code = "floor_other_signer"
    status = 403
    vi = "Người ký khác với người đang đăng nhập."


class FloorNotBegun(Refused):
    """Nothing has happened on this meeting's floor yet: there is no turn log."""

    code = "floor_not_begun"
    status = 404
    vi = "Phiên họp chưa có hoạt động phát biểu nào nên chưa có nhật ký."
