// The page: one workspace on one screen, seen by the person picked.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { WorkspaceContext } from "./context.js";
import { Composer } from "./composer.jsx";
import { Modal } from "./modal.jsx";
import { act, fetchScreen, followChanges } from "./server.js";
import { Sidebar } from "./sidebar.jsx";
import { Timeline } from "./timeline.jsx";
import "slack-blocks-to-jsx/dist/style.css";
import "./style.css";

const FIRST_PERSON = "U0KIM";

function App() {
  const [me, setMe] = useState(sessionStorage.getItem("me") ?? FIRST_PERSON);
  const [channelId, setChannelId] = useState(location.hash.slice(1).split("/")[0] || null);
  const [screen, setScreen] = useState(null);
  const [live, setLive] = useState(true);
  const [sending, setSending] = useState(null);
  const [seen, setSeen] = useState({});

  // Answers may overtake one another: one that is older than what is shown, or for somebody else, is dropped.
  const shown = useRef({ me, revision: -1 });
  const refresh = useCallback(() => {
    const show = (next) => {
      if (shown.current.me !== me || next.revision < shown.current.revision) return;
      shown.current.revision = next.revision;
      setScreen(next);
    };
    fetchScreen(me).then(show, () => setLive(false));
  }, [me]);
  useEffect(() => {
    sessionStorage.setItem("me", me);
    const onLive = (isLive) => {
      if (isLive) shown.current = { me, revision: -1 }; // a playground that was started anew counts from the beginning
      setLive(isLive);
    };
    shown.current = { me, revision: -1 };
    refresh();
    return followChanges(refresh, onLive);
  }, [me, refresh]);

  const channel = screen?.channels.find((one) => one.id === channelId) ?? screen?.channels[0];
  const newest = channel?.messages.at(-1)?.ts;
  useEffect(() => {
    if (channel) setSeen((before) => ({ ...before, [`${me} ${channel.id}`]: newest ?? "" }));
  }, [me, channel?.id, newest]);

  const send = useCallback(
    async (verb, what, args) => {
      setSending(what);
      const delivery = await act(verb, { user: me, ...args });
      setSending(null);
      refresh();
      return delivery;
    },
    [me, refresh],
  );
  const workspace = useMemo(
    () => screen && { me, people: screen.people, groups: screen.groups, channels: screen.channels, send },
    [me, screen, send],
  );

  if (!screen) return <p className="waiting">{live ? "Opening the workspace…" : "The playground is not running."}</p>;
  const pick = (id) => {
    setChannelId(id);
    history.replaceState(null, "", `#${id}`);
  };
  return (
    <WorkspaceContext value={workspace}>
      <div className="workspace">
        <Sidebar screen={screen} me={me} channel={channel} seen={seen} onChannel={pick} onPerson={setMe} />
        <main className="channel">
          <header className="channel-head">
            <h1>
              {!channel.is_direct && <span className="hash" aria-hidden="true">#</span>}
              {channel.name}
            </h1>
            <p className="purpose">{channel.purpose}</p>
            <p className="badge">{live ? "playground: nothing here is real" : "playground stopped: reload when it runs"}</p>
          </header>
          <Timeline key={`${me} ${channel.id}`} screen={screen} channel={channel} sending={sending} />
          <Composer key={`composer ${channel.id}`} screen={screen} channel={channel} sending={sending} />
        </main>
        {screen.modals.length > 0 && <Modal key={screen.modals.at(-1).id} view={screen.modals.at(-1)} />}
      </div>
    </WorkspaceContext>
  );
}

createRoot(document.getElementById("app")).render(<App />);
