"""Deliver: take messages from the outbox under a lease, hand them to their carriers, write down what came of it."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from connectors import brake
from connectors.base import Broken, Connector, Halted, Message, Permanent, Receipt, Retryable, Unknown
from connectors.catalogue import register_all
from connectors.registry import SANDBOX, Registry
from connectors.sandbox import Sandbox
from connectors.shut import Shut
from rules.breaker import CALM
from runtime import comparing, faults, greeting, queues
from runtime.breaking import SILENT, Breakers
from runtime.composing import Desk, Verdict, finish, gather
from runtime.connections import Connections
from runtime.counting import SETTLED, of_messages
from runtime.database import Database, Transaction
from runtime.gate import Gate
from runtime.guarding import Tallies, came_back
from runtime.health import Health
from runtime.holding import STOPPED, Holding, untry
from runtime.routes import Routes
from runtime.rows import Letter, Parcel
from runtime.sharing import Sharing
from store import tracing
from store.secrets import Vault

log = logging.getLogger(__name__)

#: Messages leased at once; few enough to be through before the lease must be renewed often.
BATCH = 500
#: Messages of one call and one commit, where the carrier honours our keys.
CALL = 250
#: A lease as young as this needs no renewing before a call: whatever stopped the message would have stopped the leasing.
YOUNG_SECS = 0.5
#: After so long the rest of a batch goes back into its queue, and whatever else this worker does has its turn.
TURN_SECS = 0.5
#: However slow a carrier is, so many are leased at once.
LEAST = 10
#: How long to wait after each failed attempt; after the last one the message has failed for good.
WAITS_SECS = (5, 30, 300, 1800, 7200)
JITTER = 0.2
#: A carrier that asks for silence is obeyed so long, however many tries that takes; after the usual number of them it is
#: asked no sooner than so.
PATIENCE, PATIENT_SECS = timedelta(days=1), 300.0
#: What a step that waits for the carrier's answer may hear.
ANSWERS = ("sent", "delivered", "failed", "refused", "expired")

Result = dict[str, Any]


class Deliver:
    """Delivers; any number of workers may do so at the same time."""

    def __init__(
        self,
        database: Database,
        routes: Routes,
        now: Callable[[Session], datetime],
        registry: Registry | None = None,
        carriers: Collection[str] | None = None,
        vault: Vault | None = None,
    ) -> None:
        self.database, self.routes, self.now = database, routes, now
        self.at = datetime.now(UTC)
        self._leased = 0.0
        #: In whose name the messages at hand go, and with which code.
        self._greetings: dict[int, greeting.Greeting] = {}
        self.registry = registry or register_all(Registry(Sandbox(clock=lambda: self.at)))
        #: The workspaces' own accounts; without a vault to open them there are none.
        self.connections = Connections(self.registry, vault, now) if vault else None
        self.health = Health(self.connections)
        self.vault = vault
        self.owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{os.urandom(4).hex()}"
        self.sharing = Sharing(self.registry, self.owner, carriers)
        self.gate = Gate()
        self.holding, self.breakers, self.tallies = Holding(database), Breakers(), Tallies()
        #: As many messages as go out in one turn; found out by trying.
        self._turn = BATCH

    def run(self, limit: int = BATCH) -> int:
        """Deliver one batch and return how many messages it held."""
        limit = min(limit, self._turn)
        with self.database.transaction() as tx:
            if not self.ready(tx):
                return 0
            moved = self.holding.keep(tx, self.routes, self.at)
            held = self.holding.journeys(self.routes)
            again = tx.sql.take_over(tx.cursor, self.owner, limit, held)
            if self.sharing.needed:
                silent = self.breakers.shut(self.at)
                fresh = self.sharing.lease(tx, self.routes, self.at, limit - len(again), held, silent)
            else:
                fresh = tx.sql.lease(tx.cursor, self.owner, self.at, limit - len(again), held)
            fresh = self.sift(tx, fresh)
            desk = self.read(tx, [*again, *fresh])
        faults.hit("claim.after_commit")
        unsettled = {parcel.id for parcel in again}
        calls = list(self._calls([*again, *fresh]))
        for place, (connector, name, parcels) in enumerate(calls):
            if time.monotonic() - self._leased > TURN_SECS:
                # Somebody may have left meanwhile: that is heard before the rest of the batch goes out.
                self._give_back([p for *_, later in calls[place:] for p in later if p.id not in unsettled])
                self._turn = max(2 * sum(len(done) for *_, done in calls[:place]), LEAST)
                break
            lost = [p for p in parcels if p.id in unsettled and p.reason == "handed"]
            if lost and not _may_repeat(connector):
                self._settle(
                    lost, [_result(p, "unknown", "whether it went out cannot be told") for p in lost]
                )
                parcels = [p for p in parcels if p not in lost]
            if parcels:
                with tracing.span("deliver", carrier=name, messages=len(parcels)):
                    self._send(connector, name, desk, parcels)
        else:
            self._turn = min(2 * self._turn, BATCH)
        return len(again) + len(fresh) + moved + self.later()

    def ready(self, tx: Transaction) -> bool:
        """True if messages may leave at all; looks at the clock, the journeys and the accounts."""
        if not self.gate.open(tx):
            return False
        self.routes.refresh(tx)
        if self.connections is not None:
            self.connections.refresh(tx)
        self.at = self.now(tx.session)
        self.holding.refresh(tx)
        self.breakers.refresh(tx)
        self.tallies.refresh(tx)
        return True

    def sift(self, tx: Transaction, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Of messages just leased, those that neither a guard nor a silent provider keeps back."""
        free = self.holding.sift(tx, self.owner, parcels, self.at)
        reached = {p for p in self.breakers.known if self.registry.has_account(*p)}
        return self.breakers.sift(tx, self.owner, free, self.at, reached)

    def read(self, tx: Transaction, parcels: Sequence[Parcel]) -> Desk:
        """Read what leased messages need, in the transaction that leased them."""
        desk = gather(tx, self.routes, parcels)
        reaches = {p.id: self.registry.has_account(p.workspace_id, p.carrier) for p in parcels}
        self._greetings = greeting.claim(tx, parcels, reaches)
        self._leased = time.monotonic()
        return desk

    def soon(self) -> float | None:
        """Seconds until a limited carrier takes more of what waits for it; None if nothing waits. Told once."""
        secs, self.sharing.ready_in = self.sharing.ready_in, None
        return secs

    def release(self) -> None:
        """Give back what is leased and was not handed to anybody."""
        with self.database.transaction() as tx:
            tx.sql.release(tx.cursor, self.owner)

    def _give_back(self, parcels: Sequence[Parcel]) -> None:
        with self.database.transaction() as tx:
            queues.give_back(tx, self.owner, [parcel.id for parcel in parcels])

    def _calls(self, parcels: Sequence[Parcel]) -> Iterator[tuple[Connector, str, list[Parcel]]]:
        """What is handed over and settled together; where no keys are honoured, mostly each message by itself."""
        for connector, name, theirs in self._by_connector(parcels):
            size = min(connector.most, CALL if connector.keeps_keys else getattr(connector, "together", 1))
            for start in range(0, len(theirs), size):
                yield connector, name, theirs[start : start + size]

    def _by_connector(self, parcels: Sequence[Parcel]) -> list[tuple[Connector, str, list[Parcel]]]:
        groups: dict[tuple[int, str, int], tuple[Connector, str, list[Parcel]]] = {}
        for parcel in parcels:
            connector = self.registry.connector(parcel.workspace_id, parcel.carrier)
            reaches = self.registry.has_account(parcel.workspace_id, parcel.carrier)
            name = parcel.carrier if reaches else SANDBOX
            # Each account keeps its own rate, so its messages go by themselves; the sandbox takes all together.
            whose = parcel.workspace_id if reaches else 0
            groups.setdefault((id(connector), name, whose), (connector, name, []))[2].append(parcel)
        return list(groups.values())

    def _send(self, connector: Connector, name: str, desk: Desk, parcels: Sequence[Parcel]) -> None:
        """Compose, ask the last time whether they may go, hand over, and settle."""
        reaches = name != SANDBOX
        composed = [
            (
                p,
                greeting.apply(
                    finish(desk, p, self.at, reaches_people=reaches, vault=self.vault),
                    self._greetings.get(p.id),
                ),
            )
            for p in parcels
        ]
        results = [
            {**_result(p, v.state, v.reason), **({"not_before": v.until} if v.until else {})}
            for p, v in composed
            if isinstance(v, Verdict)
        ]
        ready = [(p, m) for p, m in composed if isinstance(m, Message)]
        account = parcels[0].workspace_id, name
        # Before the last look, whose transaction is waited for: that is kept for what really goes.
        allowed = self.sharing.allowed(self.database, account, [p.id for p, _ in ready]) if ready else set()
        ready = [(p, m) for p, m in ready if p.id in allowed]
        ours = self._last_look(connector, [parcel for parcel, _ in ready])
        going = [(p, m) for p, m in ready if ours.get(p.id) == "go"]
        results += [
            _result(p, "withdrawn", "interrupted") for p, _ in ready if ours.get(p.id) == "interrupted"
        ]
        results += [_waits_on(p, None) for p, _ in ready if ours.get(p.id) == "paused"]
        faults.hit("send.before")
        if going:
            results += self._hand_over(connector, name, going)
            faults.hit("send.after_provider_ok")
        self._settle(parcels, results)

    def _last_look(self, connector: Connector, parcels: Sequence[Parcel]) -> dict[int, str]:
        """Of the messages that are still ours: go, interrupted or paused; the lease is held for another while."""
        if connector.keeps_keys and time.monotonic() - self._leased < YOUNG_SECS:
            return dict.fromkeys((parcel.id for parcel in parcels), "go")
        with self.database.transaction() as tx:
            ours = tx.sql.keep_lease(tx.cursor, self.owner, [parcel.id for parcel in parcels])
            if not connector.keeps_keys:
                for parcel in parcels:
                    if ours.get(parcel.id) == "go":
                        tx.sql.hand_over(tx.cursor, self.owner, parcel.id)
        return ours

    def _hand_over(
        self, connector: Connector, name: str, going: Sequence[tuple[Parcel, Message]]
    ) -> list[Result]:
        place = (going[0][0].workspace_id, name)
        stopped = partial(self.holding.is_stopped, place[0])
        if name != SANDBOX and stopped():
            return [_waits_on(p, STOPPED) for p, _ in going]
        if len(going) > 1 or self.breakers.known.get(place, CALM).state != "half":
            silent = self.breakers.until(place, self.at)
            if silent is not None:
                return [self._once_back(p, silent) for p, _ in going]
        try:
            with brake.obeying(stopped):
                receipts = connector.send([message for _, message in going])
            self.health.answered(place, receipts)
            self.breakers.answered(place)
        except Halted as error:
            done = {receipt.key: receipt for receipt in error.receipts}
            return [
                self._of_receipt(p, m, name, done[p.key]) if p.key in done else _waits_on(p, STOPPED)
                for p, m in going
            ]
        except Retryable as error:
            self.health.failed(place, error)
            if error.after is not None:
                self.sharing.close(self.database, place, error.after)
            self._heard(connector, going, place, error, alive=bool(error.receipts) or error.after is not None)
            done = {receipt.key: receipt for receipt in error.receipts}
            return [
                self._of_receipt(p, m, name, done[p.key])
                if p.key in done
                else self._again(p, error.after, error)
                for p, m in going
            ]
        except Broken as error:
            self.health.failed(place, error)
            self.breakers.answered(place)
            return [self._again(p, None, error) for p, _ in going]
        except Permanent as error:
            self.health.failed(place, error)
            self.breakers.answered(place)
            return [_result(p, "failed", str(error)) for p, _ in going]
        except Unknown as error:
            self.health.failed(place, error)
            self._heard(connector, going, place, error, alive=bool(error.receipts))
            if _may_repeat(connector):
                return [self._again(p, None, error) for p, _ in going]
            done, unasked = {receipt.key: receipt for receipt in error.receipts}, set(error.unasked)
            return [
                self._of_receipt(p, m, name, done[p.key])
                if p.key in done
                else self._again(p, None, error)
                if p.key in unasked
                else _result(p, "unknown", str(error))
                for p, m in going
            ]
        except Exception as error:  # a connector's own fault must not stop the others
            log.exception("carrier %s failed", name)
            self.health.failed(place, error)
            self._heard(connector, going, place, error, alive=False)
            return [self._again(p, None, error) for p, _ in going]
        by_key = {receipt.key: receipt for receipt in receipts}
        return [self._of_receipt(p, m, name, by_key[p.key]) for p, m in going if p.key in by_key]

    def _of_receipt(self, parcel: Parcel, message: Message, name: str, receipt: Receipt) -> Result:
        result = _result(parcel, greeting.answered(message, receipt.state), receipt.reason)
        if receipt.state in ("sent", "delivered"):
            result["sent_at"] = self.at
        told = {**message.body, **message.note, **({"sender": message.sender} if message.sender else {})}
        result["rendered"] = {**told, "carrier": name, "reference": receipt.reference}
        result["answer"] = receipt.answer
        return result

    def _again(self, parcel: Parcel, after: float | None, error: Exception) -> Result:
        """Try again later, or give up after the last wait."""
        reason = f"{type(error).__name__}: {error}"[:500]
        silent = self.breakers.until((parcel.workspace_id, parcel.carrier), self.at)
        if silent is not None:
            return self._once_back(parcel, silent, reason)
        obeys = after is not None and self.at < parcel.due_at + PATIENCE
        if parcel.tries > len(WAITS_SECS) and not obeys:
            return _result(parcel, "failed", reason)
        wait = after if after is not None else WAITS_SECS[parcel.tries - 1]
        if parcel.tries > len(WAITS_SECS):
            wait = max(wait, PATIENT_SECS)
        result = _result(parcel, "pending", reason)
        result["not_before"] = self.at + timedelta(seconds=wait * jitter(parcel.key, parcel.tries))
        return result

    def _once_back(self, parcel: Parcel, silent: datetime, reason: str = SILENT) -> Result:
        """The provider is silent, which is nobody's fault: it waits, and no try counts."""
        spread = timedelta(seconds=abs(jitter(parcel.key, 1) - 1) * 10)
        return {**_waits_on(parcel, reason), "not_before": silent + spread}

    def _heard(
        self,
        connector: Connector,
        going: Sequence[tuple[Parcel, Message]],
        place: tuple[int, str],
        error: Exception,
        *,
        alive: bool,
    ) -> None:
        """Tell the breaker what a failed call says of the provider; the sandbox and shut accounts say nothing."""
        if alive:
            self.breakers.answered(place)
        elif place[1] != SANDBOX and not isinstance(connector, Shut):
            self.breakers.failed(place, going[0][0].key, f"{type(error).__name__}: {error}", self.at)

    def _settle(self, parcels: Sequence[Parcel], results: Sequence[Result]) -> None:
        """Write down the results that are still ours to write, and tell the steps that wait for them."""
        if not results:
            return
        by_id = {parcel.id: parcel for parcel in parcels}
        with self.database.transaction() as tx:
            unasked = [r["id"] for r in results if r.get("unasked")]
            if unasked:
                untry(tx, self.owner, unasked)
            written = tx.sql.settle(tx.cursor, self.owner, results)
            _count(tx, [(by_id[r["id"]], r["state"], 1) for r in results if r["id"] in written])
            told = [(by_id[r["id"]], r["state"]) for r in results if r["id"] in written]
            tx.sql.send_letters(
                tx.cursor,
                [
                    _letter(by_id[r["id"]], r["state"], r["reason"], self.at, r.get("answer"))
                    for r in results
                    if r["id"] in written and _waits(by_id[r["id"]], r["state"])
                ],
            )
            comparing.note(tx.session, [(by_id[r["id"]], r) for r in results if r["id"] in written])
            senders = {number: one.sender for number, one in self._greetings.items()}
            self.tallies.note(tx, told, senders, self.at)
            self.health.write(tx)
            self.breakers.write(tx, self.at)
            faults.hit("result.before_commit")
        faults.hit("result.after_commit")
        if log.isEnabledFor(logging.DEBUG):
            for state in sorted({state for _, state in told}):
                theirs = [parcel for parcel, what in told if what == state]
                numbers = {
                    "enrollments": [p.enrollment_id for p in theirs],
                    "messages": [p.id for p in theirs],
                }
                log.debug("messages are %s", state, extra=numbers)

    def later(self) -> int:
        """Take in what carriers say later of messages sent before."""
        receipts = [receipt for connector in self.registry.all() for receipt in connector.later()]
        if not receipts:
            return 0
        with self.database.transaction() as tx:
            now = self.now(tx.session)
            for receipt in receipts:
                tell(tx, replace(receipt, at=min(receipt.at, now)))
        return len(receipts)


