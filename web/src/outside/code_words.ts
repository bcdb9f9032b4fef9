import { words, type Catalogue } from "../words/language.ts";

/** Beside the four digits. */
export const CODE_WORDS = {
  open: words("Mở ứng dụng {service} và tìm yêu cầu ký có mã:", "Open the {service} app and find the request with the code:"),
  openSeveral: words("Mở ứng dụng {service} và tìm yêu cầu ký có cả hai mã:", "Open the {service} app and find the request with both codes:"),
  code: words("Mã đối chiếu", "Verification code"),
  compare: words(
    "So sánh với mã trong ứng dụng của nhà cung cấp. Chỉ xác nhận khi mã ở hai nơi giống nhau; nếu khác, hãy từ chối và báo thư ký.",
    "Compare it with the code in the provider’s app. Confirm only if it is the same in both places; if not, refuse there and tell the secretary.",
  ),
} as const satisfies Catalogue;
