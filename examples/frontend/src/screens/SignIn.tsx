import { useState, type SubmitEvent } from "react";
import { answered, client, Refused } from "../api/client";
import { useAct } from "../loading";
import { useSpeech } from "../language";
import { Refusal } from "../parts/notes";
import { useSession } from "../session";

const fieldsOf = (event: SubmitEvent<HTMLFormElement>): Record<string, string> => {
  event.preventDefault();
  return Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
};

export function SignIn() {
  const { t } = useSpeech();
  const { ended } = useSession();
  const [challenge, setChallenge] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  return (
    <main className="door" id="content">
      <div className="card">
        <img src="/seal.svg" alt="" width="48" height="48" />
        <h1>{t("title")}</h1>
        {ended && <p className="note" role="status">{t("sessionEnded")}</p>}
        {done && <p className="note good" role="status">{t("activated")}</p>}
        {challenge === null ? <Password onSecondStep={setChallenge} /> : <Code challenge={challenge} onBack={() => setChallenge(null)} />}
        {challenge === null && !done && (
          <details>
            <summary>{t("activate")}</summary>
            <Activation onDone={() => setDone(true)} />
          </details>
        )}
      </div>
    </main>
  );
}

function Password({ onSecondStep }: { onSecondStep: (challenge: string) => void }) {
  const { t } = useSpeech();
  const { open } = useSession();
  const { busy, error, run } = useAct();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    const { username = "", password = "" } = fieldsOf(event);
    run(async () => {
      try {
        open(await answered(client.POST("/api/v1/sessions", { body: { username, password } })));
      } catch (reason) {
        if (!(reason instanceof Refused) || reason.problem.challenge === undefined) throw reason;
        onSecondStep(reason.problem.challenge);
      }
    });
  };
  return (
    <form onSubmit={submit}>
      <label>{t("username")}<input name="username" autoComplete="username" required autoFocus /></label>
      <label>{t("password")}<input name="password" type="password" autoComplete="current-password" required /></label>
      <Refusal of={error} />
      <button type="submit" className="primary wide" disabled={busy}>{t("signIn")}</button>
    </form>
  );
}

function Code({ challenge, onBack }: { challenge: string; onBack: () => void }) {
  const { t } = useSpeech();
  const { open } = useSession();
  const { busy, error, run } = useAct();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    const { code = "" } = fieldsOf(event);
    run(async () => open(await answered(client.POST("/api/v1/sessions/second-step", { body: { challenge, code } }))));
  };
  return (
    <form onSubmit={submit}>
      <label>{t("secondStep")}<input name="code" autoComplete="one-time-code" minLength={6} maxLength={40} required autoFocus /></label>
      <Refusal of={error} />
      <button type="submit" className="primary wide" disabled={busy}>{t("signIn")}</button>
      <button type="button" className="plain" onClick={onBack}>{t("back")}</button>
    </form>
  );
}

function Activation({ onDone }: { onDone: () => void }) {
  const { t } = useSpeech();
  const { busy, error, run } = useAct();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    const { code = "", password = "" } = fieldsOf(event);
    run(async () => {
      await answered(client.POST("/api/v1/activations", { body: { code, password } }));
      onDone();
    });
  };
  return (
    <form onSubmit={submit}>
      <label>{t("activationCode")}<input name="code" autoComplete="off" required /></label>
      <label>{t("newPassword")}<input name="password" type="password" autoComplete="new-password" required /></label>
      <Refusal of={error} />
      <button type="submit" className="wide" disabled={busy}>{t("setPassword")}</button>
    </form>
  );
}
