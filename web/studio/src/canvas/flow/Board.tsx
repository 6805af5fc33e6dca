/** The canvas itself: the flow library fed with our nodes and edges, and nothing else. */
import {
  Background,
  BackgroundVariant,
  ConnectionLineType,
  MiniMap,
  ReactFlow,
  useReactFlow,
  useStore,
  type ReactFlowInstance,
  type ReactFlowState,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { GRID, bounds, boxOf } from "../model/geometry";
import { useDrawn } from "../publish/review";
import { useCanvas } from "../store";
import { ArrowEdge, ArrowHeads } from "./ArrowEdge";
import { AnyStageBar, EndNode, EntryNode, NoteNode } from "./OtherNodes";
import { useShownEdges, useShownNodes } from "./overlay";
import { PlayLayer } from "./PlayLayer";
import { allowConnection, takeEdgeChanges, takeNodeChanges, usePointer } from "./pointer";
import { StageNode } from "./StageNode";
import { StepNode } from "./StepNode";
import { sizesFor } from "./sizes";
import { flowDrawer } from "./toFlow";
import type { ArrowFlowEdge, FlowNode } from "./types";

const NODES = {
  stage: StageNode,
  step: StepNode,
  entry: EntryNode,
  end: EndNode,
  note: NoteNode,
  any: AnyStageBar,
};
const EDGES = { arrow: ArrowEdge };
const FAR_BELOW = 0.46;
/** A map of more nodes than this costs more than it tells. */
const MAP_UP_TO = 300;
const MAP_SIZE = { width: 168, height: 116 };
const SNAP: [number, number] = [GRID, GRID];
export const FIT = {
  padding: { top: "40px", bottom: "96px", left: "48px", right: "48px" },
  maxZoom: 1,
  minZoom: 0.08,
} as const;

const zoomIsFar = (state: ReactFlowState) => state.transform[2] < FAR_BELOW;

export function Board({ children }: { children?: ReactNode }) {
  const { t } = useTranslation("canvas");
  const definition = useDrawn();
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const readOnly = useCanvas((state) => state.readOnly);
  const far = useCanvas((state) => state.far);
  const playing = useCanvas((state) => state.playing);
  const draw = useMemo(() => flowDrawer(), []);
  const drawn = useMemo(() => draw(definition, { catalogue, names }), [draw, definition, catalogue, names]);
  const nodes = useShownNodes(drawn.nodes);
  const edges = useShownEdges(drawn.edges);
  const flow = useReactFlow<FlowNode, ArrowFlowEdge>();
  const pointer = usePointer(flow);
  const onEdgesChange = useCallback(
    (changes: Parameters<typeof takeEdgeChanges>[0]) => takeEdgeChanges(changes, drawn.edges),
    [drawn],
  );
  const labels = useMemo(
    () => ({
      "node.a11yDescription.default": t("a11y.node"),
      "edge.a11yDescription.default": t("a11y.edge"),
    }),
    [t],
  );
  const named = useNamedNodes(nodes);
  return (
    <ReactFlow<FlowNode, ArrowFlowEdge>
      className={`rb-board ${far ? "rb-board-far" : ""}`}
      nodes={named}
      edges={edges}
      nodeTypes={NODES}
      edgeTypes={EDGES}
      onNodesChange={takeNodeChanges}
      onEdgesChange={onEdgesChange}
      {...pointer}
      onNodeClick={openOnClick}
      onEdgeClick={openOnClick}
      onPaneClick={closeOnPane}
      isValidConnection={allowConnection}
      connectionLineType={ConnectionLineType.SmoothStep}
      connectionRadius={0}
      connectOnClick={false}
      nodesDraggable={!readOnly}
      nodesConnectable={!readOnly}
      edgesReconnectable={!readOnly}
      reconnectRadius={12}
      snapToGrid
      snapGrid={SNAP}
      minZoom={0.08}
      maxZoom={2}
      nodeDragThreshold={3}
      onlyRenderVisibleElements
      elevateNodesOnSelect={false}
      elevateEdgesOnSelect={false}
      zIndexMode="manual"
      deleteKeyCode={null}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={["Meta", "Control", "Shift"]}
      disableKeyboardA11y
      panOnScroll
      zoomOnDoubleClick={false}
      zoomActivationKeyCode={["Meta", "Control"]}
      ariaLabelConfig={labels}
      onInit={firstSight}
    >
      <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} className="rb-ground" />
      <ArrowHeads />
      <ZoomWatch />
      {playing && <PlayLayer drawn={drawn} />}
      {!playing && nodes.length <= MAP_UP_TO && nodes.length > 0 && (
        <MiniMap
          className="rb-map"
          pannable
          zoomable
          nodeClassName={mapClass}
          ariaLabel={t("map")}
          nodeStrokeWidth={2}
          style={MAP_SIZE}
        />
      )}
      {children}
    </ReactFlow>
  );
}

