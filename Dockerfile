# One image for every service: `docker run popvote serve api`. The first stage builds it. The second stage runs it, without
# the compiler and the development packages, as an unprivileged user.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: only the local platform's PostgreSQL has one, and the image does not need it.
RUN npm ci --ignore-scripts
COPY tsconfig.json LICENSE ./
COPY docs/verify.md ./docs/verify.md
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Folders that are written at run time. A named volume copies their owner and mode.
RUN install -d -o node -g node -m 0700 /var/lib/popvote/election-keys /var/lib/popvote/epoch-keys /var/lib/popvote/spool \
    /var/lib/popvote/public-logs /var/lib/popvote/published-logs
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The built program reads these files from the same place as the sources do.
COPY --from=build /app/src/store/migrations ./src/store/migrations
COPY --from=build /app/src/local/rehearsal.json ./src/local/rehearsal.json
USER node
# Node is the main process, not the child of a shell, so it receives signals and drains.
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["--help"]
