// Text objects: `mrkdwn` drawn from its tree, `plain_text` as it stands, both with emoji.
import { emojify, get } from "node-emoji";
import { useContext } from "react";

import { WorkspaceContext } from "./context.js";
import { dateText } from "./dates.js";
import { decoded, parse } from "./mrkdwn.js";

/** A text object, `{type, text}`. */
export function Text({ of }) {
  if (of.type === "plain_text") return <div className="text">{plain(of.text)}</div>;
  return (
    <div className="text">
      {parse(of.text).map((part, index) => {
        if (part.fence !== undefined) return <pre key={index}>{part.fence}</pre>;
        if (part.quote) return <blockquote key={index}><Nodes nodes={part.quote} /></blockquote>;
        return <div key={index}><Nodes nodes={part.lines} /></div>;
      })}
    </div>
  );
}

/** Plain text with its emoji, as a string: for buttons, labels and titles. */
export function plain(text) {
  return emojify(decoded(text));
}

function Nodes({ nodes }) {
  return nodes.map((node, index) => <Node key={index} node={node} />);
}

function Node({ node }) {
  const { people, groups, channels } = useContext(WorkspaceContext);
  const named = (list, id) => list.find((one) => one.id === id);
  if (node.text !== undefined) return node.text;
  if (node.code) return <code>{node.code}</code>;
  if (node.bold) return <b><Nodes nodes={node.bold} /></b>;
  if (node.italic) return <i><Nodes nodes={node.italic} /></i>;
  if (node.strike) return <s><Nodes nodes={node.strike} /></s>;
  if (node.emoji) return get(node.emoji) ?? `:${node.emoji}:`;
  if (node.date) return <Moment date={node.date} />;
  if (node.link) return <a href={node.link} target="_blank" rel="noopener noreferrer">{node.label}</a>;
  if (node.user) return <span className="mention">@{named(people, node.user)?.name ?? node.label ?? node.user}</span>;
  if (node.channel) return <span className="mention">#{named(channels, node.channel)?.name ?? node.label ?? node.channel}</span>;
  if (node.group) return <span className="mention">@{named(groups, node.group)?.handle ?? node.label ?? node.group}</span>;
  return <span className="mention everybody">@{node.broadcast}</span>;
}

function Moment({ date }) {
  const at = new Date(date.seconds * 1000);
  const text = dateText(date);
  if (Number.isNaN(at.getTime())) return text;
  const time = <time dateTime={at.toISOString()} title={at.toLocaleString()}>{text}</time>;
  return date.link ? <a href={date.link} target="_blank" rel="noopener noreferrer">{time}</a> : time;
}
