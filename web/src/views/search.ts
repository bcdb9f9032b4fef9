/** A text as it is searched: without marks and capitals, so that "thuy duong" finds "Đặng Thùy Dương". */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}

/** Whether every word that was typed begins a word of the text. */
export function matches(text: string, typed: string): boolean {
  const words = plain(text).split(/[^\p{L}\p{N}]+/u);
  return plain(typed).split(/\s+/).every((part) => words.some((word) => word.startsWith(part)));
}
