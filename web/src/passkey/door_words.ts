import { words, type Catalogue } from "../words/language.ts";

/** What is said before the rest of the room is fetched. */
export const DOOR_WORDS = {
  enter: words("Đăng nhập bằng khóa truy cập", "Sign in with a passkey"),
  enterWhy: words("Dành cho người đã thêm khóa truy cập mà máy này không còn khóa ký.", "For who added a passkey, and has no signing key on this device any more."),
  confirming: words("Đang mở bước xác nhận…", "Opening the confirmation…"),
  own: words("Khóa truy cập (passkey)", "Passkeys"),
  ownShow: words("Xem và thêm khóa truy cập", "See and add passkeys"),
} as const satisfies Catalogue;
