import { Fragment, type ReactNode } from "react";

import { blocks, spans, type Block } from "./markdownBlocks";
import css from "./Markdown.module.css";

/** The little Markdown that a template's README uses: headings, lists, tables, bold, code. Links and HTML stay text. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={css.text}>
      {blocks(text).map((block, index) => (
        <Fragment key={index}>{drawn(block)}</Fragment>
      ))}
    </div>
  );
}

function drawn(block: Block): ReactNode {
  switch (block.kind) {
    case "heading":
      return block.level <= 2 ? <h3>{inline(block.text)}</h3> : <h4>{inline(block.text)}</h4>;
    case "list": {
      const items = block.items.map((item, index) => <li key={index}>{inline(item)}</li>);
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return <Table rows={block.rows} />;
    case "code":
      return <pre>{block.text}</pre>;
    case "paragraph":
      return <p>{inline(block.text)}</p>;
  }
}

function Table({ rows }: { rows: string[][] }) {
  const [head = [], ...body] = rows;
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell, index) => (
            <th key={index}>{inline(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.map((row, at) => (
          <tr key={at}>
            {row.map((cell, index) => (
              <td key={index}>{inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inline(text: string): ReactNode[] {
  return spans(text).map((span, index) => {
    if (span.kind === "bold") return <strong key={index}>{span.text}</strong>;
    if (span.kind === "code") return <code key={index}>{span.text}</code>;
    return <Fragment key={index}>{span.text}</Fragment>;
  });
}
