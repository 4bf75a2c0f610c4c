import type { ComponentType } from "react";
import { useCampaign, type Campaign } from "../campaigns";
import { useSpeech } from "../language";
import { Shown } from "../loading";

/** A screen about the campaign that is worked on; a word where there is none. */
export function forCampaign(Screen: ComponentType<{ campaign: Campaign }>) {
  return function ForCampaign() {
    const current = useCampaign();
    const { t } = useSpeech();
    return (
      <Shown of={current}>
        {(campaign) => (campaign === undefined ? <p className="quiet">{t("none")}</p> : <Screen campaign={campaign} />)}
      </Shown>
    );
  };
}
