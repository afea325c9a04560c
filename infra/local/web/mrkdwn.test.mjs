// `node --test infra/local/web/`: what the page must read as Slack does.
import assert from "node:assert/strict";
import { test } from "node:test";

import { dateText } from "./dates.js";
import { inline, parse } from "./mrkdwn.js";

test("escaped text is never a mention, a link or a date", () => {
  assert.deepEqual(inline("&lt;!channel&gt; &lt;@U0KIM&gt; &amp;lt;"), [{ text: "<!channel> <@U0KIM> &lt;" }]);
});

test("mentions, groups, channels and broadcasts are references", () => {
  assert.deepEqual(inline("<@U0KIM><#C0DATA|data><!subteam^S0LEADS><!here>"), [
    { user: "U0KIM", label: null },
    { channel: "C0DATA", label: "data" },
    { group: "S0LEADS", label: null },
    { broadcast: "here" },
  ]);
});

test("bold, italic and strike need a word's edge on both sides and may hold each other", () => {
  assert.deepEqual(inline("*a _b_* 2*3*4 snake_case_name ~c~"), [
    { bold: [{ text: "a " }, { italic: [{ text: "b" }] }] },
    { text: " 2*3*4 snake_case_name " },
    { strike: [{ text: "c" }] },
  ]);
});

test("what stands in a code span or a fence is literal", () => {
  assert.deepEqual(inline("`*a* &lt;@U0KIM&gt; &amp;`"), [{ code: "*a* <@U0KIM> &" }]);
  assert.deepEqual(parse("before\n```\n*a*\n  b\n```\nafter"), [
    { lines: [{ text: "before" }] },
    { fence: "*a*\n  b" },
    { lines: [{ text: "after" }] },
  ]);
});

test("lines that look like Markdown stay, and quoted lines are one quote", () => {
  assert.deepEqual(parse("# h\n- li\n> q\n&gt; r"), [{ lines: [{ text: "# h\n- li" }] }, { quote: [{ text: "q\nr" }] }]);
});

test("links have their label, a bare address is a link, and a bracket that is neither stays", () => {
  assert.deepEqual(inline("<https://a.example/x|here> https://b.example. 1 < 2 > 0"), [
    { link: "https://a.example/x", label: "here" },
    { text: " " },
    { link: "https://b.example", label: "https://b.example" },
    { text: ". 1 < 2 > 0" },
  ]);
});

test("a date is written in the reader's own time zone, and one without a known format is its fallback", () => {
  const now = new Date(2026, 10, 23, 12, 0, 0);
  const at = new Date(2026, 10, 23, 9, 5, 7).getTime() / 1000;
  assert.equal(dateText({ seconds: at, format: "{date_short_pretty} at {time}", fallback: "?" }, now), "today at 9:05 AM");
  assert.equal(dateText({ seconds: at, format: "{date_num} {time_secs}", fallback: "?" }, now), "2026-11-23 9:05:07 AM");
  assert.equal(dateText({ seconds: at, format: "{ago}", fallback: "?" }, now), "3 hours ago");
  assert.equal(dateText({ seconds: at - 86_400, format: "{date_pretty}", fallback: "?" }, now), "yesterday");
  assert.equal(dateText({ seconds: NaN, format: "{time}", fallback: "09:05 UTC" }, now), "09:05 UTC");
});
