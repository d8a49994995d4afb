// What a log tells of requests and operations, and by what one is found again; and what it never tells.

import { describe, expect, it, vi } from 'vitest';
import { at, textAt } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { listen } from '../support/desk.ts';
import { openDoors } from '../support/doors.ts';
import { post, send } from '../support/hostile.ts';
import { mutate } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';
import { ofType, openAcknowledged, openSocket, type RawSocket } from '../support/socket.ts';

const FEW = { count: 4 };
const INBOX = 'query Inbox { conversations(first: 3) { nodes { id } } }';
const REQUEST = 'a request was answered';
const OPERATION = 'an operation ended';
const CALL = 'a service was asked';

describe('a request', () => {
  it('has the id it came with where that is sane, tells it, and carries it down to every call', async () => {
    const parlance = await startParlance(FEW);

    const { headers } = await post(
      parlance.url,
      { query: INBOX },
      { 'x-request-id': 'mine-1.2_3' },
    );

    expect(headers.get('x-request-id')).toBe('mine-1.2_3');
    const request = await lineOf(parlance, REQUEST);
    expect(request).toMatchObject({
      requestId: 'mine-1.2_3',
      callerId: 'anyone',
      method: 'POST',
      route: 'graphql',
      status: 200,
    });
    expect(await lineOf(parlance, OPERATION)).toEqual({
      requestId: 'mine-1.2_3',
      callerId: 'anyone',
      operation: 'Inbox',
      type: 'query',
      ms: expect.any(Number),
      price: expect.any(Number),
      outcome: 'ok',
      codes: [],
    });
    const calls = linesOf(parlance, CALL);
    expect(calls.map((line) => at(line, 'requestId'))).toEqual(calls.map(() => 'mine-1.2_3'));
    expect(new Set(calls.map((line) => at(line, 'provider')))).toEqual(
      new Set(['assistant', 'help', 'support', 'website']),
    );
    expect(calls[0]).toEqual({
      requestId: 'mine-1.2_3',
      callerId: 'anyone',
      provider: expect.any(String),
      verb: 'CONVERSATION_LIST',
      method: 'GET',
      path: expect.stringMatching(/^\/[^?]+$/),
      status: 200,
      outcome: 'ok',
      tries: 1,
      ms: expect.any(Number),
    });
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one that is too long', 'x'.repeat(65)],
    ['one with a space', 'a b'],
    ['one that would begin a line', 'a%0a{"level":50}'],
    ['markup', '<script>'],
  ])('with %s for an id is given one', async (_what, said) => {
    const { url } = await startParlance(FEW);

    const { headers } = await send(`${url}/graphql`, {
      headers: said === undefined ? {} : { 'x-request-id': said },
    });

    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });

  it('that failed tells the code of it', async () => {
    const parlance = await startParlance(FEW);

    await parlance.ask('query Gone { conversation(id: "nothing") { id } }');

    expect(await lineOf(parlance, OPERATION)).toMatchObject({
      operation: 'Gone',
      outcome: 'INVALID_INPUT',
      codes: ['INVALID_INPUT'],
    });
  });

  it('leaves no line where it is a probe', async () => {
    const parlance = await startParlance(FEW);

    const paths = ['/healthz', '/readyz', '/readyz/', '/metrics'];
    await Promise.all(paths.map((path) => send(`${parlance.url}${path}`)));
    await send(`${parlance.url}/nothing`);

    expect(await lineOf(parlance, REQUEST)).toMatchObject({ route: 'other', status: 404 });
    expect(linesOf(parlance, REQUEST)).toHaveLength(1);
  });

  it('tells nothing that people wrote, no variable, and nothing of a query', async () => {
    const parlance = await startParlance(FEW);
    const conversationId = standingAt(parlance.world, 'help');
    const words = 'SomethingPrivateThatPeopleWrote';

    await mutate(parlance, 'sendMessage', { conversationId, text: words, idempotencyKey: words });
    await parlance.ask(
      'query ($filter: ConversationFilter) { conversations(filter: $filter) { nodes { id } } }',
      { filter: { search: words } },
    );
    const about = encodeURIComponent(`{ conversation(id: "${words}") { id } }`);
    await send(`${parlance.url}/graphql?query=${about}`);

    await vi.waitFor(() => expect(linesOf(parlance, REQUEST)).toHaveLength(3));
    expect(JSON.stringify(parlance.logged)).not.toContain(words);
  });
});

