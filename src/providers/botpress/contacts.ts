// A person written down: the service's get-or-create of users, made to mean the same in each of its generations.

import { checked, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { UpsertContact, UpsertedContact } from '../verbs.ts';
import type { Query } from './client.ts';
import { discriminatorIssues } from './get-or-create.ts';
import { actingIdentity, type Identity, identityIssues } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { toContact } from './mapping.ts';
import { droppedTags, tagIssues, tagMap } from './tags.ts';
import type { WireUser } from './wire.ts';

type Does = (input: UpsertContact, call: Call) => Promise<Outcome<UpsertedContact>>;

/** Tags tell people apart: more pages than this of the same ones are no person's. */
const MOST_PAGES_SEARCHED = 5;

/**
 * API 1.82 and newer say `meta.created`, and write onto what they find. Older ones do neither: there users of these
 * tags are looked at first, also once before it is known which generation this is, and whoever was found is written to
 * afterwards. The dates of a row cannot tell: somebody found and never changed looks like somebody new.
 */
export function contactUpserter(inbox: Inbox): Does {
  const { account, client } = inbox;
  let saysCreated = false;
  // Those who looked before another call of this process made somebody must learn of it.
  const lookers = new Set<Before>();

  return async (input, call) => {
    const { name, imageUrl, tags, options } = input;
    const own = options?.kind === 'botpress' ? options : undefined;
    const { discriminateByTags = [] } = own ?? {};
    const good = checked(null, [
      ...(tags.length > 0 ? [] : [NOBODY]),
      ...tagIssues(tags, 'tags'),
      ...discriminatorIssues(discriminateByTags, tags, 'botpress.discriminateByTags'),
      ...identityIssues(own),
    ]);
    if (!good.ok) return good;
    // A user belongs to the integration that wrote it down, and is found by that one alone.
    const identity = actingIdentity(account, own);
    const said = {
      tags: tagMap(tags),
      ...(name === undefined ? {} : { name }),
      ...(imageUrl === undefined ? {} : { pictureUrl: imageUrl }),
    };

    const before: Before = { ids: new Set(), complete: false };
    lookers.add(before);
    try {
      const compared = tags.filter(
        ({ key }) => discriminateByTags.length === 0 || discriminateByTags.includes(key),
      );
      const looked = saysCreated
        ? success(null)
        : await lookAround({ before, identity, query: Object.entries(tagMap(compared)) }, call);
      if (!looked.ok) return looked;
      const answer = await client.getOrCreateUser(call, {
        body: { ...said, ...(discriminateByTags.length > 0 && { discriminateByTags }) },
        identity,
      });
      if (!answer.ok) return answer;
      const { user, meta } = answer.value;
      saysCreated = typeof meta?.created === 'boolean';
      const wasSeen = before.ids.has(user.id);
      if (meta?.created ?? (before.complete && !wasSeen)) {
        for (const other of lookers) other.ids.add(user.id);
        return success({ outcome: 'CREATED', contact: toContact(user) });
      }
      if (saysCreated) return success({ outcome: 'UPDATED', contact: toContact(user) });
      if (isAsSaid(user, input)) {
        const outcome = wasSeen ? 'UNCHANGED' : 'UPDATED';
        return success({ outcome, contact: toContact(user) });
      }
      const updated = await client.updateUser(call, user.id, { body: said, identity });
      return mapOutcome(updated, (after) => ({ outcome: 'UPDATED', contact: toContact(after) }));
    } finally {
      lookers.delete(before);
    }
  };

  async function lookAround({ before, identity, query }: Looking, call: Call) {
    let at: string | null = null;
    for (let pages = 0; pages < MOST_PAGES_SEARCHED; pages += 1) {
      const from: Query = at === null ? [] : [['nextToken', at]];
      const page: Awaited<ReturnType<typeof client.listUsers>> = await client.listUsers(call, {
        query: [...query.map(([key, value]) => [`tags.${key}`, value] as const), ...from],
        identity,
      });
      if (!page.ok) return page;
      for (const { id } of page.value.rows) before.ids.add(id);
      at = page.value.next;
      before.complete = at === null;
      if (before.complete) break;
    }
    return success(null);
  }
}

/** Who was there before the call. */
interface Before {
  readonly ids: Set<string>;
  /** Whether these are all of them. */
  complete: boolean;
}

interface Looking {
  /** Filled in. */
  readonly before: Before;
  readonly identity: Identity;
  /** Tags by key. */
  readonly query: readonly (readonly [key: string, value: string])[];
}

const NOBODY = {
  path: 'tags',
  message:
    'must not be empty: Botpress tells people apart by their tags alone; give one that is theirs, as the integration declares it.',
};

function isAsSaid(user: WireUser, { name, imageUrl, tags }: UpsertContact): boolean {
  return (
    (name === undefined || name === user.name) &&
    (imageUrl === undefined || imageUrl === user.pictureUrl) &&
    droppedTags(user.tags, { set: tags, remove: [] }).length === 0
  );
}
