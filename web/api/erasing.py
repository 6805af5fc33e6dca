"""One person's data: all of it as a file, or gone."""

from __future__ import annotations

from flask import Response, current_app

from audience import erasing, erasing_files, merging
from journeys import uniting
from store import audit, clock
from store.database import db
from web import idempotency
from web.access import actor, here
from web.errors import not_found
from web.finding import the_contact
from web.resource import Resource

persons = Resource("persons", "/contacts", description="One person's data, handed out or erased.")


@persons.get("/<id:contact_id>/export", least="editor")
@persons.response(200, headers={"Content-Disposition": {"schema": {"type": "string"}}})
def hand_out(contact_id: int) -> Response:
    """Everything that is kept of one person, table by table, as JSON."""
    session = db.session()
    contact = the_contact(contact_id)
    told = {"contact_id": contact.id, "told_at": clock.now(session)}
    response: Response = current_app.json.response(  # type: ignore[assignment]
        told | {"tables": erasing.tell(session, here(), contact.id)}
    )
    response.headers["Content-Disposition"] = f'attachment; filename="contact-{contact.id}.json"'
    return response


@persons.delete("/<id:contact_id>", least="owner")
@persons.response(204)
def erase(contact_id: int) -> None:
    """Erase a person everywhere; only salted hashes of the names are kept, so that nobody is made of them again.

    Nothing is sent to the person any more; what is under way at this moment is swept up within a minute.
    """
    session = db.session()
    names = erasing.names_of(session, here(), the_contact(contact_id).id)
    # First in transactions of their own: a large file that waits is long to look through.
    session.commit()
    seen = erasing_files.clean_imports(session, here(), names, go_on=session.commit)
    merging.take_turn(session, here())
    now = clock.now(session)
    number = the_contact(contact_id).id
    uniting.erase(session, here(), number, now)
    gone = erasing.erase(session, here(), number, actor().name, now, seen=seen)
    if gone is None:
        raise not_found()
    idempotency.forget_answers(session, [value for _, value in gone])
    audit.record(session, here(), actor().name, "contact.erased", f"contact:{number}", {}, now)
