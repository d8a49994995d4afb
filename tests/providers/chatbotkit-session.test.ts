import { describe, expect, it } from 'vitest';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  failureOf,
  NOW_MS,
  pathsOf,
  ref,
  valueOf,
} from './chatbotkit-account.ts';

/** As a browser would, to the service itself. */
function speakWith(origin: string, token: string, path: string): Promise<Response> {
  return fetch(`${origin}/v1/conversation/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'From a browser' }),
  });
}

describe('a session', () => {
  it('lets its token speak in its conversation, until it runs out', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();
    const { url } = account.emulator.credentials;

    const { token, expiresAt } = valueOf(
      await account.createSession({ conversation: ref(id), durationSeconds: 1800 }, aCall()),
    );
    const inTime = await speakWith(url, token, `${id}/send`);
    account.pass(1800 * 1000);
    const late = await speakWith(url, token, `${id}/send`);

    expect(expiresAt).toEqual(new Date(NOW_MS + 1800 * 1000));
    expect([inTime.status, late.status]).toEqual([200, 401]);
    expect(account.messagesOf(id)).toMatchObject([{ type: 'user', text: 'From a browser' }]);
  });

  it.each([403, 401] as const)(
    'opens no other conversation, and of its own not the messages (%i)',
    async (sessionRefusal) => {
      const account = await chatbotkitAccount({ sessionRefusal });
      const { id } = account.plant();
      const other = account.plant();
      const { url } = account.emulator.credentials;

      const { token } = valueOf(await account.createSession({ conversation: ref(id) }, aCall()));
      const shut = [
        await speakWith(url, token, `${other.id}/send`),
        await speakWith(url, token, `${id}/message/create`),
        await speakWith(url, token, `${id}/session/create`),
      ];

      expect(shut.map(({ status }) => status)).toEqual(shut.map(() => sessionRefusal));
      expect(account.messagesOf(other.id)).toEqual([]);
      expect(account.messagesOf(id)).toEqual([]);
    },
  );

  it('lasts an hour where nothing is said, which is the service’s own choice', async () => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const { expiresAt } = valueOf(await account.createSession({ conversation: ref(id) }, aCall()));

    expect(expiresAt).toEqual(new Date(NOW_MS + 3600 * 1000));
    expect(account.written()).toEqual([{}]);
  });

  it.each([1800, 1801, 86_400])('lasts %i seconds where that is asked', async (durationSeconds) => {
    const account = await chatbotkitAccount();
    const { id } = account.plant();

    const { expiresAt } = valueOf(
      await account.createSession({ conversation: ref(id), durationSeconds }, aCall()),
    );

    expect(expiresAt).toEqual(new Date(NOW_MS + durationSeconds * 1000));
    expect(account.written()).toEqual([{ durationInSeconds: durationSeconds }]);
  });

  it.each([1799, 86_401, 3600.5, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'cannot last %d seconds',
    async (durationSeconds) => {
      const account = await chatbotkitAccount();
      const { id } = account.plant();

      const outcome = await account.createSession(
        { conversation: ref(id), durationSeconds },
        aCall(),
      );

      expect(pathsOf(outcome)).toEqual(['durationSeconds']);
      expect(account.asked()).toEqual([]);
    },
  );

  it.each([[undefined], [null], ['soon']])(
    'is not handed out without its end (%s)',
    async (expiresAt) => {
      const account = await accountHearing(() => ({
        status: 200,
        body: { id: 'c1', token: 'a.b.c', expiresAt },
      }));

      const failure = failureOf(await account.createSession({ conversation: ref('c1') }, aCall()));

      expect(failure).toEqual({
        kind: 'outcome-unknown',
        provider: 'assistant',
        because: 'its answer was not shaped as expected: expiresAt',
      });
    },
  );
});
