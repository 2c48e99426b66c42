import { expect, test } from "vitest";
import { wavOf } from "./wav";

test("samples become a WAV file, and what is too loud is held at full scale", () => {
  const view = new DataView(wavOf(new Float32Array([0, 0.5, -2]), 16_000));
  const word = (at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(at + n)));
  expect([word(0), word(8), word(12), word(36)]).toEqual(["RIFF", "WAVE", "fmt ", "data"]);
  expect([view.getUint32(4, true), view.getUint32(24, true), view.getUint32(40, true)]).toEqual([42, 16_000, 6]);
  expect([view.getInt16(44, true), view.getInt16(46, true), view.getInt16(48, true)]).toEqual([0, 16_384, -32_767]);
});
