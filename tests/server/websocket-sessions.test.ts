// Who is let in over WebSocket, and how it is told to go: by the codes of its protocol, with a sentence.

import { describe, expect, it, vi } from 'vitest';
import type { Doorkeeper, Refusal } from '../../src/security/doorkeeper.ts';
import { at } from '../support/answer.ts';
import { callerNamed } from '../support/callers.ts';
import { idOf, startDesk } from '../support/desk.ts';
import { openDoors } from '../support/doors.ts';
import { ofType, openAcknowledged, openSocket, type RawSocket } from '../support/socket.ts';

const ANN = callerNamed('ann');
const LISTEN = 'subscription { messageAdded(confirm: true) { __typename } }';
const QUERY = { query: `{ conversation(id: "${idOf('one-0')}") { nativeId } }` };

const GONE = 'What you presented is good no more. Sign in again.';
const EXPIRED = 'Your token has expired. Connect again with a new one.';

async function init(
  url: string,
  payload: object | undefined,
  headers: Record<string, string> = {},
): Promise<RawSocket> {
  const opened = await openSocket(url, { headers });
  opened.say({ type: 'connection_init', ...(payload && { payload }) });
  return opened;
}

describe('a connection', () => {
  it.each<[string, object | undefined, Record<string, string>]>([
    ['in its connection_init', { authorization: 'Bearer good' }, {}],
    ['there, as headers are written', { Authorization: 'bearer good' }, {}],
    ['with its first request', undefined, { authorization: 'Bearer good' }],
    [
      'in both, of which connection_init counts',
      { authorization: 'Bearer good' },
      { authorization: 'Bearer bad' },
    ],
    [
      'with its first request, where connection_init has other things to say',
      { theme: 'dark' },
      { authorization: 'Bearer good' },
    ],
  ])('that presents what is good %s is let in', async (_where, payload, headers) => {
    const desk = await startDesk({ doorkeeper: openDoors({ good: ANN }) });

    const { hear } = await init(desk.url, payload, headers);

    expect(await hear(ofType('connection_ack'))).toEqual({ type: 'connection_ack' });
  });

  it.each<[string, object | undefined, Record<string, string>]>([
    ['nothing', undefined, {}],
    ['what opens nothing', { authorization: 'Bearer bad' }, {}],
    ['what is no text', { authorization: ['Bearer good'] }, {}],
    ['what is good, in other words', { authorization: 'good' }, {}],
    [
      'what opens nothing in connection_init',
      { authorization: 'Bearer bad' },
      { authorization: 'Bearer good' },
    ],
  ])('that presents %s is closed, and not to come back', async (_what, payload, headers) => {
    const desk = await startDesk({ doorkeeper: openDoors({ good: ANN }) });

    const { closed, heard } = await init(desk.url, payload, headers);

    expect(await closed).toEqual({ code: 4401, reason: 'Present a credential of the test.' });
    expect(heard).toEqual([]);
  });

  it.each<[Partial<Refusal>, number]>([
    [{ code: 'UNAUTHENTICATED' }, 4401],
    [{ code: 'UNAUTHENTICATED', expired: true }, 4403],
    [{ code: 'FORBIDDEN' }, 4403],
    [{ code: 'RATE_LIMITED' }, 1013],
    [{ code: 'GATEWAY_UNAVAILABLE' }, 1013],
  ])('refused as %j is closed with %i', async (refusal, code) => {
    const desk = await startDesk({ doorkeeper: refusing(refusal) });

    const { closed } = await init(desk.url, undefined);

    expect(await closed).toMatchObject({ code });
  });

  it('is closed with as much of the reason as there is room for', async () => {
    const desk = await startDesk({ doorkeeper: refusing({ message: '€'.repeat(100) }) });

    const { closed } = await init(desk.url, undefined);

    expect(await closed).toEqual({ code: 4401, reason: `${'€'.repeat(40)}…` });
  });

  it.each([
    ['expired', 4403, EXPIRED],
    ['revoked', 4401, GONE],
  ] as const)('whose session ended as %s before it asked is closed', async (why, code, reason) => {
    const doors = openDoors({ good: ANN });
    const desk = await startDesk({ doorkeeper: doors });
    const { closed, hear } = await init(desk.url, { authorization: 'Bearer good' });
    await hear(ofType('connection_ack'));

    doors.end('good', why);

    expect(await closed).toEqual({ code, reason });
  });

  it('whose session is over by the time it is let in is closed', async () => {
    const doors = openDoors({ good: ANN });
    const { admit } = doors;
    const desk = await startDesk({
      doorkeeper: {
        ...doors,
        async admit(presented) {
          const admission = await admit(presented);
          doors.end('good', 'revoked');
          return admission;
        },
      },
    });
    const { closed, say, heard } = await openSocket(desk.url);

    say({ type: 'connection_init', payload: { authorization: 'Bearer good' } });

    expect(await closed).toEqual({ code: 4401, reason: GONE });
    expect(heard).toEqual([]);
  });

  it('leaves nothing behind at the door', async () => {
    const doors = openDoors({ good: ANN });
    const desk = await startDesk({ doorkeeper: doors });
    const { socket, hear } = await init(desk.url, { authorization: 'Bearer good' });
    await hear(ofType('connection_ack'));
    expect(doors.listening('good')).toBe(1);

    socket.close();

    await vi.waitFor(() => expect(doors.listening('good')).toBe(0));
  });

  it('that is gone before it was let in leaves nothing behind either', async () => {
    const doors = openDoors({ good: ANN });
    const { admit } = doors;
    let admitted = 0;
    let letIn = () => {};
    const asked = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    const desk = await startDesk({
      doorkeeper: {
        ...doors,
        async admit(presented) {
          await asked;
          const admission = await admit(presented);
          setImmediate(() => {
            admitted += 1;
          });
          return admission;
        },
      },
    });
    const { socket, closed } = await init(desk.url, { authorization: 'Bearer good' });
    socket.terminate();
    await closed;
    // By then the gateway has heard of it as well.
    await openSocket(desk.url);

    letIn();
    await vi.waitFor(() => expect(admitted).toBe(1));

    expect(doors.listening('good')).toBe(0);
  });
});

