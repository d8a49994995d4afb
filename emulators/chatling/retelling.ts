// Makes a few tales long: between two turns a customer asks on and the bot answers, so that some conversations
// hold more messages than a conversation carries embedded. First and last turn stay when they were.

import type { Tale, Turn } from '../story.ts';
import type { Source } from './store.ts';

export interface ToldTurn extends Turn {
  /** What the bot drew on; absent, the tale's own pages. */
  readonly sources?: readonly Source[];
}

/** How many questions each of the long tales gets: with the tale's own turns 24 messages and up. */
const QUESTIONS_PER_LONG_TALE = [11, 12, 13, 14];

const LONGEST_PAUSE_MS = 90_000;

/** The turns of every tale, by its key. Those with the widest gap in them have the most room to go on. */
export function retell(tales: readonly Tale[]): ReadonlyMap<string, readonly ToldTurn[]> {
  const roomiest = tales.toSorted((one, other) => gapIn(other).widthMs - gapIn(one).widthMs);
  const questions = new Map(
    QUESTIONS_PER_LONG_TALE.map((count, rank) => [roomiest[rank]?.key, { count, rank }]),
  );
  return new Map(
    tales.map((tale) => {
      const long = questions.get(tale.key);
      return [tale.key, long ? prolonged(tale, asked(long.count, long.rank)) : tale.turns];
    }),
  );
}

type Line = Omit<ToldTurn, 'at'>;

function prolonged(tale: Tale, questions: readonly Line[]): readonly ToldTurn[] {
  const { after, widthMs } = gapIn(tale);
  const before = tale.turns.slice(0, after + 1);
  const rest = tale.turns.slice(after + 1);
  const startsAtMs = before.at(-1)?.at ?? 0;
  const lines: readonly Line[] = [
    ...(before.at(-1)?.by === 'customer' ? [MEANWHILE] : []),
    ...questions,
    ...(rest[0] === undefined || rest[0].by === 'customer' ? [] : [BACK_TO_IT]),
  ];
  const pauseMs = Math.min(widthMs / (lines.length + 1), LONGEST_PAUSE_MS);
  const inserted = lines.map((line, place) => ({
    ...line,
    at: Math.floor(startsAtMs + (place + 1) * pauseMs),
  }));
  return [...before, ...inserted, ...rest];
}

/** The widest pause between two turns, and the place of the turn before it. */
function gapIn({ turns }: Tale): { readonly after: number; readonly widthMs: number } {
  let widest = { after: 0, widthMs: 0 };
  for (const [place, turn] of turns.entries()) {
    const widthMs = (turns[place + 1]?.at ?? turn.at) - turn.at;
    if (widthMs > widest.widthMs) widest = { after: place, widthMs };
  }
  return widest;
}

function asked(count: number, rank: number): Line[] {
  // Each long tale begins elsewhere in the list, so that no two of them read alike.
  return Array.from({ length: count }, (_, place) => ASIDES[(place + rank * 4) % ASIDES.length])
    .filter((aside) => aside !== undefined)
    .flatMap(([question, answer, page]) => [
      { by: 'customer' as const, text: question },
      {
        by: 'bot' as const,
        text: answer,
        sources:
          page === undefined
            ? []
            : [
                {
                  type: 'webpage' as const,
                  title: page[0],
                  url: `https://help.example.com${page[1]}`,
                },
              ],
      },
    ]);
}

const MEANWHILE: Line = {
  by: 'bot',
  text: 'Thanks, I am looking into it. Is there **anything else** I can answer meanwhile?',
  sources: [],
};

const BACK_TO_IT: Line = { by: 'customer', text: 'Good to know. Back to what I came for, please.' };

type Aside = readonly [question: string, answer: string, page?: readonly [string, string]];

const ASIDES: readonly Aside[] = [
  [
    'While I have you: can two people be signed in with one login?',
    'They can, but everything either of them does is recorded under **one name**. A seat of their own is cleaner.',
    ['Seats and sign-in - Help center', '/team/seats'],
  ],
  [
    'And what does another seat cost?',
    'On *Pro* a seat is billed per month; on *Team* the first five are included.',
    ['Plans and prices - Help center', '/billing/plans'],
  ],
  [
    'Do you bill in euros?',
    'Yes: euros, pounds or dollars. The currency is fixed at the **first invoice**.',
    ['Currencies - Help center', '/billing/currencies'],
  ],
  [
    'Where do I find old invoices?',
    'Under `Settings → Billing → History`, back to the first one. Each can be saved as a PDF.',
    ['Invoices - Help center', '/billing/invoices'],
  ],
  [
    'Can my accountant get them by mail?',
    'Add the address under **Billing contacts**; it will get:\n\n- every invoice, and\n- every failed payment.',
    ['Billing contacts - Help center', '/billing/contacts'],
  ],
  [
    'Is the time zone per person or for everybody?',
    'Per person. Reports use the time zone of the **workspace**, so that everyone sees the same numbers.',
    ['Time zones - Help center', '/account/time-zone'],
  ],
  [
    'How far back does the activity log go?',
    '90 days on *Free*, two years on the paid plans.',
    ['Activity log - Help center', '/account/activity'],
  ],
  ['Which browser do you recommend?', 'Any current one. Nothing needs to be installed.'],
  [
    'Is there something for the phone?',
    'There is an app for both kinds of phone; it shows everything, but **exports** only work on the web.',
    ['Mobile app - Help center', '/mobile'],
  ],
  [
    'Speaking of exports, what format are they?',
    'CSV or XLSX. Dates are always written as `YYYY-MM-DD`.',
    ['Exporting data - Help center', '/data/export'],
  ],
  [
    'Can it be sent every Monday on its own?',
    'Yes:\n\n1. Open **Reports**.\n2. Choose *Schedule*.\n3. Pick the day and who gets it.',
    ['Scheduled reports - Help center', '/data/schedule'],
  ],
  [
    'Where are your servers, by the way?',
    'In Frankfurt and in Ohio. A workspace lives in **one** of the two and is copied nowhere else.',
    ['Where data lives - Help center', '/security/regions'],
  ],
  [
    'And if I delete something by mistake?',
    'It stays in the **bin** for 30 days, and an admin can bring it back.',
    ['The bin - Help center', '/data/bin'],
  ],
  ['You have been quick, thank you.', 'My pleasure! **Ask on** if there is more.'],
];
