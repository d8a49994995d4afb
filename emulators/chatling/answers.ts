// What the AI says: the same answer, from the same pages, to the same words at the same point of a conversation.

import { chosenBy } from './ids.ts';
import type { Source } from './store.ts';

/** Cited where nothing was seeded: an empty project still answers with sources. */
export const HANDBOOK: readonly Source[] = [
  {
    type: 'webpage',
    title: 'Getting started - Help center',
    url: 'https://help.example.com/getting-started',
  },
  {
    type: 'webpage',
    title: 'Roles and permissions - Help center',
    url: 'https://help.example.com/team/roles',
  },
  { type: 'document', title: 'Onboarding handbook.pdf' },
];

export function answerTo(
  message: string,
  place: number,
  knowledge: readonly Source[],
): { readonly response: string; readonly sources: readonly Source[] } {
  if (/^(hi|hello|hey|good (morning|evening))\b[^?]*$/i.test(message.trim())) {
    return { response: GREETING, sources: [] };
  }
  const word = `${place} ${message}`;
  const known = knowledge.length === 0 ? HANDBOOK : knowledge;
  const pages = known.filter(({ type }) => type === 'webpage');
  const documents = known.filter(({ type }) => type === 'document');
  const first = chosenBy(word, pages);
  const second = chosenBy(`${word} too`, [...documents, ...pages]);
  const sources = [first, second === first ? undefined : second].filter(
    (source) => source !== undefined,
  );
  const body = chosenBy(word, BODIES) ?? '';
  const link = first?.url === undefined ? '' : `\n\nMore in [${first.title}](${first.url}).`;
  return { response: `**About “${shortened(message)}”**\n\n${body}${link}`, sources };
}

const GREETING = '**Hi there!** 👋\n\nAsk me anything about your account, billing or the product.';

const BODIES: readonly string[] = [
  'You can change this yourself:\n\n1. Open **Settings**.\n2. Choose **Workspace**.\n3. Save, and reload the page.',
  'That is included in every plan. It can take *up to ten minutes* until you see it everywhere.',
  'There are two ways:\n\n- from the dashboard, under **Activity**, or\n- by mail, from the link in the last message we sent you.',
  'Only an owner or an admin may do this. Ask one of them to open `Settings → Members` and give you the role.',
  'It looks as if the last sync did not finish. Disconnect the integration, connect it again, and run **Sync now**.',
];

function shortened(message: string): string {
  const words = message.trim().replaceAll(/\s+/g, ' ');
  const letters = Array.from(words);
  return letters.length <= 80 ? words : `${letters.slice(0, 79).join('')}…`;
}
