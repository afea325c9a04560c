// The topmost modal: its inputs, their errors, and submitting it.
import { useContext, useEffect, useId, useRef, useState } from "react";

import { Blocks } from "./blocks.jsx";
import { WorkspaceContext } from "./context.js";
import { Choices, Menu } from "./elements.jsx";
import { act } from "./server.js";
import { plain } from "./text.jsx";

const KINDS = { number_input: "text", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

export function Modal({ view }) {
  const { send, me } = useContext(WorkspaceContext);
  const dialog = useRef(null);
  const [entered, setEntered] = useState({});
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    shown.querySelector(".input input, .input textarea, .input select")?.focus();
    return () => shown.close(); // gives the focus back to where it was
  }, []);
  const close = () => send("close_view", "You closed the form", { view_id: view.id });
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    await send("submit", `You submitted “${view.title.text}”`, { view_id: view.id, values: entered });
    setBusy(false);
  };
  const press = (action, value) => ["click_in_view", { view_id: view.id, action_id: action, value }];
  return (
    <dialog
      className="modal"
      ref={dialog}
      aria-labelledby="modal-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <form onSubmit={submit} noValidate>
        <header>
          <h2 id="modal-title">{plain(view.title.text)}</h2>
          <button type="button" className="close" aria-label="Close" onClick={close}>×</button>
        </header>
        <div className="modal-body">
          {view.trouble && <p className="trouble" role="alert">{view.trouble}</p>}
          {view.blocks.map((block) =>
            block.type === "input" ? (
              <Input
                key={block.block_id}
                block={block}
                error={view.errors[block.block_id]}
                suggest={(typed) => act("suggest", { user: me, view_id: view.id, action_id: block.element.action_id, typed })}
                onChange={(value) => setEntered((before) => ({ ...before, [block.element.action_id]: value }))}
              />
            ) : (
              <Blocks key={block.block_id} blocks={[block]} press={press} />
            ),
          )}
        </div>
        <footer>
          <button type="button" className="button" onClick={close}>{plain(view.close?.text ?? "Cancel")}</button>
          {view.submit && (
            <button type="submit" className="button" data-style="primary" disabled={busy} aria-busy={busy}>
              {busy ? "Sending…" : plain(view.submit.text)}
            </button>
          )}
        </footer>
      </form>
    </dialog>
  );
}

function Input({ block, error, suggest, onChange }) {
  const id = useId();
  const notes = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="input" data-wrong={error ? "" : undefined}>
      <label htmlFor={id}>
        {plain(block.label.text)}
        {block.optional && <span className="optional"> (optional)</span>}
      </label>
      <Field element={block.element} id={id} label={block.label.text} notes={notes} suggest={suggest} onChange={onChange} />
      {error && <p className="error" id={`${id}-error`} role="alert">{error}</p>}
      {block.hint && <p className="hint" id={`${id}-hint`}>{plain(block.hint.text)}</p>}
    </div>
  );
}

function Field({ element, id, label, notes, suggest, onChange }) {
  const [value, setValue] = useState(element.initial_option?.value ?? "");
  const change = (next) => {
    setValue(next);
    onChange(next);
  };
  const plain = {
    id,
    className: "field",
    "aria-describedby": notes,
    placeholder: element.placeholder?.text,
    defaultValue: element.initial_value ?? element.initial_date ?? element.initial_time,
    onChange: (event) => onChange(event.target.value || null),
  };
  if (element.type === "external_select") return <Suggested id={id} element={element} notes={notes} suggest={suggest} onChange={onChange} />;
  if (element.type === "checkboxes" || element.type === "radio_buttons") return <Choices element={element} onChange={onChange} />;
  if (element.type.endsWith("_select")) return <Menu element={element} label={label} describedBy={notes} value={value} onChange={change} />;
  if (element.type === "plain_text_input" && element.multiline) return <textarea rows={3} {...plain} />;
  if (element.type === "number_input") return <input {...plain} inputMode={element.is_decimal_allowed ? "decimal" : "numeric"} />;
  return <input type={KINDS[element.type] ?? "text"} {...plain} />;
}

/** An external select: what is typed goes to the app, whose options are offered below. */
function Suggested({ id, element, notes, suggest, onChange }) {
  const [options, setOptions] = useState([]);
  const ask = async (typed) => {
    const known = options.find((option) => option.text.text === typed);
    onChange(known ?? null);
    if (known || typed.length < (element.min_query_length ?? 3)) return;
    const delivery = await suggest(typed);
    setOptions(delivery.answer?.options ?? []);
  };
  return (
    <>
      <input
        id={id}
        className="field"
        list={`${id}-options`}
        autoComplete="off"
        aria-describedby={notes}
        placeholder={element.placeholder?.text}
        defaultValue={element.initial_option?.text.text}
        onFocus={(event) => ask(event.target.value)}
        onChange={(event) => ask(event.target.value)}
      />
      <datalist id={`${id}-options`}>{options.map((option) => <option key={option.value} value={option.text.text} />)}</datalist>
    </>
  );
}
