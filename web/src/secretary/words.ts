import { DESK } from "./desk_words.ts";
import { MATTERS } from "./matter_words.ts";
import { PEOPLE } from "./people_words.ts";
import { words, type Catalogue, type Words } from "../words/language.ts";
import type { KeyState } from "./records.ts";

export const SECTION_WORDS = {
  overview: words("Tổng quan", "Overview"),
  roll: words("Danh sách đại biểu", "Roll"),
  members: words("Thành viên, vai trò", "Members, roles"),
  invites: words("Giấy mời", "Invites"),
  agenda: words("Chương trình, tài liệu", "Agenda, papers"),
  polls: words("Nội dung biểu quyết", "Questions"),
  seats: words("Sơ đồ chỗ ngồi", "Seats"),
  presence: words("Điểm danh", "Presence"),
  downloads: words("Tải về", "Downloads"),
} as const satisfies Catalogue;

export const KEY_WORDS: { readonly [state in KeyState]: Words } = {
  good: words("Đã có khóa", "Has a key"),
  expired: words("Khóa hết hạn", "Key expired"),
  revoked: words("Khóa đã thu hồi", "Key revoked"),
  none: words("Chưa có khóa", "No key yet"),
};

export const FILTER_WORDS = {
  all: words("Tất cả", "All"),
  present: words("Có mặt", "Present"),
  absent: words("Vắng mặt", "Absent"),
} as const satisfies Catalogue;

export const LAYOUT_WORDS = {
  hemicycle: words("Hình bán nguyệt", "Hemicycle"),
  rows: words("Hàng ngang", "Rows"),
  drawn: words("Xếp thủ công", "Arranged by hand"),
} as const satisfies Catalogue;

export const CHOICE_LABEL_WORDS = {
  approve: words("Nút thứ nhất (tán thành)", "First button (in favour)"),
  reject: words("Nút thứ hai (không tán thành)", "Second button (against)"),
  abstain: words("Nút thứ ba (không biểu quyết)", "Third button (abstaining)"),
} as const satisfies Catalogue;

export const TURN_SHEET_WORDS = {
  turns: words("Nhật ký phát biểu: từng lượt", "Turn log: each turn"),
  persons: words("Thời gian phát biểu theo người", "Speaking time by person"),
  groups: words("Thời gian phát biểu theo tổ, đoàn", "Speaking time by group"),
  items: words("Thời gian phát biểu theo nội dung", "Speaking time by item"),
  overrides: words("Can thiệp của bàn chủ tọa", "What the desk did out of turn"),
  unreached: words("Người chưa được phát biểu", "Who was not reached"),
  opinions: words("Ý kiến bằng văn bản", "Written opinions"),
} as const satisfies Catalogue;

/** Every text of this room that is named one by one. */
export const WORDS = { ...DESK, ...PEOPLE, ...MATTERS } as const satisfies Catalogue;
