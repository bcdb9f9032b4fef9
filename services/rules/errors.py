"""Why a rule says no. Codes are stable: they stand in `proto/` and in the programs of others."""

from services.refusal import Refused


class NotProven(Refused):
    """The proof does not show what it claims: {what}."""

    code = "proof_wrong"
    vi = "Bằng chứng không chứng minh được điều nêu ra: {what}."


class CheckpointWrong(Refused):
    """The ledger's signed checkpoint is not as it must be: {what}."""

    code = "checkpoint_wrong"
    vi = "Mốc đã ký của sổ phiếu không đúng: {what}."


class TextUnclean(Refused):
    """The text of {place} has, at character {at}, something that must not be shown to voters: {what}."""

    code = "text_unclean"
    status = 422
    vi = "Nội dung của {place}, ký tự thứ {at}, có thành phần không được phép hiển thị cho đại biểu: {what}."


class TallyWrong(Refused):
    """The ballots of {voter} cannot be counted: {what}."""

    code = "tally_wrong"
    vi = "Không kiểm được phiếu của {voter}: {what}."


class FiguresImpossible(Refused):
    """No vote can have these figures: {what}."""

    code = "figures_impossible"
    vi = "Không cuộc biểu quyết nào có thể có các số liệu này: {what}."


class RuleUnsound(Refused):
    """The rule of the vote can never be met or always is: {what}."""

    code = "rule_unsound"
    status = 422
    vi = "Quy tắc biểu quyết không bao giờ đạt được hoặc luôn luôn đạt: {what}."


class ProfileUnknown(Refused):
    """There is no rule profile {profile}."""

    code = "profile_unknown"
    status = 404
    vi = "Không có bộ quy tắc {profile}."
