# One image for the gateways and the emulators: Node, the sources as they are, and what they need to run.
FROM node:20-bookworm-slim

WORKDIR /app
ENV NODE_ENV=production

COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

COPY tsconfig.json ./
COPY bin ./bin
COPY src ./src
COPY schema ./schema
COPY emulators ./emulators
COPY cluster/parlance.config.yaml ./cluster/

USER node
# Inside a container only its own loopback would be 127.0.0.1.
ENV HOST=0.0.0.0 PORT=4000
EXPOSE 4000

# In the exec form: SIGTERM reaches the gateway itself, which then finishes what is running.
CMD ["node", "bin/parlance.js", "start"]
