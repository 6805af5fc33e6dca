"""Tags: categories, definitions, what is worn without one, what was refused, and the history of one tag."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import Select, select

from audience import tag_definitions as making
from audience import tag_overview
from audience.tables_tags import TagCategory, TagChange, TagDefinition, TagRefusal
from journeys.words import Flag, Many, Part, Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here, scoped
from web.api.catalogue import WordsOut
from web.errors import invalid, not_found
from web.fields import At, Filled, OneOf, RowNumber, between, several
from web.paging import PageArgs, page, page_of, whole
from web.resource import Resource
from web.shown import located, names_of
from web.tag_sources import TagSourceOut, sources

tags = Resource("tags", "/tags", description="What tags mean, who wears them, and what changed them.")

ONE_TAG = Words("请给出 tag：哪个标签的历史。", "Give tag: whose history is meant.")


class TagCategoryArgs(Shape):
    title = Filled(required=True, longest=100)
    key = Text(longest=64, metadata={"description": "Made of the title if left out"})


class TagCategoryOut(Schema):
    key = fields.Str(required=True)
    title = fields.Nested(WordsOut, required=True)
    own = fields.Bool(required=True, metadata={"description": "False for those every workspace has"})


class TagValueArgs(Shape):
    value = Filled(required=True, longest=64)
    title = Text(longest=100)


class TagDefinitionArgs(Shape):
    name = Text(longest=64, metadata={"description": "As it is worn; the title if left out; never changes"})
    category = Text(longest=64, load_default="basic")
    title = Text(longest=100)
    description = Text(longest=1000)
    values = Many(Part(TagValueArgs), metadata={"description": "Worn as name=value; without values as name"})
    exclusive = Flag(metadata={"description": "One value takes the place of the others"})
    days = RowNumber(
        allow_none=True,
        validate=between(1, making.MOST_DAYS),
        metadata={"description": "Taken off so many days after it was put on last"},
    )
    by_hand = OneOf(making.BY_HAND, metadata={"description": "The least role that may set it by hand"})
    source = OneOf(making.SOURCES, metadata={"description": "From where it is meant to come"})


class TagAdoptArgs(Shape):
    names = Many(Text(longest=64), required=True, validate=several(200))
    category = Text(longest=64, load_default="basic")


class TagValueOut(Schema):
    tag = fields.Str(required=True)
    value = fields.Str(required=True)
    title = fields.Str(required=True)
    worn = fields.Int(required=True)
    allowed = fields.Bool(required=True, metadata={"description": "False for one that is worn from before"})


class TagDefinitionOut(Schema):
    id = fields.Int(required=True)
    name = fields.Str(required=True)
    category = fields.Str(required=True)
    title = fields.Str(required=True)
    description = fields.Str(required=True)
    values = fields.List(fields.Nested(TagValueOut), required=True)
    has_values = fields.Bool(required=True)
    exclusive = fields.Bool(required=True)
    days = fields.Int(required=True, allow_none=True)
    by_hand = fields.Str(required=True, metadata={"enum": list(making.BY_HAND)})
    source = fields.Str(required=True, metadata={"enum": list(making.SOURCES)})
    worn = fields.Int(required=True, metadata={"description": "A contact with two values counts twice"})
    updated_at = At(required=True)
    updated_by = fields.Str(required=True)


class UndefinedTagOut(Schema):
    tag = fields.Str(required=True)
    title = fields.Str(required=True)
    worn = fields.Int(required=True)


class TagRefusalOut(Schema):
    tag = fields.Str(required=True)
    times = fields.Int(required=True)
    last_at = At(required=True)
    source = fields.Nested(TagSourceOut, required=True)


class TagChangeOut(Schema):
    id = fields.Int(required=True)
    contact_id = fields.Int(required=True)
    contact_name = fields.Str(required=True)
    tag = fields.Str(required=True)
    put_on = fields.Bool(required=True)
    at = At(required=True)
    source = fields.Nested(TagSourceOut, required=True)


class TagHistoryArgs(PageArgs):
    tag = Text(longest=64, metadata={"description": "One tag as it is worn; all if left out"})


@tags.get("/categories", least="viewer")
@tags.arguments(PageArgs, location="query")
@tags.response(200, page_of(TagCategoryOut))
def categories(_: dict[str, Any]) -> dict[str, Any]:
    """The categories, those of the house first."""
    titles = making.categories(db.session(), here())
    return whole(
        [{"key": key, "title": title, "own": key not in making.CATEGORIES} for key, title in titles.items()]
    )


@tags.post("/categories", least="editor")
@tags.arguments(TagCategoryArgs)
@tags.response(201, TagCategoryOut)
def add_category(args: dict[str, Any]) -> dict[str, Any]:
    """Make a category of your own."""
    session = db.session()
    try:
        made = making.add_category(session, here(), args["title"], args.get("key"))
    except making.BadTags as bad:
        raise invalid(*located(bad.problems)) from None
    _note("tag_category.made", f"tag_category:{made.key}", {"title": made.title})
    return {"key": made.key, "title": {"zh": made.title, "en": made.title}, "own": True}


@tags.delete("/categories/<category_key>", least="editor")
@tags.response(204)
def remove_category(category_key: str) -> str:
    """Delete a category of your own in which there is nothing."""
    row = db.session.scalars(
        select(TagCategory).where(TagCategory.workspace_id == here(), TagCategory.key == category_key)
    ).one_or_none()
    if row is None:
        raise not_found()
    try:
        making.remove_category(db.session(), row)
    except making.BadTags as bad:
        raise invalid(*located(bad.problems)) from None
    _note("tag_category.deleted", f"tag_category:{category_key}", {})
    return ""


@tags.get("/definitions", least="viewer")
@tags.arguments(PageArgs, location="query")
@tags.response(200, page_of(TagDefinitionOut))
def definitions(args: dict[str, Any]) -> dict[str, Any]:
    """What tags mean and how many wear them now, newest first."""
    return page(scoped(TagDefinition), TagDefinition.id, args, shown=shown)


@tags.post("/definitions", least="editor")
@tags.arguments(TagDefinitionArgs)
@tags.response(201, TagDefinitionOut)
def define(args: dict[str, Any]) -> dict[str, Any]:
    """Define a tag; from now on values that are not allowed are refused, and one that excludes others replaces them."""
    return _save(args, None)


@tags.get("/definitions/<id:definition_id>", least="viewer")
@tags.response(200, TagDefinitionOut)
def one_definition(definition_id: int) -> dict[str, Any]:
    """One definition."""
    return shown([found(TagDefinition, definition_id)])[0]


@tags.put("/definitions/<id:definition_id>", least="editor")
@tags.arguments(TagDefinitionArgs)
@tags.response(200, TagDefinitionOut)
def redefine(args: dict[str, Any], definition_id: int) -> dict[str, Any]:
    """Change a definition; its name stays. What is worn already stays as it is."""
    return _save(args, found(TagDefinition, definition_id))


@tags.delete("/definitions/<id:definition_id>", least="editor")
@tags.response(204)
def undefine(definition_id: int) -> str:
    """Delete a definition; who wears the tag goes on wearing it."""
    row = found(TagDefinition, definition_id)
    name = row.name
    making.remove(db.session(), row)
    _note("tag.undefined", f"tag:{definition_id}", {"name": name})
    return ""


@tags.get("/undefined", least="viewer")
@tags.arguments(PageArgs, location="query")
@tags.response(200, page_of(UndefinedTagOut))
def undefined(_: dict[str, Any]) -> dict[str, Any]:
    """Tags that came in and that nobody has defined yet, most worn first."""
    return whole(
        [
            {"tag": tag, "title": title, "worn": worn}
            for tag, title, worn in tag_overview.undefined(db.session(), here())
        ]
    )


@tags.post("/adopt", least="editor")
@tags.arguments(TagAdoptArgs)
@tags.response(201, page_of(TagDefinitionOut))
def adopt(args: dict[str, Any]) -> dict[str, Any]:
    """Define tags that came in, with one click: `name=value` takes over all values of that name."""
    session = db.session()
    now = clock.now(session)
    try:
        made = making.adopt(session, here(), args["names"], args["category"], now, by=actor().name)
    except making.BadTags as bad:
        raise invalid(*located(bad.problems)) from None
    _note("tags.adopted", "", {"names": [row.name for row in made]})
    return whole(shown(made))


@tags.get("/refused", least="viewer")
@tags.arguments(PageArgs, location="query")
@tags.response(200, page_of(TagRefusalOut))
def refused(_: dict[str, Any]) -> dict[str, Any]:
    """Values that journeys and rules wanted to put on and that their definitions do not allow."""
    rows = db.session.scalars(_refusals().order_by(TagRefusal.last_at.desc()).limit(200)).all()
    told = [tag_overview.Worn(row.tag, row.last_at, row.by, row.source_id) for row in rows]
    who = sources(told, [row.last_at for row in rows], [row.tag for row in rows])
    return whole(
        [
            {"tag": row.tag, "times": row.times, "last_at": row.last_at, "source": source}
            for row, source in zip(rows, who, strict=True)
        ]
    )


@tags.delete("/refused", least="editor")
@tags.response(204)
def forgive() -> str:
    """Forget what was refused, once somebody has seen to it."""
    making.forgive(db.session(), here())
    _note("tags.refusals_cleared", "", {})
    return ""


@tags.get("/history", least="viewer")
@tags.arguments(TagHistoryArgs, location="query")
@tags.response(200, page_of(TagChangeOut))
def history(args: dict[str, Any]) -> dict[str, Any]:
    """Whom a tag was put on and taken off, newest first: when and by whom."""
    if not args.get("tag"):
        raise invalid(("tag", ONE_TAG))
    query = select(TagChange).where(TagChange.workspace_id == here(), TagChange.tag == args["tag"])
    return page(query, TagChange.id, args, shown=changes)


def changes(rows: Any) -> list[dict[str, Any]]:
    """Lines of history as the API gives them."""
    people = names_of(row.contact_id for row in rows)
    who = sources(rows, [row.at for row in rows], [row.tag for row in rows])
    return [
        {
            "id": row.id,
            "contact_id": row.contact_id,
            "contact_name": people.get(row.contact_id, ""),
            "tag": row.tag,
            "put_on": row.put_on,
            "at": row.at,
            "source": source,
        }
        for row, source in zip(rows, who, strict=True)
    ]


def shown(rows: Any) -> list[dict[str, Any]]:
    """Definitions as the API gives them, with their numbers."""
    columns = (
        "id", "name", "category", "title", "description", "exclusive", "days", "by_hand", "source", "updated_at",
        "updated_by",
    )  # fmt: skip
    return [
        {column: getattr(one.definition, column) for column in columns}
        | {"values": one.values, "worn": one.worn, "has_values": bool(one.definition.values)}
        for one in tag_overview.defined(db.session(), here(), rows)
    ]


def _refusals() -> Select[Any]:
    return select(TagRefusal).where(TagRefusal.workspace_id == here())


def _save(args: dict[str, Any], row: TagDefinition | None) -> dict[str, Any]:
    session = db.session()
    now = clock.now(session)
    action = "tag.defined" if row is None else "tag.redefined"
    try:
        made = making.save(session, here(), args, now, by=actor().name, definition=row)
    except making.BadTags as bad:
        raise invalid(*located(bad.problems)) from None
    _note(action, f"tag:{made.id}", {"name": made.name, "values": len(made.values)})
    return shown([made])[0]


def _note(action: str, target: str, detail: dict[str, Any]) -> None:
    session = db.session()
    audit.record(session, here(), actor().name, action, target, detail, clock.now(session))
