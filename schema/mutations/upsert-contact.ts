// Says who a person is.

import type { ContactOptions } from '../../src/domain/native.ts';
import type { Contact as DomainContact } from '../../src/domain/participant.ts';
import type { UpsertContactInput } from '../../src/gateway/writes/upsert-contact.ts';
import type { ContactOutcome as DomainOutcome } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { type At, Contact } from '../participant.ts';
import { TagInput, tagsOf } from '../tag.ts';
import { genericOf, given, groupOf, withMeta } from './given.ts';
import { PROVIDER_OPTIONS } from './groups.ts';

const BotpressContact = builder.inputType('BotpressContactInput', {
  description: 'What only Botpress takes.',
  fields: (t) => ({
    discriminateByTags: t.stringList({
      description:
        'Which of the tags must match for a user to be taken as the one; others are not compared. Left out, all tags must match exactly.',
    }),
    integrationId: t.string({ description: 'Acts as this integration rather than as the bot.' }),
    integrationAlias: t.string({ description: 'The alias under which that one is installed.' }),
  }),
});

const ChatlingContact = builder.inputType('ChatlingContactInput', {
  description: 'What only Chatling takes.',
  fields: (t) => ({
    firstName: t.string({ description: 'The first name, in the place of `name`.' }),
    lastName: t.string({ description: 'The last name, in the place of `name`.' }),
    jobTitle: t.string({ description: 'What they work as.' }),
    companyName: t.string({ description: 'Where they work.' }),
    websiteUrl: t.string({ description: 'The company’s website, or their own.' }),
    industry: t.string({ description: 'What line of business that is.' }),
    address: t.string({ description: 'Street and number.' }),
    city: t.string({ description: 'The town they live in.' }),
    state: t.string({ description: 'The state or province.' }),
    postalCode: t.string({ description: 'The postal code.' }),
    country: t.string({ description: 'The country.' }),
  }),
});

const ChatBotKitContact = builder.inputType('ChatBotKitContactInput', {
  description: 'What only ChatBotKit takes.',
  fields: (t) => ({
    fingerprint: t.string({
      description:
        'What you know the person by, more than 16 characters that nobody can guess: the same one is the same contact, and counts as verified.',
    }),
    nick: t.string({ description: 'What they are called for short.' }),
    meta: t.field({ type: 'JSON', description: 'Metadata, an object; tags are merged into it.' }),
  }),
});

const Input = builder.inputType('UpsertContactInput', {
  description:
    'Who a person is. Exactly one of `provider` and `conversationId`: ChatBotKit keeps a contact with its conversation, Botpress and Chatling for the whole account.',
  fields: (t) => ({
    provider: t.string({
      description:
        'The name of the provider, where a contact is of the whole account. Its `capabilities` say which fields it takes.',
    }),
    conversationId: t.id({
      description: 'The conversation they are the contact of, where a contact is of one.',
    }),
    name: t.string({ description: 'The name to show.' }),
    description: t.string({ description: 'More about them.' }),
    email: t.string({ description: 'An email address.' }),
    phone: t.string({
      description: 'A telephone number, best with its country, such as +49 30 901820.',
    }),
    imageUrl: t.string({ description: 'Where a picture of them is.' }),
    tags: t.field({
      type: [TagInput],
      description: 'Tags for them to have. Botpress finds a user by them.',
    }),
    botpress: t.field({ type: BotpressContact, description: 'For Botpress only.' }),
    chatling: t.field({ type: ChatlingContact, description: 'For Chatling only.' }),
    chatBotKit: t.field({ type: ChatBotKitContact, description: 'For ChatBotKit only.' }),
    providerOptions: t.field(PROVIDER_OPTIONS),
  }),
});

const ContactOutcome = builder.enumType('ContactOutcome', {
  description: 'What became of a contact.',
  values: {
    CREATED: { description: 'The person is new there.' },
    UPDATED: { description: 'It was there, and has now what was given.' },
    LINKED: {
      description:
        'It is the conversation’s contact now. Whether it is new, its provider does not tell; one that was there keeps its fields.',
    },
    UNCHANGED: { description: 'It was there, and nothing was written: look at `contact`.' },
  } satisfies Record<DomainOutcome, object>,
});

interface Upserted {
  readonly outcome: DomainOutcome;
  readonly contact: At<DomainContact>;
}

const Payload = builder.objectRef<Upserted>('UpsertContactPayload').implement({
  description: 'The contact, and what became of it.',
  fields: (t) => ({
    outcome: t.expose('outcome', { type: ContactOutcome, description: 'What became of it.' }),
    contact: t.expose('contact', { type: Contact, description: 'As far as its provider tells.' }),
  }),
});

builder.mutationField('upsertContact', (t) =>
  t.field({
    type: Payload,
    description:
      'Says who a person is: finds them, or writes them down where they are not there yet. `outcome` says which it was.',
    complexity: 3,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'UpsertContactResult',
        description: 'The contact, or why nothing was written.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'The person to keep.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => {
      const { outcome, contact, provider } = unwrap(
        await gateway.upsertContact(upsertOf(input), operation),
      );
      return { outcome, contact: { provider, person: contact } };
    },
  }),
);

function upsertOf(input: typeof Input.$inferInput): UpsertContactInput {
  const { conversationId, tags, botpress, chatling, chatBotKit, providerOptions, ...rest } = input;
  const options: ContactOptions | undefined = groupOf({
    botpress: botpress ? { kind: 'botpress' as const, ...given(botpress) } : undefined,
    chatling: chatling ? { kind: 'chatling' as const, ...given(chatling) } : undefined,
    chatBotKit: chatBotKit
      ? { kind: 'chatbotkit' as const, ...withMeta(given(chatBotKit), 'chatBotKit.meta') }
      : undefined,
    providerOptions: genericOf(providerOptions),
  });
  return {
    ...given(rest),
    ...(conversationId === null || conversationId === undefined
      ? {}
      : { conversation: conversationRefOf(conversationId, 'conversationId') }),
    tags: tagsOf(tags),
    ...(options ? { options } : {}),
  };
}
