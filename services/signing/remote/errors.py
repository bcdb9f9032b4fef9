"""Why no signature comes from a service outside. What the service says is shown to nobody: it may say anything."""

from services.refusal import Refused


class RemoteBusy(Refused):
    """The signing service {provider} takes nothing in just now: {what}. Try again in a moment."""

    code = "remote_busy"
    status = 503
    vi = "Dịch vụ ký số {provider} hiện không tiếp nhận yêu cầu: {what}. Xin thử lại sau giây lát."


class RemoteUnreachable(Refused):
    """The signing service {provider} does not answer: {what}. It may have heard us. Try again in a moment."""

    code = "remote_unreachable"
    status = 502
    vi = "Dịch vụ ký số {provider} không phản hồi: {what}. Xin thử lại sau giây lát."


class RemoteLost(Refused):
    """The signing service {provider} may have asked the person, and what it answered was lost: {what}."""

    code = "remote_lost"
    status = 502
    vi = "Dịch vụ ký số {provider} có thể đã hỏi người ký, nhưng câu trả lời bị mất: {what}."


class RemoteMalformed(Refused):
    """The signing service {provider} answers something that is no answer: {what}."""

    code = "remote_malformed"
    status = 502
    vi = "Dịch vụ ký số {provider} trả lời không đúng khuôn dạng: {what}."


class RemoteRefusesUs(Refused):
    """The signing service {provider} does not take our own name and password. The operator must look at them."""

    code = "remote_refuses_us"
    status = 502
    vi = "Dịch vụ ký số {provider} không chấp nhận tài khoản kết nối. Người vận hành cần kiểm tra."


class RemoteUserUnknown(Refused):
    """The signing service {provider} does not know this user."""

    code = "remote_user_unknown"
    status = 404
    vi = "Dịch vụ ký số {provider} không có thuê bao này."


class RemoteKeyUnfit(Refused):
    """The key at the signing service {provider} cannot sign this: {what}."""

    code = "remote_key_unfit"
    status = 403
    vi = "Khóa tại dịch vụ ký số {provider} không ký được nội dung này: {what}."


class RemoteSignatureForeign(Refused):
    """What the signing service {provider} sent is no signature by the enrolled key over our hash: {what}."""

    code = "remote_signature_foreign"
    status = 502
    vi = "Dịch vụ ký số {provider} gửi về chữ ký không phải của khóa đã đăng ký trên nội dung này: {what}."


class PasswordSigningRefused(Refused):
    """The signing service {provider} would sign by a password that is held for the person. Nobody votes like that."""

    code = "remote_password_signing"
    status = 403
    vi = "Dịch vụ ký số {provider} ký bằng mật khẩu do hệ thống giữ hộ. Không ai biểu quyết theo cách đó."


class PinThroughUsRefused(Refused):
    """The signing service {provider} wants the PIN or one-time password of this key through our server. Nobody signs
    like that: ask the service for confirmation in its app or on its page."""

    code = "remote_pin_through_us"
    status = 403
    vi = (
        "Dịch vụ ký số {provider} đòi mã PIN hoặc OTP của khóa này qua máy chủ biểu quyết. Không ai ký theo cách đó:"
        " xin đề nghị dịch vụ chuyển sang xác nhận trên ứng dụng hoặc trang của dịch vụ."
    )


class GrantWrong(Refused):
    """The signing service {provider} did not take the permission that the person came back with."""

    code = "remote_grant_wrong"
    status = 403
    vi = "Dịch vụ ký số {provider} không chấp nhận giấy phép ký nhận được từ trang xác nhận của dịch vụ."


class RemoteRequestUnknown(Refused):
    """You want nothing with this hash signed at a service. A ballot is known there a moment after it is begun."""

    code = "remote_request_unknown"
    status = 404
    vi = "Không có nội dung nào mang mã băm này đang chờ dịch vụ ký số; phiếu được chuyển đến dịch vụ ngay sau khi gửi."


class RemoteAskedTooOften(Refused):
    """You have asked signing services too often. Wait an hour, or ask the secretary for a new invite."""

    code = "remote_asked_too_often"
    status = 429
    vi = "Đã hỏi dịch vụ ký số quá nhiều lần. Xin thử lại sau một giờ, hoặc đề nghị thư ký cấp mã mời mới."


class AccountUnknown(Refused):
    """No key at the signing service {provider} is enrolled for this person."""

    code = "remote_account_unknown"
    status = 409
    vi = "Đại biểu này chưa đăng ký khóa tại dịch vụ ký số {provider}."
