# One image for every service: `docker run popvote serve api`. Built in one stage, run from another that has neither the
# compiler nor the development's packages, by a user without rights.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No scripts: only the local platform's PostgreSQL has any, and it does not belong in an image.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Folders that are written at run time: a named volume takes their owner and mode.
RUN install -d -o node -g node -m 0700 /var/lib/popvote/election-keys /var/lib/popvote/epoch-keys /var/lib/popvote/spool
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The build reads these where the sources do.
COPY --from=build /app/src/store/migrations ./src/store/migrations
COPY --from=build /app/src/local/rehearsal.json ./src/local/rehearsal.json
USER node
# Node is the process itself and not a shell's child: it gets the signals, and drains.
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["--help"]
