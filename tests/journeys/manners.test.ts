// How the gateway behaves towards the services behind it: what it sends again, when it waits, and whom it leaves in peace.

import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../emulators/world.ts';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { BREAKER_TIMES } from '../../src/providers/breaker.ts';
import { configOf, folderWith } from '../config/folder.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { attemptsAt, standingAt } from '../support/attempts.ts';
import { inboxPage } from '../support/inbox.ts';
import { mutate } from '../support/mutations.ts';
import { NOTEBOOK_MODULE, startNotebook } from '../support/notebook.ts';
import { ask, startParlance, type TestParlance } from '../support/parlance.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import { watchStores, writes } from '../support/stores.ts';

describe.each(ACCOUNTS)('a message to %s', (account) => {
  it('that nobody took at first is sent once more, and stored once', async () => {
    const { parlance, relays } = await startBehindRelays();
    const input = { conversationId: standingAt(parlance.world, account), text: 'Any news?' };
    const undisturbed = await changesBy(account);
    const changes = watchStores(parlance.world);
    await relays[account].close();
    const open = relays[account].openAfterRefusing(2);

    const sent = await mutate(parlance, 'sendMessage', input);
    await open;

    expect(sent).toMatchObject({ delivery: 'SENT' });
    expect(Object.keys(changes()).length).toBe(undisturbed);
    expect(writes(parlance.world, account)).toHaveLength(1);
  });

  it('is not sent again where the service says that it is asked too much, however soon it may be', async () => {
    const parlance = await startParlance({ count: 2 });
    await inboxPage(parlance, { first: 20 });
    const conversationId = standingAt(parlance.world, account);
    emulatorOf(parlance.world, account).inject({
      kind: 'status',
      status: 429,
      retryAfter: 1,
      times: 1,
      match: { method: account === 'support' ? 'PATCH' : 'POST' },
    });

    await mutate(parlance, 'sendMessage', { conversationId, text: 'Any news?' });

    expect(writes(parlance.world, account)).toHaveLength(1);
  });
});

describe.each(ACCOUNTS)('a read at %s', (account) => {
  it('waits as long as it is told to, where that is short, and is whole then', async () => {
    const parlance = await startParlance({ count: 2 });
    await inboxPage(parlance, { first: 20 });
    const emulator = emulatorOf(parlance.world, account);
    emulator.forget();
    emulator.inject({ kind: 'status', status: 429, retryAfter: 1, times: 1 });
    const began = performance.now();

    const page = await inboxPage(parlance, { first: 20 });

    expect(statusOf(page, account)).toBe('FRESH');
    expect(performance.now() - began).toBeGreaterThanOrEqual(1000);
    expect(emulator.journal.map(({ status }) => status)).toEqual([429, 200]);
  });

  it('is asked again where its service stumbles, and nobody notices', async () => {
    const parlance = await startParlance({ count: 2 });
    const emulator = emulatorOf(parlance.world, account);
    for (const kind of ['cut', 'status'] as const) {
      emulator.inject({ kind, times: 1, ...(kind === 'status' && { status: 503 }) });
    }

    const page = await inboxPage(parlance, { first: 20 });

    expect(statusOf(page, account)).toBe('FRESH');
    expect(page.rows).toHaveLength(8);
  });
});

describe('the account through Pinkfish', () => {
  it('is asked again at either of its doors', async () => {
    const parlance = await startParlance({ count: 2, partner: true });
    const { pinkfish } = parlance.world;
    for (const path of ['/oauth/token', '/chatbotkit-conversations']) {
      pinkfish.inject({ kind: 'cut', times: 1, match: { path } });
    }

    const page = await inboxPage(parlance, { first: 20 });

    expect(statusOf(page, 'partner')).toBe('FRESH');
    expect(pinkfish.journal.map(({ path, status }) => [path, status])).toEqual([
      ['/oauth/token', null],
      ['/oauth/token', 200],
      ['/chatbotkit-conversations', null],
      ['/chatbotkit-conversations', 200],
    ]);
  });

  it.each(['/oauth/token', '/chatbotkit-conversations'])(
    'is left in peace at %s alone',
    async (path) => {
      const parlance = await startParlance({ count: 2, partner: true, clock: () => STANDING_MS });
      const { pinkfish } = parlance.world;
      pinkfish.inject({ kind: 'status', status: 500, match: { path } });

      for (let times = 0; times < 12; times += 1) await inboxPage(parlance, { first: 5 });

      const asked = pinkfish.journal.filter((row) => row.path === path);
      expect(asked).toHaveLength(BREAKER_TIMES.failures);
      const page = await inboxPage(parlance, { first: 20 });
      expect(page.sources.filter(({ status }) => status === 'FRESH')).toHaveLength(4);
      expect(page.sources.find(({ name }) => name === 'partner')?.error).toMatchObject({
        __typename: 'ProviderUnavailableError',
        message: expect.stringMatching(/nothing was sent/),
      });
    },
  );
});

