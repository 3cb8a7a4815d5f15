#!/bin/bash
# A Docker engine of its own for the checks: engine.sh up | down | why-not. It runs in a network namespace and a mount
# namespace, so nothing of this machine's network, firewall or mounts changes. It ends by itself after an hour.
#
# Its data stay in POPVOTE_ENGINE between runs, so that images are built once.
set -euo pipefail
engine=${POPVOTE_ENGINE:-/tmp/popvote-docker}
secondsMax=${POPVOTE_ENGINE_SECONDS:-3600}
pidFile=$engine/run/dockerd.pid

# Prints why no engine can run here, and nothing where one can.
why_not() {
  [ "$(uname -s)" = Linux ] || { echo 'this is not Linux'; return; }
  [ "$(id -u)" -eq 0 ] || { echo 'it needs root'; return; }
  unshare -n -m true 2>/dev/null || { echo 'the kernel gives no namespaces'; return; }
  grep -q overlay /proc/filesystems || { echo 'the kernel has no overlay file system'; return; }
  unshare -n sh -c 'ip link add name popvote0 type bridge && ip link add type veth' 2>/dev/null ||
    { echo 'the kernel has no bridges or virtual cables'; return; }
  [ -d /sys/fs/cgroup/memory ] || [ -f /sys/fs/cgroup/cgroup.controllers ] || { echo 'there are no control groups'; return; }
  command -v dockerd >/dev/null || command -v apt-get >/dev/null || echo 'there is no dockerd, and no apt-get to install it'
}

install_packages() {
  local packages=()
  command -v dockerd >/dev/null || packages+=(docker.io)
  command -v iptables >/dev/null || packages+=(iptables)
  command -v slirp4netns >/dev/null || packages+=(slirp4netns)
  command -v mmdebstrap >/dev/null || packages+=(mmdebstrap)
  [ ${#packages[@]} -eq 0 ] || {
    apt-get update -qq
    # The package starts an engine of its own unless this policy forbids it.
    local policy=/usr/sbin/policy-rc.d made=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; made=yes; }
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    [ -z "$made" ] || rm "$policy"
  }
  compose_plugin
}

# Compose for a distribution whose own packages have none: that of a later one needs only the C library.
compose_plugin() {
  local plugins=$engine/config/cli-plugins apt=$engine/apt
  docker compose version >/dev/null 2>&1 && return
  mkdir -p "$plugins" "$apt/lists/partial" "$apt/cache/archives/partial"
  [ -x "$plugins/docker-compose" ] && return
  echo 'deb http://deb.debian.org/debian trixie main' >"$apt/sources.list"
  local options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update -qq
  (cd "$apt" && apt-get "${options[@]}" download docker-compose >/dev/null && dpkg -x docker-compose_*.deb files)
  cp "$apt/files/usr/libexec/docker/cli-plugins/docker-compose" "$plugins/docker-compose"
  rm -rf "$apt"
}

up() {
  mkdir -p "$engine/run" "$engine/data" "$engine/exec" "$engine/config"
  install_packages >&2
  if [ -S "$engine/run/docker.sock" ] && docker version >/dev/null 2>&1; then return; fi
  rm -f "$pidFile" "$engine/run/docker.sock"
  timeout --kill-after=30 "$secondsMax" unshare -n -m sh -c '
    ip link set lo up
    exec dockerd --data-root "$0/data" --exec-root "$0/exec" --pidfile "$0/run/dockerd.pid" -H "unix://$0/run/docker.sock" \
      --storage-driver overlay2 --exec-opt native.cgroupdriver=cgroupfs --dns 10.0.2.3' "$engine" \
    </dev/null >"$engine/run/dockerd.log" 2>&1 9>&- &
  for _ in $(seq 120); do
    [ -S "$engine/run/docker.sock" ] && docker version >/dev/null 2>&1 && break
    sleep 0.5
  done
  docker version >/dev/null 2>&1 || { tail -20 "$engine/run/dockerd.log" >&2; exit 1; }
  # The way to the registries while images are built, and what the check of the ways out looks for. Port 10.0.2.3:53 answers.
  timeout --kill-after=5 "$secondsMax" slirp4netns --configure --mtu=1500 --disable-host-loopback "$(cat "$pidFile")" tap0 \
    </dev/null >"$engine/run/slirp4netns.log" 2>&1 9>&- &
  echo $! >"$engine/run/slirp4netns.pid"
}

down() {
  [ -f "$pidFile" ] || return 0
  local pid
  pid=$(cat "$pidFile")
  docker ps -q 2>/dev/null | xargs -r docker kill >/dev/null 2>&1 || true
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 60); do
    [ -d "/proc/$pid" ] || break
    sleep 0.5
  done
  [ ! -f "$engine/run/slirp4netns.pid" ] || kill "$(cat "$engine/run/slirp4netns.pid")" 2>/dev/null || true
  rm -rf "$engine/run" "$engine/exec"
}

export DOCKER_HOST=unix://$engine/run/docker.sock DOCKER_CONFIG=$engine/config
case ${1:-} in
  up) up ;;
  down) down ;;
  why-not) why_not ;;
  *) echo 'engine.sh up | down | why-not' >&2; exit 2 ;;
esac
