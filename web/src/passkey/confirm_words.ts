import { words, type Catalogue } from "../words/language.ts";

export const CONFIRM_WORDS = {
  required: words("Cuộc biểu quyết này yêu cầu xác nhận phiếu bằng khóa truy cập (passkey) của đại biểu.", "This vote asks you to confirm your ballot with your passkey."),
  optional: words("Có thể xác nhận thêm phiếu bằng khóa truy cập (passkey) của đại biểu.", "You may confirm your ballot with your passkey, too."),
  none: words("Chưa có khóa truy cập: ký phiếu như thường lệ.", "You have no passkey: sign as ever."),
  noneRequired: words("Chưa có khóa truy cập. Hãy thêm ở mục “Khóa truy cập” trên trang này rồi quay lại, hoặc báo thư ký.", "You have no passkey. Add one under “Passkeys” on this page and come back, or tell the secretary."),
  sign: words("Xác nhận bằng khóa truy cập rồi ký và gửi", "Confirm with the passkey, sign and send"),
  waiting: words("Đang chờ máy xác nhận…", "Waiting for the device…"),
  without: words("Ký và gửi, không xác nhận thêm", "Sign and send without it"),
  again: words("Thử lại", "Try again"),
} as const satisfies Catalogue;
