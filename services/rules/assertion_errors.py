"""Why an assertion of a passkey is refused: one code for each check of WebAuthn Level 3, section 7.2."""

from services.refusal import Refused


class AssertionMalformed(Refused):
    """What the passkey gave is not well formed: {what}."""

    code = "assertion_malformed"
    vi = "Dữ liệu của khóa truy cập không đúng khuôn dạng: {what}."


class AssertionKindWrong(Refused):
    """The passkey was asked for another purpose."""

    code = "assertion_kind_wrong"
    status = 403
    vi = "Khóa truy cập đã được dùng cho mục đích khác."


class AssertionChallengeWrong(Refused):
    """The passkey answered another challenge than the one given."""

    code = "assertion_challenge_wrong"
    status = 403
    vi = "Khóa truy cập trả lời mã thử thách khác với mã đã cấp."


class AssertionOriginWrong(Refused):
    """The passkey was used on a page of another address than {origin}."""

    code = "assertion_origin_wrong"
    status = 403
    vi = "Khóa truy cập được dùng trên trang có địa chỉ khác, không phải {origin}."


class AssertionEmbedded(Refused):
    """The passkey was used inside a page of somebody else."""

    code = "assertion_embedded"
    status = 403
    vi = "Khóa truy cập được dùng bên trong trang của người khác."


class AssertionSiteWrong(Refused):
    """The passkey belongs to another site than {site}."""

    code = "assertion_site_wrong"
    status = 403
    vi = "Khóa truy cập thuộc về trang khác, không phải {site}."


class AssertionUnattended(Refused):
    """Nobody was there when the passkey was used."""

    code = "assertion_unattended"
    status = 403
    vi = "Không có người thao tác khi khóa truy cập được dùng."


class AssertionUnverified(Refused):
    """The device has not checked who used the passkey. Turn on its screen lock, and try again."""

    code = "assertion_unverified"
    status = 403
    vi = "Máy chưa xác minh người dùng khóa truy cập. Hãy bật khóa màn hình của máy rồi thử lại."


class AssertionBackupWrong(Refused):
    """The passkey says otherwise than before whether it can be copied to other devices."""

    code = "assertion_backup_wrong"
    status = 403
    vi = "Khóa truy cập cho biết khác trước về việc có được sao lưu sang máy khác hay không."


class AssertionUnsigned(Refused):
    """The signature is not that of this passkey."""

    code = "assertion_unsigned"
    status = 403
    vi = "Chữ ký không phải của khóa truy cập này."


class AssertionReplayed(Refused):
    """The passkey has counted backwards: somebody may have a copy of it. Ask the secretary to remove it."""

    code = "assertion_replayed"
    status = 403
    vi = "Bộ đếm của khóa truy cập đi lùi: có thể khóa đã bị sao chép. Hãy đề nghị thư ký gỡ khóa truy cập này."


class PasskeyKeyNotTaken(Refused):
    """Passkeys with keys of this kind are not taken: P-256, Ed25519, or RSA from 2048 bits."""

    code = "passkey_key_not_taken"
    vi = "Không nhận khóa truy cập dùng loại khóa này: chỉ P-256, Ed25519, hoặc RSA từ 2048 bit."


# What may be wrong with whatever a passkey says, a new one or one that answers, as routes name it.
OF_A_PASSKEY: tuple[type[Refused], ...] = (
    AssertionMalformed,
    AssertionKindWrong,
    AssertionChallengeWrong,
    AssertionOriginWrong,
    AssertionEmbedded,
    AssertionSiteWrong,
    AssertionUnattended,
    AssertionUnverified,
    AssertionBackupWrong,
    PasskeyKeyNotTaken,
)
