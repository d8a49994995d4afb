// Tells each tale as one Botpress conversation: its own channel and tags, its user, and messages of every type.

import type { Tale, Turn } from '../story.ts';
import { digest } from './ids.ts';
import { ATTACHMENTS, botSays, type Content, words } from './payloads.ts';
import type { MessageRow, Tags } from './store.ts';
import { iso, type World } from './world.ts';

export function seed(world: World, tales: readonly Tale[]): void {
  for (const [index, tale] of tales.entries()) tell(world, { tale, index });
}

/** An attachment follows the words it belongs to by this much. */
const ATTACHMENT_DELAY_MS = 250;

interface Place {
  readonly tale: Tale;
  /** Where it stands among the tales, so that each is told another way. */
  readonly index: number;
}

function tell(world: World, { tale, index }: Place): void {
  const { store, switches, botId, mint } = world;
  const began = tale.turns[0]?.at ?? world.now();
  const channel = CHANNELS[index % CHANNELS.length] ?? WEBCHAT;
  const userId = mint({ prefix: 'user', at: began, purpose: tale.key });
  const id = mint({ prefix: 'conv', at: began, purpose: tale.key });
  const messages = tale.turns.flatMap((_, turn) => contents({ tale, index }, turn));
  const ended = messages.at(-1)?.at ?? began;

  store.users.set(userId, {
    id: userId,
    createdAt: iso(began),
    updatedAt: iso(began),
    tags: {
      ...channel.user(tale),
      email: tale.person.email,
      ...(index % 2 === 0 ? { phone: tale.person.phone } : {}),
      ...(tale.vip ? { vip: 'true' } : {}),
    },
    // Some integrations know no more than an id.
    ...(index % 6 === 5 ? {} : { name: tale.person.name }),
    ...(index % 3 === 0
      ? { pictureUrl: `https://media.example.com/people/${code(tale, 'face', 8)}.png` }
      : {}),
    ...(index % 4 === 1
      ? { properties: { company: tale.person.company }, attributes: { plan: tale.plan } }
      : {}),
  });
  store.integrationOfUser.set(userId, channel.integration);
  store.participants.set(id, new Map([[userId, iso(began)]]));

  for (const { by, at, content } of messages) {
    const row: MessageRow = {
      id: mint({ prefix: 'msg', at, purpose: tale.key }),
      createdAt: iso(at),
      updatedAt: iso(at),
      ...content,
      direction: by === 'customer' ? 'incoming' : 'outgoing',
      // A person who takes over writes through the bot; only a tag tells.
      userId: by === 'customer' ? userId : botId,
      conversationId: id,
      tags: {
        ...channel.message(tale, at),
        ...(by === 'agent' ? { agent: 'true' } : {}),
      },
      ...(content.type === 'supportTicket' ? { origin: 'synthetic' } : {}),
    };
    store.messages.set(row.id, row);
  }

  store.conversations.set(id, {
    id,
    createdAt: iso(began),
    updatedAt: iso(switches.messageBumpsConversation ? ended : began),
    channel: channel.channel,
    integration: channel.integration,
    tags: {
      ...channel.conversation(tale),
      plan: tale.plan,
      email: tale.person.email,
      urgency: tale.urgency,
      status: tale.state,
      ...(tale.vip ? { vip: 'true' } : {}),
      ...(index % 2 === 0 ? { subject: tale.subject.slice(0, 500) } : {}),
      // A key with a dot, which a query cannot escape.
      ...(index % 3 === 0 ? { 'crm.company': tale.person.company } : {}),
    },
    messageCount: messages.length,
    ...(index % 3 === 1
      ? { currentWorkflowId: mint({ prefix: 'wkflow', at: began, purpose: tale.key }) }
      : {}),
    ...(index % 4 === 2
      ? { currentTaskId: mint({ prefix: 'task', at: began, purpose: tale.key }) }
      : {}),
    ...(index % 5 === 3 ? { properties: { summary: tale.summary.slice(0, 200) } } : {}),
  });
}

interface Told {
  readonly by: Turn['by'];
  readonly at: number;
  readonly content: Content;
}

