// Every trouble there is, and what is worth saying once one of them was told.

import type { Tale } from '../story.ts';
import { account } from './account.ts';
import { developers } from './developers.ts';
import { device } from './device.ts';
import { money } from './money.ts';
import { shop } from './shop.ts';
import { sundry } from './sundry.ts';
import { tongues } from './tongues.ts';
import type { Trouble } from './trouble.ts';

export const TROUBLES: readonly Trouble[] = [
  ...shop,
  ...money,
  ...account,
  ...developers,
  ...device,
  ...sundry,
  ...tongues,
];

/** What the customer of this tale may say next; nothing for a tale that was not told by story.ts. */
export function linesAfter(tale: Tale): readonly string[] {
  return TROUBLES.find(({ word }) => tale.key.endsWith(`-${word}`))?.afterwards ?? [];
}
