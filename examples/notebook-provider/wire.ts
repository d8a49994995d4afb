// What the notebook service says, and only the part of it that is read.

import { withRaw } from 'parlance';
import { z } from 'zod';

const WireLabel = z.object({ key: z.string(), value: z.string().nullish() });

export const WireNotebook = withRaw({
  id: z.string(),
  title: z.string().nullish(),
  colour: z.string().nullish(),
  labels: z.array(WireLabel).nullish(),
  reader: z.string().nullish(),
  preview: z.string().nullish(),
  notes: z.number().nullish(),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
  lastNoteAt: z.string().nullish(),
});
export type WireNotebook = z.output<typeof WireNotebook>;

export const WireNote = withRaw({
  id: z.string(),
  // Not an enum: a word they add tomorrow must not break a list.
  by: z.string().nullish(),
  text: z.string().nullish(),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
});
export type WireNote = z.output<typeof WireNote>;

/** Rows are read one by one, so that an odd one costs no other. */
export const WirePage = z.object({ items: z.array(z.unknown()), next: z.string().nullish() });

export const WireRefusal = z.object({
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }),
});
