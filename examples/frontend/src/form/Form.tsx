// The form (附件2), drawn from `GET /campaigns/{id}/form`: nothing here knows a cell by its name but for the topics, which
// follow the category.
import { lazy, Suspense, useId, type ReactNode } from "react";
import type { Finding, Schemas } from "../api/client";
import { count } from "../counting";
import { useSpeech } from "../language";
import { Findings } from "../parts/notes";
import { Pictures } from "./Pictures";
import { useEditing } from "./useDraft";

export type Form = Schemas["CampaignFormOut"];
type Cell = Form["cells"][number];

const OwnCells = lazy(() => import("./OwnCells"));

export function ApplicationForm({ form, cellsSchema }: { form: Form; cellsSchema: object }) {
  const { t } = useSpeech();
  return (
    <form className="form" onSubmit={(event) => event.preventDefault()} noValidate>
      {grouped(form.cells).map((cells) => <Group key={cells[0]?.name} cells={cells} form={form} />)}
      {form.own_cells.length > 0 && (
        <fieldset>
          <legend>{t("ownCells")}</legend>
          <Suspense fallback={<p className="quiet">{t("loading")}</p>}>
            <OwnCells schema={cellsSchema} cells={form.own_cells} />
          </Suspense>
        </fieldset>
      )}
    </form>
  );
}

/** Neighbours of one group together, every other cell alone. */
function grouped(cells: readonly Cell[]): Cell[][] {
  const groups: Cell[][] = [];
  for (const cell of cells) {
    const last = groups.at(-1);
    if (last?.[0] && cell.group !== null && last[0].group === cell.group) last.push(cell);
    else groups.push([cell]);
  }
  return groups;
}

function Group({ cells, form }: { cells: Cell[]; form: Form }) {
  const [first] = cells;
  switch (first?.group) {
    case "narrative":
      return <Narrative cells={cells} form={form} />;
    case "period":
      return <Period cells={cells} />;
    default:
      return cells.map((cell) => <Single key={cell.name} cell={cell} form={form} />);
  }
}

function Single({ cell, form }: { cell: Cell; form: Form }) {
  switch (cell.control) {
    case "pictures":
      return <Pictures cell={cell} captionMaximum={form.caption_maximum} />;
    case "choice":
      return <Choice cell={cell} />;
    default:
      return <Line cell={cell} />;
  }
}

/** Findings of a submission that point at this cell; advice and errors alike. */
export function useFindings(name: string): Finding[] {
  const { state } = useEditing();
  const pointer = `/${name}`;
  return (state.stored.actions.submit?.findings ?? []).filter(
    (each) => each.pointer === pointer || each.pointer?.startsWith(`${pointer}/`),
  );
}

interface Control {
  id: string;
  name: string;
  required: boolean;
  "aria-describedby": string;
  "aria-invalid": boolean;
}

/** A cell with its label, help, control and findings; without its control where it may only be read. */
export function Field({ cell, text, label = cell.label, children }: {
  cell: Cell; text: string; label?: string; children: (control: Control) => ReactNode;
}) {
  const { t } = useSpeech();
  const { editable } = useEditing();
  const id = useId();
  const findings = useFindings(cell.name);
  if (!editable) {
    return (
      <div className="field read">
        <span className="label">{label}</span>
        <p>{text === "" ? <span className="quiet">{t("formEmpty")}</span> : text}</p>
      </div>
    );
  }
  const wrong = findings.some((each) => each.severity === "error" && each.code !== "required");
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {cell.required && <span className="must" title={t("required")} aria-hidden="true">*</span>}
      </label>
      {children({ id, name: cell.name, required: cell.required, "aria-describedby": `${id}-more`, "aria-invalid": wrong })}
      <div id={`${id}-more`} className="below">
        {cell.help !== null && <small>{cell.help}</small>}
        <Findings of={findings} />
      </div>
    </div>
  );
}

const typedText = (value: unknown): string => (typeof value === "string" ? value : "");

function useText(name: string): { text: string; type: (text: string) => void; leave: () => void } {
  const { draft } = useEditing();
  return {
    text: typedText(draft.value(name)),
    type: (text) => draft.type({ [name]: text }),
    leave: () => void draft.save(),
  };
}

