import { lazy, Suspense, useEffect } from "react";
import { answered, client } from "./api/client";
import { useLoaded } from "./loading";
import { useSpeech } from "./language";
import { useRoute } from "./route";
import { Applications } from "./screens/Applications";
import { SignIn } from "./screens/SignIn";
import { useSession, type Account } from "./session";
import type { Word } from "./words";

const ApplicationPage = lazy(() => import("./screens/ApplicationPage"));
const Filing = lazy(() => import("./screens/Filing"));
const Notifications = lazy(() => import("./screens/Notifications"));
const Progress = lazy(() => import("./screens/Progress"));

const MENU: Partial<Record<Account["role"], Word[]>> = {
  unit: ["applications"],
  committee: ["applications", "filing", "progress"],
  office: ["progress", "applications"],
};

export function App() {
  const { account } = useSession();
  const { language } = useSpeech();
  return (
    <>
      {account === null && <LanguageSwitch />}
      {account === null ? <SignIn /> : <Inside key={language} account={account} />}
    </>
  );
}

function Inside({ account }: { account: Account }) {
  const { t } = useSpeech();
  const route = useRoute();
  const menu = MENU[account.role] ?? [];
  const [screen = menu[0]] = route;
  useEffect(() => {
    document.getElementById("content")?.focus();
    window.scrollTo(0, 0);
  }, [screen]);
  return (
    <>
      <a className="skip" href="#content" onClick={(event) => {
        event.preventDefault();
        document.getElementById("content")?.focus();
      }}>{t("skip")}</a>
      <Top account={account} menu={menu} screen={screen} />
      <main id="content" tabIndex={-1}>
        <Suspense fallback={<p className="quiet" role="status">{t("loading")}</p>}>
          <Screen screen={screen} id={route[1]} />
        </Suspense>
      </main>
    </>
  );
}

function Screen({ screen, id }: { screen: string | undefined; id: string | undefined }) {
  const { t } = useSpeech();
  switch (screen) {
    case "applications":
      return id === undefined ? <Applications /> : <ApplicationPage key={id} id={id} />;
    case "filing":
      return <Filing />;
    case "progress":
      return <Progress />;
    case "notifications":
      return <Notifications />;
    default:
      return <p className="quiet">{t(screen === undefined ? "onlyReading" : "notFound")}</p>;
  }
}

function Top({ account, menu, screen }: { account: Account; menu: Word[]; screen: string | undefined }) {
  const { t } = useSpeech();
  const { close } = useSession();
  return (
    <header className="top">
      <a className="brand" href="#/"><img src="/seal.svg" alt="" width="28" height="28" />{t("title")}</a>
      <nav aria-label={t("menu")}>
        {menu.map((word) => (
          <a key={word} href={`#/${word}`} aria-current={screen === word ? "page" : undefined}>{t(word)}</a>
        ))}
        <Bell current={screen === "notifications"} />
      </nav>
      <div className="who">
        <span>{account.unit_name ?? account.committee_name ?? account.name}</span>
        <LanguageSwitch />
        <button type="button" className="plain" onClick={() => void close()}>{t("signOut")}</button>
      </div>
    </header>
  );
}

const readUnread = () => answered(client.GET("/api/v1/notifications", { params: { query: { limit: 1, unread: true } } }));

/** The number of unread notifications, read again with each screen: asking by a clock would keep the session awake. */
function Bell({ current }: { current: boolean }) {
  const { t } = useSpeech();
  const here = useRoute().join("/");
  const { data, reload } = useLoaded(readUnread);
  useEffect(reload, [reload, here]);
  const unread = data?.unread ?? 0;
  return (
    <a href="#/notifications" aria-current={current ? "page" : undefined}>
      {t("notifications")}
      {unread > 0 && <span className="count">{unread}<span className="hidden">{t("unread")}</span></span>}
    </a>
  );
}

function LanguageSwitch() {
  const { language, change } = useSpeech();
  const other = language === "en" ? "zh-CN" : "en";
  return (
    <button type="button" className="plain language" lang={other} onClick={() => change(other)}>
      {other === "en" ? "English" : "中文"}
    </button>
  );
}
