import { describe, expect, it } from "vitest";
import { createDeskApi, type DeskApi } from "../src/desk";

function apiThat(answer: (url: string, init: RequestInit | undefined) => Response): DeskApi {
  return createDeskApi({
    baseUrl: "http://host/",
    fetch: (input, init) => Promise.resolve(answer(input instanceof Request ? input.url : String(input), init)),
  });
}

describe("createDeskApi", () => {
  it("asks the phone's account of the signed-in agent", async () => {
    let asked = "";
    const api = apiThat((url, init) => {
      asked = `${init?.method ?? ""} ${url}`;
      return Response.json({ uri: "sip:1001@demo", ws_url: "/sip" });
    });
    expect((await api.phoneCredentials()).ws_url).toBe("/sip");
    expect(asked).toBe("POST http://host/api/v1/phone/credentials");
  });

  it.each([404, 405])("takes %i for a server that has no such route", async (status) => {
    const api = apiThat(() => Response.json({ error: { code: "x", message: "x", request_id: "1" } }, { status }));
    expect([await api.card("i"), await api.extendWrapUp("me", 60)]).toEqual([null, null]);
    await expect(api.phoneCredentials()).rejects.toThrow();
  });

  it("passes every other refusal on", async () => {
    const api = apiThat(() => Response.json({ error: { code: "limit", message: "no", request_id: "1" } }, { status: 409 }));
    await expect(api.extendWrapUp("me", 60)).rejects.toMatchObject({ code: "limit" });
  });
});
