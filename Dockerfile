# The gateway as a package brings it, and nothing else: what was built, and Node. docs/shipping.md

# 22 and 24 do as well.
ARG NODE=20

FROM node:${NODE}-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Programs that only tests need are not set up.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json LICENSE ./
COPY build ./build
COPY schema ./schema
COPY src ./src
COPY emulators ./emulators
RUN npm run build

FROM node:${NODE}-bookworm-slim
LABEL org.opencontainers.image.title="Parlance" \
      org.opencontainers.image.description="One GraphQL endpoint over Botpress, Chatling, ChatBotKit and Stack Auth conversations." \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
# Inside a container only its own loopback would be 127.0.0.1.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
COPY package.json LICENSE ./
COPY bin ./bin
COPY --from=build /build/dist ./dist
# It writes nothing, so its files may be read-only and belong to somebody else.
USER node
EXPOSE 4000
# Whether the process is well. That it takes no more because it leaves is nothing to end it for: that is /readyz.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# In the exec form: the signal reaches the gateway itself, which then finishes what is running.
ENTRYPOINT ["node", "bin/parlance.js"]
CMD ["start"]
