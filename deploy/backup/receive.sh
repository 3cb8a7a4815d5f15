#!/bin/bash
# Receives the write-ahead log of a database while it is written, into a folder on another disk, and removes the parts that the
# archive has. So a restore has what was not archived yet (deploy/runbooks/restore.md). It ends where it cannot go on, and is
# started again from outside, as Docker does. The slot `received` lets the server keep what is not received yet, within
# max_slot_wal_keep_size, and shows the alert for standbys that it is not followed.
#
#   POPVOTE_RECEIVED     the folder
#   PGHOST, PGPORT, ...  the server, for an account that may replicate, and read pg_stat_archiver
set -uo pipefail
: "${POPVOTE_RECEIVED:?a folder on another disk}"
slot=received
look_seconds=30
errors=$(mktemp)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -f "$errors"' EXIT
trap 'exit 143' TERM INT

# Of the parts before the last one that the archive took.
remove_archived() {
  local last file name
  last=$(psql -XAtqd postgres -c 'select last_archived_wal from pg_stat_archiver') || return 0
  [[ $last =~ ^[0-9A-F]{24}$ ]] || return 0
  for file in "$POPVOTE_RECEIVED"/*; do
    name=${file##*/}
    if [[ $name =~ ^[0-9A-F]{24}$ && $name < $last ]]; then rm -f -- "$file"; fi
  done
}

receive() { pg_receivewal --slot="$slot" --directory="$POPVOTE_RECEIVED" --synchronous --no-loop "$@"; }

# Here it waits for a server that does not answer: Docker would start it again after a minute.
until psql -XAtqd postgres -c ''; do
  sleep 2 &
  wait $!
done
receive --create-slot --if-not-exists || exit 1
receive 2>"$errors" &
receiving=$!
while kill -0 "$receiving" 2>/dev/null; do
  remove_archived
  sleep "$look_seconds" &
  wait -n "$receiving" $!
done
cat "$errors" >&2
# The server has removed parts that were not received, because they were more than its bound. It removes only what is archived.
if grep -qE 'has already been removed|no longer access replication slot' "$errors"; then
  echo 'Parts of the log were not received. They are in the archive: receiving from now on.' >&2
  receive --drop-slot && rm -f -- "${POPVOTE_RECEIVED:?}"/*
fi
exit 1