describe('when a session ends', () => {
  async function begun(query: string, finds?: () => Promise<void>) {
    const doors = openDoors({ good: ANN });
    const desk = await startDesk({ doorkeeper: doors, ...(finds && { finds }) });
    const socket = await init(desk.url, { authorization: 'Bearer good' });
    await socket.hear(ofType('connection_ack'));
    socket.say({ type: 'subscribe', id: 'a', payload: { query } });
    return { doors, desk, ...socket };
  }

  it('what is listened to stops, and is not told to be all', async () => {
    const { doors, desk, closed, hear, heard } = await begun(LISTEN);
    await hear(ofType('next', 'a'));

    doors.end('good', 'revoked');
    await desk.say('after');

    expect(await closed).toEqual({ code: 4401, reason: GONE });
    expect(heard.map((message) => at(message, 'type'))).toEqual(['connection_ack', 'next']);
    expect(desk.gateway.listeners).toBe(0);
  });

  it('a query that runs is not answered', async () => {
    let answer = () => {};
    const { doors, desk, closed, heard } = await begun(
      QUERY.query,
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    await vi.waitFor(() => expect(desk.asked).toEqual(['one-0']));

    doors.end('good', 'expired');
    answer();

    expect(await closed).toEqual({ code: 4403, reason: EXPIRED });
    expect(heard).toHaveLength(1);
  });

  it('what is asked until the client has heard of it is not run', async () => {
    const { doors, desk, closed, say, hear } = await begun(LISTEN);
    await hear(ofType('next', 'a'));

    doors.end('good', 'revoked');
    say({ type: 'subscribe', id: 'b', payload: QUERY });
    await closed;

    expect(desk.asked).toEqual([]);
  });
});

it('without a sign-in whoever connects is let in, whatever they present', async () => {
  const desk = await startDesk();
  const { hear } = await openAcknowledged(desk.url);

  expect(await hear(ofType('connection_ack'))).toEqual({ type: 'connection_ack' });
  const { hear: hearOther } = await init(desk.url, { authorization: 'Bearer whatever' });
  expect(await hearOther(ofType('connection_ack'))).toEqual({ type: 'connection_ack' });
});

function refusing(refusal: Partial<Refusal>): Doorkeeper {
  const whole: Refusal = { code: 'UNAUTHENTICATED', message: 'No.', retryAt: null, ...refusal };
  return {
    open: false,
    admit: () => Promise.resolve({ ok: false, refusal: whole }),
    close: () => Promise.resolve(),
  };
}
