import { words, type Catalogue } from "../words/language.ts";

/** What is said where one asks to speak. */
export const WORDS = {
  noLane: words("Hiện không có danh sách nào nhận đăng ký phát biểu", "No list takes requests to speak now"),
  ask: words("Đăng ký phát biểu", "Ask to speak"),
  stance: words("Quan điểm", "Your stance"),
  note: words("Ghi chú cho chủ tọa (không bắt buộc)", "A note for the chair (not needed)"),
  asking: words("Đang gửi…", "Sending…"),
  waiting: words("Đang chờ đến lượt phát biểu", "You are waiting to speak"),
  place: words("Thứ tự", "Place"),
  next: words("Tiếp theo", "Next"),
  wait: words("Dự kiến chờ", "Expected wait"),
  minutes: words("khoảng {n} phút", "about {n} min"),
  soon: words("dưới 1 phút", "less than 1 min"),
  edit: words("Sửa", "Change"),
  save: words("Lưu thay đổi", "Save"),
  withdraw: words("Rút đăng ký", "Take it back"),
  speaks: words("Đang phát biểu", "Speaking now"),
  nobody: words("Chưa có ai phát biểu", "Nobody speaks now"),
  unreached: words("Chưa đến lượt, nội dung đã kết thúc", "The item ended before your turn"),
  unreachedWhat: words("Mời đại biểu gửi ý kiến bằng văn bản.", "You are invited to write what you would have said."),
  opinion: words("Ý kiến của tôi", "Your opinion"),
  sendOpinion: words("Ký và gửi ý kiến", "Sign and send it"),
  opinionSent: words("Ý kiến bằng văn bản đã được ghi nhận.", "Your written opinion is recorded."),
} as const satisfies Catalogue;
