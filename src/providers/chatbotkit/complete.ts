// An answer to a conversation that is only in the question: nothing is stored, so nothing of it has an id.

import { checked, type Issue, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { CompleteConversation, CompletedConversation } from '../verbs.ts';
import type { Stateless } from './client.ts';
import type { Inbox } from './inbox.ts';
import { typeOf } from './mapping.ts';
import { isMeta } from './tags.ts';

/** One call. What its functions do elsewhere is done; else nobody can tell afterwards that it was made. */
export async function completeConversation(
  { client }: Inbox,
  input: CompleteConversation,
  call: Call,
): Promise<Outcome<CompletedConversation>> {
  const question = questionOf(input);
  if (!question.ok) return question;
  const answered = await client.complete(call, question.value);
  return mapOutcome(answered, ({ text, usage, end }) => ({
    text: text ?? '',
    usage: { tokens: usage?.token ?? null, endReason: end?.reason ?? null },
  }));
}

function questionOf({ messages, contactId, options }: CompleteConversation): Outcome<Stateless> {
  const issues: Issue[] = [];
  const rows = messages.map(({ role, kind, ...message }, index) => {
    const type = typeOf(kind, role);
    if (type === undefined) {
      issues.push({ path: `messages.${index}.role`, message: wrongRole(role, kind) });
    }
    if (kind === 'ACTIVITY' && !isActivity(message.meta)) {
      issues.push({ path: `messages.${index}.meta`, message: NEEDS_ACTIVITY });
    }
    const { text, name, description, meta } = message;
    return {
      type: type ?? '',
      text,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(meta === undefined ? {} : { meta }),
    };
  });
  // The names of the group's fields are the service's own.
  const { kind: _ours, ...own } = options?.kind === 'chatbotkit' ? options : { kind: null };
  return checked(
    { messages: rows, ...(contactId === undefined ? {} : { contactId }), ...own },
    issues,
  );
}

function wrongRole(role: string, kind: string): string {
  return kind === 'MESSAGE'
    ? `must be USER or BOT for a MESSAGE here, not ${role}; choose one of them, or a hidden kind such as CONTEXT.`
    : `cannot be ${role} for a ${kind} here; say USER.`;
}

/** What the service looks for in one, and refuses the whole question without. */
function isActivity(meta: unknown): boolean {
  if (!isMeta(meta) || !isMeta(meta['activity'])) return false;
  const { type, function: called } = meta['activity'];
  return ['request', 'response', 'trigger'].some((known) => known === type) && Boolean(called);
}

const NEEDS_ACTIVITY =
  'must have activity, with type (request, response or trigger) and function, for an ACTIVITY here.';
