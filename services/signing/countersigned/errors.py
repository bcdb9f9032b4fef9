"""Why the signing desk says no."""

from services.refusal import Refused


class SignedAlready(Refused):
    """{member} has signed this certificate in this place."""

    code = "signed_already"
    status = 409
    vi = "{member} đã ký giấy chứng nhận này ở vị trí này."


class OutOfTurn(Refused):
    """The secretary signs first, then the chair."""

    code = "signature_out_of_turn"
    status = 409
    vi = "Thư ký ký trước, sau đó chủ tọa ký."


class StampAwaited(Refused):
    """The secretary has signed; the time-stamp on that signature is still to come. It is asked for again by itself."""

    code = "time_stamp_awaited"
    status = 409
    vi = "Thư ký đã ký; đang chờ dấu thời gian cho chữ ký đó. Hệ thống tự yêu cầu lại."


class RoleMissing(Refused):
    """You cannot sign in this place: that is not your role."""

    code = "signing_role_missing"
    status = 403
    vi = "Người đăng nhập không giữ vai trò được ký ở vị trí này."


class ReasonMissing(Refused):
    """{member} declared this result and signs it; another chair says why they sign instead."""

    code = "signing_reason_missing"
    status = 409
    vi = "{member} đã công bố kết quả này và là người ký; chủ tọa khác ký thay phải nêu lý do."


class SamePersonTwice(Refused):
    """One person cannot sign as secretary and as chair."""

    code = "same_person_twice"
    status = 409
    vi = "Một người không thể vừa ký với vai trò thư ký vừa ký với vai trò chủ tọa."


class KeyCannotSignPages(Refused):
    """This key signs votes but no pages: a P-256 or an RSA key is needed."""

    code = "key_cannot_sign_pages"
    status = 409
    vi = "Khóa này ký được phiếu nhưng không ký được văn bản: cần khóa P-256 hoặc RSA."


class PreparationUnknown(Refused):
    """Nothing was prepared under this name for you to sign."""

    code = "preparation_unknown"
    status = 404
    vi = "Không có nội dung nào được chuẩn bị để người đăng nhập ký với mã này."


class PreparationOver(Refused):
    """What was prepared for you to sign is good no more: begin again."""

    code = "preparation_over"
    status = 410
    vi = "Nội dung đã chuẩn bị để ký không còn hiệu lực: xin bắt đầu lại."


class SignedEditionNotYet(Refused):
    """This certificate has no signed edition yet."""

    code = "signed_edition_not_yet"
    status = 404
    vi = "Giấy chứng nhận này chưa có bản có chữ ký."


class PageRefused(Refused):
    """The page cannot be made: {what}."""

    code = "signed_page_refused"
    status = 409
    vi = "Không lập được văn bản để ký: {what}."
