// What went wrong behind a tool. How Pinkfish passes on a refusal of ChatBotKit is written nowhere, so it is looked for in
// every place where it may stand: an object, a text with one in it, a status in words.

import type { Failure } from '../../domain/failure.ts';
import type { Answer } from '../ask.ts';
import { unavailable } from '../http.ts';
import { misshapen, quoted } from '../wire-reading.ts';
import { type Refused, refusalOf, statusOfCode } from './refusal.ts';
import { WireRefusal } from './wire.ts';

export interface ToolError {
  /** JSON-RPC's number; null where the protocol itself saw nothing wrong. */
  readonly code: number | null;
  readonly said: string;
  readonly data?: unknown;
}

/** The body by which ChatBotKit refuses. */
export interface Worded {
  readonly message: string;
  readonly code: string;
}

export interface Trouble {
  readonly asked: Refused;
  /** What a refusal of ChatBotKit means. */
  readonly refusal: typeof refusalOf;
}

/** As far as a refusal of ChatBotKit can be read in it, what the same would be over REST. */
export function toolFailure(error: ToolError, { asked, refusal }: Trouble): Failure {
  const { provider, effect } = asked;
  const upstream = refusalIn(error);
  const failure = upstream && refusal(upstream, asked);
  if (failure) return failure;

  const said = quoted(error.said, [asked.secret]);
  const code = error.code === null ? null : String(error.code);
  if (error.code !== null && NEVER_BEGUN.has(error.code)) {
    return { kind: 'refused', provider, code, said };
  }
  if (/\bPCID\b/.test(said)) {
    return { kind: 'credential-refused', provider, said: `${said}. ${CHECK_THE_CONNECTION}` };
  }
  const isVague = error.code !== null && error.code !== TOLD_BY_TOOL;
  if (isVague || SOUNDS_LOST.test(said)) {
    const because = code === null ? `it answered: ${said}` : `it answered error ${code} (${said})`;
    return effect === 'write'
      ? { kind: 'outcome-unknown', provider, because }
      : unavailable(provider, because);
  }
  return { kind: 'refused', provider, code, said };
}

/** A refusal that came as a result like any other: perhaps late, which only an answer of the bot, or trouble, ever is. */
export function unmarkedFailure(body: Worded, { asked, refusal }: Trouble): Failure {
  const status = statusOfCode(body.code) ?? 500;
  const isEarly = !asked.runsEngine && status < 500;
  const answer = { status: isEarly ? status : 200, header: () => undefined, body };
  return refusal(answer, asked) ?? unavailable(asked.provider, body.message);
}

/** What a status of Pinkfish itself means, with no reply of a tool in it. */
export function doorFailure(answer: Answer, { asked }: Trouble): Failure {
  const { provider, effect } = asked;
  const { status } = answer;
  const seen = `Pinkfish answered HTTP ${status}`;
  switch (status) {
    case 401:
      return {
        kind: 'credential-refused',
        provider,
        said: `${seen} to a new token. ${CHECK_RIGHTS}`,
      };
    case 403:
      return { kind: 'forbidden', provider, said: `${seen}. ${CHECK_RIGHTS}` };
    case 404:
    case 405:
      return { kind: 'refused', provider, code: `HTTP ${status}`, said: `${seen}. ${CHECK_URL}` };
    case 500:
      // It stands in between: the tool may well have done its work before.
      return effect === 'write'
        ? { kind: 'outcome-unknown', provider, because: `it answered HTTP ${status}` }
        : unavailable(provider, `it answered HTTP ${status}`);
    default:
      return (
        refusalOf({ ...answer, body: null }, asked) ?? misshapen('its body', { provider, effect })
      );
  }
}

const CHECK_RIGHTS =
  'Check in the config that clientId and orgId belong together, and at Pinkfish that they may use the tools of ChatBotKit';

const CHECK_URL =
  'Check url in the config, or leave it out: the tools of ChatBotKit are not at this address';

/** ChatBotKit's own answer, put together again; undefined where the error is not one, or does not show it. */
export function refusalIn({ said, data }: Pick<ToolError, 'said' | 'data'>): Answer | undefined {
  const bodies = [data, ...insidesOf(data), objectIn(said)];
  const body = bodies.map((one) => WireRefusal.safeParse(one).data).find((one) => one);
  const worded = /[A-Z]+(?:_[A-Z]+)+/g;
  const code = body?.code ?? said.match(worded)?.find((word) => statusOfCode(word) !== undefined);
  const status = statusIn(said) ?? (code === undefined ? undefined : statusOfCode(code));
  if (status === undefined) return undefined;
  return { status, header: () => undefined, body: body ?? null };
}

/** Refused before any tool was begun: not JSON, no such request, no such method, other parameters. */
const NEVER_BEGUN: ReadonlySet<number> = new Set([-32_700, -32_600, -32_601, -32_602]);

/** What it says of arguments, of media, and of time that ran out. Any other number may come after the work. */
const TOLD_BY_TOOL = -32_000;

const SOUNDS_LOST = /time(?:d )?-?out|aborted|hang up|network|socket|ECONN/i;

export const CHECK_THE_CONNECTION =
  'Check at Pinkfish that the connection which pcid in the config names is there, and that its key of ChatBotKit is good';

function insidesOf(data: unknown): readonly unknown[] {
  return typeof data === 'object' && data !== null ? Object.values(data) : [];
}

/** From the first brace to the last. */
function objectIn(said: string): unknown {
  const [from, to] = [said.indexOf('{'), said.lastIndexOf('}')];
  if (from < 0 || to < from) return undefined;
  try {
    return JSON.parse(said.slice(from, to + 1));
  } catch {
    return undefined;
  }
}

/** Only beside a word that says that it is one, and before what is repeated of the question. */
function statusIn(said: string): number | undefined {
  const [words = ''] = said.split('{');
  const status = /\b(?:status(?: code)?|HTTP|error)\W{0,3}([1-5]\d\d)\b/i.exec(words)?.[1];
  return status === undefined ? undefined : Number(status);
}
