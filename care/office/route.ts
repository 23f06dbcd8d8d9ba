/** What every route has in common: who asks, whether he may, and reading what was sent. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { csrfHeader, sessionCookie } from "../../protocol/care-http.ts";
import { firstFault } from "../../protocol/parse.ts";
import type { OfficeParts } from "./parts.ts";
import { doorOf, isAction, may, type RouteName } from "./permissions.ts";
import { notLoggedIn, notYours, Refusal } from "./refusal.ts";
import type { Session } from "./sessions.ts";

/** One request at a door that has let it in. */
export interface Ask {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Whoever is logged in; throws where the door asks for nobody. */
  readonly session: () => Session;
  /** A part of the path, such as `home`. */
  readonly param: (name: string) => string;
}

export type Handler = (ask: Ask) => Promise<unknown>;

/** The handlers of some routes. */
export type Handlers = Partial<Record<RouteName, Handler>>;

/** What was sent, in the wanted shape; a sentence otherwise. */
export function read<Value>(schema: z.ZodType<Value>, sent: unknown): Value {
  const result = schema.safeParse(sent ?? {});
  if (!result.success) throw new Refusal(400, firstFault(result.error).replace(/^message: /, ""));
  return result.data;
}

/** A change comes from our own page: only that can set the header, and says so in `origin`. */
function checkSameOrigin({ method, headers }: FastifyRequest, publicUrl: string | null): void {
  if (method === "GET") return;
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  const ours = publicUrl === null ? undefined : URL.parse(publicUrl)?.host;
  const from = origin === undefined ? undefined : URL.parse(origin)?.host;
  const foreign =
    (origin !== undefined && (from === undefined || (from !== host && from !== ours))) ||
    (site !== undefined && site !== "same-origin" && site !== "none");
  if (headers[csrfHeader] === "1" && !foreign) return;
  throw new Refusal(403, "changes are taken from the service's own pages only");
}

function paramOf(request: FastifyRequest, name: string): string {
  const value: unknown = Reflect.get(Object(request.params), name);
  return typeof value === "string" ? value : "";
}

async function sessionOf(parts: OfficeParts, request: FastifyRequest) {
  const token = request.cookies[sessionCookie];
  return token === undefined ? undefined : await parts.sessions.find(token);
}

/** Lets the request in or throws the sentence why not. */
async function guard(parts: OfficeParts, route: RouteName, request: FastifyRequest) {
  const door = doorOf(route);
  if (door !== "provider") checkSameOrigin(request, parts.settings.publicUrl);
  if (door === "anyone" || door === "token" || door === "provider") return undefined;
  const session = await sessionOf(parts, request);
  if (session === undefined) throw notLoggedIn();
  if (!isAction(door)) return session;
  if (!session.secondFactor) throw new Refusal(403, "set up the second factor first");
  if (!may(session.who.role, door)) {
    throw new Refusal(403, `the role ${session.who.role} may not do this`);
  }
  const home = paramOf(request, "home");
  if (home !== "" && (await parts.directory.visible(session.who, home)) === undefined) {
    throw notYours(`home ${home}`);
  }
  return session;
}

/** The handler behind its door. */
export function behindDoor(parts: OfficeParts, route: RouteName, handler: Handler) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const session = await guard(parts, route, request);
    return await handler({
      request,
      reply,
      param: (name) => paramOf(request, name),
      session: () => {
        if (session === undefined) throw notLoggedIn();
        return session;
      },
    });
  };
}
