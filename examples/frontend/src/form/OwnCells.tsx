// The campaign's own cells, drawn by RJSF from `cells_schema`: whatever a campaign adds, no line changes here.
import RjsfForm from "@rjsf/core";
import type { ErrorSchema, IconButtonProps, UiSchema, ValidatorType } from "@rjsf/utils";
import { useMemo, type ReactNode } from "react";
import type { Finding } from "../api/client";
import { useSpeech } from "../language";
import { Field, useFindings, type Form } from "./Form";
import { useEditing } from "./useDraft";

type Own = Form["own_cells"][number];
type Values = Record<string, unknown>;

/** The server validates, and its findings are shown: a second opinion in the browser would need `unsafe-eval` (Ajv). */
const validator: ValidatorType<Values> = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  isValid: () => true,
  rawValidation: () => ({ errors: [] }),
};

const button = (sign: string, word: "earlier" | "later" | "remove" | "more") =>
  function Tool({ onClick, disabled, id }: IconButtonProps): ReactNode {
    const { t } = useSpeech();
    return <button type="button" id={id} title={t(word)} aria-label={t(word)} onClick={onClick} disabled={disabled}>{sign}</button>;
  };
const templates = {
  ButtonTemplates: {
    AddButton: button("＋", "more"),
    RemoveButton: button("✕", "remove"),
    MoveUpButton: button("↑", "earlier"),
    MoveDownButton: button("↓", "later"),
  },
};

export default function OwnCells({ schema, cells }: { schema: object; cells: Own[] }) {
  const { draft, state, editable } = useEditing();
  const findings = useFindings("cells");
  const values = Object.fromEntries(
    cells.map(({ code }) => [code, draft.value(`cells/${code}`) ?? undefined]).filter(([, value]) => value !== undefined),
  ) as Values;
  const uiSchema = useMemo<UiSchema<Values>>(() => drawn(cells), [cells]);
  if (!editable) return cells.map((cell) => <Read key={cell.code} cell={cell} value={state.stored.cells[cell.code]} />);
  const change = (changed: Values) => {
    const typed = cells.filter(({ code }) => JSON.stringify(values[code]) !== JSON.stringify(changed[code]));
    if (typed.length > 0) draft.type(Object.fromEntries(typed.map(({ code }) => [`cells/${code}`, changed[code] ?? null])));
  };
  return (
    <RjsfForm<Values>
      tagName="div" className="rjsf" idPrefix="cells" schema={schema} uiSchema={uiSchema} validator={validator}
      templates={templates} formData={values} extraErrors={errors(findings)} showErrorList={false} noHtml5Validate
      experimental_defaultFormStateBehavior={DEFAULTS}
      onChange={({ formData = {} }) => change(formData)} onBlur={() => void draft.save()}
    />
  );
}

/** Nothing is filled in by itself: RJSF would choose the first option of a choice, and it would be saved. */
const DEFAULTS = {
  constAsDefaults: "never",
  emptyObjectFields: "skipDefaults",
  arrayMinItems: { populate: "never" },
} as const;

const drawn = (cells: Own[]): UiSchema<Values> => ({
  "ui:label": false,
  "ui:submitButtonOptions": { norender: true },
  ...Object.fromEntries(cells.filter((each) => each.control === "text").map(({ code }) => [code, { "ui:widget": "textarea" }])),
});

/** Findings by their pointers, `/cells/team/0/name`, as RJSF has errors. */
function errors(findings: Finding[]): ErrorSchema<Values> {
  const root: ErrorSchema = {};
  for (const { pointer, message } of findings) {
    let place = root as Record<string, ErrorSchema>;
    for (const step of pointer?.split("/").slice(2) ?? []) place = (place[step] ??= {}) as Record<string, ErrorSchema>;
    const errors = place as ErrorSchema;
    (errors.__errors ??= []).push(message);
  }
  return root;
}

function Read({ cell, value }: { cell: Own; value: unknown }) {
  const option = (code: unknown) => cell.options.find((each) => each.code === code)?.name ?? String(code);
  const text = (part: unknown): string =>
    Array.isArray(part) ? part.map(text).join("\n")
    : typeof part === "object" && part !== null ? Object.values(part).map(option).join(" ")
    : part === undefined || part === null ? "" : option(part);
  const as = { name: `cells/${cell.code}`, label: cell.name, help: null, required: false } as Form["cells"][number];
  return <Field cell={as} text={text(value)}>{() => null}</Field>;
}
