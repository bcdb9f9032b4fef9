"""Why a signed PDF is not believed, or cannot be made."""

from services.refusal import Refused


class PdfSignatureWrong(Refused):
    """The signature of the {who} on the PDF is not good: {what}."""

    code = "pdf_signature_wrong"
    vi = "Chữ ký số ({who}) trên tệp PDF không hợp lệ: {what}."


class PdfUnfinished(Refused):
    """The PDF does not carry all that a signed edition carries: {what}."""

    code = "pdf_unfinished"
    vi = "Tệp PDF chưa đủ những gì bản có chữ ký phải có: {what}."


class MaterialsWrong(Refused):
    """What the PDF carries for long-term validation is not what it should be: {what}."""

    code = "pdf_materials_wrong"
    vi = "Dữ liệu xác thực dài hạn trong tệp PDF không đúng: {what}."


class PictureNotTaken(Refused):
    """This picture of a signature or a seal cannot be used: {what}. A PNG with transparency, at most 800 × 800."""

    code = "picture_not_taken"
    vi = "Không dùng được hình ảnh chữ ký hoặc con dấu này: {what}. Cần tệp PNG nền trong suốt, tối đa 800 × 800."


class StamperAway(Refused):
    """The time-stamp authority did not give a time-stamp: {what}."""

    code = "stamper_away"
    status = 503
    vi = "Tổ chức cấp dấu thời gian chưa cấp dấu: {what}."
