// A conversation that is followed: what its channel tells of becomes the rows there are, and nothing is asked while it is quiet.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChatbotkitOptions } from '../../emulators/chatbotkit/index.ts';
import type { News } from '../../src/domain/event.ts';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import type { Provider } from '../../src/providers/provider.ts';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  messageRef,
  NOW_MS,
  ref,
  saying,
  valueOf,
} from './chatbotkit-account.ts';

interface Following {
  /** Words of the messages that were news, in the order they were told. */
  readonly texts: string[];
  readonly news: News[];
  readonly failures: Failure[];
  /** Whether nothing more is told. */
  readonly ended: Promise<void>;
  leave(): void;
}

function following({ provider }: { readonly provider: Provider }, id: string): Following {
  const follow = provider.inbound?.follow;
  if (!follow) throw new Error('Expected an account that can be followed.');
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const news: News[] = [];
  const texts: string[] = [];
  const failures: Failure[] = [];
  const note = (told: Outcome<readonly News[]>) => {
    if (!told.ok) failures.push(told.failure);
    else {
      news.push(...told.value);
      for (const one of told.value) if (one.type === 'message') texts.push(one.message.text ?? '');
    }
  };
  const ended = (async () => {
    for await (const told of follow(ref(id), aCall(gone.signal))) note(told);
  })();
  return { texts, news, failures, ended, leave: () => gone.abort() };
}

/** An account of which a quiet conversation is followed, and heard. */
async function scene(options: ChatbotkitOptions = {}) {
  const account = await chatbotkitAccount(options);
  const [conversation] = account.newestFirst();
  if (!conversation) throw new Error('Expected a conversation.');
  const { id } = conversation;
  const heard = following(account, id);
  await expect.poll(() => account.emulator.followers(id)).toBe(1);
  await expect.poll(() => answered(account.emulator.journal)).toBe(3);
  account.asked();
  return { ...account, id, heard };
}

/** A body that stays open after this. */
async function* neverEnding(text: string): AsyncGenerator<string, void> {
  yield text;
  await new Promise(() => undefined);
}

function answered(journal: readonly { readonly status: number | null }[]): number {
  return journal.filter(({ status }) => status !== null).length;
}

describe('a conversation that is followed', () => {
  it('tells what the bot was asked and what it answered, as rows, each once and in order', async () => {
    const { emulator, heard, id, send, messages, get } = await scene();
    emulator.stage({ reply: 'Yes, until six.', reasoning: 'The hours.' });

    await send(saying(id, 'Are you open?', { expectReply: true }), aCall());
    await expect.poll(() => heard.texts).toHaveLength(3);

    expect(heard.texts).toEqual(['Are you open?', 'The hours.', 'Yes, until six.']);
    const page = valueOf(await messages({ conversation: ref(id), at: null, size: 3 }, aCall()));
    const { tags } = valueOf(await get(ref(id), aCall()));
    expect(heard.news).toEqual(
      page.items.toReversed().map((message) => ({ type: 'message', message, tags })),
    );
    expect(tags.length).toBeGreaterThan(0);
  });

  it('is asked for nothing while it is quiet, and for its newest rows when its bot works', async () => {
    const { emulator, asked, heard, id, requestReply } = await scene();
    let go: () => void = () => undefined;
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    emulator.stage({ reply: 'Yes.', hold: { beforeToken: 0, until } });

    const quiet = asked();
    const replying = requestReply({ conversation: ref(id) }, aCall());
    go();
    await replying;
    await expect.poll(() => heard.texts).toEqual(['Yes.']);

    expect(quiet).toEqual([]);
    const looks = new Set(asked().filter((row) => row.endsWith('take=100')));
    expect([...looks]).toEqual([`GET /v1/conversation/${id}/message/list?order=desc&take=100`]);
  });

  it('is opened after a look at what there is, and looked at again once it is open', async () => {
    const account = await chatbotkitAccount();
    const [conversation] = account.newestFirst();
    const id = conversation?.id ?? '';

    const heard = following(account, id);
    await expect.poll(() => answered(account.emulator.journal)).toBe(3);

    const list = `GET /v1/conversation/${id}/message/list?order=desc&take=100`;
    const opening = `POST /v1/conversation/${id}/channel/subscribe`;
    expect(account.emulator.journal.find(({ method }) => method === 'POST')?.body).toEqual({
      historyLength: 0,
    });
    expect(account.asked()).toEqual([list, opening, list]);
    expect(heard.texts).toEqual([]);
  });

  it('tells what somebody wrote between the first look and the opening', async () => {
    const account = await chatbotkitAccount();
    const [conversation] = account.newestFirst();
    const id = conversation?.id ?? '';
    account.emulator.inject({
      kind: 'delay',
      ms: 100,
      match: { path: `/v1/conversation/${id}/channel` },
    });

    const heard = following(account, id);
    await expect.poll(() => account.emulator.journal.length).toBe(2);
    account.plantMessage(id, { text: 'in between' });

    await expect.poll(() => heard.texts).toEqual(['in between']);
  });

  it('tells what was written since it began, though the first look saw it', async () => {
    const account = await chatbotkitAccount();
    const [conversation] = account.newestFirst();
    const id = conversation?.id ?? '';
    account.emulator.inject({ kind: 'delay', ms: 50, times: 1 });

    const heard = following(account, id);
    await expect.poll(() => account.emulator.journal.length).toBe(1);
    account.plantMessage(id, { text: 'at once' });

    await expect.poll(() => heard.texts).toEqual(['at once']);
  });

  it('is no news for what an older row becomes visible by, where a newer one was deleted', async () => {
    const account = await chatbotkitAccount();
    const [conversation] = account.newestFirst();
    const id = conversation?.id ?? '';
    const before = account.messagesOf(id).at(-1)?.createdAt ?? 0;
    const planted = Array.from({ length: 120 }, (_, index) =>
      account.plantMessage(id, { text: `old ${index}`, createdAt: before + index + 1 }),
    );
    const heard = following(account, id);
    await expect.poll(() => answered(account.emulator.journal)).toBe(3);

    for (const { id: newest } of planted.slice(-3)) {
      await account.removeMessage(messageRef(id, newest), aCall());
    }
    account.emulator.stage({ reply: 'Yes.' });
    await account.requestReply({ conversation: ref(id) }, aCall());
    await expect.poll(() => heard.texts).not.toEqual([]);

    expect(heard.texts).toEqual(['Yes.']);
  });

  it('is looked at again for what was said and is not stored yet', async () => {
    let looks = 0;
    const said = '{"type":"message","data":{"type":"message","data":{"type":"bot","text":"Yes."}}}';
    const account = await accountHearing((method, path) => {
      if (method === 'POST') {
        const headers = { 'content-type': 'application/jsonl' };
        return { status: 200, headers, body: neverEnding(`{"type":"nop","data":{}}\n${said}\n`) };
      }
      if (path.endsWith('/fetch')) return { status: 200, body: { id: 'c' } };
      looks += 1;
      const row = { id: 'm', type: 'bot', text: 'Yes.', createdAt: NOW_MS };
      return { status: 200, body: { items: looks < 4 ? [] : [row] } };
    });

    const heard = following(account, 'c');

    await expect.poll(() => heard.texts, { timeout: 5000 }).toEqual(['Yes.']);
    expect(looks).toBe(4);
  });

  it('stands a look that fails, and makes up for it', async () => {
    const { emulator, heard, id, requestReply } = await scene();
    const path = `/v1/conversation/${id}/message/list`;
    emulator.inject({ kind: 'status', status: 503, times: 3, match: { path } });
    emulator.stage({ reply: 'Yes.' });

    await requestReply({ conversation: ref(id) }, aCall());

    await expect.poll(() => heard.texts, { timeout: 5000 }).toEqual(['Yes.']);
    expect(heard.failures).toEqual([]);
  });

  it('is heard in pieces of any size', async () => {
    const { emulator, heard, id, requestReply } = await scene({ chunkBytes: 7 });
    emulator.stage({ reply: 'Grüße 👋' });

    await requestReply({ conversation: ref(id) }, aCall());

    await expect.poll(() => heard.texts).toEqual(['Grüße 👋']);
  });

  it('is let go with whoever followed it', async () => {
    const { emulator, heard, id } = await scene();

    heard.leave();
    await heard.ended;

    await expect.poll(() => emulator.followers(id)).toBe(0);
  });
});

