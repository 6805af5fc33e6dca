import { useQuery } from "@tanstack/react-query";

import { ask } from "./client";
import { useCursorList } from "./lists";
import type { Message, MessageStatus, Page, Words } from "./types";

export interface MessageFilter {
  contact_id?: number;
  journey_id?: number;
  status?: MessageStatus;
}

const WATCHED_EVERY_MS = 10_000;

/** What was sent, or would have been; newest first, read again while it is looked at. */
export function useMessages(filter: MessageFilter) {
  return useCursorList<Message>(["messages"], "messages", { ...filter }, WATCHED_EVERY_MS);
}

/** One thing that keeps messages back now, and what can be done about it. */
export interface HeldBackBy {
  kind: string;
  carrier: string | null;
  waiting: number;
  words: Words;
  todo: Words;
}

/** What keeps messages back now; empty while they go as they should. */
export function useHeldBack() {
  return useQuery({
    queryKey: ["messages-held"],
    queryFn: () => ask<Page<HeldBackBy>>("messages/held"),
    refetchInterval: WATCHED_EVERY_MS,
    select: (page) => page.items,
  });
}
