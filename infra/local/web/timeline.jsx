// What was said in the channel, and, between the messages, what the person did and how soon the app answered.
import { useEffect, useLayoutEffect, useRef } from "react";

import { Avatar } from "./avatar.jsx";
import { Blocks } from "./blocks.jsx";

const NEAR_THE_END = 120; // pixels

export function Timeline({ screen, channel, sending }) {
  const box = useRef(null);
  const following = useRef(true);
  const entries = inOrder(channel);
  useLayoutEffect(() => {
    if (sending) following.current = true;
    if (following.current) box.current.scrollTop = box.current.scrollHeight;
  }, [screen, sending]);
  useEffect(() => {
    const resized = new ResizeObserver(([{ target }]) => {
      if (following.current) target.scrollTop = target.scrollHeight;
    });
    resized.observe(box.current);
    return () => resized.disconnect();
  }, []);
  useEffect(() => {
    const linked = location.hash.split("/")[1];
    if (linked) document.getElementById(linked)?.scrollIntoView({ block: "center" });
  }, []);
  const onScroll = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
    following.current = scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  };
  return (
    <div className="timeline" ref={box} onScroll={onScroll} role="log" aria-live="polite" aria-label={`Messages in ${channel.name}`} tabIndex={0}>
      <div className="timeline-inside">
        <p className="beginning">
          This is the very beginning of <b>{channel.is_direct ? `your messages with ${channel.name}` : `#${channel.name}`}</b>. Type <code>{screen.command} help</code>, or pick an example below.
        </p>
        {entries.map((entry, index) => (
          <div key={entry.key}>
            {newDay(entries[index - 1], entry) && <p className="day"><span>{dayName(entry.at)}</span></p>}
            {entry.message ? <Message message={entry.message} replies={entry.replies} channel={channel} screen={screen} /> : <Done delivery={entry.delivery} />}
          </div>
        ))}
        {sending && <p className="done" data-state="sending">{sending} · <b>sending…</b></p>}
      </div>
    </div>
  );
}

/** Messages, each with the replies in its thread, and deliveries, by time. A reply to what one does not see stands alone. */
function inOrder(channel) {
  const known = new Set(channel.messages.map((message) => message.ts));
  const isReply = (message) => message.thread_ts !== message.ts && known.has(message.thread_ts);
  const repliesTo = (root) => channel.messages.filter((message) => isReply(message) && message.thread_ts === root.ts);
  const messages = channel.messages
    .filter((message) => !isReply(message))
    .map((message) => ({ key: message.ts, at: Number(message.ts), message, replies: repliesTo(message) }));
  const deliveries = channel.deliveries.map((delivery, index) => ({ key: `done ${index}`, at: delivery.at, delivery }));
  return [...messages, ...deliveries].sort((one, other) => one.at - other.at);
}

function Message({ message, replies = [], portrait = 36, channel, screen }) {
  const author = screen.people.find((person) => person.id === message.user);
  const blocks = message.blocks.length > 0 ? message.blocks : [{ type: "section", block_id: "text", text: { type: "mrkdwn", text: message.text } }];
  const at = new Date(Number(message.ts) * 1000);
  const press = (action, value) => ["click", { channel: channel.id, message_ts: message.ts, action_id: action, value }];
  const className = message.only_you ? "message only-you" : "message";
  return (
    <article className={className} id={`p${message.ts.replace(".", "")}`} aria-label={`${author.name}, ${at.toLocaleTimeString()}`}>
      {message.only_you && <p className="only-you-note"><Eye /> Only visible to you</p>}
      <Avatar person={author} size={portrait} />
      <div className="message-body">
        <p className="message-head">
          <b>{author.name}</b>
          {author.id === screen.bot && <span className="app-tag">APP</span>}
          <time dateTime={at.toISOString()} title={at.toLocaleString()}>{at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })}</time>
        </p>
        <Blocks blocks={blocks} press={press} />
        {message.edited && <span className="edited">(edited)</span>}
        {replies.length > 0 && (
          <details className="thread" open>
            <summary>{replies.length === 1 ? "1 reply" : `${replies.length} replies`}</summary>
            {replies.map((reply) => <Message key={reply.ts} message={reply} portrait={24} channel={channel} screen={screen} />)}
          </details>
        )}
      </div>
    </article>
  );
}

const VERBS = { command: "You ran", block_actions: "You pressed", view_submission: "You submitted", shortcut: "You used" };

function Done({ delivery }) {
  const took = `${Math.max(1, Math.round(delivery.acknowledged_in_ms))} ms`;
  return (
    <p className="done" data-state={delivery.error ? "failed" : "acknowledged"}>
      {VERBS[delivery.kind]} {delivery.kind === "command" ? <code>{delivery.what}</code> : `“${delivery.what}”`} ·{" "}
      {delivery.error ? <b>failed: {delivery.error}</b> : <b>acknowledged in {took}</b>}
    </p>
  );
}

function newDay(before, entry) {
  return !before || dayName(before.at) !== dayName(entry.at);
}

function dayName(seconds) {
  const day = new Date(seconds * 1000);
  if (day.toDateString() === new Date().toDateString()) return "Today";
  return day.toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

function Eye() {
  return (
    <svg width="14" height="14" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M1.5 10S4.5 4.5 10 4.5 18.500 10 18.500 10 15.500 15.500 10 15.500 1.500 10 1.500 10Z" />
      <circle cx="10" cy="10" r="2.6" />
    </svg>
  );
}
