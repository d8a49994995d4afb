// The seventeen tools: their names, the arguments each takes, and the one call to ChatBotKit that each becomes.

import { isRecord } from '../emulator.ts';
import type { Switches } from './switches.ts';

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, Property>>;
    readonly required: readonly string[];
  };
  /** Of arguments that were found to be as the schema says. */
  route(given: Readonly<Record<string, unknown>>): UpstreamCall;
}

export interface UpstreamCall {
  readonly method: 'GET' | 'POST';
  /** Below the origin, its parts percent-encoded. */
  readonly path: string;
  readonly query: string;
  /** Null for a reading. */
  readonly body: object | null;
}

interface Property {
  readonly type: ArgumentType;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type: 'object' };
}

type ArgumentType = 'string' | 'number' | 'integer' | 'object' | 'array';

/** A type, `!` where it must be given, or the words that are allowed. */
type Argument = ArgumentType | `${ArgumentType}!` | Property;

const PREFIX = 'chatbotkit_conversations_';

/** One fewer than the service knows: a checkpoint cannot be written this way. */
const MESSAGE_TYPES = [
  'user',
  'bot',
  'reasoning',
  'context',
  'instruction',
  'backstory',
  'activity',
];
const ORDER: Property = { type: 'string', enum: ['asc', 'desc'] };
const ENGINE = { extensions: 'object', functions: 'array' } as const;
const PAGE = { cursor: 'string', order: ORDER, take: 'integer' } as const;
const LABELS = { description: 'string', meta: 'object', name: 'string' } as const;
const LINKS = { contactId: 'string', spaceId: 'string', taskId: 'string' } as const;
const HERE = { conversationId: 'string!' } as const;
const THIS_MESSAGE = { ...HERE, messageId: 'string!' } as const;

export function toolsOf({ listMeta }: Pick<Switches, 'listMeta'>): readonly Tool[] {
  const conversation = '/v1/conversation/{conversationId}';
  const message = `${conversation}/message/{messageId}`;
  const type: Property = { type: 'string', enum: MESSAGE_TYPES };

  return [
    writing('complete_conversation', 'Answers messages that are kept nowhere', {
      path: '/v1/conversation/complete',
      takes: {
        attachments: 'array',
        contactId: 'string',
        ...ENGINE,
        limits: 'object',
        messages: 'array!',
      },
    }),
    writing('complete_conversation_message', 'Adds what a user says, and the answer to it', {
      path: `${conversation}/complete`,
      takes: { ...HERE, entities: 'array', ...ENGINE, limits: 'object', text: 'string!' },
    }),
    writing('create_conversation', 'Begins a conversation', {
      path: '/v1/conversation/create',
      takes: { ...LABELS, ...LINKS, messages: 'array' },
    }),
    writing('create_conversation_message', 'Adds a row that nobody answers', {
      path: `${conversation}/message/create`,
      takes: { ...HERE, ...LABELS, entities: 'array', text: 'string!', type },
      required: ['type'],
    }),
    writing('create_conversation_session', 'Opens one conversation to a browser', {
      path: `${conversation}/session/create`,
      takes: { ...HERE, durationInSeconds: 'number' },
    }),
    writing('delete_conversation', 'Removes a conversation', {
      path: `${conversation}/delete`,
      takes: HERE,
    }),
    writing('delete_conversation_message', 'Removes a message', {
      path: `${message}/delete`,
      takes: THIS_MESSAGE,
    }),
    reading('fetch_conversation', 'Shows a conversation', {
      path: `${conversation}/fetch`,
      takes: HERE,
    }),
    reading('fetch_conversation_message', 'Shows a message', {
      path: `${message}/fetch`,
      takes: THIS_MESSAGE,
    }),
    reading('list_conversation_messages', 'Lists the messages of a conversation', {
      path: `${conversation}/message/list`,
      takes: { ...HERE, ...PAGE },
    }),
    reading('list_conversations', 'Lists conversations', {
      path: '/v1/conversation/list',
      takes: { ...PAGE, meta: 'object' },
      drops: listMeta === 'dropped' ? ['meta'] : [],
    }),
    writing('receive_conversation_message', 'Lets the bot answer what is there', {
      path: `${conversation}/receive`,
      takes: { ...HERE, ...ENGINE },
    }),
    writing('send_conversation_message', 'Adds what a user says', {
      path: `${conversation}/send`,
      takes: { ...HERE, entities: 'array', ...ENGINE, text: 'string!' },
    }),
    writing('update_conversation', 'Changes a conversation', {
      path: `${conversation}/update`,
      takes: { ...HERE, ...LABELS, ...LINKS },
    }),
    writing('update_conversation_message', 'Changes a message', {
      path: `${message}/update`,
      takes: { ...THIS_MESSAGE, ...LABELS, entities: 'array', text: 'string', type },
    }),
    writing('upload_conversation_attachment', 'Adds a file by its address', {
      path: `${conversation}/attachment/upload`,
      takes: { ...HERE, file: 'string!' },
    }),
    writing('upsert_conversation_contact', 'Names the person outside', {
      path: `${conversation}/contact/upsert`,
      takes: {
        ...HERE,
        ...LABELS,
        email: 'string',
        fingerprint: 'string',
        nick: 'string',
        phone: 'string',
      },
    }),
  ];
}

