// The client made of the contract, the language of its sentences, and its refusals as one kind of error.
import createClient from "openapi-fetch";
import type { components, paths } from "../generated/contract";
import { authorization } from "./token";

export type Schemas = components["schemas"];
export type Finding = Schemas["FindingOut"];
export type Action = Schemas["Action"];
export type Application = Schemas["ApplicationOut"];
export type Language = "zh-CN" | "en";

/** RFC 9457: what every refusal has, and what some have besides. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  findings?: Finding[];
  errors?: { pointer: string | null; detail: string }[];
  challenge?: string;
}

const KIND = "urn:problem-type:pinpai:";

/** A refusal: `message` is the sentence to show, `kind` the code to branch on. */
export class Refused extends Error {
  readonly problem: Problem;
  readonly kind: string;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
    this.kind = problem.type.replace(KIND, "");
  }

  get sentences(): string[] {
    const { findings = [], errors = [] } = this.problem;
    const reasons = [...findings.map((each) => each.message), ...errors.map((each) => each.detail)];
    return reasons.length > 0 ? reasons : [this.message];
  }
}

let language: Language = "zh-CN";
export const speak = (chosen: Language): void => void (language = chosen);
export const spoken = (): Language => language;

/** Headers of every request, also of those that are not sent by the client below. */
export const headers = (): Record<string, string> => ({ "Accept-Language": language, ...authorization() });

/** A new key for an act; a repetition of the same act sends the same. */
export const newKey = (): string => crypto.randomUUID();

export const client = createClient<paths>({ baseUrl: "", querySerializer: { array: { style: "form", explode: true } } });
client.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) request.headers.set(name, value);
    return request;
  },
});

let expired: () => void = () => undefined;
/** Call this when a session has ended. */
export const onExpired = (listener: () => void): void => void (expired = listener);

/** What was answered, or the refusal thrown. */
export async function answered<T>(answering: Promise<{ data?: T; error?: Problem; response: Response }>): Promise<T> {
  const { data, error } = await answering.catch(() => ({ data: undefined, error: unreachable() }));
  if (error === undefined) return data as T;
  throw refused(error);
}

export function refused(problem: Problem | string): Refused {
  const known = typeof problem === "string" || !problem.detail ? unreachable() : problem;
  if (known.type === `${KIND}unauthenticated`) expired();
  return new Refused(known);
}

const SILENCE: Record<Language, string> = {
  "zh-CN": "连接不上服务器，请检查网络后重试。",
  en: "The server cannot be reached. Check the network and try again.",
};

export const unreachable = (): Problem => ({
  type: `${KIND}unreachable`,
  title: "Unreachable",
  status: 0,
  detail: SILENCE[language],
  instance: "",
});
