/** The same event sent from outside: by curl, Node and Python, with nothing but what these bring. */
export interface Sent {
  name: string;
  external_id: string;
  properties: Record<string, unknown>;
}

export function snippets(event: Sent, origin: string): { curl: string; node: string; python: string } {
  const url = `${origin}/api/v1/events`;
  const body = JSON.stringify(event, null, 2);
  return {
    curl: [
      `curl -X POST ${url} \\`,
      `  -H 'Authorization: Bearer YOUR_KEY' \\`,
      `  -H 'Content-Type: application/json' \\`,
      `  -d '${JSON.stringify(event).replaceAll("'", "'\\''")}'`,
    ].join("\n"),
    node: [
      `await fetch("${url}", {`,
      `  method: "POST",`,
      `  headers: { Authorization: "Bearer YOUR_KEY", "Content-Type": "application/json" },`,
      `  body: JSON.stringify(${body}),`,
      `});`,
    ].join("\n"),
    python: [
      "import json, urllib.request",
      "",
      `event = json.loads(r'''${body}''')`,
      "request = urllib.request.Request(",
      `    "${url}",`,
      "    data=json.dumps(event).encode(),",
      `    headers={"Authorization": "Bearer YOUR_KEY", "Content-Type": "application/json"},`,
      ")",
      "print(urllib.request.urlopen(request).read())",
    ].join("\n"),
  };
}
