import { DESK } from "./desk_words.ts";
import { FLOOR } from "./floor_words.ts";
import { VOTE } from "./vote_words.ts";
import { words, type Catalogue, type Words } from "../words/language.ts";
import type { Lane, LaneRules, Turn } from "../wire.ts";

export const TURN_WORDS: { readonly [state in Turn["state"]]: Words } = {
  called: words("Đã mời, chưa bắt đầu", "Called, not begun"),
  running: words("Đang phát biểu", "Speaking"),
  paused: words("Đang tạm dừng", "Paused"),
  ended: words("Đã kết thúc", "Ended"),
  dropped: words("Đã hủy", "Dropped"),
};

export const ROLE_WORDS: { readonly [role in Turn["role"]]: Words } = {
  speech: words("Phát biểu", "Speech"),
  answer: words("Trả lời", "Answer"),
  interposed: words("Câu hỏi xen ngang", "Interposed question"),
};

export const LANE_STATE_WORDS: { readonly [state in Lane["state"]]: Words } = {
  open: words("Đang nhận đăng ký", "Takes requests"),
  closed: words("Đã đóng đăng ký", "Takes no more requests"),
  ended: words("Đã kết thúc", "Ended"),
};

export const ORDER_WORDS: { readonly [order in LaneRules["order"]]: Words } = {
  registration: words("theo thứ tự đăng ký", "as registered"),
  alternating: words("luân phiên hai phía", "for and against by turns"),
  groups: words("luân phiên theo đoàn", "groups by turns"),
  fewest_turns: words("ai phát biểu ít được trước", "fewest turns first"),
  askers_first: words("người chất vấn được trước", "askers first"),
  quoted: words("luân phiên theo tiêu chí", "by turns of an attribute"),
  manual: words("do chủ tọa mời", "as the chair calls"),
};

/** Every text of this room that is named one by one. */
export const WORDS = { ...DESK, ...VOTE, ...FLOOR } as const satisfies Catalogue;
