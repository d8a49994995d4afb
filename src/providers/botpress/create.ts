// A conversation created. Botpress has none without a channel.

import type { Conversation } from '../../domain/conversation.ts';
import { checked, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { CreateConversation } from '../verbs.ts';
import { asAccountSees } from './conversations.ts';
import { actingIdentity, identityIssues } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { tagIssues, tagMap } from './tags.ts';

export async function createConversation(
  inbox: Inbox,
  { channel, tags, options }: CreateConversation,
  call: Call,
): Promise<Outcome<Conversation>> {
  const own = options?.kind === 'botpress' ? options : undefined;
  const good = checked(null, [
    ...channelIssues(channel),
    ...tagIssues(tags, 'tags'),
    ...identityIssues(own),
  ]);
  if (!good.ok) return good;
  const identity = actingIdentity(inbox.account, own);
  const { integrationName } = own ?? {};
  const made = await inbox.client.createConversation(call, {
    body: { channel, tags: tagMap(tags), ...(integrationName && { integrationName }) },
    identity,
  });
  return made.ok ? success(await asAccountSees(inbox, made.value, identity, call)) : made;
}

export function channelIssues(channel: string | undefined): Issue[] {
  if (channel) return [];
  const message =
    'must not be empty: Botpress has no conversation without one; name a channel of the integration.';
  return [{ path: 'channel', message }];
}
