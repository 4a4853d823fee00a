#!/usr/bin/env bash
# One middleware of the AI SDK reads an answer otherwise when it is streamed: naming the tag <think> makes thoughts of the rest.
#
# Version:    ai 6.0.326 with its own simulated model (Node)
# Guess:      extractReasoningMiddleware takes a <think> at the start of the answer only; with startWithReasoning, an answer without
#             </think> is text (written for streamText; generateText was run after it)
# Behaviour:  so it is for generateText, in which a tag counts with its end only. In streamText it counts where it stands, in code marks
#             too: an answer about reasoning models loses all behind the tag's name, with finish reason "stop" and no warning. With
#             startWithReasoning, for templates that write the opening tag, a model that answers without thinking has an empty text
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit ai@6.0.326 >/dev/null 2>&1 || exit 2
cat >read.mjs <<'PROGRAM'
import { extractReasoningMiddleware, generateText, streamText, wrapLanguageModel } from "ai";
import { MockLanguageModelV3, simulateReadableStream } from "ai/test";

const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
const finishReason = { unified: "stop", raw: "stop" };

function model(answer, options) {
  const chunks = [
    { type: "text-start", id: "1" },
    ...answer.split(/(?<= )/).map((delta) => ({ type: "text-delta", id: "1", delta })),
    { type: "text-end", id: "1" },
    { type: "finish", finishReason, usage },
  ];
  return wrapLanguageModel({
    model: new MockLanguageModelV3({
      doGenerate: async () => ({ content: [{ type: "text", text: answer }], finishReason, usage, warnings: [] }),
      doStream: async () => ({ stream: simulateReadableStream({ chunks }) }),
    }),
    middleware: extractReasoningMiddleware({ tagName: "think", ...options }),
  });
}

for (const [answer, options] of [
  ["<think>Kelp is an alga.</think>It grows fast.", {}],
  ["Write `<think>` in the template. Then ask.", {}],
  ["Kelp grows fast.", { startWithReasoning: true }],
]) {
  const whole = await generateText({ model: model(answer, options), prompt: "x" });
  const stream = streamText({ model: model(answer, options), prompt: "x" });
  let text = "";
  for await (const piece of stream.textStream) text += piece;
  console.log(JSON.stringify(answer), JSON.stringify(options));
  console.log(`    generateText: ${JSON.stringify(whole.text)}, reasoning ${JSON.stringify(whole.reasoningText)}`);
  console.log(`    streamText: ${JSON.stringify(text)}, reasoning ${JSON.stringify(await stream.reasoningText)}, ${await stream.finishReason}`);
}
PROGRAM
node read.mjs >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
"<think>Kelp is an alga.</think>It grows fast." {}
    generateText: "It grows fast.", reasoning "Kelp is an alga."
    streamText: "It grows fast.", reasoning "Kelp is an alga.", stop
"Write `<think>` in the template. Then ask." {}
    generateText: "Write `<think>` in the template. Then ask.", reasoning undefined
    streamText: "Write `", reasoning "` in the template. Then ask.", stop
"Kelp grows fast." {"startWithReasoning":true}
    generateText: "Kelp grows fast.", reasoning undefined
    streamText: "", reasoning "Kelp grows fast.", stop
OUTPUT
