// Laws that hold for every verb alike: what it costs, what it says when it goes wrong, and what it never says.

import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Failure } from '../../../src/domain/failure.ts';
import { failed, type Outcome, success } from '../../../src/domain/failure.ts';
import type { ProviderName } from '../../../src/domain/ids.ts';
import type { ReplyEvent } from '../../../src/domain/reply.ts';
import { VERBS, type Verb } from '../../../src/domain/verb.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { type About, attempt, EFFECTS } from '../attempts.ts';
import { failingAs, isStream, type Law, wrapping } from '../law.ts';
import { aCall, changed, failureOf, noted, type Stage } from '../stage.ts';

/** The reads a session is opened with, if there is one, are over before a law begins. */
async function settled(stage: Stage): Promise<void> {
  await attempt(stage, 'CONVERSATION_LIST');
  stage.requests();
}

function lawsOf(verb: Verb): Law[] {
  const isWrite = EFFECTS[verb] === 'write';
  const runsBot = RUNS_BOT.has(verb);
  /** What is not known of a question whose answer was lost. */
  const lost = isWrite ? 'outcome-unknown' : 'unavailable';

  const everywhere: Law[] = [
    {
      verb,
      sentence: 'nothing is asked on behalf of a client that has gone',
      // Asked of the gateway, which does not let it come as far as a provider: tests/gateway/get-or-create.test.ts
      concerns: () => verb !== 'CONVERSATION_GET_OR_CREATE',
      async holds(stage) {
        await settled(stage);
        const answer = await attempt(stage, verb, aCall(AbortSignal.abort()));
        expect(failureOf(answer)).toMatchObject({ kind: 'unavailable' });
        expect(stage.requests()).toEqual([]);
      },
      mutant: {
        fault: 'goes on without the deadline it was given',
        of: (provider) =>
          wrapping(
            provider,
            (does) =>
              (input, { reads }) =>
                does(input, { ...aCall(), reads }),
          ),
      },
    },
    {
      verb,
      sentence: runsBot
        ? 'of a service that is down nobody knows whether its bot was set to work'
        : 'a service that is down is unavailable, until the time it names',
      async holds(stage) {
        await settled(stage);
        stage.strike({ kind: 'status', status: 503, retryAfter: 30 });
        const retryAt = new Date(stage.clock() + 30_000);
        const failure = failureOf(await attempt(stage, verb));
        expect(failure).toMatchObject(
          runsBot ? { kind: 'outcome-unknown' } : { kind: 'unavailable', retryAt },
        );
      },
      mutant: {
        fault: 'takes a service that is down for one that refuses',
        of: (provider) => failingAs(provider, () => refusal(provider.name)),
      },
    },
    {
      verb,
      sentence: 'asked too much, it says until when, and asks no more',
      async holds(stage) {
        await settled(stage);
        stage.strike({ kind: 'status', status: 429, retryAfter: 30 });
        const retryAt = new Date(stage.clock() + 30_000);
        const failure = failureOf(await attempt(stage, verb));
        expect(failure).toMatchObject({ kind: 'rate-limited', retryAt });
        expect(stage.requests()).toHaveLength(1);
      },
      mutant: {
        fault: 'does not say until when',
        of: (provider) =>
          failingAs(provider, (failure) =>
            failure.kind === 'rate-limited' ? { ...failure, retryAt: null } : failure,
          ),
      },
    },
    {
      verb,
      sentence: `an answer that cannot be read is ${isWrite ? 'an outcome nobody knows' : 'no answer'}`,
      concerns: (provider, { silent }) => !silent.includes(verb) && !isLookedFor(provider, verb),
      async holds(stage) {
        await settled(stage);
        stage.strike({ kind: 'malformed' }, isWrite ? 'write' : undefined);
        expect(failureOf(await attempt(stage, verb))).toMatchObject({ kind: lost });
      },
      mutant: {
        fault: 'takes an answer it cannot read for a refusal',
        of: (provider) => failingAs(provider, () => refusal(provider.name)),
      },
    },
    {
      verb,
      sentence: `an answer that does not come in time is ${isWrite ? 'an outcome nobody knows' : 'no answer'}`,
      async holds(stage) {
        await settled(stage);
        const effect = isWrite ? 'write' : undefined;
        stage.strike({ kind: 'hang' }, effect);
        const deadline = new AbortController();
        // To be listened for before it is asked: a request may be on its way at once.
        const late = stage
          .sent(effect)
          .then(() => setTimeout(A_MOMENT_MS))
          .then(() => deadline.abort());
        const asked = attempt(impatient(stage, verb), verb, aCall(deadline.signal));
        const [answer] = await Promise.all([asked, late]);
        expect(failureOf(answer)).toMatchObject({ kind: lost });
      },
      mutant: {
        fault: 'takes silence for a refusal',
        of: (provider) => failingAs(provider, () => refusal(provider.name)),
      },
    },
    {
      verb,
      sentence: 'a mistake in what is asked is named by its place, before the provider is asked',
      concerns: (_provider, { mistakes }) => mistakes.some((mistake) => mistake.verb === verb),
      async holds(stage) {
        await settled(stage);
        for (const { path, make } of stage.scene.mistakes.filter((one) => one.verb === verb)) {
          const failure = failureOf(await make(stage.provider, aCall()));
          const [first] = failure.kind === 'invalid-input' ? failure.issues : [];
          expect(first?.path).toBe(path);
          expect(stage.requests()).toEqual([]);
        }
      },
      mutant: {
        fault: 'does not say where the mistake is',
        of: (provider) =>
          failingAs(provider, () => ({
            kind: 'invalid-input',
            issues: [{ path: '', message: 'Something is wrong.' }],
          })),
      },
    },
    {
      verb,
      sentence: 'no failure tells a credential, and each names its provider',
      async holds(stage) {
        await settled(stage);
        for (const status of [400, 401, 403, 409, 500]) {
          stage.strike({ kind: 'status', status });
          const failure = failureOf(await attempt(stage, verb));
          stage.heal();
          const told = JSON.stringify(failure);
          expect(stage.secrets.filter((secret) => told.includes(secret))).toEqual([]);
          expect(told).toContain(stage.provider.name);
        }
      },
      mutant: {
        fault: 'quotes what it sent',
        of: (provider, { secrets: [secret = ''] }) =>
          failingAs(provider, () => ({
            kind: 'refused',
            provider: provider.name,
            code: null,
            said: `authorization: Bearer ${secret}`,
          })),
      },
    },
    {
      verb,
      sentence: 'an id that looks like a path leads to no other endpoint',
      async holds(stage) {
        await settled(stage);
        const was = noted(stage);
        const absent = absentId(stage, verb);
        await attempt(stage, verb, aCall(), aboutOne(stage, verb, absent));
        const homes = stage.requests().map(({ path }) => path);
        const strayed: string[] = [];
        for (const odd of ODD_IDS) {
          const answer = await attempt(stage, verb, aCall(), aboutOne(stage, verb, odd));
          const asIs = new Set(homes.map((path) => path.replace(absent, encodeURIComponent(odd))));
          const paths = stage.requests().map(({ path }) => path);
          strayed.push(...paths.filter((path) => !asIs.has(path)));
          expect({ odd, found: hasFound(answer) }).toEqual({ odd, found: false });
        }
        expect(strayed).toEqual([]);
        expect(changed(was, stage)).toEqual([]);
      },
      mutant: {
        fault: 'makes do with what else is at that address',
        of: (provider) =>
          wrapping(provider, (does) => (input, call) => {
            const answer = does(input, call);
            return isStream(answer)
              ? completing()
              : answer.then((had) => (hasFound(had) ? had : success(null)));
          }),
      },
    },
  ];

  const ofWrites: Law[] = [
    {
      verb,
      sentence:
        'an answer cut off after the work was done is an outcome nobody knows, and is not sent again',
      concerns: (provider) => !isLookedFor(provider, verb),
      async holds(stage) {
        await settled(stage);
        stage.strike({ kind: 'cut-after-accept' }, 'write');
        expect(failureOf(await attempt(stage, verb))).toMatchObject({
          kind: 'outcome-unknown',
          provider: stage.provider.name,
        });
        expect(stage.writes()).toHaveLength(1);
      },
      mutant: {
        fault: 'takes a lost answer for a service that was never reached',
        of: (provider) =>
          failingAs(provider, (failure) =>
            failure.kind === 'outcome-unknown'
              ? { ...failure, kind: 'unavailable', retryAt: null }
              : failure,
          ),
      },
    },
  ];

  const ofReads: Law[] = [
    {
      verb,
      sentence: 'it changes nothing',
      async holds(stage) {
        const was = noted(stage);
        expect(await attempt(stage, verb)).toMatchObject({ ok: true });
        expect(changed(was, stage)).toEqual([]);
        expect(stage.writes()).toEqual([]);
      },
      mutant: {
        fault: 'leaves something behind when it is asked',
        of: (provider, stage) =>
          wrapping(provider, (does) => async (input, call) => {
            await attempt(stage, 'MESSAGE_SEND');
            const answer = does(input, call);
            return isStream(answer) ? failed(refusal(provider.name)) : answer;
          }),
      },
    },
  ];

  const isAboutOne = verb in ODDLY;
  return [...everywhere, ...(isWrite ? ofWrites : ofReads)].filter(
    ({ sentence }) => isAboutOne || !sentence.startsWith('an id that looks like'),
  );
}

