import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { prepareFolder } from "../../flows/folder.ts";
import { readEnvironment, settingsFor } from "../../flows/settings.ts";

const secret = "0123456789abcdef0123456789abcdef";

describe("settings", () => {
  const env = {
    OBHUT_FLOWS_DIR: "flows-here",
    OBHUT_FLOWS_SECRET: secret,
    OBHUT_COMFORT_TOKEN: secret,
    OBHUT_HUB_CERTIFICATE: "home.pem",
  };

  test("an editor without a password of its own is refused in a sentence", () => {
    expect(readEnvironment({ ...env, OBHUT_FLOWS_EDITOR: "edit" })).toEqual({
      ok: false,
      faults: [
        "flows: OBHUT_FLOWS_PASSWORD_HASH is missing: nobody opens the editor without a password" +
          " of their own",
      ],
    });
  });

  test("the default has no door, no downloads and no telemetry", () => {
    const read = readEnvironment(env);
    if (!read.ok) throw new Error(read.faults.join());
    expect(settingsFor(read.env)).toMatchObject({
      uiHost: "127.0.0.1",
      httpAdminRoot: false,
      httpNodeRoot: false,
      functionExternalModules: false,
      telemetry: { enabled: false },
      externalModules: { palette: { allowInstall: false } },
    });
  });

  test("the folder keeps a home's own flows, and no token in clear", () => {
    const folder = mkdtempSync(join(tmpdir(), "obhut-flows-folder-"));
    const at = (name: string): string => join(folder, name);
    writeFileSync(at("flows.json"), "[]");
    prepareFolder(folder, secret);
    expect(readFileSync(at("flows.json"), "utf8")).toBe("[]");
    expect(existsSync(at("flows_cred.json"))).toBe(true);
    expect(statSync(at("flows_cred.json")).mode & 0o077).toBe(0);
    expect(readFileSync(at("flows_cred.json"), "utf8")).not.toMatch(/comfort|OBHUT/);
    rmSync(folder, { recursive: true });
  });
});
