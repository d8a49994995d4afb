// A message of each account by its global id, as its store has it.

import { visibleMessages } from '../../emulators/stack-auth/views.ts';
import type { World } from '../../emulators/world.ts';
import type { AccountName } from './accounts.ts';
import { messageId } from './mutations.ts';
import { rowWhere } from './stores.ts';

/** The first there is. */
export function messageAt(
  { botpress, chatling, chatbotkit, stackAuth }: World,
  account: AccountName,
): string {
  switch (account) {
    case 'website':
      return messageId(account, rowWhere(botpress.store.messages));
    case 'help': {
      const { id, messages } = rowWhere(chatling.store.conversations);
      return messageId(account, { conversationId: id, id: messages[0]?.id ?? '' });
    }
    case 'assistant':
      return messageId(account, rowWhere(chatbotkit.store.messages));
    case 'support': {
      const row = rowWhere(stackAuth.store.conversations);
      const [said] = visibleMessages(stackAuth.store, row, 'agent');
      return messageId(account, { conversationId: row.id, id: said?.id ?? '' });
    }
  }
}
