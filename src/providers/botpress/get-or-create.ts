// Get or create, which the service does itself; and which of the two it was, also where the service does not say.

import { checked, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Call } from '../provider.ts';
import type { GetOrCreateConversation, GotOrCreated } from '../verbs.ts';
import { toDate } from '../wire-reading.ts';
import { asAccountSees } from './conversations.ts';
import { channelIssues } from './create.ts';
import { actingIdentity, type Identity, identityIssues } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { tagIssues, tagMap } from './tags.ts';
import type { WireConversation } from './wire.ts';

type Does = (input: GetOrCreateConversation, call: Call) => Promise<Outcome<GotOrCreated>>;

/**
 * API 1.82 and newer say `meta.created`. Older ones do not, and afterwards nothing in the answer tells a conversation
 * made just now from one made a moment before: so there the newest conversations are looked at first, which is one read
 * more, and also once before it is known which generation this is. All times compared are the service's own.
 */
export function conversationGetter(inbox: Inbox): Does {
  const { account, client } = inbox;
  let saysCreated = false;
  // Those who looked before another call of this process made one must learn of it, or both would have made it.
  const lookers = new Set<Before>();

  return async ({ channel, tags, discriminateByTags = [], options }, call) => {
    const own = options?.kind === 'botpress' ? options : undefined;
    const good = checked(null, [
      ...channelIssues(channel),
      ...tagIssues(tags, 'tags'),
      ...discriminatorIssues(discriminateByTags, tags, 'discriminateByTags'),
      ...identityIssues(own),
    ]);
    if (!good.ok) return good;
    const identity = actingIdentity(account, own);
    const { integrationName } = own ?? {};

    const before: Before = { ids: new Set(), sinceMs: Infinity };
    lookers.add(before);
    try {
      const looked = saysCreated ? success(null) : await lookAround(before, identity, call);
      if (!looked.ok) return looked;
      const answer = await client.getOrCreateConversation(call, {
        body: {
          channel,
          tags: tagMap(tags),
          ...(integrationName && { integrationName }),
          ...(discriminateByTags.length > 0 && { discriminateByTags }),
        },
        identity,
      });
      if (!answer.ok) return answer;
      const { conversation, meta } = answer.value;
      saysCreated = typeof meta?.created === 'boolean';
      const created = meta?.created ?? isNew(conversation, before);
      if (created) for (const other of lookers) other.ids.add(conversation.id);
      return success({
        created,
        conversation: await asAccountSees(inbox, conversation, identity, call),
      });
    } finally {
      lookers.delete(before);
    }
  };

  /** Reads until older rows begin, so that a row made in the same millisecond as the newest is known by its id. */
  async function lookAround(
    before: Before,
    identity: Identity,
    call: Call,
  ): Promise<Outcome<null>> {
    let at: string | null = null;
    let newestMs: number | undefined;
    do {
      const page = await client.listConversations(call, {
        query: [
          ['sortField', 'createdAt'],
          ['sortDirection', 'desc'],
          ...(at === null ? [] : [['nextToken', at] as const]),
        ],
        identity,
      });
      if (!page.ok) return page;
      const { rows, next } = page.value;
      for (const { id } of rows) before.ids.add(id);
      newestMs ??= createdMs(rows[0]);
      const oldestMs = createdMs(rows.at(-1));
      before.sinceMs = next === null ? -Infinity : (oldestMs ?? before.sinceMs);
      at = oldestMs === newestMs ? next : null;
    } while (at !== null);
    return success(null);
  }
}

/** What there was before the call. */
interface Before {
  readonly ids: Set<string>;
  /** Whatever was made after this is among the ids; until one has looked, nothing is. */
  sinceMs: number;
}

function isNew(conversation: WireConversation, { ids, sinceMs }: Before): boolean {
  return !ids.has(conversation.id) && (createdMs(conversation) ?? 0) > sinceMs;
}

function createdMs(row: WireConversation | undefined): number | undefined {
  return toDate(row?.createdAt)?.getTime();
}

/** What the service does with a name that has no value is not written down, so it is not asked. */
export function discriminatorIssues(
  names: readonly string[],
  tags: readonly Tag[],
  path: string,
): Issue[] {
  return names.flatMap((name, index) =>
    tags.some(({ key }) => key === name)
      ? []
      : [
          {
            path: `${path}.${index}`,
            message: `must be among tags; give '${name}' its value there.`,
          },
        ],
  );
}
