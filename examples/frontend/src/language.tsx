import { createContext, use, useCallback, useState, type ReactNode } from "react";
import { speak, spoken, type Language } from "./api/client";
import * as labels from "./generated/labels";
import { ACTS, say, type Word } from "./words";

interface Speech {
  language: Language;
  change: (language: Language) => void;
  t: (word: Word) => string;
}

const Context = createContext<Speech | null>(null);

/** The chosen language. What was read in another is read again: the key makes the tree anew. */
export function Speaking({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(spoken());
  const change = (chosen: Language) => {
    speak(chosen);
    document.documentElement.lang = chosen;
    choose(chosen);
  };
  const t = useCallback((word: Word) => say(word, language), [language]);
  return <Context value={{ language, change, t }}>{children}</Context>;
}

export function useSpeech(): Speech {
  const speech = use(Context);
  if (speech === null) throw new Error("outside of Speaking");
  return speech;
}

type Status = keyof typeof labels.ApplicationStatus;

/** The word for a state, which the contract has in both languages. */
export const stateLabel = (status: Status, language: Language): string => labels.ApplicationStatus[status][language];
export const STATES = Object.keys(labels.ApplicationStatus) as Status[];

export const actLabel = (act: string, language: Language): string => ACTS[act]?.[language === "en" ? 1 : 0] ?? act;

/** An instant as people of the district read it, whatever the computer's time zone. */
export const moment = (instant: string, language: Language): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" }).format(new Date(instant));
