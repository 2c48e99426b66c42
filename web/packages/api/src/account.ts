import { requestsTo, type ApiOptions } from "./client";
import type {
  LoginResponse,
  OneTimePassword,
  PasswordCheck,
  PasswordVerdict,
  RecoveryCodes,
  SecondFactorSecret,
  Sessions,
  Setup,
} from "./types";

/** One's own account, those of others for whoever looks after them, and the first start. */
export interface AccountApi {
  checkPassword: (check: PasswordCheck) => Promise<PasswordVerdict>;
  changePassword: (current: string, password: string) => Promise<void>;
  sessions: (signal?: AbortSignal) => Promise<Sessions>;
  endSession: (id: string) => Promise<void>;
  endOtherSessions: () => Promise<void>;
  beginSecondFactor: (current: string) => Promise<SecondFactorSecret>;
  confirmSecondFactor: (code: string) => Promise<RecoveryCodes>;
  removeSecondFactor: (current: string) => Promise<void>;
  resetUser: (username: string, secondFactor: boolean) => Promise<OneTimePassword>;
  checkSetup: (token: string) => Promise<void>;
  setUp: (setup: Setup) => Promise<LoginResponse>;
}

export function createAccountApi({ baseUrl, fetch: fetcher }: ApiOptions): AccountApi {
  const { get, write } = requestsTo(fetcher, new URL("api/v1/", baseUrl).href);
  const told = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;
  const done = async (response: Promise<Response>): Promise<void> => {
    await response;
  };
  const segment = encodeURIComponent;
  return {
    checkPassword: (check) => told(write("POST", "password/check", check)),
    changePassword: (current, password) => done(write("PUT", "me/password", { current, password })),
    sessions: (signal) => get<Sessions>("me/sessions", signal),
    endSession: (id) => done(write("DELETE", `me/sessions/${segment(id)}`)),
    endOtherSessions: () => done(write("DELETE", "me/sessions")),
    beginSecondFactor: (current) => told(write("POST", "me/second-factor", { current })),
    confirmSecondFactor: (code) => told(write("PUT", "me/second-factor", { code })),
    removeSecondFactor: (current) => done(write("POST", "me/second-factor/remove", { current })),
    resetUser: (username, secondFactor) =>
      told(write("POST", `users/${segment(username)}/reset`, { second_factor: secondFactor })),
    checkSetup: (token) => done(write("POST", "setup/check", { token })),
    setUp: (setup) => told(write("POST", "setup", setup)),
  };
}
