// 上报: the sealed applications are put into the recommended order and filed together; the receipts of what was filed.
import { useCallback, useState } from "react";
import { answered, client, newKey, type Application, type Schemas } from "../api/client";
import { open } from "../api/files";
import type { Campaign } from "../campaigns";
import { Shown, useAct, useLoaded } from "../loading";
import { moment, useSpeech } from "../language";
import { Refusal } from "../parts/notes";
import { forCampaign } from "../parts/campaign";
import { DeadlineNote, State } from "../parts/state";

type Receipt = Schemas["FilingOut"];
type Row = Schemas["ApplicationSummary"];

const STANDING: Row["status"][] = ["filed", "accepted", "disqualified"];
const status: Application["status"][] = ["endorsed", ...STANDING];

async function read(campaign: Campaign) {
  const query = { campaign_id: campaign.id, limit: 100 };
  const [{ items }, filings] = await Promise.all([
    answered(client.GET("/api/v1/applications", { params: { query: { ...query, status } } })),
    answered(client.GET("/api/v1/filings", { params: { query } })),
  ]);
  return { rows: items, filings: filings.items };
}

export default forCampaign(OfCampaign);

function OfCampaign({ campaign }: { campaign: Campaign }) {
  const { t } = useSpeech();
  const loaded = useLoaded(useCallback(() => read(campaign), [campaign]));
  const [receipt, receive] = useState<Receipt | null>(null);
  const { minimum_filed: minimum, maximum_filed: maximum } = campaign.limits;
  return (
    <>
      <header className="page">
        <div>
          <h1>{t("filing")}</h1>
          <DeadlineNote deadline={campaign.application_deadline} />
        </div>
        <p className="quiet">{t("minimum")} {minimum} {t("cases")}{maximum === undefined ? "" : `，${t("maximum")} ${maximum} ${t("cases")}`}</p>
      </header>
      {receipt !== null && (
        <section className="note good" role="status">
          <h2>{t("filed")}</h2>
          <p>{t("receiptNumber")} <strong>{receipt.number}</strong> · {t("verification")} <code>{receipt.verification_code}</code></p>
        </section>
      )}
      <Shown of={loaded}>
        {({ rows, filings }) => (
          <>
            <Ordering key={rows.map((each) => each.id + each.status).join()} campaign={campaign} rows={rows} onFiled={(made) => {
              receive(made);
              loaded.reload();
            }} />
            <Receipts filings={filings} />
          </>
        )}
      </Shown>
    </>
  );
}

function Ordering({ campaign, rows, onFiled }: { campaign: Campaign; rows: Row[]; onFiled: (receipt: Receipt) => void }) {
  const { t } = useSpeech();
  const place = (row: Row) => row.recommended_rank ?? Infinity;
  const [listed, sort] = useState(() => rows.toSorted((one, other) => (place(one) < place(other) ? -1 : Number(place(one) > place(other)))));
  const [left, leave] = useState<ReadonlySet<string>>(new Set());
  const [key] = useState(newKey);
  const { busy, error, run } = useAct();
  const ordered = campaign.settings.recommended_order !== "none";
  const isNew = (row: Row) => row.status === "endorsed";
  const chosen = listed.filter((row) => !(isNew(row) && left.has(row.id)));
  const going = chosen.filter(isNew);

  const file = () =>
    run(async () => {
      const body = {
        campaign_id: campaign.id,
        application_ids: going.map((row) => row.id),
        ...(ordered ? { recommended_order: chosen.map((row) => row.id) } : {}),
      };
      onFiled(await answered(client.POST("/api/v1/filings", { params: { header: { "Idempotency-Key": key } }, body })));
    });
  const move = (row: Row, by: number) => {
    const at = listed.indexOf(row);
    const moved = listed.toSpliced(at, 1);
    moved.splice(at + by, 0, row);
    sort(moved);
  };
  const toggle = (row: Row) => {
    const next = new Set(left);
    if (!next.delete(row.id)) next.add(row.id);
    leave(next);
  };

  if (rows.length === 0) return <p className="empty">{t("none")}</p>;
  return (
    <section className="card">
      <h2>{t(ordered ? "order" : "toFile")}</h2>
      {ordered && <p className="quiet">{t("orderHelp")}</p>}
      <ol className="ordering">
        {listed.map((row, at) => (
          <li key={row.id} className={left.has(row.id) ? "off" : undefined}>
            <span className="rank">{chosen.includes(row) ? chosen.indexOf(row) + 1 : "–"}</span>
            <input type="checkbox" aria-label={row.brand_name ?? row.number} checked={chosen.includes(row)} disabled={!isNew(row)} onChange={() => toggle(row)} />
            <span className="what">
              <a href={`#/applications/${row.id}`}>{row.brand_name ?? t("untitled")}</a>
              <small>{row.number} · {row.unit_name}</small>
            </span>
            <State of={row.status} />
            {ordered && (
              <span className="tools">
                <button type="button" aria-label={`${row.brand_name ?? row.number}：${t("earlier")}`} disabled={at === 0} onClick={() => move(row, -1)}>↑</button>
                <button type="button" aria-label={`${row.brand_name ?? row.number}：${t("later")}`} disabled={at === listed.length - 1} onClick={() => move(row, 1)}>↓</button>
              </span>
            )}
          </li>
        ))}
      </ol>
      <Refusal of={error} />
      <div className="row">
        <button type="button" className="primary" disabled={busy || going.length === 0} onClick={file}>{t("fileThese")}（{going.length}）</button>
        <Paper href={`/api/v1/campaigns/${campaign.id}/summary`} word="printSummary" />
      </div>
    </section>
  );
}

function Receipts({ filings }: { filings: Schemas["FilingSummary"][] }) {
  const { t, language } = useSpeech();
  if (filings.length === 0) return null;
  return (
    <section>
      <h2>{t("receipts")}</h2>
      <table className="rows">
        <thead>
          <tr><th scope="col">{t("receiptNumber")}</th><th scope="col">{t("filedAt")}</th><th scope="col" className="figure">{t("cases")}</th><th scope="col"><span className="hidden">{t("receipt")}</span></th></tr>
        </thead>
        <tbody>
          {filings.toReversed().map((each) => (
            <tr key={each.id}>
              <th scope="row" className="code">{each.number}</th>
              <td data-label={t("filedAt")}>{moment(each.filed_at, language)}</td>
              <td data-label={t("cases")} className="figure">{each.size}</td>
              <td><Paper href={`/api/v1/filings/${each.id}/receipt`} word="receipt" /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Paper({ href, word }: { href: string; word: "receipt" | "printSummary" }) {
  const { t } = useSpeech();
  const { busy, error, run } = useAct();
  return (
    <>
      <button type="button" disabled={busy} onClick={() => run(() => open(href))}>{t(word)}</button>
      <Refusal of={error} />
    </>
  );
}
