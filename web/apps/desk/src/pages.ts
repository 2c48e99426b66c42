import { serverBase } from "./services";

/** Pages around signing in live beside the other ones; they lead back here. */
export function toPage(page: "login" | "welcome"): void {
  const next = new URL(document.baseURI).pathname;
  window.location.assign(new URL(`${page}?next=${encodeURIComponent(next)}`, serverBase()));
}

export function toLogin(): void {
  toPage("login");
}
