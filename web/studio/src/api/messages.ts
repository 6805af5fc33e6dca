import { useCursorList } from "./lists";
import type { Message, MessageStatus } from "./types";

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
