/** What is read from a connected WeCom, and customers handed from one member of staff to another. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import type { components } from "./schema";
import type { Page } from "./types";
import { useBegun } from "./work";

type Schemas = components["schemas"];
export type Reading = Schemas["ReadingOut"];
export type Transfer = Schemas["TransferOut"];
export type TransferAsked = Schemas["TransferAskedOut"];
export type GroupTransfer = Schemas["GroupTransferOut"];
export type GroupTransferAsked = Schemas["GroupTransferAskedOut"];

const WATCHED_EVERY_MS = 2000;
const LOOKED_AT_EVERY_MS = 30_000;
const MOST = 200;
/** States in which a transfer stays for moments only. */
const SOON_OVER = new Set(["waiting", "asking"]);

/** How far a company has been read; followed while it is. */
export function useReading(connection: number) {
  return useQuery({
    queryKey: ["reading", connection],
    queryFn: () => ask<Reading>(`connections/${connection}/sync`),
    refetchInterval: (query) => (query.state.data?.state === "rests" ? LOOKED_AT_EVERY_MS : WATCHED_EVERY_MS),
  });
}

export function useReadNow(connection: number) {
  const cache = useQueryClient();
  const begun = useBegun();
  return useMutation({
    mutationFn: () => ask<Reading>(`connections/${connection}/sync`, { method: "POST" }),
    onSuccess: async (told) => {
      cache.setQueryData(["reading", connection], told);
      await begun();
    },
  });
}

/** The transfers of one customer, or the last of everybody's. */
export function useTransfers(contact: number | null) {
  return useQuery({
    queryKey: ["transfers", contact],
    queryFn: async () => {
      const query = contact === null ? { limit: MOST } : { contact_id: contact, limit: MOST };
      return (await ask<Page<Transfer>>("transfers", { query })).items;
    },
    refetchInterval: (query) =>
      query.state.data?.some((one) => SOON_OVER.has(one.state)) ? WATCHED_EVERY_MS : LOOKED_AT_EVERY_MS,
  });
}

export interface HandOn {
  from_staff_id: number;
  to_staff_id: number;
  contact_ids?: number[];
  all?: boolean;
  words?: string;
}

/** The last groups that were handed on. */
export function useGroupTransfers() {
  return useQuery({
    queryKey: ["group-transfers"],
    queryFn: async () =>
      (await ask<Page<GroupTransfer>>("group-transfers", { query: { limit: MOST } })).items,
    refetchInterval: (query) =>
      query.state.data?.some((one) => SOON_OVER.has(one.state)) ? WATCHED_EVERY_MS : LOOKED_AT_EVERY_MS,
  });
}

/** Hands every customer group of somebody to somebody else. */
export function useHandGroupsOn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Pick<HandOn, "from_staff_id" | "to_staff_id">) =>
      ask<GroupTransferAsked>("group-transfers", { method: "POST", body: { ...body, all: true } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["group-transfers"] }),
  });
}

export function useHandOn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: HandOn) => ask<TransferAsked>("transfers", { method: "POST", body: { ...body } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["transfers"] }),
  });
}
