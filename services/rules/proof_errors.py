"""Why a certificate is not believed: one class for each check of `proof`, so that the name tells what failed."""

from services.refusal import Refused


class CertificateMalformed(Refused):
    """The sealed JSON file is not written as it must be: {what}."""

    code = "certificate_malformed"
    vi = "Tệp JSON có dấu không đúng khuôn dạng: {what}."


class SealWrong(Refused):
    """The seal on the JSON file is not good: {what}."""

    code = "seal_wrong"
    vi = "Con dấu số trên tệp JSON không hợp lệ: {what}."


class ExtractWrong(Refused):
    """Line {index} of the ledger cannot be read: {what}."""

    code = "ledger_line_wrong"
    vi = "Không đọc được dòng {index} của sổ: {what}."


class RootWrong(Refused):
    """The ledger's lines do not make up the tree that its checkpoint signs: {what}."""

    code = "ledger_root_wrong"
    vi = "Các dòng của sổ không khớp với mốc đã ký: {what}."


class LedgerFileNeeded(Refused):
    """The certificate names its ledger by hash: the file of {lines} lines with SHA-256 {sha256} is needed beside it."""

    code = "ledger_file_needed"
    vi = "Giấy chứng nhận chỉ nêu mã băm của sổ phiếu: cần kèm tệp ledger.jsonl gồm {lines} dòng, SHA-256 {sha256}."


class LedgerFileWrong(Refused):
    """The file is not the ledger that the certificate names: {what}."""

    code = "ledger_file_wrong"
    vi = "Tệp sổ phiếu không phải là tệp mà giấy chứng nhận nêu: {what}."


class OrderWrong(Refused):
    """Line {index} of the ledger must not stand where it stands: {what}."""

    code = "order_wrong"
    vi = "Dòng {index} của sổ phiếu đứng sai trình tự: {what}."


class CredentialWrong(Refused):
    """The certificate {thumbprint} of {member} does not count: {what}."""

    code = "credential_wrong"
    vi = "Chứng thư số {thumbprint} của {member} không được chấp nhận: {what}."


class DefinitionWrong(Refused):
    """The signed question is not the one certified: {what}."""

    code = "definition_wrong"
    vi = "Nội dung biểu quyết đã ký không phải nội dung được chứng nhận: {what}."


class PracticeVote(Refused):
    """This was a practice vote: its result is nobody's decision, and there can be no certificate of it."""

    code = "practice_vote"
    vi = "Đây là biểu quyết thử: kết quả không phải là quyết định và không thể có chứng nhận."


class RollWrong(Refused):
    """The roll is not the one of the vote: {what}."""

    code = "roll_wrong"
    vi = "Danh sách đại biểu không phải danh sách của cuộc biểu quyết: {what}."


class ActLineWrong(Refused):
    """The signed act at line {index} of the ledger does not say what the line says: {what}."""

    code = "act_line_wrong"
    vi = "Thao tác đã ký ở dòng {index} của sổ phiếu không khớp với nội dung dòng: {what}."


class BallotWrong(Refused):
    """The ballot at line {index} of the ledger cannot count: {what}."""

    code = "ballot_wrong"
    vi = "Phiếu ở dòng {index} của sổ phiếu không được tính: {what}."


class CountWrong(Refused):
    """The ballots do not add up to the counts: {what}."""

    code = "count_wrong"
    vi = "Số phiếu kiểm lại không bằng số đã ghi: {what}."


class RecheckWrong(Refused):
    """What was found out after the vote about certificates of other authorities does not hold: {what}."""

    code = "recheck_wrong"
    vi = "Kết quả tra cứu lại chứng thư số của tổ chức chứng thực khác không được chấp nhận: {what}."


class OutsideEvidenceWrong(Refused):
    """The evidence of other authorities and signing services is not that of this certificate: {what}."""

    code = "outside_evidence_wrong"
    vi = "Bằng chứng của tổ chức chứng thực và dịch vụ ký số bên ngoài không phải của giấy chứng nhận này: {what}."


class DecisionWrong(Refused):
    """The decision is not what the rule makes of the counts: {what}."""

    code = "decision_wrong"
    vi = "Kết luận không đúng với quy tắc và số phiếu: {what}."


class DeclarationWrong(Refused):
    """The chair declared another result than the one counted."""

    code = "declaration_wrong"
    vi = "Kết quả người chủ trì công bố không phải kết quả đã kiểm."


class ReceiptWrong(Refused):
    """Receipt {place} is not kept by this ledger: {what}."""

    code = "receipt_wrong"
    vi = "Xác nhận thứ {place} không khớp với sổ phiếu này: {what}."


class StepUpWrong(Refused):
    """The confirmation by passkey of the ballot in line {index} does not count: {what}."""

    code = "step_up_wrong"
    vi = "Xác nhận bằng khóa truy cập của phiếu ở dòng {index} không được chấp nhận: {what}."


class CountersignatureWrong(Refused):
    """The signature of the {role} does not count: {what}."""

    code = "countersignature_wrong"
    vi = "Chữ ký của {role} không được chấp nhận: {what}."


class TimeStampWrong(Refused):
    """The time-stamp does not count: {what}."""

    code = "time_stamp_wrong"
    vi = "Dấu thời gian không được chấp nhận: {what}."


class ValidationWrong(Refused):
    """What is kept to validate the signature of the {role} later does not do so: {what}."""

    code = "validation_wrong"
    vi = "Dữ liệu để xác thực lâu dài chữ ký của {role} không đủ: {what}."


class PreparationWrong(Refused):
    """What is to be signed is not what was shown: {what}. Nothing was signed."""

    code = "preparation_wrong"
    vi = "Nội dung yêu cầu ký không đúng với nội dung đã xem: {what}. Chưa có gì được ký."
