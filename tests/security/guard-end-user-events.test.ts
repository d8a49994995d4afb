// What an end user is told of, and how often a service is asked for that whose a conversation is.

import { describe, expect, it } from 'vitest';
import { END_USER, listening, ref, STRANGER, scene, whyOf } from './guarded.ts';

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
