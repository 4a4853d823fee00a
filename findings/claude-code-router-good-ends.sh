#!/usr/bin/env bash
# A gateway for Claude Code gives a good end to answers that a filter stopped, that broke, or that ended without a reason.
#
# Version:    @musistudio/llms 1.0.53 (the core of Claude Code Router; Node), in front of an OpenAI-compatible provider of three events
# Guess:      none was written down before the first run
# Behaviour:  "stop" and "length" arrive as Anthropic's own words; content_filter becomes "stop_sequence", though no stop sequence was
#             asked for; after an error event the error is told on and a message_delta with "end_turn" follows it; a stream without any
#             reason ends with "end_turn". A client that reads the stop reason alone takes half an answer for a whole one
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --ignore-scripts @musistudio/llms@1.0.53 >/dev/null 2>&1 || exit 2
cat >ask.cjs <<'PROGRAM'
const http = require("node:http");
const Server = require("@musistudio/llms").default;

const chunk = (delta, finish_reason = null) => ({
  id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }],
});
const ends = {
  "stop": [chunk({ content: " 40,000." }), chunk({}, "stop")],
  "length": [chunk({}, "length")],
  "content_filter": [chunk({}, "content_filter")],
  "an error event": [{ error: { message: "The server had an error", type: "server_error" } }],
  "no reason": [],
};
let current;
const listen = (server) => new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server.address().port)));

async function main() {
  const provider = http.createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const event of [chunk({ role: "assistant", content: "A hectare costs about" }), ...ends[current]])
        response.write(`data: ${JSON.stringify(event)}\n\n`);
      response.end("data: [DONE]\n\n");
    });
  });
  const api_base_url = `http://127.0.0.1:${await listen(provider)}/v1/chat/completions`;
  const free = http.createServer();
  const port = await listen(free);
  await new Promise((closed) => free.close(closed));
  const providers = [{ name: "p", api_base_url, api_key: "k", models: ["m"] }];
  const options = { PORT: port, HOST: "127.0.0.1", LOG: false, providers, Providers: providers };
  await new Server({ initialConfig: options, logger: false }).start();
  for (current of Object.keys(ends)) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "p,m", max_tokens: 99, stream: true, messages: [{ role: "user", content: "x" }] }),
    });
    const told = await answer.text();
    const reason = told.match(/"stop_reason":"(\w+)"/)?.[1];
    console.log(`seen: ${current}: stop_reason ${reason}${/"type":"error"/.test(told) ? ", after an error event" : ""}`);
  }
  process.exit(0);
}
main();
PROGRAM
timeout 60 node ask.cjs >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 2; }
sed -n 's/^seen: //p' "$folder/log" >"$folder/seen"
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
stop: stop_reason end_turn
length: stop_reason max_tokens
content_filter: stop_reason stop_sequence
an error event: stop_reason end_turn, after an error event
no reason: stop_reason end_turn
OUTPUT
