// A message changed, which here is its tags and its payload, never its type; and what became of them.

import { isDeepStrictEqual } from 'node:util';
import { checked, type Issue, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { MessageContent } from '../../domain/message.ts';
import type { Json } from '../../domain/native.ts';
import type { Call } from '../provider.ts';
import type { UpdatedMessage, UpdateMessage } from '../verbs.ts';
import { type Typed, toTyped } from './content.ts';
import { actingIdentity, identityIssues } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';
import { asAccountSees, readMessage } from './messages.ts';
import { blocIssues } from './send.ts';
import { droppedTags, tagIssues, tagMap } from './tags.ts';
import type { WireMessage } from './wire.ts';

/**
 * Read first: its type decides what it may be given, and the path would find a message of another conversation just as
 * well. Written as the account, not as whoever wrote it, so that tags have the keys under which they were read.
 */
export async function updateMessage(
  inbox: Inbox,
  { message, changes }: UpdateMessage,
  call: Call,
): Promise<Outcome<UpdatedMessage>> {
  const own = changes.options?.kind === 'botpress' ? changes.options : undefined;
  const { content, tags: { set = [], remove = [] } = {} } = changes;
  const good = checked(null, [
    ...(content ? contentIssues(content, own?.payload) : []),
    ...tagIssues(set, 'tags.set'),
    ...identityIssues(own),
  ]);
  if (!good.ok) return good;
  const typed = content && toTyped(content);
  const payload = own?.payload ?? typed?.payload;
  if (set.length === 0 && remove.length === 0 && !payload) {
    return invalid('', 'nothing to change; give content, tags, or botpress.payload.');
  }

  const before = await readMessage(inbox, message, call);
  if (!before.ok) return before;
  if (typed && typed.type !== before.value.type) return otherType(before.value, typed);
  const identity = actingIdentity(inbox.account, own);
  // An empty text removes a tag in every generation; null only does in newer ones.
  const removed = Object.fromEntries(remove.map((key) => [key, '']));
  const written = await inbox.client.updateMessage(call, message.nativeId, {
    // Older generations want tags even where none change.
    body: { tags: { ...tagMap(set), ...removed }, ...(payload && { payload }) },
    identity,
  });
  if (!written.ok) return written;
  const after = written.value;
  const isKept = !payload || isWritten(payload, { before: before.value, after });
  return success({
    message: toMessage(
      await asAccountSees(inbox, after, identity, call),
      message.conversation,
      inbox.account,
    ),
    ignored: [
      ...(isKept ? [] : [content ? 'content' : 'botpress.payload']),
      ...droppedTags(after.tags, changes.tags),
    ],
  });
}

type Payload = Readonly<Record<string, Json>>;

function contentIssues(content: MessageContent, payload: Payload | undefined): Issue[] {
  return [
    ...(payload
      ? [
          {
            path: 'botpress.payload',
            message: 'cannot be given beside content, which is a payload too; give one of them.',
          },
        ]
      : []),
    ...(toTyped(content)
      ? []
      : [{ path: 'content', message: 'must have an object for its payload.' }]),
    ...blocIssues(content),
  ];
}

function otherType({ type }: WireMessage, asked: Typed): ReturnType<typeof invalid> {
  const said = type ?? 'of no type';
  return invalid(
    'content',
    `must be ${said}, as the message is: Botpress never changes a message's type; give ${said}, or delete the message and send a ${asked.type} message.`,
  );
}

/** Whether the payload is what was given, and nothing of the old one is left in it. The service may add to it. */
function isWritten(
  payload: Payload,
  { before, after }: { readonly before: WireMessage; readonly after: WireMessage },
): boolean {
  const now = fieldsOf(after.payload);
  const old = fieldsOf(before.payload);
  return (
    Object.entries(payload).every(([key, value]) => isDeepStrictEqual(now.get(key), value)) &&
    [...old.keys()].every((key) => key in payload || !now.has(key))
  );
}

function fieldsOf(payload: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof payload === 'object' && payload ? Object.entries(payload) : []);
}