/** What is composed of a list and a create is not left in doubt: a law of its own says what becomes of it. */
function isLookedFor({ can }: Provider, verb: Verb): boolean {
  return verb === 'CONVERSATION_GET_OR_CREATE' && 'matches' in can[verb];
}

/** Getting or creating is looked after for as long as its client may wait, whoever has gone. */
function impatient(stage: Stage, verb: Verb): Stage {
  return verb === 'CONVERSATION_GET_OR_CREATE'
    ? { ...stage, provider: { ...stage.provider, deadlineMs: 300, replyDeadlineMs: 600 } }
    : stage;
}

/** From when a request is on its way: long enough for it to be gone. */
const A_MOMENT_MS = 20;

/** A bot may have begun to speak, or to act, before its service failed. */
const RUNS_BOT: ReadonlySet<Verb> = new Set([
  'REPLY_REQUEST',
  'REPLY_STREAM',
  'CONVERSATION_COMPLETE',
]);

/** What a client may hand us as an id, and what a careless address would make of it. */
const ODD_IDS = [
  '..',
  '.',
  '../trap',
  'trap/messages',
  'trap?limit=1',
  'trap#end',
  '%2e%2e%2ftrap',
];

/** Which of its ids a verb is about one thing by. */
const ODDLY: { readonly [V in Verb]?: 'conversation' | 'message' } = {
  CONVERSATION_GET: 'conversation',
  CONVERSATION_UPDATE: 'conversation',
  CONVERSATION_DELETE: 'conversation',
  MESSAGE_LIST: 'conversation',
  MESSAGE_GET: 'message',
  MESSAGE_SEND: 'conversation',
  MESSAGE_UPDATE: 'message',
  MESSAGE_DELETE: 'message',
  MESSAGE_RATE: 'message',
  REPLY_REQUEST: 'conversation',
  REPLY_STREAM: 'conversation',
  PARTICIPANT_LIST: 'conversation',
  PARTICIPANT_ADD: 'conversation',
  PARTICIPANT_REMOVE: 'conversation',
  ATTACHMENT_UPLOAD: 'conversation',
  SESSION_CREATE: 'conversation',
};

function aboutOne({ provider, scene }: Stage, verb: Verb, nativeId: string): About {
  return ODDLY[verb] === 'message'
    ? { message: { conversation: scene.standing, nativeId } }
    : { conversation: { provider: provider.name, nativeId } };
}

function absentId({ scene }: Stage, verb: Verb): string {
  return (ODDLY[verb] === 'message' ? scene.absentMessage : scene.absent).nativeId;
}

function refusal(provider: ProviderName): Failure {
  return { kind: 'refused', provider, code: 'BAD', said: 'it would not' };
}

/** An empty page is nothing found either. */
function hasFound(answer: Outcome<unknown>): boolean {
  return answer.ok && JSON.stringify(answer.value) !== JSON.stringify({ items: [], next: null });
}

async function* completing(): AsyncIterable<ReplyEvent> {
  yield { type: 'completed', nativeId: null, text: '', usage: { tokens: null, endReason: null } };
}

export const FAILURE_LAWS: readonly Law[] = VERBS.flatMap(lawsOf);
