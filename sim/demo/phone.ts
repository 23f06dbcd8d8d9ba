/** A helper's telephone without its screen: follows the link of a message, and answers. */
import { request } from "node:https";
import { csrfHeader } from "../../protocol/care-http.ts";
import type { HelperView } from "../../protocol/care-views.ts";

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** The demonstration's certificate is its own; a real telephone trusts a real one. */
export function call(url: string, method: "GET" | "POST", body?: object): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const sent = request(url, {
      method,
      rejectUnauthorized: false,
      headers: {
        [csrfHeader]: "1",
        ...(text === "" ? {} : { "content-type": "application/json" }),
      },
    });
    sent.on("error", reject);
    sent.on("response", (answer) => {
      let read = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        read += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: read }));
      answer.on("error", reject);
    });
    sent.end(text);
  });
}

/** The page's own address behind a link such as `https://care.example/h/TOKEN`. */
function addressOf(link: string, verb: string): string {
  const { origin, pathname } = new URL(link);
  return `${origin}/api/helper/${pathname.split("/").at(-1) ?? ""}${verb}`;
}

/** What the page behind the link shows. */
export async function readLink(link: string): Promise<HelperView> {
  const { status, body } = await call(addressOf(link, ""), "GET");
  if (status !== 200) throw new Error(`the link was answered with ${status}: ${body}`);
  return JSON.parse(body) as HelperView;
}

/** "I am going" or "I cannot". Resolves once the care service has it on its disk. */
export async function answerLink(link: string, coming: boolean): Promise<void> {
  const { status, body } = await call(addressOf(link, "/answer"), "POST", { coming });
  if (status !== 200) throw new Error(`the answer was refused with ${status}: ${body}`);
}
