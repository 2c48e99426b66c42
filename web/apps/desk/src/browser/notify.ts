export type NotifyPermission = NotificationPermission | "absent";

export function notifyPermission(): NotifyPermission {
  return "Notification" in window ? Notification.permission : "absent";
}

export async function askToNotify(): Promise<NotifyPermission> {
  return "Notification" in window ? Notification.requestPermission() : "absent";
}

/** A call is told outside the page as well, while the page is not looked at; the answer takes it back. */
export function notifyCall(title: string, body: string): () => void {
  let note: Notification | null = null;
  // Also when the page is left while it rings.
  const tell = (): void => {
    if (note !== null || notifyPermission() !== "granted" || document.visibilityState === "visible") return;
    const shown = new Notification(title, { body, tag: "lingtong-call", requireInteraction: true });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    note = shown;
  };
  tell();
  document.addEventListener("visibilitychange", tell);
  return () => {
    document.removeEventListener("visibilitychange", tell);
    note?.close();
  };
}
