// A gateway made for one caller, looked at from its service: what is asked and changed there, and what is told of it.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Caller, ContactOf, Scope } from '../../src/domain/caller.ts';
import { ANYONE } from '../../src/domain/caller.ts';
import type { ConversationEvent, Fact } from '../../src/domain/event.ts';
import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { EventsAsked, Told } from '../../src/gateway/live/subscribe.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { SendInput } from '../../src/gateway/writes/send-message.ts';
import { guarded } from '../../src/security/guard.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { turns } from '../gateway/changing-account.ts';
import { operation } from '../gateway/hand-made.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';
import { fullMessage } from './full-rows.ts';
import { fullService, type Making } from './full-service.ts';

const ONE = providerName('one');
const OTHER = providerName('other');
const CUSTOMER = { nativeId: 'customer', mark: 'theirs' };
const STRANGER = { nativeId: 'stranger', mark: 'others' };
const CONTACT: ContactOf = { provider: ONE, nativeId: 'customer' };
const ALL: readonly Scope[] = ['read', 'write', 'raw', 'admin'];

function callerOf(more: Partial<Caller> = {}): Caller {
  return { id: 'me', scopes: new Set(ALL), providers: 'all', contact: null, ...more };
}

const END_USER = callerOf({ contact: CONTACT });

function scene(making: Partial<Making> = {}) {
  let now = Date.UTC(2026, 3, 3);
  const clock = () => now;
  const one = fullService({ name: 'one', people: [CUSTOMER, STRANGER], ...making });
  const other = fullService({ name: 'other' });
  one.begin('own', CUSTOMER);
  one.begin('foreign', STRANGER);
  other.begin('elsewhere', CUSTOMER);
  const retention = { ageMs: 3_600_000_000, length: 10_000 };
  const events = memoryLog({ lanes: 1, retention, clock, epoch: 'e' });
  const quiet = () => undefined;
  const gateway = openGateway({
    providers: [one.provider, other.provider],
    events,
    ledger: someLedger(),
    turnLeases: someLeases(),
    cursorSecret: 'a secret of the tests',
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  onTestFinished(() => gateway.close());
  let happened = 0;

  /** Once nobody has anything to do any more. */
  async function happen(fact: Fact, nativeId = 'own', provider = ONE): Promise<void> {
    happened += 1;
    const event: ConversationEvent = {
      conversation: { provider, nativeId },
      at: new Date(now),
      tags: null,
      fact,
    };
    await events.append([{ event, once: [`${happened}`] }]);
    await turns(20);
  }

  return {
    one,
    other,
    gateway,
    happen,
    pass: (ms: number) => {
      now += ms;
    },
    as: (caller: Caller) => guarded(gateway, caller, clock),
    said: (nativeId: string) => ({
      kind: 'MESSAGE_ADDED' as const,
      message: fullMessage(
        { provider: ONE, kind: 'generic', nativeId, at: 0 },
        { nativeId: 'm', mark: 'x' },
      ),
    }),
  };
}

const ref = (nativeId: string, provider = ONE) => ({ provider, nativeId });

async function listening(gateway: Gateway, asked: Partial<EventsAsked> = {}) {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const whole: EventsAsked = { conversation: null, filter: {}, after: null, ...asked };
  const subscribed = await gateway.subscribe(whole, gone.signal);
  if (!subscribed.ok) throw new Error(JSON.stringify(subscribed.failure));
  const told: string[] = [];
  let cursor = '';
  const over = (async () => {
    for await (const one of subscribed.value) {
      told.push(inWords(one));
      if (one.type !== 'failed') cursor = one.cursor();
    }
  })();
  await turns(20);
  return { told, cursor: () => cursor, gone, over };
}

function inWords(told: Told): string {
  if (told.type === 'event') return `${told.event.fact.kind} ${told.event.conversation.nativeId}`;
  return told.type === 'gap' ? `GAP ${told.gap.conversation?.nativeId ?? 'anywhere'}` : told.type;
}

function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'done' : outcome.failure.kind;
}

function whyOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? '' : JSON.stringify(outcome.failure);
}

