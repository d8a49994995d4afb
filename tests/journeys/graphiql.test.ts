// The page a newcomer opens, in a real browser that reaches nothing but the gateway: the examples are there, and they run.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ANYONE } from '../../src/domain/caller.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { ask, brief } from '../support/desk.ts';
import { openDoors } from '../support/doors.ts';
import { leaksIn, post, refusalsIn, send } from '../support/hostile.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

const TABS = [
  'Inbox',
  'Thread',
  'Filtered',
  'Update',
  'Send',
  'GetOrCreate',
  'Listen',
  'Providers',
];

describe('GraphiQL without the internet', () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function visit({ url }: TestParlance) {
    if (!browser) throw new Error('the browser is not open');
    const visited = await openPage(browser, { onlyOrigin: url });
    onTestFinished(() => visited.close());
    await visited.page.goto(`${url}/graphql`);
    await visited.page.locator(PLAY).waitFor();
    return visited;
  }

  it('runs the first example at the press of a button', async () => {
    const parlance = await startParlance({ count: 3 });
    const { page, blocked, consoleErrors, pageErrors } = await visit(parlance);

    await page.locator(PLAY).click();
    await page.locator(ANSWER).getByText('"nodes"').first().waitFor();

    const shown = squeezed(await page.locator(ANSWER).innerText());
    expect(toldIn(parlance).filter((text) => shown.includes(text))).not.toEqual([]);
    expect(shown).not.toContain('"errors"');
    expect(await page.title()).toBe('Parlance');
    expect({ blocked, consoleErrors, pageErrors }).toEqual({
      blocked: [],
      consoleErrors: [],
      pageErrors: [],
    });
  });

  it('opens every example at the first click, with its variables beside it', async () => {
    const parlance = await startParlance({ count: 3 });
    const tabs = await tabsOf(parlance);
    const { page, blocked, consoleErrors, pageErrors } = await visit(parlance);
    expect(await page.locator(TAB).allInnerTexts()).toEqual(TABS);

    // Backwards, so that none is open already.
    for (const [index, name] of [...TABS.entries()].toReversed()) {
      await page.locator(TAB).getByText(name, { exact: true }).click();
      await page.locator(`[role=tab][aria-selected=true]:has-text("${name}")`).waitFor();
      await page.locator(QUERY).getByText(name).first().waitFor();

      const beside = squeezed(await page.locator(VARIABLES).innerText());
      expect.soft(beside).toContain(squeezed(JSON.stringify(tabs[index]?.variables)).slice(0, 40));
    }

    expect({ blocked, consoleErrors, pageErrors }).toEqual({
      blocked: [],
      consoleErrors: [],
      pageErrors: [],
    });
  });

  it('listens over WebSocket, and shows a message that comes while one looks', async () => {
    const parlance = await startParlance({ count: 3 });
    const { page, blocked, consoleErrors, pageErrors } = await visit(parlance);
    await page.locator(TAB).getByText('Listen', { exact: true }).click();
    await page.locator(QUERY).getByText('messageAdded').first().waitFor();

    const [socket] = await Promise.all([
      page.waitForEvent('websocket'),
      page.locator(PLAY).click(),
    ]);
    await page.locator(ANSWER).getByText('"Listening"').waitFor();
    const { data } = await parlance.ask(SENT_BY_HAND, {
      input: { conversationId: await idAt(parlance, 'support'), text: 'Your parcel is on its way' },
    });
    await page.locator(ANSWER).getByText('Your parcel is on its way').waitFor();

    expect(at(data, 'sendMessage.delivery')).toBe('SENT');
    const shown = squeezed(await page.locator(ANSWER).innerText());
    expect(shown).toContain('"__typename":"MessageAdded"');
    expect(shown).toContain('"name":"support"');
    expect(socket.url()).toBe(`${parlance.url.replace('http', 'ws')}/graphql`);
    expect({ blocked, consoleErrors, pageErrors }).toEqual({
      blocked: [],
      consoleErrors: [],
      pageErrors: [],
    });
    await page.locator(PLAY).click();
    await vi.waitFor(() => expect(parlance.parlance.gateway.listeners).toBe(0));
  });

  it('signs in with what its headers editor says, for queries and over WebSocket, and keeps none of it', async () => {
    const credential = 'only-the-page-knows-it';
    const doorkeeper = openDoors({ [credential]: ANYONE });
    const parlance = await startParlance({ count: 3, doorkeeper });
    const { page, pageErrors } = await visit(parlance);
    const signIn = async () => {
      await page.getByRole('button', { name: 'Headers', exact: true }).click();
      await page.locator('.graphiql-editor-tool .monaco-editor >> visible=true').click();
      await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${credential}` }));
    };

    await page.locator(PLAY).click();
    await page.locator(ANSWER).getByText('UNAUTHENTICATED').first().waitFor();
    await signIn();
    await page.locator(PLAY).click();
    await page.locator(ANSWER).getByText('"nodes"').first().waitFor();
    await page.locator(TAB).getByText('Listen', { exact: true }).click();
    await page.locator(QUERY).getByText('messageAdded').first().waitFor();
    await signIn();
    await page.locator(PLAY).click();
    await page.locator(ANSWER).getByText('"Listening"').waitFor();

    const kept = await page.evaluate('JSON.stringify(localStorage)');
    expect(kept).toContain('messageAdded');
    expect(kept).not.toContain(credential);
    expect(page.url()).not.toContain(credential);
    expect(pageErrors).toEqual([]);
  });

  it('runs no script but its own, and reaches nobody but its gateway', async () => {
    const parlance = await startParlance({ count: 1 });
    const { page, consoleErrors } = await visit(parlance);

    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.head.append(script);
      const reached = await fetch('https://evil.example/').catch(() => null);
      return [document.title, reached?.status];
    });

    expect(ran).toEqual(['Parlance', undefined]);
    expect(consoleErrors.join()).toContain('script-src');
    expect(consoleErrors.join()).toContain('connect-src');
  });

  it('shows the documentation of the schema', async () => {
    const parlance = await startParlance({ count: 1 });
    const { page } = await visit(parlance);

    await page.getByRole('button', { name: /Documentation Explorer/ }).click();
    await page.getByRole('link', { name: 'Query', exact: true }).click();

    const described = page.getByText('The conversations of all providers, newest first').first();
    await described.waitFor();
    expect(await described.isVisible()).toBe(true);
  });
});

describe('the examples of the page', () => {
  it('answer without errors, each as the page has it', async () => {
    const parlance = await startParlance({ count: 6 });
    const tabs = await tabsOf(parlance);
    expect(tabs).toHaveLength(TABS.length);

    const isListening = ({ query }: { query: string }) => query.includes('subscription');
    for (const { query } of tabs.filter(isListening)) {
      expect.soft(brief(await ask('WebSocket', parlance.url, query).next())).toBe('Listening');
    }
    for (const { query, variables } of tabs.filter((tab) => !isListening(tab))) {
      const said = await post(parlance.url, { query, variables });
      expect.soft([query, said.status, refusalsIn(said.body)]).toEqual([query, 200, []]);
      expect
        .soft([query, JSON.stringify(said.body)])
        .not.toEqual([query, expect.stringContaining('"errors"')]);
    }
  });

  it('do what they tell', async () => {
    const parlance = await startParlance({ count: 20 });
    const tabs = await tabsOf(parlance);
    const run = async (index: number) => {
      const { query, variables } = tabs[index] ?? { query: '', variables: {} };
      return (await post(parlance.url, { query, variables })).body;
    };

    const inbox = await run(0);
    const thread = await run(1);
    const filtered = await run(2);
    const updated = await run(3);
    const sent = await run(4);
    const first = await run(5);
    const second = await run(5);

    const providers = listAt(inbox, 'data.conversations.sources').map((source) =>
      textAt(source, 'provider.name'),
    );
    expect(providers).toEqual(['website', 'help', 'assistant', 'support']);
    expect(listAt(thread, 'data.conversation.messages.nodes')).not.toEqual([]);
    for (const node of listAt(filtered, 'data.conversations.nodes')) {
      expect.soft(listAt(node, 'tags')).toContainEqual({ key: 'plan', value: 'pro' });
    }
    expect(listAt(filtered, 'data.conversations.nodes')).not.toEqual([]);
    expect(listAt(updated, 'data.updateConversation.conversation.tags')).toContainEqual({
      key: 'seen-by',
      value: 'parlance',
    });
    expect(textAt(sent, 'data.sendMessage.reply.text')).not.toBe('');
    expect(at(first, 'data.getOrCreateConversation.created')).toBe(true);
    expect(at(second, 'data.getOrCreateConversation')).toEqual({
      ...Object(at(first, 'data.getOrCreateConversation')),
      created: false,
    });
  });

  it('leave room for an id where there is nobody to take one from', async () => {
    const parlance = await startParlance({ count: 2 });
    for (const place of ['botpress', 'chatling', 'chatbotkit', 'stackAuth'] as const) {
      parlance.world[place].inject({ kind: 'status', status: 503 });
    }

    const [, thread] = await tabsOf(parlance);

    expect(at(thread?.variables, 'id')).toMatch(/^paste an id/);
  });
});

describe('the page', () => {
  it('is sent packed to whoever can unpack it, and holds no secret', async () => {
    const { url, world } = await startParlance({ count: 1 });
    const html = { accept: 'text/html,application/xhtml+xml' };

    const packed = await send(`${url}/graphql`, {
      headers: { ...html, 'accept-encoding': 'gzip' },
    });
    const plain = await send(`${url}/graphql`, {
      headers: { ...html, 'accept-encoding': 'identity' },
    });

    expect(packed.status).toBe(200);
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(4_000_000);
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('vary')).toContain('accept-encoding');
    expect(plain.text).toBe(packed.text);
    expect(leaksIn(plain.text.slice(-20_000), world)).toEqual([]);
  });

  it('is for browsers only', async () => {
    const { url } = await startParlance({ count: 1 });
    const query = encodeURIComponent('{ __typename }');

    const said = await send(`${url}/graphql?query=${query}`, {
      headers: { accept: 'application/json' },
    });

    expect(said.body).toMatchObject({ data: { __typename: 'Query' } });
  });
});

const SENT_BY_HAND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { ... on SendMessagePayload { delivery } ... on Error { message } }
}`;

async function idAt({ ask: asks }: TestParlance, provider: string): Promise<string> {
  const { data } = await asks(
    `{ conversations(first: 1, filter: { providers: ["${provider}"] }) { nodes { id } } }`,
  );
  return textAt(data, 'conversations.nodes.0.id');
}

const PLAY = '.graphiql-execute-button';
const TAB = '.graphiql-tab-button';
const QUERY = '.graphiql-query-editor';
const VARIABLES = '.graphiql-editor-tool .view-lines >> nth=0';
const ANSWER = '.result-window';

/** The tabs as they stand in the page. */
async function tabsOf({ url }: TestParlance) {
  const { text } = await send(`${url}/graphql`, { headers: { accept: 'text/html' } });
  const given = /querySelector\('#root'\),\s*(\{.*\}),\s*\);\s*<\/script>/s.exec(
    text.slice(-20_000),
  );
  const options: unknown = JSON.parse(given?.[1] ?? 'null');
  return listAt(options, 'defaultTabs').map((tab) => {
    const variables: unknown = JSON.parse(textAt(tab, 'variables'));
    return { query: textAt(tab, 'query'), variables };
  });
}

/** What the emulators' customers and colleagues said, as JSON writes it. */
function toldIn({ world: { tales } }: TestParlance): string[] {
  return Object.values(tales)
    .flat()
    .flatMap(({ turns }) => turns.map(({ text }) => squeezed(JSON.stringify(text))));
}

/** An editor breaks lines where it likes. */
function squeezed(text: string): string {
  return text.replaceAll(/\s/g, '');
}
