import type { SipAccount } from "./ports";

/** An account as the server lends it. */
export interface LentAccount {
  uri: string;
  username: string;
  password: string;
  realm: string;
  ws_url: string;
  ice_servers: { urls: string[]; username: string; credential: string }[];
  relay_only: boolean;
  expires_in_s: number;
}

/** The same as this page uses it; `base`: the server's address. */
export function accountOf(lent: LentAccount, base: string, now: number): SipAccount {
  const wsUrl = new URL(lent.ws_url, base);
  wsUrl.protocol = wsUrl.protocol.replace(/^http/, "ws");
  return {
    uri: lent.uri,
    username: lent.username,
    password: lent.password,
    realm: lent.realm,
    wsUrl: wsUrl.href,
    ice: { iceServers: lent.ice_servers, iceTransportPolicy: lent.relay_only ? "relay" : "all" },
    expiresAt: now + lent.expires_in_s * 1000,
  };
}
