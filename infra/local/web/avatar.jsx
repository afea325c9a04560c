// A person's or the bot's picture: drawn, never fetched.

const COLOURS = ["#2f7d5b", "#8a4b9e", "#b3541e", "#2d6aa3", "#9a3b56", "#5a6b2b"];

export function Avatar({ person, size = 36 }) {
  const style = { width: size, height: size, fontSize: size * 0.4 };
  if (person.id === "USLACKBOT") return <span className="avatar" style={{ ...style, background: "#4a154b" }} aria-hidden="true">S</span>;
  if (person.is_bot) return <Gate size={size} />;
  const index = [...person.id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % COLOURS.length;
  const initials = person.name.split(" ").map((word) => word[0]).join("");
  return <span className="avatar" style={{ ...style, background: COLOURS[index] }} aria-hidden="true">{initials}</span>;
}

function Gate({ size }) {
  return (
    <svg className="avatar" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" fill="#116466" />
      <path d="M7 6v20M25 6v20M7 11h18" stroke="#fff" strokeWidth="3" fill="none" />
      <path d="M11 19q2.5-3 5 0t5 0M11 24q2.5-3 5 0t5 0" stroke="#8fe3d6" strokeWidth="2.4" fill="none" />
    </svg>
  );
}
