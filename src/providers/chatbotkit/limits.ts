// How ChatBotKit limits: so many calls of a sort in any sixty seconds, by the account's plan, and no word of how many. The
// same word is said of quotas and of sizes; waiting for a minute is then of no help, and of no great harm.

import type { Answer } from '../ask.ts';
import { headersOf, type Limits } from '../limits.ts';
import { statusBehind } from './pinkfish-tools.ts';
import { statusOfCode } from './refusal.ts';
import { WireRefusal } from './wire.ts';

const TOO_MANY = 429;

export const CHATBOTKIT_LIMITS: Limits = {
  limit: null,
  windowMs: 60_000,
  tellsAlways: false,
  countedAs: ({ path }) => sortOf(path.replace(/^\/v1\//, '')),
  read: (answer, { ask, now }) => ({
    // An upload counts towards no rate: what it meets is a size.
    ...(isTooMany(answer) && !isUpload(ask.path) && { refused: true }),
    ...headersOf(answer, now),
  }),
};

/** The same behind Pinkfish, whose calls go to one path and name a tool in the body. */
export const PINKFISH_LIMITS: Limits = {
  ...CHATBOTKIT_LIMITS,
  countedAs: ({ json }) => sortOf(toolIn(json)),
  read: (answer, { ask, now }) => {
    const isBehind = statusBehind(answer) === TOO_MANY && !isUpload(toolIn(ask.json));
    const isRefused = isBehind || answer.status === TOO_MANY;
    return { ...(isRefused && { refused: true }), ...headersOf(answer, now) };
  },
};

/** Both by path and by the name of a tool. A creation counts as a message too, and is refused far sooner than that. */
function sortOf(called: string): string {
  if (/\/message\/create$|^create_\w+_message$/.test(called)) return 'messages';
  if (/\/list$|^list_/.test(called)) return 'lists';
  if (/^conversation\/create$|^create_conversation$/.test(called)) return 'conversations';
  return /(?:^|\/)(?:complete|send|receive)$|^(?:complete|send|receive)_/.test(called)
    ? 'messages'
    : 'others';
}

function isUpload(called: string): boolean {
  return /\/attachment\/upload$|upload_conversation_attachment$/.test(called);
}

function isTooMany({ status, body }: Answer): boolean {
  if (status === TOO_MANY) return true;
  // Slow answers have sent their 200 when the refusal comes.
  const code = status === 200 ? WireRefusal.safeParse(body).data?.code : undefined;
  return code !== undefined && statusOfCode(code) === TOO_MANY;
}

function toolIn(json: unknown): string {
  const params: unknown = typeof json === 'object' && json && 'params' in json ? json.params : {};
  const name = typeof params === 'object' && params && 'name' in params ? params.name : '';
  return String(name).replace(/^chatbotkit_conversations_/, '');
}
