// Block Kit. Text and what can be used are drawn here, as Slack reads them; tables, charts, rich text and the other
// blocks that are only looked at are drawn by slack-blocks-to-jsx.
import { useContext, useState } from "react";
import { Message as Drawn } from "slack-blocks-to-jsx";

import { WorkspaceContext } from "./context.js";
import { Element } from "./elements.jsx";
import { Text, plain } from "./text.jsx";

/** Draws blocks. `press(actionId, value)` gives the verb and its arguments for a use of one of their elements. */
export function Blocks({ blocks, press }) {
  const workspace = useContext(WorkspaceContext);
  const use = (element, value) => {
    const [verb, args] = press(element.action_id, value);
    return workspace.send(verb, `You pressed “${plain(element.text?.text ?? element.action_id)}”`, args);
  };
  return <div className="blocks">{blocks.map((block) => <Block key={block.block_id} block={block} use={use} />)}</div>;
}

function Block({ block, use }) {
  switch (block.type) {
    case "header":
      return <h3 className="header">{plain(block.text.text)}</h3>;
    case "divider":
      return <hr />;
    case "section":
      return <Section block={block} use={use} />;
    case "context":
      return <div className="context">{block.elements.map((one, index) => <Small key={index} of={one} />)}</div>;
    case "actions":
      return <div className="actions">{block.elements.map((one) => <Element key={one.action_id} element={one} use={use} />)}</div>;
    default:
      return <Looked block={block} />;
  }
}

function Section({ block, use }) {
  return (
    <div className="section">
      <div className="section-text">
        {block.text && <Folded text={block.text.text} always={block.expand}><Text of={block.text} /></Folded>}
        {block.fields && <div className="fields">{block.fields.map((field, index) => <Text key={index} of={field} />)}</div>}
      </div>
      {block.accessory?.type === "image" && <img className="thumbnail" src={block.accessory.image_url} alt={block.accessory.alt_text} />}
      {block.accessory && block.accessory.type !== "image" && <Element element={block.accessory} use={use} />}
    </div>
  );
}

const LONG = { characters: 700, lines: 7 };

/** Long text, which Slack folds behind "See more" unless the section says `expand`. */
function Folded({ text, always, children }) {
  const [open, setOpen] = useState(false);
  const isLong = text.length > LONG.characters || text.split("\n").length > LONG.lines;
  if (always || open || !isLong) return children;
  return (
    <>
      <div className="folded">{children}</div>
      <button type="button" className="see-more" onClick={() => setOpen(true)}>See more</button>
    </>
  );
}

function Small({ of }) {
  return of.type === "image" ? <img src={of.image_url} alt={of.alt_text} /> : <Text of={of} />;
}

function Looked({ block }) {
  const { people, groups, channels } = useContext(WorkspaceContext);
  const data = {
    users: people.map(({ id, name }) => ({ id, name })),
    channels: channels.map(({ id, name }) => ({ id, name })),
    user_groups: groups,
  };
  return <Drawn blocks={[block]} data={data} name="" logo="" withoutWrapper />;
}
