// What a message carries: one union to read, one input of which exactly one field is given.

import type {
  CardContent as DomainCard,
  ChoiceContent as DomainChoice,
  MessageContent as DomainContent,
  LocationContent as DomainLocation,
  MediaContent as DomainMedia,
} from '../src/domain/message.ts';
import { builder } from './builder.ts';

type ContentOf<Type extends DomainContent['type']> = Extract<DomainContent, { type: Type }>;

const TextContent = builder.objectRef<ContentOf<'text'>>('TextContent').implement({
  description: 'Plain text.',
  fields: (t) => ({ text: t.exposeString('text', { description: 'What it says.' }) }),
});

const MarkdownContent = builder.objectRef<ContentOf<'markdown'>>('MarkdownContent').implement({
  description: 'Text with Markdown in it. It is not sanitised: render it as untrusted.',
  fields: (t) => ({
    markdown: t.exposeString('markdown', { description: 'The text with its marks.' }),
  }),
});

function mediaContent(name: string, description: string) {
  return builder.objectRef<DomainMedia>(name).implement({
    description,
    fields: (t) => ({
      url: t.exposeString('url', { description: 'Where it is.' }),
      title: t.exposeString('title', { nullable: true, description: 'What it is called.' }),
    }),
  });
}

const ImageContent = mediaContent('ImageContent', 'A picture, by its address.');
const AudioContent = mediaContent('AudioContent', 'A sound, by its address.');
const VideoContent = mediaContent('VideoContent', 'A film, by its address.');
const FileContent = mediaContent('FileContent', 'A file to download.');

const LocationContent = builder.objectRef<DomainLocation>('LocationContent').implement({
  description: 'A place on the map.',
  fields: (t) => ({
    latitude: t.exposeFloat('latitude', { description: 'Degrees north.' }),
    longitude: t.exposeFloat('longitude', { description: 'Degrees east.' }),
    address: t.exposeString('address', { nullable: true, description: 'The place in words.' }),
    title: t.exposeString('title', { nullable: true, description: 'What is there.' }),
  }),
});

const ChoiceOption = builder.objectRef<DomainChoice['options'][number]>('ChoiceOption').implement({
  description: 'One of several answers.',
  fields: (t) => ({
    label: t.exposeString('label', { description: 'What to show.' }),
    value: t.exposeString('value', { description: 'What to send when it is chosen.' }),
  }),
});

const ChoiceContent = builder.objectRef<DomainChoice>('ChoiceContent').implement({
  description: 'A question with answers to choose from.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'The question.' }),
    options: t.field({
      type: [ChoiceOption],
      description: 'The answers, in their order.',
      resolve: ({ options }) => [...options],
    }),
    dropdown: t.exposeBoolean('dropdown', {
      description: 'Whether a drop-down list was meant rather than buttons.',
    }),
  }),
});

const CardAction = builder.objectRef<DomainCard['actions'][number]>('CardAction').implement({
  description: 'A button on a card.',
  fields: (t) => ({
    action: t.exposeString('action', {
      description: "What it does, in the provider's word: `postback`, `url`, `say`.",
    }),
    label: t.exposeString('label', { description: 'What to show.' }),
    value: t.exposeString('value', { description: 'What it does it with.' }),
  }),
});

const CardContent = builder.objectRef<DomainCard>('CardContent').implement({
  description: 'A card with buttons.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What is on top.' }),
    subtitle: t.exposeString('subtitle', { nullable: true, description: 'The line below.' }),
    imageUrl: t.exposeString('imageUrl', { nullable: true, description: 'Its picture.' }),
    actions: t.field({
      type: [CardAction],
      description: 'Its buttons, in their order.',
      resolve: ({ actions }) => [...actions],
    }),
  }),
});

const CarouselContent = builder.objectRef<ContentOf<'carousel'>>('CarouselContent').implement({
  description: 'Cards in a row.',
  fields: (t) => ({
    cards: t.field({
      type: [CardContent],
      description: 'The cards, in their order.',
      resolve: ({ cards }) => [...cards],
    }),
  }),
});

const BlocContent = builder.objectRef<ContentOf<'bloc'>>('BlocContent');

const UnknownContent = builder.objectRef<ContentOf<'unknown'>>('UnknownContent').implement({
  description: 'A content this gateway has no word for, kept as the provider wrote it.',
  fields: (t) => ({
    type: t.exposeString('said', { description: "The provider's own word for it." }),
    payload: t.expose('payload', {
      type: 'JSON',
      nullable: true,
      description: "The provider's own object.",
    }),
  }),
});

const TYPE_NAMES = {
  text: 'TextContent',
  markdown: 'MarkdownContent',
  image: 'ImageContent',
  audio: 'AudioContent',
  video: 'VideoContent',
  file: 'FileContent',
  location: 'LocationContent',
  choice: 'ChoiceContent',
  card: 'CardContent',
  carousel: 'CarouselContent',
  bloc: 'BlocContent',
  unknown: 'UnknownContent',
} as const satisfies Record<DomainContent['type'], string>;

