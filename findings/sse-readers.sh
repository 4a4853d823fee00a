#!/usr/bin/env bash
# A lone `id:` or `retry:` in a stream of server-sent events ends the answer with an error in OpenAI's Python client, not in the one for Node.
#
# Version:    openai 3.3.0, httpx-sse 0.4.3, sseclient-py 1.9.0 (Python), openai 6.49.0, eventsource-parser 3.1.1, eventsource 4.1.1 (Node)
# Guess:      a stream with an id without data, a comment, retry, data of two lines and an unfinished last event: the same events in all;
#             the unfinished one is dropped
# Behaviour:  HTML's standard has no event for a block without data, and none for an unfinished block. httpx-sse and openai for Python
#             make events with empty data of "id: 7" and "retry: 10" alone, which servers send to let a client connect again; openai
#             reads JSON in it and raises, after which the answer's rest is lost. sseclient-py gives the unfinished event, half a
#             JSON text, as a whole one. The three for Node are right about these, but eventsource has no lastEventId for what follows
#             "id: 7", so that it asks for too much when it connects again. A server does well to send id and retry with data
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet httpx-sse==0.4.3 httpx==0.28.1 sseclient-py==1.9.0 openai==3.3.0 || exit 2
npm install --silent --no-fund --no-audit eventsource-parser@3.1.1 eventsource@4.1.1 openai@6.49.0 >/dev/null 2>&1 || exit 2
cat >read.mjs <<'PROGRAM'
import fs from "node:fs";
import http from "node:http";
import { EventSource } from "eventsource";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { Stream } from "openai/streaming";

const bytes = fs.readFileSync("stream");
const show = (name, events) => console.log(`${name}: ${JSON.stringify(events)}`);

const parsed = [];
const source = new Blob([bytes]).stream().pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
for await (const event of source) parsed.push([event.data, event.id ?? ""]);
show("eventsource-parser", parsed);

const objects = [];
for await (const value of Stream.fromSSEResponse(new Response(bytes), new AbortController())) objects.push(value);
show("openai for Node", objects);

let asked = 0;
const server = http.createServer((request, response) => {
  response.writeHead(asked++ ? 204 : 200, { "Content-Type": "text/event-stream" });
  response.end(asked > 1 ? "" : bytes);
});
server.listen(0, "127.0.0.1", () => {
  const events = [];
  const client = new EventSource(`http://127.0.0.1:${server.address().port}/`);
  client.onmessage = (event) => events.push([event.data, event.lastEventId]);
  client.onerror = () => {
    if (asked < 2) return;
    client.close();
    server.close();
    show("eventsource", events);
  };
});
PROGRAM
cat >read.py <<'PROGRAM'
import json

import httpx
import httpx_sse
import openai
import sseclient

data = open("stream", "rb").read()
show = lambda name, events: print(f"{name}: {json.dumps(events, separators=(',', ':'))}")
answer = lambda _: httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=data)
with httpx.Client(transport=httpx.MockTransport(answer)) as client:
    with httpx_sse.connect_sse(client, "GET", "http://localhost/") as source:
        show("httpx-sse", [[event.data, event.id] for event in source.iter_sse()])
    openai_client = openai.OpenAI(api_key="x", base_url="http://localhost/v1", http_client=client, max_retries=0)
    values = []
    try:
        for value in openai_client.get("/anything", cast_to=object, stream=True, stream_cls=openai.Stream[object]):
            values.append(value)
    except json.JSONDecodeError as error:
        values.append(f"JSONDecodeError: {error}")
    show("openai for Python", values)
show("sseclient-py", [[event.data, event.id or ""] for event in sseclient.SSEClient(iter([data])).events()])
PROGRAM
printf 'data: "one"\n\n: kept alive\n\nid: 7\n\ndata: "after"\n\nretry: 10\n\ndata: {"a":\ndata: 1}\n\ndata: "last"\n\ndata: {"unfinished"' >stream
{ "$folder/venv/bin/python" read.py && node read.mjs; } >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
httpx-sse: [["\"one\"",""],["","7"],["\"after\"","7"],["","7"],["{\"a\":\n1}","7"],["\"last\"","7"]]
openai for Python: ["one","JSONDecodeError: Expecting value: line 1 column 1 (char 0)"]
sseclient-py: [["\"one\"",""],["\"after\"",""],["{\"a\":\n1}",""],["\"last\"",""],["{\"unfinished\"",""]]
eventsource-parser: [["\"one\"",""],["\"after\"",""],["{\"a\":\n1}",""],["\"last\"",""]]
openai for Node: ["one","after",{"a":1},"last"]
eventsource: [["\"one\"",""],["\"after\"",""],["{\"a\":\n1}",""],["\"last\"",""]]
OUTPUT
