#!/bin/bash
# Starts the platform on Docker Swarm with one command, and brings it up to date later: start.sh [FOLDER OF SECRETS]. Run it
# on a manager. A machine that is in no swarm becomes one of its own, with all three labels.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-secrets}
[ -f "$folder/public.json" ] || {
  echo "There are no keys in $folder. Make them: see docs/deployment.md." >&2
  exit 1
}
if [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" != active ]; then
  docker swarm init --advertise-addr "${POPVOTE_ADVERTISE:-127.0.0.1}" >/dev/null
  docker node update --label-add popvote.edge=true --label-add popvote.private=true --label-add popvote.control=true \
    "$(docker info --format '{{.Swarm.NodeID}}')" >/dev/null
fi
# A set is named after what is in it, so that changed files make a new one.
POPVOTE_SECRETS=${POPVOTE_SECRETS:-$(cd "$folder" && find . -type f | sort | xargs sha256sum | sha256sum | cut -c 1-12)}
export POPVOTE_SECRETS
"$here/secrets.sh" "$POPVOTE_SECRETS" "$folder"
docker stack deploy --prune --resolve-image never -c "${POPVOTE_STACK:-$here/stack.yml}" popvote
