// What an answer other than the expected one means: a known error is JSON with a code, everything else a bare sentence.

import type { Failure } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Answer, Ask } from '../ask.ts';
import { overload } from '../http.ts';
import { quoted } from '../wire-reading.ts';
import { WireRefusal } from './wire.ts';

/**
 * The answer under its real status, which a 200 hides where the vendor's own header asked for that, a proxy's for
 * instance.
 */
export function unmasked(answer: Answer): Answer {
  const said = answer.header('x-hexclave-actual-status') ?? answer.header('x-stack-actual-status');
  const status = Number(said);
  return answer.status === 200 && Number.isInteger(status) && status >= 100
    ? { ...answer, status }
    : answer;
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Its code as it may be shown: what a service calls its own may repeat what it was sent. */
export function codeOf(answer: Answer, secrets: readonly string[]): string | null {
  const code =
    WireRefusal.safeParse(answer.body).data?.code ??
    answer.header('x-hexclave-known-error') ??
    answer.header('x-stack-known-error') ??
    null;
  return code === null ? null : quoted(code, secrets);
}

/** Whether another access token may help. Such an answer also says that nothing was done. */
export function isTokenRefused(answer: Answer): boolean {
  const code = answer.status === 401 ? codeOf(answer, []) : null;
  return code === 'ACCESS_TOKEN_EXPIRED' || code === 'UNPARSABLE_ACCESS_TOKEN';
}

export interface Refused {
  readonly provider: ProviderName;
  readonly projectId: string;
  readonly effect: Ask['effect'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the path names. */
  readonly what: string;
  /** Never to be seen in a failure, should the service repeat one. */
  readonly secrets: readonly string[];
}

/** Undefined where the answer is a good one. */
export function refusalOf(answer: Answer, asked: Refused): Failure | undefined {
  if (isSuccess(answer)) return undefined;
  const { provider, projectId, effect, now, what, secrets } = asked;
  const overloaded = overload(provider, answer, { effect, now });
  if (overloaded) return overloaded;
  const { status } = answer;
  const code = codeOf(answer, secrets);
  const sentence = quoted(sentenceIn(answer.body), secrets);
  const said = sentence || `HTTP ${status}${code ? ` ${code}` : ''} without a sentence`;
  if (status === 401) return keyRefused(provider, code);
  if (status === 403) return { kind: 'forbidden', provider, said };
  if (status === 409) return { kind: 'conflict', provider, said };
  // Who does not manage the project is told that it is not there, which says nothing of the conversation.
  if (code === 'PROJECT_NOT_FOUND') return projectRefused(provider, projectId);
  // Other sentences under this status say that the routes have moved or closed: not that the conversation has gone.
  if (status === 404 && /\bconversation not found\b/i.test(said))
    return { kind: 'not-found', what };
  // Not every uuid is one of a conversation's to it, and one that is not names nothing.
  if (code === 'SCHEMA_ERROR' && /\bparams\.conversationId\b/.test(said))
    return { kind: 'not-found', what };
  if (code === 'SCHEMA_ERROR' && /\bauth\.(user|project)\b/.test(said))
    return userRefused(provider);
  return { kind: 'refused', provider, code, said };
}

function sentenceIn(body: unknown): string {
  const said = typeof body === 'string' ? body : WireRefusal.safeParse(body).data?.error;
  return said?.trim() ?? '';
}

function keyRefused(provider: ProviderName, code: string | null): Failure {
  const which =
    code === 'ACCESS_TOKEN_EXPIRED' || code === 'UNPARSABLE_ACCESS_TOKEN'
      ? 'it refused the access token, a renewed one too: sign in to its dashboard again and put the new refreshToken in the config'
      : code?.includes('PUBLISHABLE')
        ? 'it refused the publishable client key: check that publishableClientKey in the config is the one of the project "internal"'
        : 'it refused the session: check that refreshToken in the config is a dashboard user\'s, of the project "internal"';
  return { kind: 'credential-refused', provider, said: `${which} (${code ?? 'HTTP 401'})` };
}

function projectRefused(provider: ProviderName, projectId: string): Failure {
  return {
    kind: 'credential-refused',
    provider,
    said: `its dashboard user manages no project ${projectId}: check projectId in the config, and that the user is in the team that owns it (PROJECT_NOT_FOUND)`,
  };
}

function userRefused(provider: ProviderName): Failure {
  return {
    kind: 'credential-refused',
    provider,
    said: 'it knows no dashboard user behind the session, deleted since perhaps: sign in as one who exists and put that refreshToken in the config (SCHEMA_ERROR)',
  };
}
