// What a frontend writes against the contract. It is only compiled: if the contract loses something it needs, this breaks.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./generated/contract";

type Application = components["schemas"]["ApplicationOut"];
type Summary = components["schemas"]["ApplicationSummary"];

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8000" });

export function signedIn(token: string): Middleware {
  return {
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
  };
}

/** Every page of a list, one after the other. */
export async function* everyApplication(): AsyncGenerator<Summary> {
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 50 } : { limit: 50, cursor };
    const { data, error } = await client.GET("/api/v1/applications", { params: { query } });
    if (error) throw new Error(error.detail);
    yield* data.items;
    cursor = data.next_cursor;
  } while (cursor !== null);
}

/** Change exactly the version that was read; somebody else's change in between is told, not overwritten. */
export async function rename(application: Application, name: string): Promise<Application | "changed meanwhile"> {
  const { data, error, response } = await client.PATCH("/api/v1/applications/{application_id}", {
    params: { path: { application_id: application.id }, header: { "If-Match": application.etag } },
    body: { brand_name: name },
  });
  if (response.status === 412) return "changed meanwhile";
  if (error) throw new Error(error.detail);
  return data;
}

/** The sentences to show beside the button; none when it is done. A lost answer is asked for again with the same key. */
export async function submit(application: Application, key: string = crypto.randomUUID()): Promise<string[]> {
  const { error } = await client.POST("/api/v1/applications/{application_id}/submission", {
    params: { path: { application_id: application.id }, header: { "Idempotency-Key": key } },
  });
  if (!error) return [];
  switch (error.type) {
    case "urn:problem-type:pinpai:rules-violated":
      return error.findings.map((finding) => finding.message);
    default:
      return [error.detail];
  }
}

/** One picture per request, as a browser sends a file. */
export async function upload(application: Application, file: File, caption: string): Promise<void> {
  const { error } = await client.POST("/api/v1/applications/{application_id}/images", {
    params: { path: { application_id: application.id } },
    body: { file, caption },
    bodySerializer(body) {
      const form = new FormData();
      form.set("file", body.file);
      form.set("caption", body.caption ?? "");
      return form;
    },
  });
  if (error) throw new Error(error.detail);
}