describe('a WebSocket', () => {
  it('has one id for all that comes over it, and one for each operation', async () => {
    const parlance = await startParlance(FEW);
    const socket = await openAcknowledged(parlance.url);
    const ids = ['first', 'second'];
    for (const id of ids) socket.say({ type: 'subscribe', id, payload: { query: INBOX } });
    await Promise.all(ids.map((id) => socket.hear(ofType('complete', id))));
    socket.socket.close(1000);
    const ended = await lineOf(parlance, 'a WebSocket ended');

    const operations = linesOf(parlance, OPERATION);
    expect(ended).toMatchObject({ code: 1000, callerId: 'anyone' });
    const requestId = textAt(ended, 'requestId');
    expect(new Set(operations.map((line) => at(line, 'operationId')))).toEqual(new Set(ids));
    expect(operations.map((line) => at(line, 'requestId'))).toEqual([requestId, requestId]);
    const calls = linesOf(parlance, CALL);
    expect(new Set(calls.map((line) => at(line, 'requestId')))).toEqual(new Set([requestId]));
    expect(new Set(calls.map((line) => at(line, 'operationId')))).toEqual(new Set(ids));
  });

  it.each(['WebSocket', 'SSE'] as const)(
    'or SSE has a line for a subscription once it is over: %s',
    async (transport) => {
      const parlance = await startParlance(FEW);
      const conversation = standingAt(parlance.world, 'assistant');
      const query = `subscription Hear($conversation: ID) {
        messageAdded(conversationId: $conversation, confirm: true) { __typename }
      }`;
      const listening = await listen(transport, parlance.url, query, { conversation });
      await mutate(parlance, 'sendMessage', { conversationId: conversation, text: 'Hello?' });
      await listening.next();

      await listening.stop();

      await vi.waitFor(() =>
        expect(linesOf(parlance, OPERATION)).toContainEqual(
          expect.objectContaining({
            operation: 'Hear',
            type: 'subscription',
            outcome: 'ok',
            events: 2,
          }),
        ),
      );
    },
  );
});

describe('what listens', () => {
  it.each([
    ['it says so', (socket: RawSocket) => socket.say({ type: 'complete', id: 'one' })],
    ['its WebSocket ends', (socket: RawSocket) => socket.socket.close(1000)],
    ['its WebSocket is cut', (socket: RawSocket) => socket.socket.terminate()],
  ])('is found by its id at its end too, where %s', async (_how, end) => {
    const parlance = await startParlance(FEW);
    const socket = await openAcknowledged(parlance.url);
    const query = 'subscription Hear { messageAdded(confirm: true) { __typename } }';
    socket.say({ type: 'subscribe', id: 'one', payload: { query } });
    await socket.hear(ofType('next', 'one'));

    end(socket);

    const operation = await lineOf(parlance, OPERATION);
    socket.socket.close(1000);
    const requestId = textAt(await lineOf(parlance, 'a WebSocket ended'), 'requestId');
    expect(operation).toMatchObject({ requestId, operationId: 'one', callerId: 'anyone' });
  });

  it('is found by its id at its end too, over SSE', async () => {
    const parlance = await startParlance(FEW);
    const query = 'subscription Hear { messageAdded(confirm: true) { __typename } }';
    const listening = await listen('SSE', parlance.url, query, {});

    await listening.stop();

    const requestId = textAt(await lineOf(parlance, REQUEST), 'requestId');
    expect(await lineOf(parlance, OPERATION)).toMatchObject({ requestId, callerId: 'anyone' });
  });
});

describe('who is not let in', () => {
  it('is told of with the reason they were given, and nothing they presented', async () => {
    const parlance = await startParlance({ ...FEW, doorkeeper: openDoors() });
    const authorization = 'Bearer presented-and-wrong';

    const { text } = await post(parlance.url, { query: INBOX }, { authorization });
    const socket = await openSocket(parlance.url);
    socket.say({ type: 'connection_init', payload: { authorization } });
    const { code, reason } = await socket.closed;

    const request = await lineOf(parlance, REQUEST);
    expect(request).toMatchObject({ status: 401 });
    expect(text).toContain(JSON.stringify(textAt(request, 'refused')));
    expect(await lineOf(parlance, 'a WebSocket ended')).toMatchObject({ code, refused: reason });
    expect(reason).not.toBe('');
    expect(JSON.stringify(parlance.logged)).not.toContain('presented-and-wrong');
  });
});

function linesOf({ logged }: TestParlance, sentence: string): object[] {
  return logged.filter((line) => line.sentence === sentence).map(({ fields }) => fields);
}

/** The first one, once it is there: a request is told of when its answer has been read. */
function lineOf(parlance: TestParlance, sentence: string): Promise<object> {
  return vi.waitFor(() => {
    const [line] = linesOf(parlance, sentence);
    if (!line) throw new Error(`no line says '${sentence}'`);
    return line;
  });
}