/** Everything that is wrong with the arguments of a call; empty where nothing is. */
export function complaintsAbout(
  { inputSchema: { properties, required } }: Tool,
  given: Readonly<Record<string, unknown>>,
): string[] {
  const missing = required.filter((key) => given[key] === undefined);
  return [
    ...missing.map((key) => `Missing required parameter: ${key}`),
    ...Object.entries(properties).flatMap(([key, property]) => {
      const value = given[key];
      if (value === undefined || isOf(property, value)) return [];
      const words = property.enum
        ? `one of ${property.enum.join(', ')}`
        : `of type ${property.type}`;
      return [`Invalid parameter ${key}: must be ${words}`];
    }),
  ];
}

interface Route {
  readonly path: string;
  readonly takes: Readonly<Record<string, Argument>>;
  /** Beyond those marked as such. */
  readonly required?: readonly string[];
  readonly drops?: readonly string[];
}

function reading(suffix: string, description: string, route: Route): Tool {
  return tool(suffix, description, route, (path, rest) => ({
    method: 'GET',
    path,
    query: queryOf(rest),
    body: null,
  }));
}

function writing(suffix: string, description: string, route: Route): Tool {
  return tool(suffix, description, route, (path, rest) => ({
    method: 'POST',
    path,
    query: '',
    body: rest,
  }));
}

function tool(
  suffix: string,
  description: string,
  { path, takes, required = [], drops = [] }: Route,
  call: (path: string, rest: Readonly<Record<string, unknown>>) => UpstreamCall,
): Tool {
  const named = Object.entries(takes);
  const marked = named.flatMap(([key, argument]) =>
    typeof argument === 'string' && argument.endsWith('!') ? [key] : [],
  );
  return {
    name: `${PREFIX}${suffix}`,
    description,
    inputSchema: {
      type: 'object',
      properties: {
        PCID: { type: 'string', description: 'The connection that holds the key.' },
        ...Object.fromEntries(named.map(([key, argument]) => [key, propertyOf(argument)])),
      },
      required: ['PCID', ...marked, ...required],
    },
    route(given) {
      // What the tool does not name is not passed on: neither the connection nor anything it never heard of.
      const known = named.flatMap(([key]) =>
        given[key] === undefined || drops.includes(key) ? [] : [[key, given[key]] as const],
      );
      const inPath = (key: string) => path.includes(`{${key}}`);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_all, key: string) =>
        encodeURIComponent(String(given[key])),
      );
      return call(filled, Object.fromEntries(known.filter(([key]) => !inPath(key))));
    },
  };
}

function propertyOf(argument: Argument): Property {
  if (typeof argument !== 'string') return argument;
  const type = TYPES.find((known) => argument.startsWith(known)) ?? 'string';
  return type === 'array' ? { type, items: { type: 'object' } } : { type };
}

const TYPES: readonly ArgumentType[] = ['string', 'number', 'integer', 'object', 'array'];

function isOf({ type, enum: words }: Property, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && (!words || words.includes(value));
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value) && value.every(isRecord);
  }
}

/** Objects in the way ChatBotKit's own client writes them. */
function queryOf(given: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(given)) {
    if (isRecord(value)) {
      for (const [inner, text] of Object.entries(value))
        query.append(`${key}.${inner}`, String(text));
    } else {
      query.append(key, String(value));
    }
  }
  return query.toString();
}
