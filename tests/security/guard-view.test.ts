// What of a row reaches whom, and which of everything a gateway does: member by member, field by field.

import { describe, expect, it, onTestFinished } from 'vitest';
import { type Caller, type Scope } from '../../src/domain/caller.ts';
import type { Outcome } from '../../src/domain/failure.ts';
import { failed, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { FilterAsked } from '../../src/gateway/lists/pages.ts';
import type { EventFilterAsked, Told } from '../../src/gateway/live/subscribe.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { guarded } from '../../src/security/guard.ts';
import { turns } from '../gateway/changing-account.ts';
import { operation } from '../gateway/hand-made.ts';
import { anEventLog } from '../support/event-log.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { contentsOf, DESK, HIDDEN } from './full-rows.ts';
import { fullService, type Making } from './full-service.ts';

const ONE = providerName('one');
const CUSTOMER = { nativeId: 'customer', mark: 'theirs' };
const STRANGER = { nativeId: 'stranger', mark: 'others' };
const ALL: readonly Scope[] = ['read', 'write', 'raw', 'admin'];
const OWN = { provider: ONE, nativeId: 'own' };
const FOREIGN = { provider: ONE, nativeId: 'foreign' };

function callerOf(more: Partial<Caller> = {}): Caller {
  return { id: 'me', scopes: new Set(ALL), providers: 'all', contact: null, ...more };
}

const END_USER = callerOf({ contact: { provider: ONE, nativeId: 'customer' } });

function scene(making: Partial<Making> = {}) {
  const one = fullService({ name: 'one', people: [CUSTOMER, STRANGER], ...making });
  const other = fullService({ name: 'other' });
  for (const [nativeId, owner] of [
    ['own', CUSTOMER],
    ['foreign', STRANGER],
  ] as const) {
    one.begin(nativeId, owner);
    for (const said of HIDDEN) one.say(nativeId, { ...said, mark: DESK });
    one.say(nativeId, { content: contentsOf(owner.mark)[0] ?? { type: 'text', text: '' } });
  }
  other.begin('elsewhere', CUSTOMER);
  const quiet = () => undefined;
  const gateway = openGateway({
    providers: [one.provider, other.provider],
    events: anEventLog(),
    ledger: someLedger(),
    turnLeases: someLeases(),
    cursorSecret: 'a secret of the tests',
    rateLeft: () => ({ limit: 1, remaining: 1, resetsAt: null, restsUntil: null }),
    clock: Date.now,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  onTestFinished(() => gateway.close());
  return { one, other, gateway, as: (caller: Caller) => guarded(gateway, caller, Date.now) };
}

type Act = (gateway: Gateway) => Promise<Outcome<unknown>>;

const SAID = { conversation: OWN, nativeId: 'own-m10' };
const NOWHERE = new AbortController().signal;

const READS: Readonly<Record<string, (foreign: Awaited<ReturnType<typeof rowOf>>) => Act>> = {
  listConversations: () => (gateway) =>
    gateway.listConversations({ first: 5, after: null, filter: {} }, operation()),
  listMessages: (row) => (gateway) =>
    gateway.listMessages(row, { first: 5, after: null, includeHidden: false }, operation()),
  listParticipants: (row) => (gateway) =>
    gateway.listParticipants(row, { first: 5, after: null }, operation()),
  getConversation: () => (gateway) => gateway.getConversation(OWN, operation()),
  getMessage: () => (gateway) => gateway.getMessage(SAID, operation()),
  subscribe: () => (gateway) =>
    gateway.subscribe({ conversation: null, filter: {}, after: null }, NOWHERE),
};

const FOR_ALL: Readonly<Record<string, Act>> = {
  sendMessage: (gateway) =>
    gateway.sendMessage({ conversation: OWN, text: 'a', tags: [] }, operation()),
  createConversation: (gateway) =>
    gateway.createConversation({ provider: 'one', tags: [] }, operation()),
  getOrCreateConversation: (gateway) =>
    gateway.getOrCreateConversation({ provider: 'one', tags: [] }, operation()),
  requestReply: (gateway) => gateway.requestReply({ conversation: OWN }, operation()),
  rateMessage: (gateway) => gateway.rateMessage({ message: SAID, rating: null }, operation()),
};

const FOR_THE_DESK: Readonly<Record<string, Act>> = {
  completeConversation: (gateway) =>
    gateway.completeConversation(
      {
        provider: 'one',
        messages: [{ role: 'USER', kind: 'MESSAGE', text: 'a' }],
        attachments: [],
      },
      operation(),
    ),
  uploadAttachment: (gateway) =>
    gateway.uploadAttachment({ conversation: OWN, url: 'https://example.com/a' }, operation()),
  updateConversation: (gateway) =>
    gateway.updateConversation({ conversation: OWN, changes: { title: 'a' } }, operation()),
  deleteConversation: (gateway) => gateway.deleteConversation(OWN, operation()),
  updateMessage: (gateway) =>
    gateway.updateMessage({ message: SAID, text: 'a', changes: {} }, operation()),
  deleteMessage: (gateway) => gateway.deleteMessage(SAID, operation()),
  upsertContact: (gateway) =>
    gateway.upsertContact({ provider: 'one', name: 'a', tags: [] }, operation()),
  'upsertContact of nobody': (gateway) =>
    gateway.upsertContact({ name: 'a', tags: [] }, operation()),
  addParticipant: (gateway) =>
    gateway.addParticipant({ conversation: OWN, participantId: 'a' }, operation()),
  removeParticipant: (gateway) =>
    gateway.removeParticipant({ conversation: OWN, participantId: 'a' }, operation()),
  createSession: (gateway) => gateway.createSession({ conversation: OWN }, operation()),
};

async function rowOf(gateway: Gateway, ref = OWN) {
  const row = await gateway.getConversation(ref, operation());
  if (!row.ok) throw new Error(JSON.stringify(row.failure));
  return row.value;
}

function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'done' : outcome.failure.kind;
}

describe('without its scope', () => {
  it.each(Object.keys(READS))('%s is refused, and nobody is asked', async (name) => {
    const { one, gateway, as } = scene();
    const act = READS[name]?.(await rowOf(gateway));
    const before = one.asked();

    const refused = await act?.(as(callerOf({ scopes: new Set(['write', 'raw', 'admin']) })));

    expect(refused && !refused.ok && refused.failure).toMatchObject({
      kind: 'not-allowed',
      said: expect.stringContaining('`read`'),
    });
    expect(one.asked()).toBe(before);
  });

  it.each(Object.entries({ ...FOR_ALL, ...FOR_THE_DESK }))(
    '%s is refused, and nobody is asked',
    async (_name, act) => {
      const { one, as } = scene();

      const refused = await act(as(callerOf({ scopes: new Set(['read', 'raw', 'admin']) })));

      expect(!refused.ok && refused.failure).toMatchObject({
        kind: 'not-allowed',
        said: expect.stringContaining('`write`'),
      });
      expect(one.asked()).toBe(0);
    },
  );

  it('nobody is told why an account failed, and to an end user not what is left of it either', async () => {
    const { one, gateway, as } = scene();
    one.fails('conversations');
    await gateway.getConversation(OWN, operation());
    const seen = (caller: Caller) => {
      const { lastFailure, rateLimit } = as(caller).health(ONE);
      return [lastFailure !== null, rateLimit !== null];
    };

    expect(seen(callerOf({ scopes: new Set(['read', 'admin']) }))).toEqual([true, true]);
    expect(seen(callerOf({ scopes: new Set(['read']) }))).toEqual([false, true]);
    expect(seen(END_USER)).toEqual([false, false]);
  });
});

describe('accounts', () => {
  it.each([
    ['by name', callerOf({ providers: new Set([ONE]) })],
    ['by who they are', END_USER],
  ])('are those that are theirs, %s', async (_how, caller) => {
    const { gateway } = scene();
    const asked: (FilterAsked | EventFilterAsked)[] = [];
    const telling: Gateway = {
      ...gateway,
      listConversations(what, within) {
        asked.push(what.filter);
        return gateway.listConversations(what, within);
      },
      subscribe(what, signal) {
        asked.push(what.filter);
        return gateway.subscribe(what, signal);
      },
    };
    const theirs = guarded(telling, caller, Date.now);

    await READS['listConversations']?.(await rowOf(gateway))(theirs);
    await READS['subscribe']?.(await rowOf(gateway))(theirs);

    expect(theirs.providers.map(({ name }) => name)).toEqual(['one']);
    expect([theirs.provider('one')?.name, theirs.provider('other')]).toEqual(['one', undefined]);
    expect(asked.slice(0, 2).map(({ providers }) => providers)).toEqual([['one'], ['one']]);
    expect(asked[0]).toMatchObject(caller.contact ? { contactId: 'customer' } : {});
  });
});

describe('an end user', () => {
  it.each(Object.entries(FOR_THE_DESK))(
    'is refused %s, and nobody is asked',
    async (_name, act) => {
      const { one, as } = scene();

      const outcome = await act(as(END_USER));

      expect(kindOf(outcome)).toBe(
        _name === 'upsertContact of nobody' ? 'invalid-input' : 'not-allowed',
      );
      expect(one.asked()).toBe(0);
    },
  );

  it('is shown of a conversation what was said to them, and nothing that a desk keeps', async () => {
    const { gateway, as } = scene();
    const whole = await rowOf(gateway);
    const theirs = {
      ...whole,
      description: null,
      preview: null,
      priority: null,
      archived: null,
      important: null,
      tags: [],
      assignee: { ...whole.assignee, email: null },
      messageCount: null,
      native: null,
      raw: null,
    };
    const user = as(END_USER);

    const page = await user.listConversations({ first: 5, after: null, filter: {} }, operation());
    const created = await user.createConversation({ provider: 'one', tags: [] }, operation());
    const got = await user.getOrCreateConversation({ provider: 'one', tags: [] }, operation());

    expect(await rowOf(user)).toEqual(theirs);
    expect(page.ok && page.value.edges.map(({ node }) => node)).toEqual([theirs]);
    expect(got.ok && got.value.conversation).toEqual(theirs);
    expect(JSON.stringify(created)).not.toContain(DESK);
  });

  it('is shown of messages those that are for them, and of each nothing that a desk keeps', async () => {
    const { gateway, as } = scene();
    const whole = await gateway.getMessage(SAID, operation());
    if (!whole.ok) throw new Error('it was said');
    const { author } = whole.value;
    const theirs = {
      ...whole.value,
      author: { ...author, email: null },
      tags: [],
      native: null,
      raw: null,
    };
    const user = as(END_USER);

    const asked = { first: 50, after: null, includeHidden: false };
    const page = await user.listMessages(await rowOf(user), asked, operation());
    const one = await user.getMessage(SAID, operation());
    const rated = await user.rateMessage({ message: SAID, rating: null }, operation());

    expect(page.ok && page.value.edges.map(({ node }) => node)).toEqual([theirs]);
    expect([one, rated]).toEqual([success(theirs), success(theirs)]);
    for (const act of [FOR_ALL['sendMessage'], FOR_ALL['requestReply']]) {
      const answer = await act?.(user);
      expect(answer?.ok).toBe(true);
      expect(JSON.stringify(answer)).not.toContain(DESK);
    }
  });

  it('is shown no note for an answer', async () => {
    const { gateway } = scene();
    const note = await gateway.getMessage({ conversation: OWN, nativeId: 'own-m0' }, operation());
    if (!note.ok) throw new Error('it was said');
    const answer = { reply: note.value, usage: null, unfinished: null, conversation: OWN };
    const careless: Gateway = {
      ...gateway,
      requestReply: () => Promise.resolve(success({ ...answer, idempotencyKey: 'k' })),
    };

    const answered = await guarded(careless, END_USER, Date.now).requestReply(
      { conversation: OWN },
      operation(),
    );

    expect(answered.ok && answered.value.reply).toBeNull();
  });

  it('is listed what is theirs by a service that lists all it has, and not how much that was', async () => {
    const { one, as } = scene({ heeds: false });
    const { as: scanning } = scene({ filters: { contactId: 'scanned' } });
    const asked = { first: 5, after: null, filter: {} };

    const page = await as(END_USER).listConversations(asked, operation());
    const scanned = await scanning(END_USER).listConversations(asked, operation());

    expect(one.rows.size).toBe(2);
    expect(page.ok && page.value.edges.map(({ node }) => node.nativeId)).toEqual(['own']);
    expect(scanned.ok && scanned.value.sources.map((source) => source.scanned)).toEqual([null]);
  });

  it('is not shown who has their name at another account', async () => {
    const { gateway } = scene();
    const elsewhere = await rowOf(gateway, {
      provider: providerName('other'),
      nativeId: 'elsewhere',
    });
    const row = { ...elsewhere, contact: { ...CONTACT, nativeId: 'customer' } };
    const page = { edges: [{ node: row, cursor: () => '' }], hasNext: false, sources: [] };
    const careless: Gateway = {
      ...gateway,
      listConversations: () => Promise.resolve(success({ ...page, endCursor: () => null })),
    };

    const listed = await guarded(careless, END_USER, Date.now).listConversations(
      { first: 5, after: null, filter: {} },
      operation(),
    );

    expect(listed.ok && listed.value.edges).toEqual([]);
  });

  it('reads no messages of a conversation that is not theirs, nor who takes part in any', async () => {
    const { gateway, as } = scene();
    const foreign = await rowOf(gateway, FOREIGN);
    const user = as(END_USER);
    const page = { first: 5, after: null };

    const messages = await user.listMessages(
      foreign,
      { ...page, includeHidden: false },
      operation(),
    );

    expect(kindOf(messages)).toBe('not-found');
    expect(await user.listParticipants(await rowOf(user), page, operation())).toEqual(
      success(null),
    );
  });

  it('is answered of what is not there as of what is not theirs, in whatever words a service says so', async () => {
    const { gateway } = scene();
    const gone = failed({ kind: 'not-found', what: 'row 17 of table 3' });
    const wordy: Gateway = {
      ...gateway,
      getConversation: (ref, within) =>
        ref.nativeId === 'gone' ? Promise.resolve(gone) : gateway.getConversation(ref, within),
    };
    const user = guarded(wordy, END_USER, Date.now);

    const absent = await user.getConversation({ provider: ONE, nativeId: 'gone' }, operation());
    const foreign = await user.getConversation(FOREIGN, operation());

    expect(JSON.stringify(absent).replaceAll('gone', 'foreign')).toBe(JSON.stringify(foreign));
  });

  it('writes as USER also where another voice is the natural one', async () => {
    const { one, as } = scene({ roles: ['BOT', 'USER'] });

    await FOR_ALL['sendMessage']?.(as(END_USER));

    expect(one.changed).toEqual(['send as USER own']);
  });
});

const CONTACT = { name: null, email: null, phone: null, imageUrl: null };

describe('an end user who listens', () => {
  async function toldOf(gateway: Gateway, all: readonly Told[]): Promise<Told[]> {
    async function* telling(): AsyncIterable<Told> {
      for (const one of all) yield await Promise.resolve(one);
    }
    const careless: Gateway = { ...gateway, subscribe: () => Promise.resolve(success(telling())) };
    const subscribed = await guarded(careless, END_USER, Date.now).subscribe(
      { conversation: null, filter: {}, after: null },
      new AbortController().signal,
    );
    if (!subscribed.ok) throw new Error('nobody may listen');
    // What is theirs is read at once.
    await turns(20);
    const told: Told[] = [];
    for await (const one of subscribed.value) told.push(one);
    return told;
  }

  const cursor = () => 'a cursor';
  const at = new Date(0);

  it('is told of rows and messages as they are shown', async () => {
    const { gateway } = scene();
    const message = await gateway.getMessage(SAID, operation());
    if (!message.ok) throw new Error('it was said');
    const row = await rowOf(gateway);
    const facts = [
      { kind: 'MESSAGE_ADDED', message: message.value },
      { kind: 'MESSAGE_UPDATED', message: message.value },
      { kind: 'CONVERSATION_CREATED', row },
      { kind: 'CONVERSATION_UPDATED', row },
      {
        kind: 'DELIVERY_SETTLED',
        idempotencyKey: 'k',
        caller: 'me',
        delivery: 'SENT',
        message: message.value,
      },
      {
        kind: 'REPLY_COMPLETED',
        replyId: 'r',
        message: message.value,
        usage: { tokens: 1, endReason: null },
      },
    ] as const;
    const tags = [{ key: DESK, value: null }];

    const told = await toldOf(
      gateway,
      facts.map((fact) => ({
        type: 'event',
        event: { conversation: OWN, at, tags, fact },
        cursor,
      })),
    );

    expect(told).toHaveLength(facts.length);
    expect(JSON.stringify(told)).not.toContain(DESK);
  });

  it('is told of no gap in what is somebody else’s', async () => {
    const { gateway } = scene();
    const gapIn = (conversation: typeof OWN | null): Told => ({
      type: 'gap',
      gap: { reason: 'MISSED', conversation, from: null, to: at },
      cursor,
    });

    const told = await toldOf(gateway, [gapIn(FOREIGN), gapIn(OWN), gapIn(null)]);

    expect(told.map((one) => one.type === 'gap' && one.gap.conversation)).toEqual([OWN, null]);
  });

  it('takes nobody’s word for it that what a service listed is theirs', async () => {
    const { gateway } = scene({ heeds: false });
    const fact = { kind: 'REPLY_DELTA', replyId: 'r', index: 0, text: 'a' } as const;

    const told = await toldOf(gateway, [
      { type: 'event', event: { conversation: FOREIGN, at, tags: null, fact }, cursor },
    ]);

    expect(told).toEqual([]);
  });

  it('is told what happens also where a bug keeps what is theirs from being read', async () => {
    const { gateway } = scene();
    const listConversations = () => Promise.reject(new Error('a bug of the test'));
    const fact = { kind: 'REPLY_DELTA', replyId: 'r', index: 0, text: 'a' } as const;

    // Had nobody caught it the run would fail.
    const told = await toldOf({ ...gateway, listConversations }, [
      { type: 'event', event: { conversation: OWN, at, tags: null, fact }, cursor },
    ]);

    expect(told).toHaveLength(1);
  });

  it('who leaves while whose it is is looked up is told nothing more', async () => {
    const { gateway } = scene();
    const gone = new AbortController();
    const fact = { kind: 'CONVERSATION_DELETED' } as const;
    const delta = { kind: 'REPLY_DELTA', replyId: 'r', index: 0, text: 'a' } as const;
    const out = failed({ kind: 'unavailable', provider: ONE, because: 'it left', retryAt: null });
    async function* telling(): AsyncIterable<Told> {
      yield await Promise.resolve({
        type: 'event',
        event: { conversation: FOREIGN, at, tags: null, fact: delta },
        cursor,
      });
      yield { type: 'event', event: { conversation: FOREIGN, at, tags: null, fact }, cursor };
    }
    const slow: Gateway = {
      ...gateway,
      subscribe: () => Promise.resolve(success(telling())),
      getConversation: (_ref, { signal }) =>
        new Promise((resolve) => {
          if (signal.aborted) resolve(out);
          signal.addEventListener('abort', () => resolve(out), { once: true });
        }),
    };
    const subscribed = await guarded(slow, END_USER, Date.now).subscribe(
      { conversation: null, filter: {}, after: null },
      gone.signal,
    );
    if (!subscribed.ok) throw new Error('nobody may listen');
    const next = subscribed.value[Symbol.asyncIterator]().next();
    await turns(5);

    gone.abort();

    expect(await next).toEqual({ done: true, value: undefined });
  });
});
