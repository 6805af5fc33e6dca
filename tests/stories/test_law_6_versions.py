"""Paragraph 15: another version is published while somebody is inside; START is a Monday, 16:00 in Shanghai."""

from __future__ import annotations

from tests.journeys.drawing import after, at, chart, event, rule, send, wait, when
from tests.stories.story import Story, hour

STAY = {"stay": True}
DAY = 24


def trust(config, kind="wait", **more):
    """Greets, waits, offers."""
    return chart(
        {"a": {"initial": "hello", **more}},
        {"hello": ("a", "send"), "w": ("a", kind, config), "offer": ("a", "send")},
        [("hello", "sent", "w"), ("w", "next" if kind == "wait" else "timeout", "offer")],
    )


def test_3_15_those_inside_stay_on_their_version(story: Story):
    story.of(trust(wait(**{"for": "P3D"}))).enters().moved(trust(wait(**{"for": "P1D"})), 5, "stay")
    story.until(4 * DAY)
    assert story.told()[2:4] == ["72 step w next", "72 step offer sent"]


def test_3_15_same_id_same_place_and_a_wait_keeps_its_alarm(story: Story):
    story.of(trust(wait(**{"for": "P3D"}))).enters().moved(trust(wait(**{"for": "P1D"})), 5).until(4 * DAY)
    assert story.told() == [
        "0 stage a", "0 step hello sent", "5 moved a", "72 step w next", "72 step offer sent", "72 rest a",
        "72 end completed",
    ]  # fmt: skip


def test_3_15_recomputed_a_for_counts_from_the_old_begin(story: Story):
    story.of(trust(wait(**{"for": "P3D"}))).enters().moved(trust(wait(**{"for": "P5D"})), 5, "recompute")
    story.until(6 * DAY)
    assert story.told()[3] == "120 step w next"


def test_3_15_recomputed_what_is_then_past_is_late_and_its_touches_are_skipped(story: Story):
    story.of(trust(wait(**{"for": "P3D"}))).enters().moved(trust(wait(**{"for": "P1D"})), 30, "recompute")
    assert story.told()[2:5] == ["30 moved a", "30 step w next", "30 step offer skipped"]


def test_3_15_recomputed_an_anchored_wait_counts_from_its_anchor_with_the_new_offset(story: Story):
    def seven(offset):
        return trust(wait(anchor="entered_journey", offset=offset, at="20:00"))

    story.of(seven("P7D")).enters().moved(seven("P2D"), 10, "recompute").until(8 * DAY)
    assert story.told()[3] == "52 step w next"


def test_3_15_recomputed_a_clock_time_is_the_next_one_after_now(story: Story):
    # 16:00 Monday + 30 h is 22:00 on Tuesday; the next 20:00 is on Wednesday, hour 52.
    story.of(trust(wait(at="23:00", weekdays=[5]))).enters().moved(trust(wait(at="20:00")), 30, "recompute")
    story.until(4 * DAY)
    assert story.told()[3] == "52 step w next"


def awaits(*names, longest="P3D"):
    events = [{"exit": name, "event": name, "where": None} for name in names]
    return trust({"events": events, "longest": {"for": longest}}, "wait_event")


def test_3_15_a_wait_for_events_hears_the_new_ones_at_once(story: Story):
    story.of(awaits("paid")).enters().moved(awaits("paid", "asked"), 5).event("asked", 6)
    assert story.told()[3] == "6 step w asked"


def test_3_15_recomputed_longest_counts_from_the_old_begin(story: Story):
    story.of(awaits("paid")).enters().moved(awaits("paid", longest="P1D"), 5, "recompute").until(2 * DAY)
    assert story.told()[3] == "24 step w timeout"


def test_3_15_recomputed_a_wait_hears_what_came_since_its_begin(story: Story):
    story.of(awaits("paid")).enters().event("asked", 3).moved(awaits("paid", "asked"), 5, "recompute")
    assert story.told()[3] == "3 step w asked"


def test_3_15_a_hold_asks_the_policy_again_when_recomputed(story: Story):
    def at_hours(begin, end):
        return chart(
            {"a": {"initial": "s", **STAY}},
            {"s": ("a", "send", {**send("s"), "window": {"from": begin, "to": end}})},
            [],
        )

    kept = story.of(at_hours("20:00", "21:00")).enters().moved(at_hours("09:00", "22:00"), 1)
    assert kept.place == ("waiting", "a", "s")
    story.of(at_hours("20:00", "21:00")).enters().moved(at_hours("09:00", "22:00"), 1, "recompute")
    assert story.told()[-2:] == ["1 step s sent", "1 rest a"]


