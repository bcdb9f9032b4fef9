"""Why the meeting desk says no to a passkey; what is wrong with its answer, `rules/assertion_errors.py` says."""

from services.refusal import Refused


class PasskeysNeedName(Refused):
    """Passkeys belong to a name, and this house is known by a number only: {address}. Its operator can give it one."""

    code = "passkeys_need_name"
    status = 409
    vi = "Khóa truy cập gắn với tên miền, mà máy chủ này chỉ có địa chỉ số: {address}. Người vận hành có thể đặt tên."


class PasskeyUnknown(Refused):
    """This passkey is not known here, or was removed. Use another way in."""

    code = "passkey_unknown"
    status = 403
    vi = "Khóa truy cập này không được biết tại đây, hoặc đã bị gỡ. Hãy đăng nhập bằng cách khác."


class PasskeyNotFound(Refused):
    """There is no such passkey."""

    code = "passkey_not_found"
    status = 404
    vi = "Không có khóa truy cập này."


class PasskeyTaken(Refused):
    """This passkey is enrolled already."""

    code = "passkey_taken"
    status = 409
    vi = "Khóa truy cập này đã được đăng ký."


class PasskeysFull(Refused):
    """A member has at most {most} passkeys. Remove one first."""

    code = "passkeys_full"
    status = 409
    vi = "Mỗi người có nhiều nhất {most} khóa truy cập. Hãy gỡ bớt trước."


class KeyLoginNeeded(Refused):
    """A passkey is added by who has just signed in with the key on their device. Sign in again."""

    code = "key_login_needed"
    status = 403
    vi = "Chỉ người vừa đăng nhập bằng khóa trên máy mới thêm được khóa truy cập. Xin đăng nhập lại."
