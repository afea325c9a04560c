// The bar on the left: the channels, the direct messages with the bot, and who one is.
import { Avatar } from "./avatar.jsx";

export function Sidebar({ screen, me, channel, seen, onChannel, onPerson }) {
  const people = screen.people.filter((person) => !person.is_bot);
  const bot = screen.people.find((person) => person.id === screen.bot);
  const button = (one) => (
    <li key={one.id}>
      <ChannelButton
        one={one}
        bot={bot}
        current={one.id === channel.id}
        unread={unread(one, seen[`${me} ${one.id}`] ?? "")}
        onClick={() => onChannel(one.id)}
      />
    </li>
  );
  return (
    <nav className="sidebar" aria-label="Workspace">
      <p className="team">{screen.team}</p>
      <section aria-labelledby="channels-title">
        <h2 id="channels-title">Channels</h2>
        <ul className="channels">
          {screen.channels.filter((one) => !one.is_direct).map(button)}
        </ul>
      </section>
      <section aria-labelledby="directs-title">
        <h2 id="directs-title">Direct messages</h2>
        <ul className="channels">{screen.channels.filter((one) => one.is_direct).map(button)}</ul>
      </section>
      <fieldset className="people">
        <legend>You are</legend>
        {people.map((person) => (
          <label key={person.id} className="person">
            <input
              type="radio"
              name="me"
              value={person.id}
              checked={person.id === me}
              onChange={() => onPerson(person.id)}
            />
            <span className="portrait">
              <Avatar person={person} size={28} />
              {hasNews(person, seen) && (
                <span className="news" title="has a direct message">
                  <span className="for-ears">has a direct message</span>
                </span>
              )}
            </span>
            <span className="person-name">{person.name}</span>
            <span className="role">{person.role}</span>
          </label>
        ))}
      </fieldset>
      <p className="about">Whatever you do here is sent to the bot as a real, signed request. Slack is a stand-in on this computer.</p>
    </nav>
  );
}

function unread(one, seenTs) {
  return one.messages.filter((message) => message.ts > seenTs).length;
}

/** Whether the bot has written to somebody alone since this page last showed it to them. */
function hasNews({ id, direct }, seen) {
  return direct.latest > (seen[`${id} ${direct.id}`] ?? "");
}

function ChannelButton({ one, bot, current, unread, onClick }) {
  return (
    <button type="button" className="channel-button" aria-current={current || undefined} onClick={onClick}>
      {one.is_direct ? <Avatar person={bot} size={20} /> : <span className="channel-mark" aria-hidden="true">#</span>} {one.name}
      {!current && unread > 0 && (
        <span className="unread">
          {unread}
          <span className="for-ears"> new</span>
        </span>
      )}
    </button>
  );
}
