/** Publishing beside the canvas: what changes, what stands in the way, whom it touches and how, and then the deed. */
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Move } from "@/api/changing";
import { movePeople, publishOver } from "@/api/changing";
import { ApiProblem } from "@/api/problem";
import { isRunning, MOVES, useMoves } from "@/api/moves";
import type { CheckProblem } from "@/api/types";
import { useBegun } from "@/api/work";
import { useWords } from "@/parts/language";

import { getJourney } from "../api";
import { isUnsaved, saveNow } from "../autosave";
import { useSight } from "../flow/sight";
import { complete, type Definition, type Id } from "../model/definition";
import { find } from "../model/lookup";
import { definitionNow, selectDefinition, useCanvas } from "../store";
import { Changes, Tallies } from "./Changes";
import { Bones, Drawer, Part } from "./Drawer";
import { DryRun } from "./DryRun";
import { useMarks } from "./marks";
import { Moves } from "./Moves";
import { GroupCard } from "./People";
import { ProblemLines, SandboxedCarriers } from "./Problems";
import { usePublishing } from "./store";
import { missingIn, peopleIn, useDifferences, usePreview, useSavedRevision } from "./usePublishing";

const figure = (n: number) => n.toLocaleString("en-US");

export function PublishPanel() {
  const to = usePublishing((state) => state.to);
  const [done, setDone] = useState<{ version: number; moves: Move[] } | null>(null);
  if (done) return <Afterwards {...done} />;
  return <Asking key={String(to)} to={to} onDone={setDone} />;
}

function Asking({
  to,
  onDone,
}: {
  to: "draft" | number;
  onDone(done: { version: number; moves: Move[] }): void;
}) {
  const { t } = useTranslation("canvas");
  const journey = useCanvas((state) => state.journey)!;
  const problems = useCanvas((state) => state.problems.list);
  const draft = useCanvas(selectDefinition);
  const live = journey.live_version?.number ?? null;
  const revision = useSavedRevision();
  const differences = useDifferences(journey.id, live === null ? null : "live", to, revision);
  const { preview, groups, choose, busy, error } = usePreview(journey.id, to, revision, journey.inside > 0);
  const [typed, setTyped] = useState("");
  const publishing = to === "draft";
  const errors = publishing ? problems.filter((one) => one.severity === "error") : [];
  const next = publishing ? (live ?? 0) + 1 : to;
  const name = `v${next}`;
  const people = preview && groups.length ? (busy ? peopleIn(preview, groups) : preview.people) : 0;
  const missing = missingIn(preview, groups);
  const diff = differences.data;
  const drawing = publishing ? draft : complete((diff?.definitions.to ?? {}) as Partial<Definition>);
  const show = useShow();
  const typing = (preview?.needs_confirm ?? false) && people > 0;
  const confirmed = !typing || Number(typed.replace(/[^\d]/g, "")) === people;
  const deed = useDeed(to, onDone);
  const same = publishing && diff?.same_meaning === true;
  const ready =
    errors.length === 0 &&
    missing === 0 &&
    confirmed &&
    revision !== null &&
    (publishing ? !same || people > 0 : people > 0);
  const title = publishing ? t("publish.title", { version: next }) : t("move.title", { to: name });
  return (
    <Drawer
      title={title}
      sign={publishing ? "flag" : "person"}
      lead={publishing ? t(live === null ? "publish.first" : "publish.again", { version: next }) : undefined}
      foot={
        <>
          {typing && (
            <label className="rb-confirm">
              <span>{t("publish.confirm", { people: figure(people) })}</span>
              <Input
                value={typed}
                inputMode="numeric"
                placeholder={figure(people)}
                status={typed && !confirmed ? "warning" : undefined}
                onChange={(event) => setTyped(event.target.value)}
              />
            </label>
          )}
          {deed.refused && (
            <p className="rb-wrong" role="alert">
              {deed.refused}
            </p>
          )}
          <div className="rb-foot-row">
            <span className="rb-quiet">
              {footWords(t, { errors: errors.length, missing, people, groups: groups.length, same })}
            </span>
            <Button
              type="primary"
              size="large"
              disabled={!ready}
              loading={deed.busy}
              onClick={() => void deed.run(groups, people)}
            >
              {publishing
                ? people > 0
                  ? t("publish.goMove", { version: next, people: figure(people) })
                  : t("publish.go", { version: next })
                : t("move.go", { people: figure(people), to: name })}
            </Button>
          </div>
        </>
      }
    >
      {live !== null && (
        <Part title={t("publish.what")} note={diff && <Tallies counts={diff.counts} />}>
          {differences.error && <p className="rb-wrong">{differences.error.message}</p>}
          {!diff && !differences.error && <Bones />}
          {same && <p className="rb-said">{t("publish.same", { version: live })}</p>}
          {diff && <Changes diff={diff} onShow={show} />}
        </Part>
      )}
      {publishing && <Obstacles errors={errors} />}
      {journey.inside > 0 && (
        <Part title={t("move.who")} note={preview && t("move.whoNote", { people: figure(journey.inside) })}>
          {error && <p className="rb-wrong">{error.message}</p>}
          {!preview && !error && <Bones />}
          {preview?.groups.map((one) => {
            const group = groups.find(({ version }) => version === one.version)!;
            return (
              <GroupCard
                key={one.version}
                preview={one}
                group={group}
                to={name}
                drawing={drawing}
                onChange={choose}
                onShow={show}
              />
            );
          })}
        </Part>
      )}
      {preview?.dry_run && (
        <Part title={t("dry.title")} note={busy ? t("dry.running") : undefined}>
          <DryRun run={preview.dry_run} />
        </Part>
      )}
    </Drawer>
  );
}