describe('whoever may do everything', () => {
  it('has the gateway itself', () => {
    const { gateway, as } = scene();

    expect(as(ANYONE)).toBe(gateway);
    expect(as(callerOf())).toBe(gateway);
    expect(as(callerOf({ providers: new Set([ONE]) }))).not.toBe(gateway);
    expect(as(callerOf({ scopes: new Set(['read', 'write', 'raw']) }))).not.toBe(gateway);
  });
});

describe('an account that is not the caller’s', () => {
  const caller = callerOf({ providers: new Set([ONE]) });

  it.each<[string, (gateway: Gateway, name: string) => Promise<Outcome<unknown>>]>([
    [
      'a filter',
      (gateway, name) =>
        gateway.listConversations(
          { first: 1, after: null, filter: { providers: [name] } },
          operation(),
        ),
    ],
    [
      'a filter of events',
      (gateway, name) =>
        gateway.subscribe(
          { conversation: null, filter: { providers: [providerName(name)] }, after: null },
          new AbortController().signal,
        ),
    ],
    [
      'a conversation listened to',
      (gateway, name) =>
        gateway.subscribe(
          { conversation: ref('x', providerName(name)), filter: {}, after: null },
          new AbortController().signal,
        ),
    ],
    [
      'a conversation',
      (gateway, name) => gateway.getConversation(ref('elsewhere', providerName(name)), operation()),
    ],
    [
      'a conversation begun',
      (gateway, name) => gateway.createConversation({ provider: name, tags: [] }, operation()),
    ],
    [
      'a conversation got',
      (gateway, name) => gateway.getOrCreateConversation({ provider: name, tags: [] }, operation()),
    ],
    [
      'a completion',
      (gateway, name) =>
        gateway.completeConversation(
          { provider: name, messages: [], attachments: [] },
          operation(),
        ),
    ],
    [
      'a contact',
      (gateway, name) =>
        gateway.upsertContact({ provider: name, name: 'x', tags: [] }, operation()),
    ],
    [
      'a message',
      (gateway, name) =>
        gateway.sendMessage(
          { conversation: ref('elsewhere', providerName(name)), text: 'x', tags: [] },
          operation(),
        ),
    ],
    [
      'a message under a key that is in use',
      async (gateway, name) => {
        const idempotencyKey = 'key';
        await gateway.sendMessage(
          { conversation: ref('own'), text: 'x', tags: [], idempotencyKey },
          operation(),
        );
        return gateway.sendMessage(
          {
            conversation: ref('elsewhere', providerName(name)),
            text: 'x',
            tags: [],
            idempotencyKey,
          },
          operation(),
        );
      },
    ],
  ])('is answered as one that nobody has, in %s', async (_what, ask) => {
    const { other, as } = scene();
    const gateway = as(caller);

    const [theirs, nobodys] = [await ask(gateway, 'other'), await ask(gateway, 'nobody')];

    expect(theirs.ok).toBe(false);
    expect(whyOf(theirs)).toBe(whyOf(nobodys).replaceAll('nobody', 'other'));
    expect(other.asked()).toBe(0);
  });

  it('is not among those that are named where one is missing', async () => {
    const { as } = scene();

    const refused = await as(caller).upsertContact({ name: 'x', tags: [] }, operation());

    expect(whyOf(refused)).toContain('the providers are one.');
  });

  it('is not told of, whatever is told', async () => {
    const { gateway } = scene();
    const conversation = ref('elsewhere', OTHER);
    const { fact } = { fact: { kind: 'CONVERSATION_DELETED' } as const };
    const at = new Date(0);
    const gap = { reason: 'MISSED', conversation, from: null, to: at } as const;
    const cursor = () => 'a cursor';
    async function* all(): AsyncIterable<Told> {
      yield await Promise.resolve({
        type: 'event',
        event: { conversation, at, tags: null, fact },
        cursor,
      });
      yield { type: 'gap', gap, cursor };
      yield { type: 'event', event: { conversation: ref('own'), at, tags: null, fact }, cursor };
    }
    const careless: Gateway = { ...gateway, subscribe: () => Promise.resolve(success(all())) };

    const { told, over } = await listening(guarded(careless, caller, Date.now));
    await over;

    expect(told).toEqual(['CONVERSATION_DELETED own']);
  });

  it('is all there is for somebody whose accounts are not here: nothing is listed, and nothing asked', async () => {
    const { one, as } = scene();
    const gateway = as(callerOf({ providers: new Set([providerName('elsewhere')]) }));

    const listed = await gateway.listConversations(
      { first: 1, after: null, filter: {} },
      operation(),
    );
    const heard = await gateway.subscribe(
      { conversation: null, filter: {}, after: null },
      new AbortController().signal,
    );

    expect([kindOf(listed), kindOf(heard), gateway.providers]).toEqual([
      'not-allowed',
      'not-allowed',
      [],
    ]);
    expect(one.asked()).toBe(0);
  });
});

