/** What a contact is called on a page: the name, else what there is. */
export function nameOf(contact: { id: number; name: string; external_id: string | null }): string {
  return contact.name || contact.external_id || `#${contact.id}`;
}
