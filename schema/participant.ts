// Who speaks in a conversation, and the person outside whom it is with.

import { encodeId, type ProviderName } from '../src/domain/ids.ts';
import type {
  Contact as DomainContact,
  Participant as DomainParticipant,
  MessageRole as DomainRole,
} from '../src/domain/participant.ts';
import { builder } from './builder.ts';

export const MessageRole = builder.enumType('MessageRole', {
  description: 'Whose voice a message is in.',
  values: {
    USER: { description: 'The person outside.' },
    BOT: { description: 'A bot or an AI.' },
    AGENT: { description: 'A colleague who answers.' },
    SYSTEM: { description: 'The service itself.' },
    UNKNOWN: {
      description: 'A word of the provider that this gateway does not know; `native` has it.',
    },
  } satisfies Record<DomainRole, object>,
});

/** A person of a provider: its name is needed for the global id. */
export interface At<T> {
  readonly provider: ProviderName;
  readonly person: T;
}

export const Participant = builder.objectRef<At<DomainParticipant>>('Participant').implement({
  description: 'Someone who takes part in a conversation.',
  fields: (t) => ({
    id: t.id({
      nullable: true,
      description: 'Null where the provider names nobody.',
      resolve: ({ provider, person: { nativeId } }) =>
        nativeId === null ? null : encodeId({ type: 'Participant', provider, nativeId }),
    }),
    nativeId: t.string({
      nullable: true,
      description: "The provider's own id of this person.",
      resolve: ({ person }) => person.nativeId,
    }),
    role: t.field({
      type: MessageRole,
      description: 'In what part they speak.',
      resolve: ({ person }) => person.role,
    }),
    name: t.string({
      nullable: true,
      description: 'The name to show, where one is known.',
      resolve: ({ person }) => person.name,
    }),
    email: t.string({
      nullable: true,
      description: 'Where one is known.',
      resolve: ({ person }) => person.email,
    }),
    imageUrl: t.string({
      nullable: true,
      description: 'A picture, where there is one.',
      resolve: ({ person }) => person.imageUrl,
    }),
  }),
});

export const Contact = builder.objectRef<At<DomainContact>>('Contact').implement({
  description: 'The person outside whom a conversation is with.',
  fields: (t) => ({
    id: t.id({
      description: 'Give it wherever a `contactId` is asked for.',
      resolve: ({ provider, person: { nativeId } }) =>
        encodeId({ type: 'Contact', provider, nativeId }),
    }),
    nativeId: t.string({
      description: "The provider's own id of this person, also good as a `contactId`.",
      resolve: ({ person }) => person.nativeId,
    }),
    name: t.string({
      nullable: true,
      description: 'Null where the provider tells only the id along with a conversation.',
      resolve: ({ person }) => person.name,
    }),
    email: t.string({
      nullable: true,
      description: 'Null where the provider tells only the id along with a conversation.',
      resolve: ({ person }) => person.email,
    }),
    phone: t.string({
      nullable: true,
      description: 'Null where the provider tells only the id along with a conversation.',
      resolve: ({ person }) => person.phone,
    }),
    imageUrl: t.string({
      nullable: true,
      description: 'A picture, where there is one.',
      resolve: ({ person }) => person.imageUrl,
    }),
  }),
});