interface Said {
  errors: number;
  missing: number;
  people: number;
  groups: number;
  same: boolean;
}

function footWords(
  t: (key: string, values?: Record<string, unknown>) => string,
  { errors, missing, people, groups, same }: Said,
): string {
  if (errors > 0) return t("publish.footErrors", { count: errors });
  if (missing > 0) return t("publish.footMissing", { count: missing });
  if (people > 0) return t("publish.footMove", { people: figure(people) });
  if (same) return t("publish.footSame");
  return groups > 0 ? t("publish.footStay") : "";
}

/** Shows a thing on the canvas and marks it as the one that is looked at. */
function useShow() {
  const sight = useSight();
  return (node: Id) => {
    useMarks.setState({ at: node });
    if (find(definitionNow(), node)) useCanvas.getState().select([node]);
    sight.show([node]);
  };
}

function Obstacles({ errors }: { errors: readonly CheckProblem[] }) {
  const { t } = useTranslation("canvas");
  const list = useCanvas((state) => state.problems.list);
  const warnings = list.filter((one) => one.severity === "warning");
  return (
    <Part title={t("publish.problems")}>
      {errors.length > 0 && (
        <>
          <p>{t("publish.errors", { count: errors.length })}</p>
          <ProblemLines problems={errors} />
        </>
      )}
      {errors.length === 0 && warnings.length === 0 && <p className="rb-fine">✓ {t("publish.noProblems")}</p>}
      {warnings.length > 0 && (
        <details className="rb-kept">
          <summary>{t("publish.warnings", { count: warnings.length })}</summary>
          <ProblemLines problems={warnings} />
        </details>
      )}
      <SandboxedCarriers />
    </Part>
  );
}

/** Publishes or moves; says what the server would not do, and keeps what was chosen. */
function useDeed(to: "draft" | number, onDone: (done: { version: number; moves: Move[] }) => void) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const words = useWords();
  const cache = useQueryClient();
  const begun = useBegun();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const deed = async (groups: Parameters<typeof movePeople>[1]["groups"], people: number) => {
    const { journey } = useCanvas.getState();
    if (!journey) return null;
    const confirm = people > 0 ? { confirm: people } : {};
    if (to !== "draft") {
      const moving = groups.filter((group) => group.mode !== "stay");
      return { version: to, ...(await movePeople(journey.id, { to, groups: moving, ...confirm })) };
    }
    await saveNow();
    const { save, revision } = useCanvas.getState();
    if (isUnsaved()) throw new Error(save.is === "refused" ? save.detail : t("publish.unsaved"));
    const inside = groups.length > 0 ? { inside: groups } : {};
    return publishOver(journey.id, { revision, ...inside, ...confirm });
  };
  const run = async (groups: Parameters<typeof movePeople>[1]["groups"], people: number) => {
    setBusy(true);
    setRefused(null);
    try {
      const answer = await deed(groups, people);
      const { journey, setJourney, setLayer, setSide } = useCanvas.getState();
      if (!journey || !answer) return;
      const moves = answer.moves ?? [];
      setJourney(await getJourney(journey.id));
      setLayer("here");
      await Promise.all([cache.invalidateQueries({ queryKey: MOVES }), begun()]);
      if (to === "draft") message.success(t("publish.done", { version: answer.version }));
      if (moves.length > 0) onDone({ version: answer.version, moves });
      else setSide(null);
    } catch (problem) {
      const found = problem instanceof ApiProblem ? problem.body.problems : null;
      if (Array.isArray(found)) useCanvas.getState().setProblems(found as CheckProblem[], definitionNow());
      setRefused(refusal(problem, words));
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, refused };
}

function refusal(problem: unknown, words: ReturnType<typeof useWords>): string {
  if (!(problem instanceof ApiProblem)) return problem instanceof Error ? problem.message : String(problem);
  const first = problem.entries.find((one) => one.message && words(one.message) !== problem.message);
  return first ? `${problem.message} ${words(first.message)}` : problem.message;
}

/** After the deed: how far the move has come, and the way back. */
function Afterwards({ version, moves }: { version: number; moves: Move[] }) {
  const { t } = useTranslation("canvas");
  const journey = useCanvas((state) => state.journey)!;
  const running = useMoves(journey.id).data?.some(isRunning) ?? true;
  return (
    <Drawer title={t("moves.after", { version })} sign="done">
      <p className="rb-said" role="status">
        {t(running ? "moves.leave" : "moves.allDone")}
      </p>
      <Moves journey={journey.id} only={moves.map(({ id }) => id)} />
    </Drawer>
  );
}