/** Below this, a journey is shown from its beginning and not as a whole: one should be able to read what one sees. */
const READABLE = 0.5;
const BEGIN_ZOOM = 0.62;

function firstSight(flow: ReactFlowInstance<FlowNode, ArrowFlowEdge>) {
  if (flow.getNodes().length === 0) return void flow.setViewport({ x: 120, y: 96, zoom: 1 });
  void flow.fitView(FIT).then(() => {
    if (flow.getZoom() >= READABLE) return;
    const { history, catalogue, names } = useCanvas.getState();
    const sizeOf = sizesFor(history.present, catalogue, names.lang);
    const begin = [...history.present.entries, ...history.present.stages].flatMap(
      (one) => boxOf(history.present, one.id, sizeOf) ?? [],
    );
    const box = bounds(begin);
    if (box)
      void flow.setViewport({ x: 48 - box.x * BEGIN_ZOOM, y: 56 - box.y * BEGIN_ZOOM, zoom: BEGIN_ZOOM });
  });
}

const mapClass = (node: FlowNode) =>
  `rb-map-${node.type} ${node.type === "step" ? `rb-group-${node.data.group || "flow"}` : ""}`;

function openOnClick(event: React.MouseEvent, one: FlowNode | ArrowFlowEdge) {
  // A dot has its own answer to being pressed.
  if (event.target instanceof Element && event.target.closest(".rb-exit, .rb-stage-out")) return;
  if (event.shiftKey || event.ctrlKey || event.metaKey) return;
  const { select, send } = useCanvas.getState();
  const id = "source" in one ? one.data?.arrow?.id : one.id;
  send({ type: "cancel" });
  if (id) select([id], true);
}

function closeOnPane() {
  const { send, select, side, setSide } = useCanvas.getState();
  send({ type: "cancel" });
  select([]);
  if (side === "selection") setSide(null);
}

function ZoomWatch() {
  const far = useStore(zoomIsFar);
  useEffect(() => {
    useCanvas.getState().setFar(far);
  }, [far]);
  return null;
}

type Named = WeakMap<FlowNode, { problems: number; named: FlowNode }>;
const named = new WeakMap<object, Named>();

/** The named twins of nodes in one language. */
function namedIn(t: object): Named {
  const known = named.get(t) ?? new WeakMap();
  named.set(t, known);
  return known;
}

/** Gives every node its name for screen readers: what it is, what it does, what is wrong with it. */
function useNamedNodes(nodes: FlowNode[]): FlowNode[] {
  const { t } = useTranslation("canvas");
  const problems = useCanvas((state) => state.problems.byNode);
  const cache = namedIn(t);
  return useMemo(
    () =>
      nodes.map((node) => {
        const count = problems.get(node.id)?.filter((one) => one.severity !== "info").length ?? 0;
        const known = cache.get(node);
        if (known?.problems === count) return known.named;
        const wrong = count > 0 ? `，${t("a11y.problems", { count })}` : "";
        const twin = { ...node, ariaLabel: `${nameOf(node, t)}${wrong}` };
        cache.set(node, { problems: count, named: twin });
        return twin;
      }),
    [nodes, problems, t, cache],
  );
}

function nameOf(node: FlowNode, t: (key: string, values?: Record<string, string>) => string): string {
  switch (node.type) {
    case "stage":
      return t("a11y.stage", { name: node.data.stage.name });
    case "step":
      return t("a11y.step", { name: node.data.title, kind: node.data.kindTitle, line: node.data.sentence });
    case "entry":
      return t("a11y.entry", { name: node.data.sentence });
    case "end":
      return t("a11y.end", { name: node.data.end.name });
    case "note":
      return t("a11y.note", { name: node.data.note.text });
    default:
      return t("any.title");
  }
}
