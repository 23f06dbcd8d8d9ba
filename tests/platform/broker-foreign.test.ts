/** A client that is not ours: Mosquitto's, from Debian's package mosquitto-clients. */
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { makeCertificate } from "../../platform/tls.ts";
import { secretOf, startTestBroker, type TestBroker, until } from "../support/test-broker.ts";

const run = promisify(execFile);

describe("mosquitto_pub and mosquitto_sub", () => {
  let place: TestBroker;
  afterEach(() => place.close());

  async function start(): Promise<(name: string, ...words: string[]) => string[]> {
    const tls = await makeCertificate("home");
    const cafile = join(mkdtempSync(join(tmpdir(), "obhut-ca-")), "ca.pem");
    writeFileSync(cafile, tls.cert);
    place = await startTestBroker({
      listeners: [{ kind: "tcp", host: "127.0.0.1", port: 0, tls }],
    });
    const at = ["-h", "localhost", "-p", String(place.port), "--cafile", cafile, "-q", "1"];
    return (name, ...words) => [...at, "-i", name, "-u", name, "-P", secretOf(name), ...words];
  }

  test("publish over TLS with a credential", async () => {
    const login = await start();
    await run("mosquitto_pub", login("anna", "-t", "own/anna/x", "-m", "from afar"));
    await until(() => place.heard.length === 1);
    expect(place.heard[0]?.payload).toBe("from afar");
  });

  test("hear what is retained", async () => {
    const login = await start();
    place.broker.publish("shared/state", "kept", { retain: true, qos: 1 });
    const { stdout } = await run("mosquitto_sub", login("bert", "-t", "shared/#", "-C", "1", "-v"));
    expect(stdout).toBe("shared/state kept\n");
  });

  test("are told that a password is wrong", async () => {
    const login = await start();
    const words = login("anna", "-t", "own/anna/x", "-m", "x").map((word) =>
      word === secretOf("anna") ? "guess" : word,
    );
    await expect(run("mosquitto_pub", words)).rejects.toThrow("bad user name or password");
  });
});
