// Where one types: the slash command, its history, and examples to begin with.
import { useContext, useRef, useState } from "react";

import { WorkspaceContext } from "./context.js";

export function Composer({ screen, channel, sending }) {
  const { send } = useContext(WorkspaceContext);
  const place = channel.is_direct ? channel.name : `#${channel.name}`;
  const [text, setText] = useState("");
  const [back, setBack] = useState(0);
  const box = useRef(null);
  const typed = channel.deliveries.filter((one) => one.kind === "command").map((one) => one.what);
  const write = (next) => {
    setText(next);
    setBack(0);
    box.current.focus();
  };
  const submit = (event) => {
    event.preventDefault();
    const words = text.trim();
    if (!words || sending) return;
    write("");
    const isCommand = words === screen.command || words.startsWith(`${screen.command} `);
    if (isCommand) send("command", `You ran ${words}`, { channel: channel.id, text: words.slice(screen.command.length).trim() });
    else send("say", "You said something", { channel: channel.id, text: words });
  };
  const onKeyDown = (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || (text && back === 0)) return;
    event.preventDefault();
    const next = Math.min(Math.max(back + step, 0), typed.length);
    setBack(next);
    setText(next === 0 ? "" : typed.at(-next));
  };
  return (
    <form className="composer" onSubmit={submit}>
      <ul className="examples" aria-label="Examples">
        {screen.examples.map((example) => (
          <li key={example}>
            <button type="button" onClick={() => write(`${screen.command} ${example}`)}>{example}</button>
          </li>
        ))}
      </ul>
      <div className="composer-box">
        <label className="for-ears" htmlFor="composer-text">Message {place}</label>
        <input
          id="composer-text"
          ref={box}
          value={text}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder={`Message ${place}, or ${screen.command} help`}
          onChange={(event) => {
            setText(event.target.value);
            setBack(0);
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" disabled={!text.trim() || Boolean(sending)} aria-label="Send">
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path fill="currentColor" d="M1.500 2.200 15 8 1.500 13.800l1.200-4.700L9.500 8 2.700 6.900z" /></svg>
        </button>
      </div>
      <p className="composer-hint" role="status">{sending ? "sending…" : lastOutcome(channel)}</p>
    </form>
  );
}

function lastOutcome(channel) {
  const last = channel.deliveries.at(-1);
  if (!last) return "Enter sends · ↑ brings back what you typed";
  if (last.error) return `failed: ${last.error}`;
  return `acknowledged in ${Math.max(1, Math.round(last.acknowledged_in_ms))} ms · Slack allows 3000`;
}
