# The commands of deploy/runbooks for Docker Compose: source it in the folder of docker-compose.yml. For another site define the
# same functions. Names are those of docker-compose.yml.

# Runs a command where a service runs, or would run if it has ended.
on() {
  local name=$1
  shift
  if [ -n "$(docker compose ps --quiet --status running "$name")" ]; then
    docker compose exec -T "$name" "$@"
  else
    docker compose run --rm -T --no-deps "$name" "$@"
  fi
}

# The containers of services: that of its name, and a second one, such as ballots-two, where there is one.
processes() {
  local all name
  all=$(docker compose config --services)
  for name in "$@"; do grep -x -e "$name" -e "$name-two" <<<"$all"; done
}

# Runs a command where each process of a service runs, also where it failed for another one. Fails if one did.
on_each() {
  local name=$1 each failed=0
  shift
  for each in $(processes "$name"); do
    printf '%s: ' "$each"
    on "$each" "$@" || failed=1
  done
  return $failed
}

start() { docker compose up --detach --wait --no-deps $(processes "$@"); }

stop() { docker compose stop $(processes "$@"); }

# Needs Node, and `npm ci && npm run build` in this folder: the host of Compose has none of it at first. The panel does the same.
popvote() { npx popvote "$@"; }
