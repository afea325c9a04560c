// Slack's mrkdwn as a tree. Ours, because the library's parser takes escaped text for mentions and drops lines that
// look like Markdown lists or headings. Source: docs.slack.dev/messaging/formatting-message-text.

const FENCE = /```\n?([\s\S]+?)\n?```/;
const QUOTED = /^(?:&gt;|>) ?/;
const CODE = /`([^`\n]+)`/;
const ANGLED = /<([@#!][^<>\n]+|[a-z][a-z0-9+.-]*:[^<>\n]+)>/;
const EMOJI = /:([a-z0-9_+-]+):/;
const URL = /(https?:\/\/[^\s<>|*]*[^\s<>|*.,;:!?)])/;
const STYLES = ["*", "_", "~"].map(styled);
const INLINE = new RegExp([CODE, ANGLED, ...STYLES, EMOJI, URL].map((part) => part.source).join("|"), "u");

/** What is styled by a mark: it begins and ends at a word's edge, and holds no line break. */
function styled(mark) {
  const edge = `[\\p{L}\\p{N}${mark}]`;
  return new RegExp(`(?<!${edge})[${mark}](?=\\S)([^${mark}\\n]*?\\S)[${mark}](?!${edge})`, "u");
}

/** Blocks of a text: `{lines}`, `{quote}` (each a list of inline nodes) and `{fence}` (literal text). */
export function parse(text) {
  const fence = FENCE.exec(text);
  if (!fence) return text ? paragraphs(text) : [];
  const before = text.slice(0, fence.index).replace(/\n$/, "");
  const after = text.slice(fence.index + fence[0].length).replace(/^\n/, "");
  return [...(before ? paragraphs(before) : []), { fence: decoded(fence[1]) }, ...parse(after)];
}

function paragraphs(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const kind = QUOTED.test(line) ? "quote" : "lines";
    const bare = kind === "quote" ? line.replace(QUOTED, "") : line;
    if (found.at(-1)?.kind === kind) found.at(-1).bare.push(bare);
    else found.push({ kind, bare: [bare] });
  }
  return found.map(({ kind, bare }) => ({ [kind]: inline(bare.join("\n")) }));
}

/** Inline nodes: `{text}`, `{code}`, `{bold|italic|strike: nodes}`, `{emoji}`, `{link, label}`, mentions, `{date}`. */
export function inline(text) {
  const match = INLINE.exec(text);
  if (!match) return text ? [{ text: decoded(text) }] : [];
  const [whole, code, angled, bold, italic, strike, emoji, url] = match;
  const before = text.slice(0, match.index);
  const nodes = before ? [{ text: decoded(before) }] : [];
  if (code) nodes.push({ code: decoded(code) });
  else if (angled) nodes.push(reference(angled));
  else if (bold) nodes.push({ bold: inline(bold) });
  else if (italic) nodes.push({ italic: inline(italic) });
  else if (strike) nodes.push({ strike: inline(strike) });
  else if (emoji) nodes.push({ emoji });
  else nodes.push({ link: decoded(url), label: decoded(url) });
  return [...nodes, ...inline(text.slice(match.index + whole.length))];
}

/** What stands between angle brackets: a mention, a date or a link, each with an optional `|label`. */
function reference(angled) {
  const bar = angled.indexOf("|");
  const target = bar < 0 ? angled : angled.slice(0, bar);
  const label = bar < 0 ? null : decoded(angled.slice(bar + 1));
  if (target.startsWith("@")) return { user: target.slice(1), label };
  if (target.startsWith("#")) return { channel: target.slice(1), label };
  if (target.startsWith("!subteam^")) return { group: target.slice("!subteam^".length), label };
  if (target.startsWith("!date^")) {
    const [, seconds, format, link] = target.split("^");
    return { date: { seconds: Number(seconds), format, link: link ?? null, fallback: label ?? "" } };
  }
  if (target.startsWith("!")) return { broadcast: target.slice(1) };
  return { link: decoded(target), label: label ?? decoded(target).replace(/^mailto:/, "") };
}

/** Text as it reads: Slack escapes these three characters and no others. */
export function decoded(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
