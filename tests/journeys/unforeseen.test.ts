// What should never have happened is told to the operator whole, and to the client as one sentence without a word of it.

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import { success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { Log } from '../../src/observability/log.ts';
import { type Able, type Provider, unableTable } from '../../src/providers/provider.ts';
import { openHouse } from '../../src/security/doorkeeper.ts';
import { startServer } from '../../src/server/server.ts';
import { at, listAt } from '../support/answer.ts';
import { anEventLog } from '../support/event-log.ts';
import { post, refusalsIn, send } from '../support/hostile.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';

/** What an exception may carry: a credential, a place on the disk. */
const INSIDE = 'token bp_pat_0123456789 refused in /srv/parlance/src/providers/odd/client.ts:12:3';

const INBOX = `{ conversations(first: 5) {
  nodes { nativeId title }
  sources { provider { name } status error { code message } }
} }`;

type Lists = Able<'CONVERSATION_LIST'>['does'];

describe('an adapter that throws', () => {
  const WAYS: readonly (readonly [string, Lists])[] = [
    ['at once', () => raise()],
    ['later', async () => raise()],
  ];

  it.each(WAYS)('%s costs its own rows, and nobody reads why', async (_when, lists) => {
    const { url, logged } = await serve([provider('odd', lists), provider('sound', oneRow({}))]);

    const said = await post(url, { query: INBOX });

    expect(listAt(said.body, 'data.conversations.nodes')).toHaveLength(1);
    expect(listAt(said.body, 'data.conversations.sources')).toMatchObject([
      { provider: { name: 'odd' }, status: 'FAILED', error: { code: 'PROVIDER_UNAVAILABLE' } },
      { provider: { name: 'sound' }, status: 'FRESH' },
    ]);
    expect(said.text).not.toContain('bp_pat');
    expect(logged).toMatchObject([{ provider: 'odd', verb: 'CONVERSATION_LIST' }]);
    expect(stackOf(logged[0]?.['err'])).toContain(`${INSIDE}\n    at `);
  });
});

describe('a resolver that throws', () => {
  it.each(['production', 'development'])(
    'is masked for the client and logged whole, in %s',
    async (environment) => {
      vi.stubEnv('NODE_ENV', environment);
      onTestFinished(() => void vi.unstubAllEnvs());
      const odd = provider('odd', oneRow({ title: () => raise() }));
      const { url, logged } = await serve([odd, provider('sound', oneRow({}))]);

      const said = await post(url, { query: INBOX });

      expect(refusalsIn(said.body)).toMatchObject([
        { code: 'INTERNAL_SERVER_ERROR', message: expect.stringContaining('It has been noted') },
      ]);
      expect(listAt(said.body, 'data.conversations.nodes')).toEqual([
        { nativeId: 'of odd', title: null },
        { nativeId: 'of sound', title: 'A title' },
      ]);
      expect(said.text).not.toMatch(/bp_pat|srv|stack|\bat /);
      expect(stackOf(logged[0]?.['err'])).toContain(`${INSIDE}\n    at `);
    },
  );
});

describe('a page that cannot be made', () => {
  it('is said so, logged whole, and made at the next visit', async () => {
    let visits = 0;
    const { url, logged } = await serve([provider('sound', oneRow({}))], (gateway) => ({
      ...gateway,
      listConversations: (...asked) => {
        visits += 1;
        return visits === 1 ? raise() : gateway.listConversations(...asked);
      },
    }));
    const visit = () => send(`${url}/graphql`, { headers: { accept: 'text/html' } });

    const first = await visit();
    const second = await visit();

    expect(first.status).toBe(500);
    expect(at(first.body, 'errors.0.message')).toContain('Try again');
    expect(first.text).not.toContain('bp_pat');
    expect(stackOf(logged[0]?.['err'])).toContain(INSIDE);
    expect(second.status).toBe(200);
  });
});

async function serve(
  providers: readonly Provider[],
  change: (gateway: Gateway) => Gateway = (gateway) => gateway,
) {
  const logged: Readonly<Record<string, unknown>>[] = [];
  const quiet = () => undefined;
  const log: Log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (said) => void logged.push(said),
  };
  const gateway = openGateway({
    ledger: someLedger(),
    turnLeases: someLeases(),
    providers,
    cursorSecret: 'a secret',
    events: anEventLog(),
    clock: Date.now,
    log,
  });
  const server = await startServer({
    clock: Date.now,
    doorkeeper: openHouse(),
    gateway: change(gateway),
    log,
    host: '127.0.0.1',
    port: 0,
    examples: true,
  });
  onTestFinished(() => server.close());
  return { url: server.url, logged };
}

/** An account that lists, and can do nothing else. */
function provider(name: string, does: Lists): Provider {
  return {
    name: providerName(name),
    kind: 'hand-made',
    deadlineMs: 1000,
    replyDeadlineMs: 1000,
    can: {
      ...unableTable('This one only lists.'),
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: null,
        paging: 'token',
        order: 'by-time',
        filters: {
          channel: 'scanned',
          contactId: 'scanned',
          tags: 'scanned',
          status: 'scanned',
          archived: 'scanned',
          important: 'scanned',
          createdAfter: 'scanned',
          createdBefore: 'scanned',
          search: 'scanned',
        },
        does: (asked, call) => does({ ...asked, at: name }, call),
      },
    },
  };
}

/** One conversation; its title is asked for where it is read. */
function oneRow({ title = () => 'A title' }: { title?: () => string }): Lists {
  return async ({ at: name }) => {
    const row: Conversation = {
      provider: providerName(name ?? ''),
      nativeId: `of ${name}`,
      channel: null,
      get title() {
        return title();
      },
      description: null,
      preview: null,
      status: null,
      priority: null,
      archived: null,
      important: null,
      tags: [],
      contact: null,
      assignee: null,
      messageCount: null,
      createdAt: null,
      updatedAt: null,
      lastActivityAt: null,
      sortedAt: new Date(0),
      embedded: null,
      native: null,
      raw: null,
    };
    return success({ items: [row], next: null });
  };
}

function raise(): never {
  throw new Error(INSIDE);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}
