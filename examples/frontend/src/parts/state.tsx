import type { Application, Schemas } from "../api/client";
import { moment, stateLabel, useSpeech } from "../language";

const TONES: Partial<Record<Application["status"], string>> = {
  draft: "grey", submitted: "blue", paused: "amber", returned: "amber", declined: "grey", endorsed: "red",
  filed: "green", accepted: "green", disqualified: "amber", withdrawn: "grey",
};

export function State({ of }: { of: Application["status"] }) {
  const { language } = useSpeech();
  return <span className={`state ${TONES[of] ?? "grey"}`}>{stateLabel(of, language)}</span>;
}

const DAY = 86_400;
const HOUR = 3600;

type Deadline = Pick<Schemas["EffectiveDeadline"], "enforced_at" | "seconds_left">;

/** The deadline, and what is left of it by the server's clock. The instant itself is too late: the minute before is said. */
export function DeadlineNote({ deadline }: { deadline: Deadline }) {
  const { t, language } = useSpeech();
  const left = deadline.seconds_left;
  const last = new Date(Date.parse(deadline.enforced_at) - 60_000).toISOString();
  const span =
    left >= DAY ? `${Math.floor(left / DAY)} ${t("days")}`
    : left >= HOUR ? `${Math.floor(left / HOUR)} ${t("hours")}`
    : `${Math.floor(left / 60)} ${t("minutes")}`;
  const words = left > 0 ? (language === "en" ? `${span} ${t("left")}` : `${t("left")} ${span}`) : t("over");
  return (
    <p className="deadline">
      {t("deadline")} <time dateTime={deadline.enforced_at}>{moment(last, language)}</time>
      <span className={left < 3 * DAY ? "state amber" : "state blue"}>{words}</span>
    </p>
  );
}
