// The gateway of an end user, looked at from its service: what they read, and what is said in their name.

import { describe, expect, it } from 'vitest';
import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import { encodeId } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { SendInput } from '../../src/gateway/writes/send-message.ts';
import { guarded } from '../../src/security/guard.ts';
import { operation } from '../gateway/hand-made.ts';
import { END_USER, kindOf, OTHER, ref, scene, whyOf } from './guarded.ts';

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

it('a failure of the provider is one for whoever asks whose a conversation is', async () => {
  const { gateway } = scene({ says: 'participants' });
  const out = failed({ kind: 'not-found', what: 'conversation own at one' });
  const careless: Gateway = { ...gateway, listParticipants: () => Promise.resolve(out) };

  const got = await guarded(careless, END_USER, Date.now).getConversation(ref('own'), operation());

  expect(kindOf(got)).toBe('not-found');
});
