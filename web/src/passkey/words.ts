import { words, type Catalogue, type Words } from "../words/language.ts";
import type { PasskeyLogged } from "../wire.ts";
export { DOOR_WORDS } from "./door_words.ts";

export const WORDS = {
  what: words(
    "Khóa truy cập giúp vào lại khi máy này mất khóa ký (iPhone xóa dữ liệu, đổi máy). Khóa truy cập không ký phiếu.",
    "A passkey lets you back in when this device has lost its signing key (an iPhone that cleared its data, a new phone). It signs no ballot.",
  ),
  none: words("Chưa có khóa truy cập nào.", "There is no passkey yet."),
  name: words("Tên để nhận ra", "A name to know it by"),
  firstName: words("Khóa của tôi", "My passkey"),
  add: words("Thêm khóa truy cập (passkey)", "Add a passkey"),
  adding: words("Đang chờ máy xác nhận…", "Waiting for the device…"),
  added: words("Đã thêm khóa truy cập.", "The passkey was added."),
  made: words("Thêm {day}", "Added {day}"),
  used: words("dùng lần cuối {day}", "last used {day}"),
  backedUp: words("Được sao lưu sang máy khác của cùng tài khoản", "Backed up to other devices of the same account"),
  oneDevice: words("Chỉ có trên một máy", "On one device only"),
  replayed: words("Bộ đếm từng đi lùi: có thể khóa đã bị sao chép. Hãy gỡ và thêm khóa khác.", "It has counted backwards: somebody may have a copy. Remove it and add another."),
  remove: words("Gỡ", "Remove"),
  removeTitle: words("Gỡ khóa truy cập “{name}”?", "Remove the passkey “{name}”?"),
  removeMeans: words("Khóa này không đăng nhập được nữa. Hãy xóa cả trong phần mật khẩu của máy.", "It will not sign in any more. Delete it in the passwords of the device, too."),
  newKey: words("Khôi phục khóa", "Recover the key"),
  newKeyFor: words("Đã xác nhận: {member}.", "Confirmed: {member}."),
  newKeyMeans: words(
    "Khóa ký mới được tạo trên máy này. Khóa ký cũ hết hiệu lực ngay; phiếu đã ký trước đó vẫn được tính. Thư ký thấy việc này.",
    "A new signing key is made on this device. The old one is good no more at once; ballots signed before still count. The secretary sees it.",
  ),
  makeKey: words("Tạo khóa mới trên máy này", "Make a new key on this device"),
  makingKey: words("Đang tạo khóa…", "Making the key…"),
  useKept: words("Dùng khóa đang có trên máy này", "Use the key that is on this device"),
  notNow: words("Thôi", "Not now"),
} as const satisfies Catalogue;

/** Why the browser gave no passkey. */
export const FAILED_WORDS = {
  cancelled: words("Máy chưa xác nhận: đã bị hủy, hết thời gian, hoặc không có khóa truy cập phù hợp. Hãy thử lại.", "The device has not confirmed: it was cancelled, took too long, or has no passkey for this. Try again."),
  already: words("Máy này đã có khóa truy cập của người này.", "This device has a passkey of yours already."),
  address: words("Khóa truy cập chỉ dùng được khi mở trang này ở địa chỉ {site}.", "Passkeys work only where this page is opened at the address {site}."),
  unsupported: words("Trình duyệt hoặc máy này không có khóa truy cập. Hãy bật khóa màn hình, hoặc dùng trình duyệt khác.", "This browser or device has no passkeys. Turn on the screen lock, or use another browser."),
} as const satisfies Catalogue;

/** What the secretary sees. */
export const SEEN_WORDS = {
  title: words("Khóa truy cập (passkey) và khóa đã khôi phục", "Passkeys, and keys that were recovered"),
  log: words("Đã xảy ra, mới nhất trước", "What happened, the newest first"),
  removeMeans: words("{name} không đăng nhập được bằng khóa truy cập này nữa.", "{name} will not sign in with this passkey any more."),
} as const satisfies Catalogue;

/** What happened to a passkey, or with one. */
export const LOGGED_WORDS: { readonly [what in PasskeyLogged["what"] | "recovered"]: Words } = {
  added: words("{name} thêm khóa truy cập", "{name} added a passkey"),
  entered: words("{name} đăng nhập bằng khóa truy cập", "{name} signed in with a passkey"),
  replayed: words("Từ chối khóa truy cập của {name}: bộ đếm đi lùi", "A passkey of {name} was refused: it counted backwards"),
  removed: words("{by} gỡ khóa truy cập của {name}", "{by} removed a passkey of {name}"),
  ended: words("Khóa truy cập của {name} hết hiệu lực cùng khóa ký", "A passkey of {name} ended with the signing key"),
  recovered: words("{name} khôi phục khóa ký bằng khóa truy cập", "{name} recovered the signing key with a passkey"),
};
