// What Chatling says, and only the part of it we read. A field of another type than expected is taken as not said.

import { z } from 'zod';
import { readRows, withRaw } from '../wire-reading.ts';

/** Strings in every sample, integers in the text of some pages. */
const id = z.union([z.string().min(1), z.number()]).transform(String);
const maybeId = id.nullish().catch(null);
const maybeText = z.string().nullish().catch(null);
/** Booleans in the text, 0 and 1 in every sample. */
const maybeFlag = z.union([z.boolean(), z.number(), z.string()]).nullish().catch(null);
export type Flag = z.infer<typeof maybeFlag>;

export const WireMessage = withRaw({
  /** Documented, yet missing from every sample. */
  id: maybeId,
  text: maybeText,
  role: maybeText,
  is_ai_kb_response: maybeFlag,
  /** Varies with the message; kept as it came. */
  data: z.unknown().optional(),
  created_at: maybeText,
});
export type WireMessage = z.infer<typeof WireMessage>;

const WireSource = z.object({ type: maybeText, title: maybeText, url: maybeText });

/** The part of a message's `data` that answers from the knowledge base have. */
export const WireAnswerData = z.object({
  helpful_value: maybeFlag,
  sources: rows(WireSource).nullish().catch(null),
});

export const WireConversation = withRaw({
  id,
  contact_id: maybeId,
  archived: maybeFlag,
  important: maybeFlag,
  /** In a third party's catalogue only; its values are documented nowhere. */
  conversation_type: maybeText,
  created_at: maybeText,
  messages: rows(WireMessage).nullish().catch(null),
});
export type WireConversation = z.infer<typeof WireConversation>;

/** Under other names than it is written with; its industry and address are never shown. */
export const WireContact = z.object({
  id,
  name: maybeText,
  email: maybeText,
  phone: maybeId,
});
export type WireContact = z.infer<typeof WireContact>;

const WirePages = z
  .object({ last_page: z.number().nullish().catch(null) })
  .nullish()
  .catch(null);

export const WireConversationPage = z.object({
  pages: WirePages,
  conversations: rows(WireConversation),
});

export const WireMessagePage = z.object({ pages: WirePages, messages: rows(WireMessage) });

export const WireContactPage = z.object({ pages: WirePages, contacts: rows(WireContact) });

export const WireNewContact = z.object({ id });

export const WireChatAnswer = z.object({
  conversation_id: maybeId,
  /** Of the answer, presumably: in a third party's catalogue only. */
  message_id: maybeId,
  response: maybeText,
  sources: z.unknown().optional(),
});
export type WireChatAnswer = z.infer<typeof WireChatAnswer>;

/** Any answer at all: the service's own envelope, or the body its framework gives by default. */
export const WireEnvelope = z.object({
  status: maybeText,
  message: maybeText,
  errors: z.record(z.string(), z.unknown()).nullish().catch(null),
});

export interface Rows<T> {
  readonly items: readonly T[];
  /** How many came, those that made no sense included. */
  readonly came: number;
}

/** Row by row, and how many there were: a page that is not full is a sign of the end. */
function rows<Row>(shape: z.ZodType<Row>) {
  return z
    .array(z.unknown())
    .transform((list): Rows<Row> => ({ items: readRows(shape, list), came: list.length }));
}
