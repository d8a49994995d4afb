// Tells the tales in this service's dialect: each is lived through turn by turn, so that every date is the one it would have been.

import type { Tale, Turn } from '../story.ts';
import type { Staff } from './founding.ts';
import { mintFrom, uuidFrom } from './ids.ts';
import {
  appendNote,
  appendReply,
  changeAttributes,
  changeStatus,
  createConversation,
  type Desk,
  isoAt,
  type Sla,
} from './lifecycle.ts';
import {
  addUser,
  type ConversationRow,
  type Sender,
  type Source,
  type StackAuthStore,
  type Status,
  senderOf,
  type UserRow,
} from './store.ts';

export interface Seeding {
  readonly tales: readonly Tale[];
  readonly projectId: string;
  readonly staff: Staff;
  readonly sla: Sla;
  readonly now: number;
  readonly attachments: 'never' | 'some';
}

export function seedTales(store: StackAuthStore, seeding: Seeding): void {
  const leaving: string[] = [];
  for (const [index, tale] of seeding.tales.entries()) {
    const customer = customerOf(store, seeding, { tale, index });
    const agent = agentOf(seeding.staff, { tale, index });
    const conversation = tellTale(store, seeding, { tale, index, customer, agent });
    dressUp(store, conversation, { tale, index, attachments: seeding.attachments });
    if (index % 10 === 7) leaving.push(customer.id);
    // An import, say: the schema allows it, no route makes one.
    if (index % 20 === 13) conversation.userId = null;
  }
  // Deleted in the end: what they wrote stays, and their name and address are gone from the lists.
  for (const id of leaving) store.users.delete(id);
}

interface Told {
  readonly tale: Tale;
  readonly index: number;
}

interface Cast extends Told {
  readonly customer: UserRow;
  readonly agent: UserRow;
}

function customerOf(store: StackAuthStore, { projectId }: Seeding, { tale, index }: Told): UserRow {
  const { name, email, company } = tale.person;
  const known = store.users.get(uuidFrom(`user/${projectId}/${email}`));
  if (known) return known;
  return addUser(store, email, {
    projectId,
    // Some never said their name, some signed up by other means and left no address.
    displayName: index % 11 === 10 ? null : name,
    primaryEmail: index % 17 === 16 ? null : email,
    profileImageUrl:
      index % 3 === 0 ? `https://images.larkfield.example/people/${uuidFrom(email)}.jpg` : null,
    teamIds: [uuidFrom(`team/${company}`)],
    signedUpAt: isoAt(firstOf(tale.turns).at - (index + 2) * 24 * 3_600_000),
  });
}

/** Whoever signs in the tale by their first name, so that sender and signature agree. */
function agentOf({ agents, assistant }: Staff, { tale, index }: Told): UserRow {
  const said = tale.turns.filter(({ by }) => by === 'agent').map(({ text }) => text);
  const signing = agents.find(({ displayName }) => {
    const [firstName = ''] = (displayName ?? '').split(' ');
    return said.some((text) => text.includes(firstName));
  });
  return signing ?? agents[index % agents.length] ?? assistant;
}

function tellTale(
  store: StackAuthStore,
  { projectId, staff, sla, now }: Seeding,
  { tale, index, customer, agent }: Cast,
): ConversationRow {
  let at = 0;
  const desk: Desk = { store, clock: () => at, mint: mintFrom(`tale/${tale.key}`), sla };
  const byCustomer = senderOf(customer, 'user');
  const byAgent = senderOf(agent, 'agent');
  const source = SOURCE_CYCLE[index % SOURCE_CYCLE.length] ?? 'chat';
  const { opening, following, ending } = adapted(tale, source, index);

  at = opening.at;
  const conversation = createConversation(desk, {
    projectId,
    userId: customer.id,
    ...(index % 3 === 1 ? { teamId: uuidFrom(`team/${tale.person.company}`) } : {}),
    subject: tale.subject,
    priority: tale.urgency,
    source,
    adapterKey: ADAPTER_KEYS[source],
    body: opening.text,
    sender: opening.by === 'agent' ? byAgent : byCustomer,
  });

  /** Soon after, but before what is known to come next. */
  const passTime = (next: number) => {
    at += Math.max(1, Math.min(20_000, Math.floor((next - at) / 5)));
  };
  const noteDown = () => {
    passTime(now);
    if (tale.note !== undefined)
      appendNote(desk, conversation, { body: tale.note, sender: byAgent });
  };
  const notedEarly = index % 2 === 1 && following.length > 1;
  const closedEarly = ending === 'closed' && index % 3 === 0;
  for (const [count, turn] of following.entries()) {
    if (closedEarly && count === following.length - 1) {
      // Whoever writes to a closed conversation is heard, and it stays closed.
      passTime(turn.at);
      changeStatus(desk, conversation, { status: 'closed', sender: byAgent });
    }
    at = Math.max(at, turn.at);
    const sender = {
      customer: byCustomer,
      agent: byAgent,
      bot: senderOf(staff.assistant, 'agent'),
    };
    appendReply(desk, conversation, { body: turn.text, sender: sender[turn.by] });
    if (notedEarly && count === 0) noteDown();
  }
  if (!notedEarly) noteDown();
  if (conversation.status !== ending) {
    passTime(now);
    const byWhom = ending === 'closed' && index % 4 === 2 ? BY_ITSELF : byAgent;
    changeStatus(desk, conversation, { status: ending, sender: byWhom });
  }
  passTime(now);
  sortIntoInbox(desk, conversation, { tale, index, customer, agent });
  return conversation;
}

