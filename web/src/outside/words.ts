import { words, type Catalogue, type Words } from "../words/language.ts";
import type { IntentShown } from "../wire.ts";

export { CODE_WORDS } from "./code_words.ts";
export { DOOR_WORDS } from "./door_words.ts";
export { LINK_WORDS, STATE_WORDS } from "./link_words.ts";

/** Why a ballot at a service did not come. */
export const LAPSE_WORDS: { readonly [why in NonNullable<IntentShown["why"]>]: Words } = {
  declined: words("Yêu cầu ký đã bị từ chối, hoặc đã được rút lại.", "The request was refused, or was withdrawn."),
  expired: words("Đã quá hạn xác nhận với {service}.", "It was not confirmed with {service} in time."),
  failed: words("{service} không ký được phiếu này.", "{service} could not sign this ballot."),
  overtaken: words("Một phiếu khác của đại biểu đã được ghi nhận trước.", "Another ballot of yours was recorded first."),
  begun_anew: words("Đã gửi một yêu cầu ký khác thay cho yêu cầu này.", "Another request took the place of this one."),
  late: words("Biểu quyết kết thúc trước khi chữ ký kịp vào sổ.", "The vote ended before the signature was in the ledger."),
};

export const WORDS = {
  signWith: words("Ký bằng {service}", "Sign with {service}"),
  notConfirmed: words("Câu hỏi này đòi xác nhận bằng khóa truy cập (passkey), nên phiếu phải ký bằng khóa trên máy này, không ký bằng dịch vụ ký số.", "This question demands a passkey, so the ballot is signed with the key on this device, not with a signing service."),
  sending: words("Đang gửi yêu cầu ký tới {service}…", "Sending the request to {service}…"),
  waiting: words("Đang chờ đại biểu xác nhận với {service}.", "Waiting for you to confirm with {service}."),
  silent: words("{service} chưa trả lời. Hệ thống tự hỏi lại; đại biểu có thể chờ, hoặc ký bằng khóa trên máy này.", "{service} does not answer. It is asked again by itself; wait, or sign with the key on this device."),
  pageLost: words("Lần xác nhận trước không tới được hệ thống. Xin mở lại trang của {service} và xác nhận thêm một lần.", "What you confirmed before was lost on the way. Open the page of {service} again and confirm once more."),
  unheard: words("Mất kết nối với máy chủ. Yêu cầu ký vẫn còn; màn hình sẽ tự cập nhật.", "The server cannot be reached. The request stands; this screen goes on by itself."),
  until: words("Còn lại để xác nhận:", "Left to confirm:"),
  grace: words("Biểu quyết đã kết thúc. Phiếu vẫn được tính nếu xác nhận trong:", "Voting has ended. The ballot still counts if it is confirmed within:"),
  signedHeld: words("Đã ký. Biểu quyết đang tạm dừng: phiếu được ghi nhận khi chủ tọa cho tiếp tục; nếu biểu quyết kết thúc ngay, phiếu không được tính.", "Signed. The vote is on hold: the ballot is recorded when the chair goes on; should the vote end now, it does not count."),
  proving: words("Đã ký. Máy này đang kiểm tra chữ ký và xác nhận của sổ phiếu…", "Signed. This device is checking the signature and the receipt…"),
  notRecorded: words("Phiếu CHƯA được ghi nhận.", "The ballot was NOT recorded."),
  signHere: words("Ký bằng khóa trên máy này", "Sign with the key on this device"),
  chooseAgain: words("Chọn lại", "Choose again"),
  read: words("Đã đọc", "I have read this"),
  withdraw: words("Không chờ nữa", "Wait no longer"),
  withdrawMeans: words("Khi không chờ nữa, yêu cầu này hết hiệu lực dù sau đó được xác nhận; đại biểu chọn và ký lại theo cách khác.", "Once you wait no longer, this request is void even if it is confirmed afterwards; choose again and sign in another way."),
} as const satisfies Catalogue;
