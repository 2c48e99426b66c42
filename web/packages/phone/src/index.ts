export { systemClock } from "./clock";
export { FIRST_RETRY_MS, MAX_RETRY_MS, retryWait } from "./backoff";
export { PATH_WAIT_MS, QUALITY_MS, RECOVER_MS } from "./call";
export {
  Devices,
  type AudioDevice,
  type ChoiceStore,
  type DevicePort,
  type DevicesView,
  type DeviceUse,
} from "./devices";
export { dialable } from "./offer";
export { accountOf, type LentAccount } from "./account";
export { LOST_MS, OneCall, REACH_MS, type OneCallAccount, type OneCallState, type OneCallView } from "./onecall";
export { PhoneOwner, type LockPort, type OwnerHandlers } from "./owner";
export { PathTest, type PathState, type PathView, type Probe } from "./pathtest";
export { Phone, type PhoneOptions } from "./phone";
export {
  AccountError,
  END_CAUSES,
  type Clock,
  type EndCause,
  type MediaPort,
  type Memory,
  type SipAccount,
  type SipStackFactory,
} from "./ports";
export { PROBLEMS, type PhoneProblem } from "./problems";
export { type Grade, type Quality } from "./quality";
export { levelOf, ringTone } from "./sound";
export type { CallPhase, CallView, LastEnd, LinkState, PhoneMode, PhoneView } from "./view";
