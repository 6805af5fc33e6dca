"""The word to stop, asked of every connector at the last moment: before the bytes leave, not when the work is begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from connectors import brake
from connectors.base import Halted
from tests.connectors.test_every_connector import CONNECTORS, Place, standing

REAL = [name for name in CONNECTORS if name not in ("sandbox", "scripted")]
MOST_QUESTIONS = 40


@pytest.fixture(params=REAL)
def place(request: pytest.FixtureRequest, at_home: None) -> Iterator[Place]:
    with standing(request.param) as found:
        yield found


def after(questions: int) -> Callable[[], bool]:
    """Somebody says stop once it has been asked so often."""
    left = [questions]

    def stopped() -> bool:
        left[0] -= 1
        return left[0] < 0

    return stopped


def test_nothing_leaves_once_it_is_stopped_however_late_the_word_comes(place: Place) -> None:
    """Stopped at each question in turn: what is halted had no effect, and in the end all of it goes."""
    for questions in range(MOST_QUESTIONS):
        before, sent = place.effects(), [place.message(f"{questions}:1:0"), place.message(f"{questions}:2:0")]
        with brake.obeying(after(questions)):
            try:
                receipts = place.connector.send(sent)
            except Halted as error:
                done = [receipt.key for receipt in error.receipts]
                assert place.effects() == before + len(done), "what is not told of has not left us"
                assert set(done) < {message.key for message in sent}
                continue
        assert len(receipts) == 2 and place.effects() == before + 2
        assert questions >= 2, "it is asked before each message at the least"
        return
    raise AssertionError("it was never let go")


def test_the_last_question_comes_after_everything_that_may_take_long(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody says stop while it connects: signing in, a token, a connection are ready, and nothing goes by them."""
    from connectors import email, safe_http
    from connectors.wecom.client import Slots

    said: list[bool] = []

    def says_stop(kind: object, name: str) -> None:
        real = getattr(kind, name)

        def late(*given: object, **more: object) -> object:
            said.append(True)
            return real(*given, **more)

        monkeypatch.setattr(kind, name, late)

    says_stop(safe_http, "dial")
    says_stop(email, "dial")
    says_stop(Slots, "one")
    with brake.obeying(lambda: bool(said)), pytest.raises(Halted):
        place.connector.send([place.message("1:1:0")])
    assert said and place.effects() == 0
