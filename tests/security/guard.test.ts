// A gateway made for one caller, looked at from its service: what of it there is for them, by their scopes and accounts.

import { describe, expect, it } from 'vitest';
import { ANYONE } from '../../src/domain/caller.ts';
import { type Outcome, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { Told } from '../../src/gateway/live/subscribe.ts';
import { guarded } from '../../src/security/guard.ts';
import { operation } from '../gateway/hand-made.ts';
import { callerOf, END_USER, kindOf, listening, ONE, OTHER, ref, scene, whyOf } from './guarded.ts';

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
