// No credential leaves a gateway: not in its log at its most talkative, nor in answers, pages, numbers, spans or its last words,
// though services say back what they were asked with, bugs are thrown with credentials in them, and callers present theirs.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { writtenKeyFile } from '../../src/security/key-file.ts';
import { aKey } from '../security/door.ts';
import { listAt, textAt } from '../support/answer.ts';
import { startCollector } from '../support/collector.ts';
import { parlance, type Running, startedWorld } from '../support/command.ts';
import { type Echo, startEcho } from '../support/echo.ts';
import { send } from '../support/hostile.ts';
import { leaksIn, secretsOf } from '../support/leaks.ts';
import { ofType, openSocket } from '../support/socket.ts';

const OPERATOR = aKey({ scopes: ['read', 'write', 'raw', 'admin'] });
const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzb21lYm9keS1lbHNlIn0.c2lnbmVkLWJ5LW5vYm9keQ';
const OWN = {
  WEBHOOK_SECRET: 'posted-along-with-webhooks-4711',
  CURSOR_SECRET: 'seals cursors & nothing else/4711',
  LEAKY_TOKEN: 'opaque+credential/of=a"kind"of-our-own',
  REDIS_PASSWORD: 'r3d1s-p@ss/word',
};

const EVERYTHING = `query ($first: Int = 5) {
  providers { name capabilities { verb note } health { state lastError { message code } } }
  conversations(first: $first) {
    nodes { id nativeId title preview raw native { __typename } messages(first: 2) { nodes { text raw } } }
    sources { status error { message code } }
  }
}`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  __typename
  ... on SendMessagePayload { delivery sent: message { text raw } reply { text raw } }
  ... on Error { message code }
} }`;
const UPDATE = `mutation ($input: UpdateConversationInput!) { updateConversation(input: $input) {
  __typename ... on UpdateConversationPayload { conversation { raw } } ... on Error { message code }
} }`;
const ONE = 'query ($id: ID!) { conversation(id: $id) { id raw } }';

describe('a gateway in front of services that say back what they were asked with', () => {
  it('shows no credential to anybody, whatever it is asked and whatever goes wrong', async () => {
    const scene = await openScene();
    const { started, url, say, echoes, authorization, said } = scene;

    const inbox = await say(EVERYTHING);
    const ids = listAt(inbox, 'data.conversations.nodes').map((node) => textAt(node, 'id'));
    expect(ids).toHaveLength(5);
    const socket = await openSocket(url);
    socket.say({ type: 'connection_init', payload: { authorization } });
    await socket.hear(ofType('connection_ack'));
    const query = 'subscription { conversationEvents { __typename } }';
    socket.say({ type: 'subscribe', id: '1', payload: { query } });

    for (const echo of echoes) echo.says('in rows');
    await everything(scene, ids);
    for (const status of [400, 401, 403, 404, 429, 302, 500]) {
      for (const echo of echoes) echo.says(status);
      await everything(scene, ids);
    }
    await say(ONE, { id: leaky('throws') });

    const anybody = { headers: { accept: 'text/html' } };
    const stranger = { headers: { authorization: `Bearer ${JWT}` } };
    const wrong = { headers: { authorization: `Bearer ${OPERATOR.text.slice(0, -1)}0` } };
    const operator = { headers: { authorization } };
    for (const path of ['/readyz', '/metrics', '/graphql?query={__typename}', '/nothing']) {
      for (const asker of [anybody, stranger, wrong, operator]) {
        said.push(await everyWord(`${url}${path}`, asker));
      }
    }
    const posted = { method: 'POST', body: '{}', headers: { 'x-bp-secret': OWN.WEBHOOK_SECRET } };
    said.push(await everyWord(`${url}/webhooks/website`, posted));
    const [, metrics = ''] = await started.line(
      /"url":"(http:[^"]+\/metrics)".*"metrics are served"/,
    );
    const scraped = await everyWord(metrics, {});
    expect(scraped).toContain('parlance_upstream_calls_total{provider="partner"');
    said.push(scraped, JSON.stringify(socket.heard));
    // Its last words are looked through, too.
    await say(ONE, { id: leaky('crashes') }).catch(() => undefined);
    const { code, out, err } = await started.ended();

    expectLastWords({ code, out, err });
    // It was as talkative as it can be, or nothing would be shown by this.
    expect(out).toContain('"a service was asked"');
    expect(out).toContain('an adapter threw');
    expect(said.join('')).toContain('ProviderAuthError');
    expect(scene.collector.spans.length).toBeGreaterThan(50);
    expect(leaksIn(out, scene.secrets)).toEqual([]);
    expect(leaksIn(err, scene.secrets)).toEqual([]);
    expect(leaksIn(said.join('\n'), scene.secrets)).toEqual([]);
    expect(leaksIn(scene.collector.raw(), scene.secrets)).toEqual([]);
  }, 60_000);

  it('says none in its last words where a promise was rejected that nobody heard of', async () => {
    const { started, say, secrets } = await openScene();

    await say(ONE, { id: leaky('rejects') }).catch(() => undefined);
    const { code, out, err } = await started.ended();

    expectLastWords({ code, out, err });
    expect(leaksIn(out + err, secrets)).toEqual([]);
  });
});

function expectLastWords({ code, out, err }: Awaited<ReturnType<Running['ended']>>): void {
  expect(code).toBe(1);
  expect(out).toMatch(/"level":60,.*"a bug ends this process"/);
  expect(err).toMatch(/A bug ends this gateway.*\n.*«redacted»/);
}

interface Scene {
  readonly started: Running;
  readonly url: string;
  readonly authorization: string;
  readonly echoes: readonly Echo[];
  readonly collector: Awaited<ReturnType<typeof startCollector>>;
  readonly secrets: readonly string[];
  /** All that was answered. */
  readonly said: string[];
  say(query: string, variables?: object): Promise<unknown>;
}

async function openScene(): Promise<Scene> {
  const { credentials } = await startedWorld();
  const { botpress, chatling, chatbotkit, pinkfish, stackAuth } = credentials;
  const [website, help, assistant, partner, support] = await Promise.all(
    [botpress, chatling, chatbotkit, pinkfish, stackAuth].map(({ url }) => startEcho(url)),
  );
  const collector = await startCollector();
  const redis = new URL(inject('redisUrl'));
  const authorization = `Bearer ${OPERATOR.text}`;
  // A server that wants none takes any.
  redis.password = OWN.REDIS_PASSWORD;
  const started = await parlance(['start', '--config', 'mine.yaml'], {
    environment: {
      ...OWN,
      PORT: '0',
      LOG_LEVEL: 'trace',
      REDIS_URL: redis.href,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.traces.replace('/v1/traces', ''),
      BOTPRESS_TOKEN: botpress.token,
      CHATLING_TOKEN: chatling.token,
      CHATBOTKIT_SECRET: chatbotkit.secret,
      PINKFISH_SECRET: pinkfish.clientSecret,
      STACK_REFRESH_TOKEN: stackAuth.refreshToken,
    },
    files: {
      'keys.json': writtenKeyFile({ keys: [OPERATOR.record], subjects: [] }),
      'leaky.mjs': LEAKY,
      'mine.yaml': `
