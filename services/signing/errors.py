"""Why signing says no to an invite, an enrolment, a renewal, a revocation."""

from services.refusal import Refused


class InviteeUnknown(Refused):
    """{member} is not known here as a member of this body. New members are known a moment after they are saved."""

    code = "invitee_unknown"
    status = 404
    vi = "{member} chưa được biết là thành viên của cơ quan này. Thành viên mới được nhận ngay sau khi lưu."


class InviteUnknown(Refused):
    """There is no such invite. Check the code, letter by letter."""

    code = "invite_unknown"
    status = 404
    vi = "Không có mã mời này. Xin kiểm tra lại từng ký tự."


class InviteUsed(Refused):
    """This invite was used already. Ask the secretary for a new one."""

    code = "invite_used"
    status = 409
    vi = "Mã mời này đã được sử dụng. Xin đề nghị thư ký cấp mã mới."


class InviteCancelled(Refused):
    """A newer invite took the place of this one."""

    code = "invite_cancelled"
    status = 410
    vi = "Mã mời này đã được thay bằng mã mới hơn."


class InviteExpired(Refused):
    """This invite has expired. Ask the secretary for a new one."""

    code = "invite_expired"
    status = 410
    vi = "Mã mời này đã hết hạn. Xin đề nghị thư ký cấp mã mới."


class RequestMalformed(Refused):
    """The certification request (PKCS#10) is not well formed: {what}."""

    code = "csr_malformed"
    vi = "Yêu cầu cấp chứng thư số (PKCS#10) không đúng khuôn dạng: {what}."


class PossessionUnproven(Refused):
    """The certification request is not signed by the key it is for."""

    code = "csr_unproven"
    vi = "Yêu cầu cấp chứng thư số không được ký bằng chính khóa của nó."


class KeyTaken(Refused):
    """This key was certified before. Make a new one."""

    code = "key_taken"
    status = 409
    vi = "Khóa này đã từng được cấp chứng thư số. Xin tạo khóa mới."


class RenewedTooOften(Refused):
    """Your key was replaced {most} times within a day. Wait until tomorrow, or ask the secretary for a new invite."""

    code = "renewed_too_often"
    # Whoever sends it again in a second is told the same.
    status = 409
    vi = "Khóa của quý vị đã được thay {most} lần trong một ngày. Xin đợi đến mai, hoặc đề nghị thư ký cấp mã mời mới."


class NoCredential(Refused):
    """You are not signed in with a certificate."""

    code = "no_credential"
    status = 403
    vi = "Phiên đăng nhập này không dùng chứng thư số."


class IssuerUnknown(Refused):
    """There is no issuer of this name here."""

    code = "issuer_unknown"
    status = 404
    vi = "Ở đây không có cơ quan cấp chứng thư số mang tên này."


class LinkWrong(Refused):
    """The key of this certificate has not signed what was asked: {what}. Begin again."""

    code = "link_unproven"
    vi = "Khóa của chứng thư số này chưa ký đúng nội dung được yêu cầu: {what}. Xin làm lại từ đầu."


class LinkUnknown(Refused):
    """This credential is no link to a certificate of another authority."""

    code = "link_unknown"
    status = 404
    vi = "Khóa này không liên kết với chứng thư số của tổ chức chứng thực khác."


# All that an invite's code may be refused for, as routes name it.
OF_AN_INVITE: tuple[type[Refused], ...] = (InviteUnknown, InviteUsed, InviteCancelled, InviteExpired)
