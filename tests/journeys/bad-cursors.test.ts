// A cursor is good for the walk it came from, and in no other hands: changed, re-written or used elsewhere, it is refused over HTTP.

import { describe, expect, it } from 'vitest';
import { textAt } from '../support/answer.ts';
import { FEW, INBOX, idsOf, MESSAGES, refusal } from '../support/hostile.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

describe('a cursor', () => {
  const NO_CURSOR = {
    code: 'INVALID_INPUT',
    message: expect.stringContaining('is not a cursor of this gateway; begin again without it.'),
    path: 'after',
  };

  it('is refused when any part of it was changed, or it was written another way', async () => {
    const parlance = await startParlance(FEW);
    const cursor = await inboxCursor(parlance);
    const bytes = Buffer.from(cursor, 'base64url');
    const changedCharacters = [
      0,
      1,
      Math.floor(cursor.length / 2),
      cursor.length - 2,
      cursor.length - 1,
    ];
    // The nonce, the seal over it, and what is sealed.
    const changedBytes = [0, 11, 12, 27, 28, Math.floor(bytes.length / 2), bytes.length - 1];
    const tampered = [
      '',
      'nonsense',
      ...changedCharacters.map((index) => replaced(cursor, index)),
      ...changedBytes.map((index) => flipped(bytes, index).toString('base64url')),
      `${bytes.toString('base64')}=`,
      `${cursor}=`,
      ` ${cursor}`,
      bytes.toString('hex'),
      Buffer.from(cursor).toString('base64url'),
      cursor.slice(0, -1),
      cursor.slice(4),
      cursor + cursor,
      'A'.repeat(100_000),
    ];

    for (const after of tampered) {
      expect.soft([after, await refusal(parlance, INBOX, { after })]).toEqual([after, NO_CURSOR]);
    }
    const untouched = await parlance.ask(INBOX, { after: cursor });
    expect(untouched.errors).toEqual([]);
  });

  it('is refused with another filter than its own', async () => {
    const parlance = await startParlance(FEW);
    const after = await inboxCursor(parlance);

    for (const filter of [{ providers: ['website'] }, { archived: false }, { search: 'a' }]) {
      expect.soft(await refusal(parlance, INBOX, { after, filter })).toMatchObject({
        code: 'INVALID_INPUT',
        path: 'after',
        message: expect.stringMatching(/another filter.*begin again without it\.$/),
      });
    }
  });

  it('of messages is none of conversations, nor of another conversation', async () => {
    const parlance = await startParlance(FEW);
    const { website, support, assistant } = await idsOf(parlance);
    const { data } = await parlance.ask(MESSAGES, { id: website });
    const after = textAt(data, 'conversation.messages.pageInfo.endCursor');

    const elsewhere = [
      await refusal(parlance, INBOX, { after }),
      await refusal(parlance, MESSAGES, { id: support, after }),
      await refusal(parlance, MESSAGES, { id: assistant, after }),
      await refusal(parlance, MESSAGES, { id: website, after, hidden: true }),
      await refusal(parlance, MESSAGES, { id: website, after: await inboxCursor(parlance) }),
    ];

    for (const refused of elsewhere) {
      expect.soft(refused).toMatchObject({ code: 'INVALID_INPUT', path: 'after' });
    }
    expect((await parlance.ask(MESSAGES, { id: website, after })).errors).toEqual([]);
  });

  it('of another gateway is refused', async () => {
    const parlance = await startParlance(FEW);
    const stranger = await startParlance({ ...FEW, cursorSecret: 'another secret' });

    const refused = await refusal(parlance, INBOX, { after: await inboxCursor(stranger) });

    expect(refused).toEqual(NO_CURSOR);
  });
});

async function inboxCursor({ ask }: TestParlance): Promise<string> {
  const { data } = await ask(INBOX, { first: 2 });
  return textAt(data, 'conversations.pageInfo.endCursor');
}

function replaced(text: string, index: number): string {
  const other = text[index] === 'A' ? 'B' : 'A';
  return `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
}

function flipped(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
