export type NotifyPermission = NotificationPermission | "absent";

export function notifyPermission(): NotifyPermission {
  return "Notification" in window ? Notification.permission : "absent";
}

export async function askToNotify(): Promise<NotifyPermission> {
  return "Notification" in window ? Notification.requestPermission() : "absent";
}

/** A call is told outside the page as well, while the page is not looked at; the answer takes it back. */
export function notifyCall(title: string, body: string): () => void {
  if (notifyPermission() !== "granted" || document.visibilityState === "visible") return () => undefined;
  const note = new Notification(title, { body, tag: "lingtong-call", requireInteraction: true });
  note.onclick = () => {
    window.focus();
    note.close();
  };
  return () => {
    note.close();
  };
}
