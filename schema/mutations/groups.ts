// The groups of fields that only one kind of provider takes.

import { builder } from '../builder.ts';

/** The group of a provider that has none of its own. */
export const PROVIDER_OPTIONS = {
  type: 'JSON',
  description:
    'For a provider of your own only: an object, handed to it as it is. The kinds known here have a group each instead.',
} as const;

export const ChatlingAnswerInput = builder.inputType('ChatlingAnswerInput', {
  description: 'How Chatling’s AI is to answer.',
  fields: (t) => ({
    aiModelId: t.int({ description: 'The model; left out, the one in the gateway’s config.' }),
    languageId: t.int({ description: 'The language; left out, the service guesses.' }),
    temperature: t.float({ description: 'How freely it answers; the model sets the range.' }),
    instructions: t.stringList({ description: 'What else it is told.' }),
  }),
});

export const BotpressCreateInput = builder.inputType('BotpressCreateInput', {
  description: 'What only Botpress takes.',
  fields: (t) => ({
    integrationName: t.string({ description: 'The integration whose channel it is.' }),
    integrationId: t.string({ description: 'Acts as this integration rather than as the bot.' }),
    integrationAlias: t.string({ description: 'The alias under which that one is installed.' }),
  }),
});

export const ChatBotKitCreateInput = builder.inputType('ChatBotKitCreateInput', {
  description: 'What only ChatBotKit takes.',
  fields: (t) => ({
    meta: t.field({ type: 'JSON', description: 'Metadata, an object; tags are merged into it.' }),
    taskId: t.string({ description: 'The task to link it to.' }),
    spaceId: t.string({ description: 'The space to put it in.' }),
    botId: t.string({ description: 'The bot that answers; left out, the other fields make one.' }),
    model: t.string({ description: 'The model that answers.' }),
    backstory: t.string({ description: 'The part the bot plays.' }),
    datasetId: t.string({ description: 'The dataset it draws on.' }),
    skillsetId: t.string({ description: 'The skillset it uses.' }),
    privacy: t.boolean({ description: 'Whether personal data is masked.' }),
    moderation: t.boolean({ description: 'Whether what is said is moderated.' }),
  }),
});

export const StackAuthCreateInput = builder.inputType('StackAuthCreateInput', {
  description: 'What only Stack Auth takes.',
  fields: (t) => ({
    source: t.string({ description: 'How it came in: `manual`, `chat`, `email` or `api`.' }),
  }),
});