describe('a caller', () => {
  it('posts no webhook, and ends no gateway', async () => {
    const { gateway } = scene();
    const reached: string[] = [];
    const open: Gateway = {
      ...gateway,
      takesWebhooks: () => true,
      webhook: () => Promise.resolve(success(reached.push('webhook'))),
      close: () => Promise.resolve(void reached.push('close')),
    };
    const request = { header: () => undefined, body: Buffer.from('') };

    for (const caller of [callerOf({ providers: new Set([ONE]) }), END_USER]) {
      const theirs = guarded(open, caller, Date.now);
      await theirs.close();
      expect(theirs.takesWebhooks('one')).toBe(false);
      expect(kindOf(await theirs.webhook('one', request))).toBe('not-found');
    }
    expect(reached).toEqual([]);
  });

  it('is told when what they listen to is over, and when they have gone', async () => {
    const { as, gateway } = scene();
    const gone = await listening(as(END_USER));
    const subscribed = await as(END_USER).subscribe(
      { conversation: null, filter: {}, after: null },
      new AbortController().signal,
    );
    if (!subscribed.ok) throw new Error('nobody may listen');
    const told = subscribed.value[Symbol.asyncIterator]();
    const next = told.next();

    gone.gone.abort();
    await gone.over;
    await told.return?.();

    expect(await next).toEqual({ done: true, value: undefined });
    expect(gateway.listeners).toBe(0);
  });
});

