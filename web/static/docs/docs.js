// Draws the OpenAPI document as a page: no library, no request to anywhere but this server.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function follow(api, thing) {
  const seen = new Set();
  while (thing && thing.$ref && !seen.has(thing.$ref)) {
    seen.add(thing.$ref);
    thing = thing.$ref.slice(2).split("/").reduce((at, key) => at[key], api);
  }
  return thing;
}

// An example of what a schema admits, with the type in place of each value.
function example(api, schema, depth = 0) {
  const s = follow(api, schema) || {};
  if (depth > 6) return "…";
  if (s.enum) return s.enum.join(" | ");
  const type = Array.isArray(s.type) ? s.type.find((one) => one !== "null") : s.type;
  if (type === "array") return [example(api, s.items, depth + 1)];
  if (s.properties) {
    return Object.fromEntries(Object.entries(s.properties).map(([k, v]) => [k, example(api, v, depth + 1)]));
  }
  if (s.allOf) return Object.assign({}, ...s.allOf.map((one) => example(api, one, depth + 1)));
  const alternatives = s.anyOf || s.oneOf;
  if (alternatives) return example(api, alternatives[0], depth + 1);
  return s.format ? `${type} (${s.format})` : type || "anything";
}

function content(api, title, holder) {
  const found = Object.entries((follow(api, holder) || {}).content || {});
  return found.map(([type, body]) =>
    el("div", {}, el("h4", {}, `${title} · ${type}`), el("pre", {}, JSON.stringify(example(api, body.schema), null, 2))),
  );
}

function parameters(api, list) {
  if (!list.length) return null;
  const rows = list.map((one) => follow(api, one)).map((one) =>
    el("tr", {}, el("td", {}, el("code", {}, one.name), one.required ? " *" : ""), el("td", {}, one.in),
      el("td", {}, String(example(api, one.schema))), el("td", {}, one.description || (one.schema || {}).description || "")));
  return el("table", {}, el("tbody", {}, ...rows));
}

function operation(api, path, method, op, shared) {
  const answers = Object.entries(op.responses || {}).filter(([status]) => status.startsWith("2"));
  const body = el("div", { class: "body" },
    el("p", {}, op.description || ""),
    parameters(api, [...shared, ...(op.parameters || [])]),
    ...(op.requestBody ? content(api, "Request", op.requestBody) : []),
    ...answers.flatMap(([status, answer]) => content(api, status, answer)));
  const role = op.security && !op.security.length ? "public" : op["x-least-role"] || "";
  return el("details", { id: op.operationId },
    el("summary", {}, el("span", { class: "method" }, method), el("span", { class: "path" }, path),
      el("span", {}, op.summary || ""), el("span", { class: "role" }, role)), body);
}

function draw(api) {
  const main = document.getElementById("operations");
  const nav = document.getElementById("contents");
  main.replaceChildren(el("h1", {}, `${api.info.title} API ${api.info.version}`), el("p", {}, api.info.description),
    el("p", {}, el("a", { href: document.body.dataset.document }, "openapi.json")));
  for (const tag of api.tags || []) {
    const section = el("section", { id: `tag-${tag.name}` }, el("h2", {}, tag.name), el("p", {}, tag.description || ""));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of METHODS) {
        const op = item[method];
        if (op && (op.tags || []).includes(tag.name)) section.append(operation(api, path, method, op, item.parameters || []));
      }
    }
    main.append(section);
    nav.append(el("a", { href: `#tag-${tag.name}` }, tag.name));
  }
}

fetch(document.body.dataset.document)
  .then((answer) => answer.json())
  .then(draw)
  .catch(() => { document.getElementById("operations").textContent = "openapi.json cannot be read."; });