describe('following', () => {
  const LIST = { status: 200, body: { items: [] } };

  it.each([
    [404, 'NOT_FOUND', 'not-found'],
    [405, 'METHOD_NOT_ALLOWED', 'refused'],
    [403, 'NOT_AUTHORIZED', 'forbidden'],
    [503, 'SERVICE_UNAVAILABLE', 'unavailable'],
    [429, 'TOO_MANY_REQUESTS', 'rate-limited'],
  ])('ends with why where the channel answers %i', async (status, code, kind) => {
    const account = await accountHearing((method) =>
      method === 'GET' ? LIST : { status, body: { message: 'No', code } },
    );

    const heard = following(account, 'c');
    await heard.ended;

    expect(heard.failures).toMatchObject([{ kind }]);
    expect(heard.news).toEqual([]);
  });

  it.each([
    ['a line that is no JSON', '{"type":"nop","data":{}}\n{"type":'],
    ['an error', '{"type":"error","data":{"message":"No","code":"INTERNAL_SERVER_ERROR"}}\n'],
  ])('ends with a failure where the channel says %s', async (_what, body) => {
    const account = await accountHearing((method) =>
      method === 'GET'
        ? LIST
        : { status: 200, headers: { 'content-type': 'application/jsonl' }, body },
    );

    const heard = following(account, 'c');
    await heard.ended;

    expect(heard.failures).toMatchObject([{ kind: 'unavailable' }]);
  });

  it('ends without one where the service closes', async () => {
    const account = await accountHearing((method) =>
      method === 'GET'
        ? LIST
        : {
            status: 200,
            headers: { 'content-type': 'application/jsonl' },
            body: '{"type":"nop","data":{}}\n{"type":"of tomorrow"}\n{"type":"message","data":7}\n',
          },
    );

    const heard = following(account, 'c');
    await heard.ended;

    expect(heard.failures).toEqual([]);
  });

  it('ends where a service that hangs is given up', async () => {
    const account = await chatbotkitAccount({}, { deadlineMs: 200 });
    const [conversation] = account.newestFirst();
    const id = conversation?.id ?? '';
    account.emulator.inject({ kind: 'hang', match: { method: 'POST' } });

    const heard = following(account, id);
    await heard.ended;

    expect(heard.failures).toMatchObject([{ kind: 'unavailable' }]);
    expect(account.emulator.followers(id)).toBe(0);
  });

  it('begins nothing for an id that leads elsewhere', async () => {
    const account = await accountHearing(() => LIST);

    const heard = following(account, '..');
    await heard.ended;

    expect(heard.failures).toMatchObject([{ kind: 'not-found' }]);
    expect(account.journal).toEqual([]);
  });

  it('is not to be had where all answers come whole', async () => {
    const account = await chatbotkitAccount();

    expect(account.withoutStreams().provider.inbound).toBeUndefined();
  });
});
