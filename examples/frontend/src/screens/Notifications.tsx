import { useCallback } from "react";
import { answered, client } from "../api/client";
import { Shown, useAct, useLoaded } from "../loading";
import { moment, useSpeech } from "../language";
import { Refusal } from "../parts/notes";

const read = () => answered(client.GET("/api/v1/notifications", { params: { query: { limit: 50 } } }));

/** Subjects that have a page here. */
const PAGES: Record<string, string> = { application: "applications" };

export default function Notifications() {
  const { t, language } = useSpeech();
  const page = useLoaded(useCallback(read, []));
  const { busy, error, run } = useAct();
  const mark = (upTo: string) =>
    run(async () => {
      await answered(client.POST("/api/v1/notifications/readings", { body: { up_to: upTo } }));
      page.reload();
    });
  return (
    <Shown of={page}>
      {({ items, unread }) => (
        <>
          <header className="page">
            <h1>{t("notifications")} <small>{unread} {t("unread")}</small></h1>
            {items[0] && unread > 0 && <button type="button" disabled={busy} onClick={() => mark(items[0]?.id ?? "")}>{t("markRead")}</button>}
          </header>
          <Refusal of={error} />
          {items.length === 0 && <p className="empty">{t("none")}</p>}
          <ul className="card feed">
            {items.map((each) => (
              <li key={each.id} className={each.read_at === null ? "new" : undefined}>
                <p>{each.subject_type in PAGES ? <a href={`#/${PAGES[each.subject_type]}/${each.subject_id}`}>{each.text}</a> : each.text}</p>
                {each.details.length > 0 && <ul>{each.details.map((line) => <li key={line}>{line}</li>)}</ul>}
                <time dateTime={each.told_at} className="quiet">{moment(each.told_at, language)}</time>
              </li>
            ))}
          </ul>
        </>
      )}
    </Shown>
  );
}
