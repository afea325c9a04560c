// What every part of the page may need to know.
import { createContext } from "react";

/** `me`; the people, groups and channels that mentions are named by; and `send(verb, what, args)`. */
export const WorkspaceContext = createContext(null);
