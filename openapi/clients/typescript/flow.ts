// A unit's way from sign-in to submission, run against a server by `generators.sh`.
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/contract";

type Form = components["schemas"]["ApplicationForm"];

const { PINPAI_ADDRESS = "", PINPAI_USERNAME = "", PINPAI_PASSWORD = "", PINPAI_CATEGORY = "" } = process.env;
const pictures = process.env["PINPAI_PICTURES"] ?? "";
const client = createClient<paths>({ baseUrl: PINPAI_ADDRESS });

function expected<T>(answer: { data?: T; error?: { detail: string } }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? "no answer");
  return answer.data;
}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

const body = { username: PINPAI_USERNAME, password: PINPAI_PASSWORD };
const { token } = expected(await client.POST("/api/v1/sessions", { body }));
client.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
});
const [campaign] = expected(await client.GET("/api/v1/campaigns")).items;
check(campaign !== undefined, "there is no campaign");
const draft = expected(
  await client.POST("/api/v1/applications", {
    params: { header: { "Idempotency-Key": randomUUID() } },
    body: { campaign_id: campaign.id, brand_name: "“红马甲”邻里互助站", category: PINPAI_CATEGORY },
  }),
);
const at = { application_id: draft.id };

const submit = () =>
  client.POST("/api/v1/applications/{application_id}/submission", {
    params: { path: at, header: { "Idempotency-Key": randomUUID() } },
  });
const missing = draft.actions.submit?.findings.map((finding) => finding.code) ?? [];
const { error } = await submit();
check(error?.type === "urn:problem-type:pinpai:rules-violated", "an empty draft was submitted");
check(`${error.findings.map((finding) => finding.code)}` === `${missing}`, "a refusal tells other findings than the draft");

const text = "为民服务办实事。".repeat(90);
const cells: Form[] = [
  { leader_name: "李文博", leader_title: "党支部书记", phone: "0315-3724062" },
  { started_on: "2015-04-21", ended_on: "2015-08-31" },
  { innovation: text },
  { practices: text },
  { effects: text },
];
for (const form of cells) {
  const read = expected(await client.GET("/api/v1/applications/{application_id}", { params: { path: at } }));
  const saved = await client.PATCH("/api/v1/applications/{application_id}", {
    params: { path: at, header: { "If-Match": read.etag } },
    body: form,
  });
  check(expected(saved).brand_name === draft.brand_name, "a cell that was not named changed");
}
for (const name of readdirSync(pictures)) {
  const added = await client.POST("/api/v1/applications/{application_id}/images", {
    params: { path: at },
    body: { file: new Blob([readFileSync(path.join(pictures, name))]), caption: name },
    bodySerializer({ file, caption }) {
      const sent = new FormData();
      sent.set("file", file, name);
      sent.set("caption", caption ?? "");
      return sent;
    },
  });
  expected(added);
}
const done = expected(await submit());
console.log(`${missing.length} findings, then ${done.status}: ${done.brand_name}, ${done.image_count} pictures`);
