"""Why signing says no to who lost a key and comes with a passkey."""

from services.refusal import Refused


class PasskeyLoginNeeded(Refused):
    """A lost key is renewed by who has signed in with a passkey."""

    code = "passkey_login_needed"
    status = 403
    vi = "Phải đăng nhập bằng khóa truy cập mới khôi phục được khóa ký đã mất."


class PasskeyLoginStale(Refused):
    """This login with a passkey was more than five minutes ago, or was used to renew a key. Sign in again."""

    code = "passkey_login_stale"
    status = 403
    vi = "Lần đăng nhập bằng khóa truy cập này đã quá năm phút, hoặc đã dùng để khôi phục khóa. Xin đăng nhập lại."
