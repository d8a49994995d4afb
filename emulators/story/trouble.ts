// What a customer can be troubled by, written as short plays with gaps to be filled, and how a play is read.

import type { Tale, Turn } from '../story.ts';

export interface Trouble {
  /** Names it in a tale's key. */
  readonly word: string;
  /** A language (ISO 639-1) that only some of the cast would write in; absent, English. */
  readonly speaks?: string;
  /** Told in every telling: the ones that stretch what a reader must hold. */
  readonly always?: true;
  readonly urgency: Tale['urgency'];
  /** Plans on which this can happen; absent, on any. */
  readonly plans?: readonly Tale['plan'][];
  /** Pages of the help site, as title and path. */
  readonly pages: readonly (readonly [title: string, path: string])[];
  /** Each begins with the customer and ends settled; a tale may stop earlier. */
  readonly plays: readonly string[];
  /** What the customer may still say later. No gaps: whoever says them does not know the tale's order number. */
  readonly afterwards: readonly string[];
}

export interface Play {
  readonly subject: string;
  readonly summary: string;
  readonly note?: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly by: Turn['by'];
  readonly text: string;
}

/** A subject, a summary, perhaps a note, then who says what; a row that names nobody goes on with the last line. */
export function readPlay(script: string): Play {
  const heads = new Map<string, string>();
  const lines: Line[] = [];
  for (const row of script.split('\n')) {
    const [, name = '', words = ''] =
      /^(subject|summary|note|customer|bot|agent): (.*)$/.exec(row) ?? [];
    const last = lines.at(-1);
    if (name === 'customer' || name === 'bot' || name === 'agent') {
      lines.push({ by: name, text: words });
    } else if (last) {
      lines[lines.length - 1] = { ...last, text: `${last.text}\n${row}` };
    } else {
      heads.set(name, words);
    }
  }
  const subject = heads.get('subject');
  const summary = heads.get('summary');
  if (subject === undefined || summary === undefined || lines[0]?.by !== 'customer') {
    throw new Error(`Give this play a subject, a summary and a customer who begins: ${script}`);
  }
  const note = heads.get('note');
  return { subject, summary, lines, ...(note === undefined ? {} : { note }) };
}

export type Gaps = Readonly<Record<string, string>>;

/** Puts words into {gaps}. One without a word is a slip of the writer's. */
export function fill(text: string, gaps: Gaps): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, gap: string) => {
    const word = gaps[gap];
    if (word === undefined)
      throw new Error(`Nothing fills ${whole}: add it to the gaps in story.ts.`);
    return word;
  });
}
