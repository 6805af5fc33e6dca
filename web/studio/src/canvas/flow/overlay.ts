/** What the pointer changes while it moves: selection and places, laid over the nodes without making the rest anew. */
import { useMemo, useRef } from "react";

import type { Id } from "../model/definition";
import { useCanvas } from "../store";
import type { ToolState } from "../tools/types";
import type { ArrowFlowEdge, FlowNode } from "./types";

type Cache<T extends object> = WeakMap<T, T>;

function chosen<T extends { selected?: boolean }>(cache: Cache<T>, one: T): T {
  const known = cache.get(one);
  if (known) return known;
  const made = { ...one, selected: true };
  cache.set(one, made);
  return made;
}

/** The nodes as they are shown: the selected ones marked, the moved ones moved. */
export function useShownNodes(nodes: FlowNode[]): FlowNode[] {
  const selection = useCanvas((state) => state.selection);
  const tool = useCanvas((state) => state.tool);
  const cache = useRef<Cache<FlowNode>>(new WeakMap());
  const marked = useMemo(() => {
    if (selection.length === 0) return nodes;
    const ids = new Set(selection);
    return nodes.map((node) => (ids.has(node.id) ? chosen(cache.current, node) : node));
  }, [nodes, selection]);
  return useMemo(() => underPointer(marked, tool), [marked, tool]);
}

function underPointer(nodes: FlowNode[], tool: ToolState): FlowNode[] {
  if (tool.name === "moving") {
    return nodes.map((node) => {
      const at = tool.moved[node.id];
      return at ? { ...node, position: at, dragging: true, zIndex: (node.zIndex ?? 0) + 1000 } : node;
    });
  }
  if (tool.name === "resizing") {
    const { w = 0, h = 0 } = tool.place;
    return nodes.map((node) =>
      node.id === tool.stage ? { ...node, width: w, height: h, measured: { width: w, height: h } } : node,
    );
  }
  return nodes;
}

/** The edges with all lines of a selected arrow marked, also those of its other stages. */
export function useShownEdges(edges: ArrowFlowEdge[]): ArrowFlowEdge[] {
  const selection = useCanvas((state) => state.selection);
  const cache = useRef<Cache<ArrowFlowEdge>>(new WeakMap());
  return useMemo(() => {
    if (selection.length === 0) return edges;
    const ids = new Set<Id>(selection);
    return edges.map((edge) =>
      edge.data?.arrow && ids.has(edge.data.arrow.id) ? chosen(cache.current, edge) : edge,
    );
  }, [edges, selection]);
}
