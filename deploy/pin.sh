#!/bin/bash
# Writes the digest that a registry gives now behind every foreign image, in the files that name one: from then on each machine
# gets the same bytes, or nothing. Run it in your copy, where a registry is reached; `git checkout` takes it back.
set -euo pipefail
cd "$(dirname "$0")/.."
files=(Dockerfile docker-compose.yml deploy/edge/Dockerfile deploy/backup/Dockerfile deploy/swarm/stack.yml deploy/helm/rehearsal-servers.yaml)
declare -A digests=()
images=$(sed -nE 's/^(ARG NODE_IMAGE=|FROM |[ ]+image: )([a-z0-9./-]+:v?[0-9][0-9A-Za-z.-]*)$/\2/p' "${files[@]}" | sort -u)
# All are asked for before a file changes.
for image in $images; do
  digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "The registry gives no digest of $image." >&2; exit 1; }
  digests[$image]=$digest
done
for image in "${!digests[@]}"; do
  sed -i -E "s#^(ARG NODE_IMAGE=|FROM |[ ]+image: )${image//./[.]}\$#\1$image@${digests[$image]}#" "${files[@]}"
done
printf '%s\n' "${#digests[@]} images have their digest now."
