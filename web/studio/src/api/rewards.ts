/** Coupons, points, referrals and draws. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { askAll } from "./lists";
import type { Narrowed, Page, Schemas } from "./types";

export type Pool = Schemas["PoolOut"];
export type PoolDraft = Partial<Schemas["PoolArgs"]>;
export type EarnRule = Schemas["EarnIn"];
/** A rule as the server gives it: with what its event is called, and whether one was ever taken in. */
export type Earned = EarnRule & { called: string; seen: boolean };
export type Offer = Schemas["ExchangeIn"];
export type Scheme = Narrowed<Schemas["SchemeOut"], { earn: Earned[]; exchange: Offer[] }>;
export type Holder = Schemas["HolderOut"];
export interface LadderStep {
  at: number;
  pool: string | null;
  scheme: string | null;
  points: number | null;
  reached?: number;
}
export type Program = Narrowed<Schemas["ProgramOut"], { ladder: LadderStep[] }>;
export type Board = Schemas["ReferralBoardOut"];
export type LuckyDraw = Schemas["DrawOut"];
export type DrawDraft = Schemas["DrawArgs"];
export type DrawEntry = Schemas["DrawEntryOut"];
export interface PointsLine {
  amount: number;
  act: string;
  reason: string;
  balance: number;
  at: string;
}
export type ContactRewardsShown = Narrowed<
  Schemas["ContactRewardsOut"],
  {
    points: { scheme: string; name: string; balance: number; lines: PointsLine[] }[];
    brought: { program: string; name: string; count: number }[];
  }
>;

const REWARDS = ["rewards"] as const;
const SOON_MS = 1000;
/** Codes sent at once: a million go in a hundred parts. */
const PART = 10_000;

/** Every pool with its numbers; looked at again while codes are being made. */
export function usePools() {
  return useQuery({
    queryKey: [...REWARDS, "pools"],
    queryFn: ({ signal }) => askAll<Pool>("coupons", signal),
    refetchInterval: (query) => (query.state.data?.some((one) => one.progress < 1) ? SOON_MS : false),
  });
}

export const useSchemes = () =>
  useQuery({
    queryKey: [...REWARDS, "schemes"],
    queryFn: ({ signal }) => askAll<Scheme>("points", signal),
  });

export const usePrograms = () =>
  useQuery({
    queryKey: [...REWARDS, "programs"],
    queryFn: ({ signal }) => askAll<Program>("referrals", signal),
  });

export const useDraws = () =>
  useQuery({ queryKey: [...REWARDS, "draws"], queryFn: ({ signal }) => askAll<LuckyDraw>("draws", signal) });

export const useBoard = (program: string) =>
  useQuery({
    queryKey: [...REWARDS, "board", program],
    queryFn: () => ask<Board>(`referrals/${program}/board`),
  });

export const useHolders = (scheme: string) =>
  useQuery({
    queryKey: [...REWARDS, "holders", scheme],
    queryFn: async () => (await ask<Page<Holder>>(`points/${scheme}/holders`)).items,
  });

export const useContactRewards = (contact: number) =>
  useQuery({
    queryKey: [...REWARDS, "contact", contact],
    queryFn: () => ask<ContactRewardsShown>(`coupons/contacts/${contact}`),
  });

/** Makes one of these, or changes the one of this key. */
export function useSaveReward<Draft, Made>(of: "coupons" | "points" | "referrals" | "draws", key?: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) =>
      key === undefined
        ? ask<Made>(of, { method: "POST", body: draft })
        : ask<Made>(`${of}/${key}`, { method: "PATCH", body: draft }),
    onSuccess: () => cache.invalidateQueries({ queryKey: REWARDS }),
  });
}

export function useCloseDraw(key: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => ask<LuckyDraw>(`draws/${key}/close`, { method: "POST" }),
    onSuccess: () => cache.invalidateQueries({ queryKey: REWARDS }),
  });
}

export interface Uploaded {
  added: number;
  known: number;
  wrong: number;
}

/** Sends a list of codes part by part; `onPart` is told how far it is, 0 to 1. */
export function useUploadCodes(pool: string, onPart: (share: number) => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (file: File) => {
      const lines = (await file.text()).split(/\r?\n/).filter((line) => line.trim());
      const total: Uploaded = { added: 0, known: 0, wrong: 0 };
      for (let first = 0; first < lines.length; first += PART) {
        const codes = lines.slice(first, first + PART);
        const sent = await ask<Schemas["CodesOut"]>(`coupons/${pool}/codes`, {
          method: "POST",
          body: { codes },
        });
        total.added += sent.added;
        total.known += sent.known;
        total.wrong += sent.problems.length;
        onPart(Math.min(1, (first + PART) / lines.length));
      }
      return total;
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: REWARDS }),
  });
}
