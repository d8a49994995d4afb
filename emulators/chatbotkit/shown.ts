// Rows as the service shows them: not every column in every place, and unset ones null or absent.

import { shownMeta } from './meta.ts';
import type { ConversationRow, MessageRow } from './rows.ts';
import type { Switches } from './switches.ts';

/** The space is told by the list alone. */
export function showConversation(
  { userId: _owner, spaceId, meta, ...columns }: ConversationRow,
  place: 'fetch' | 'list',
  switches: Switches,
): object {
  const linked = place === 'list' ? { spaceId } : {};
  return unset({ ...columns, ...linked, meta: shownMeta(meta) }, switches);
}

/** A list leaves out name and description, whatever its reference says. */
export function showMessage(
  { conversationId: _conversation, name, description, meta, ...columns }: MessageRow,
  place: 'fetch' | 'list',
  switches: Switches,
): object {
  const labels = place === 'fetch' ? { name, description } : {};
  return unset({ ...labels, ...columns, meta: shownMeta(meta) }, switches);
}

function unset(columns: Readonly<Record<string, unknown>>, { nulls }: Switches): object {
  if (nulls === 'null') return columns;
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null));
}
