// What an answer means that is not the one asked for: by its status, or by the code of an error that came too late for one.

import type { Failure } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Answer, Ask } from '../ask.ts';
import { overload, unavailable } from '../http.ts';
import { quoted } from '../wire-reading.ts';
import { WireRefusal, type WireRefusalLine } from './wire.ts';

export interface Refused {
  readonly provider: ProviderName;
  readonly effect: Ask['effect'];
  /** Whether the bot's engine runs within the call. It stores what was said before it answers. */
  readonly runsEngine: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the path names. */
  readonly what: string;
  /** Never to be seen in a failure, should the service repeat it. */
  readonly secret: string;
  /** What to look after where the key is refused, if it is not in the config. */
  readonly checkKey?: string;
}

/** Undefined where the answer is a good one. */
export function refusalOf(answer: Answer, asked: Refused): Failure | undefined {
  const { message, code = null } = WireRefusal.safeParse(answer.body).data ?? {};
  const isGood = answer.status >= 200 && answer.status < 300;
  if (isGood && code === null) return undefined;
  // After some 19 seconds a 200 is on its way already, and what goes wrong then has only the body to be said in.
  const status = isGood ? statusOf(code) : answer.status;
  const isLate = isGood && asked.effect === 'write';
  return judge({ answer: { ...answer, status }, code, message, isLate }, asked);
}

/**
 * What an error means that came as a line of an answer which had begun. `isSettled`: it is known what became of what was
 * asked, and only the bot's answer is missing.
 */
export function refusalInLine(
  { message, code = null }: WireRefusalLine,
  asked: Refused,
  { isSettled }: { readonly isSettled: boolean },
): Failure {
  const answer = { status: statusOf(code), header: () => undefined, body: null };
  return judge({ answer, code, message: message ?? undefined, isLate: !isSettled }, asked);
}

interface Refusal {
  /** With the status that the refusal has in truth. */
  readonly answer: Answer;
  readonly code: string | null;
  readonly message: string | undefined;
  /** Whether it came when what was asked may have been done. */
  readonly isLate: boolean;
}

function judge({ answer, message, isLate, ...refusal }: Refusal, asked: Refused): Failure {
  const { provider, effect, runsEngine, now, secret } = asked;
  const { status } = answer;
  // Of a word that is none of its codes nobody knows what it may repeat.
  const code = refusal.code === null ? null : quoted(refusal.code, [secret]);
  const said = quoted(message || `HTTP ${status} without a sentence`, [secret]);

  if ((isLate && !NOTHING_WAS_DONE.has(status)) || (runsEngine && status >= 500)) {
    const because = `it answered ${code ?? `HTTP ${status}`} (${said}) when its work had begun: look whether it was done before trying again`;
    return { kind: 'outcome-unknown', provider, because };
  }
  const overloaded = overload(provider, answer, { effect, now });
  if (overloaded) return overloaded;

  switch (status) {
    case 401:
      return {
        kind: 'credential-refused',
        provider,
        said: `${said}. ${asked.checkKey ?? CHECK_THE_KEY}`,
      };
    case 403:
      return { kind: 'forbidden', provider, said };
    case 404:
      return { kind: 'not-found', what: missing(said, asked) };
    case 408: {
      const because = `it answered HTTP ${status} (${said})`;
      return effect === 'write'
        ? { kind: 'outcome-unknown', provider, because }
        : unavailable(provider, because);
    }
    case 409:
      return { kind: 'conflict', provider, said };
    default:
      return status < 400
        ? unavailable(provider, `it answered HTTP ${status}`)
        : { kind: 'refused', provider, code, said };
  }
}

/**
 * The same of an upload. It counts towards no rate, so limits that are reached are those of a size: to try it again would
 * not help. Whether it is the file's or the room that the plan has left, the service does not say.
 */
export function uploadRefusalOf(
  answer: Answer,
  asked: Refused,
  remedy: string,
): Failure | undefined {
  const { message, code } = WireRefusal.safeParse(answer.body).data ?? {};
  if (code !== 'LIMITS_REACHED') return refusalOf(answer, asked);
  const said = `${quoted(message || 'Limits reached', [asked.secret])}. For an upload this says that the file is too large: ${remedy}`;
  return { kind: 'refused', provider: asked.provider, code, said };
}

export const SEND_LESS =
  'send a smaller one, or ask the owner of the account for a plan that takes it';

export const SEND_LESS_OR_ANNOUNCE =
  'send a smaller one, or announce one of more than 4.5 MB with file and send its bytes to the address that is answered';

/** An error of no known name is taken for the service's own. */
function statusOf(code: string | null): number {
  return statusOfCode(code ?? '') ?? 500;
}

/** Undefined for a word that is none of its codes. */
export function statusOfCode(code: string): number | undefined {
  return STATUS_OF_CODE.get(code);
}

const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ['BAD_REQUEST', 400],
  ['NOT_AUTHENTICATED', 401],
  ['NO_SUBSCRIPTION', 402],
  ['NOT_AUTHORIZED', 403],
  ['NOT_FOUND', 404],
  ['METHOD_NOT_ALLOWED', 405],
  ['TIMEOUT', 408],
  ['CONFLICT', 409],
  ['UNPROCESSABLE_ENTITY', 422],
  ['LIMITS_REACHED', 429],
  ['TOO_MANY_REQUESTS', 429],
  ['NOT_IMPLEMENTED', 501],
  ['BAD_GATEWAY', 502],
  ['SERVICE_UNAVAILABLE', 503],
  ['GATEWAY_TIMEOUT', 504],
]);

/** Whose it is, and whether it is there, is looked at before anything is stored. */
const NOTHING_WAS_DONE: ReadonlySet<number> = new Set([401, 403, 404]);

const CHECK_THE_KEY =
  'Check secret in the config and, where it runs as a child account, that runAsUserId or runAsChildUserEmail names one of its own';

/** The bare sentence is about the path; any other names a thing that the body pointed at. */
function missing(said: string, { what, provider }: Refused): string {
  const noun = /^(contact|task|space|bot|dataset|skillset) not found$/i.exec(said)?.[1];
  return noun ? `the ${noun.toLowerCase()} that was named, at ${provider}` : what;
}
