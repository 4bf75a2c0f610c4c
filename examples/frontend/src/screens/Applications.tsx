import { useCallback, useState } from "react";
import { answered, client, newKey, type Schemas } from "../api/client";
import type { Campaign } from "../campaigns";
import { asRefused, Shown, useAct, useLoaded } from "../loading";
import { moment, stateLabel, STATES, useSpeech } from "../language";
import { ActButton } from "../parts/acts";
import { forCampaign } from "../parts/campaign";
import { DeadlineNote, State } from "../parts/state";
import { Refusal } from "../parts/notes";
import { go } from "../route";
import { useAccount } from "../session";

type Page = Schemas["ApplicationPage"];
type Row = Page["items"][number];
interface Filters {
  status?: Row["status"][];
  category?: string[];
  overdue?: boolean;
  q?: string;
}

export const Applications = forCampaign(OfCampaign);

function OfCampaign({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  const { role } = useAccount();
  const [filters, filter] = useState<Filters>({});
  return (
    <>
      <header className="page">
        <div>
          <h1>{campaign.name}</h1>
          <DeadlineNote deadline={campaign.application_deadline} />
        </div>
        {role === "unit" && <Begin campaign={campaign} />}
      </header>
      {role !== "unit" && <FilterBar campaign={campaign} filters={filters} onChange={filter} />}
      <h2 className="hidden">{t("applications")}</h2>
      <Rows key={JSON.stringify(filters)} campaign={campaign} filters={filters} />
    </>
  );
}

function Begin({ campaign }: { campaign: Campaign }) {
  const { busy, error, run } = useAct();
  const { begin_application: action } = campaign.actions;
  const [key] = useState(newKey); // a second click, or a repetition after a lost answer, begins nothing twice
  const begin = async () => {
    const made = await answered(
      client.POST("/api/v1/applications", { params: { header: { "Idempotency-Key": key } }, body: { campaign_id: campaign.id } }),
    );
    go(`applications/${made.id}`);
  };
  return (
    <div>
      <ActButton act="begin_application" action={action} primary busy={busy} onDo={() => run(begin)} />
      <Refusal of={error} />
    </div>
  );
}

function FilterBar({ campaign, filters, onChange }: { campaign: Campaign; filters: Filters; onChange: (filters: Filters) => void }) {
  const { t, language } = useSpeech();
  const change = (name: keyof Filters, value: Filters[keyof Filters] | null) => {
    const rest = { ...filters };
    Reflect.deleteProperty(rest, name);
    onChange(value === null ? rest : { ...rest, [name]: value });
  };
  return (
    <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search" aria-label={t("search")} placeholder={t("search")} defaultValue={filters.q} maxLength={100}
        onKeyDown={(event) => {
          if (event.key === "Enter") change("q", event.currentTarget.value.trim() || null);
        }}
        onBlur={(event) => change("q", event.currentTarget.value.trim() || null)}
      />
      <select aria-label={t("state")} value={filters.status?.[0] ?? ""} onChange={(event) => change("status", event.target.value === "" ? null : [event.target.value])}>
        <option value="">{t("allStates")}</option>
        {STATES.map((each) => <option key={each} value={each}>{stateLabel(each, language)}</option>)}
      </select>
      <select aria-label={t("category")} value={filters.category?.[0] ?? ""} onChange={(event) => change("category", event.target.value === "" ? null : [event.target.value])}>
        <option value="">{t("allCategories")}</option>
        {campaign.settings.categories.map((each) => <option key={each.code} value={each.code}>{each.name}</option>)}
      </select>
      <label className="check">
        <input type="checkbox" checked={filters.overdue ?? false} onChange={(event) => change("overdue", event.target.checked || null)} />
        {t("overdueOnly")}
      </label>
    </form>
  );
}

function Rows({ campaign, filters }: { campaign: Campaign; filters: Filters }) {
  const { t } = useSpeech();
  const page = useCallback(
    (cursor: string | null) =>
      answered(client.GET("/api/v1/applications", {
        params: { query: { campaign_id: campaign.id, limit: 20, ...filters, ...(cursor === null ? {} : { cursor }) } },
      })),
    [campaign.id, filters],
  );
  const first = useLoaded(useCallback(() => page(null), [page]));
  const { busy, error, run } = useAct();
  const more = (shown: Page) =>
    run(async () => {
      const next = await page(shown.next_cursor).catch((reason: unknown) => Promise.reject(asRefused(reason)));
      first.set({ ...next, items: [...shown.items, ...next.items] });
    });
  return (
    <Shown of={first}>
      {(shown) => (
        <>
          <p className="quiet" role="status">{shown.total_exact ? "" : `${t("moreThan")} `}{shown.total} {t("rows")}</p>
          {shown.items.length === 0 ? <p className="empty">{t("none")}</p> : <Table rows={shown.items} campaign={campaign} />}
          <Refusal of={error} />
          {shown.next_cursor !== null && <button type="button" disabled={busy} onClick={() => more(shown)}>{t("more")}</button>}
        </>
      )}
    </Shown>
  );
}

function Table({ rows, campaign }: { rows: Row[]; campaign: Campaign }) {
  const { t, language } = useSpeech();
  const categories = new Map(campaign.settings.categories.map((each) => [each.code, each.name]));
  return (
    <table className="rows">
      <thead>
        <tr>
          <th scope="col">{t("number")}</th><th scope="col">{t("brand")}</th><th scope="col">{t("unit")}</th>
          <th scope="col">{t("category")}</th><th scope="col" className="figure">{t("words")}</th>
          <th scope="col" className="figure">{t("pictures")}</th><th scope="col">{t("state")}</th><th scope="col">{t("changed")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td data-label={t("number")} className="code">{row.number}</td>
            <th scope="row"><a href={`#/applications/${row.id}`}>{row.brand_name ?? t("untitled")}</a></th>
            <td data-label={t("unit")}>{[row.unit_name, ...row.partners.map((each) => each.name)].join("、")}</td>
            <td data-label={t("category")}>{row.category === null ? "" : (categories.get(row.category) ?? row.category)}</td>
            <td data-label={t("words")} className="figure">{row.narrative_length}</td>
            <td data-label={t("pictures")} className="figure">{row.image_count}</td>
            <td data-label={t("state")}><State of={row.status} /></td>
            <td data-label={t("changed")} className="quiet">{moment(row.updated_at, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