describe('an end user', () => {
  it('walks a thread of notes to its end, and is shown what is not one, once', async () => {
    const { one, as } = scene();
    for (let index = 0; index < 200; index += 1) {
      if (index % 50 === 0) one.say('own', {});
      one.say('own', { kind: 'NOTE', visibility: 'INTERNAL' });
    }
    const gateway = as(END_USER);
    const row = await gateway.getConversation(ref('own'), operation());
    if (!row.ok) throw new Error(whyOf(row));

    const shown: string[] = [];
    let pages = 0;
    for (let after: string | null = null, more = true; more; pages += 1) {
      const asked = { first: 20, after, includeHidden: false };
      const page = await gateway.listMessages(row.value, asked, operation());
      if (!page.ok) throw new Error(whyOf(page));
      shown.push(...page.value.edges.map(({ node }) => node.nativeId));
      after = page.value.endCursor();
      more = page.value.hasNext;
    }

    expect(shown).toEqual(['own-m153', 'own-m102', 'own-m51', 'own-m0']);
    expect(pages).toBeLessThanOrEqual(12);
  });

  it('is shown none of what a conversation carries along that is not for them', async () => {
    const { one, as } = scene();
    const note = one.say('own', { kind: 'NOTE', visibility: 'INTERNAL' });
    const word = one.say('own', {});
    const stored = one.rows.get('own');
    if (!stored) throw new Error('it was begun');
    stored.conversation = {
      ...stored.conversation,
      embedded: { items: [word, note], complete: true },
    };

    const row = await as(END_USER).getConversation(ref('own'), operation());

    expect(row.ok && row.value.embedded?.items.map(({ nativeId, raw }) => [nativeId, raw])).toEqual(
      [[word.nativeId, null]],
    );
  });

  it.each<[string, Partial<SendInput>]>([
    ['as', { as: 'AGENT' }],
    ['kind', { kind: 'NOTE' }],
    ['visibility', { visibility: 'INTERNAL' }],
    ['tags', { tags: [{ key: 'a', value: 'b' }] }],
    ['name', { name: 'a' }],
    ['description', { description: 'a' }],
    ['botpress', { options: { kind: 'botpress', userId: 'stranger' } }],
    ['providerOptions', { options: { kind: 'generic', data: {} } }],
  ])('says nothing by %s, and nobody is asked', async (path, said) => {
    const { one, as } = scene();
    const input = { conversation: ref('own'), text: 'a word', tags: [], ...said };

    const refused = await as(END_USER).sendMessage(input, operation());

    expect(kindOf(refused)).toBe('not-allowed');
    expect(whyOf(refused)).toContain(`\`${path}\``);
    expect(one.asked()).toBe(0);
  });

  it.each<[string, object]>([
    ['tags', { tags: [{ key: 'a', value: 'b' }] }],
    ['description', { description: 'a' }],
    ['priority', { priority: 'URGENT' }],
    ['messages', { messages: [{ role: 'BOT', text: 'a' }] }],
    ['chatBotKit', { options: { kind: 'chatbotkit', backstory: 'a' } }],
    ['contactId', { contactId: 'stranger' }],
    [
      'contactId',
      { contactId: encodeId({ type: 'Contact', provider: OTHER, nativeId: 'customer' }) },
    ],
  ])('begins nothing with %s, and nobody is asked', async (path, said) => {
    const { one, as } = scene();
    const input = { provider: 'one', tags: [], ...said };
    const gateway = as(END_USER);

    const created = await gateway.createConversation(input, operation());
    const got = await gateway.getOrCreateConversation(input, operation());

    for (const refused of [created, got]) {
      expect(kindOf(refused)).toBe('not-allowed');
      expect(whyOf(refused)).toContain(`\`${path}\``);
    }
    expect(one.asked()).toBe(0);
  });

  it('begins a conversation for themselves, and writes in it as themselves', async () => {
    const { one, as } = scene({ kind: 'botpress', says: 'participants' });
    const gateway = as(END_USER);

    const begun = await gateway.createConversation(
      { provider: 'one', tags: [], title: 'a' },
      operation(),
    );
    const sent = await gateway.sendMessage(
      { conversation: ref('own'), text: 'a word', tags: [] },
      operation(),
    );

    expect([kindOf(begun), kindOf(sent)]).toEqual(['done', 'done']);
    expect(one.changed).toEqual(['create customer', 'send as USER customer own']);
  });

  it('says nothing where nobody can write as the person outside', async () => {
    const { one, as } = scene({ roles: ['AGENT'] });
    const gateway = as(END_USER);

    const sent = await gateway.sendMessage(
      { conversation: ref('own'), text: 'a', tags: [] },
      operation(),
    );
    const begun = await gateway.createConversation(
      { provider: 'one', tags: [], message: 'a' },
      operation(),
    );

    expect([kindOf(sent), kindOf(begun)]).toEqual(['not-allowed', 'not-allowed']);
    expect(one.asked()).toBe(0);
  });

  it('begins nothing where a conversation is begun for nobody', async () => {
    const { one, other, gateway } = scene();
    const { CONVERSATION_CREATE: create, CONVERSATION_GET_OR_CREATE: get } = one.provider.can;
    if (create.support === 'NONE' || get.support === 'NONE') throw new Error('it can');
    const provider = {
      ...one.provider,
      can: {
        ...one.provider.can,
        CONVERSATION_CREATE: { ...create, fields: [] },
        CONVERSATION_GET_OR_CREATE: { ...get, fields: [] },
      },
    };
    const providers = [provider, other.provider];
    const provided = (name: string) => providers.find((each) => each.name === name);
    const theirs = guarded({ ...gateway, providers, provider: provided }, END_USER, Date.now);

    const created = await theirs.createConversation({ provider: 'one', tags: [] }, operation());
    const got = await theirs.getOrCreateConversation({ provider: 'one', tags: [] }, operation());

    expect([kindOf(created), kindOf(got)]).toEqual(['not-allowed', 'not-allowed']);
    expect(one.asked()).toBe(0);
  });

  it('is not shown what was got for them and is somebody else’s', async () => {
    const { gateway } = scene();
    const foreign = await gateway.getConversation(ref('foreign'), operation());
    if (!foreign.ok) throw new Error(whyOf(foreign));
    const got = { created: false, conversation: foreign.value, idempotencyKey: 'key' };
    const careless: Gateway = {
      ...gateway,
      getOrCreateConversation: () => Promise.resolve(success(got)),
    };

    const theirs = guarded(careless, END_USER, Date.now);
    const shown = await theirs.getOrCreateConversation({ provider: 'one', tags: [] }, operation());

    expect(whyOf(shown)).toContain('conversation foreign at one');
  });

  it.each<[string, (gateway: Gateway) => Promise<Outcome<unknown>>]>([
    [
      'writes',
      (gateway) =>
        gateway.sendMessage({ conversation: ref('foreign'), text: 'a', tags: [] }, operation()),
    ],
    [
      'asks for an answer',
      (gateway) => gateway.requestReply({ conversation: ref('foreign') }, operation()),
    ],
    [
      'rates',
      (gateway) =>
        gateway.rateMessage(
          { message: { conversation: ref('foreign'), nativeId: 'foreign-m0' }, rating: null },
          operation(),
        ),
    ],
    [
      'rates a note',
      (gateway) =>
        gateway.rateMessage(
          { message: { conversation: ref('own'), nativeId: 'own-m0' }, rating: null },
          operation(),
        ),
    ],
    [
      'listens',
      (gateway) =>
        gateway.subscribe(
          { conversation: ref('foreign'), filter: {}, after: null },
          new AbortController().signal,
        ),
    ],
  ])('%s where it is theirs and nowhere else', async (_what, ask) => {
    const { one, as } = scene();
    one.say('foreign', {});
    one.say('own', { kind: 'NOTE', visibility: 'INTERNAL' });

    const refused = await ask(as(END_USER));

    expect(kindOf(refused)).toBe('not-found');
    expect(one.changed).toEqual([]);
  });

  it('asks for an answer in no other way than the desk has it', async () => {
    const { one, as } = scene();
    const options = { kind: 'chatbotkit', functions: [] } as const;

    const refused = await as(END_USER).requestReply(
      { conversation: ref('own'), options },
      operation(),
    );

    expect(whyOf(refused)).toContain('`chatBotKit`');
    expect(one.asked()).toBe(0);
  });

  it.each([
    ['tags', { tags: [{ key: 'a', value: null }] }],
    ['archived', { archived: true }],
    ['important', { important: true }],
    ['search', { search: 'a' }],
  ])('does not look for %s', async (field, filter) => {
    const { one, as } = scene();

    const refused = await as(END_USER).listConversations(
      { first: 5, after: null, filter },
      operation(),
    );

    expect(kindOf(refused)).toBe('not-allowed');
    expect(whyOf(refused)).toContain(`filter.${field}`);
    expect(one.asked()).toBe(0);
  });

  it.each([
    ['tags', { tags: [{ key: 'a', value: null }] }],
    ['includeHidden', { includeHidden: true }],
  ])('does not listen by %s', async (field, filter) => {
    const { as } = scene();
    const asked = { conversation: null, filter, after: null };

    const refused = await as(END_USER).subscribe(asked, new AbortController().signal);

    expect(kindOf(refused)).toBe('not-allowed');
    expect(whyOf(refused)).toContain(`filter.${field}`);
  });

  it('asks for nothing hidden', async () => {
    const { as } = scene();
    const gateway = as(END_USER);
    const row = await gateway.getConversation(ref('own'), operation());
    if (!row.ok) throw new Error(whyOf(row));

    const asked = { first: 5, after: null, includeHidden: true };

    expect(kindOf(await gateway.listMessages(row.value, asked, operation()))).toBe('not-allowed');
  });

  it.each([
    ['somebody else', 'stranger'],
    ['nobody', 'nobody'],
    [
      'somebody of their name elsewhere',
      encodeId({ type: 'Contact', provider: OTHER, nativeId: 'customer' }),
    ],
  ])('is listed nothing of %s, and nobody is asked', async (_whom, contactId) => {
    const { one, as } = scene();

    const page = await as(END_USER).listConversations(
      { first: 5, after: null, filter: { contactId } },
      operation(),
    );

    expect(page.ok && [page.value.edges, page.value.hasNext, page.value.sources]).toEqual([
      [],
      false,
      [],
    ]);
    expect(one.asked()).toBe(0);
  });

  it('is shown no conversation of which nobody can say whose it is', async () => {
    const { one, as } = scene({ says: 'participants' });
    const gateway = as(END_USER);
    one.fails('participants');

    const got = await gateway.getConversation(ref('own'), operation());
    const listed = await gateway.listConversations(
      { first: 5, after: null, filter: {} },
      operation(),
    );

    expect([kindOf(got), kindOf(listed)]).toEqual(['unavailable', 'unavailable']);
  });
});

