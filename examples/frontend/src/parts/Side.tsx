// What may be done with an application now: the acts of one's role, and what stands in their way.
import { useRef, type ChangeEvent } from "react";
import { answered, client, newKey, type Application } from "../api/client";
import { open, save, send } from "../api/files";
import { useEditing } from "../form/useDraft";
import { useAct } from "../loading";
import { useSpeech } from "../language";
import { go } from "../route";
import { ActButton, AskingButton } from "./acts";
import { Findings, Refusal, tone } from "./notes";

type Path = { application_id: string };
type Doing = (path: Path, reason: string) => Promise<Application>;

const REASONED: Record<string, Doing> = {
  return: (path, reason) => answered(client.POST("/api/v1/applications/{application_id}/return", { params: { path }, body: { reason } })),
  decline: (path, reason) => answered(client.POST("/api/v1/applications/{application_id}/decline", { params: { path }, body: { reason } })),
  pause: (path, reason) => answered(client.POST("/api/v1/applications/{application_id}/pause", { params: { path }, body: { reason } })),
  resume: (path, reason) => answered(client.POST("/api/v1/applications/{application_id}/resume", { params: { path }, body: { reason } })),
  reconsider: (path, reason) => answered(client.POST("/api/v1/applications/{application_id}/reconsideration", { params: { path }, body: { reason } })),
  withdraw: (path, reason) =>
    answered(client.POST("/api/v1/applications/{application_id}/withdrawal", { params: { path, header: { "Idempotency-Key": newKey() } }, body: { reason } })),
};

export function Side() {
  const { t } = useSpeech();
  const { draft, state } = useEditing();
  const { actions, status, reason } = state.stored;
  return (
    <aside className="side">
      {reason !== null && status !== "filed" && <div className="note">{t("reason")}：{reason}</div>}
      {actions.submit && (status === "draft" || status === "returned") && <Checklist />}
      <section className="card" aria-label={t("acts")}>
        <h2>{t("acts")}</h2>
        <Submit />
        <Seal />
        {(Object.keys(REASONED)).map((act) => (
          <Offered key={act} act={act} onDo={(why) => draft.act(() => REASONED[act]?.(draft.path, why) ?? Promise.resolve(undefined))} />
        ))}
        <Delete />
        <Papers />
      </section>
    </aside>
  );
}

/** An act with a reason; where the state alone forbids it, it is no news and not drawn. */
function Offered({ act, onDo }: { act: string; onDo: (reason: string) => Promise<void> }) {
  const { state } = useEditing();
  const action = state.stored.actions[act as keyof Application["actions"]];
  if (action?.findings.some((each) => each.code === "wrong_state")) return null;
  return <AskingButton act={act} action={action} reasoned onDo={onDo} />;
}

/** What is missing, with ways to the cells. */
function Checklist() {
  const { t } = useSpeech();
  const { state } = useEditing();
  const findings = state.stored.actions.submit?.findings ?? [];
  const there = (pointer: string | null) =>
    pointer === null ? undefined : document.querySelector<HTMLElement>(`[name="${pointer.split("/")[1] ?? ""}"], #cells_${pointer.split("/")[2] ?? ""}`);
  const errors = findings.filter((each) => each.severity === "error").length;
  const done = errors === 0 && <p className="note good" role="status">{t("complete")}</p>;
  if (findings.length === 0) return done;
  return (
    <section className="card" aria-label={t(errors > 0 ? "missing" : "advice")}>
      {done}
      <h2>{t(errors > 0 ? "missing" : "advice")} <small>{errors > 0 ? errors : ""}</small></h2>
      <ul className="findings">
        {findings.map((each) => (
          <li key={each.message + (each.pointer ?? "")} className={tone(each)}>
            {each.pointer === null ? each.message : (
              <button type="button" className="link" onClick={() => (there(each.pointer) ?? document.querySelector<HTMLElement>(".pictures button"))?.focus()}>
                {each.message}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Submit() {
  const { draft, state } = useEditing();
  const { busy, error, run } = useAct();
  const { submit } = state.stored.actions;
  if (submit?.findings.some((each) => each.code === "wrong_state")) return null;
  const hand = () =>
    draft.act(() =>
      answered(client.POST("/api/v1/applications/{application_id}/submission", { params: { path: draft.path, header: { "Idempotency-Key": newKey() } } })),
    );
  return (
    <>
      <ActButton act="submit" action={submit} primary busy={busy} onDo={() => run(hand)} />
      <Refusal of={error} />
    </>
  );
}

function Delete() {
  const { draft, state } = useEditing();
  const action = state.stored.actions.delete;
  if (action?.findings.some((each) => each.code === "wrong_state")) return null;
  const remove = async () => {
    await draft.act(async (stored) => {
      const params = { path: draft.path, header: { "If-Match": stored.etag } };
      await answered(client.DELETE("/api/v1/applications/{application_id}", { params }));
      return undefined;
    });
    go("applications");
  };
  return <AskingButton act="delete" action={action} onDo={remove} />;
}

function Seal() {
  const { t } = useSpeech();
  const { draft, state } = useEditing();
  const { busy, error, run } = useAct();
  const input = useRef<HTMLInputElement>(null);
  const { endorse, revoke_endorsement: revoke } = state.stored.actions;
  const upload = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    event.target.value = "";
    if (file === undefined) return;
    const form = new FormData();
    form.set("file", file);
    const href = `/api/v1/applications/${draft.path.application_id}/endorsement`;
    run(() => draft.act((stored) => send<Application>(href, form, { "If-Match": stored.etag }, () => undefined)));
  };
  const remove = () =>
    draft.act(async (stored) => {
      const params = { path: draft.path, header: { "If-Match": stored.etag } };
      return answered(client.DELETE("/api/v1/applications/{application_id}/endorsement", { params }));
    });
  if (endorse === undefined) return null;
  return (
    <>
      {!endorse.findings.some((each) => each.code === "wrong_state") && (
        <div className="act">
          <button type="button" className="primary" disabled={!endorse.allowed || busy} onClick={() => input.current?.click()}>{t("seal")}</button>
          <input ref={input} type="file" hidden accept="application/pdf,image/*" aria-label={t("seal")} onChange={upload} />
          <small>{t("sealHelp")}</small>
          <Findings of={endorse.findings} />
          {busy && <small role="status">{t("working")}</small>}
          <Refusal of={error} />
        </div>
      )}
      {!revoke?.findings.some((each) => each.code === "wrong_state") && <AskingButton act="revoke_endorsement" action={revoke} onDo={remove} />}
    </>
  );
}

function Papers() {
  const { t } = useSpeech();
  const { draft, state } = useEditing();
  const { busy, error, run } = useAct();
  const base = `/api/v1/applications/${draft.path.application_id}`;
  const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  return (
    <div className="papers">
      <button type="button" disabled={busy} onClick={() => run(() => draft.save().then(() => open(`${base}/form`)))}>{t("print")}</button>
      <button type="button" disabled={busy} onClick={() => run(() => draft.save().then(() => save(`${base}/form?format=docx`, word)))}>{t("word")}</button>
      {state.stored.sealed && <button type="button" disabled={busy} onClick={() => run(() => open(`${base}/endorsement/scan`))}>{t("scan")}</button>}
      <Refusal of={error} />
    </div>
  );
}
