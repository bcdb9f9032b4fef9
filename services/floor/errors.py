"""What the floor's service refuses beside its rules, and how it says so."""

from services.refusal import Refused


class OtherSigner(Refused):
    """This was signed by somebody else than who is signed in."""

    code = "floor_other_signer"
    status = 403
    vi = "Người ký khác với người đang đăng nhập."


class WebhooksFull(Refused):
    """A body may have at most {most} webhooks."""

    code = "webhooks_full"
    status = 409
    vi = "Mỗi cơ quan có nhiều nhất {most} webhook."


class FloorNotBegun(Refused):
    """Nothing has happened on this meeting's floor yet: there is no turn log."""

    code = "floor_not_begun"
    status = 404
    vi = "Phiên họp chưa có hoạt động phát biểu nào nên chưa có nhật ký."