kinds: [./leaky.mjs]
providers:
  website: { kind: botpress, url: "${website?.url}", token: \${BOTPRESS_TOKEN}, botId: ${botpress.botId}, webhookSecret: \${WEBHOOK_SECRET} }
  help: { kind: chatling, url: "${help?.url}", token: \${CHATLING_TOKEN}, chatbotId: "${chatling.chatbotId}" }
  assistant: { kind: chatbotkit, url: "${assistant?.url}", secret: \${CHATBOTKIT_SECRET} }
  partner: { kind: chatbotkit, via: pinkfish, url: "${partner?.url}", clientId: ${pinkfish.clientId}, clientSecret: \${PINKFISH_SECRET}, orgId: ${pinkfish.orgId}, pcid: ${pinkfish.pcid} }
  support: { kind: stack-auth, url: "${support?.url}", projectId: ${stackAuth.projectId}, publishableClientKey: ${stackAuth.publishableClientKey}, refreshToken: \${STACK_REFRESH_TOKEN} }
  leaky: { kind: leaky, url: "${website?.url}", token: \${LEAKY_TOKEN} }
redis: { url: redis://127.0.0.1, prefix: "test:${randomUUID()}:" }
server: { cursorSecret: \${CURSOR_SECRET}, leaveAfterMs: 0 }
cache: false
metrics: { port: 0 }
auth: { keys: ./keys.json }
`,
    },
  });
  const url = await started.url();
  const said: string[] = [];
  return {
    started,
    url,
    authorization,
    collector,
    said,
    echoes: [website, help, assistant, partner, support].filter((one) => one !== undefined),
    secrets: [...secretsOf(credentials), ...Object.values(OWN), OPERATOR.text, JWT],
    async say(query, variables = {}) {
      const { text, body } = await send(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query, variables }),
      });
      said.push(text);
      return body;
    },
  };
}

async function everything({ say }: Scene, ids: readonly string[]): Promise<void> {
  await Promise.all([
    say(EVERYTHING),
    ...ids.flatMap((id) => [
      say(ONE, { id }),
      say(SEND, { input: { conversationId: id, text: 'Hello?' } }),
      say(UPDATE, { input: { id, tags: { set: [{ key: 'seen', value: 'yes' }] } } }),
    ]),
  ]);
}

async function everyWord(url: string, init: RequestInit): Promise<string> {
  const { text, headers } = await send(url, init);
  return `${text}${JSON.stringify([...headers])}`;
}

function leaky(nativeId: string): string {
  const conversation = { provider: providerName('leaky'), nativeId };
  return encodeId({ type: 'Conversation', conversation });
}

/** A kind of somebody's own, whose author was careless in every way there is. */
const LEAKY = `
import { defineProvider } from 'parlance';

const settings = { '~standard': { version: 1, vendor: 'by hand', validate: (value) => ({ value }) } };

export default defineProvider({
  kind: 'leaky', settings, secrets: ['token'], origin: 'http://127.0.0.1',
  open: ({ settings: { token } }) => ({
    CONVERSATION_GET: {
      support: 'NATIVE', note: null,
      async does({ nativeId }) {
        const error = () => new Error('it was asked with ' + token.reveal(), { cause: new Error(encodeURIComponent(token.reveal())) });
        if (nativeId === 'throws') throw error();
        if (nativeId === 'crashes') setTimeout(() => { throw error(); });
        if (nativeId === 'rejects') void Promise.reject(error());
        return new Promise(() => {});
      },
    },
  }),
});
`;
