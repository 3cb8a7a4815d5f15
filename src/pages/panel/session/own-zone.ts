// Times of the user's own actions, in the user's own zone.
/** The reader's own time zone, because people remember their own actions in it. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
