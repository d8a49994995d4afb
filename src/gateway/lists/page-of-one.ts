// A page of one list of one provider: the merge of a single lane, whose failure is the page's.

import { checked, failed, type Outcome, success } from '../../domain/failure.ts';
import { pageIssues } from '../inputs.ts';
import type { Ages } from '../reads/reads.ts';
import type { CursorSeal } from './cursor.ts';
import type { Lane } from './lane.ts';
import { mergePages, type WalkState } from './merge.ts';
import { aged, type EdgePage, openWalk, type PageAsked } from './pages.ts';

/** A list that is read on until the page is full. */
export interface OneList<T> extends Omit<Lane<T>, 'from' | 'bound'> {
  readonly ages: Ages;
}

/** `question` tells this list from every other: a cursor of one is refused by the others. */
export async function pageOfOne<T>(
  seal: CursorSeal,
  { first, after, question }: PageAsked & { readonly question: string },
  /** `sinceMs`: when what an earlier page showed was asked for. */
  list: (sinceMs: number | undefined) => Outcome<OneList<T>>,
): Promise<Outcome<EdgePage<T>>> {
  const good = checked(first, pageIssues(first));
  if (!good.ok) return good;
  const walked = openWalk(seal, after, question);
  if (!walked.ok) return walked;
  if (first === 0) {
    const endCursor = () => seal.seal(walked.value, question);
    return success({ edges: [], hasNext: true, endCursor });
  }
  const found = list(sinceOf(walked.value));
  if (!found.ok) return found;
  const { key, ages } = found.value;
  const from = walked.value[key];
  const bound = { rows: Infinity, calls: Infinity };
  const page = await mergePages<T>([{ ...found.value, from, bound }], first);
  const head = page.lanes.get(key)?.head;
  // A list half told would pass for a whole one: this one has a single source and so no place to say it.
  if (head?.kind === 'failed') return failed(head.failure);
  return success({
    edges: page.rows.map(({ row, state }) => ({
      node: row,
      cursor: () => seal.seal(aged(state(), key, ages), question),
    })),
    hasNext: page.hasNext,
    endCursor: () =>
      page.rows.length > 0 ? seal.seal(aged(page.state(), key, ages), question) : null,
  });
}

function sinceOf(walk: WalkState): number | undefined {
  return Object.values(walk)[0]?.readMs;
}
