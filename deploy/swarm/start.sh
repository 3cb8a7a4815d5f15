#!/bin/bash
# Starts the platform on Docker Swarm with one command, and brings it up to date later: start.sh [FOLDER OF SECRETS]. Run it
# on a manager, in the folder of .env, after `docker compose build`. A machine that is in no swarm becomes one of its own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-secrets}
labels=(edge log private second control)
marks=("${labels[@]/#/--label-add=popvote.}")
fail() { echo "$1" >&2; exit 1; }

# As Compose reads it: a variable of the environment comes first, and of two lines with one name the last counts.
# `docker stack deploy` reads no .env.
read_settings() {
  local line name value ours=' '
  while IFS= read -r line || [ -n "$line" ]; do
    [[ ! $line =~ ^[[:space:]]*(#|$) ]] || continue
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || fail "This line of .env is not NAME=VALUE: $line"
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    if [[ $value =~ ^\'([^\']*)\'[[:space:]]*(#.*)?$ ]]; then
      value=${BASH_REMATCH[1]}
    else
      [[ $value != *[\$\\]* ]] || fail "start.sh replaces nothing in .env. Put the value of $name between single quotes, or write it out."
      if [[ $value =~ ^\"([^\"]*)\"[[:space:]]*(#.*)?$ ]]; then
        value=${BASH_REMATCH[1]}
      else
        value=${value%%[[:space:]]#*}
        value=${value%"${value##*[![:space:]]}"}
      fi
    fi
    [[ ! -v $name || $ours == *" $name "* ]] || continue
    export "$name=$value"
    ours+="$name "
  done <"$1"
}
[ ! -f .env ] || read_settings .env
# Defaults of Compose that have variables, which Swarm does not replace.
. "$here/defaults.sh"

[ -f "$folder/public.json" ] || fail "There are no keys in $folder. Make them: see docs/deployment.md."
files=(-c "${POPVOTE_STACK:-$here/stack.yml}")
publish() {
  case ${!1:-127.0.0.1} in
    127.0.0.1) echo "$2 not published. With $1=0.0.0.0 on all interfaces." ;;
    0.0.0.0) files+=(-c "$here/$3") ;;
    *) fail "$1=${!1}: Swarm publishes a port on all interfaces or not at all. Set 0.0.0.0 or 127.0.0.1." ;;
  esac
}
publish POPVOTE_BIND 'The ports 80 and 443 are' ports-public.yml
publish POPVOTE_CONTROL_BIND 'The port of the panel is' ports-panel.yml

# Images of a registry by their digests, which no one can move.
given=${POPVOTE_IMAGE:-}${POPVOTE_EDGE_IMAGE:-}
for name in ${given:+POPVOTE_IMAGE POPVOTE_EDGE_IMAGE}; do
  [[ ${!name:-} =~ .@sha256:[0-9a-f]{64}$ ]] || fail "$name=${!name:-} has no digest. Set POPVOTE_IMAGE and POPVOTE_EDGE_IMAGE to images with their digests, or neither."
done

if [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" != active ]; then
  docker swarm init --advertise-addr "${POPVOTE_ADVERTISE:-127.0.0.1}" >/dev/null
fi
nodes=$(docker node ls -q)
registry=${POPVOTE_REGISTRY:+${POPVOTE_REGISTRY%/}/}
if [ "$(wc -l <<<"$nodes")" -eq 1 ]; then
  docker node update "${marks[@]/%/=true}" "$nodes" >/dev/null
elif [ -z "$registry$given" ]; then
  fail 'Other machines get the images from a registry: set POPVOTE_REGISTRY.'
fi
for label in "${labels[@]}"; do
  with=$(docker node ls -q --filter "node.label=popvote.$label=true" | wc -l)
  [ "$with" -eq 1 ] || fail "$with machines have the label popvote.$label. Volumes are folders of one machine, so give it to one:
docker node update --label-add popvote.$label=true NODE"
done

# The tag says what the images are. So another build changes the stack: its tasks are replaced, and migrate runs again. In a
# registry a tag can be moved: there the digest says what the tasks get.
share() {
  local tagged=$registry$1:$tag digest=''
  docker tag "$1:$built" "$tagged"
  if [ -n "$registry" ]; then
    docker push -q "$tagged" >/dev/null
    digest=$(docker image inspect --format '{{join .RepoDigests "\n"}}' "$tagged" | sed -n "s#^$registry$1@#@#p" | head -n 1)
    [[ $digest =~ ^@sha256:[0-9a-f]{64}$ ]] || fail "The registry gave no digest of $tagged."
  fi
  printf -v "$2" %s "$tagged$digest"
}
if [ -z "$given" ]; then
  built=${POPVOTE_VERSION:-latest}
  tag=$built-$(docker image inspect --format '{{.Id}}' "popvote:$built" "popvote-edge:$built" | sha256sum | cut -c 1-12)
  share popvote POPVOTE_IMAGE
  share popvote-edge POPVOTE_EDGE_IMAGE
fi
# A set is named after what is in it, so that changed files make a new one.
POPVOTE_SECRETS=${POPVOTE_SECRETS:-$(cd "$folder" && find . -type f | sort | xargs sha256sum | sha256sum | cut -c 1-12)}
export POPVOTE_IMAGE POPVOTE_EDGE_IMAGE POPVOTE_SECRETS
"$here/secrets.sh" "$POPVOTE_SECRETS" "$folder"
# The engine changes a service while its tasks are replaced, and then rejects a change that began before (moby/moby#39891). What
# was deployed already stays, so the same command goes on.
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
tries_max=5
for ((try = 1; ; try += 1)); do
  docker stack deploy --prune --with-registry-auth --resolve-image never "${files[@]}" popvote 2>"$errors" && break
  cat "$errors" >&2
  grep -q 'update out of sequence' "$errors" && ((try < tries_max)) || exit 1
  sleep 1
done
cat "$errors" >&2