def test_3_15_a_removed_step_leads_to_its_target(story: Story):
    without = chart(
        {"a": "hello"}, {"hello": ("a", "send"), "offer": ("a", "send")}, [("hello", "sent", "offer")]
    )
    story.of(trust(wait(**{"for": "P3D"}))).enters().moved(without, 5, w="offer")
    assert story.told()[1:4] == ["0 step hello sent", "5 moved a", "5 step offer sent"]


def test_3_15_a_removed_stage_leads_to_another_or_to_an_end(story: Story):
    two = chart({"a": STAY, "b": STAY}, {}, [("a", event("x"), "b")], {"out": "lost"})
    one = chart({"b": STAY}, {}, [], {"out": "lost"})
    story.of(two).enters().moved(one, 5, a="b")
    assert story.told() == ["0 stage a", "0 rest a", "5 moved a", "5 stage b", "5 rest b"]
    story.of(two).enters().moved(one, 5, a="out")
    assert story.told()[-1] == "5 end lost"


def test_3_15_a_step_that_lies_in_another_stage_is_still_the_same_place(story: Story):
    two = chart(
        {"a": "hello", "b": {"initial": "w", "tags": ["vip"]}},
        {"hello": ("a", "send"), "w": ("b", "wait", wait(**{"for": "P3D"})), "offer": ("b", "send")},
        [("hello", "sent", "b"), ("w", "next", "offer")],
    )
    story.of(trust(wait(**{"for": "P3D"}), tags=["new"])).enters().moved(two, 5)
    assert story.place == ("waiting", "b", "w") and story.driver.tags() == ["vip"]
    story.until(4 * DAY)
    assert story.told()[3:5] == ["72 step w next", "72 step offer sent"]


def test_3_15_an_arrow_already_due_on_moving_is_asked_as_on_entering(story: Story):
    plain = chart({"a": STAY, "b": STAY}, {}, [])
    timed = chart({"a": STAY, "b": STAY}, {}, [("a", after("PT3H"), "b")])
    story.of(plain).enters().moved(timed, 5)
    assert story.told()[2:4] == ["5 moved a", "5 stage b a1"]
    story.of(plain).enters().moved(timed, 2).until(4)
    assert story.told()[2:4] == ["2 moved a", "3 stage b a1"]


def test_3_15_a_passed_arrow_whose_rule_fails_rings_no_more(story: Story):
    plain = chart({"a": STAY, "b": STAY}, {}, [])
    asks = {"where": rule("attribute.city", "=", "Beijing")}
    timed = chart({"a": STAY, "b": STAY}, {}, [("a", at(anchor="entered_stage", offset="PT3H"), "b", asks)])
    story.of(plain).enters().moved(timed, 5).changes("attribute.city", 6, "Beijing")
    story.until(9)
    assert story.place == ("resting", "a", None)


def test_3_15_a_rule_that_holds_takes_whoever_is_moved(story: Story):
    plain = chart({"a": STAY, "b": STAY}, {}, [])
    ruled = chart({"a": STAY, "b": STAY}, {}, [("a", when("attribute.tier", "=", "gold"), "b")])
    story.of(plain).knows(tier="gold").enters().moved(ruled, 5)
    assert story.place == ("resting", "b", None)


def test_3_15_stage_alarms_are_kept_or_reckoned_anew(story: Story):
    def leaves(duration):
        return chart({"a": STAY, "b": STAY}, {}, [("a", after(duration), "b")])

    story.of(leaves("P5D")).enters().moved(leaves("P2D"), 5).until(6 * DAY)
    assert story.told()[3] == "120 stage b a1"
    story.of(leaves("P5D")).enters().moved(leaves("P2D"), 5, "recompute").until(6 * DAY)
    assert story.told()[3] == "48 stage b a1"


def test_3_15_a_step_of_another_kind_under_the_same_id_begins(story: Story):
    story.of(trust(wait(**{"for": "P3D"}))).enters().moved(trust(send("now"), "send"), 5)
    assert story.told()[2:4] == ["5 moved a", "5 step w sent"]


