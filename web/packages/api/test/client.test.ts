import { describe, expect, it } from "vitest";
import { createApi } from "../src/client";
import { ApiError } from "../src/error";

function apiThat(answer: (url: string, init: RequestInit | undefined) => Response): ReturnType<typeof createApi> {
  return createApi({
    baseUrl: "http://host/base/",
    fetch: (input, init) => Promise.resolve(answer(input instanceof Request ? input.url : String(input), init)),
  });
}

async function failureOf(response: Response): Promise<ApiError> {
  const thrown: unknown = await apiThat(() => response)
    .me()
    .catch((error: unknown) => error);
  if (!(thrown instanceof ApiError)) throw new Error("no ApiError was thrown");
  return thrown;
}

describe("createApi", () => {
  it("asks below the page's base, leaves empty conditions out and escapes the others", async () => {
    let asked = "";
    const api = apiThat((url) => {
      asked = url;
      return Response.json({ items: [] });
    });
    await api.interactions({ number: "+86 10&x", queue: "", limit: 50, cursor: "" });
    expect(asked).toBe("http://host/base/api/v1/interactions?number=%2B86+10%26x&limit=50");
    await api.interaction("a/b");
    expect(asked).toBe("http://host/base/api/v1/interactions/a%2Fb");
  });

  it("reads the server's own error with its request id and field", async () => {
    const body = { error: { code: "bad_field", message: "no", field: "tenant", request_id: "r-9" } };
    const error = await failureOf(Response.json(body, { status: 422 }));
    expect(error).toMatchObject({ kind: "invalid", code: "bad_field", field: "tenant", requestId: "r-9", retryable: false });
  });

  it.each([
    [401, "unauthorized", false],
    [403, "forbidden", false],
    [404, "not_found", false],
    [410, "expired", false],
    [429, "busy", true],
    [500, "server", true],
    [502, "server", true],
    [503, "busy", true],
  ])("takes %i for %s also when a proxy answers in its own words", async (status, kind, retryable) => {
    const error = await failureOf(new Response("<html>", { status }));
    expect({ kind: error.kind, retryable: error.retryable }).toEqual({ kind, retryable });
  });

  it("calls it offline when the server was never reached", async () => {
    const api = createApi({ baseUrl: "http://host/", fetch: () => Promise.reject(new TypeError("failed to fetch")) });
    await expect(api.live()).rejects.toMatchObject({ kind: "offline", retryable: true });
  });
});
