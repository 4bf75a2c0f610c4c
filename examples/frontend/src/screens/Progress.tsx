// How far the committees are: a bar each, and whom to ring.
import { useCallback } from "react";
import { answered, client, type Schemas } from "../api/client";
import type { Campaign } from "../campaigns";
import { Shown, useLoaded } from "../loading";
import { moment, useSpeech } from "../language";
import { forCampaign } from "../parts/campaign";
import { DeadlineNote } from "../parts/state";
import type { Word } from "../words";

type Figures = Schemas["ProgressFigures"];
type Committee = Schemas["CommitteeProgressOut"];

const STAGES: { figure: keyof Figures; word: Word; tone: string }[] = [
  { figure: "accepted", word: "accepted", tone: "accepted" },
  { figure: "filed", word: "filedState", tone: "filed" },
  { figure: "sealed", word: "sealed", tone: "sealed" },
  { figure: "submitted", word: "submitted", tone: "submitted" },
  { figure: "drafted", word: "drafted", tone: "drafted" },
];

async function read(campaign: Campaign) {
  const [progress, arrears] = await Promise.all([
    answered(client.GET("/api/v1/progress", { params: { query: { campaign_id: campaign.id } } })),
    answered(client.GET("/api/v1/campaigns/{campaign_id}/arrears", { params: { path: { campaign_id: campaign.id }, query: { limit: 100 } } })),
  ]);
  return { progress, arrears: arrears.items };
}

export default forCampaign(OfCampaign);

function OfCampaign({ campaign }: { campaign: Campaign }) {
  const { t, language } = useSpeech();
  const loaded = useLoaded(useCallback(() => read(campaign), [campaign]));
  return (
    <>
      <header className="page">
        <div>
          <h1>{campaign.name}</h1>
          <DeadlineNote deadline={campaign.application_deadline} />
        </div>
      </header>
      <Shown of={loaded}>
        {({ progress, arrears }) => (
          <>
            <Totals of={progress.totals} />
            <section className="card">
              <header className="page">
                <h2>{t("progress")}</h2>
                <small className="quiet">{t("asOf")} {moment(progress.at, language)}</small>
              </header>
              <Legend />
              <Bars committees={progress.committees} />
            </section>
            {arrears.length > 0 && <Arrears rows={arrears} />}
          </>
        )}
      </Shown>
    </>
  );
}

const sum = (of: Figures): number => STAGES.reduce((total, { figure }) => total + of[figure], 0);

function Totals({ of }: { of: Figures }) {
  const { t } = useSpeech();
  return (
    <dl className="totals">
      {STAGES.toReversed().map(({ figure, word, tone }) => (
        <div key={figure} className={tone}>
          <dt>{t(word)}</dt>
          <dd>{of[figure]}</dd>
        </div>
      ))}
    </dl>
  );
}

function Legend() {
  const { t } = useSpeech();
  return <p className="legend">{STAGES.map(({ figure, word, tone }) => <span key={figure}><i className={tone} />{t(word)}</span>)}</p>;
}

function Bars({ committees }: { committees: Committee[] }) {
  const { t } = useSpeech();
  const widest = Math.max(1, ...committees.map((each) => Math.max(sum(each), each.minimum_filed)));
  return (
    <table className="bars">
      <thead className="hidden">
        <tr><th scope="col">{t("committee")}</th><th scope="col">{t("progress")}</th><th scope="col">{t("state")}</th></tr>
      </thead>
      <tbody>
        {committees.map((each) => (
          <tr key={each.committee_id}>
            <th scope="row">{each.committee_name}</th>
            <td>
              <div className="bar">
                {STAGES.filter(({ figure }) => each[figure] > 0).map(({ figure, word, tone }) => (
                  <span key={figure} className={tone} style={{ width: `${(each[figure] / widest) * 100}%` }} title={t(word)}>
                    {each[figure]}<span className="hidden"> {t(word)}</span>
                  </span>
                ))}
                {!each.direct && <i style={{ left: `${(each.minimum_filed / widest) * 100}%` }} title={`${t("minimum")} ${each.minimum_filed}`} />}
              </div>
            </td>
            <td><Standing of={each} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Standing({ of }: { of: Committee }) {
  const { t } = useSpeech();
  if (of.direct) return null;
  if (of.plan_overdue || of.applications_overdue) return <span className="state amber">{t("overdue")}</span>;
  if (of.minimum_met) return <span className="state green">{t("met")}</span>;
  return <span className="state grey">{of.standing} / {of.minimum_filed}</span>;
}

function Arrears({ rows }: { rows: Schemas["ArrearsOut"][] }) {
  const { t } = useSpeech();
  return (
    <section>
      <h2>{t("arrears")}</h2>
      <table className="rows">
        <thead>
          <tr><th scope="col">{t("committee")}</th><th scope="col">{t("owes")}</th><th scope="col">{t("liaison")}</th></tr>
        </thead>
        <tbody>
          {rows.map((each) => (
            <tr key={each.committee_id}>
              <th scope="row">{each.committee_name}</th>
              <td data-label={t("owes")}>{each.summary}</td>
              <td data-label={t("liaison")}>{each.liaison_name} {each.liaison_phone !== null && <a href={`tel:${each.liaison_phone}`}>{each.liaison_phone}</a>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