function contents({ tale, index }: Place, turn: number): Told[] {
  const said = tale.turns[turn];
  if (!said) return [];
  const { by, text, at } = said;
  const content = by === 'bot' ? botSays(text, tale, index + turn) : words(text);
  // Every other customer sends something along with the first question; now and then a bot does with its answer.
  const attaches =
    (by === 'customer' && turn === 0 && index % 2 === 0) ||
    (by === 'bot' && turn === 1 && index % 4 === 3);
  const attachment = attaches ? ATTACHMENTS[index % ATTACHMENTS.length] : undefined;
  return [
    { by, at, content },
    ...(attachment ? [{ by, at: at + ATTACHMENT_DELAY_MS, content: attachment }] : []),
  ];
}

/** One way in: what its integration tags, with its prefix, as the bot sees it. */
interface Channel {
  readonly integration: string;
  readonly channel: string;
  conversation(tale: Tale): Tags;
  message(tale: Tale, at: number): Tags;
  user(tale: Tale): Tags;
}

const WEBCHAT: Channel = {
  integration: 'webchat',
  channel: 'channel',
  conversation: (tale) => ({ 'webchat:id': code(tale, 'webchat', 26) }),
  message: (tale, at) => ({ 'webchat:id': code(tale, `message ${at}`, 26) }),
  user: (tale) => ({ 'webchat:id': code(tale, 'visitor', 26) }),
};

const CHANNELS: readonly Channel[] = [
  WEBCHAT,
  slack('dm', 'D'),
  {
    integration: 'whatsapp',
    channel: 'channel',
    conversation: (tale) => ({
      'whatsapp:botPhoneNumberId': '106540352242922',
      'whatsapp:userPhone': tale.person.phone.replace('+', ''),
    }),
    message: (tale, at) => ({ 'whatsapp:id': `wamid.${code(tale, `message ${at}`, 32)}==` }),
    user: (tale) => ({ 'whatsapp:userId': tale.person.phone.replace('+', '') }),
  },
  {
    ...slack('thread', 'C'),
    conversation: (tale) => ({
      'slack:id': `C${code(tale, 'slack', 10)}`,
      'slack:thread': slackTime(tale.turns[0]?.at ?? 0),
      'slack:title': 'support',
    }),
  },
  {
    integration: 'telegram',
    channel: 'channel',
    conversation: (tale) => ({ 'telegram:id': digits(tale, 'telegram') }),
    message: (tale, at) => ({ 'telegram:id': digits(tale, `message ${at}`) }),
    user: (tale) => ({ 'telegram:id': digits(tale, 'telegram') }),
  },
  {
    integration: 'gmail',
    channel: 'channel',
    conversation: (tale) => ({
      'gmail:id': digest(`${tale.key} gmail`).slice(0, 16),
      'gmail:subject': tale.subject.slice(0, 500),
    }),
    message: (tale, at) => ({ 'gmail:id': digest(`${tale.key} gmail ${at}`).slice(0, 16) }),
    user: (tale) => ({ 'gmail:id': tale.person.email }),
  },
];

/** A direct message's id begins with D, a channel's with C. */
function slack(channel: string, letter: 'C' | 'D'): Channel {
  return {
    integration: 'slack',
    channel,
    conversation: (tale) => ({ 'slack:id': `${letter}${code(tale, 'slack', 10)}` }),
    message: (tale, at) => ({
      'slack:ts': slackTime(at),
      'slack:channelId': `${letter}${code(tale, 'slack', 10)}`,
    }),
    user: (tale) => ({ 'slack:id': `U${code(tale, 'slack user', 10)}` }),
  };
}

/** Upper-case letters and digits that look random and are not. */
function code({ key }: Tale, purpose: string, length: number): string {
  return digest(`${key} ${purpose}`).slice(0, length).toUpperCase();
}

function digits({ key }: Tale, purpose: string): string {
  return String(Number.parseInt(digest(`${key} ${purpose}`).slice(0, 8), 16));
}

function slackTime(at: number): string {
  return `${Math.floor(at / 1_000)}.${String(at % 1_000).padStart(3, '0')}000`;
}
