/** In which language a page is read: it says so with each question. */
import type { FastifyRequest } from "fastify";

export type Language = "de" | "en";

/** The first of ours that the page names; English for a program that names none. */
export function languageOf({ headers }: Pick<FastifyRequest, "headers">): Language {
  const named = headers["accept-language"] ?? "";
  const tags = named.split(",").map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return tags.find((tag) => tag === "de" || tag === "en") === "de" ? "de" : "en";
}
