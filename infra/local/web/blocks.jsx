// Block Kit: what is only read is drawn by slack-blocks-to-jsx; what can be used is ours, since there it does nothing.
import { useContext } from "react";
import { Message as Drawn } from "slack-blocks-to-jsx";

import { WorkspaceContext } from "./context.js";
import { Element } from "./elements.jsx";

/** Draws blocks. `press(actionId, value)` gives the verb and its arguments for a use of one of their elements. */
export function Blocks({ blocks, press }) {
  const workspace = useContext(WorkspaceContext);
  const use = (element, value) => {
    const [verb, args] = press(element.action_id, value);
    return workspace.send(verb, `You pressed “${element.text?.text ?? element.action_id}”`, args);
  };
  return <div className="blocks">{blocks.map((block) => <Block key={block.block_id} block={block} use={use} />)}</div>;
}

function Block({ block, use }) {
  if (block.type === "actions") {
    return <div className="actions">{block.elements.map((one) => <Element key={one.action_id} element={one} use={use} />)}</div>;
  }
  if (block.type === "section" && block.accessory && block.accessory.type !== "image") {
    const { accessory, ...text } = block;
    return (
      <div className="with-accessory">
        <Read blocks={[text]} />
        <Element element={accessory} use={use} />
      </div>
    );
  }
  return <Read blocks={[block]} />;
}

/** Draws blocks that are only read. */
export function Read({ blocks }) {
  const { people, groups, channels } = useContext(WorkspaceContext);
  const data = {
    users: people.map(({ id, name }) => ({ id, name })),
    channels: channels.map(({ id, name }) => ({ id, name })),
    user_groups: groups,
  };
  return <Drawn blocks={blocks} data={data} name="" logo="" withoutWrapper />;
}
