// Filters that some conversations of a world meet and some do not, and which those are by the store alone.

import type { ConversationFilter, FilterField } from '../../src/domain/conversation.ts';
import type { Stage, StoredConversation } from './stage.ts';

export interface FilterProbe {
  readonly filter: ConversationFilter;
  /** Their ids, in the order of the list. */
  readonly matches: readonly string[];
}

/** None where no row of this world says anything of it. */
export function filterProbes({ world }: Stage, field: FilterField): FilterProbe[] {
  const rows = world.conversations();
  const probes = probesOf(rows, field).map(({ filter, meets }) => ({
    filter,
    matches: rows.filter(meets).map(({ nativeId }) => nativeId),
  }));
  return probes.filter(({ matches }) => matches.length > 0 && matches.length < rows.length);
}

interface Probe {
  readonly filter: ConversationFilter;
  meets(row: StoredConversation): boolean;
}

function probesOf(rows: readonly StoredConversation[], field: FilterField): Probe[] {
  switch (field) {
    case 'channel':
      return distinct(rows.map(({ channel }) => channel)).map((channel) => ({
        filter: { channel },
        meets: (row) => row.channel === channel,
      }));
    case 'contactId':
      return distinct(rows.flatMap(({ participants }) => participants)).map((contactId) => ({
        filter: { contactId },
        meets: ({ participants }) => participants.includes(contactId),
      }));
    case 'tags':
      return rows.flatMap(({ tags }) =>
        tags.slice(0, 2).flatMap((tag) => [
          { filter: { tags: [tag] }, meets: (row) => has(row, tag) },
          {
            filter: { tags: [{ key: tag.key, value: null }] },
            meets: (row) => row.tags.some(({ key }) => key === tag.key),
          },
        ]),
      );
    case 'status':
      return [
        ...distinct(rows.map(({ status }) => status)).map((status) => [status]),
        ['OPEN', 'CLOSED'] as const,
      ].map((status) => ({
        filter: { status },
        meets: (row) => row.status !== null && status.some((one) => one === row.status),
      }));
    case 'archived':
    case 'important':
      return [true, false].map((flag) => ({
        filter: { [field]: flag },
        meets: (row) => row[field] === flag,
      }));
    case 'createdAfter':
      return moments(rows).map((ms) => ({
        filter: { createdAfter: new Date(ms) },
        meets: ({ createdAtMs }) => createdAtMs >= ms,
      }));
    case 'createdBefore':
      return moments(rows).map((ms) => ({
        filter: { createdBefore: new Date(ms) },
        meets: ({ createdAtMs }) => createdAtMs <= ms,
      }));
    case 'search':
      return distinct(rows.map(({ words }) => words[0] ?? null)).map((words) => {
        const search = words.slice(0, 24);
        return { filter: { search }, meets: (row) => mentions(row, search) };
      });
  }
}

/** The moment the row in the middle began, which is itself included. */
function moments(rows: readonly StoredConversation[]): number[] {
  const times = rows.map(({ createdAtMs }) => createdAtMs).toSorted((one, other) => one - other);
  return times.slice(Math.floor(times.length / 2)).slice(0, 1);
}

function has({ tags }: StoredConversation, tag: { key: string; value: string | null }): boolean {
  return tags.some(({ key, value }) => key === tag.key && value === tag.value);
}

function mentions({ words }: StoredConversation, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return words.some((word) => word.toLowerCase().includes(wanted));
}

function distinct<T extends string>(values: readonly (T | null)[]): T[] {
  return [...new Set(values.filter((value) => value !== null))];
}
