# One image for every service: `docker run popvote serve api`. The first stage builds it. The second stage runs it, without
# the compiler and the development packages, as an unprivileged user. deploy/pin.sh adds the digest of the base.
ARG NODE_IMAGE=node:24.22.3-bookworm-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: only the local platform's PostgreSQL has one, and the image does not need it.
RUN npm ci --ignore-scripts
COPY tsconfig.json LICENSE ./
COPY docs/verify.md ./docs/verify.md
COPY src ./src
COPY deploy/sbom.ts ./deploy/sbom.ts
# Seconds of the commit, so that another build of it has the same times.
ARG SOURCE_DATE_EPOCH
# What only readers of the packages' sources use is a quarter of them.
RUN npm run build && npm prune --omit=dev --ignore-scripts && \
    find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete && \
    node deploy/sbom.ts >sbom.cdx.json

# The list of the npm packages alone, for `docker buildx bake sbom`.
FROM scratch AS sbom
COPY --from=build /app/sbom.cdx.json /

FROM ${NODE_IMAGE}
ARG NODE_IMAGE
ARG SOURCE_DATE_EPOCH
ENV NODE_ENV=production
WORKDIR /app
# No person of the host has this number, so no one there can read the secrets that are mounted for it. Folders that are
# written at run time: a named volume copies their owner and mode.
RUN groupadd --gid 10001 popvote && useradd --uid 10001 --gid popvote --no-create-home --shell /usr/sbin/nologin popvote && \
    install -d -o popvote -g popvote -m 0700 /var/lib/popvote/election-keys /var/lib/popvote/epoch-keys \
    /var/lib/popvote/spool /var/lib/popvote/public-logs /var/lib/popvote/published-logs
COPY deploy/probe.sh /usr/local/bin/popvote-probe
COPY --from=build /app/package.json /app/LICENSE /app/sbom.cdx.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The built program reads these files from the same place as the sources do.
COPY --from=build /app/src/store/migrations ./src/store/migrations
COPY --from=build /app/src/local/rehearsal.json ./src/local/rehearsal.json
USER 10001:10001
# Node is the main process, not the child of a shell, so it receives signals and drains.
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["--help"]
# Last, because they change with each release.
ARG POPVOTE_VERSION=0.2.0
ARG POPVOTE_REVISION=unknown
LABEL org.opencontainers.image.title="popvote" \
      org.opencontainers.image.description="Public votes: anonymous, exact, checkable by outsiders" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/${NODE_IMAGE}" \
      org.opencontainers.image.version="${POPVOTE_VERSION}" \
      org.opencontainers.image.revision="${POPVOTE_REVISION}"
