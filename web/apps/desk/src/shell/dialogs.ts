/** What can lie over the desk, one at a time. */
export type DialogName = "keys" | "transfer" | "devices" | "forwarding" | "messages";
