"""Why an X.509 certificate (chứng thư số) is not taken: one class for each check of `credential`."""

from services.refusal import Refused


class ChainMalformed(Refused):
    """The X.509 certificate is not well formed: {what}."""

    code = "chain_malformed"
    vi = "Chứng thư số không đúng khuôn dạng: {what}."


class ChainExpired(Refused):
    """The X.509 certificate, or one above it, had expired at that time."""

    code = "chain_expired"
    status = 403
    vi = "Chứng thư số, hoặc chứng thư cấp trên của nó, đã hết hạn vào thời điểm đó."


class ChainNotYetValid(Refused):
    """The X.509 certificate, or one above it, was not yet valid at that time."""

    code = "chain_not_yet_valid"
    status = 403
    vi = "Chứng thư số, hoặc chứng thư cấp trên của nó, chưa có hiệu lực vào thời điểm đó."


class ChainUntrusted(Refused):
    """The X.509 certificate does not lead to a trust anchor: {what}."""

    code = "chain_untrusted"
    status = 403
    vi = "Chứng thư số không dẫn tới chứng thư gốc tin cậy: {what}."


class ChainWrongUse(Refused):
    """The X.509 certificate is not made for this use: {what}."""

    code = "chain_wrong_use"
    status = 403
    vi = "Chứng thư số không được cấp cho mục đích này: {what}."


class NotAPerson(Refused):
    """The X.509 certificate does not name a member of a body."""

    code = "chain_not_person"
    status = 403
    vi = "Chứng thư số không ghi tên thành viên của cơ quan nào."


class KeyNotTaken(Refused):
    """This kind of key is not taken: {what}. Use P-256, RSA of 2048 to 4096 bits, or Ed25519."""

    code = "key_not_taken"
    vi = "Loại khóa này không được chấp nhận: {what}. Hãy dùng P-256, RSA từ 2048 đến 4096 bit, hoặc Ed25519."


class AnchorsMalformed(Refused):
    """The trust anchors are not canonical PEM of self-signed authorities: {what}."""

    code = "anchors_malformed"
    vi = "Tệp chứng thư gốc tin cậy không đúng khuôn dạng: {what}."