describe('an account of a kind of one’s own', () => {
  it('is asked again, and left in peace', async () => {
    const notebook = await startNotebook();
    notebook.begin({ title: 'Groceries' });
    const relay = await startRelay(notebook.url);
    const url = await gatewayOver({ url: relay.url, key: notebook.key });
    const inbox = '{ conversations { nodes { title } } }';
    await relay.close();
    const open = relay.openAfterRefusing(2);

    const mended = await ask(url, inbox);
    await open;
    await relay.close();
    for (let times = 0; times < 12; times += 1) await ask(url, inbox);

    expect(listAt(mended.data, 'conversations.nodes')).toEqual([{ title: 'Groceries' }]);
    expect(relay.refused).toBe(2 + BREAKER_TIMES.failures);
  });
});

describe('an operation', () => {
  it('has a deadline of its own, after which nothing more of it is sent', async () => {
    const parlance = await startParlance({ count: 2, deadlineMs: 300, replyDeadlineMs: 300 });
    const accounts = ['website', 'help', 'assistant'] as const;
    const updates = accounts.map((account) => {
      emulatorOf(parlance.world, account).inject({ kind: 'hang' });
      const attempt = attemptsAt(account).find(({ mutation }) => mutation === 'updateConversation');
      return attempt?.input(parlance.world);
    });
    const began = performance.now();

    // One after the other, as mutations are; never so many of one account that it is left in peace.
    const { data } = await parlance.ask(
      `mutation ($website: UpdateConversationInput!, $help: UpdateConversationInput!, $assistant: UpdateConversationInput!) {
        ${Array.from({ length: 4 }, (_, index) => accounts.map((account) => `${account}${index}: updateConversation(input: $${account}) { __typename ... on Error { message } }`).join(' ')).join(' ')}
      }`,
      Object.fromEntries(accounts.map((account, index) => [account, updates[index]])),
    );

    const told = Object.values(Object(data)).map((result) => at(result, '__typename'));
    const sent = accounts.flatMap((account) => writes(parlance.world, account));
    expect(told).toHaveLength(12);
    expect(new Set(told.slice(0, 3))).toEqual(new Set(['OutcomeUnknownError']));
    expect(new Set(told.slice(5))).toEqual(new Set(['ProviderUnavailableError']));
    expect(textAt(data, 'assistant3.message')).toMatch(/nothing was sent/);
    expect(sent.length).toBeLessThanOrEqual(5);
    expect(performance.now() - began).toBeLessThan(4 * 300 + 1500);
  });
});

const STANDING_MS = Date.UTC(2026, 4, 4, 9, 30);

/** The four accounts, each at an address that can be closed; whoever needs a token has one. */
async function startBehindRelays(): Promise<{
  readonly parlance: TestParlance;
  readonly relays: Readonly<Record<AccountName, Relay>>;
}> {
  const world = await startWorld({ count: 2 });
  onTestFinished(() => world.close());
  const { botpress, chatling, chatbotkit, stackAuth } = world.credentials;
  const relays = {
    website: await startRelay(botpress.url),
    help: await startRelay(chatling.url),
    assistant: await startRelay(chatbotkit.url),
    support: await startRelay(stackAuth.url),
  };
  const beside: World = {
    ...world,
    credentials: {
      ...world.credentials,
      botpress: { ...botpress, url: relays.website.url },
      chatling: { ...chatling, url: relays.help.url },
      chatbotkit: { ...chatbotkit, url: relays.assistant.url },
      stackAuth: { ...stackAuth, url: relays.support.url },
    },
  };
  const parlance = await startParlance({ beside });
  await inboxPage(parlance, { first: 20 });
  return { parlance, relays };
}

/** In how many places a message changes the stores where nothing goes wrong. */
async function changesBy(account: AccountName): Promise<number> {
  const parlance = await startParlance({ count: 2 });
  const changes = watchStores(parlance.world);
  const conversationId = standingAt(parlance.world, account);
  await mutate(parlance, 'sendMessage', { conversationId, text: 'Any news?' });
  return Object.keys(changes()).length;
}

async function gatewayOver({ url, key }: { readonly url: string; readonly key: string }) {
  const cwd = await folderWith({
    'parlance.config.yaml': `
kinds: [ "\${NOTEBOOK_MODULE}" ]
providers: { notes: { kind: notebook, url: "${url}", key: \${NOTEBOOK_KEY} } }
server: { port: 0, leaveAfterMs: 0 }
cache: false
`,
  });
  const environment = { NOTEBOOK_MODULE, NOTEBOOK_KEY: key };
  const running = await compose(configOf(await loadConfig({ environment, cwd })), {
    log: { debug() {}, info() {}, warn() {}, error() {} },
    clock: () => STANDING_MS,
    randomSecret: () => 'a secret of this test',
  });
  onTestFinished(() => running.close());
  return running.url;
}

function statusOf(page: Awaited<ReturnType<typeof inboxPage>>, account: string): unknown {
  return at(
    page.sources.find(({ name }) => name === account),
    'status',
  );
}