interface Adapted {
  readonly opening: Turn;
  readonly following: readonly Turn[];
  readonly ending: Status;
}

function adapted(tale: Tale, source: Source, index: number): Adapted {
  const first = firstOf(tale.turns);
  const rest = tale.turns.slice(1);
  const ending = STATUS_OF[tale.state];
  if (source === 'manual') {
    // Opened by hand it begins with what an agent wrote down; some were phone calls, and hold no word of the customer's.
    const opening: Turn = { by: 'agent', text: tale.summary, at: first.at - 90_000 };
    const heard = tale.turns.filter(({ by }) => by === 'agent' || index % 10 !== 9);
    return { opening, following: heard, ending };
  }
  if (source === 'email' && ending !== 'closed') {
    // No assistant reads the mailbox, so that some there wait for their first answer.
    const following = rest.filter(({ by }) => by !== 'bot');
    const answered = following.at(-1)?.by === 'agent';
    return { opening: first, following, ending: answered ? 'pending' : 'open' };
  }
  return { opening: first, following: rest, ending };
}

/** Tags, and who looks after it; a few are still as they came in. */
function sortIntoInbox(
  desk: Desk,
  conversation: ConversationRow,
  { tale, index, agent }: Cast,
): void {
  const tags = [
    ...(tale.vip ? ['vip'] : []),
    ...(tale.plan === 'free' ? [] : [`plan:${tale.plan}`]),
    ...(index % 6 === 5 ? ['follow-up'] : []),
  ];
  const assigned = index % 3 === 1;
  if (tags.length === 0 && !assigned) return;
  changeAttributes(desk, conversation, {
    // A free text to the service: a name without an id is as good to it as both.
    assignedToUserId: assigned && index % 9 !== 4 ? agent.id : null,
    assignedToDisplayName: assigned ? agent.displayName : null,
    tags,
  });
}

/** What no route of the service writes, and its columns hold all the same. */
function dressUp(
  store: StackAuthStore,
  conversation: ConversationRow,
  { tale, index, attachments }: Told & Pick<Seeding, 'attachments'>,
): void {
  const { company, phone } = tale.person;
  if (index % 4 === 2) {
    conversation.metadata = { company, phone, plan: tale.plan, seats: index + 1 };
  }
  const [opening] = store.messages.get(conversation.id) ?? [];
  const [door] = store.entryPoints.get(conversation.id) ?? [];
  const [page] = tale.sources;
  if (opening && index % 5 === 3) {
    opening.metadata = { locale: 'en', page: page?.url ?? 'https://help.example.com/account' };
  }
  if (opening && attachments === 'some' && index % 7 === 2) {
    opening.attachments = [
      { name: 'screenshot.png', contentType: 'image/png', sizeBytes: 48_213 + index },
    ];
  }
  if (door?.channelType === 'email') door.metadata = { mailbox: 'help@larkfield.example' };
}

function firstOf([first]: readonly Turn[]): Turn {
  if (!first) throw new RangeError('A tale has at least one turn: give it one.');
  return first;
}

/** The third kind of sender: no code was seen to write it, the schema and the clients know it. */
const BY_ITSELF: Sender = { type: 'system', id: null, displayName: null, primaryEmail: null };

const STATUS_OF: Readonly<Record<Tale['state'], Status>> = {
  open: 'open',
  waiting: 'pending',
  closed: 'closed',
};

const SOURCE_CYCLE: readonly Source[] = ['chat', 'email', 'chat', 'api', 'manual'];

const ADAPTER_KEYS: Readonly<Record<Source, string>> = {
  chat: 'support-chat',
  email: 'support-dashboard',
  api: 'dashboard-support-form',
  manual: 'support-dashboard',
};