def test_3_15_a_remembered_place_is_mapped_like_a_place(story: Story):
    def drawn(inner):
        steps = {"w": ("a", "wait", wait(**{"for": "P3D"})), "offer": ("a", "send")} if inner else {}
        steps["v"] = ("a", "wait", wait(**{"for": "P1D"}))
        return chart(
            {"a": {"initial": "w" if inner else "v", **STAY}, "b": STAY},
            steps,
            [("a", event("out"), "b"), ("b", event("in"), "a", {"enter": "last"})]
            + ([("w", "next", "offer")] if inner else []),
        )

    story.of(drawn(True)).enters().event("out", 3).moved(drawn(False), 5, w="v").event("in", 6)
    assert story.place == ("waiting", "a", "v")
    story.until(2 * DAY)
    assert story.told()[-2:] == ["30 step v next", "30 rest a"]


def test_3_15_while_paused_places_are_mapped_and_nothing_rings(story: Story):
    story.of(trust(wait(**{"for": "PT10H"}))).enters()
    story.driver.pause(story.now)
    story.moved(trust(wait(**{"for": "PT2H"})), 5, "recompute")
    assert story.told()[-1] == "5 moved a"


def test_3_15_rolling_back_puts_everybody_exactly_where_they_were(story: Story):
    without = chart({"b": STAY}, {}, [("b", event("x"), "b")])
    story.of(trust(wait(**{"for": "P3D"}), tags=["new"])).enters().moved(without, 5, w="b")
    assert story.place == ("resting", "b", None) and story.driver.tags() == []
    story.back(6)
    assert story.place == ("waiting", "a", "w") and story.driver.tags() == ["new"]
    story.until(4 * DAY)
    assert story.told()[-4:] == ["72 step w next", "72 step offer sent", "72 rest a", "72 end completed"]
    assert [content for content, _ in story.driver.messages()] == ["hello", "offer"]


def test_3_15_rolling_back_leads_those_who_have_gone_on_by_the_same_id(story: Story):
    more = chart(
        {"a": "hello"},
        {
            "hello": ("a", "send"),
            "w": ("a", "wait", wait(**{"for": "PT5H"})),
            "v": ("a", "wait", wait(**{"for": "P9D"})),
        },
        [("hello", "sent", "w"), ("w", "next", "v")],
    )
    story.of(trust(wait(**{"for": "PT5H"}))).enters().moved(more, 2).until(6)
    assert story.place == ("waiting", "a", "v")
    story.back(7)
    assert story.place == ("waiting", "a", "v"), "without a place or target one stays where one is"
    story.of(trust(wait(**{"for": "PT5H"}))).enters().moved(more, 2).until(6).back(7, v="offer")
    assert story.told()[-3:] == ["7 step offer sent", "7 rest a", "7 end completed"]


def delivery(offset):
    """Waits for so many days after the delivery date, at ten."""
    return trust(wait(anchor={"attribute": "delivered_on"}, offset=offset, at="10:00"))


def test_3_15_an_anchor_that_moves_after_the_move_sets_the_new_versions_alarm_anew(story: Story):
    story.of(delivery("P7D")).knows(delivered_on="2026-03-03").enters().moved(delivery("P2D"), 5, "recompute")
    # Delivered on the 3rd, so the 5th at ten, hour 66; then the delivery is put off to the 6th: the 8th, hour 138.
    story.changes("attribute.delivered_on", 20, "2026-03-06").until(137)
    assert story.place == ("waiting", "a", "w")
    story.until(200)
    assert story.told()[3:5] == ["138 step w next", "138 step offer sent"]


def test_3_15_a_weekend_pause_with_a_new_version_published_in_it(story: Story):
    # Paused from Friday 18:00 (hour 98) to Monday 09:00 (hour 161); the wait of five days would ring on Saturday, hour 120.
    story.of(trust(wait(**{"for": "P5D"}))).enters()
    story.driver.pause(hour(98))
    story.moved(trust(wait(**{"for": "P6D"})), 110, "recompute")
    assert story.place == ("waiting", "a", "w")
    story.driver.resume(hour(161), "shift")
    story.until(206)
    assert story.place == ("waiting", "a", "w")
    story.until(260)
    # Six days from the begin are hour 144, and the pause of 63 hours moves them to hour 207.
    assert story.told()[3:5] == ["207 step w next", "207 step offer sent"]
