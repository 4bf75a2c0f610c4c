import { useId, useRef, type SubmitEvent, type ReactNode } from "react";
import type { Action } from "../api/client";
import { useAct } from "../loading";
import { actLabel, useSpeech } from "../language";
import { Refusal } from "./notes";

interface Doing {
  act: string;
  action: Action | undefined;
  primary?: boolean;
}

/** A button that `actions` draws: not there for other roles, disabled with the reason's sentence beside it. */
export function ActButton({ act, action, primary, busy, onDo }: Doing & { busy?: boolean; onDo: () => void }) {
  const { language } = useSpeech();
  const why = useId();
  if (action === undefined) return null;
  const [obstacle, ...others] = action.findings.filter((each) => each.severity === "error");
  return (
    <div className="act">
      <button
        type="button"
        className={primary ? "primary" : undefined}
        aria-disabled={!action.allowed || busy}
        aria-describedby={obstacle ? why : undefined}
        onClick={() => {
          if (action.allowed && !busy) onDo();
        }}
      >
        {actLabel(act, language)}
      </button>
      {obstacle && <small id={why}>{obstacle.message}{others.length > 0 && ` +${others.length}`}</small>}
    </div>
  );
}

/** A button that asks before it acts; with `reasoned`, for the reason, which the unit reads. */
export function AskingButton({ reasoned, onDo, ...doing }: Doing & { reasoned?: boolean; onDo: (reason: string) => Promise<void> }) {
  const { t, language } = useSpeech();
  const { busy, error, run } = useAct();
  const dialog = useRef<HTMLDialogElement>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget).get("reason");
    run(async () => {
      await onDo(typeof reason === "string" ? reason : "");
      dialog.current?.close();
    });
  };
  const title = actLabel(doing.act, language);
  return (
    <>
      <ActButton {...doing} busy={busy} onDo={() => dialog.current?.showModal()} />
      <dialog ref={dialog} aria-label={title}>
        <form onSubmit={submit}>
          <h2>{title}</h2>
          {reasoned && (
            <label>
              {t("reason")}
              <textarea name="reason" required rows={4} maxLength={2000} />
            </label>
          )}
          <Refusal of={error} />
          <Row>
            <button type="submit" className="primary" disabled={busy}>{t("confirm")}</button>
            <button type="button" onClick={() => dialog.current?.close()}>{t("cancel")}</button>
          </Row>
        </form>
      </dialog>
    </>
  );
}

export const Row = ({ children }: { children: ReactNode }) => <div className="row">{children}</div>;
