// Opens one conversation to a browser, which then speaks to the service itself.

import { failed, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { CreateSession, Session } from '../verbs.ts';
import { misshapen, toDate } from '../wire-reading.ts';
import type { Inbox } from './inbox.ts';

/** One call. A token cannot be taken back: it runs out. */
export async function createSession(
  { account, client }: Inbox,
  { conversation, durationSeconds }: CreateSession,
  call: Call,
): Promise<Outcome<Session>> {
  if (durationSeconds !== undefined && !isDuration(durationSeconds)) {
    return invalid('durationSeconds', WRONG_DURATION);
  }
  const created = await client.createSession(call, conversation.nativeId, durationSeconds);
  if (!created.ok) return created;
  const { token } = created.value;
  const expiresAt = toDate(created.value.expiresAt);
  // Whoever was handed a token without its end would use it past it.
  return expiresAt
    ? success({ token, expiresAt })
    : failed(misshapen('expiresAt', { provider: account.name, effect: 'write' }));
}

const SHORTEST_SECONDS = 1800;
const LONGEST_SECONDS = 86_400;

const WRONG_DURATION = `must be a whole number of seconds from ${SHORTEST_SECONDS} (half an hour) to ${LONGEST_SECONDS} (a day); leave it out for an hour.`;

function isDuration(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS;
}
