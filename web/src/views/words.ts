import { words, type Catalogue, type Words } from "../words/language.ts";

export const CHOICE_WORDS: { readonly [choice in "approve" | "reject" | "abstain"]: Words } = {
  approve: words("Tán thành", "In favour"),
  reject: words("Không tán thành", "Against"),
  abstain: words("Không biểu quyết", "Abstaining"),
};

export const LINE_WORDS: { readonly [state in "good" | "weak" | "lost"]: Words } = {
  good: words("Tốt", "Good"),
  weak: words("Yếu", "Weak"),
  lost: words("Mất", "Lost"),
};

export const WORDS = {
  line: words("Kết nối:", "Connection:"),
  timeUp: words("Hết giờ", "Time is up"),
  secondsLeft: words("Còn {n} giây", "{n} seconds left"),
  minutesLeft: words("Còn {n} phút", "{n} minutes left"),
  cancel: words("Quay lại", "Go back"),
  working: words("Đang thực hiện…", "Working…"),
  reasonMissing: words("Hãy ghi lý do.", "Please give the reason."),
  insecure: words("Không thể dùng ở địa chỉ này", "This cannot work at this address"),
  insecureWhy: words(
    "Trình duyệt chỉ tạo và giữ khóa ký trên kết nối an toàn (https). Trên kết nối này, phiếu và hành vi không thể được ký.",
    "A browser makes and keeps signing keys on a secure connection (https) only. On this one, no ballot and no act can be signed.",
  ),
  insecureDo: words("Hãy mở {address}. Nếu trình duyệt cảnh báo, hãy cài chứng thư gốc của cơ quan trước.", "Open {address}. If the browser warns you, install the authority of this house first."),
  toTrust: words("Cách cài chứng thư gốc", "How to install the authority"),
} as const satisfies Catalogue;
