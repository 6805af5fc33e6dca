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

/** Whose history it is: a person's or a customer group's. */
export type Subject = "contacts" | "groups";

export function useTimeline(id: number, of: Subject, kind?: TimelineEntry["type"]) {
  return useCursorList<TimelineEntry>([of, id, "timeline"], `${of}/${id}/timeline`, { kind });
}

/** The journeys a contact or a group is in or was in, each with why it stands there and what comes next. */
export function useEnrollmentsOf(id: number, of: Subject = "contacts") {
  return useCursorList<Enrollment>([of, id, "enrollments"], `${of}/${id}/enrollments`);
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
