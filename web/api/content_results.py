"""How the variants of a material do, and choosing one."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from content.tables import Material
from content.variants import LEAST_SAMPLE, MEASURES, better, weights
from insights import variants
from journeys.words import Shape, Text, Words
from store import audit, clock
from store.database import db
from web.access import actor, found, here
from web.api.contents import ContentOut
from web.errors import invalid
from web.fields import QueryNumber
from web.resource import Resource

content_results = Resource("content_results", "/contents", description="Variants of materials compared.")

NO_VARIANT = Words("没有这个变体。", "There is no such variant.")


class ResultsArgs(Shape):
    version = QueryNumber(metadata={"description": "The one at hand if left out"})


class ShareOut(Schema):
    share = fields.Float(required=True, allow_none=True)
    least = fields.Float(required=True, metadata={"description": "95 % interval (Wilson)"})
    most = fields.Float(required=True)


class VariantOut(Schema):
    key = fields.Str(required=True)
    weight = fields.Int(required=True)
    sent = fields.Int(required=True)
    delivered = fields.Int(required=True)
    people = fields.Int(required=True)
    replied = fields.Int(required=True)
    converted = fields.Int(required=True)
    reply_rate = fields.Nested(ShareOut, required=True)
    conversion_rate = fields.Nested(ShareOut, required=True)


class ResultsOut(Schema):
    version = fields.Int(required=True)
    winner = fields.Str(required=True)
    least_sample = fields.Int(required=True)
    better = fields.Dict(
        required=True,
        metadata={"description": "{replied, converted}: the variant that is clearly ahead, or null"},
    )
    variants = fields.List(fields.Nested(VariantOut), required=True)


class WinnerArgs(Shape):
    variant = Text(longest=8, required=True, metadata={"description": "Empty: compare them again"})


@content_results.get("/<id:content_id>/results", least="viewer")
@content_results.arguments(ResultsArgs, location="query")
@content_results.response(200, ResultsOut)
def results(args: dict[str, Any], content_id: int) -> dict[str, Any]:
    """Sent, delivered, answered within 24 hours and converted, by variant, with honest intervals."""
    material = found(Material, content_id)
    version = args.get("version", material.version)
    counts = variants.results(db.session(), material, version)
    shares = weights(material.variants)
    sample = (material.choosing or {}).get("sample", LEAST_SAMPLE)
    rows = []
    for count in counts:
        told = {name: getattr(count, name) for name in ("key", "sent", "delivered", "people", *MEASURES)}
        rates = {}
        for name, measure in (("reply_rate", "replied"), ("conversion_rate", "converted")):
            least, most = count.interval(measure)
            rates[name] = {"share": count.share(measure), "least": least, "most": most}
        rows.append({**told, **rates, "weight": shares[count.key]})
    return {
        "version": version,
        "winner": material.winner,
        "least_sample": sample,
        "better": {measure: better(counts, measure, sample) for measure in MEASURES},
        "variants": rows,
    }


@content_results.post("/<id:content_id>/winner", least="editor")
@content_results.arguments(WinnerArgs)
@content_results.response(200, ContentOut)
def winner(args: dict[str, Any], content_id: int) -> Material:
    """Tell everybody one variant from now on, or compare them again."""
    session, material = db.session(), found(Material, content_id)
    if args["variant"] and args["variant"] not in weights(material.variants):
        raise invalid(("variant", NO_VARIANT))
    material.winner = args["variant"]
    session.flush()
    note = {"variant": args["variant"], "version": material.version}
    audit.record(
        session, here(), actor().name, "content.winner", f"content:{material.id}", note, clock.now(session)
    )
    return material
