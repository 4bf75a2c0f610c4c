import { createContext, use, useEffect, useState, useSyncExternalStore } from "react";
import type { Application } from "../api/client";
import { Draft, type State } from "./draft";

/** The draft of an application that was read; what was typed is saved when the window is left or closed. */
export function useDraft(application: Application): Draft {
  const [draft] = useState(() => new Draft(application));
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent) => {
      if (draft.unsaved) event.preventDefault();
    };
    const hidden = () => void draft.save();
    window.addEventListener("beforeunload", leaving);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("beforeunload", leaving);
      document.removeEventListener("visibilitychange", hidden);
      void draft.save();
    };
  }, [draft]);
  return draft;
}

export const Editing = createContext<Draft | null>(null);

/** The draft around, and its state as it is now. */
export function useEditing(): { draft: Draft; state: State; editable: boolean } {
  const draft = use(Editing);
  if (draft === null) throw new Error("outside of Editing");
  const state = useSyncExternalStore(draft.subscribe, draft.snapshot);
  return { draft, state, editable: state.stored.actions.edit?.allowed ?? false };
}