describe('an end user who listens', () => {
  it('is told what happens in what is theirs, and asks whose it is once in a while', async () => {
    const { one, as, happen, said, pass } = scene();
    const { told } = await listening(as(END_USER));
    const before = one.asked();

    await happen(said('own'));
    await happen(said('foreign'), 'foreign');
    await happen(said('own'));
    await happen(said('foreign'), 'foreign');
    expect(told).toEqual(['MESSAGE_ADDED own', 'MESSAGE_ADDED own']);
    expect(one.asked() - before).toBe(1);

    pass(3000);
    await happen(said('foreign'), 'foreign');
    await happen(said('own'));
    expect(one.asked() - before).toBe(2);

    pass(31_000);
    await happen(said('own'));
    expect(one.asked() - before).toBe(3);
  });

  it('is told that something may be missing where nobody can say whose it is, and asks twice', async () => {
    const { one, as, happen, said } = scene({ says: 'participants' });
    one.begin('another', STRANGER);
    const { told } = await listening(as(END_USER));
    const before = one.asked();

    one.fails('conversations');
    await happen(said('another'), 'another');
    expect(one.asked() - before).toBe(2);
    one.fails(null);
    await happen(said('own'));

    expect(told).toEqual(['GAP anywhere', 'MESSAGE_ADDED own']);
  });

  it('hears of a conversation from when it becomes theirs until it is no longer', async () => {
    const { one, as, happen, said } = scene();
    const { told } = await listening(as(END_USER), { filter: { kinds: ['MESSAGE_ADDED'] } });
    const rows = {
      theirs: one.rows.get('own')?.conversation,
      others: one.rows.get('foreign')?.conversation,
    };
    if (!rows.theirs || !rows.others) throw new Error('they were begun');

    await happen(said('own'));
    await happen({ kind: 'CONVERSATION_UPDATED', row: { ...rows.others, nativeId: 'own' } });
    await happen(said('own'));
    await happen(
      { kind: 'CONVERSATION_UPDATED', row: { ...rows.theirs, nativeId: 'foreign' } },
      'foreign',
    );
    await happen(said('foreign'), 'foreign');

    expect(told).toEqual(['MESSAGE_ADDED own', 'MESSAGE_ADDED foreign']);
  });

  it('hears again from who takes part, once a conversation has changed', async () => {
    const { one, as, happen, said } = scene({ says: 'participants' });
    const { told } = await listening(as(END_USER));
    const stored = one.rows.get('own');
    if (!stored) throw new Error('it was begun');

    await happen(said('own'));
    stored.participants.pop();
    await happen({ kind: 'CONVERSATION_UPDATED', row: stored.conversation });
    await happen(said('own'));

    expect(told).toEqual(['MESSAGE_ADDED own']);
  });

  it('is told that theirs was deleted, and nothing of another that was', async () => {
    const { one, as, happen, pass } = scene();
    const { told } = await listening(as(END_USER));
    pass(5000);

    one.rows.delete('foreign');
    await happen({ kind: 'CONVERSATION_DELETED' }, 'foreign');
    one.rows.delete('own');
    await happen({ kind: 'CONVERSATION_DELETED' });

    expect(told).toEqual(['CONVERSATION_DELETED own']);
  });

  it('who comes back is told that something may be missing where one was deleted meanwhile', async () => {
    const { one, as, happen, said, pass } = scene();
    const first = await listening(as(END_USER));
    await happen(said('own'));
    first.gone.abort();
    await first.over;

    pass(5000);
    one.rows.delete('foreign');
    await happen({ kind: 'CONVERSATION_DELETED' }, 'foreign');
    pass(5000);
    const { told } = await listening(as(END_USER), { after: first.cursor() });

    expect(told).toEqual(['GAP anywhere']);
  });

  it('is told what became of their own writes, and of nobody else’s', async () => {
    const { as, happen } = scene();
    const { told } = await listening(as(END_USER));
    const settled = {
      kind: 'DELIVERY_SETTLED',
      idempotencyKey: 'k',
      delivery: 'NOT_SENT',
      message: null,
    } as const;

    await happen({ ...settled, caller: 'an agent' });
    await happen(settled);
    expect(told).toEqual([]);
    await happen({ ...settled, caller: 'me' });
    expect(told).toEqual(['DELIVERY_SETTLED own']);
  });

  it('is told of no answer that is not for them', async () => {
    const { one, as, happen } = scene();
    const note = one.say('own', { kind: 'NOTE', visibility: 'INTERNAL' });
    const subscribed = await as(END_USER).subscribe(
      { conversation: ref('own'), filter: {}, after: null },
      new AbortController().signal,
    );
    if (!subscribed.ok) throw new Error(whyOf(subscribed));
    const told = subscribed.value[Symbol.asyncIterator]();
    const usage = { tokens: null, endReason: null };

    await happen({ kind: 'MESSAGE_ADDED', message: note });
    await happen({ kind: 'MESSAGE_UPDATED', message: note });
    await happen({ kind: 'REPLY_COMPLETED', replyId: 'r', message: note, usage });
    const { value } = await told.next();
    await told.return?.();

    expect(value?.type === 'event' && value.event.fact).toMatchObject({
      kind: 'REPLY_COMPLETED',
      message: null,
    });
  });
});

it('a failure of the provider is one for whoever asks whose a conversation is', async () => {
  const { gateway } = scene({ says: 'participants' });
  const out = failed({ kind: 'not-found', what: 'conversation own at one' });
  const careless: Gateway = { ...gateway, listParticipants: () => Promise.resolve(out) };

  const got = await guarded(careless, END_USER, Date.now).getConversation(ref('own'), operation());

  expect(kindOf(got)).toBe('not-found');
});
