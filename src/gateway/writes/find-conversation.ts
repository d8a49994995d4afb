// Looks for the conversation that a get-or-create means: among all there are, at the provider itself, and as they are now.

import type { Conversation, ConversationFilter } from '../../domain/conversation.ts';
import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { Page } from '../../domain/page.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Provider } from '../../providers/provider.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import { MAX_PAGE } from '../inputs.ts';
import { openLane } from '../lists/lane-reader.ts';

/** By what a conversation is found. */
export interface Question {
  readonly contactId?: string;
  readonly tags: readonly Tag[];
  /** Whether the conversation may have no other tags. */
  readonly exactly: boolean;
}

export interface Looked {
  /** The most recent conversation that matches; undefined only where all were looked at and none does. */
  readonly match: Conversation | undefined;
  /** Those of that contact that have no tags at all. */
  readonly bare: readonly Conversation[];
}

export interface Looking {
  readonly dispatch: Dispatch;
  readonly provider: Provider;
  readonly question: Question;
  readonly operation: Operation;
  /** A deadline for one call, after so long at most. */
  readonly within: (ms: number) => AbortSignal;
}

/** How many conversations are looked at for one that matches, before creating another is refused. */
const FIND_BOUND = { rows: 1000, calls: 20 };

/** Refused as `unsupported` where its bound is reached: there may be one beyond it. */
export async function findConversation(looking: Looking): Promise<Outcome<Looked>> {
  const { dispatch, provider, question, operation, within } = looking;
  const able = ableTo(provider, 'CONVERSATION_LIST');
  if (!able.ok) return able;
  const filter: ConversationFilter = {
    ...(question.contactId === undefined ? {} : { contactId: question.contactId }),
    ...(question.tags.length === 0 ? {} : { tags: question.tags }),
  };
  // Whatever was read before, in this operation too, may be from before it was created.
  const anew: Operation = { ...operation, reads: new Map(), forWrite: true };
  let calls = 0;

  function read(at: string | null, size: number): Promise<Outcome<Page<Conversation>>> {
    calls += 1;
    return dispatch.run({
      provider: provider.name,
      verb: 'CONVERSATION_LIST',
      operation: calls === 1 ? anew : { ...anew, reads: new Map() },
      deadline: within(provider.deadlineMs),
      with: ({ does }, call) => does({ filter, at, size }, call),
    });
  }

  // Read as a merged list is: what is deleted meanwhile takes no row out of sight.
  const lane = openLane<Conversation>({
    key: provider.name,
    paging: able.value.paging,
    order: able.value.order,
    size: MAX_PAGE,
    from: undefined,
    bound: FIND_BOUND,
    read,
    matches: (row) => isMatch(row, question) || isBare(row, question),
    idOf: ({ nativeId }) => nativeId,
    timeOf: ({ sortedAt }) => sortedAt.getTime(),
  });
  const bare: Conversation[] = [];
  for (;;) {
    const head = await lane.peek();
    if (head.kind === 'failed') return failed(head.failure);
    if (head.kind === 'bound') return failed(tooMany(provider, lane.scanned()));
    if (head.kind === 'end') break;
    if (isMatch(head.row, question)) return success({ match: head.row, bare });
    bare.push(head.row);
    lane.take();
  }
  if (calls <= 1) return success({ match: undefined, bare });
  // A row that moved to the top while the rest was read was seen on no page.
  const top = await read(null, MAX_PAGE);
  if (!top.ok) return top;
  return success({
    match: top.value.items.find((row) => isMatch(row, question)),
    bare: [...bare, ...top.value.items.filter((row) => isBare(row, question) && !isIn(bare, row))],
  });
}

export function isMatch(row: Conversation, { contactId, tags, exactly }: Question): boolean {
  return (
    (contactId === undefined || row.contact?.nativeId === contactId) &&
    tags.every((tag) => row.tags.some((other) => isSame(tag, other))) &&
    (!exactly || row.tags.length === tags.length)
  );
}

export function isSame(a: Tag, b: Tag): boolean {
  return a.key === b.key && a.value === b.value;
}

function isBare(row: Conversation, { contactId }: Question): boolean {
  return contactId !== undefined && row.contact?.nativeId === contactId && row.tags.length === 0;
}

function isIn(rows: readonly Conversation[], { nativeId }: Conversation): boolean {
  return rows.some((row) => row.nativeId === nativeId);
}

function tooMany({ name }: Provider, looked: number) {
  return {
    kind: 'unsupported',
    provider: name,
    verb: 'CONVERSATION_GET_OR_CREATE',
    note: `Among the ${looked} newest conversations none matches and there are more, so none was created: it might be a second one. Create it with createConversation if you know that there is none.`,
  } as const;
}
