// The bar on the left: the channels, and who one is.
import { Avatar } from "./avatar.jsx";

export function Sidebar({ screen, me, channel, seen, onChannel, onPerson }) {
  const people = screen.people.filter((person) => !person.is_bot);
  return (
    <nav className="sidebar" aria-label="Workspace">
      <p className="team">{screen.team}</p>
      <section aria-labelledby="channels-title">
        <h2 id="channels-title">Channels</h2>
        <ul className="channels">
          {screen.channels.map((one) => (
            <li key={one.id}>
              <ChannelButton
                one={one}
                current={one.id === channel.id}
                unread={unread(one, seen[`${me} ${one.id}`] ?? "")}
                onClick={() => onChannel(one.id)}
              />
            </li>
          ))}
        </ul>
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
            <Avatar person={person} size={28} />
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

function ChannelButton({ one, current, unread, onClick }) {
  return (
    <button type="button" className="channel-button" aria-current={current || undefined} onClick={onClick}>
      <span aria-hidden="true">#</span> {one.name}
      {!current && unread > 0 && (
        <span className="unread">
          {unread}
          <span className="for-ears"> new</span>
        </span>
      )}
    </button>
  );
}
