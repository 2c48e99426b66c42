export const enUS = {
  loading: "Loading",
  retry: "Try again",
  retryNow: "Try now",
  requestId: "Request {{id}}",
  state: {
    ready: "Ready",
    talking: "Talking",
    ringing: "Ringing",
    wrap_up: "Wrap-up",
    not_ready: "Not ready",
    offline: "Offline",
    alarm: "Alarm",
    queued: "Queued",
    menu: "In menu",
    held: "On hold",
    ending: "Ending",
  },
  error: {
    offline: {
      title: "The server cannot be reached",
      text: "Check the network. Nothing you entered is lost; try again once you are back online.",
    },
    unauthorized: { title: "Your session has ended", text: "Sign in again; you will come back to this page." },
    forbidden: {
      title: "You may not see this",
      text: "Your role has no access to this page. Ask an administrator if you need it.",
    },
    not_found: { title: "Not found", text: "It may be past its retention period, or the address is wrong." },
    expired: { title: "This list has expired", text: "The data changed in the meantime. Load the list again." },
    invalid: { title: "The request was refused", text: "Check the conditions you entered and try again." },
    busy: { title: "The server is busy", text: "Too many requests. Try again shortly; nothing was lost." },
    server: {
      title: "The server failed",
      text: "This was not caused by you. Try again; if it keeps failing, give the request number to an administrator.",
    },
  },
} as const;
