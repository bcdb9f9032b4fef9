import { words, type Catalogue } from "../words/language.ts";

/** Beside the four digits. */
export const CODE_WORDS = {
  open: words("Mở ứng dụng {service} và tìm yêu cầu ký có mã:", "Open the {service} app and find the request with the code:"),
  openSeveral: words("Mở ứng dụng {service} và tìm yêu cầu ký có cả hai mã:", "Open the {service} app and find the request with both codes:"),
  openPage: words("Mở trang của {service}, đăng nhập và tìm yêu cầu ký có mã:", "Open the page of {service}, sign in and find the request with the code:"),
  page: words("Mở trang của {service}", "Open the page of {service}"),
  pageMeans: words(
    "Mã PIN và mã OTP chỉ nhập trên trang của {service}. Trang này và phòng họp không bao giờ hỏi các mã đó. Xác nhận xong, đóng trang ấy và trở lại đây.",
    "Enter PIN and one-time password on the page of {service} only: this page and the meeting room never ask for them. Then close that page and come back here.",
  ),
  anotherPage: words("Đã lỡ đóng trang ấy, hoặc trang báo hết hạn? Lấy trang khác", "Closed that page, or it says its time is over? Get another"),
  code: words("Mã đối chiếu", "Verification code"),
  compare: words(
    "So sánh với mã ở nơi xác nhận của nhà cung cấp. Chỉ xác nhận khi mã ở hai nơi giống nhau; nếu khác, hãy từ chối và báo thư ký.",
    "Compare it with the code that the provider shows. Confirm only if it is the same in both places; if not, refuse there and tell the secretary.",
  ),
} as const satisfies Catalogue;