function Line({ cell, label }: { cell: Cell; label?: string }) {
  const { text, type, leave } = useText(cell.name);
  return (
    <Field cell={cell} text={text} {...(label === undefined ? {} : { label })}>
      {(control) => (
        <input
          {...control} type={cell.control === "phone" ? "tel" : "text"} value={text}
          maxLength={cell.maximum ?? undefined} onChange={(event) => type(event.target.value)} onBlur={leave}
        />
      )}
    </Field>
  );
}

function Choice({ cell }: { cell: Cell }) {
  const { t } = useSpeech();
  const { draft } = useEditing();
  const { text, leave } = useText(cell.name);
  const ofTopic = cell.name === "topic";
  const category = typedText(draft.value("category"));
  const options = ofTopic ? (cell.options.find((each) => each.code === category)?.topics ?? []) : cell.options;
  if (ofTopic && options.length === 0) return null;
  const choose = (code: string) => {
    const value = code === "" ? null : code;
    draft.type(ofTopic ? { topic: value } : { [cell.name]: value, topic: null });
  };
  const chosen = cell.options.find((each) => each.code === text);
  return (
    <Field cell={cell} text={options.find((each) => each.code === text)?.name ?? text}>
      {(control) => (
        <>
          <select {...control} value={text} onChange={(event) => choose(event.target.value)} onBlur={leave}>
            <option value="">{t("choose")}</option>
            {options.map((each) => <option key={each.code} value={each.code}>{each.name}</option>)}
          </select>
          {chosen && !ofTopic && <small className="direction">{chosen.direction} · {chosen.description}</small>}
        </>
      )}
    </Field>
  );
}

const STILL = "ongoing";

/** When it began and ended: a day, a month or a year, as it is known; an end may be still to come. */
function Period({ cells }: { cells: Cell[] }) {
  const { t } = useSpeech();
  const { draft, editable } = useEditing();
  return (
    <fieldset>
      <legend>{cells[0]?.label}</legend>
      <div className="pair">
        {cells.map((cell) => {
          const label = cell.part ?? cell.label;
          const still = draft.value(cell.name) === STILL;
          return (
            <div key={cell.name}>
              {still ? (
                <Field cell={cell} label={label} text={t("ongoing")}>
                  {(control) => <input {...control} value={t("ongoing")} readOnly />}
                </Field>
              ) : <Line cell={cell} label={label} />}
              {editable && cell.not_before !== null && (
                <label className="check">
                  <input type="checkbox" checked={still} onChange={(event) => draft.type({ [cell.name]: event.target.checked ? STILL : null })} />
                  {t("ongoing")}
                </label>
              )}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}

function Narrative({ cells, form }: { cells: Cell[]; form: Form }) {
  const { draft } = useEditing();
  const total = cells.reduce((sum, cell) => sum + count(typedText(draft.value(cell.name))), 0);
  return (
    <div className="narrative">
      {cells.map((cell) => <Text key={cell.name} cell={cell} />)}
      <Meter total={total} limits={form.narrative} />
    </div>
  );
}

function Text({ cell }: { cell: Cell }) {
  const { t } = useSpeech();
  const { text, type, leave } = useText(cell.name);
  return (
    <Field cell={cell} text={text}>
      {(control) => (
        <>
          <textarea
            {...control} value={text} rows={7} maxLength={cell.maximum ?? undefined}
            onChange={(event) => type(event.target.value)} onBlur={leave}
          />
          <small className="counter">{count(text)} {t("ofWords")}</small>
        </>
      )}
    </Field>
  );
}

/** The live count of 字 against what is advised and what is refused. */
function Meter({ total, limits }: { total: number; limits: Form["narrative"] }) {
  const { t } = useSpeech();
  const { minimum, maximum, advised_minimum: low, advised_maximum: high } = limits;
  const place = (figure: number) => `${Math.min(100, (figure / (maximum * 1.1)) * 100)}%`;
  const tone = total < minimum || total > maximum ? "bad" : total < low || total > high ? "fair" : "good";
  return (
    <div className="meter">
      <p>
        <strong className={tone}>{t("together")} {total} {t("ofWords")}</strong>
        <small>{t("advised")} {low}–{high}，{t("limits")} {minimum}–{maximum}</small>
      </p>
      <div className="scale" role="img" aria-label={`${total} / ${minimum}–${maximum}`}>
        <i className="advised" style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
        <i className={`filled ${tone}`} style={{ width: place(total) }} />
        <i className="mark" style={{ left: place(minimum) }} />
        <i className="mark" style={{ left: place(maximum) }} />
      </div>
    </div>
  );
}
