// The campaign that is worked on: the newest that is published.
import { useCallback } from "react";
import { answered, client, type Schemas } from "./api/client";
import { useLoaded, type Loaded } from "./loading";

export type Campaign = Schemas["CampaignOut"];

async function read(): Promise<Campaign | undefined> {
  const { items } = await answered(client.GET("/api/v1/campaigns", { params: { query: { limit: 100 } } }));
  const current = items.findLast((each) => each.status === "published") ?? items.at(-1);
  return current && campaign(current.id);
}

export const campaign = (id: string): Promise<Campaign> =>
  answered(client.GET("/api/v1/campaigns/{campaign_id}", { params: { path: { campaign_id: id } } }));

export const useCampaign = (): Loaded<Campaign | undefined> => useLoaded(useCallback(read, []));
