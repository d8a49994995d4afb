// The nets under the log, each by itself: what is known by its value, what is known by its looks, what is known by its name.

import { describe, expect, it } from 'vitest';
import { openLog } from '../../src/compose/open-log.ts';
import { openScrubber } from '../../src/observability/scrub.ts';
import { toldError } from '../../src/observability/told-error.ts';

const SECRET = 'p@ss/w0rd+with "quotes" & ümlauts?';

describe('a credential that is known', () => {
  it.each<[string, (secret: string) => string]>([
    ['as it is', (secret) => secret],
    ['in JSON', (secret) => JSON.stringify({ text: secret })],
    ['in an address', (secret) => `https://x.example/?t=${encodeURIComponent(secret)}`],
    ['in a form', (secret) => new URLSearchParams({ t: secret }).toString()],
    ['in base64', (secret) => Buffer.from(secret).toString('base64')],
    ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
    ['behind a user, in base64', (secret) => Buffer.from(`u:${secret}`).toString('base64')],
    ['behind a name, in base64', (secret) => Buffer.from(`me:${secret}!`).toString('base64')],
    ['in the middle, in base64', (secret) => Buffer.from(`abc${secret}d`).toString('base64url')],
  ])('is taken out %s', (_how, dressed) => {
    const { know, scrub } = openScrubber();
    know([SECRET]);

    const left = scrub(`before ${dressed(SECRET)} after`);

    expect(left).toMatch(/^before .*«redacted».* after$/);
    const bare = left.replaceAll('«redacted»', '');
    for (const part of ['w0rd', 'quotes', 'mlauts']) {
      expect(bare).not.toContain(part);
      expect(bare).not.toContain(Buffer.from(part).toString('base64').slice(0, 6));
    }
  });

  it('is taken out whole where another begins like it, whichever was known first', () => {
    const { know, scrub } = openScrubber();
    know(['token-one']);
    know(['token-one-and-more']);

    expect(scrub('token-one-and-more token-one')).toBe('«redacted» «redacted»');
  });

  it('is no word: what is that short is left', () => {
    const { know, scrub } = openScrubber();
    know(['is', 'a', '']);

    expect(scrub('this is a line')).toBe('this is a line');
  });
});

describe('a credential nobody knows', () => {
  it.each([
    ['a key of this gateway', 'plk_4f2a_bXlzZWNyZXRteXNlY3JldA'],
    ['a JWT', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl'],
    ['what stands behind Bearer', 'Bearer some-opaque-token'],
  ])('is known by its looks: %s', (_what, credential) => {
    const { scrub } = openScrubber();

    expect(scrub(`it said '${credential}'.`)).toBe("it said '«redacted»'.");
  });

  it('is not seen in lines that have none', () => {
    const { scrub } = openScrubber();
    const line =
      '{"level":30,"requestId":"1c57ea77-908b","path":"/v2/chatbots/4829173650","ms":12}';

    expect(scrub(line)).toBe(line);
  });
});

describe('a line of the log', () => {
  it('has nothing under a name that is one of a credential, whatever it is', () => {
    const lines: string[] = [];
    const log = openLog({ level: 'info', scrub: (line) => line, to: sink(lines) });

    log.info({ token: 'opaque-1', account: { password: 'opaque-2', name: 'help' } }, 'there');

    expect(lines[0]).toMatch(/"account":\{"password":"«redacted»","name":"help"\}/);
    expect(lines.join('')).not.toContain('opaque');
  });

  it('passes the net as a whole, its sentence and its error too', () => {
    const lines: string[] = [];
    const { know, scrub } = openScrubber();
    know([SECRET]);
    const log = openLog({ level: 'info', scrub, to: sink(lines) });

    log.error({ err: new Error(`it said ${SECRET}`), [SECRET]: SECRET }, `what of ${SECRET}?`);

    expect(() => JSON.parse(lines[0] ?? '')).not.toThrow();
    // What hangs on an error is not in it, either.
    log.error({ err: Object.assign(new Error('no'), { command: ['people’s words'] }) }, 'no');
    expect(lines[1]).toContain('"message":"no"');
    expect(lines[1]).not.toContain('words');
    expect(lines.join('')).not.toContain('w0rd');
  });
});

function sink(lines: string[]) {
  return { write: (line: string) => void lines.push(line) };
}

describe('an error in the log', () => {
  it('is its words and its causes, and nothing that hangs on it', () => {
    const cause = new Error('the socket closed');
    const error = Object.assign(new Error('it broke', { cause }), {
      code: 'ECONNRESET',
      command: { name: 'set', args: ['what people wrote'] },
    });

    const told = toldError(error);

    expect(told).toMatchObject({
      type: 'Error',
      message: 'it broke',
      code: 'ECONNRESET',
      cause: { message: 'the socket closed' },
    });
    expect(JSON.stringify(told)).not.toContain('what people wrote');
  });

  it('ends, also where it is its own cause', () => {
    const error = new Error('round and round');
    error.cause = error;

    expect(JSON.stringify(toldError(error)).match(/round and round/g)?.length).toBeLessThan(20);
  });

  it('says so where it is none', () => {
    expect(toldError('a text that may be anything')).toEqual({
      type: 'string',
      message: 'what was thrown is no error',
    });
  });
});
