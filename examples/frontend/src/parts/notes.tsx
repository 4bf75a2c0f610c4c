import type { ReactNode } from "react";
import type { Finding, Refused } from "../api/client";

/** A refusal in its own sentences. */
export function Refusal({ of, children }: { of: Refused | null; children?: ReactNode }) {
  if (of === null) return null;
  return (
    <div className="note bad" role="alert">
      {of.sentences.map((sentence) => <p key={sentence}>{sentence}</p>)}
      {children}
    </div>
  );
}

/** What is only missing yet is no mistake, and not shown as one. */
export const tone = ({ code, severity }: Finding): string => (code === "required" ? "todo" : severity);

/** Findings of one cell, or of all: errors refuse, advice does not. */
export function Findings({ of, id }: { of: readonly Finding[]; id?: string }) {
  if (of.length === 0) return null;
  return (
    <ul className="findings" id={id}>
      {of.map((each) => (
        <li key={each.code + (each.pointer ?? "") + each.message} className={tone(each)}>{each.message}</li>
      ))}
    </ul>
  );
}
