import type { FieldProblem } from "./problem";
import type { ErrorBody } from "./types";

/** What a failure means to a person; the page chooses its words by this and not by the status. */
export type FailureKind =
  | "offline"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "expired"
  | "invalid"
  | "busy"
  | "server";

const KIND_BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  410: "expired",
  429: "busy",
  503: "busy",
};

/** A request that failed, with the server's own code and request id where it answered. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly status = 0,
    readonly code = "",
    readonly requestId = "",
    readonly field = "",
    /** What is wrong with each field, where the server says more than one thing. */
    readonly problems: readonly FieldProblem[] = [],
  ) {
    super(message);
  }

  /** Whether the same request may succeed later without any change to it. */
  get retryable(): boolean {
    return this.kind === "offline" || this.kind === "busy" || this.kind === "server";
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const inner = body.error;
  return typeof inner === "object" && inner !== null && "code" in inner && "message" in inner;
}

/** The error that a refused response stands for. */
export async function errorFromResponse(response: Response): Promise<ApiError> {
  const kind = KIND_BY_STATUS[response.status] ?? (response.status >= 500 ? "server" : "invalid");
  const body: unknown = await response.json().catch(() => null);
  if (!isErrorBody(body)) return new ApiError(kind, response.statusText, response.status);
  const { code, message, request_id, field } = body.error;
  const { problems } = body.error as { problems?: FieldProblem[] };
  return new ApiError(kind, message, response.status, code, request_id, field ?? "", problems ?? []);
}

/** Any thrown value as an `ApiError`; what never reached the server is `offline`. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError("offline", thrown instanceof Error ? thrown.message : String(thrown));
}
