"""Why a sealed PDF is not believed, and what is refused of papers over HTTP."""

from services.refusal import Refused


class PdfMalformed(Refused):
    """The PDF is not as the press writes it: {what}."""

    code = "pdf_malformed"
    vi = "Tệp PDF không đúng như hệ thống đã lập: {what}."


class PdfSealWrong(Refused):
    """The seal on the PDF is not good: {what}."""

    code = "pdf_seal_wrong"
    vi = "Con dấu số trên tệp PDF không hợp lệ: {what}."


class PdfChanged(Refused):
    """The PDF was changed after it was sealed: {what}."""

    code = "pdf_changed"
    vi = "Tệp PDF đã bị thay đổi sau khi đóng dấu số: {what}."


class AttachmentWrong(Refused):
    """A file attached to the PDF is not the one certified: {what}."""

    code = "pdf_attachment_wrong"
    vi = "Tệp đính kèm trong PDF không phải tệp được chứng nhận: {what}."


class CertificateNotYet(Refused):
    """This vote has no certificate yet."""

    code = "certificate_not_yet"
    status = 404
    vi = "Cuộc biểu quyết này chưa có giấy chứng nhận."


class CertificateUnknown(Refused):
    """There is no such certificate."""

    code = "certificate_unknown"
    status = 404
    vi = "Không có giấy chứng nhận này."


class OutsideEvidenceUnknown(Refused):
    """Nothing goes beside this certificate: nobody outside had a part in its vote."""

    code = "outside_evidence_unknown"
    status = 404
    vi = "Giấy chứng nhận này không có tệp bằng chứng bên ngoài kèm theo."


class RecordUnknown(Refused):
    """There is no such sealed turn log."""

    code = "record_unknown"
    status = 404
    vi = "Không có bản nhật ký phát biểu này."


class MinutesUnknown(Refused):
    """There are no such minutes."""

    code = "minutes_unknown"
    status = 404
    vi = "Không có biên bản này."
