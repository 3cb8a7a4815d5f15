// Times of one's own acts, in one's own zone.
/** The reader's own time zone: of what one did oneself, it is one's own day that one remembers. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
