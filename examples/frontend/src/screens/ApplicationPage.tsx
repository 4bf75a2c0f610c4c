import { useCallback } from "react";
import { answered, client, type Application } from "../api/client";
import { campaign, type Campaign } from "../campaigns";
import { ApplicationForm, type Form } from "../form/Form";
import type { Conflict } from "../form/draft";
import { Editing, useDraft, useEditing } from "../form/useDraft";
import { Shown, useLoaded } from "../loading";
import { useSpeech } from "../language";
import { Refusal } from "../parts/notes";
import { Side } from "../parts/Side";
import { DeadlineNote, State } from "../parts/state";

interface Read {
  application: Application;
  form: Form;
  settings: Campaign;
}

async function read(id: string): Promise<Read> {
  const application = await answered(client.GET("/api/v1/applications/{application_id}", { params: { path: { application_id: id } } }));
  const path = { campaign_id: application.campaign_id };
  const [form, settings] = await Promise.all([
    answered(client.GET("/api/v1/campaigns/{campaign_id}/form", { params: { path } })),
    campaign(application.campaign_id),
  ]);
  return { application, form, settings };
}

export default function ApplicationPage({ id }: { id: string }) {
  const loaded = useLoaded(useCallback(() => read(id), [id]));
  return <Shown of={loaded}>{(it) => <Editor {...it} />}</Shown>;
}

function Editor({ application, form, settings }: Read) {
  const draft = useDraft(application);
  return (
    <Editing value={draft}>
      <Heading />
      <div className="columns">
        <div className="card paper">
          <Conflicts form={form} />
          <ApplicationForm form={form} cellsSchema={settings.cells_schema} />
        </div>
        <Side />
      </div>
    </Editing>
  );
}

function Heading() {
  const { t } = useSpeech();
  const { state, editable } = useEditing();
  const { brand_name, number, status, unit_name, committee_name, deadline } = state.stored;
  return (
    <header className="page sticky">
      <div>
        <h1>{brand_name ?? t("untitled")} <State of={status} /></h1>
        <p className="quiet">{[number, unit_name, committee_name].join(" · ")}</p>
        <DeadlineNote deadline={deadline} />
      </div>
      {editable && <Saving />}
    </header>
  );
}

/** How far the saving is; a refusal in its sentences, with what was typed kept. */
function Saving() {
  const { t } = useSpeech();
  const { draft, state } = useEditing();
  if (state.error !== null) {
    return (
      <Refusal of={state.error}>
        <button type="button" onClick={() => void draft.save()}>{t("retry")}</button>
      </Refusal>
    );
  }
  const word = state.saving ? "saving" : Object.keys(state.typed).length > 0 ? "unsaved" : "saved";
  return <p className={`saving ${word}`} role="status">{t(word)}</p>;
}

const shown = (value: unknown): string =>
  typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value);

/** Cells that somebody else changed too: both texts, and a choice. */
function Conflicts({ form }: { form: Form }) {
  const { t } = useSpeech();
  const { draft, state } = useEditing();
  if (state.conflicts.length === 0) return null;
  const label = ({ name }: Conflict) =>
    form.cells.find((cell) => cell.name === name)?.label ?? form.own_cells.find((cell) => name === `cells/${cell.code}`)?.name ?? name;
  return (
    <section className="note bad conflicts" role="alert" aria-label={t("conflict")}>
      <h2>{t("conflict")}</h2>
      <p>{t("conflictHelp")}</p>
      {state.conflicts.map((each) => (
        <div key={each.name} className="pair" role="group" aria-label={label(each)}>
          {(["mine", "theirs"] as const).map((whose) => (
            <div key={whose}>
              <strong>{label(each)} · {t(whose)}</strong>
              <blockquote>{shown(whose === "mine" ? draft.value(each.name) : each.theirs) || t("formEmpty")}</blockquote>
              <button type="button" onClick={() => draft.decide(each, whose)}>{t(whose === "mine" ? "keepMine" : "keepTheirs")}</button>
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}
