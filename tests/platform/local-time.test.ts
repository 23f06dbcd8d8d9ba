/** The hour at many homes at once. */
import { expect, test } from "vitest";
import { localTimeIn } from "../../platform/local-time.ts";

test("each home has its own hour and its own holidays, also within one minute", () => {
  const assumption = Date.parse("2026-08-15T10:00:00Z");
  const said = (zone: string, region?: "BW" | "SL") => localTimeIn(zone, assumption, region);
  for (const _again of [1, 2]) {
    expect(said("Europe/Berlin", "SL")).toMatchObject({ minute: 720, holiday: true });
    expect(said("Europe/Berlin", "BW")).toMatchObject({ minute: 720, holiday: false });
    expect(said("Europe/Berlin")).toEqual({ weekday: 6, minute: 720 });
    expect(said("Asia/Kathmandu")).toEqual({ weekday: 6, minute: 945 });
  }
  const last = localTimeIn("Europe/Berlin", assumption + 59_999);
  const next = localTimeIn("Europe/Berlin", assumption + 60_000);
  expect([last.minute, next.minute]).toEqual([720, 721]);
});
