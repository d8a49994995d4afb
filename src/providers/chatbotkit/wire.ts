// What ChatBotKit says, and only the part of it we read. What is unset may be null or absent, and a field that is not of
// the type we know counts as absent, so that an odd field never costs its row.

import { z } from 'zod';
import { withRaw } from '../wire-reading.ts';

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
/** Milliseconds since the epoch; its prose shows ISO texts instead. */
const moment = z.union([z.number(), z.string()]).nullish().catch(null);
/** Said to be optional: an unknown alone may be anything but absent. */
const anything = z.unknown().optional();

export const WireConversation = withRaw({
  id: z.string().min(1),
  name: text,
  description: text,
  meta: anything,
  contactId: text,
  taskId: text,
  spaceId: text,
  botId: text,
  model: text,
  backstory: text,
  datasetId: text,
  skillsetId: text,
  privacy: flag,
  moderation: flag,
  createdAt: moment,
  updatedAt: moment,
  expiresAt: moment,
});
export type WireConversation = z.infer<typeof WireConversation>;

export const WireMessage = withRaw({
  id: z.string().min(1),
  type: text,
  text,
  meta: anything,
  /** Told by a fetch alone. */
  name: text,
  description: text,
  createdAt: moment,
  updatedAt: moment,
});
export type WireMessage = z.infer<typeof WireMessage>;

/** What every write answers, whatever else stands beside it. */
export const WireWritten = z.object({ id: z.string().min(1) });

/** An answer that is stored nowhere. */
export const WireAnswer = z.object({
  text,
  usage: z
    .object({ token: z.number().nullish().catch(null) })
    .nullish()
    .catch(null),
  end: z.object({ reason: text }).nullish().catch(null),
});
export type WireAnswer = z.infer<typeof WireAnswer>;

export const WireCompletion = WireAnswer.extend({
  /** Of the last row of the turn, or of none where nothing was stored. */
  id: z.string().min(1),
});
export type WireCompletion = z.infer<typeof WireCompletion>;

export const WireRows = z.object({ items: z.array(z.unknown()), cursor: text });
export type WireRows = z.infer<typeof WireRows>;

const WireRequest = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()).nullish().catch(null),
});

export const WireUploaded = z.object({
  id: z.string().min(1),
  name: text,
  /** Of the two-step form: where the bytes are to be sent. */
  uploadRequest: WireRequest.nullish().catch(null),
  /** Newer servers alone tell where they can be had. */
  downloadRequest: WireRequest.nullish().catch(null),
});
export type WireUploaded = z.infer<typeof WireUploaded>;

export const WireSession = z.object({ token: z.string().min(1), expiresAt: moment });
export type WireSession = z.infer<typeof WireSession>;

export const WireRefusal = z.object({ message: z.string(), code: z.string() });

/** One line of a reply that is had while it is written. */
export const WireLine = z.object({ type: z.string(), data: anything });

export const WireToken = z.object({ token: z.string() });

/** A row of the turn, said before it is stored and so without an id. */
export const WireSaid = z.object({ type: text, text });

/** Documented without a code, sent with one. */
export const WireRefusalLine = z.object({ message: text, code: text });
export type WireRefusalLine = z.infer<typeof WireRefusalLine>;

/** The two rows of an upload are activities; the answer among them says what file there is now. */
export const WireUpload = z.object({
  activity: z.object({
    function: z.object({
      name: z.literal('uploadAttachment'),
      result: z.object({ name: text, type: text, url: z.string() }),
    }),
  }),
});