def tell(tx: Transaction, receipt: Receipt) -> bool:
    """Tell a message sent before what became of it; False if it was not waiting to be told."""
    parcel = tx.sql.arrived(tx.cursor, receipt.key, receipt.state, receipt.reason)
    if parcel is None:
        return False
    _count(tx, [(parcel, "sent", -1), (parcel, receipt.state, 1)])
    if receipt.state in ("failed", "refused"):
        came_back(tx, parcel, receipt.at)
    if _waits(parcel, receipt.state):
        letter = _letter(parcel, receipt.state, receipt.reason, receipt.at)
        tx.sql.send_letters(tx.cursor, [letter])
    return True


def _count(tx: Transaction, settled: Iterable[tuple[Parcel, str, int]]) -> None:
    """Keep the numbers of what became of messages, after their rows are locked."""
    counts: Counter[tuple[int, int, str]] = Counter()
    for parcel, state, number in settled:
        if state in SETTLED:
            counts[parcel.version_id, parcel.workspace_id, of_messages(parcel.step, state)] += number
    tx.sql.count(tx.cursor, {node: (0, number) for node, number in sorted(counts.items()) if number})


def jitter(key: str, tries: int) -> float:
    """A factor around 1 that is always the same for one attempt, so that a crowd does not come back at once."""
    digest = hashlib.blake2b(f"{key}:{tries}".encode(), digest_size=4).digest()
    return 1 + JITTER * (int.from_bytes(digest, "big") / 2**31 - 1)


def _result(parcel: Parcel, state: str, reason: str | None) -> Result:
    return {"id": parcel.id, "state": state, "reason": reason[:500] if reason else None}


def _waits_on(parcel: Parcel, reason: str | None) -> Result:
    """Nobody has seen it, and it goes on waiting: the try does not count."""
    return {**_result(parcel, "pending", reason), "unasked": True}


def _waits(parcel: Parcel, state: str) -> bool:
    return parcel.answer and state in ANSWERS


def _may_repeat(connector: Connector) -> bool:
    """True if a message that may have gone out is to be sent again; else it is left to a person."""
    return connector.keeps_keys or bool(getattr(connector, "repeats_unknown", False))


def _letter(
    parcel: Parcel, state: str, reason: str | None, at: datetime, answer: Mapping[str, Any] | None = None
) -> Letter:
    data: dict[str, Any] = {"key": parcel.key, "seq": parcel.seq, "state": state, "reason": reason}
    return Letter(
        *(parcel.workspace_id, "receipt", state, parcel.contact_id, at, at),
        {**data, "answer": dict(answer)} if answer else data,
        enrollment_id=parcel.enrollment_id,
    )
