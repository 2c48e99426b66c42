import { createApi, createDeskApi, openEvents, toApiError, type Api, type DeskApi, type Me } from "@lingtong/api";
import { DeskWork, HISTORY_ROWS, LiveStore, Mailbox } from "@lingtong/model";
import {
  AccountError,
  accountOf,
  Devices,
  PathTest,
  Phone,
  PhoneOwner,
  systemClock,
  type DeviceUse,
  type SipAccount,
  type SipStackFactory,
} from "@lingtong/phone";
import { TickingClock } from "@lingtong/ui";
import { createContext, useContext } from "react";
import { AgentControl } from "./agentControl";
import { CallOrders } from "./callOrders";
import { ForwardingRules } from "./forwardingRules";
import { devicePort, mediaPort, openProbe, Ringer } from "./browser/sound";
import { browserId, local } from "./browser/storage";

/** What the desk is made from; built once somebody is signed in. */
export interface Services {
  me: Me;
  agentId: string;
  api: Api;
  desk: DeskApi;
  live: LiveStore;
  clock: TickingClock;
  work: DeskWork;
  agent: AgentControl;
  orders: CallOrders;
  forwarding: ForwardingRules;
  mailbox: Mailbox;
  devices: Devices;
  phone: Phone;
  path: PathTest;
  owner: PhoneOwner;
  ringer: Ringer;
}

const fetcher: typeof fetch = (...input) => fetch(...input);

/** The server's address: the desk is served one level below it. */
export function serverBase(): string {
  return new URL("..", document.baseURI).href;
}

export function openApi(): Api {
  return createApi({ baseUrl: serverBase(), fetch: fetcher });
}

function accountError(thrown: unknown): AccountError {
  const error = toApiError(thrown);
  if (error.kind === "not_found" || error.status === 405) return new AccountError("unsupported", error.message);
  const final = error.kind === "forbidden" || error.kind === "unauthorized";
  return new AccountError(final ? "forbidden" : "later", error.message);
}

function makePhone(desk: DeskApi, devices: Devices): Phone {
  let make: SipStackFactory | null = null;
  const account = async (): Promise<SipAccount> => {
    try {
      // SIP is loaded beside the page: nobody waits for it to see their desk.
      const [found, { jssipStack }] = await Promise.all([desk.phoneCredentials(), import("@lingtong/phone/jssip")]);
      make ??= jssipStack({
        sockets: (url, protocol) => new WebSocket(url, protocol) as unknown as ReturnType<Parameters<typeof jssipStack>[0]["sockets"]>,
        userAgent: "Lingtong desk",
        instanceId: browserId(),
      });
      return accountOf(found, serverBase(), Date.now());
    } catch (thrown) {
      throw accountError(thrown);
    }
  };
  return new Phone({
    account,
    stack: (...input) => {
      if (make === null) throw new Error("the phone was started without an account");
      return make(...input);
    },
    clock: systemClock,
    media: mediaPort(devices),
    memory: local("call"),
  });
}

export function createServices(me: Me, agentId: string): Services {
  const api = openApi();
  const desk = createDeskApi({ baseUrl: serverBase(), fetch: fetcher });
  const clock = new TickingClock();
  const live = new LiveStore({
    snapshot: (signal) => api.live(signal),
    events: (cursor, handlers) => openEvents({ url: api.eventsUrl(), cursor, fetch: fetcher, random: Math.random, page: window }, handlers),
    now: () => Date.now(),
  });
  const slots = { mic: local("mic"), speaker: local("speaker"), ringer: local("ringer") };
  const devices = new Devices(devicePort(), {
    load: (use: DeviceUse) => slots[use].load(),
    save: (use, id) => {
      slots[use].save(id);
    },
  });
  const phone = makePhone(desk, devices);
  const work = new DeskWork({
    interaction: (id, signal) => api.interaction(id, signal),
    history: async (number, signal) => (await api.interactions({ number, limit: HISTORY_ROWS + 1 }, signal)).items,
    card: (id, signal) => desk.card(id, signal),
    dispose: (id, change) => api.dispose(id, change),
    drafts: local(`drafts.${me.id}`),
  });
  const mailbox = new Mailbox(api, systemClock);
  live.watch(mailbox.take);
  live.watch((event) => {
    if (event.type === "interaction.answer_asked") void phone.answerInteraction(event.interaction_id);
  });
  live.subscribe(() => {
    const { board, phase } = live.getView();
    mailbox.follow(phase === "live");
    if (board === null) return;
    clock.setOffset(board.clockOffsetMs);
    work.follow(board.agents.get(agentId), board.interactions);
  });
  const locks = "locks" in navigator ? navigator.locks : null;
  // Calls are offered to who is registered: a page that could not be heard stays away.
  let mine = false;
  let elsewhere = false;
  const startPhone = (): void => {
    if (mine && devices.usable) phone.start();
  };
  devices.subscribe(startPhone);
  const owner = new PhoneOwner(locks, `lingtong.phone.${agentId}`, {
    onMine: () => {
      mine = true;
      // The page may have said that another has it before the lock came.
      if (elsewhere) phone.abandon("off");
      elsewhere = false;
      startPhone();
    },
    onElsewhere: () => {
      mine = false;
      elsewhere = true;
      phone.abandon("elsewhere");
    },
  });
  return {
    me,
    agentId,
    api,
    desk,
    live,
    clock,
    work,
    agent: new AgentControl(api, desk, agentId),
    orders: new CallOrders(api, phone, work),
    forwarding: new ForwardingRules(api, agentId),
    mailbox,
    devices,
    phone,
    path: new PathTest({ clock: systemClock, open: openProbe, call: (stream) => phone.callEcho(stream) }),
    owner,
    ringer: new Ringer(devices),
  };
}

/** Starts all that runs while the desk is open; the answer ends it. */
export function startServices({ live, agent, forwarding, mailbox, devices, owner, phone, work }: Services): () => void {
  const online = (): void => {
    live.retry();
    phone.retryNow();
  };
  // The server keeps the call for the page that is loaded next; a word of good-bye would end it.
  const leave = (): void => {
    work.flush();
    phone.abandon("off");
  };
  // A page that the browser brings back from its cache has given its phone away.
  const back = (event: PageTransitionEvent): void => {
    if (event.persisted) window.location.reload();
  };
  live.start();
  agent.load();
  forwarding.load();
  mailbox.start();
  devices.start();
  owner.start();
  window.addEventListener("online", online);
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", back);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("pagehide", leave);
    window.removeEventListener("pageshow", back);
    leave();
    owner.stop();
    devices.stop();
    work.stop();
    live.stop();
  };
}

const ServicesContext = createContext<Services | null>(null);
export const ServicesProvider = ServicesContext.Provider;

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error("the desk was rendered without its services");
  return services;
}
