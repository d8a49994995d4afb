// What the contract's own table says of each provider, as it stands in its section 3: written down once more, by hand.

import type { MessageRole } from '../../src/domain/participant.ts';
import type { Support, Verb } from '../../src/domain/verb.ts';
import type { Subject } from './stage.ts';
import { botpress } from './subjects/botpress.ts';
import { chatbotkitOverRest } from './subjects/chatbotkit.ts';
import { chatling } from './subjects/chatling.ts';
import { exampleNotebook } from './subjects/notebook.ts';
import { chatbotkitOverPinkfish } from './subjects/pinkfish.ts';
import { stackAuth } from './subjects/stack-auth.ts';

export interface Promised {
  readonly subject: Subject;
  readonly support: Readonly<Record<Verb, Support>>;
  /** What is written as where a client names no role. */
  readonly natural: MessageRole;
  /** How its lists page, and whether a time explains their order. */
  readonly paging: string;
  readonly messagePaging: string;
  readonly order: string;
  /** Fields that it has and that are not to be had here. */
  readonly withheld: readonly string[];
}

const LETTERS = { N: 'NATIVE', E: 'EMULATED', '-': 'NONE' } as const;
type Letter = keyof typeof LETTERS;

/** Botpress, Chatling, ChatBotKit over REST, over Pinkfish, Stack Auth; and the example, which promises for itself. */
const SECTION_3: Readonly<Record<Verb, readonly [Letter, Letter, Letter, Letter, Letter, Letter]>> =
  {
    CONVERSATION_LIST: ['N', 'N', 'N', 'N', 'N', 'N'],
    CONVERSATION_GET: ['N', 'N', 'N', 'N', 'N', 'N'],
    CONVERSATION_CREATE: ['N', 'E', 'N', 'N', 'N', 'N'],
    CONVERSATION_GET_OR_CREATE: ['N', 'E', 'E', 'E', 'E', 'E'],
    CONVERSATION_UPDATE: ['N', 'N', 'N', 'N', 'N', 'N'],
    CONVERSATION_DELETE: ['N', 'N', 'N', 'N', '-', 'N'],
    MESSAGE_LIST: ['N', 'N', 'N', 'N', 'N', 'N'],
    MESSAGE_GET: ['N', 'E', 'N', 'N', 'E', 'N'],
    MESSAGE_SEND: ['N', 'N', 'N', 'N', 'N', 'N'],
    MESSAGE_UPDATE: ['N', '-', 'N', 'N', '-', 'N'],
    MESSAGE_DELETE: ['N', '-', 'N', 'N', '-', 'N'],
    MESSAGE_RATE: ['-', 'N', '-', '-', '-', '-'],
    REPLY_REQUEST: ['-', '-', 'N', 'N', '-', '-'],
    REPLY_STREAM: ['-', '-', 'N', '-', '-', '-'],
    CONVERSATION_COMPLETE: ['-', '-', 'N', 'N', '-', '-'],
    CONTACT_UPSERT: ['E', 'E', 'N', 'N', '-', '-'],
    PARTICIPANT_LIST: ['N', '-', '-', '-', '-', '-'],
    PARTICIPANT_ADD: ['N', '-', '-', '-', '-', '-'],
    PARTICIPANT_REMOVE: ['N', '-', '-', '-', '-', '-'],
    ATTACHMENT_UPLOAD: ['-', '-', 'N', 'N', '-', '-'],
    SESSION_CREATE: ['-', '-', 'N', 'N', '-', '-'],
  };

function column(index: 0 | 1 | 2 | 3 | 4 | 5): Promised['support'] {
  const of = (verb: Verb): Support => LETTERS[SECTION_3[verb][index]];
  return {
    CONVERSATION_LIST: of('CONVERSATION_LIST'),
    CONVERSATION_GET: of('CONVERSATION_GET'),
    CONVERSATION_CREATE: of('CONVERSATION_CREATE'),
    CONVERSATION_GET_OR_CREATE: of('CONVERSATION_GET_OR_CREATE'),
    CONVERSATION_UPDATE: of('CONVERSATION_UPDATE'),
    CONVERSATION_DELETE: of('CONVERSATION_DELETE'),
    MESSAGE_LIST: of('MESSAGE_LIST'),
    MESSAGE_GET: of('MESSAGE_GET'),
    MESSAGE_SEND: of('MESSAGE_SEND'),
    MESSAGE_UPDATE: of('MESSAGE_UPDATE'),
    MESSAGE_DELETE: of('MESSAGE_DELETE'),
    MESSAGE_RATE: of('MESSAGE_RATE'),
    REPLY_REQUEST: of('REPLY_REQUEST'),
    REPLY_STREAM: of('REPLY_STREAM'),
    CONVERSATION_COMPLETE: of('CONVERSATION_COMPLETE'),
    CONTACT_UPSERT: of('CONTACT_UPSERT'),
    PARTICIPANT_LIST: of('PARTICIPANT_LIST'),
    PARTICIPANT_ADD: of('PARTICIPANT_ADD'),
    PARTICIPANT_REMOVE: of('PARTICIPANT_REMOVE'),
    ATTACHMENT_UPLOAD: of('ATTACHMENT_UPLOAD'),
    SESSION_CREATE: of('SESSION_CREATE'),
  };
}

const BY_TIME = { order: 'by-time', withheld: [] } as const;

export const PROMISED: readonly Promised[] = [
  {
    ...BY_TIME,
    subject: botpress,
    support: column(0),
    natural: 'BOT',
    paging: 'token',
    messagePaging: 'token',
  },
  {
    ...BY_TIME,
    subject: chatling,
    support: column(1),
    natural: 'USER',
    order: 'own',
    paging: 'page-number',
    messagePaging: 'page-number',
  },
  {
    ...BY_TIME,
    subject: chatbotkitOverRest,
    support: column(2),
    natural: 'USER',
    paging: 'last-id',
    messagePaging: 'last-id',
    withheld: ['attachments'],
  },
  {
    ...BY_TIME,
    subject: chatbotkitOverPinkfish,
    support: column(3),
    natural: 'USER',
    paging: 'last-id',
    messagePaging: 'last-id',
    withheld: ['attachments'],
  },
  {
    ...BY_TIME,
    subject: stackAuth,
    support: column(4),
    natural: 'AGENT',
    paging: 'offset',
    messagePaging: 'last-id',
  },
  {
    ...BY_TIME,
    subject: exampleNotebook,
    support: column(5),
    natural: 'AGENT',
    paging: 'token',
    messagePaging: 'token',
  },
];
