// Interactive elements of messages and modals: buttons, menus, choices.
import { useContext, useId, useRef, useState } from "react";

import { WorkspaceContext } from "./context.js";
import { Text, plain } from "./text.jsx";

/** One element; `use(element, value)` tells the app. */
export function Element({ element, use }) {
  const [asking, setAsking] = useState(null);
  const [busy, setBusy] = useState(false);
  const tell = async (value) => {
    setBusy(true);
    await use(element, value);
    setBusy(false);
  };
  const choose = (value) => (element.confirm ? setAsking({ value }) : tell(value));
  return (
    <>
      <Control element={element} choose={choose} busy={busy} />
      {asking && (
        <Confirm
          confirm={element.confirm}
          onYes={() => {
            setAsking(null);
            tell(asking.value);
          }}
          onNo={() => setAsking(null)}
        />
      )}
    </>
  );
}

function Control({ element, choose, busy }) {
  const label = element.placeholder?.text ?? element.action_id;
  switch (element.type) {
    case "button":
    case "workflow_button":
      return <Button element={element} choose={choose} busy={busy} />;
    case "overflow":
      return <Overflow element={element} choose={choose} />;
    case "datepicker":
      return <input className="field" type="date" aria-label={label} defaultValue={element.initial_date} onChange={(event) => choose(event.target.value)} />;
    case "timepicker":
      return <input className="field" type="time" aria-label={label} defaultValue={element.initial_time} onChange={(event) => choose(event.target.value)} />;
    case "checkboxes":
    case "radio_buttons":
      return <Choices element={element} onChange={choose} />;
    default:
      return <Menu element={element} label={label} value={element.initial_option?.value ?? ""} onChange={choose} />;
  }
}

function Button({ element, choose, busy }) {
  const press = () => {
    if (element.url) window.open(element.url, "_blank", "noopener");
    choose();
  };
  return (
    <button type="button" className="button" data-style={element.style} aria-label={element.accessibility_label} aria-busy={busy} disabled={busy} onClick={press}>
      {plain(element.text.text)}
    </button>
  );
}

function Overflow({ element, choose }) {
  const box = useRef(null);
  return (
    <details className="overflow" ref={box}>
      <summary className="button" aria-label="More">⋯</summary>
      <div className="overflow-menu">
        {element.options.map((option) => (
          <button
            key={option.value}
            type="button"
            onClick={() => {
              box.current.open = false;
              choose(option.value);
            }}
          >
            {plain(option.text.text)}
          </button>
        ))}
      </div>
    </details>
  );
}

/** A menu whose options the app sent; for people and channels, the workspace's. */
export function Menu({ element, label, value, onChange, describedBy }) {
  const { people, channels } = useContext(WorkspaceContext);
  const offered = { users_select: people, channels_select: channels };
  const known = offered[element.type]?.map(({ id, name }) => ({ value: id, text: { text: name } }));
  const groups = element.option_groups ?? [{ options: known ?? element.options ?? [] }];
  return (
    <select className="field" aria-label={label} aria-describedby={describedBy} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="" disabled>{plain(element.placeholder?.text ?? "Choose…")}</option>
      {groups.map((group, index) =>
        group.label ? (
          <optgroup key={index} label={plain(group.label.text)}>{group.options.map(asOption)}</optgroup>
        ) : (
          group.options.map(asOption)
        ),
      )}
    </select>
  );
}

function asOption(option) {
  return <option key={option.value} value={option.value}>{plain(option.text.text)}</option>;
}

/** Checkboxes or radio buttons; tells the chosen value or the list of values. */
export function Choices({ element, onChange }) {
  const name = useId();
  const many = element.type === "checkboxes";
  const first = many ? (element.initial_options ?? []) : [element.initial_option].filter(Boolean);
  const [chosen, setChosen] = useState(first.map((option) => option.value));
  const toggle = (value) => {
    const others = chosen.filter((one) => one !== value);
    const next = !many ? [value] : others.length < chosen.length ? others : [...chosen, value];
    setChosen(next);
    onChange(many ? next : value);
  };
  return (
    <div className="choices" role={many ? "group" : "radiogroup"}>
      {element.options.map((option) => (
        <label key={option.value}>
          <input type={many ? "checkbox" : "radio"} name={name} checked={chosen.includes(option.value)} onChange={() => toggle(option.value)} />
          <Text of={option.text} />
          {option.description && <small>{plain(option.description.text)}</small>}
        </label>
      ))}
    </div>
  );
}

function Confirm({ confirm, onYes, onNo }) {
  const open = (dialog) => dialog?.showModal();
  return (
    <dialog className="modal confirm" ref={open} onCancel={onNo} aria-labelledby="confirm-title">
      <h2 id="confirm-title">{plain(confirm.title?.text ?? "Are you sure?")}</h2>
      {confirm.text && <Text of={confirm.text} />}
      <footer>
        <button type="button" className="button" onClick={onNo}>{plain(confirm.deny?.text ?? "Cancel")}</button>
        <button type="button" className="button" data-style={confirm.style ?? "primary"} onClick={onYes}>{plain(confirm.confirm?.text ?? "Yes")}</button>
      </footer>
    </dialog>
  );
}
