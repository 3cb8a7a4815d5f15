/** The reader's own time zone: of what one did oneself, it is one's own day that one remembers. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
