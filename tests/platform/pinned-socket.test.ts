import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:tls";
import { generate } from "selfsigned";
import { afterEach, expect, test } from "vitest";
import { openSocket } from "../../platform/pinned-socket.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A certificate for another name, valid from this year on for one year. */
async function certificate(fromYear: number) {
  const made = await generate([{ name: "commonName", value: "elsewhere" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.UTC(fromYear, 0, 1)),
    notAfterDate: new Date(Date.UTC(fromYear + 1, 0, 1)),
  });
  return { cert: made.cert, key: made.private };
}

async function serve(identity: { cert: string; key: string }): Promise<string> {
  const server = createServer(identity, (socket) => socket.on("error", () => undefined));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `mqtts://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function outcome(url: string, ca?: string): Promise<string> {
  return new Promise((resolve) => {
    const end = (words: string): void => {
      socket.destroy();
      resolve(words);
    };
    const target = ca === undefined ? { url } : { url, ca };
    const socket = openSocket(target, () => end("trusted"), end);
  });
}

test.each([1990, 2090])(
  "the pinned certificate is trusted whatever year it is (from %i)",
  async (year) => {
    const own = await certificate(year);
    expect(await outcome(await serve(own), own.cert)).toBe("trusted");
  },
);

test("any other certificate is not, and nothing is said to it", async () => {
  const [own, other] = await Promise.all([certificate(2020), certificate(2020)]);
  expect(await outcome(await serve(other), own.cert)).toContain("is not trusted");
});

test("without a pin, a certificate that no authority signed is not trusted", async () => {
  const own = await certificate(2020);
  expect(await outcome(await serve(own))).toContain("is not trusted");
});
