import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { useCursorList } from "./lists";
import type { Contact, Enrollment, Person, TimelineEntry } from "./types";

export const CONTACTS = ["contacts"] as const;

export function useContacts(q: string) {
  return useCursorList<Contact>([...CONTACTS, "list"], "contacts", { q });
}

export function useContact(id: number | null) {
  return useQuery({
    queryKey: [...CONTACTS, id],
    queryFn: () => ask<Person>(`contacts/${id}`),
    enabled: id !== null,
  });
}

export function useTimeline(id: number, kind?: TimelineEntry["type"]) {
  return useCursorList<TimelineEntry>([...CONTACTS, id, "timeline"], `contacts/${id}/timeline`, { kind });
}

/** The journeys a contact is in or was in, each with why he stands there and what comes next. */
export function useEnrollmentsOf(id: number) {
  return useCursorList<Enrollment>([...CONTACTS, id, "enrollments"], `contacts/${id}/enrollments`);
}

export function useChangeContact(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Pick<Contact, "name" | "attributes" | "tags" | "timezone">>) =>
      ask<Contact>(`contacts/${id}`, { method: "PATCH", body: change }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONTACTS }),
  });
}

export function useAddContact() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (contact: { external_id: string; name?: string; tags?: string[] }) =>
      ask<{ created: number; updated: number }>("contacts/batch", {
        method: "POST",
        body: { contacts: [contact] },
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONTACTS }),
  });
}