export const MessageContent = builder.unionType('MessageContent', {
  description: 'What a message carries. `text` of the message is its best plain rendering.',
  types: [
    TextContent,
    MarkdownContent,
    ImageContent,
    AudioContent,
    VideoContent,
    FileContent,
    LocationContent,
    ChoiceContent,
    CardContent,
    CarouselContent,
    BlocContent,
    UnknownContent,
  ],
  resolveType: ({ type }) => TYPE_NAMES[type],
});

BlocContent.implement({
  description: 'Several contents in one message.',
  fields: (t) => ({
    items: t.field({
      type: [MessageContent],
      description: 'The contents, in their order.',
      resolve: ({ items }) => [...items],
    }),
  }),
});

const MediaInput = builder.inputType('MediaContentInput', {
  description: 'A picture, sound, film or file that is on the web already.',
  fields: (t) => ({
    url: t.string({ required: true, description: 'Where it is: a whole URL.' }),
    title: t.string({ description: 'What it is called.' }),
  }),
});

const LocationInput = builder.inputType('LocationContentInput', {
  description: 'A place on the map.',
  fields: (t) => ({
    latitude: t.float({ required: true, description: 'Degrees north.' }),
    longitude: t.float({ required: true, description: 'Degrees east.' }),
    address: t.string({ description: 'The place in words.' }),
    title: t.string({ description: 'What is there.' }),
  }),
});

const ChoiceOptionInput = builder.inputType('ChoiceOptionInput', {
  description: 'One of several answers.',
  fields: (t) => ({
    label: t.string({ required: true, description: 'What to show.' }),
    value: t.string({ required: true, description: 'What is sent when it is chosen.' }),
  }),
});

const ChoiceInput = builder.inputType('ChoiceContentInput', {
  description: 'A question with answers to choose from.',
  fields: (t) => ({
    text: t.string({ required: true, description: 'The question.' }),
    options: t.field({
      type: [ChoiceOptionInput],
      required: true,
      description: 'The answers, in their order.',
    }),
    dropdown: t.boolean({
      required: true,
      defaultValue: false,
      description: 'A drop-down list rather than buttons.',
    }),
  }),
});

const CardActionInput = builder.inputType('CardActionInput', {
  description: 'A button on a card.',
  fields: (t) => ({
    action: t.string({
      required: true,
      description: "What it does, in the provider's word: `postback`, `url`, `say`.",
    }),
    label: t.string({ required: true, description: 'What to show.' }),
    value: t.string({ required: true, description: 'What it does it with.' }),
  }),
});

const CardInput = builder.inputType('CardContentInput', {
  description: 'A card with buttons.',
  fields: (t) => ({
    title: t.string({ required: true, description: 'What is on top.' }),
    subtitle: t.string({ description: 'The line below.' }),
    imageUrl: t.string({ description: 'Its picture.' }),
    actions: t.field({
      type: [CardActionInput],
      required: true,
      defaultValue: [],
      description: 'Its buttons, in their order.',
    }),
  }),
});

export const MessageContentInput = builder.inputType('MessageContentInput', {
  description:
    'What to send; exactly one field. `contentKinds` of the MESSAGE_SEND capability says which a provider takes.',
  isOneOf: true,
  fields: (t) => ({
    text: t.string({ description: 'Plain text.' }),
    markdown: t.string({ description: 'Text with Markdown in it.' }),
    image: t.field({ type: MediaInput, description: 'A picture to show.' }),
    audio: t.field({ type: MediaInput, description: 'A sound to play.' }),
    video: t.field({ type: MediaInput, description: 'A film to play.' }),
    file: t.field({ type: MediaInput, description: 'A file to fetch.' }),
    location: t.field({ type: LocationInput, description: 'A place on the map.' }),
    choice: t.field({ type: ChoiceInput, description: 'A question with answers.' }),
    card: t.field({ type: CardInput, description: 'A card with buttons.' }),
    carousel: t.field({ type: [CardInput], description: 'Cards in a row.' }),
  }),
});

type ContentInput = typeof MessageContentInput.$inferInput;

export function contentOf(input: ContentInput): DomainContent | undefined {
  const { text, markdown, location, choice, card, carousel } = input;
  if (typeof text === 'string') return { type: 'text', text };
  if (typeof markdown === 'string') return { type: 'markdown', markdown };
  for (const type of ['image', 'audio', 'video', 'file'] as const) {
    const media = input[type];
    if (media) return { type, url: media.url, title: media.title ?? null };
  }
  if (location) {
    const { latitude, longitude, address = null, title = null } = location;
    return { type: 'location', latitude, longitude, address, title };
  }
  if (choice) return { type: 'choice', ...choice };
  if (card) return cardOf(card);
  if (carousel) return { type: 'carousel', cards: carousel.map(cardOf) };
  return undefined;
}

function cardOf({ title, subtitle, imageUrl, actions }: typeof CardInput.$inferInput): DomainCard {
  return { type: 'card', title, subtitle: subtitle ?? null, imageUrl: imageUrl ?? null, actions };
}
