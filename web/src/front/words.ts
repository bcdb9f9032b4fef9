import { words, type Catalogue } from "../words/language.ts";

export const WORDS = {
  pageTitle: words("Phòng họp không giấy – Plenary", "The paperless meeting room – Plenary"),
  title: words("Phòng họp không giấy", "The paperless meeting room"),
  lead: words("Biểu quyết có chữ ký, danh sách phát biểu và giấy chứng nhận kết quả mà ai cũng kiểm tra lại được.", "Signed votes, the list of speakers, and certificates of results that anybody can check."),
  scan: words("Quét bằng điện thoại để vào phòng họp", "Scan with your phone to enter the meeting room"),
  scanAlt: words("Mã QR của {address}", "QR code of {address}"),
  onlyHere: words(
    "Máy chủ này chỉ nghe trên chính nó. Để điện thoại trong hội trường vào được, hãy chạy: plenary run --host 0.0.0.0",
    "This server listens to its own machine only. For the phones of a hall run: plenary run --host 0.0.0.0",
  ),
  first: words("Lần đầu trên điện thoại này? Cài chứng thư của phòng họp", "First time on this phone? Install the certificate of this room"),
  desks: words("Bàn làm việc và màn hình", "Desks and screens"),
  anyone: words("Dành cho mọi người", "For everybody"),
  programs: words("Cho chương trình khác: tài liệu API", "For other programs: API pages"),
} as const satisfies Catalogue;

/** The doors: whither, and for whom. */
export const DOOR_WORDS = {
  phone: words("Đại biểu", "Delegates"),
  chair: words("Bàn chủ tọa", "The chair’s desk"),
  secretary: words("Bàn thư ký", "The secretary’s desk"),
  hall: words("Màn hình hội trường", "The hall’s screen"),
  verify: words("Kiểm tra kết quả", "Verify a result"),
} as const satisfies Catalogue;

export const DOOR_FOR = {
  phone: words("Điểm danh, biểu quyết, đăng ký phát biểu", "Check in, vote, ask to speak"),
  chair: words("Điều hành biểu quyết và phát biểu", "Preside over votes and speakers"),
  secretary: words("Danh sách, mã mời, chương trình, sơ đồ ghế", "Roll, invites, agenda, seats"),
  hall: words("Nội dung, đồng hồ và kết quả cho cả hội trường", "Question, clock and result for the whole hall"),
  verify: words("Mở giấy chứng nhận để kiểm tra: không cần mạng, không cần hỏi ai", "Open a certificate to check it: no network, no one to ask"),
} as const satisfies Catalogue;
