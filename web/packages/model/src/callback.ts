/** How a queue calls back; what is not said is as the server has it. */
export interface CallbackRules {
  attempts?: number;
  pause_s?: number;
  expire_s?: number;
  from?: string;
  until?: string;
  /** Who hangs up after having waited so long is called back as well. */
  missed_after_s?: number;
}
