// Slack's `<!date^...>` formats, in the reader's own time zone (docs.slack.dev/messaging/formatting-message-text).

const DAY = { weekday: "long", month: "long", day: "numeric", year: "numeric" };
const FORMATS = {
  date: { month: "long", day: "numeric", year: "numeric" },
  date_short: { month: "short", day: "numeric", year: "numeric" },
  date_long: DAY,
  date_long_full: DAY,
  day_divider: DAY,
  date_slash: { day: "2-digit", month: "2-digit", year: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};
const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** The text of a date node; its fallback when the moment cannot be read. */
export function dateText({ seconds, format, fallback }, now = new Date()) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return fallback;
  return format.replaceAll(/\{([a-z_]+)\}/g, (whole, name) => token(name, at, now) ?? whole);
}

function token(name, at, now) {
  if (name === "ago") return ago(at, now);
  if (name === "date_num") return [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  const plain = name.replace(/_pretty$/, "");
  const near = plain === name ? null : nearDay(at, now);
  return near ?? (FORMATS[plain] && at.toLocaleString("en-US", FORMATS[plain]));
}

function nearDay(at, now) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

function ago(at, now) {
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat("en-US").format(Math.round(seconds / size), unit);
}

function two(number) {
  return String(number).padStart(2, "0");
}
