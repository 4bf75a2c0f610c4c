import { useCallback, useEffect, useState, type ReactNode } from "react";
import { Refused } from "./api/client";
import { useSpeech } from "./language";
import { Refusal } from "./parts/notes";

export interface Loaded<T> {
  data: T | null;
  error: Refused | null;
  reload: () => void;
  set: (data: T) => void;
}

/** What `read` answers; read again when it changes (give it by `useCallback`) or on `reload`. */
export function useLoaded<T>(read: () => Promise<T>): Loaded<T> {
  const [turn, setTurn] = useState(0);
  const [data, set] = useState<T | null>(null);
  const [error, fail] = useState<Refused | null>(null);
  useEffect(() => {
    let gone = false;
    read().then(
      (answer) => {
        if (gone) return;
        set(answer);
        fail(null);
      },
      (reason: unknown) => {
        if (!gone) fail(asRefused(reason));
      },
    );
    return () => {
      gone = true;
    };
  }, [read, turn]);
  const reload = useCallback(() => setTurn((last) => last + 1), []);
  return { data, error, reload, set };
}

export function asRefused(reason: unknown): Refused {
  if (reason instanceof Refused) return reason;
  throw reason;
}

/** Its content when it is there; until then a word, or the reason why it is not. */
export function Shown<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ReactNode }) {
  const { t } = useSpeech();
  if (of.data !== null) return children(of.data);
  if (of.error === null) return <p className="quiet" role="status">{t("loading")}</p>;
  return (
    <Refusal of={of.error}>
      <button type="button" onClick={of.reload}>{t("retry")}</button>
    </Refusal>
  );
}

/** An act under way: `run` does it once at a time, `error` tells why it was refused. */
export function useAct(): { busy: boolean; error: Refused | null; run: (act: () => Promise<void>) => void } {
  const [busy, setBusy] = useState(false);
  const [error, fail] = useState<Refused | null>(null);
  const run = (act: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    fail(null);
    void act()
      .catch((reason: unknown) => fail(asRefused(reason)))
      .finally(() => setBusy(false));
  };
  return { busy, error, run };
}
