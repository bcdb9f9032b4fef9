import { words, type Catalogue } from "../words/language.ts";

export const WORDS = {
  pageTitle: words("Lấy giấy chứng nhận – Plenary", "Fetch a certificate – Plenary"),
  title: words("Lấy giấy chứng nhận", "Fetch a certificate"),
  fetching: words("Đang lấy giấy chứng nhận có mã băm trong mã QR…", "Fetching the certificate whose hash is in the QR code…"),
  noHash: words("Địa chỉ này thiếu mã băm: hãy quét lại mã QR trên biên bản.", "This address lacks the hash: scan the QR code on the minutes again."),
  minutesOwn: words(
    "Biên bản phiên họp chỉ được đưa cho người của cơ quan, không lấy được ở đây. Ai có minutes.pdf hoặc minutes.json thì mở trang kiểm tra và chọn tệp đó: trang sẽ so với mã băm trong mã QR.",
    "Minutes of a sitting are given to people of the body only, and cannot be fetched here. Whoever has minutes.pdf or minutes.json opens the page that verifies and chooses that file: it is compared with the hash in the QR code.",
  ),
  again: words("Thử lại", "Try again"),
  verify: words("Kiểm tra một tệp có sẵn", "Verify a file you have"),
} as const satisfies Catalogue;
