// What messages of every type carry: the bot's words told in each of them, and the things customers send along.

import type { Tale } from '../story.ts';

export interface Content {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The bot's answer in one of the ways a channel can show it, in turn. */
export function botSays(text: string, tale: Tale, way: number): Content {
  const { subject, sources } = tale;
  const tellings: readonly (() => Content)[] = [
    () => words(text),
    () => ({
      type: 'markdown',
      payload: {
        markdown: [text, ...sources.map(({ title, url }) => `- [${title}](${url})`)].join('\n'),
      },
    }),
    () => ({ type: 'choice', payload: { text, options: YES_OR_NO } }),
    () => ({
      type: 'dropdown',
      payload: {
        text,
        options: ['free', 'pro', 'team'].map((plan) => ({
          label: `The ${plan} plan`,
          value: plan,
        })),
      },
    }),
    () => ({ type: 'card', payload: card(subject, text, sources) }),
    () => ({
      type: 'carousel',
      payload: {
        items: [
          card(subject, text, []),
          ...sources.map((source) => card(source.title, source.url, [source])),
        ],
      },
    }),
    () => ({
      type: 'bloc',
      payload: {
        items: [
          words(text),
          {
            type: 'image',
            payload: { imageUrl: picture('steps'), title: `The steps for: ${subject}` },
          },
        ],
      },
    }),
    // Bots and integrations may define types of their own.
    () => ({
      type: 'supportTicket',
      payload: { text, ticket: { subject, state: tale.state, urgency: tale.urgency } },
    }),
  ];
  return tellings[way % tellings.length]?.() ?? words(text);
}

/** The least a message can be. */
export function words(text: string): Content {
  return { type: 'text', payload: { text } };
}

/** Things without words: what a customer sends along, or a bot adds. Optional fields come and go. */
export const ATTACHMENTS: readonly Content[] = [
  { type: 'image', payload: { imageUrl: picture('screenshot'), title: 'What I see' } },
  { type: 'audio', payload: { audioUrl: 'https://media.example.com/voice/note.ogg' } },
  { type: 'video', payload: { videoUrl: 'https://media.example.com/clips/walkthrough.mp4' } },
  {
    type: 'file',
    payload: { fileUrl: 'https://media.example.com/files/invoice.pdf', title: 'invoice.pdf' },
  },
  {
    type: 'location',
    payload: { latitude: 45.5089, longitude: -73.5617, address: '1 Main Street', title: 'Office' },
  },
  { type: 'location', payload: { latitude: -33.8688, longitude: 151.2093 } },
];

const YES_OR_NO = [
  { label: 'Yes, that helped', value: 'yes' },
  { label: 'No, not yet', value: 'no' },
];

function card(title: string, subtitle: string, links: Tale['sources']): Content['payload'] {
  return {
    title,
    subtitle,
    ...(links.length === 0 ? {} : { imageUrl: picture('guide') }),
    actions: [
      ...links.map(({ title: label, url }) => ({ action: 'url', label, value: url })),
      { action: 'say', label: 'Thank you', value: 'Thank you' },
      { action: 'postback', label: 'Talk to a person', value: 'handoff' },
    ],
  };
}

function picture(name: string): string {
  return `https://media.example.com/pictures/${name}.png`;
}
