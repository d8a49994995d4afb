// Typed payloads and contents, both ways. What a payload does not hold as documented stays whole, as unknown content.

import { z } from 'zod';
import type { CardContent, MediaContent, MessageContent } from '../../domain/message.ts';

export interface Typed {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Total: a type that is not known here, or a payload that lacks what its type needs, keeps its word and its payload. */
export function toContent(said: string, payload: unknown): MessageContent {
  return readerOf(said)?.safeParse(payload).data ?? { type: 'unknown', said, payload };
}

/** Undefined for unknown content whose payload is no object: there is nothing to send. */
export function toTyped(content: MessageContent): Typed | undefined {
  switch (content.type) {
    case 'text':
      return { type: 'text', payload: { text: content.text } };
    case 'markdown':
      return { type: 'markdown', payload: { markdown: content.markdown } };
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return {
        type: content.type,
        payload: { [`${content.type}Url`]: content.url, ...told({ title: content.title }) },
      };
    case 'location': {
      const { latitude, longitude, address, title } = content;
      return { type: 'location', payload: { latitude, longitude, ...told({ address, title }) } };
    }
    case 'choice':
      return {
        type: content.dropdown ? 'dropdown' : 'choice',
        payload: { text: content.text, options: content.options },
      };
    case 'card':
      return { type: 'card', payload: cardPayload(content) };
    case 'carousel':
      return { type: 'carousel', payload: { items: content.cards.map(cardPayload) } };
    case 'bloc':
      return { type: 'bloc', payload: { items: content.items.map(toTyped) } };
    case 'unknown': {
      const payload = AnyObject.safeParse(content.payload).data;
      return payload && { type: content.said, payload };
    }
  }
}

/** What a bloc may hold; the rest are messages of their own. Markdown only in that of the chat channel. */
export const BLOC_ITEMS: ReadonlySet<MessageContent['type']> = new Set([
  'text',
  'markdown',
  'image',
  'audio',
  'video',
  'file',
  'location',
] satisfies MessageContent['type'][]);

const maybe = z.string().nullish().catch(null);

const AnyObject = z.record(z.string(), z.unknown());

const Text = z
  .object({ text: z.string() })
  .transform(({ text }): MessageContent => ({ type: 'text', text }));

const Markdown = z
  .object({ markdown: z.string() })
  .transform(({ markdown }): MessageContent => ({ type: 'markdown', markdown }));

const Image = z
  .object({ imageUrl: z.string(), title: maybe })
  .transform(({ imageUrl, title }) => media('image', imageUrl, title));

const Audio = z
  .object({ audioUrl: z.string(), title: maybe })
  .transform(({ audioUrl, title }) => media('audio', audioUrl, title));

const Video = z
  .object({ videoUrl: z.string(), title: maybe })
  .transform(({ videoUrl, title }) => media('video', videoUrl, title));

const File = z
  .object({ fileUrl: z.string(), title: maybe })
  .transform(({ fileUrl, title }) => media('file', fileUrl, title));

const Location = z
  .object({ latitude: z.number(), longitude: z.number(), address: maybe, title: maybe })
  .transform(
    ({ latitude, longitude, address = null, title = null }): MessageContent => ({
      type: 'location',
      latitude,
      longitude,
      address,
      title,
    }),
  );

const Choice = z.object({
  text: z.string(),
  options: z.array(z.object({ label: z.string(), value: z.string() })).nullish(),
});

const Buttons = Choice.transform((said) => choice(said, false));

const Dropdown = Choice.transform((said) => choice(said, true));

const Card = z
  .object({
    title: z.string(),
    subtitle: maybe,
    imageUrl: maybe,
    actions: z
      .array(z.object({ action: z.string(), label: z.string(), value: z.string() }))
      .nullish(),
  })
  .transform(
    ({ title, subtitle = null, imageUrl = null, actions }): CardContent => ({
      type: 'card',
      title,
      subtitle,
      imageUrl,
      actions: actions ?? [],
    }),
  );

const Carousel = z
  .object({ items: z.array(Card) })
  .transform(({ items }): MessageContent => ({ type: 'carousel', cards: items }));

const BlocItem = z.looseObject({ type: z.string() }).transform(toItem);

const Bloc = z
  .object({ items: z.array(BlocItem) })
  .transform(({ items }): MessageContent => ({ type: 'bloc', items }));

function readerOf(said: string): z.ZodType<MessageContent> | undefined {
  switch (said) {
    case 'text':
      return Text;
    case 'markdown':
      return Markdown;
    case 'image':
      return Image;
    case 'audio':
      return Audio;
    case 'video':
      return Video;
    case 'file':
      return File;
    case 'location':
      return Location;
    case 'choice':
      return Buttons;
    case 'dropdown':
      return Dropdown;
    case 'card':
      return Card;
    case 'carousel':
      return Carousel;
    case 'bloc':
      return Bloc;
    default:
      return undefined;
  }
}

/** The Runtime API nests an item's payload; what came through the Chat API has it beside the type. */
function toItem({ type, ...beside }: { readonly type: string }): MessageContent {
  const payload = 'payload' in beside ? beside.payload : beside;
  // No bloc holds a bloc: an answer that pretends so is not followed down.
  return type === 'bloc' ? { type: 'unknown', said: type, payload } : toContent(type, payload);
}

function media(
  type: MediaContent['type'],
  url: string,
  title: string | null | undefined,
): MessageContent {
  return { type, url, title: title ?? null };
}

function choice({ text, options }: z.infer<typeof Choice>, dropdown: boolean): MessageContent {
  return { type: 'choice', text, options: options ?? [], dropdown };
}

function cardPayload({ title, subtitle, imageUrl, actions }: CardContent): Typed['payload'] {
  return { title, ...told({ subtitle, imageUrl }), actions };
}

/** Payloads have no nulls: what there is not is left out. */
function told(fields: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
